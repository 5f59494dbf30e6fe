//! What the sound server says of our stream, weighed: when it counts.
//!
//! Pure: time is an argument.

use std::time::Duration;

use crate::base::Unheard;

/// What the sound server says: the stream can be heard, or why not.
pub(super) type Heard = Result<(), Unheard>;

/// What it says counts when it has said so for this long: streams that are moved are nowhere for a moment.
const SETTLED: Duration = Duration::from_millis(250);

/// It is asked every second. If it has said nothing for this long, nothing is known any more.
const STALE: Duration = Duration::from_secs(3);

/// After a longer gap between two looks the program itself has slept, and no more than this has passed.
const LONGEST_LOOK: Duration = Duration::from_millis(500);

/// Whether the stream can be heard. All times are counted from any one beginning.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    looked: Duration,
    /// What it has said last, and how long ago.
    said: Option<Heard>,
    ago: Duration,
    /// For how long it has said other than what counts.
    otherwise: Option<Duration>,
    /// What counts.
    unheard: Option<Unheard>,
}

impl Hearing {
    /// The server has spoken.
    pub(super) const fn hear(&mut self, heard: Heard) {
        self.said = Some(heard);
        self.ago = Duration::ZERO;
    }

    /// What it has said last, unless that is too long ago.
    pub(super) const fn said(&self) -> Option<Heard> {
        self.said
    }

    /// Why nothing can be heard at `now`, as far as is known. While the loudspeaker `is_lost`, whatever keeps it from
    /// being heard counts at once: otherwise it would be back for a moment.
    pub(super) fn look(&mut self, now: Duration, is_lost: bool) -> Option<Unheard> {
        let gap = now.saturating_sub(self.looked).min(LONGEST_LOOK);
        self.looked = now;
        self.ago += gap;
        if self.ago > STALE {
            self.said = None;
        }
        let says = self.said.and_then(Result::err);
        let otherwise = self.otherwise.map_or(Duration::ZERO, |time| time + gap);
        let lost_anyway = is_lost && says.is_some();
        if says == self.unheard || lost_anyway || otherwise >= SETTLED {
            self.unheard = says;
            self.otherwise = None;
        } else {
            self.otherwise = Some(otherwise);
        }
        self.unheard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Unheard::{Dummy, Muted};

    /// Looks every 100 ms for so long; the server speaks at each look, if it says anything.
    fn pass(hearing: &mut Hearing, says: Option<Heard>, ms: u64, lost: bool) -> Option<Unheard> {
        let mut counts = hearing.unheard;
        for _ in 0..ms / 100 {
            if let Some(heard) = says {
                hearing.hear(heard);
            }
            counts = hearing.look(hearing.looked + Duration::from_millis(100), lost);
        }
        counts
    }

    #[test]
    fn it_counts_when_it_has_lasted() {
        let mut hearing = Hearing::default();
        assert_eq!(pass(&mut hearing, Some(Ok(())), 1000, false), None);
        assert_eq!(pass(&mut hearing, Some(Err(Muted)), 200, false), None);
        assert_eq!(pass(&mut hearing, Some(Ok(())), 200, false), None);
        assert_eq!(pass(&mut hearing, Some(Err(Dummy)), 300, false), None);
        let muted = Some(Muted);
        assert_eq!(pass(&mut hearing, Some(Err(Muted)), 100, false), muted);
        assert_eq!(pass(&mut hearing, Some(Ok(())), 300, true), muted);
        assert_eq!(pass(&mut hearing, Some(Ok(())), 100, true), None);
    }

    #[test]
    fn while_the_loudspeaker_is_lost_it_counts_at_once() {
        let mut hearing = Hearing::default();
        assert_eq!(pass(&mut hearing, Some(Err(Dummy)), 100, true), Some(Dummy));
        assert_eq!(pass(&mut hearing, Some(Err(Muted)), 100, true), Some(Muted));
    }

    #[test]
    fn a_server_that_falls_silent_is_believed_for_a_while_only() {
        let mut hearing = Hearing::default();
        pass(&mut hearing, Some(Err(Muted)), 1000, false);
        assert_eq!(pass(&mut hearing, None, 2900, true), Some(Muted));
        assert_eq!(pass(&mut hearing, None, 600, true), None);
        assert_eq!(hearing.said(), None);
    }

    #[test]
    fn a_program_that_stood_still_has_missed_nothing() {
        let mut hearing = Hearing::default();
        pass(&mut hearing, Some(Err(Muted)), 1000, false);
        let much_later = hearing.looked + Duration::from_mins(15);
        assert_eq!(hearing.look(much_later, true), Some(Muted));
    }
}
