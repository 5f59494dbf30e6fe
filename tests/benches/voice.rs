//! What the built-in voice costs: one plain line for each figure. `taskset -c 0` in front measures it on one core.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;
use softback::parts::Pace;
use softback::parts::Posture;
use softback::parts::Utterance;
use softback::parts::{Companion, built_in};
use softback::parts::{Heart, Voice, VoiceEvent, VoiceJob};
use softback::parts::{Plan, Setting};

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    // The first load reads the disk.
    let (loads, sentences) = match words.first().map(String::as_str) {
        None | Some("voice") => (11, usize::MAX),
        Some("short") => (1, 3),
        // Another bench was asked for by name.
        Some(_) => return,
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let sentences: Vec<Utterance> = all_sentences().into_iter().take(sentences).collect();
    let mut opened = Vec::new();
    let mut firsts = Vec::new();
    for _ in 0..loads {
        let begun = now();
        let mut heart = Heart::open(&folder).expect("the set-up has fetched the voice");
        opened.push(begun.elapsed());
        let begun = now();
        render(&mut heart, &sentences[0]);
        firsts.push(begun.elapsed());
    }
    println!("voice: loaded in {}", spread(&mut opened));
    println!(
        "voice: first sentence after that in {}",
        spread(&mut firsts)
    );

    let mut heart = Heart::open(&folder).expect("it was opened before");
    let begun = now();
    let spoken: f64 = sentences.iter().map(|said| render(&mut heart, said)).sum();
    let taken = begun.elapsed().as_secs_f64();
    println!(
        "voice: {} sentences, {spoken:.1} s of speech in {taken:.2} s: {:.1} times faster than real time",
        sentences.len(),
        spoken / taken
    );
    println!(
        "voice: memory at most {} MB in this process, which loaded it {} times",
        peak_memory() / 1000,
        loads + 1
    );
}

/// Every sentence of the session at every pace.
fn all_sentences() -> Vec<Utterance> {
    let routine = built_in("upper-back").expect("built in");
    let mut seen = HashSet::new();
    let plans = Pace::ALL.map(|pace| {
        Plan::compile(
            &routine,
            &Companion::built_in(),
            Setting::new(pace, Posture::Seated),
        )
    });
    let cues = plans.iter().flat_map(|plan| &plan.cues);
    let said = cues.filter_map(|planned| planned.cue.sentence().cloned());
    said.filter(|said| seen.insert(said.clone())).collect()
}

/// Seconds of sound.
fn render(heart: &mut Heart, utterance: &Utterance) -> f64 {
    let (events, made) = unbounded();
    heart.handle(VoiceJob::Render(utterance.clone()), &events);
    match made.recv().expect("a clip or an error") {
        VoiceEvent::Rendered { length, .. } => length.seconds(),
        other => panic!("{other:?}"),
    }
}

fn spread(times: &mut [Duration]) -> String {
    times.sort();
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    format!(
        "{:.0} ms (median of {}; worst {:.0})",
        millis(times[times.len() / 2]),
        times.len(),
        millis(times[times.len() - 1])
    )
}

/// In kilobytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn now() -> Instant {
    Instant::now()
}
