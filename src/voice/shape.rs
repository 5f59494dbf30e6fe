//! From the voice's raw sound to a clip the mixer can play: twice the rate, the words at once,
//! silence at both ends, and the same loudness for every sentence.

pub(super) mod limiter;

use std::ops::Range;

use ebur128::{Channel, EbuR128, Mode};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::neural;
use crate::base::SAMPLE_RATE;

/// Loudness of a finished sentence in LUFS, as played on two loudspeakers.
const LOUDNESS: f64 = -19.0;
/// Highest true peak of a finished clip: a hair under -3 dBFS, so that no rounding lifts it over.
const TRUE_PEAK: f32 = 0.7;

/// Samples a second in the raw sound.
const RAW_RATE: usize = neural::SAMPLE_RATE as usize;
const FRAMES_A_MS: usize = SAMPLE_RATE as usize / 1000;
/// Kept in front of the first sound, in frames: 10 ms. More would be heard as hesitation when she goes on.
const KEPT_LEAD: usize = 10 * FRAMES_A_MS;
/// Length of the fade at either end, in frames: 5 ms.
const FADE: usize = 5 * FRAMES_A_MS;
/// The piece of sound looked at when searching for the words, in frames: 5 ms.
const PIECE: usize = 5 * FRAMES_A_MS;
/// A piece belongs to the words from 50 dB under the loudest one on. The voice's own silence stays
/// 60 dB or more under it; an h, f or s rises through this level within some 10 ms of its beginning,
/// and [`KEPT_LEAD`] covers those.
const SOFTEST_SOUND: f32 = 0.003_162;
/// Below this amplitude (-60 dBFS) even the loudest piece is silence.
const SILENCE: f32 = 0.001;
/// Words shorter than this, in frames, have no measurable loudness: one second.
const MEASURABLE: usize = SAMPLE_RATE as usize;
/// The gain of words too short to be measured: the median of the script's sentences.
const SHORT_GAIN: f32 = 1.6;

/// Shapes raw sound of 24,000 samples a second into a clip of 48,000 frames a second, mono.
///
/// The clip is exactly as long as the raw sound, so that words a minute stay the voice's own. Silence
/// in front of the words is moved behind them, but for 10 ms; both ends are faded to exact zeros.
/// Sentences come out at [`LOUDNESS`], words under a second with one fixed gain, and nothing above
/// [`TRUE_PEAK`].
pub(super) fn shape(raw_24k: &[f32]) -> Vec<f32> {
    let mut clip = resample(raw_24k);
    let Some(words) = find_words(&clip) else {
        clip.fill(0.0);
        return clip;
    };
    let lead = words.start.saturating_sub(KEPT_LEAD);
    clip.rotate_left(lead);
    let end = clip.len() - lead;
    clip[end..].fill(0.0);
    fade(&mut clip[..end]);
    let is_short = words.len() < MEASURABLE;
    let gain = if is_short {
        SHORT_GAIN
    } else {
        gain_for(&clip)
    };
    for frame in &mut clip {
        *frame *= gain;
    }
    limiter::limit(&mut clip, TRUE_PEAK);
    clip
}

/// Doubles the rate with the library's linear-phase filter, its delay taken out.
fn resample(raw: &[f32]) -> Vec<f32> {
    if raw.is_empty() {
        return Vec::new();
    }
    // One number that is none would spoil every frame within the filter's reach.
    let number = |&sample: &f32| if sample.is_finite() { sample } else { 0.0 };
    let raw: Vec<f32> = raw.iter().map(number).collect();
    let input = InterleavedSlice::new(&raw, 1, raw.len()).expect("one channel holds all samples");
    let mut filter = Fft::new(RAW_RATE, SAMPLE_RATE as usize, 1024, 1, FixedSync::Both)
        .expect("24 to 48 kHz is a rate the library knows");
    let doubled = filter.process_all(&input, raw.len(), None);
    let doubled = doubled.expect("the input has the one channel the filter was made for");
    doubled.take_data()
}

/// The frames from the first sound to the last; `None` in silence.
///
/// High frequencies count for more here, because the consonants easily missed are made of them.
fn find_words(clip: &[f32]) -> Option<Range<usize>> {
    let mut before = 0.0;
    let bright = |&frame: &f32| frame - 0.95 * std::mem::replace(&mut before, frame);
    let bright: Vec<f32> = clip.iter().map(bright).collect();
    let levels: Vec<f32> = bright.chunks(PIECE).map(level).collect();
    let loudest = levels.iter().copied().fold(0.0, f32::max);
    if clip.chunks(PIECE).all(|piece| level(piece) < SILENCE) {
        return None;
    }
    let sounds = |piece: &f32| *piece >= loudest * SOFTEST_SOUND;
    let first = levels.iter().position(sounds)?;
    let last = levels.iter().rposition(sounds)?;
    Some(first * PIECE..((last + 1) * PIECE).min(clip.len()))
}

/// Root mean square of a piece of sound.
fn level(piece: &[f32]) -> f32 {
    (piece.iter().map(|frame| frame * frame).sum::<f32>() / piece.len() as f32).sqrt()
}

/// Raised-cosine fades that begin and end on exactly nothing.
fn fade(clip: &mut [f32]) {
    let length = FADE.min(clip.len() / 2).max(1);
    let total = clip.len();
    for at in 0..length.min(total) {
        let weight = 0.5 - 0.5 * (std::f32::consts::PI * at as f32 / length as f32).cos();
        clip[at] *= weight;
        clip[total - 1 - at] *= weight;
    }
}

/// The gain that brings a clip to [`LOUDNESS`].
fn gain_for(clip: &[f32]) -> f32 {
    let distance = LOUDNESS - loudness(clip);
    if distance.is_finite() {
        10.0_f64.powf(distance / 20.0) as f32
    } else {
        SHORT_GAIN
    }
}

/// Integrated loudness (EBU R 128) of a mono clip in LUFS, as played on two loudspeakers; minus
/// infinity for silence and for clips under 0.4 s.
fn loudness(clip: &[f32]) -> f64 {
    let loudness = meter(clip, Mode::I).loudness_global();
    loudness.expect("the meter was made for loudness")
}

/// Highest amplitude between the frames (EBU R 128), 1.0 for full scale.
pub(super) fn true_peak(clip: &[f32]) -> f32 {
    let peak = meter(clip, Mode::TRUE_PEAK).true_peak(0);
    peak.expect("the meter was made for peaks") as f32
}

/// A meter that has heard the clip.
fn meter(clip: &[f32], mode: Mode) -> EbuR128 {
    let mut meter = EbuR128::new(1, SAMPLE_RATE, mode).expect("mono at 48 kHz can be measured");
    let set = meter.set_channel(0, Channel::DualMono);
    set.expect("the meter has a first channel");
    let heard = meter.add_frames_f32(clip);
    heard.expect("the meter was made for mono clips");
    meter
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone with overtones and a slow beat, `lead` and `tail` seconds of silence around it.
    fn words(lead: f32, length: f32, tail: f32, amplitude: f32) -> Vec<f32> {
        let samples = |seconds: f32| (seconds * RAW_RATE as f32) as usize;
        let tone = (0..samples(length)).map(|at| {
            let t = at as f32 / RAW_RATE as f32 * std::f32::consts::TAU;
            let beat = 0.6 + 0.4 * (3.0 * t).sin();
            amplitude * beat * ((220.0 * t).sin() + (660.0 * t).sin() / 3.0)
        });
        std::iter::repeat_n(0.0, samples(lead))
            .chain(tone)
            .chain(std::iter::repeat_n(0.0, samples(tail)))
            .collect()
    }

    #[track_caller]
    fn check_ends(raw: &[f32], clip: &[f32]) {
        assert_eq!(clip.len(), 2 * raw.len());
        assert_eq!(clip.first().map(|frame| frame.to_bits() << 1), Some(0));
        assert_eq!(clip.last().map(|frame| frame.to_bits() << 1), Some(0));
        assert!(clip.iter().all(|frame| frame.is_finite()));
        assert!(true_peak(clip) <= TRUE_PEAK);
    }

    #[test]
    fn sentences_come_out_equally_loud() {
        for amplitude in [0.02, 0.1, 0.5, 2.0] {
            let raw = words(0.3, 2.0, 0.2, amplitude);
            let clip = shape(&raw);
            check_ends(&raw, &clip);
            assert!((loudness(&clip) - LOUDNESS).abs() < 0.1, "{amplitude}");
        }
    }

    #[test]
    fn short_words_keep_their_relation() {
        let (soft, loud) = (words(0.2, 0.4, 0.1, 0.05), words(0.2, 0.4, 0.1, 0.1));
        let (soft, loud) = (shape(&soft), shape(&loud));
        assert!((true_peak(&loud) / true_peak(&soft) - 2.0).abs() < 0.01);
    }

    #[test]
    fn a_single_shout_is_held_down_and_the_rest_stays_loud() {
        let mut raw = words(0.1, 3.0, 0.1, 0.05);
        for sample in &mut raw[40_000..40_200] {
            *sample *= 20.0;
        }
        let clip = shape(&raw);
        check_ends(&raw, &clip);
        assert!(
            (loudness(&clip) - LOUDNESS).abs() < 1.0,
            "{}",
            loudness(&clip)
        );
    }

    #[test]
    fn the_lead_goes_behind_the_words() {
        let raw = words(0.4, 1.5, 0.1, 0.1);
        let clip = shape(&raw);
        check_ends(&raw, &clip);
        let found = find_words(&clip).expect("the clip has words");
        assert!(found.start.abs_diff(KEPT_LEAD) <= PIECE, "{found:?}");
        let silent = clip.iter().rev().take_while(|&&frame| frame == 0.0).count();
        assert!(silent >= 48 * (400 - 10 - 5), "{silent}");
    }

    #[test]
    fn a_soft_consonant_is_not_cut() {
        // A hiss 40 dB under the vowel, 100 ms long.
        let mut raw = words(0.4, 1.5, 0.1, 0.3);
        let mut state = 1_u32;
        for sample in &mut raw[7200..9600] {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = if state >> 31 == 0 { 0.002 } else { -0.002 };
        }
        let found = find_words(&resample(&raw)).expect("the clip has words");
        assert!(found.start.abs_diff(2 * 7200) <= PIECE, "{found:?}");
    }

    #[test]
    fn silence_and_scraps_stay_silent_and_whole() {
        assert!(shape(&[]).is_empty());
        for length in [1, 2, 3, 100, 700, 5000] {
            let silence = vec![0.0; length];
            assert_eq!(shape(&silence), vec![0.0; 2 * length]);
            let scrap = vec![0.5; length];
            check_ends(&scrap, &shape(&scrap));
        }
        assert_eq!(shape(&[f32::NAN; 1000]), vec![0.0; 2000]);
    }

    #[test]
    fn doubling_the_rate_keeps_a_tone() {
        let tone = |at: usize, rate: f32| {
            let t = at as f32 / rate;
            (std::f32::consts::TAU * 1000.0 * t).sin()
        };
        let raw: Vec<f32> = (0..6000).map(|at| tone(at, 24_000.0)).collect();
        let clip = resample(&raw);
        assert_eq!(clip.len(), 12_000);
        for (at, frame) in clip.iter().enumerate().take(11_000).skip(1000) {
            assert!((frame - tone(at, 48_000.0)).abs() < 1e-3, "{at}");
        }
    }
}
