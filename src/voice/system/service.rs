//! The service, as its connection's worker sees it: what is said, how fast and how loud.
//!
//! The `tts` crate has some edges, which shape this file:
//!
//! * An empty text makes the *next* call hang, a NUL aborts the process, so a text is cleaned first.
//! * Callbacks run on a thread of the C library, under locks of the crate. A call from there
//!   deadlocks and a panic aborts, so a callback only puts a message into the worker's inbox.
//! * Dropping a [`Tts`] is never safe while an event may arrive: the crate forgets its callbacks
//!   first and aborts on an event that comes then. It also forgets them by the service's number
//!   for the client, which a restarted service gives out again: dropping the old connection would
//!   make the new one deaf. So no [`Tts`] is ever dropped. What that leaks, a socket and a
//!   sleeping thread, it leaks once per connection that broke.
//! * When the service dies no callback comes. Whoever waits for a sentence to end must not wait
//!   for ever.

use std::mem::ManuallyDrop;

use tts::{Tts, UtteranceId};

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

pub(super) struct Service {
    /// Never dropped: see the head of this file.
    tts: ManuallyDrop<Tts>,
    /// The rate it is set to.
    rate: Option<f32>,
    /// The volume it is set to, in decibels.
    volume: Option<i8>,
}

impl Service {
    /// Connects; a callback hears of each sentence that has ended, or was broken off.
    pub(super) fn open(
        ended: impl FnMut(UtteranceId) + Send + 'static,
        stopped: impl FnMut(UtteranceId) + Send + 'static,
    ) -> Result<Self, String> {
        let tts = ManuallyDrop::new(Tts::default().map_err(|error| error.to_string())?);
        tts.on_utterance_end(Some(Box::new(ended)))
            .map_err(|_| "it does not tell when a sentence has ended")?;
        // Not every service tells this; it only spares some waiting.
        let _ = tts.on_utterance_stop(Some(Box::new(stopped)));
        Ok(Self {
            tts,
            rate: None,
            volume: None,
        })
    }

    pub(super) fn say(&mut self, sentence: &Sentence) -> Result<UtteranceId, String> {
        self.set_volume(sentence.volume);
        let rate = self.rate_for(sentence.rate);
        if self.rate != Some(rate) {
            match self.tts.set_rate(rate) {
                // One that knows only one rate still speaks.
                Ok(_) | Err(tts::Error::UnsupportedFeature) => self.rate = Some(rate),
                Err(error) => return Err(error.to_string()),
            }
        }
        match self.tts.speak(sentence.text.as_str(), false) {
            Ok(Some(id)) => Ok(id),
            Ok(None) => Err("it does not number its sentences".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn hush(&mut self) -> Result<(), String> {
        self.tts.stop().map(drop).map_err(|error| error.to_string())
    }

    /// A service that knows only one volume, or does not take this one, still speaks.
    fn set_volume(&mut self, decibels: Option<i8>) {
        if let Some(wanted) = decibels.filter(|_| self.volume != decibels) {
            let (min, full) = (self.tts.min_volume(), self.tts.normal_volume());
            let _ = self.tts.set_volume(volume_for(wanted, min, full));
            self.volume = decibels;
        }
    }

    fn rate_for(&self, rate: WordsPerMinute) -> f32 {
        let (min, max) = (self.tts.min_rate(), self.tts.max_rate());
        let rate = if min < 0.0 {
            speech_dispatcher_rate(rate)
        } else {
            // The scales of the other systems are proportional to speed.
            self.tts.normal_rate() * f32::from(rate.0) / f32::from(NORMAL_RATE.0)
        };
        rate.clamp(min, max)
    }
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
