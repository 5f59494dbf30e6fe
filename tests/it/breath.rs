//! The breath as it is heard: as long as the pace says, in and out without a gap.

use std::thread;
use std::time::Duration;

use softback::pace::{BreathPhase, Pace};
use softback::time::Frames;

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

/// Breaths that are listened to: four intervals from in to in, and four from out to out.
const BREATHS: usize = 5;

/// Intervals that have to be exact.
const INTERVALS: usize = 6;

/// Runs, at most: one in which the machine was too busy is repeated.
const RUNS: usize = 4;

/// The wake-up silence and two short sentences, and time to start.
const BEFORE: Duration = Duration::from_secs(11);

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
    for _ in 0..RUNS {
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
        // A slip spoils the interval that it falls into, and no other.
        let exact = ins
            .iter()
            .chain(&outs)
            .filter(|onset| onset.strength > EXACT)
            .count();
        if intervals.iter().filter(|interval| steady(interval)).count() < INTERVALS
            || exact < INTERVALS
        {
            eprintln!("{pace}: too busy a machine: in {ins:?}, out {outs:?}");
            continue;
        }
        assert!(
            median.abs_diff(inhale + exhale) <= TOLERANCE,
            "{pace}: {intervals:?}"
        );
        // And in and out take turns without a gap.
        let turn = |breath_in: &Match| {
            let after = outs.iter().find(|breath_out| breath_out.at > breath_in.at);
            after.is_some_and(|after| (after.at - breath_in.at).abs_diff(inhale) <= TOLERANCE)
        };
        assert!(ins.iter().filter(|breath| turn(breath)).count() >= INTERVALS / 2);
        eprintln!("{pace}: {intervals:?} samples from breath to breath");
        return;
    }
    panic!("{pace}: {RUNS} times cut short, or not the cues that were promised");
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
