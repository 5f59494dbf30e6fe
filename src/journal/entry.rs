//! The lines of the journal: what each kind holds, and how a file of them is read.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_repr::{Deserialize_repr, Serialize_repr};
use strum::{EnumMessage, VariantNames};
use thiserror::Error;

use crate::base::{Hurt, Length, Pace, Posture};
use crate::journal::at::At;

/// The version that every line begins with. A line of any other is not read.
///
/// A new field that may be missing needs no new version; a new meaning does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize_repr, Deserialize_repr)]
#[repr(u32)]
pub(crate) enum LineVersion {
    One = 1,
}

/// One line of the journal. No answer to a screening question is in any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, VariantNames)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Entry {
    Start(Start),
    /// A session was picked up again after it had been cut off: the same session, not another.
    PickedUp {
        v: LineVersion,
        id: u64,
        at: At,
    },
    End(End),
    /// An answer about pain, in a begun session or outside one: written as soon as it stands.
    Hurt {
        v: LineVersion,
        at: At,
        hurt: Hurt,
    },
    /// An answer in the screening held her back: all questions are due. Which answer it was is not kept.
    AskAll {
        v: LineVersion,
        at: At,
    },
    /// The clock was read, because it was found behind: see [`Opening::note_clock`](super::rules::Opening).
    Clock {
        v: LineVersion,
        at: At,
    },
    /// What the rules still need of a journal that she had deleted: no routine, nothing about her.
    Kept {
        v: LineVersion,
        at: At,
        fact: Fact,
    },
}

impl Entry {
    /// When it was written.
    pub(crate) const fn at(&self) -> At {
        match self {
            Self::Start(Start { at, .. })
            | Self::PickedUp { at, .. }
            | Self::End(End { at, .. })
            | Self::Hurt { at, .. }
            | Self::AskAll { at, .. }
            | Self::Clock { at, .. }
            | Self::Kept { at, .. } => *at,
        }
    }
}

/// A session was begun: with movement, the first cue of the warm-up; in rest, the first movement.
///
/// A start with movement is written only after the screening was passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Start {
    pub v: LineVersion,
    /// Its end and where it was left name it by this.
    pub id: u64,
    pub at: At,
    /// The routine's name or file.
    pub routine: String,
    /// Whether it moves her, or is breathing and rest only.
    pub movement: bool,
    pub posture: Posture,
    pub pace: Pace,
    /// An older line does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Length>,
    /// The version of the spoken text with which the screening was passed.
    pub text_version: u32,
    /// All questions were asked, one by one, and not only those of the day. An older line does not know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_asked: bool,
    /// The version of the program.
    pub program: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub v: LineVersion,
    pub id: u64,
    pub at: At,
    pub how: How,
    pub hurt: Hurt,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LeftAt>,
    /// How much of the routine lies before the place where it ended.
    pub active_seconds: u64,
}

/// How a session ended, and as it is told to her.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum How {
    /// Said to its end, or to where her answer to a question of the routine ended it.
    #[strum(to_string = "to the end")]
    Done,
    #[strum(to_string = "you stopped it")]
    Stopped,
    /// Paused for so long that it ended by itself.
    #[strum(to_string = "it ended by itself after a long pause")]
    LeftAlone,
    /// Ctrl-C or another signal, or the computer went to sleep in the middle of it.
    #[strum(to_string = "it was interrupted")]
    Interrupted,
    #[strum(to_string = "the voice failed")]
    VoiceLost,
    #[strum(to_string = "the loudspeaker failed")]
    DeviceLost,
}

/// The movement in which she left a routine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeftAt {
    /// The movement's number: 0 is the first of the warm-up.
    pub movement: usize,
    pub title: String,
}

/// A bare fact that the rules go by, and as it is told to her, if it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumMessage, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fact {
    /// A session with movement was begun.
    #[strum(message = "a session (its details were deleted)")]
    Begun,
    /// Something hurt.
    #[strum(message = "something hurt or felt wrong (the details were deleted)")]
    Locked,
    /// There was a line that could not be read.
    #[strum(message = "a line that could not be read (deleted)")]
    Unreadable,
    /// The pain question is still to be asked.
    Owed,
}

/// A line of the file; to others it is shown as it is, or by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Record {
    /// It could not be read, and stays where it is.
    Unreadable {
        /// Its number in the file, from 1.
        line: usize,
        reason: Reason,
    },
    #[serde(untagged)]
    Entry(Entry),
}

impl Record {
    pub(super) const fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Unreadable { .. } => None,
        }
    }
}

/// Why a line could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Error)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reason {
    #[error("it is torn or damaged")]
    Damaged,
    /// Its version, its kind, its posture, its pace or its length is not known.
    #[error("a newer softback wrote it")]
    Newer,
}

/// Every line of the file, in its order. Never fails; an empty line is none.
pub(crate) fn parse(bytes: &[u8]) -> Vec<Record> {
    (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .filter(|(_, text)| !text.trim_ascii().is_empty())
        .map(|(line, text)| {
            serde_json::from_slice(text).map_or_else(|_| unreadable(line, text), Record::Entry)
        })
        .collect()
}

fn unreadable(line: usize, text: &[u8]) -> Record {
    let reason = reason(text);
    Record::Unreadable { line, reason }
}

fn reason(text: &[u8]) -> Reason {
    let line: Value = serde_json::from_slice(text).unwrap_or_default();
    let (Some(version), Some(kind)) = (line["v"].as_u64(), line["kind"].as_str()) else {
        return Reason::Damaged;
    };
    let is_known = version <= LineVersion::One as u64
        && Entry::VARIANTS.contains(&kind)
        && is_known::<Posture>(&line["posture"])
        && is_known::<Pace>(&line["pace"])
        && is_known::<Length>(&line["length"]);
    if is_known {
        Reason::Damaged
    } else {
        Reason::Newer
    }
}

fn is_known<'a, T: Deserialize<'a>>(word: &'a Value) -> bool {
    word.is_null() || T::deserialize(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &[u8]) -> Vec<(usize, Reason)> {
        parse(text)
            .into_iter()
            .filter_map(|record| match record {
                Record::Unreadable { line, reason } => Some((line, reason)),
                Record::Entry(_) => None,
            })
            .collect()
    }

    const GOOD: &str = r#"{"kind":"clock","v":1,"at":"2026-11-22T15:03:12+01:00"}"#;

    #[test]
    fn what_cannot_be_read_is_skipped_and_numbered() {
        let text = format!("{GOOD}\n{{\"kind\":\"sta\n\n{GOOD}\r\n\0\0\0\n{GOOD}");
        assert_eq!(parse(text.as_bytes()).len(), 5);
        assert_eq!(
            reasons(text.as_bytes()),
            [(2, Reason::Damaged), (5, Reason::Damaged)]
        );
        assert_eq!(reasons(b"\xff\xfe\n"), [(1, Reason::Damaged)]);
    }

    #[test]
    fn a_newer_form_or_kind_is_named_as_such() {
        let newer = GOOD.replace("\"v\":1", "\"v\":2");
        let unknown = GOOD.replace("clock", "dream");
        let extended = GOOD.replace("\"v\":1", "\"v\":1,\"mood\":\"calm\"");
        let wrong = GOOD.replace("T15", "T45");
        let text = [newer, unknown, extended, wrong].join("\n");
        assert_eq!(
            reasons(text.as_bytes()),
            [(1, Reason::Newer), (2, Reason::Newer), (4, Reason::Damaged)]
        );
    }
}
