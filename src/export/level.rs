//! How loud a recording is: measured by EBU R 128, raised, and held below its highest peak.

use ebur128::{Channel, EbuR128, Mode};

use crate::base::{Frames, SAMPLE_RATE};
use crate::voice::limit;

/// How loud a recording is to be, in LUFS, heard from two loudspeakers: what Apple and most podcasts ask for.
pub(super) const LOUDNESS: f64 = -16.0;

/// How far from that it may be, in LU. The limiter takes a little away, and once is made up for.
pub(super) const TOLERANCE: f64 = 0.3;

/// Highest true peak before the encoder: 1.5 dB under the -1 dBTP that are allowed, for an encoder adds to its peaks.
const TRUE_PEAK: f32 = 0.75;

/// So soft (-60 dBFS) for so long, the sound may be cut in two, and each part limited by itself.
const QUIET: f32 = 0.001;
const GAP: usize = Frames::from_millis(5).0 as usize;

/// Sound without such a gap is cut all the same, after this.
const LONGEST: usize = Frames::from_millis(30_000).0 as usize;

/// Measures what it is given, and keeps nothing of it.
pub(super) struct Meter(EbuR128);

impl Meter {
    pub(super) fn new(mode: Mode) -> Self {
        // With a histogram it needs the same memory for an hour as for a minute.
        let mut meter = EbuR128::new(1, SAMPLE_RATE, mode | Mode::HISTOGRAM)
            .expect("mono at 48 kHz can be measured");
        let set = meter.set_channel(0, Channel::DualMono);
        set.expect("the meter has a first channel");
        Self(meter)
    }

    pub(super) fn hear(&mut self, samples: &[f32]) {
        let heard = self.0.add_frames_f32(samples);
        heard.expect("the meter was made for mono");
    }

    /// Integrated loudness in LUFS, as heard from two loudspeakers; minus infinity for silence.
    pub(super) fn loudness(&self) -> f64 {
        let loudness = self.0.loudness_global();
        loudness.expect("the meter was made for loudness")
    }

    /// Highest true peak so far, in dBTP.
    #[cfg(test)]
    pub(super) fn true_peak(&self) -> f64 {
        let peak = self.0.true_peak(0);
        20.0 * peak.expect("the meter was made for peaks").log10()
    }
}

/// The gain, in decibels, from a loudness to the one that is wanted. Silence stays silence.
pub(super) fn gain_from(loudness: f64) -> f64 {
    if loudness.is_finite() {
        LOUDNESS - loudness
    } else {
        0.0
    }
}

/// Raises a stream by a fixed gain, and bows it before its peaks.
#[derive(Debug)]
pub(super) struct Leveller {
    gain: f32,
    /// Raised, and not handed on yet.
    held: Vec<f32>,
    /// How many of the last frames are quiet.
    quiet: usize,
}

impl Leveller {
    /// Raises by so many decibels.
    pub(super) fn new(gain: f64) -> Self {
        Self {
            gain: 10.0_f64.powf(gain / 20.0) as f32,
            held: Vec::new(),
            quiet: 0,
        }
    }

    /// Takes the next samples, and hands on what is finished.
    pub(super) fn level<E>(
        &mut self,
        samples: &[f32],
        mut hand_on: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        for sample in samples {
            let raised = sample * self.gain;
            self.held.push(raised);
            self.quiet = if raised.abs() < QUIET {
                self.quiet + 1
            } else {
                0
            };
            if self.quiet == GAP || self.held.len() == LONGEST {
                self.finish(&mut hand_on)?;
            }
        }
        Ok(())
    }

    /// Hands on all that is left.
    pub(super) fn finish<E>(
        &mut self,
        mut hand_on: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        limit(&mut self.held, TRUE_PEAK);
        let handed_on = hand_on(&self.held);
        self.held.clear();
        self.quiet = 0;
        handed_on
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::f32::consts::TAU;

    use super::*;

    /// Bursts of a tone with quiet between them, one of them far louder.
    fn bursts() -> Vec<f32> {
        let second = SAMPLE_RATE as usize;
        let sample = |at: usize| {
            let (burst, place) = (at / second, at % second);
            let level = if burst == 3 { 0.9 } else { 0.1 };
            let edge = (std::f32::consts::PI * place as f32 / (second / 2) as f32).sin();
            let sounds = place < second / 2;
            let tone = (TAU * 997.0 * at as f32 / SAMPLE_RATE as f32).sin();
            if sounds { level * edge * tone } else { 0.0 }
        };
        (0..8 * second).map(sample).collect()
    }

    fn levelled(samples: &[f32], gain: f64, piece: usize) -> Vec<f32> {
        let mut leveller = Leveller::new(gain);
        let mut out = Vec::new();
        let mut keep = |part: &[f32]| {
            out.extend_from_slice(part);
            Ok::<_, Infallible>(())
        };
        for piece in samples.chunks(piece) {
            let Ok(()) = leveller.level(piece, &mut keep);
        }
        let Ok(()) = leveller.finish(&mut keep);
        out
    }

    #[test]
    fn it_is_as_loud_as_wanted_and_no_peak_is_too_high() {
        let samples = bursts();
        let mut meter = Meter::new(Mode::I);
        meter.hear(&samples);
        let gain = gain_from(meter.loudness());
        let out = levelled(&samples, gain, 480);
        assert_eq!(out.len(), samples.len());
        let mut after = Meter::new(Mode::I | Mode::TRUE_PEAK);
        after.hear(&out);
        assert!(after.true_peak() <= -2.4, "{}", after.true_peak());
        // What is below the ceiling is raised by exactly the gain.
        let factor = 10.0_f64.powf(gain / 20.0) as f32;
        let soft = 12_000..2 * 48_000;
        for at in soft {
            assert!((out[at] - samples[at] * factor).abs() < 1e-6, "{at}");
        }
    }

    #[test]
    fn the_pieces_that_it_comes_in_make_no_difference() {
        let samples = bursts();
        assert_eq!(
            levelled(&samples, 6.0, 128),
            levelled(&samples, 6.0, 48_000)
        );
    }

    #[test]
    fn silence_stays_silence() {
        let mut meter = Meter::new(Mode::I);
        meter.hear(&vec![0.0; 480_000]);
        assert!(gain_from(meter.loudness()).abs() < 1e-9);
    }
}
