//! What can be measured from outside, on a virtual loudspeaker: one plain line for each figure.
//!
//! `make bench` runs the first three; `make bench ARGS="keys"` only what that word says: `keys [FRAMES]`, `start`,
//! `cost [MINUTES]`, or one of the two that take many minutes and so have to be asked for:
//! `underruns [MINUTES [FRAMES]]`, and `day`.
//! `make bench ARGS="short"` runs every one but `day` for seconds: it shows that they work, and measures next to
//! nothing. `day` cannot be made shorter: the way that it measures is said in real time.
//! Where mpv has been unpacked, it is measured in the same run, by the same meter.

#[path = "../it/answers.rs"]
mod answers;
#[path = "../it/clock.rs"]
mod clock;
#[path = "../it/lab.rs"]
mod lab;
#[expect(dead_code, unused_imports, reason = "the tests need more of it")]
#[path = "../it/listen.rs"]
mod listen;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../it/loudspeaker.rs"]
mod loudspeaker;
mod players;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../it/pty.rs"]
mod pty;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../it/stage.rs"]
mod stage;

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use answers::answer_until;
use clock::wait;
use lab::{Dir, Process};
use listen::{MS, Match, best_match, breath_onsets, first_sound};
use loudspeaker::{Loudspeaker, Recorder};
use players::{Pressed, millis, mpv, ordinary_day, press, side_by_side, spread, tone};
use pty::Program;
use softback::parts::BreathPhase;
use softback::parts::{Frames, SAMPLE_RATE};
use stage::{PATIENCE, play, spoken, upper_back};

/// How much is measured.
struct Effort {
    /// Of each key.
    presses: usize,
    starts: usize,
    cost: Duration,
    underruns: Duration,
}

const FULL: Effort = Effort {
    presses: 50,
    starts: 20,
    // Longer than the session: it is measured whole.
    cost: Duration::from_mins(30),
    underruns: Duration::from_mins(5),
};

const SHORT: Effort = Effort {
    presses: 2,
    starts: 1,
    cost: Duration::from_secs(15),
    underruns: Duration::from_secs(30),
};

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let short = words.first().is_some_and(|word| word == "short");
    let effort = if short { SHORT } else { FULL };
    let named = |name: &str| short || words.first().is_some_and(|word| word == name);
    let asked = |name: &str| words.is_empty() || named(name);
    let number = |at: usize| words.get(at).map(|word| word.parse().expect("a number"));
    let minutes = || number(1).map(|minutes: u32| Duration::from_mins(minutes.into()));
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    if !speaker.lab().has("MPV") {
        println!("without mpv, which `.ci/setup bench` unpacks");
    }
    let recorder = speaker.record();
    let dir = Dir::new();
    if asked("keys") {
        keys(&speaker, &recorder, &dir, number(1), effort.presses);
    }
    if asked("start") {
        start(&speaker, &recorder, effort.starts);
    }
    if asked("cost") {
        let played = minutes().unwrap_or(effort.cost);
        cost(&speaker, &recorder, &dir, played);
    }
    if !short && named("day") {
        day(&speaker, &recorder);
    }
    if named("underruns") {
        let played = minutes().unwrap_or(effort.underruns);
        underruns(&speaker, &recorder, played, number(2));
    }
}

/// From a key to silence, and from the same key to sound again.
fn keys(
    speaker: &Loudspeaker,
    recorder: &Recorder,
    dir: &Dir,
    frames: Option<u32>,
    presses: usize,
) {
    let mut options = vec!["--voice", "silent", "--pace", "very-slow"];
    let buffer = frames.map(|frames| frames.to_string());
    if let Some(buffer) = &buffer {
        options.extend(["--buffer", buffer]);
    }
    let mut program = play(speaker, "breath.toml", &options);
    program.wait_for("1 of 12", PATIENCE);
    tell(
        "softback",
        &press("softback", &mut program, recorder, presses),
    );
    drop(program);
    if buffer.is_some() {
        return;
    }
    // A cue begins softly: so much of the time to sound is its own.
    let cue = softback::parts::Cues::built_in().breath(BreathPhase::In, Frames::from_millis(5000));
    let soft = first_sound(&cue.samples, 0).unwrap_or_default();
    println!(
        "softback's cue itself is heard after {:.1} ms",
        millis(soft)
    );
    // By its own choice of output, which can take back what it has handed over, and by the one that softback uses.
    for output in ["pulse", "alsa"] {
        if let Some(mut mpv) = mpv(speaker, output, &tone(dir, 600)) {
            mpv.wait_for("A:", PATIENCE);
            let name = format!("mpv by {output}");
            tell(&name, &press(&name, &mut mpv, recorder, presses));
        }
    }
    println!("the meter is right to 5 ms: less than that is as good as nothing");
}

fn tell(name: &str, it: &Pressed) {
    let presses = it.presses;
    for (what, (median, worst)) in [("silence", it.silence), ("sound", it.sound)] {
        println!("{name}: key to {what} {median:.1} ms, at worst {worst:.1} ms, {presses} presses");
    }
}

/// From the start of the program to the first sample of the first word.
fn start(speaker: &Loudspeaker, recorder: &Recorder, count: usize) {
    let mut starts = Vec::new();
    for _ in 0..count {
        let begun = clock::now();
        let program = play(speaker, "sentences.toml", &["--voice", "heart"]);
        let begun = recorder.heard().at(begun);
        let first = recorder.wait_for(begun, PATIENCE, |samples| first_sound(samples, 0));
        starts.push(first.unwrap_or_else(|| panic!("no first word: {}", program.screen())));
        drop(program);
        // The device is let go of.
        wait(Duration::from_millis(500));
    }
    let (median, worst) = spread(&mut starts);
    println!(
        "start to first word {median:.0} ms, at worst {worst:.0} ms, {count} starts, 700 ms of it to wake the loudspeaker"
    );
}

/// Processor time and memory while all of them play for so long, side by side, or until one is over.
fn cost(speaker: &Loudspeaker, recorder: &Recorder, dir: &Dir, played: Duration) {
    // The upper-back session of an ordinary day, answered as by somebody with whom nothing is wrong. It begins
    // with speech almost without a break, the dearest that there is.
    let mut programs = vec![
        ("softback, voice silent", ordinary_day(speaker, "silent")),
        ("softback, voice heart", ordinary_day(speaker, "heart")),
    ];
    let wav = mpv(speaker, "pulse", &tone(dir, played.as_secs() + 10));
    programs.extend(wav.map(|mpv| ("mpv, a WAV", mpv)));
    let (seconds, used) = side_by_side(&programs, played);
    for (name, program) in &mut programs[..2] {
        if program.peak_memory().is_none() {
            let screen = program.screen();
            assert_eq!(program.ends(PATIENCE).code(), Some(0), "{name}: {screen}");
            println!("{name}: the session is over");
        }
    }
    for ((name, _), (cpu, memory)) in programs.iter().zip(used) {
        let cpu = cpu.as_secs_f64();
        let share = 100.0 * cpu / seconds;
        let memory = memory as f64 / 1024.0;
        println!(
            "{name}: {cpu:.2} s of processor time in {seconds:.0} s ({share:.1} %), {memory:.1} MiB at most"
        );
    }
    assert!(recorder.now() > 0);
}

/// Longer than the first session takes to its first paced breath.
const WAY: Duration = Duration::from_mins(10);

/// How long it takes to the first paced breath, and from a yes to whom she is to call, with the built-in voice.
/// She answers as soon as it counts.
fn day(speaker: &Loudspeaker, recorder: &Recorder) {
    let begun = recorder.now();
    let program = ordinary_day(speaker, "heart");
    let seconds = to_first_breath(recorder, begun, &program);
    println!("an ordinary day: start to first paced breath {seconds:.1} s, 125 s are allowed");
    drop(program);
    let calls = [
        "Call your emergency number now, or ask someone near you to call.",
        "Call your midwife or your maternity unit now, and do not wait for your next visit.",
        "If you have had a fall, a crash or a knock, call your maternity unit today.",
    ];
    for (number, call) in (1..).zip(calls) {
        let mut program = ordinary_day(speaker, "heart");
        let asked = answer_until(&program, &format!("Question {number} of 3"), WAY, true);
        assert!(asked, "{}", program.screen());
        // She hears what she says yes to.
        wait(Duration::from_secs(3));
        let yes = program.press("\r");
        program.wait_for(call, PATIENCE);
        let pattern = spoken(call);
        wait(Duration::from_secs_f64(
            pattern.len() as f64 / f64::from(SAMPLE_RATE) + 1.0,
        ));
        let heard = recorder.heard();
        let after = &heard.samples[heard.at(yes)..];
        let Match { at, strength } = best_match(after, &pattern).expect("samples");
        assert!(strength > 0.9, "D.{number}: it fits by {strength}");
        let word = at + first_sound(&pattern, 0).expect("a word");
        println!(
            "D.{number}: yes to the first word of whom to call {:.1} s, 5 s are allowed",
            millis(word) / 1000.0
        );
    }
    let begun = recorder.now();
    let first = upper_back(&speaker.environment(), &["--voice", "heart"]);
    let seconds = to_first_breath(recorder, begun, &first);
    println!(
        "the first session, its notice read at once: start to first paced breath {seconds:.1} s, 300 s are allowed"
    );
}

/// From the start to the first paced breath, in seconds.
fn to_first_breath(recorder: &Recorder, begun: usize, program: &Program) -> f64 {
    let there = answer_until(program, "Breathe in 2 of", WAY, true);
    assert!(there, "{}", program.screen());
    let heard = recorder.heard();
    let heard = &heard.samples[begun..];
    let breaths = breath_onsets(heard, BreathPhase::In, Frames::from_millis(3000));
    let first = breaths.first().expect("a paced breath");
    millis(first.at) / 1000.0
}

/// Interruptions of the sound with every core busy, in one session.
fn underruns(speaker: &Loudspeaker, recorder: &Recorder, played: Duration, frames: Option<u32>) {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let spin = || {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "while :; do :; done"])
            .stdin(Stdio::null());
        Process::start(&mut command)
    };
    let _busy: Vec<Process> = (0..cores).map(|_| spin()).collect();
    let lengths = [3000, 4500].map(Frames::from_millis);
    let whole = (lengths[0] + lengths[1]).0 as usize;
    let buffer = frames.map(|frames| frames.to_string());
    let mut options = vec!["--voice", "silent"];
    if let Some(buffer) = &buffer {
        options.extend(["--buffer", buffer]);
    }
    let dir = Dir::new();
    let routine = dir.file("breaths.toml", &breaths(played));
    let begin = recorder.now();
    let program = play(speaker, routine.to_str().expect("UTF-8"), &options);
    wait(played);
    drop(program);
    let heard = recorder.heard();
    let onsets = breath_onsets(&heard.samples[begin..], BreathPhase::In, lengths[0]);
    let off: Vec<usize> = onsets
        .windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .filter(|&length| length < 2 * whole)
        .map(|length| length.abs_diff(whole))
        .collect();
    assert!(!off.is_empty(), "no breath was heard");
    let slips = off.iter().filter(|&&off| off > MS / 2).count();
    println!(
        "underruns with {cores} of {cores} cores busy, buffer {}: {slips} of {} breaths interrupted in {} s, by {:.1} ms at most",
        buffer.as_deref().unwrap_or("as it comes"),
        off.len(),
        played.as_secs(),
        millis(off.into_iter().max().unwrap_or_default())
    );
}

/// A routine that is nothing but counted breaths, longer than `played`.
fn breaths(played: Duration) -> String {
    let mut routine = String::from(
        "title = \"Breaths\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"Breaths\"\nopening = true\n",
    );
    // Twelve breaths are a minute and a half; the words before them come on top.
    for movement in 0..=played.as_secs() / 60 {
        let _ = write!(
            routine,
            "[[section.movement]]\nrepeat = 12\nrest = \"1s\"\nlines = [\n\
             {{ id = \"{movement}-in\", in = \"Breathe in softly.\", source = [\"house\"] }},\n\
             {{ id = \"{movement}-out\", out = \"Breathe out slowly.\", source = [\"house\"] }},\n]\n"
        );
    }
    routine
}
