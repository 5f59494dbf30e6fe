//! A moment as her clock shows it.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A moment as the computer's clock and zone show it, to the second.
///
/// Written as one text, `2026-11-22T15:03:12+01:00`: the instant, and the local time that she saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct At {
    pub(super) timestamp: Timestamp,
    /// How far local time is from UTC.
    offset: Offset,
}

impl At {
    pub(crate) fn new(timestamp: Timestamp, offset: Offset) -> Self {
        Self {
            timestamp: Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp),
            // The text has no seconds of offset, and no zone has had any for a century.
            offset: Offset::from_seconds(offset.seconds() / 60 * 60).unwrap_or(Offset::UTC),
        }
    }

    /// The local date and time.
    pub(super) fn local(self) -> DateTime {
        self.offset.to_datetime(self.timestamp)
    }

    pub(crate) fn day(self) -> Date {
        self.local().date()
    }

    /// Another instant, as the clocks go here.
    pub(super) const fn at(self, timestamp: Timestamp) -> Self {
        Self { timestamp, ..self }
    }

    /// From `earlier` to `self`; negative if `earlier` is later.
    pub(super) fn since(self, earlier: Self) -> SignedDuration {
        self.timestamp.duration_since(earlier.timestamp)
    }

    pub(super) fn after(self, wait: SignedDuration) -> Self {
        let end = self.timestamp.saturating_add(wait);
        self.at(end.unwrap_or(Timestamp::MAX))
    }

    /// When the day after `day` begins, as the clocks go here.
    pub(super) fn day_after(self, day: Date) -> Self {
        let tomorrow = day.tomorrow().unwrap_or(Date::MAX);
        let midnight = tomorrow.to_datetime(Time::midnight());
        let midnight = self.offset.to_timestamp(midnight);
        self.at(midnight.unwrap_or(Timestamp::MAX))
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp.display_with_offset(self.offset).fmt(f)
    }
}

impl From<At> for String {
    fn from(at: At) -> Self {
        at.to_string()
    }
}

impl TryFrom<String> for At {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let timestamp = text.parse()?;
        // Without an offset it would have been no instant.
        let offset = Pieces::parse(&text)?.to_numeric_offset();
        Ok(Self::new(timestamp, offset.unwrap_or(Offset::UTC)))
    }
}
