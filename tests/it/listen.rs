//! What a recording tells: how loud, from when to when, which breath, and whether it is the same sentence again.
//!
//! A recording is mono, 48,000 samples a second, full scale 1.0. Places in it are sample numbers.

use std::ops::Range;

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use softback::parts::BreathPhase;
use softback::parts::Cues;
use softback::parts::{Frames, SAMPLE_RATE};

/// Samples in a millisecond.
pub const MS: usize = SAMPLE_RATE as usize / 1000;

/// Below this is silence: -60 dBFS. The floor that keeps loudspeakers awake lies at -84.
const QUIET: f32 = 0.001;

/// A match is not less than this. A cue with a slip in it, or one of the other half of a breath, stays below.
const MATCH: f32 = 0.7;

/// Everything below this pitch is left out when speech is told from tones: no cue reaches so high.
const ABOVE_CUES: usize = 1200;

/// The highest sample, in dB below full scale.
pub fn peak_dbfs(samples: &[f32]) -> f32 {
    let peak = samples
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    20.0 * peak.max(1e-9).log10()
}

/// The first sample at `from` or later that can be heard.
pub fn first_sound(samples: &[f32], from: usize) -> Option<usize> {
    let heard = samples
        .get(from..)?
        .iter()
        .position(|sample| sample.abs() > QUIET)?;
    Some(from + heard)
}

/// Where a silence of `length` samples or more begins, at `from` or later.
pub fn silence_from(samples: &[f32], from: usize, length: usize) -> Option<usize> {
    let mut begin = from;
    loop {
        match first_sound(samples, begin) {
            Some(sound) if sound - begin < length => begin = sound + 1,
            Some(_) => return Some(begin),
            None => return (samples.len() >= begin + length).then_some(begin),
        }
    }
}

/// Every silence of `length` samples or more.
pub fn silences(samples: &[f32], length: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begin) = silence_from(samples, from, length) {
        let end = first_sound(samples, begin).unwrap_or(samples.len());
        found.push(begin..end);
        from = end + 1;
    }
    found
}

/// A place where a pattern was found, and how well it fits: 1 is exact, whatever the volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Where it begins.
    pub at: usize,
    /// How well it fits.
    pub strength: f32,
}

/// The place where `pattern` fits best.
pub fn best_match(samples: &[f32], pattern: &[f32]) -> Option<Match> {
    strengths(samples, pattern)
        .into_iter()
        .enumerate()
        .map(|(at, strength)| Match { at, strength })
        .max_by(|a, b| a.strength.total_cmp(&b.strength))
}

/// Each half breath of `length`: where it begins, to the sample, and how exactly it is the cue.
pub fn breath_onsets(samples: &[f32], phase: BreathPhase, length: Frames) -> Vec<Match> {
    let cue = Cues::built_in().breath(phase, length);
    let strengths = strengths(samples, &cue.samples);
    let mut onsets: Vec<Match> = Vec::new();
    for (at, strength) in strengths
        .into_iter()
        .enumerate()
        .filter(|(_, strength)| *strength > MATCH)
    {
        let found = Match { at, strength };
        match onsets.last_mut() {
            // The same cue: the tone fits almost as well one swing further on.
            Some(last) if at - last.at < cue.samples.len() / 2 => {
                if strength > last.strength {
                    *last = found;
                }
            }
            _ => onsets.push(found),
        }
    }
    onsets
}

/// Whether there is more in it than cues: a good part of the strength of speech lies above their tones.
pub fn has_speech(samples: &[f32]) -> bool {
    let frames = samples.chunks_exact(100 * MS);
    let spoken = frames.filter(|frame| {
        let spectrum = power(frame);
        let whole: f32 = spectrum.iter().sum();
        // 100 ms long: ten hertz from line to line.
        let high: f32 = spectrum[ABOVE_CUES / 10..].iter().sum();
        peak_dbfs(frame) > -45.0 && high > 0.02 * whole
    });
    spoken.count() >= 3
}

/// The power in each line of the spectrum, through a soft window.
fn power(frame: &[f32]) -> Vec<f32> {
    let plan = RealFftPlanner::new().plan_fft_forward(frame.len());
    let step = std::f32::consts::TAU / frame.len() as f32;
    let window = |n: usize| 0.5 - 0.5 * (step * n as f32).cos();
    let mut windowed: Vec<f32> = frame
        .iter()
        .zip(0..)
        .map(|(sample, n)| sample * window(n))
        .collect();
    let mut spectrum = plan.make_output_vec();
    plan.process(&mut windowed, &mut spectrum)
        .expect("lengths that fit");
    spectrum.iter().map(Complex::norm_sqr).collect()
}

/// How well `pattern` fits at each place: their correlation, divided by the strength of both.
fn strengths(samples: &[f32], pattern: &[f32]) -> Vec<f32> {
    if pattern.is_empty() || samples.len() < pattern.len() {
        return Vec::new();
    }
    let places = samples.len() - pattern.len() + 1;
    let products = correlate(samples, pattern);
    let pattern_energy: f64 = pattern
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    let square = |sample: f32| f64::from(sample).powi(2);
    let mut energy: f64 = samples[..pattern.len()]
        .iter()
        .map(|sample| square(*sample))
        .sum();
    // Noise alone is no match, however much it looks like one by chance.
    let least = square(QUIET / 2.0) * pattern.len() as f64;
    (0..places)
        .map(|at| {
            let strength = products[at] / (energy * pattern_energy).sqrt();
            let heard = energy > least;
            if let Some(next) = samples.get(at + pattern.len()) {
                energy += square(*next) - square(samples[at]);
            }
            if heard { strength as f32 } else { 0.0 }
        })
        .collect()
}

/// The sum of the products of `pattern` with the samples at each place, by way of the spectrum.
fn correlate(samples: &[f32], pattern: &[f32]) -> Vec<f64> {
    let length = (samples.len() + pattern.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let forward = planner.plan_fft_forward(length);
    let inverse = planner.plan_fft_inverse(length);
    let spectrum = |part: &[f32]| {
        let mut padded = vec![0.0; length];
        padded[..part.len()].copy_from_slice(part);
        let mut spectrum = forward.make_output_vec();
        forward
            .process(&mut padded, &mut spectrum)
            .expect("lengths that fit");
        spectrum
    };
    let mut product = spectrum(samples);
    for (line, other) in product.iter_mut().zip(spectrum(pattern)) {
        *line *= other.conj();
    }
    let mut products = vec![0.0; length];
    inverse
        .process(&mut product, &mut products)
        .expect("a real spectrum");
    products
        .iter()
        .map(|sum| f64::from(*sum) / length as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise with peaks of `level`, the same each time.
    fn noise(length: usize, level: f32) -> Vec<f32> {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 23) as f32 * level - level
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    fn add(samples: &mut [f32], at: usize, sound: &[f32], gain: f32) {
        for (sample, other) in samples[at..].iter_mut().zip(sound) {
            *sample += other * gain;
        }
    }

    fn tone(length: usize, pitch: f32, level: f32) -> Vec<f32> {
        let swing = |n: usize| (std::f32::consts::TAU * pitch * n as f32 / 48_000.0).sin() * level;
        (0..length).map(swing).collect()
    }

    #[test]
    fn levels_are_below_full_scale() {
        assert!((peak_dbfs(&[0.0, -1.0, 0.5])).abs() < 0.001);
        assert!((peak_dbfs(&[0.001]) + 60.0).abs() < 0.001);
        assert!(peak_dbfs(&[]) < -150.0);
    }

    #[test]
    fn the_first_sound_stands_out_of_the_floor() {
        let mut samples = noise(5000, 0.0001);
        assert_eq!(first_sound(&samples, 0), None);
        samples[3000] = -0.002;
        assert_eq!(first_sound(&samples, 0), Some(3000));
        assert_eq!(first_sound(&samples, 3000), Some(3000));
        assert_eq!(first_sound(&samples, 3001), None);
        assert_eq!(first_sound(&samples, 9000), None);
    }

    #[test]
    fn a_silence_is_as_long_as_asked_for() {
        let mut samples = noise(1000, 0.0001);
        for at in [100, 150, 600] {
            samples[at] = 0.5;
        }
        assert_eq!(silence_from(&samples, 0, 100), Some(0));
        assert_eq!(silence_from(&samples, 0, 101), Some(151));
        assert_eq!(silence_from(&samples, 120, 300), Some(151));
        assert_eq!(silence_from(&samples, 700, 300), Some(700));
        assert_eq!(silence_from(&samples, 701, 300), None);
        assert_eq!(silence_from(&samples, 0, 500), None);
        assert_eq!(silences(&samples, 60), [0..100, 151..600, 601..1000]);
        assert!(silences(&[0.5; 10], 1).is_empty());
    }

    #[test]
    fn breaths_are_found_to_the_sample_in_noise_and_told_apart() {
        let length = Frames::from_millis(500);
        let cues = Cues::built_in();
        let (breath_in, breath_out) = (
            cues.breath(BreathPhase::In, length),
            cues.breath(BreathPhase::Out, length),
        );
        let mut samples = noise(200_000, 0.02);
        for at in [5_000, 60_001, 150_123] {
            add(&mut samples, at, &breath_in.samples, 0.4);
        }
        for at in [29_000, 120_017] {
            add(&mut samples, at, &breath_out.samples, 0.9);
        }
        let near = |found: Vec<Match>, placed: &[usize]| {
            assert_eq!(found.len(), placed.len(), "{found:?}");
            // Noise may move the best fit by a sample or two, never by a swing of the tone.
            assert!(
                found
                    .iter()
                    .zip(placed)
                    .all(|(a, b)| a.at.abs_diff(*b) < 10),
                "{found:?}"
            );
        };
        near(
            breath_onsets(&samples, BreathPhase::In, length),
            &[5_000, 60_001, 150_123],
        );
        near(
            breath_onsets(&samples, BreathPhase::Out, length),
            &[29_000, 120_017],
        );

        let mut clean = vec![0.0; 100_000];
        add(&mut clean, 41_003, &breath_in.samples, 0.1);
        let found = breath_onsets(&clean, BreathPhase::In, length);
        assert!(
            matches!(
                found[..],
                [Match {
                    at: 41_003,
                    strength: 0.999..
                }]
            ),
            "{found:?}"
        );
        // Two hundredths too long: still a breath, but not quite the same.
        let longer = cues.breath(BreathPhase::In, Frames::from_millis(510));
        let found = breath_onsets(&longer.samples, BreathPhase::In, length);
        assert!(
            matches!(
                found[..],
                [Match {
                    strength: ..0.99,
                    ..
                }]
            ),
            "{found:?}"
        );
        assert!(breath_onsets(&noise(100_000, 0.0001), BreathPhase::In, length).is_empty());
        assert!(breath_onsets(&noise(100_000, 0.1), BreathPhase::In, length).is_empty());
        assert!(breath_onsets(&clean[..100], BreathPhase::In, length).is_empty());
    }

    #[test]
    fn the_same_sound_again_is_known_and_another_is_not() {
        let said = noise(20_000, 0.3);
        let mut samples = noise(90_000, 0.0001);
        add(&mut samples, 44_444, &said, 0.5);
        let found = best_match(&samples, &said).expect("it fits somewhere");
        assert_eq!(found.at, 44_444);
        assert!(found.strength > 0.99, "{found:?}");
        let other = tone(20_000, 200.0, 0.3);
        assert!(best_match(&samples, &other).expect("a place").strength < 0.1);
        // Half of it is not it.
        assert!(
            best_match(&samples[54_444..], &said)
                .expect("a place")
                .strength
                < 0.8
        );
        assert_eq!(best_match(&said[..10], &said), None);
    }

    #[test]
    fn speech_is_told_from_cues() {
        let cues = Cues::built_in();
        for cue in [
            cues.breath(BreathPhase::In, Frames::from_millis(3000)),
            cues.your_turn(),
            cues.chime(),
        ] {
            assert!(!has_speech(&cue.samples));
        }
        assert!(!has_speech(&noise(48_000, 0.0001)));
        // A vowel and a hiss, as there are in any sentence.
        let mut spoken = tone(48_000, 130.0, 0.1);
        add(&mut spoken, 10_000, &noise(20_000, 0.1), 1.0);
        assert!(has_speech(&spoken));
    }
}
