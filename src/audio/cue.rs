//! The cues, synthesized: a breath in rises, a breath out falls, a soft tone means "your turn", a softer one "I am still here", a chime means the end.
//!
//! All are made once, as clips, before they are needed. The parameters stand in `audio/cues.toml`, so
//! that they can be heard and changed without knowing Rust.

use std::f64::consts::{PI, TAU};

use serde::Deserialize;

use crate::base::{BreathPhase, Clip, Frames, SAMPLE_RATE};
use crate::plan::{CHIME, YOUR_TURN};

const PARAMETERS: &str = include_str!("../../audio/cues.toml");

/// How the cues sound. Levels are peak amplitudes, full scale 1.0; pitches in Hz.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cues {
    breath: BreathSound,
    your_turn: Tone,
    presence: Tone,
    chime: Tone,
}

/// A breath: from the low pitch to the high one going in, and back going out; loudness goes with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BreathSound {
    low_pitch: f64,
    high_pitch: f64,
    soft_level: f64,
    full_level: f64,
    /// Seconds from silence to the swell's own level, and back at its end.
    edge: f64,
    /// Strength of each harmonic, the fundamental first.
    harmonics: Vec<f64>,
}

/// A struck tone that rings off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tone {
    level: f64,
    /// Each note: pitch, and seconds after the beginning.
    notes: Vec<(f64, f64)>,
    /// Seconds in which a note grows from nothing: long enough that nobody is startled.
    attack: f64,
    /// Seconds in which a note falls to 1/e.
    decay: f64,
}

impl Cues {
    /// The ones inside the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test parses it, so that this can never be met by her.
        toml::from_str(PARAMETERS).expect("audio/cues.toml is tested")
    }

    /// Half a breath of exactly `length`.
    pub fn breath(&self, phase: BreathPhase, length: Frames) -> Clip {
        let sound = &self.breath;
        let frames = length.0 as usize;
        let strengths: f64 = sound.harmonics.iter().sum();
        let mut angle = 0.0;
        let samples = (0..frames).map(|frame| {
            let done = frame as f64 / frames.max(1) as f64;
            let risen = smooth(if phase == BreathPhase::In {
                done
            } else {
                1.0 - done
            });
            // Equal steps of pitch sound even, so the interval is travelled, not the difference.
            let pitch = sound.low_pitch * (sound.high_pitch / sound.low_pitch).powf(risen);
            let level = sound.soft_level + (sound.full_level - sound.soft_level) * risen;
            let harmonics = sound.harmonics.iter().zip(1..);
            let wave = |(strength, n): (_, i32)| strength * (angle * f64::from(n)).sin();
            let tone: f64 = harmonics.map(wave).sum();
            angle = (angle + TAU * pitch / f64::from(SAMPLE_RATE)) % TAU;
            (tone / strengths * level * edges(frame, frames, sound.edge)) as f32
        });
        Clip::cue(samples.collect())
    }

    pub fn your_turn(&self) -> Clip {
        struck(&self.your_turn, YOUR_TURN)
    }

    /// "I am still here".
    pub fn presence(&self) -> Clip {
        struck(&self.presence, YOUR_TURN)
    }

    pub fn chime(&self) -> Clip {
        struck(&self.chime, CHIME)
    }
}

fn struck(tone: &Tone, length: Frames) -> Clip {
    let frames = length.0 as usize;
    let samples = (0..frames).map(|frame| {
        let at = frame as f64 / f64::from(SAMPLE_RATE);
        let begun = tone.notes.iter().filter(|(_, begins)| at - begins > 0.0);
        let wave = |(pitch, begins): (f64, f64)| {
            let since = at - begins;
            let grown = smooth((since / tone.attack).min(1.0));
            grown * (-since / tone.decay).exp() * (TAU * pitch * since).sin()
        };
        let sum: f64 = begun.copied().map(wave).sum();
        (sum * tone.level * edges(frame, frames, 0.05)) as f32
    });
    Clip::cue(samples.collect())
}

/// From 0 to 1 with no corner at either end: half a cosine.
fn smooth(done: f64) -> f64 {
    0.5 - 0.5 * (PI * done).cos()
}

/// 1, but for raised-cosine edges of `seconds` that begin and end at exactly zero.
fn edges(frame: usize, frames: usize, seconds: f64) -> f64 {
    let edge = seconds * f64::from(SAMPLE_RATE);
    let nearest = frame.min(frames - 1 - frame) as f64;
    smooth((nearest / edge).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zero_crossings(samples: &[f32]) -> usize {
        samples
            .windows(2)
            .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
            .count()
    }

    fn peak(samples: &[f32]) -> f32 {
        samples
            .iter()
            .fold(0.0, |peak, sample| peak.max(sample.abs()))
    }

    fn every_cue() -> Vec<Clip> {
        let cues = Cues::built_in();
        let length = Frames::from_millis(3000);
        vec![
            cues.breath(BreathPhase::In, length),
            cues.breath(BreathPhase::Out, length),
            cues.your_turn(),
            cues.presence(),
            cues.chime(),
        ]
    }

    #[test]
    fn no_cue_clicks_or_startles() {
        for clip in every_cue() {
            let samples = &clip.samples;
            assert_eq!(samples.first(), Some(&0.0));
            assert_eq!(samples.last(), Some(&0.0));
            let step = samples
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).abs())
                .fold(0.0, f32::max);
            assert!(step < 0.02, "a step of {step}");
            assert!(peak(samples) < 0.3, "a peak of {}", peak(samples));
            // Nothing louder than -40 dBFS in the first 5 ms: the ear is not startled by what it hears grow.
            assert!(peak(&samples[..240]) < 0.01, "{}", peak(&samples[..240]));
        }
    }

    #[test]
    fn in_rises_and_out_falls_in_pitch_and_loudness() {
        let cues = Cues::built_in();
        let length = Frames::from_millis(4000);
        let quarter = 48_000;
        for (phase, rises) in [(BreathPhase::In, true), (BreathPhase::Out, false)] {
            let clip = cues.breath(phase, length);
            assert_eq!(clip.length(), length);
            let (early, late) = (&clip.samples[..quarter], &clip.samples[3 * quarter..]);
            assert_eq!(
                zero_crossings(late) > zero_crossings(early) + 40,
                rises,
                "{phase:?}"
            );
            assert_eq!(peak(late) > 1.5 * peak(early), rises, "{phase:?}");
        }
    }
}
