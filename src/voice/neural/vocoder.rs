//! From the parts of a spectrum to samples.
//!
//! With E the short-time spectrum of the pulses and Z Gaussian noise, the published interface gives
//!
//! ```text
//! S = exp(min(lh, 7))·exp(iπ·tanh(theta))·E + exp(min(ln, 7))·Z + exp(min(lr, 7))·exp(i·phi)
//! ```
//!
//! and the sound is the inverse short-time transform of S.

use std::f32::consts::{PI, TAU};
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use rten_simd::SimdUnaryOp;
use rten_vecmath::{Cos, Exp, Sin, Tanh};

use super::acoustic::{BINS, Frames};
use super::noise::Noise;
use super::pulses::{HOP, pulses};

/// Samples in one transform: four frames, 50 ms.
const WINDOW: usize = 4 * HOP;
/// Half of it lies in front of a frame's own middle.
const HALF: usize = WINDOW / 2;
/// What four overlapping squared Hann windows add up to, wherever all four are there.
const FOUR_SQUARED_WINDOWS: f32 = 1.5;
/// No gain is above exp(7), or a stray value would shout.
const LOUDEST: f32 = 7.0;

/// Turns frames into sound. It keeps its plans and its buffers from one phrase to the next.
pub(super) struct Vocoder {
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    source: Vec<f32>,
    samples: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    overlapped: Vec<f32>,
}

impl Vocoder {
    pub(super) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(WINDOW);
        let backward = planner.plan_fft_inverse(WINDOW);
        let scratch = forward.get_scratch_len().max(backward.get_scratch_len());
        Self {
            window: hann(),
            source: Vec::new(),
            samples: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: vec![Complex32::default(); scratch],
            overlapped: Vec::new(),
            forward,
            backward,
        }
    }

    /// Adds the sound of `frames` to the end of `sound`, 300 samples a frame.
    pub(super) fn speak(&mut self, frames: Frames, noise: &mut Noise, sound: &mut Vec<f32>) {
        let count = frames.pitch.len();
        pulses(&frames.pitch, &mut self.source);
        let parts = Parts::of(frames);
        self.overlapped.clear();
        self.overlapped.resize((count + 3) * HOP, 0.0);
        for frame in 0..count {
            self.analyse(frame);
            parts.compose(frame, count, noise, &mut self.spectrum);
            self.synthesize(frame);
        }
        self.divide_by_windows(count);
        sound.extend_from_slice(&self.overlapped[HALF..][..count * HOP]);
    }

    /// The spectrum of the pulses around a frame.
    fn analyse(&mut self, frame: usize) {
        // A unit cosine comes out as half the window's sum, 300, so this makes it one.
        let scale = 1.0 / HOP as f32;
        let length = self.source.len();
        for (at, (sample, window)) in self.samples.iter_mut().zip(&self.window).enumerate() {
            *sample = self.source[mirrored(frame * HOP + at, length)] * window * scale;
        }
        let (samples, spectrum) = (&mut self.samples, &mut self.spectrum);
        let done = (self.forward).process_with_scratch(samples, spectrum, &mut self.scratch);
        done.expect("the buffers were made for this plan");
    }

    /// Adds a frame's spectrum to the sound.
    fn synthesize(&mut self, frame: usize) {
        // A real signal has no imaginary part at either end of its spectrum.
        self.spectrum[0].im = 0.0;
        self.spectrum[BINS - 1].im = 0.0;
        let (samples, spectrum) = (&mut self.samples, &mut self.spectrum);
        let done = (self.backward).process_with_scratch(spectrum, samples, &mut self.scratch);
        done.expect("the buffers were made for this plan");
        let target = &mut self.overlapped[frame * HOP..][..WINDOW];
        for ((sum, sample), window) in target.iter_mut().zip(&self.samples).zip(&self.window) {
            *sum += sample * window;
        }
    }

    /// Each sample now holds a sum over the frames that reached it, each of them windowed before and
    /// after: divides by the sum of their squared windows, and by the factor the transform left.
    fn divide_by_windows(&mut self, count: usize) {
        for (block, samples) in self.overlapped.chunks_exact_mut(HOP).enumerate() {
            if (3..count).contains(&block) {
                for sample in samples {
                    *sample /= FOUR_SQUARED_WINDOWS * WINDOW as f32;
                }
                continue;
            }
            let reaching = (0..4).filter(|part| (0..count).contains(&block.wrapping_sub(*part)));
            for (at, sample) in samples.iter_mut().enumerate() {
                let square = |part: usize| self.window[part * HOP + at].powi(2);
                let squares: f32 = reaching.clone().map(square).sum();
                *sample /= squares.max(1e-11) * WINDOW as f32;
            }
        }
    }
}

/// The Hann window, as a period of an endless one.
fn hann() -> Vec<f32> {
    let value = |at: usize| 0.5 - 0.5 * (TAU * at as f32 / WINDOW as f32).cos();
    (0..WINDOW).map(value).collect()
}

/// Where to read a sample when the sound is mirrored at both its ends; `at` counts from half a
/// window in front of it.
fn mirrored(at: usize, length: usize) -> usize {
    let inside = at.abs_diff(HALF);
    let behind = (at.saturating_sub(HALF) + 1).saturating_sub(length);
    inside.saturating_sub(2 * behind).min(length - 1)
}

/// What a frame's spectrum is made of, for all frames at once: rows as in [`Frames`].
struct Parts {
    /// Gain and turn of the harmonics.
    harmonics: Vec<Complex32>,
    noise_gain: Vec<f32>,
    free: Vec<Complex32>,
}

impl Parts {
    /// Thousands of numbers at a time go through the functions of the network's own library, eight in one step.
    fn of(frames: Frames) -> Self {
        let mut turn = frames.harmonic_phase;
        Tanh {}.map_mut(&mut turn);
        for turn in &mut turn {
            *turn *= PI;
        }
        Self {
            harmonics: polar(&gains(frames.harmonic_gain), &turn),
            noise_gain: gains(frames.noise_gain),
            free: polar(&gains(frames.free_gain), &frames.free_phase),
        }
    }

    /// Makes a frame's spectrum out of that of its pulses; there are `count` frames.
    fn compose(&self, frame: usize, count: usize, noise: &mut Noise, spectrum: &mut [Complex32]) {
        for (bin, value) in spectrum.iter_mut().enumerate() {
            let at = bin * count + frame;
            *value =
                *value * self.harmonics[at] + noise.next() * self.noise_gain[at] + self.free[at];
        }
    }
}

fn gains(mut logarithms: Vec<f32>) -> Vec<f32> {
    for gain in &mut logarithms {
        *gain = gain.min(LOUDEST);
    }
    Exp {}.map_mut(&mut logarithms);
    logarithms
}

fn polar(radius: &[f32], angle: &[f32]) -> Vec<Complex32> {
    let (mut re, mut im) = (angle.to_vec(), angle.to_vec());
    Cos::new().map_mut(&mut re);
    Sin::new().map_mut(&mut im);
    let turns = re.into_iter().zip(im).zip(radius);
    turns
        .map(|((re, im), radius)| Complex32::new(re * radius, im * radius))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames that are silent in every part.
    fn silence(count: usize) -> Frames {
        let part = |value: f32| vec![value; BINS * count];
        Frames {
            harmonic_gain: part(-100.0),
            harmonic_phase: part(0.0),
            noise_gain: part(-100.0),
            free_gain: part(-100.0),
            free_phase: part(0.0),
            pitch: vec![0.0; count],
        }
    }

    fn speak(frames: &Frames) -> Vec<f32> {
        let mut sound = Vec::new();
        Vocoder::new().speak(frames.clone(), &mut Noise::new(), &mut sound);
        sound
    }

    #[test]
    fn silent_frames_are_silent() {
        let sound = speak(&silence(10));
        assert_eq!(sound.len(), 10 * HOP);
        assert!(sound.iter().all(|sample| sample.abs() < 1e-20));
        assert!(speak(&silence(0)).is_empty());
        assert_eq!(speak(&silence(1)).len(), HOP);
    }

    #[test]
    fn harmonics_at_unit_gain_give_the_pulses_back() {
        let mut frames = silence(40);
        frames.pitch.fill(200.0);
        // The analysis divides by 300; the synthesis must not.
        frames.harmonic_gain.fill(300.0_f32.ln());
        let mut expected = Vec::new();
        pulses(&frames.pitch, &mut expected);
        let sound = speak(&frames);
        assert_eq!(sound.len(), expected.len());
        for (sample, pulse) in sound.iter().zip(&expected) {
            assert!((sample - pulse).abs() < 0.01, "{sample} {pulse}");
        }
    }

    #[test]
    fn noise_has_the_level_it_was_given() {
        let mut frames = silence(200);
        frames.noise_gain.fill(0.0);
        let sound = speak(&frames);
        let inside = &sound[WINDOW..sound.len() - WINDOW];
        let power = inside.iter().map(|sample| sample * sample).sum::<f32>();
        let power = power / inside.len() as f32;
        // 2/N from the transform of unit noise, divided by the four windows' sum.
        let expected = 2.0 / 1200.0 / FOUR_SQUARED_WINDOWS;
        assert!((power / expected - 1.0).abs() < 0.1, "{power} {expected}");
    }

    #[test]
    fn free_part_follows_its_own_phase() {
        let mut frames = silence(20);
        // A cosine of 1000 Hz (bin 50) whose phase advances with each frame.
        for frame in 0..20 {
            let at = 50 * 20 + frame;
            frames.free_gain[at] = 6.0;
            let turns = 50.0 * frame as f32 / 4.0;
            frames.free_phase[at] = TAU * (turns - turns.floor());
        }
        let sound = speak(&frames);
        let inside = &sound[WINDOW..sound.len() - WINDOW];
        let top = inside
            .iter()
            .fold(0.0_f32, |top, sample| top.max(sample.abs()));
        // The four windows themselves add up to 2.
        let expected = 2.0 * 6.0_f32.exp() / 1200.0 * 2.0 / FOUR_SQUARED_WINDOWS;
        assert!((top / expected - 1.0).abs() < 0.01, "{top} {expected}");
        let crossings = sound
            .windows(2)
            .filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0))
            .count();
        // A quarter of a second of 1000 Hz.
        assert!((490..=510).contains(&crossings), "{crossings}");
    }

    #[test]
    fn edges_are_mirrored() {
        assert_eq!(mirrored(HALF, 3000), 0);
        assert_eq!(mirrored(0, 3000), HALF);
        assert_eq!(mirrored(HALF - 1, 3000), 1);
        assert_eq!(mirrored(HALF + 2999, 3000), 2999);
        assert_eq!(mirrored(HALF + 3000, 3000), 2998);
        assert_eq!(mirrored(HALF + 3299, 3000), 2699);
        // A sound shorter than the window still has somewhere to read.
        assert!((0..WINDOW).all(|at| mirrored(at, HOP) < HOP));
    }
}
