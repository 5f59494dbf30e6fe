//! What is heard of the built-in voice, and how the space bar and Escape silence it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use softback::parts::Cues;

use crate::clock::{wait, wait_until};
use crate::lab::Environment;
use crate::listen::{MS, best_match, first_sound, has_speech, peak_dbfs, silence_from, silences};
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::pty::Program;
use crate::stage::{PATIENCE, play, softback, spoken};

/// By then a key must have brought silence: several times what it takes, for the machine may be busy.
const SOON: usize = 250 * MS;

/// A silence that she asked for lasts at least so long.
const HUSH: usize = 300 * MS;

/// Of a sentence, long enough to be known again.
const PIECE: usize = 1000 * MS;

const LONG_SENTENCE: &str = "If you feel light in the head";

#[test]
fn space_is_silence_at_once_and_the_sentence_begins_again_after_it() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let (mut program, begun) = speaks(&speaker, &recorder);

    let paused = program.press(" ");
    wait(Duration::from_millis(1500));
    let heard = recorder.heard();
    assert!(
        has_speech(&heard.samples[begun..]),
        "no speech in {} samples from {begun}",
        heard.samples.len()
    );
    let level = peak_dbfs(&heard.samples[begun..]);
    assert!((-30.0..-2.0).contains(&level), "{level} dBFS");
    let paused = heard.at(paused);
    let silence = silence_from(&heard.samples, paused, HUSH).expect("a silence");
    assert!(
        silence < paused + SOON,
        "silent after {} ms",
        (silence - paused) / MS
    );

    // The word that says so comes after the silence, and nothing after the word.
    let word = recorder
        .wait_for(silence, PATIENCE, |samples| first_sound(samples, 0))
        .expect("\"Paused.\"");
    assert!(word >= HUSH, "{} ms of silence", word / MS);
    let word = silence + word;
    wait(Duration::from_millis(1200));
    let heard = recorder.heard();
    assert!(has_speech(&heard.samples[word..]));

    let resumed = heard.at(program.press(" "));
    wait(Duration::from_millis(2500));
    let heard = recorder.heard();
    let piece = &heard.samples[begun..begun + PIECE];
    let again = best_match(&heard.samples[resumed..], piece).expect("room for it");
    assert!(again.strength > 0.95, "{again:?}");
    // From its beginning: before that it is silent.
    let before = resumed + again.at;
    let quiet = &heard.samples[before - 200 * MS..before - MS];
    assert!(
        peak_dbfs(quiet) < -60.0,
        "{} dBFS before it",
        peak_dbfs(quiet)
    );
    program.press("\x1b");
    // Two presses at once would be one key held down.
    program.wait_for("Stopping now.", PATIENCE);
    program.press("\x1b");
    program.ends(PATIENCE);
}

#[test]
fn escape_is_silence_then_the_close_then_the_chime_and_the_end() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let (mut program, _) = speaks(&speaker, &recorder);

    let stopped = program.press("\x1b");
    // The answer that goes on counts only when the question has been said to its end.
    program.wait_for("Press Enter or Tab.", PATIENCE);
    let said = || program.screen().contains("No.");
    let answered = wait_until(PATIENCE, || {
        program.press("\t");
        wait(Duration::from_millis(700));
        said().then_some(())
    });
    assert!(answered.is_some(), "{}", program.screen());
    program.wait_for("The session is over.", PATIENCE);
    let code = program.ends(PATIENCE).code();
    assert_eq!(code, Some(3));
    let ended = recorder.now();
    wait(Duration::from_millis(300));
    let heard = recorder.heard();
    let stopped = heard.at(stopped);
    let silence = silence_from(&heard.samples, stopped, HUSH).expect("a silence");
    assert!(
        silence < stopped + SOON,
        "silent after {} ms",
        (silence - stopped) / MS
    );

    let chime = best_match(&heard.samples[stopped..], &Cues::built_in().chime().samples)
        .expect("room for it");
    assert!(chime.strength > 0.9, "{chime:?}");
    let chime = stopped + chime.at;
    assert!(
        has_speech(&heard.samples[silence..chime]),
        "no spoken close"
    );
    // 2.5 s of chime, then the last words.
    assert!(
        has_speech(&heard.samples[chime + 2500 * MS..]),
        "no last words"
    );
    assert_eq!(first_sound(&heard.samples, ended), None);
}

/// An arrow that comes in two pieces begins like Escape.
#[test]
fn an_arrow_cut_in_two_on_its_way_is_silent_for_a_moment_and_stops_nothing() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let (mut program, _) = speaks(&speaker, &recorder);
    let begun = program.press("\x1b");
    wait(Duration::from_millis(60));
    program.press("[B");
    wait(Duration::from_millis(1500));
    assert!(!program.screen().contains("Stopping now."));
    let heard = recorder.heard();
    let begun = heard.at(begun);
    let silence = silence_from(&heard.samples, begun, 20 * MS).expect("a silence");
    assert!(
        silence < begun + SOON,
        "silent after {} ms",
        (silence - begun) / MS
    );
    assert!(has_speech(&heard.samples[begun + 300 * MS..]));
    program.press("\x03");
    program.ends(PATIENCE);
}

#[test]
fn a_second_escape_is_silence_and_the_end() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let (mut program, _) = speaks(&speaker, &recorder);

    program.press("\x1b");
    program.wait_for("Stopping now.", PATIENCE);
    // In the middle of the close.
    wait(Duration::from_millis(700));
    let stopped = program.press("\x1b");
    let code = program.ends(Duration::from_secs(5)).code();
    assert_eq!(code, Some(3));
    wait(Duration::from_millis(1500));
    let heard = recorder.heard();
    let stopped = heard.at(stopped);
    let silence = silence_from(&heard.samples, stopped, HUSH).expect("a silence");
    assert!(
        silence < stopped + SOON,
        "silent after {} ms",
        (silence - stopped) / MS
    );
    assert_eq!(first_sound(&heard.samples, silence), None);
    // Nor was there silence only because nothing had been said.
    assert!(silences(&heard.samples[..stopped], HUSH).len() >= 2);
}

/// Plays with the built-in voice until it is in the middle of a long sentence; where that began.
fn speaks(speaker: &Loudspeaker, recorder: &Recorder) -> (Program, usize) {
    let mut program = play(speaker, "sentences.toml", &[]);
    let before = recorder.now();
    program.wait_for(LONG_SENTENCE, PATIENCE);
    let begun = wait_until(PATIENCE, || {
        // "Hello, and welcome.", a silence, and then the sentence.
        let heard = recorder.heard().samples;
        let hello = first_sound(&heard, before)?;
        let silence = silence_from(&heard, hello, 250 * MS)?;
        first_sound(&heard, silence).filter(|begun| heard.len() > begun + PIECE)
    });
    (program, begun.expect("a sentence"))
}

/// Where it is remembered how loud she wants a loudspeaker.
fn remembered(environment: &Environment) -> PathBuf {
    let home = environment.iter().find(|(key, _)| *key == "HOME");
    let (_, home) = home.expect("a home");
    Path::new(home).join(".local/state/softback/loudspeakers.json")
}

#[test]
fn how_loud_is_remembered_without_the_sound_check_and_does_not_stand_for_it() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let _ready = speaker.record();
    let arguments = ["play", "rest", "--voice", "silent", "--skip-sound-check"];
    let start = |arguments: &[&str], environment| {
        Program::start(softback(), arguments, Path::new("/"), environment)
    };
    let hers = speaker.environment();
    let file = remembered(&hers);
    fs::remove_file(&file).expect("a loudspeaker that is known");
    let mut program = start(&arguments, &hers);
    program.wait_for("Space pause", PATIENCE);
    program.press("\x1b[B");
    let kept = wait_until(PATIENCE, || fs::read_to_string(&file).ok());
    let kept = kept.expect("it is remembered");
    assert!(kept.contains("-3") && kept.contains("false"), "{kept}");
    program.press("\x03");
    program.ends(PATIENCE);
    let mut settings = start(&["config"], &hers);
    settings.ends(PATIENCE);
    let settings = settings.screen();
    let in_force = "volume -3 what you chose for this device";
    assert!(settings.contains(in_force), "{settings}");

    let others = speaker.environment();
    fs::write(remembered(&others), kept).expect("a file");
    let mut program = start(&arguments[..4], &others);
    program.wait_for("Press the up arrow for louder", PATIENCE);
    program.press("\x03");
    program.ends(PATIENCE);
}

#[test]
fn the_sound_is_tried_once_with_a_loudspeaker_from_the_left_and_from_the_right() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let _ready = speaker.record();
    let [left, right] =
        ["front-left", "front-right"].map(|channel| speaker.begin_to_record_channel(channel));
    let environment = speaker.environment();
    let remembered = remembered(&environment);
    fs::remove_file(&remembered).expect("a loudspeaker that is known");
    let begin = || Program::start(softback(), &["play", "rest"], Path::new("/"), &environment);

    let mut program = begin();
    program.wait_for("Press the up arrow for louder", PATIENCE);
    let sides = [left.heard().samples, right.heard().samples];
    for (text, here) in [
        ("This comes from the left.", 0),
        ("And this comes from the right.", 1),
    ] {
        let said = &spoken(text)[..PIECE];
        let strength = |side: usize| best_match(&sides[side], said).expect("samples").strength;
        let (heard, not_heard) = (strength(here), strength(1 - here));
        println!("{text} {heard:.3}, and on the other side {not_heard:.3}");
        assert!(heard > 0.9, "{text}: {heard}");
        assert!(not_heard < 0.5, "{text}: {not_heard} on the other side");
    }
    program.press("\x1b[B");
    program.wait_for("I am as loud as this now.", PATIENCE);
    program.wait_for("Press the up arrow for louder", PATIENCE);
    program.press("\r");
    program.wait_for("Find the space bar", PATIENCE);
    program.press("\x03");
    program.ends(PATIENCE);
    let kept = fs::read_to_string(&remembered).expect("it is remembered");
    assert!(kept.contains("-3"), "{kept}");
    // Once is enough.
    let mut again = begin();
    again.wait_for("Did you stop because something hurt", PATIENCE);
    assert!(!String::from_utf8_lossy(&again.raw()).contains("let us try the sound"));
    again.press("\x03");
    again.ends(PATIENCE);
}

/// On one channel both would be the same: it would say what is not so.
#[test]
fn a_loudspeaker_of_one_channel_has_no_sides() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    for mono in [false, true] {
        if mono {
            let sink = ["sink_name=mono", "channels=1", "norewinds=1"];
            speaker.control(&[&["load-module", "module-null-sink"], &sink[..]].concat());
            speaker.control(&["set-default-sink", "mono"]);
        }
        let environment = speaker.environment();
        let home = environment.iter().find(|(name, _)| *name == "HOME");
        let known = Path::new(&home.expect("a home").1);
        let known = known.join(".local/state/softback/loudspeakers.json");
        fs::remove_file(known).expect("it was there");
        let arguments = ["play", "rest", "--plain", "--voice", "silent"];
        let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
        program.wait_for("Press the up arrow", PATIENCE);
        let shown = program.screen();
        assert!(shown.contains("let us try the sound"), "{shown}");
        assert_eq!(shown.contains("from the left"), !mono, "{shown}");
    }
}
