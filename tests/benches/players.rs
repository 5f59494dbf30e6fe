//! What plays in the benches of the loudspeaker, Softback and others; and the meter for keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use softback::parts::SAMPLE_RATE;

use crate::answers::{answer, write_an_earlier_session};
use crate::clock::{now, wait};
use crate::lab::{Dir, Environment};
use crate::listen::{MS, first_sound, silence_from};
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::pty::Program;
use crate::stage::{PATIENCE, softback};

/// From press to press. Sooner, softback would wait a little to see whether the key is held down.
const APART: Duration = Duration::from_millis(1200);

/// What counts as silence after a key: much longer than any lull in a tone.
pub const SILENCE: usize = 150 * MS;

/// From a key to silence, and from the same key to sound again: median and worst in milliseconds.
pub struct Pressed {
    pub silence: (f64, f64),
    pub sound: (f64, f64),
    pub presses: usize,
}

/// Presses the space bar again and again.
pub fn press(name: &str, program: &mut Program, recorder: &Recorder, presses: usize) -> Pressed {
    let mut silences = Vec::new();
    let mut resumptions = Vec::new();
    for number in 0..presses {
        // Not always at the same place of a period.
        let odd = Duration::from_millis(number as u64 * 7 % 43);
        wait(APART + odd);
        let begin = recorder.now();
        // A busy machine may be late with the sound that is to be silenced.
        recorder.wait_for(begin, PATIENCE, |samples| first_sound(samples, 0));
        let paused = program.press(" ");
        wait(APART + odd);
        let resumed = program.press(" ");
        wait(Duration::from_millis(400));
        let heard = recorder.heard();
        let (off, on) = (heard.at(paused), heard.at(resumed));
        assert!(
            first_sound(&heard.samples, begin.saturating_sub(200 * MS)) < Some(off),
            "{name} is silent"
        );
        let silence = silence_from(&heard.samples, off, SILENCE);
        let sound = first_sound(&heard.samples, on);
        if let (Some(silence), Some(sound)) = (silence, sound) {
            silences.push(silence - off);
            resumptions.push(sound - on);
        }
    }
    let presses = silences.len();
    assert!(presses > 0, "{name} never falls silent");
    Pressed {
        silence: spread(&mut silences),
        sound: spread(&mut resumptions),
        presses,
    }
}

/// The home in these surroundings.
pub fn home(environment: &Environment) -> PathBuf {
    let home = environment.iter().find(|(name, _)| *name == "HOME");
    home.expect("a home").1.clone().into()
}

/// Begins the upper-back session of an ordinary day: only the questions of the day are asked.
pub fn ordinary_day(speaker: &Loudspeaker, voice: &str) -> Program {
    let environment = speaker.environment();
    write_an_earlier_session(&home(&environment));
    let session = ["play", "upper-back", "--posture", "seated"];
    let arguments = [&session[..], &["--voice", voice]].concat();
    Program::start(softback(), &arguments, Path::new("/"), &environment)
}

/// The processor time and the most memory, in kilobytes, of each when so much time has gone by, or one is over; and after
/// how many seconds that was. The first two are sessions, and are answered as by somebody with whom nothing is wrong.
pub fn side_by_side(programs: &[(&str, Program)], played: Duration) -> (f64, Vec<(Duration, u64)>) {
    let (begun, mut turn) = (now(), 0);
    let (mut seconds, mut used) = (0.0, Vec::new());
    while begun.elapsed() < played {
        wait(Duration::from_secs(2));
        turn += 1;
        for (_, session) in &programs[..2] {
            answer(session, turn, false);
        }
        let each = programs.iter();
        let now = each.map(|(_, program)| Some((program.cpu(), program.peak_memory()?)));
        let Some(now) = now.collect() else {
            break;
        };
        used = now;
        seconds = begun.elapsed().as_secs_f64();
    }
    (seconds, used)
}

/// mpv in a terminal, by that output; `None` where it was not unpacked.
pub fn mpv(speaker: &Loudspeaker, output: &str, file: &Path) -> Option<Program> {
    let lab = speaker.lab();
    if !lab.has("MPV") {
        return None;
    }
    let file = file.to_str().expect("a path in UTF-8");
    let output = format!("--ao={output}");
    let arguments = ["--no-config", "--no-video", &output, file];
    Some(Program::start(
        Path::new(lab.file("MPV")),
        &arguments,
        Path::new("/"),
        &speaker.environment(),
    ))
}

/// A file with a tone of so many seconds.
pub fn tone(dir: &Dir, seconds: u64) -> PathBuf {
    let path = dir.path().join(format!("{seconds}.wav"));
    fs::write(&path, wav(seconds as usize)).expect("a file of sound");
    path
}

/// A tone of 220 Hz, 16 bits, mono.
fn wav(seconds: usize) -> Vec<u8> {
    let frames = seconds * SAMPLE_RATE as usize;
    let mut file = Vec::with_capacity(44 + 2 * frames);
    let mut number = |value: u32| file.extend(value.to_le_bytes());
    // RIFF, WAVE, "fmt ", PCM in one channel, "data".
    number(0x4646_4952);
    number(36 + 2 * frames as u32);
    number(0x4556_4157);
    number(0x2074_6d66);
    number(16);
    number(0x0001_0001);
    number(SAMPLE_RATE);
    number(2 * SAMPLE_RATE);
    number(0x0010_0002);
    number(0x6174_6164);
    number(2 * frames as u32);
    let step = std::f32::consts::TAU * 220.0 / SAMPLE_RATE as f32;
    // Again after each second: a whole number of swings.
    let sample = |n: usize| ((step * (n % SAMPLE_RATE as usize) as f32).sin() * 5000.0) as i16;
    file.extend((0..frames).flat_map(|n| sample(n).to_le_bytes()));
    file
}

/// Median and worst, in milliseconds.
pub fn spread(samples: &mut [usize]) -> (f64, f64) {
    samples.sort_unstable();
    let middle = samples.get(samples.len() / 2).copied().unwrap_or_default();
    (
        millis(middle),
        millis(samples.last().copied().unwrap_or_default()),
    )
}

pub fn millis(samples: usize) -> f64 {
    samples as f64 / MS as f64
}
