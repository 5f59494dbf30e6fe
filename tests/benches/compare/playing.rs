//! Playing: Softback leads a session, and players play the file that it has made of it.

use std::path::Path;
use std::time::Duration;

use crate::clock::{now, wait};
use crate::encoding::Made;
use crate::lab::Dir;
use crate::listen::{first_sound, silence_from};
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::players::{Pressed, SILENCE, mpv, ordinary_day, press, side_by_side, spread, tone};
use crate::pty::Program;
use crate::stage::{PATIENCE, play};
use crate::table::{Report, mib, times};

/// ffplay without a window.
fn ffplay(speaker: &Loudspeaker, file: &Path) -> Option<Program> {
    let lab = speaker.lab();
    if !lab.has("FFPLAY") {
        return None;
    }
    let mut environment = speaker.environment();
    environment.push(("SDL_AUDIODRIVER", "pulseaudio".into()));
    environment.push(("SDL_VIDEODRIVER", "dummy".into()));
    let file = file.to_str().expect("a path in UTF-8");
    let arguments = ["-hide_banner", "-nodisp", "-autoexit", file];
    Some(Program::start(
        Path::new(lab.file("FFPLAY")),
        &arguments,
        Path::new("/"),
        &environment,
    ))
}

/// From the start of a program to its first sound, in milliseconds: median and worst.
pub fn first_sounds<T>(
    recorder: &Recorder,
    count: usize,
    mut start: impl FnMut() -> T,
    after: Duration,
) -> (f64, f64) {
    let mut starts = Vec::new();
    for _ in 0..count {
        let begun = now();
        let program = start();
        let begun = recorder.heard().at(begun);
        let first = recorder.wait_for(begun, PATIENCE, |samples| first_sound(samples, 0));
        starts.push(first.expect("a first sound"));
        wait(after);
        drop(program);
        // The device is let go of.
        wait(Duration::from_millis(500));
    }
    spread(&mut starts)
}

pub fn starts(report: &mut Report, speaker: &Loudspeaker, made: &Made, count: usize) {
    let recorder = speaker.record();
    let live = || play(speaker, "sentences.toml", &["--voice", "heart"]);
    let ours = first_sounds(&recorder, count, live, Duration::ZERO);
    let mut rows = vec![row("Softback, a session", ours, ours)];
    let sound = |begin: &dyn Fn() -> Program| first_sounds(&recorder, count, begin, Duration::ZERO);
    if speaker.lab().has("MPV") {
        let begin = || mpv(speaker, "pulse", &made.m4b).expect("it is there");
        rows.push(row("mpv, the exported session", sound(&begin), ours));
    }
    if speaker.lab().has("FFPLAY") {
        let begin = || ffplay(speaker, &made.m4b).expect("it is there");
        rows.push(row("ffplay, the exported session", sound(&begin), ours));
    }
    let how = format!(
        "From the start of the program to the first sample that is heard, {count} starts each. The session and the \
         file both begin with 700 ms of silence, in which a Bluetooth loudspeaker wakes up. Softback loads its \
         voice meanwhile, and makes the first sentence.",
    );
    report.table(
        "Start to first sound",
        &how,
        &["program", "median", "worst", "times"],
        &rows,
    );
}

fn row(name: &str, (median, worst): (f64, f64), ours: (f64, f64)) -> Vec<String> {
    vec![
        name.into(),
        format!("{median:.0} ms"),
        format!("{worst:.0} ms"),
        times(ours.0, median),
    ]
}

/// From a key to silence: the space bar where it pauses, and Ctrl-C, which ends each of them.
pub fn keys(report: &mut Report, speaker: &Loudspeaker, dir: &Dir, presses: usize) {
    let recorder = speaker.record();
    let tone = tone(dir, 600);
    let ends = (presses / 2).max(1);
    let mut rows = space_bar(speaker, &recorder, &tone, presses);
    rows.extend(each_ctrl_c(speaker, &recorder, &tone, ends));
    let how = format!(
        "While a tone sounds; Ctrl-C {ends} times. The fade of Softback is in it: silence comes without a click. The \
         meter is right to 5 ms. Without a window ffplay takes no key but Ctrl-C. mpv and ffplay take back what they \
         have handed over, and cut."
    );
    let head = [
        "program and key",
        "to silence, median",
        "worst",
        "times",
        "to sound again, median",
    ];
    report.table("Key to silence", &how, &head, &rows);
}

/// A session that is nothing but breaths.
fn breaths(speaker: &Loudspeaker) -> Program {
    let options = ["--voice", "silent", "--pace", "very-slow"];
    play(speaker, "breath.toml", &options)
}

fn space_bar(
    speaker: &Loudspeaker,
    recorder: &Recorder,
    tone: &Path,
    presses: usize,
) -> Vec<Vec<String>> {
    let mut session = breaths(speaker);
    session.wait_for("1 of 12", PATIENCE);
    let ours = press("softback", &mut session, recorder, presses);
    drop(session);
    let mut rows = vec![pressed("Softback, space bar", &ours, &ours)];
    for output in ["pulse", "alsa"] {
        if let Some(mut mpv) = mpv(speaker, output, tone) {
            mpv.wait_for("A:", PATIENCE);
            let name = format!("mpv by {output}, space bar");
            let it = press(&name, &mut mpv, recorder, presses);
            rows.push(pressed(&name, &it, &ours));
        }
    }
    rows
}

fn each_ctrl_c(
    speaker: &Loudspeaker,
    recorder: &Recorder,
    tone: &Path,
    count: usize,
) -> Vec<Vec<String>> {
    let ours = ctrl_c(recorder, count, || breaths(speaker));
    let mut rows = vec![ended("Softback, Ctrl-C", ours, ours)];
    if speaker.lab().has("MPV") {
        let begin = || mpv(speaker, "pulse", tone).expect("it is there");
        let name = "mpv by pulse, Ctrl-C";
        rows.push(ended(name, ctrl_c(recorder, count, begin), ours));
    }
    if speaker.lab().has("FFPLAY") {
        let begin = || ffplay(speaker, tone).expect("it is there");
        let name = "ffplay, Ctrl-C";
        rows.push(ended(name, ctrl_c(recorder, count, begin), ours));
    }
    rows
}

fn pressed(name: &str, it: &Pressed, ours: &Pressed) -> Vec<String> {
    let name = format!("{name}, {} times", it.presses);
    let mut row = ended(&name, it.silence, ours.silence);
    row.pop();
    row.push(format!("{:.0} ms", it.sound.0));
    row
}

fn ended(name: &str, it: (f64, f64), ours: (f64, f64)) -> Vec<String> {
    let mut row = row(name, it, ours);
    row.push(String::new());
    row
}

/// From Ctrl-C to silence, in milliseconds: median and worst.
fn ctrl_c(recorder: &Recorder, count: usize, start: impl Fn() -> Program) -> (f64, f64) {
    let mut silences = Vec::new();
    for number in 0..count {
        let begun = recorder.now();
        let mut program = start();
        let first = recorder.wait_for(begun, PATIENCE, |samples| first_sound(samples, 0));
        first.expect("a tone");
        wait(Duration::from_millis(1500 + number as u64 * 7 % 43));
        let pressed = program.press("\x03");
        wait(Duration::from_millis(700));
        program.ends(PATIENCE);
        let heard = recorder.heard();
        let pressed = heard.at(pressed);
        let silence = silence_from(&heard.samples, pressed, SILENCE);
        silences.push(silence.expect("silence") - pressed);
    }
    spread(&mut silences)
}

/// Processor time and memory while all of them play side by side.
pub fn costs(report: &mut Report, speaker: &Loudspeaker, made: &Made, played: Duration) {
    let mut programs = vec![
        (
            "Softback, a session with its voice",
            ordinary_day(speaker, "heart"),
        ),
        (
            "Softback, a session without a voice",
            ordinary_day(speaker, "silent"),
        ),
    ];
    programs.extend(mpv(speaker, "pulse", &made.m4b).map(|it| ("mpv, the exported session", it)));
    programs.extend(mpv(speaker, "pulse", &made.wav).map(|it| ("mpv, the same as a WAV", it)));
    programs.extend(ffplay(speaker, &made.m4b).map(|it| ("ffplay, the exported session", it)));
    let (seconds, used) = side_by_side(&programs, played);
    let (work, memory) = used[0];
    let row = |(name, (cpu, kilobytes)): (&str, &(Duration, u64))| {
        let cpu = cpu.as_secs_f64();
        let share = format!("{:.2} %", 100.0 * cpu / seconds);
        let ratio = times(work.as_secs_f64(), cpu);
        let bigger = times(memory as f64, *kilobytes as f64);
        vec![
            name.into(),
            format!("{cpu:.2} s"),
            share,
            ratio,
            mib(*kilobytes),
            bigger,
        ]
    };
    let names = programs.iter().map(|(name, _)| *name);
    let rows: Vec<_> = names.zip(&used).map(row).collect();
    let how = format!(
        "{seconds:.0} s from the start, side by side on one sound server. The session is that of an ordinary day; \
         it begins with speech almost without a break, which is the dearest part, and no player has to make it. \
         Memory is the most that was resident, in MiB. \"Times\" is the first row divided by the others.",
    );
    let head = [
        "program",
        "processor time",
        "of a core",
        "times",
        "MiB",
        "times",
    ];
    report.table("Processor and memory while playing", &how, &head, &rows);
}
