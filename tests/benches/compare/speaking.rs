//! Speaking: how soon the first word is heard, and the built-in voice beside the Python package that it is from.

use std::collections::{BTreeMap, HashSet};
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crossbeam_channel::unbounded;
use serde_json::{Value, json};
use softback::parts::{Companion, Heart, Pace, Plan, Posture, SAFETY_RATE, Setting, Utterance};
use softback::parts::{Voice, VoiceEvent, VoiceJob, built_in};

use crate::clock::now;
use crate::cost::peak;
use crate::lab::{Dir, Environment, Process};
use crate::loudspeaker::Loudspeaker;
use crate::playing::first_sounds;
use crate::real_speech::RealSpeech;
use crate::stage::play;
use crate::table::{Report, mib, times};

/// The first sentence of a session.
const HELLO: &str = "Hello, and welcome.";

/// Longer than it takes to say that.
const SAID: Duration = Duration::from_millis(2500);

/// Before the first word of a session, so that a loudspeaker wakes up.
const WAKE_UP: f64 = 700.0;

pub fn starts(report: &mut Report, speaker: &Loudspeaker, count: usize) {
    let recorder = speaker.record();
    let live = || play(speaker, "sentences.toml", &["--voice", "heart"]);
    let (median, worst) = first_sounds(&recorder, count, live, Duration::ZERO);
    let ours = (median - WAKE_UP, worst - WAKE_UP);
    let row = |name: &str, (median, worst): (f64, f64)| {
        vec![
            name.to_owned(),
            format!("{median:.0} ms"),
            format!("{worst:.0} ms"),
            times(ours.0, median),
        ]
    };
    let mut rows = vec![row("Softback, without its 700 ms of silence", ours)];
    if speaker.lab().has("ESPEAK") {
        let environment = environment(speaker);
        let begin = || Process::start(speaker.lab().command("ESPEAK", &environment).arg(HELLO));
        rows.push(row(
            "espeak-ng",
            first_sounds(&recorder, count, begin, SAID),
        ));
        let service = RealSpeech::start(speaker);
        let mut environment = environment.clone();
        environment.extend(
            service
                .environment()
                .map(|(name, value)| (name, value.into())),
        );
        let begin = || Process::start(speaker.lab().command("SPD_SAY", &environment).arg(HELLO));
        // Its first sentence starts what speaks.
        first_sounds(&recorder, 1, begin, SAID);
        rows.push(row(
            "spd-say, the service is there already",
            first_sounds(&recorder, count, begin, SAID),
        ));
    }
    let how = format!(
        "From the start of the program to the first sample of \"{HELLO}\", {count} starts each. Both others speak \
         by espeak-ng, which needs no network to be loaded. Of Softback's figure the 700 ms of silence are taken \
         away, in which it loads its voice and makes the sentence."
    );
    report.table(
        "Start to first word",
        &how,
        &["program", "median", "worst", "times"],
        &rows,
    );
}

fn environment(speaker: &Loudspeaker) -> Environment {
    let mut environment = speaker.environment();
    environment.push((
        "ESPEAK_DATA_PATH",
        speaker.lab().file("ESPEAK_DATA_PATH").into(),
    ));
    environment
}

/// The word that makes this program a voice alone, so that its memory is that of the voice.
pub const CHILD: &str = "voice-alone";

/// What a voice tells of itself.
struct Told {
    loaded: f64,
    spoken: f64,
    taken: f64,
    kilobytes: u64,
    versions: String,
}

impl Told {
    fn of(command: &mut Command) -> Self {
        let told = command
            .stderr(Stdio::inherit())
            .output()
            .expect("it runs")
            .stdout;
        let told: Value = serde_json::from_slice(&told).expect("JSON");
        let number = |name: &str| told[name].as_f64().expect("a number");
        Self {
            loaded: number("loaded"),
            spoken: number("spoken"),
            taken: number("taken"),
            kilobytes: number("kilobytes") as u64,
            versions: told["versions"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// How many times faster than it is said.
    fn speed(&self) -> f64 {
        self.spoken / self.taken
    }
}

/// The voice by itself: says every line of the file, and prints how long that took.
pub fn child(file: &Path) {
    let text = fs::read_to_string(file).expect("the sentences");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let begun = now();
    let mut heart = Heart::open(&folder).expect("the set-up has fetched the voice");
    render(&mut heart, HELLO);
    let loaded = begun.elapsed().as_secs_f64();
    let begun = now();
    let spoken: f64 = text.lines().map(|line| render(&mut heart, line)).sum();
    let taken = begun.elapsed().as_secs_f64();
    let kilobytes = peak(Path::new("/proc/self"));
    println!(
        "{}",
        json!({"loaded": loaded, "spoken": spoken, "taken": taken, "kilobytes": kilobytes})
    );
}

/// Seconds of sound.
fn render(heart: &mut Heart, text: &str) -> f64 {
    let (events, made) = unbounded();
    heart.handle(VoiceJob::Render(Utterance::new(text, SAFETY_RATE)), &events);
    match made.recv().expect("a clip or an error") {
        VoiceEvent::Rendered { length, .. } => length.seconds(),
        other => panic!("{other:?}"),
    }
}

/// What is said in the upper-back session, each sentence once.
fn sentences(most: usize) -> String {
    let routine = built_in("upper-back").expect("built in");
    let plan = Plan::compile(
        &routine,
        &Companion::built_in(),
        Setting::new(Pace::Standard, Posture::Seated),
    );
    let mut seen = HashSet::new();
    let said = plan
        .cues
        .iter()
        .filter_map(|planned| planned.cue.sentence());
    let texts = said
        .map(|said| said.text().to_string())
        .filter(|text| seen.insert(text.clone()));
    texts.take(most).collect::<Vec<_>>().join("\n")
}

/// Where the package lies, as the set-up has written it down.
fn python() -> Option<BTreeMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/compare/env");
    let text = fs::read_to_string(path).ok()?;
    let pair = |line: &str| {
        Some(
            line.split_once('=')
                .map(|(key, value)| (key.into(), value.into())),
        )?
    };
    Some(text.lines().filter_map(pair).collect())
}

/// The built-in voice, and the same network by onnxruntime in Python: the same sentences, one thread each, in turn.
pub fn voices(report: &mut Report, dir: &Dir, most: usize) {
    let file = dir.file("sentences.txt", &sentences(most));
    let mut alone = Command::new(env::current_exe().expect("this program"));
    let ours = Told::of(alone.arg(CHILD).arg(&file));
    let row = |name: String, it: &Told| {
        let (speed, loaded) = (it.speed(), it.loaded * 1000.0);
        vec![
            name,
            format!("{loaded:.0} ms"),
            format!("{speed:.0} × real time"),
            times(ours.speed(), speed),
            mib(it.kilobytes),
            times(ours.kilobytes as f64, it.kilobytes as f64),
        ]
    };
    let mut rows = vec![row("Softback's, on rten".into(), &ours)];
    if let Some(python) = python() {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benches/compare/voice.py");
        let mut command = Command::new(&python["PYTHON"]);
        command
            .arg(script)
            .arg(&file)
            .env("PYTHONPATH", &python["PYTHONPATH"]);
        let theirs = Told::of(&mut command);
        rows.push(row(theirs.versions.clone(), &theirs));
    }
    let how = format!(
        "{:.0} s of speech, each sentence of the upper-back session once, on one thread. Loading goes from nothing \
         to the first sentence made. Softback's figures hold more work: it doubles the rate, and brings each \
         sentence to one loudness. Memory is the most that was resident, in MiB. A higher speed is better, so times \
         above 1 are too.",
        ours.spoken
    );
    let head = ["voice", "loaded", "speed", "times", "MiB", "times"];
    report.table("The voice by itself", &how, &head, &rows);
}
