//! The breath as it is heard: as long as the pace says, in and out without a gap.

use std::thread;
use std::time::Duration;

use softback::parts::Frames;
use softback::parts::{BreathPhase, Pace};

use crate::clock::wait;
use crate::listen::{MS, Match, breath_onsets};
use crate::loudspeaker::Loudspeaker;
use crate::stage::play;

/// Each counted pace, with how long in and out last, in milliseconds: as promised, not as the program has it.
const PROMISED: [(Pace, u64, u64); 3] = [
    (Pace::Standard, 3000, 4500),
    (Pace::Slow, 4000, 6000),
    (Pace::VerySlow, 5000, 7000),
];

/// Breaths that are listened to: three intervals from in to in, and three from out to out.
const BREATHS: usize = 4;

/// The wake-up silence and two short sentences, and time to start.
const BEFORE: Duration = Duration::from_secs(14);

/// No breath may be off by more.
const TOLERANCE: usize = 10 * MS;

/// How exactly each cue is the one that it should be: with no voice over it there is nothing else to be heard.
const EXACT: f32 = 0.998;

/// The machine was too busy to keep the sound flowing: the sound itself was late, not the breath.
const SLIP: usize = 5 * MS;

#[test]
fn every_counted_breath_is_as_long_as_its_pace_says() {
    // They mostly wait, so they wait together.
    thread::scope(|scope| {
        for (pace, inhale, exhale) in PROMISED {
            let lengths = [inhale, exhale].map(Frames::from_millis);
            scope.spawn(move || breathes(pace, lengths));
        }
    });
}

fn breathes(pace: Pace, lengths: [Frames; 2]) {
    let [inhale, exhale] = lengths.map(|length| length.0 as usize);
    for _ in 0..3 {
        let Some([ins, outs]) = onsets(pace, lengths) else {
            return;
        };
        let mut intervals: Vec<usize> = [&ins, &outs]
            .iter()
            .flat_map(|onsets| onsets.windows(2).map(|pair| pair[1].at - pair[0].at))
            .collect();
        intervals.sort_unstable();
        let median = intervals.get(intervals.len() / 2).copied().unwrap_or(0);
        let steady = |interval: &usize| interval.abs_diff(median) <= SLIP;
        let whole = |onsets: &[Match]| {
            let exact = onsets.iter().all(|onset| onset.strength > EXACT);
            onsets.len() >= BREATHS && exact
        };
        if !whole(&ins) || !whole(&outs) || !intervals.iter().all(steady) {
            eprintln!("{pace}: not the whole of each cue: in {ins:?}, out {outs:?}");
            continue;
        }
        assert!(
            median.abs_diff(inhale + exhale) <= TOLERANCE,
            "{pace}: {intervals:?}"
        );
        // And in and out take turns without a gap.
        for (breath_in, breath_out) in ins.iter().zip(&outs) {
            let in_to_out = breath_out.at - breath_in.at;
            assert!(
                in_to_out.abs_diff(inhale) <= TOLERANCE,
                "{pace}: {in_to_out}"
            );
        }
        let least = ins
            .iter()
            .chain(&outs)
            .map(|onset| onset.strength)
            .fold(1.0, f32::min);
        eprintln!("{pace}: {intervals:?} samples from breath to breath, cues exact to {least}");
        return;
    }
    panic!("{pace}: three times cut short, or not the cues that were promised");
}

/// When the halves of some breaths begin in one run; `None` without a loudspeaker.
fn onsets(pace: Pace, [inhale, exhale]: [Frames; 2]) -> Option<[Vec<Match>; 2]> {
    let speaker = Loudspeaker::start()?;
    let recorder = speaker.record();
    let pace = pace.to_string();
    // A patient device, for it is the breath that is measured here and not this machine.
    let options = ["--voice", "silent", "--buffer", "2048", "--pace", &pace];
    let program = play(&speaker, "breath.toml", &options);
    wait(BEFORE + (inhale + exhale).duration() * BREATHS as u32);
    drop(program);
    let samples = recorder.heard().samples;
    Some([
        breath_onsets(&samples, BreathPhase::In, inhale),
        breath_onsets(&samples, BreathPhase::Out, exhale),
    ])
}
