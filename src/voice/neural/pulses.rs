//! The voice's source: a train of pulses that follows the pitch.

use std::f32::consts::PI;

use super::SAMPLE_RATE;

/// Samples between two frames: 12.5 ms.
pub(super) const HOP: usize = 300;
/// Below this pitch, in Hz, the voice whispers.
const LOWEST_PITCH: f32 = 40.0;
/// No harmonic is higher than this, in Hz.
const HIGHEST_HARMONIC: f32 = 11_000.0;
/// So near a pulse's top, in half-turns, the closed form divides zero by zero.
const NEAR_TOP: f32 = 1e-3;

/// The pulse train for a pitch curve of one value a frame, [`HOP`] samples a frame, into `out`.
///
/// Each sample is Σ cos(h·phase) over the harmonics h up to 11 kHz, and zero where the voice
/// whispers (published interface).
pub(super) fn pulses(pitch: &[f32], out: &mut Vec<f32>) {
    out.clear();
    let mut phase = 0.0_f64;
    for frame in 0..pitch.len() {
        for sample in 0..HOP {
            let frequency = pitch_at(pitch, frame, sample);
            phase += f64::from(frequency.max(LOWEST_PITCH)) / f64::from(SAMPLE_RATE);
            phase -= phase.floor();
            let turn = phase as f32;
            let whispers = frequency < LOWEST_PITCH;
            let count = (HIGHEST_HARMONIC / frequency).floor();
            out.push(if whispers {
                0.0
            } else {
                harmonics(turn, count)
            });
        }
    }
}

/// The pitch between frames, on a straight line; a frame's own value stands in its middle.
fn pitch_at(pitch: &[f32], frame: usize, sample: usize) -> f32 {
    let across = (sample as f32 + 0.5) / HOP as f32 - 0.5;
    let here = pitch[frame];
    let (before, after) = (frame.saturating_sub(1), (frame + 1).min(pitch.len() - 1));
    let there = pitch[if across < 0.0 { before } else { after }];
    here + (there - here) * across.abs()
}

/// Σ cos(h·2π·turn) for h = 1 to `count`, by its closed form
/// sin((count + ½)·2π·turn) / (2 sin(π·turn)) − ½ (the Dirichlet kernel).
fn harmonics(turn: f32, count: f32) -> f32 {
    let below = (PI * turn).sin();
    if below.abs() < NEAR_TOP {
        return count;
    }
    // Only the part of a turn counts; taken first, it keeps the sine's argument small and exact.
    let turns = (count + 0.5) * turn;
    (2.0 * PI * (turns - turns.floor())).sin() / (2.0 * below) - 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(pitch: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        pulses(pitch, &mut out);
        out
    }

    #[test]
    fn closed_form_is_the_sum() {
        for step in 0..997_u16 {
            let turn = f32::from(step) / 997.0;
            let sum: f64 = (1..=50)
                .map(|h| (f64::from(h) * std::f64::consts::TAU * f64::from(turn)).cos())
                .sum();
            let closed = f64::from(harmonics(turn, 50.0));
            assert!((sum - closed).abs() < 0.05, "{turn}: {sum} {closed}");
        }
    }

    #[test]
    fn one_pulse_a_period() {
        let sound = train(&[200.0; 80]);
        assert_eq!(sound.len(), 24_000);
        let tops = sound.iter().filter(|&&sample| sample > 50.0).count();
        assert_eq!(tops, 200);
    }

    #[test]
    fn silent_where_the_voice_whispers() {
        assert!(train(&[0.0; 20]).iter().all(|&sample| sample == 0.0));
        assert!(train(&[39.0; 20]).iter().all(|&sample| sample == 0.0));
        assert!(train(&[]).is_empty());
    }

    #[test]
    fn pitch_glides_between_frames() {
        let pitch = [100.0, 200.0];
        assert!((pitch_at(&pitch, 0, 0) - 100.0).abs() < 1e-3);
        assert!((pitch_at(&pitch, 0, HOP - 1) - 149.8).abs() < 0.1);
        assert!((pitch_at(&pitch, 1, 0) - 150.2).abs() < 0.1);
        assert!((pitch_at(&pitch, 1, HOP - 1) - 200.0).abs() < 1e-3);
    }
}
