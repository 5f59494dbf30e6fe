//! A limiter that sees peaks coming: it bows before them gently instead of cutting them off.
//!
//! By hand, for the crates that limit work on a stream, and hold down its frames: none knows the peaks between them.

use super::{FRAMES_A_MS, true_peak};

/// How far ahead and behind of a peak the gain gives way, in frames: 10 ms.
const REACH: usize = 10 * FRAMES_A_MS;
/// Between two frames of sound below 12 kHz nothing is higher than this many times the frames:
/// 1 / cos(π · 12 kHz / 48 kHz), rounded up.
const BETWEEN_FRAMES: f32 = 1.42;

/// Lowers a clip around its peaks until its true peak is at most `ceiling`.
pub(crate) fn limit(clip: &mut [f32], ceiling: f32) {
    let top = clip.iter().fold(0.0_f32, |top, frame| top.max(frame.abs()));
    if top * BETWEEN_FRAMES <= ceiling {
        return;
    }
    let mut peak = true_peak(clip);
    let mut aim = ceiling;
    for _ in 0..4 {
        if peak <= ceiling {
            return;
        }
        bow(clip, aim);
        peak = true_peak(clip);
        // What is left over lies between the frames: aim lower by as much.
        aim *= 0.999 * (ceiling / peak).min(1.0);
    }
    if peak > ceiling {
        let gain = 0.999 * ceiling / peak;
        for frame in clip {
            *frame *= gain;
        }
    }
}

/// Multiplies the clip by a smooth gain under which no frame is above `aim`.
fn bow(clip: &mut [f32], aim: f32) {
    let wanted = clip.iter().map(|frame| (aim / frame.abs()).min(1.0));
    let wanted: Vec<f32> = wanted.collect();
    // The lowest gain within reach, averaged within the same reach, is nowhere above the wanted one.
    // Two averages of half the reach each leave no corners in the gain.
    let gains = average(&average(&lowest(&wanted, REACH), REACH / 2), REACH / 2);
    for (frame, gain) in clip.iter_mut().zip(gains) {
        *frame *= gain;
    }
}

/// The lowest value at most `reach` away from each place; no value is above 1.
fn lowest(values: &[f32], reach: usize) -> Vec<f32> {
    let mut lowest = values.to_vec();
    for (place, &value) in values.iter().enumerate().filter(|(_, value)| **value < 1.0) {
        let end = values.len().min(place + reach + 1);
        for low in &mut lowest[place.saturating_sub(reach)..end] {
            *low = low.min(value);
        }
    }
    lowest
}

/// The mean of the values at most `reach` away from each place; outside the clip the gain is that
/// of its ends.
fn average(values: &[f32], reach: usize) -> Vec<f32> {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else {
        return Vec::new();
    };
    let at = |place: usize| {
        let inside = place.checked_sub(reach).map(|place| values.get(place));
        f64::from(inside.map_or(first, |value| value.copied().unwrap_or(last)))
    };
    let width = 2 * reach + 1;
    let mut sum: f64 = (0..width - 1).map(at).sum();
    let mean = |place| {
        sum += at(place + width - 1);
        let mean = sum / width as f64;
        sum -= at(place);
        mean as f32
    };
    (0..values.len()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_sound_is_untouched() {
        let mut clip = vec![0.1; 1000];
        limit(&mut clip, 0.7);
        assert!(
            clip.iter()
                .all(|&frame| frame.to_bits() == 0.1_f32.to_bits())
        );
    }

    #[test]
    fn the_gain_bows_smoothly_around_a_peak() {
        let mut clip = vec![0.5; 4000];
        clip[2000] = 2.0;
        bow(&mut clip, 0.7);
        assert!(clip[2000] <= 0.7);
        assert!(
            clip.iter()
                .enumerate()
                .all(|(at, frame)| at.abs_diff(2000) <= 2 * REACH || (frame - 0.5).abs() < 1e-6)
        );
        let step = clip[..1999]
            .windows(2)
            .map(|pair| (pair[0] - pair[1]).abs())
            .fold(0.0, f32::max);
        assert!(step < 0.002, "{step}");
    }

    #[test]
    fn lowest_and_average_reach_as_far_as_they_say() {
        let values = [1.0, 1.0, 1.0, 0.4, 1.0, 1.0, 1.0];
        assert_eq!(lowest(&values, 1), [1.0, 1.0, 0.4, 0.4, 0.4, 1.0, 1.0]);
        assert_eq!(lowest(&values, 9), [0.4; 7]);
        let mean = average(&values, 1);
        assert!((mean[2] - 0.8).abs() < 1e-6 && (mean[3] - 0.8).abs() < 1e-6);
        assert!((mean[0] - 1.0).abs() < 1e-6 && (mean[6] - 1.0).abs() < 1e-6);
        assert!(average(&[], 3).is_empty());
    }
}
