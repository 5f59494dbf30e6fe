//! `softback hear`: what leaves the loudspeaker in a trial, and how any key silences it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use softback::parts::{BreathPhase, Frames, Pace};

use crate::clock::{wait, wait_until};
use crate::lab::Dir;
use crate::listen::{
    MS, best_match, breath_onsets, first_sound, has_speech, peak_dbfs, silence_from,
};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, bare, fixture, softback, spoken};

/// By then a key must have brought silence: several times what it takes, for the machine may be busy.
const SOON: usize = 250 * MS;

const WARNING: &str = "This is a trial for the author, so only listen.";

/// A trial of this fixture.
fn hear(speaker: &Loudspeaker, routine: &str, options: &[&str]) -> Program {
    let routine = fixture(routine);
    let arguments: Vec<_> = ["hear", &routine].iter().chain(options).copied().collect();
    let environment = speaker.environment();
    Program::start(softback(), &arguments, Path::new("/"), &environment)
}

/// Where a sentence ends that is said from its first piece to its last. On a busy machine there may be a slip in one.
fn end_of(samples: &[f32], said: &[f32]) -> Result<usize, String> {
    let pieces = said
        .chunks(300 * MS)
        .filter(|piece| peak_dbfs(piece) > -40.0);
    let found: Vec<_> = pieces
        .map(|piece| {
            let found = best_match(samples, piece).filter(|found| found.strength > 0.9)?;
            Some(found.at..found.at + piece.len())
        })
        .collect();
    let slips = found.iter().filter(|found| found.is_none()).count();
    let in_order = found.iter().flatten().is_sorted_by_key(|found| found.start);
    match (found.first(), found.last()) {
        (Some(Some(_)), Some(Some(last))) if slips <= 1 && in_order => Ok(last.end),
        _ => Err(format!("{found:?}")),
    }
}

#[test]
fn a_movement_is_spoken_after_the_warning_and_no_breath_is_led() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let begun = recorder.now();
    // So long a period that a busy machine loses nothing: here it is about what is said.
    let environment = speaker.environment();
    let home = environment.iter().find(|(name, _)| *name == "HOME");
    let settings = Path::new(&home.expect("a home").1).join(".config/softback");
    fs::create_dir_all(&settings).expect("a folder");
    fs::write(settings.join("config.toml"), "buffer = 8192\n").expect("space for it");
    let mut program = hear(&speaker, "short.toml", &[]);
    program.wait_for("Any key ends it.", PATIENCE);
    assert_eq!(program.ends(PATIENCE).code(), Some(0));
    wait(Duration::from_millis(500));
    let heard = recorder.heard();
    let samples = &heard.samples[begun..];
    let mut from = 0;
    for text in [
        WARNING,
        "Rest your hands where they feel good.",
        "Breathe in softly.",
        "Breathe out slowly.",
    ] {
        // One after the other: nothing overlaps.
        from +=
            end_of(&samples[from..], &spoken(text)).unwrap_or_else(|why| panic!("{text}: {why}"));
    }
    // Not the next movement, and no tone.
    let rest = spoken("Rest here, and I will be quiet for a little while.");
    let found = best_match(samples, &rest).expect("room for it");
    assert!(found.strength < 0.5, "{found:?}");
    let breath = Pace::Standard.breath().expect("it is counted");
    for phase in [BreathPhase::In, BreathPhase::Out] {
        let length: Frames = breath.of(phase);
        assert!(
            breath_onsets(samples, phase, length).is_empty(),
            "{phase:?}"
        );
    }
    assert_eq!(first_sound(samples, from + 200 * MS), None);
    let shown = program.screen();
    assert!(
        shown.contains("Breathe out slowly.") && !shown.contains("Rest here"),
        "{shown}"
    );
}

#[test]
fn any_key_is_silence_at_once_without_a_click_and_the_end() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    for (key, code) in [(" ", 3), ("\x1b", 3), ("x", 3), ("\x03", 130)] {
        let before = recorder.now();
        let mut program = hear(&speaker, "sentences.toml", &["--from", "S2"]);
        let begun = wait_until(PATIENCE, || {
            let heard = recorder.heard().samples;
            let begun = first_sound(&heard, before)?;
            (heard.len() > begun + 1200 * MS).then_some(begun)
        });
        let begun = begun.expect("a sentence");
        let pressed = program.press(key);
        assert_eq!(
            program.ends(Duration::from_secs(5)).code(),
            Some(code),
            "{key:?}"
        );
        wait(Duration::from_millis(1500));
        let heard = recorder.heard();
        let pressed = heard.at(pressed);
        let silence = silence_from(&heard.samples, pressed, 1000 * MS).expect("a silence");
        println!("{key:?}: silent after {} ms", (silence - pressed) / MS);
        assert!(
            silence < pressed + SOON,
            "{key:?}: after {} ms",
            (silence - pressed) / MS
        );
        assert!(has_speech(&heard.samples[begun..pressed]), "{key:?}");
        assert_eq!(first_sound(&heard.samples, silence), None, "{key:?}");
        let steepest = |samples: &[f32]| {
            let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            steps.fold(0.0, f32::max)
        };
        let (speech, end) = heard.samples[begun..silence + MS].split_at(pressed - begun);
        assert!(steepest(end) <= 1.2 * steepest(speech), "{key:?}: a click");
        assert!(peak_dbfs(&heard.samples[silence + MS..]) < -60.0);
    }
}

#[test]
fn only_a_sound_routine_is_heard_and_only_where_a_key_can_end_it() {
    let dir = Dir::new();
    let refused = |arguments: &[&str], code: i32, says: &[&str]| {
        let environment = bare(&dir);
        let _alone = crate::lab::spawning();
        let output = std::process::Command::new("setsid")
            .arg("--wait")
            .arg(softback())
            .arg("hear")
            .args(arguments)
            .current_dir("/")
            .env_clear()
            .envs(environment)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("it starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{errors}");
        for part in says {
            assert!(errors.contains(part), "no {part:?} in: {errors}");
        }
    };
    let (broken, sound) = (fixture("broken.toml"), fixture("short.toml"));
    refused(&[&broken], 2, &[":8:1", "the breath would be held"]);
    refused(
        &[&sound, "--from", "999"],
        2,
        &["\"999\" is no line of", "a sentence's id"],
    );
    refused(
        &["upper-back", "--from", "40"],
        2,
        &["\"40\" is no line of upper-back"],
    );
    refused(&[&sound, "--voice", "system"], 2, &["--voice heart"]);
    refused(&[&sound, "--voice", "silent"], 1, &["no terminal"]);
    let nowhere = ["--voice-dir", "/nonexistent/heart"];
    refused(&[&[&*sound], &nowhere[..]].concat(), 1, &["make setup"]);
}
