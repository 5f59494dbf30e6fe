//! A limiter that sees peaks coming: it bows before them gently instead of cutting them off.
//!
//! By hand, for the crates that limit work on a stream, and hold down its frames: none knows the peaks between them.

use super::{FRAMES_A_MS, true_peak};

/// How far ahead and behind of a peak the gain gives way, in frames: 10 ms.
const REACH: usize = 10 * FRAMES_A_MS;
/// Between two frames of sound below 12 kHz nothing is higher than this many times the frames:
/// 1 / cos(π · 12 kHz / 48 kHz), rounded up.
const BETWEEN_FRAMES: f32 = 1.42;
/// Frames that the meter looks at for what is between two of them.
const SEEN: usize = 12;
/// What it finds there is at most this many times the loudest of them, whatever the sound: the sum of its filter's weights.
const FOUND: f32 = 2.0;

/// Lowers a clip around its peaks until its true peak is at most `ceiling`.
pub(crate) fn limit(clip: &mut [f32], ceiling: f32) {
    let top = clip.iter().fold(0.0_f32, |top, frame| top.max(frame.abs()));
    if top * BETWEEN_FRAMES <= ceiling {
        return;
    }
    let mut peak = peak_above(clip, ceiling);
    let mut aim = ceiling;
    for _ in 0..4 {
        if peak <= ceiling {
            return;
        }
        bow(clip, aim);
        peak = peak_above(clip, ceiling);
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

/// The true peak of a clip, if it is above `ceiling`; otherwise something below. Only where the sound is loud is there
/// anything to be looked for, and looking takes long.
fn peak_above(clip: &[f32], ceiling: f32) -> f32 {
    let is_loud = |frame: &f32| frame.abs() * FOUND > ceiling;
    let mut looked_at: Vec<f32> = Vec::new();
    // So many frames from here on are to be looked at.
    let mut left = 0;
    for (place, frame) in clip.iter().enumerate() {
        if is_loud(frame) {
            if left == 0 {
                // What the meter saw before has to be out of its sight.
                looked_at.extend([0.0; SEEN]);
                looked_at.extend(&clip[place.saturating_sub(SEEN)..place]);
            }
            left = 2 * SEEN;
        }
        if left > 0 {
            looked_at.push(*frame);
            left -= 1;
        }
    }
    true_peak(&looked_at)
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

    /// What is left out of sight is never above the ceiling, and what is above is found to the bit.
    #[test]
    fn a_peak_is_found_wherever_it_is() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as f32 / u32::MAX as f32 * 2.0 - 1.0
        };
        let mut clip: Vec<f32> = (0..20_000).map(|_| 0.3 * noise()).collect();
        // A few loud places of another length each, near each other and at both ends.
        for (place, length) in [
            (0, 1),
            (2000, 1),
            (2015, 2),
            (9000, 40),
            (9070, 3),
            (19_999, 1),
        ] {
            for frame in &mut clip[place..place + length] {
                *frame = noise();
            }
        }
        let whole = true_peak(&clip);
        for ceiling in [0.5, 0.7, 0.75, 0.9] {
            let found = peak_above(&clip, ceiling);
            assert_eq!(found.to_bits(), whole.to_bits(), "{ceiling}");
        }
        assert!(whole > 1.0 && peak_above(&clip, whole) <= whole);
        assert!(peak_above(&[0.2; 1000], 0.5) <= 0.5);
    }

    /// As much as [`FOUND`] says, and no more: all twelve frames at full scale, each with its worst sign.
    #[test]
    fn no_sound_gives_the_meter_more_than_it_is_said_to_find() {
        let worst = (0..1_u32 << SEEN).map(|signs| {
            let sign = |at: usize| if signs >> at & 1 == 0 { 1.0 } else { -1.0 };
            let clip: Vec<f32> = (0..SEEN).map(sign).collect();
            true_peak(&clip)
        });
        let worst = worst.fold(0.0, f32::max);
        assert!(worst < FOUND && worst > 0.8 * FOUND, "{worst}");
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
