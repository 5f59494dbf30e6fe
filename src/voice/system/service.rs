//! The service's own scales: how a sentence is asked for, and how long its end lags behind.

use super::wire::{Order, Scales};
use crate::base::{Frames, WordsPerMinute};
use crate::voice::between;

/// A sentence, the number under which the session waits for its end, and how it is said.
///
/// With the number, an end that was on its way when she paused cannot pass for the end of the same sentence
/// said again.
#[derive(Clone)]
pub(super) struct Sentence {
    pub(super) ticket: u64,
    pub(super) text: String,
    pub(super) rate: WordsPerMinute,
    /// In decibels; the service's own where nobody has said.
    pub(super) volume: Option<i8>,
}

impl Sentence {
    pub(super) fn order(&self, scales: Scales) -> Order {
        let (silent, full) = (scales.silent, scales.full_volume);
        Order::Say {
            ticket: self.ticket,
            text: self.text.clone(),
            rate: rate_for(self.rate, scales),
            volume: self.volume.map(|wanted| volume_for(wanted, silent, full)),
        }
    }
}

fn rate_for(rate: WordsPerMinute, scales: Scales) -> f32 {
    let rate = if scales.slowest < 0.0 {
        speech_dispatcher_rate(rate)
    } else {
        // The scales of the other systems are proportional to speed.
        scales.usual_rate * f32::from(rate.0) / f32::from(NORMAL_RATE.0)
    };
    rate.clamp(scales.slowest, scales.fastest)
}

/// The volume on a scale from silence to the full level, which services make proportional to what is heard.
fn volume_for(decibels: i8, silent: f32, full: f32) -> f32 {
    let factor = 10_f32.powf(f32::from(decibels) / 20.0);
    (silent + (full - silent) * factor).clamp(silent, full)
}

/// What services are said to speak at unless told otherwise.
const NORMAL_RATE: WordsPerMinute = WordsPerMinute(175);

/// The rate on Speech Dispatcher's scale, -100 to 100, at which a sentence takes as long as `rate` says.
fn speech_dispatcher_rate(rate: WordsPerMinute) -> f32 {
    /// Measured with espeak-ng 1.51: five sentences of a session, from the first sound of each to
    /// its last. More than the nominal 170 words a minute at rate 0, for these words are short.
    const MEASURED: [(f32, f32); 9] = [
        (102.0, -100.0),
        (123.0, -80.0),
        (148.0, -60.0),
        (169.0, -40.0),
        (193.0, -20.0),
        (218.0, 0.0),
        (291.0, 25.0),
        (378.0, 50.0),
        (582.0, 100.0),
    ];
    between(&MEASURED, f32::from(rate.0)).round()
}

/// How long after its last sound the end of a sentence is told, at this rate.
pub(super) fn end_lag(rate: WordsPerMinute) -> Frames {
    /// In milliseconds, by words a minute; from the same recording as the rates, medians.
    const MEASURED: [(f32, f32); 7] = [
        (102.0, 967.0),
        (123.0, 767.0),
        (148.0, 594.0),
        (169.0, 479.0),
        (193.0, 395.0),
        (218.0, 325.0),
        (291.0, 190.0),
    ];
    Frames::from_millis(between(&MEASURED, f32::from(rate.0)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_become_a_share_of_the_full_level() {
        let speech_dispatcher = |decibels| volume_for(decibels, -100.0, 100.0) as i32;
        assert_eq!([0, -6, -30].map(speech_dispatcher), [100, 0, -93]);
        assert!((volume_for(-6, 0.0, 1.0) - 0.501).abs() < 0.001);
        assert!((volume_for(3, 0.0, 1.0) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn rates_follow_the_measurement() {
        let rate = |words| speech_dispatcher_rate(WordsPerMinute(words));
        assert_eq!(
            [0, 102, 113, 120, 137, 218, u16::MAX].map(|words| rate(words) as i32),
            [-100, -100, -90, -83, -69, 0, 100]
        );
        assert!(end_lag(WordsPerMinute(113)) > end_lag(WordsPerMinute(137)));
        assert_eq!(end_lag(WordsPerMinute(102)), Frames::from_millis(967));
    }
}
