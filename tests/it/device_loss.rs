//! A loudspeaker that is unplugged, a sound server that dies and one that freezes, under the built program in real
//! time: when it is noticed, when sound is back, and what is said then.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::clock::{now, wait, wait_until};
use crate::lab::Environment;
use crate::listen::{MS, best_match, first_sound, has_speech, silence_from};
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::pty::Program;
use crate::stage::{PATIENCE, fixture, play, softback};

const LONG_SENTENCE: &str = "If you feel light in the head";
const LOST: &str = "I cannot reach the loudspeaker, so I have paused.";
const BACK: &str = "The loudspeaker is back.";

/// Of a sentence, long enough to be known again.
const PIECE: usize = 1000 * MS;

/// By then a loss must be on the screen, and by then there must be sound again.
const NOTICED: Duration = Duration::from_secs(1);
const HEARD: Duration = Duration::from_secs(2);

/// What the machine may add to each, and the meter: it may be busy.
const SLACK: Duration = Duration::from_millis(500);

/// Of a core, in any second in which the loudspeaker is away.
const MOST_CPU: Duration = Duration::from_millis(200);

#[derive(Clone, Copy, Debug)]
enum Fault {
    Unplugged,
    Killed,
    Frozen,
}

impl Fault {
    const ALL: [Self; 3] = [Self::Unplugged, Self::Killed, Self::Frozen];

    fn begin(self, speaker: &mut Loudspeaker) {
        match self {
            Self::Unplugged => speaker.unplug(),
            Self::Killed => speaker.kill(),
            Self::Frozen => speaker.freeze(true),
        }
    }

    /// Everything is in order again. A recorder that was there before has gone with what it listened to,
    /// unless the server only stood still.
    fn end(self, speaker: &mut Loudspeaker) {
        match self {
            Self::Unplugged => speaker.plug(),
            Self::Killed => speaker.restart(),
            Self::Frozen => speaker.freeze(false),
        }
    }
}

/// What was measured of one loss.
struct Loss {
    noticed: Duration,
    heard: Duration,
    /// Processor time in the busiest second.
    cpu: Duration,
}

#[test]
fn one_session_outlives_a_loudspeaker_unplugged_a_server_killed_and_one_frozen() {
    let Some(mut speaker) = Loudspeaker::start() else {
        return;
    };
    let mut recorder = speaker.record();
    let mut program = play(&speaker, "sentences.toml", &[]);
    let piece = piece_of_the_sentence(&mut program, &recorder);
    // The voice makes what comes next; that is not what is measured.
    program.press(" ");
    program.wait_for("Paused.", PATIENCE);
    let calm = wait_until(PATIENCE, || {
        let before = program.cpu();
        wait(Duration::from_secs(1));
        (program.cpu() < before + MOST_CPU / 4).then_some(())
    });
    assert!(calm.is_some(), "the voice is never done");
    program.press(" ");

    program.wait_for(LONG_SENTENCE, PATIENCE);
    wait(Duration::from_millis(1500));
    for fault in Fault::ALL {
        let away = Duration::from_secs(if matches!(fault, Fault::Frozen) { 4 } else { 3 });
        let loss = lose(
            fault,
            away,
            &mut speaker,
            &mut recorder,
            &mut program,
            &piece,
        );
        println!(
            "{fault:?}: noticed after {} ms, heard again after {} ms, {} ms of processor time in the busiest second",
            loss.noticed.as_millis(),
            loss.heard.as_millis(),
            loss.cpu.as_millis()
        );
        assert!(
            loss.noticed < NOTICED + SLACK,
            "{fault:?} was noticed after {:?}",
            loss.noticed
        );
        assert!(
            loss.heard < HEARD + SLACK,
            "heard again after {:?}",
            loss.heard
        );
        assert!(loss.cpu <= MOST_CPU, "{:?} in one second", loss.cpu);
    }

    program.wait_for("Find the space bar", PATIENCE);
    let ready = wait_until(PATIENCE, || {
        program.press(" ");
        wait(Duration::from_millis(700));
        program
            .screen()
            .contains("silences me at once")
            .then_some(())
    });
    assert!(ready.is_some(), "{}", program.screen());
    program.wait_for("The session is over.", PATIENCE);
    assert_eq!(program.ends(PATIENCE).code(), Some(0));
}

/// Waits until the long sentence is being said, and cuts the beginning of it out.
fn piece_of_the_sentence(program: &mut Program, recorder: &Recorder) -> Vec<f32> {
    program.wait_for(LONG_SENTENCE, PATIENCE);
    let piece = wait_until(PATIENCE, || {
        // "Hello, and welcome.", a silence, and then the sentence.
        let heard = recorder.heard().samples;
        let hello = first_sound(&heard, 0)?;
        let silence = silence_from(&heard, hello, 250 * MS)?;
        let begun = first_sound(&heard, silence)?;
        heard.get(begun..begun + PIECE).map(<[f32]>::to_vec)
    });
    piece.expect("a sentence")
}

fn lose(
    fault: Fault,
    away: Duration,
    speaker: &mut Loudspeaker,
    recorder: &mut Recorder,
    program: &mut Program,
    piece: &[f32],
) -> Loss {
    let begun = now();
    fault.begin(speaker);
    let noticed = program.wait_for(LOST, PATIENCE) - begun;
    let cpu = busiest_second(program, begun + away);

    let returns = now();
    fault.end(speaker);
    let mut from = recorder.now();
    if !matches!(fault, Fault::Frozen) {
        *recorder = speaker.begin_to_record();
        from = 0;
    }
    let back = program.wait_for(BACK, PATIENCE);
    // What a frozen server still held comes first; then the silence in which the loudspeaker wakes up.
    let heard = recorder.wait_for(from, PATIENCE, |samples| {
        let silence = silence_from(samples, 0, 500 * MS)?;
        first_sound(samples, silence)
    });
    let heard_after = now() - returns;
    let heard = from + heard.expect("a sound");
    println!(
        "{fault:?}: on the screen after {} ms",
        (back - returns).as_millis()
    );

    // "The loudspeaker is back.", and the sentence from its beginning.
    program.wait_for(LONG_SENTENCE, PATIENCE);
    wait(Duration::from_secs(2));
    let samples = recorder.heard().samples.split_off(heard);
    let again = again(&samples, piece).expect("the sentence once more");
    assert!(has_speech(&samples[..again]), "nothing was said before");
    println!("{fault:?}: the sentence again {} ms later", again / MS);
    Loss {
        noticed,
        heard: heard_after,
        cpu,
    }
}

/// Where a piece begins again. On a busy machine there may be a slip in it, so a good part of it is enough.
fn again(samples: &[f32], piece: &[f32]) -> Option<usize> {
    let parts = piece.chunks(PIECE / 3).enumerate();
    let found = parts.filter_map(|(number, part)| {
        let found = best_match(samples, part).filter(|found| found.strength > 0.9)?;
        found.at.checked_sub(number * (PIECE / 3))
    });
    found.min()
}

/// The most processor time that it uses in any second until then.
fn busiest_second(program: &Program, until: Instant) -> Duration {
    let mut used = vec![];
    while now() < until {
        used.push((now(), program.cpu()));
        wait(Duration::from_millis(50));
    }
    let second = |(at, before): &(Instant, Duration)| {
        let within = used
            .iter()
            .take_while(|(later, _)| *later <= *at + Duration::from_secs(1));
        within
            .last()
            .map_or(Duration::ZERO, |(_, after)| after.saturating_sub(*before))
    };
    used.iter().map(second).max().unwrap_or_default()
}

#[test]
fn escape_ends_it_at_once_while_the_loudspeaker_is_away() {
    for fault in Fault::ALL {
        let Some(mut speaker) = Loudspeaker::start() else {
            return;
        };
        let home = speaker.environment();
        let recorder = speaker.record();
        let mut program = begin(&home);
        fault.begin(&mut speaker);
        program.wait_for(LOST, PATIENCE);
        wait(Duration::from_millis(700));
        let pressed = program.press("\x1b");
        let code = program.ends(PATIENCE).code();
        let ended = now() - pressed;
        println!("{fault:?}: ended {} ms after the key", ended.as_millis());
        assert_eq!(code, Some(3));
        assert!(ended < NOTICED + SLACK, "{fault:?}: {ended:?}");
        fault.end(&mut speaker);
        drop(recorder);
        // It could not be asked then.
        let _recorder = speaker.record();
        let mut asked = start(&home);
        asked.wait_for("Did you stop because something hurt", PATIENCE);
    }
}

#[test]
fn a_server_that_is_frozen_at_the_start_is_an_error() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    speaker.freeze(true);
    let mut program = start(&speaker.environment());
    assert_eq!(program.ends(PATIENCE).code(), Some(1));
    let screen = program.screen();
    assert!(
        screen.contains("the sound server does not answer"),
        "{screen}"
    );
    speaker.freeze(false);
}

#[test]
fn a_server_that_stutters_widens_the_period_and_is_no_loss() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let _recorder = speaker.record();
    let program = begin(&speaker.environment());
    let before = program.threads("cpal_alsa_out");
    // A stream that begins is not yet judged.
    wait(Duration::from_millis(1500));
    let renewed = wait_until(PATIENCE, || {
        speaker.freeze(true);
        wait(Duration::from_millis(150));
        speaker.freeze(false);
        wait(Duration::from_millis(300));
        let now = program.threads("cpal_alsa_out");
        (now.len() == 1 && now != before).then_some(())
    });
    assert!(renewed.is_some(), "{before:?}");
    wait(Duration::from_millis(1500));
    let shown = String::from_utf8_lossy(&program.raw()).into_owned();
    assert!(!shown.contains("cannot reach"), "{}", program.screen());
}

/// Plays a breath with no voice.
fn start(home: &Environment) -> Program {
    let routine = fixture("breath.toml");
    let arguments = ["play", &routine, "--voice", "silent"];
    Program::start(softback(), &arguments, Path::new("/"), home)
}

/// The same, up to the breath.
fn begin(home: &Environment) -> Program {
    let mut program = start(home);
    program.wait_for("Breathe in", PATIENCE);
    program
}

/// Faults of one session, of random kinds and lengths; the same each time.
const FAULTS: usize = 20;

#[test]
fn twenty_random_faults_neither_hang_it_nor_lose_the_journal() {
    let Some(mut speaker) = Loudspeaker::start() else {
        return;
    };
    let home = speaker.environment();
    let mut recorder = speaker.record();
    let mut program = begin(&home);
    let mut state = 0x5eed_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let mut slowest = Duration::ZERO;
    let (begun, before) = (now(), program.cpu());
    for number in 0..FAULTS {
        let fault = Fault::ALL[random(3) as usize];
        let length = Duration::from_millis(50 + random(if number % 4 == 0 { 4000 } else { 1500 }));
        fault.begin(&mut speaker);
        wait(length);
        let returns = now();
        fault.end(&mut speaker);
        recorder = speaker.begin_to_record();
        // It may not even have noticed; in the end it is not lost.
        wait(Duration::from_millis(900));
        let back = wait_until(PATIENCE, || (!program.screen().contains(LOST)).then(now));
        let back = back.unwrap_or_else(|| panic!("{fault:?} for {length:?}: {}", program.screen()));
        slowest = slowest.max(back - returns);
        wait(Duration::from_millis(random(2000)));
    }
    let (took, used) = (now() - begun, program.cpu().saturating_sub(before));
    // A server that was killed is a loss however soon another is there, and most of these faults are longer
    // than its patience.
    let told = program.raw();
    let told = told
        .windows(LOST.len())
        .filter(|text| *text == LOST.as_bytes());
    let losses = told.count();
    println!(
        "{FAULTS} faults, told {losses} times; the slowest return took {} ms; {} ms of processor time in {} ms",
        slowest.as_millis(),
        used.as_millis(),
        took.as_millis()
    );
    assert!(losses > 0, "no loss was noticed");
    assert!(used < took / 2, "{used:?} of processor time in {took:?}");
    drop(recorder);
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
    let journal = journal(&home);
    assert!(
        journal.contains("\"start\"") && journal.contains("\"end\""),
        "{journal}"
    );
}

/// What `softback journal --json` says.
fn journal(home: &Environment) -> String {
    let environment = home.iter().map(|(key, value)| (key, value));
    let mut command = Command::new(softback());
    command
        .args(["journal", "--json"])
        .env_clear()
        .envs(environment);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}
