//! What the page is answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::EnumMessage;

use crate::base::{BreathPhase, Length, NoNumber, Pace, Posture, Problems, Refusal, Remedy, Side};
use crate::journal::at::At;
use crate::routine::{Answered, UnknownRoutine};
use crate::session::{Ending, keys::Phase};

/// An answer as it is handed over.
pub(super) fn json(answer: &impl Serialize) -> Vec<u8> {
    // Texts, whole numbers and lists of them: nothing in them can fail.
    serde_json::to_vec(answer).unwrap_or_default()
}

/// The clips that a page needs.
#[derive(Serialize)]
pub(super) struct Clips {
    /// How long each is, about, in frames, by its key.
    pub clips: BTreeMap<String, u64>,
}

/// What may happen now.
#[derive(Serialize)]
pub(super) struct Opening {
    pub closed: Option<Closed>,
    pub first: bool,
    pub ask_all: bool,
    pub ask_hurt: bool,
    /// Something can be kept here.
    pub storage: bool,
    pub last: Option<Chosen>,
    pub unfinished: Option<Unfinished>,
    pub append: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Closed {
    pub why: Why,
    pub opens: Option<At>,
}

/// Why no session with movement may start.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Why {
    Refused(Refusal),
    /// Another reason, by its name.
    Other(&'static str),
}

/// How she did a session.
#[derive(Serialize)]
pub(super) struct Chosen {
    pub routine: String,
    pub posture: Posture,
    pub pace: Pace,
    pub length: Option<Length>,
}

#[derive(Serialize)]
pub(super) struct Unfinished {
    pub routine: String,
    pub posture: Posture,
    pub pace: Pace,
    pub length: Option<Length>,
    /// The movement in which it was left, from 0 on, and its title.
    pub movement: usize,
    pub title: String,
}

/// What is to be done now, kept and shown.
#[derive(Serialize)]
pub(super) struct Answer {
    pub commands: Vec<Order>,
    /// When to come back at the latest.
    pub deadline: Option<u64>,
    pub append: Vec<String>,
    /// To be kept in place of what was kept of where she is; an empty text, if nothing is to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// The words of a close, to be read.
    pub words: Vec<String>,
    /// What she should know, if anything has gone wrong, and what to do about it.
    pub error: Option<String>,
    pub remedy: Option<String>,
    /// Clips that are wanted and not there.
    pub missing: Vec<String>,
    pub view: View,
}

/// Why there is no other answer, and what to do about it.
#[derive(Serialize)]
pub(super) struct Trouble {
    pub error: String,
    pub remedy: Option<String>,
}

/// A command, at a frame of the page's clock.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(super) enum Order {
    Cut { at: u64 },
    Play { at: u64, sound: Heard },
    DropFrom { at: u64 },
    Volume { steps: i8 },
    Note { note: Noted },
    Finish { ending: Ending },
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Noted {
    SoundRight,
    Begun,
    Hurt,
    AskAll,
}

/// A sound, and how long it is in frames.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Heard {
    Speech {
        clip: String,
        side: Option<Side>,
        text: String,
        length: u64,
    },
    Breath {
        phase: BreathPhase,
        length: u64,
    },
    YourTurn {
        length: u64,
    },
    Presence {
        length: u64,
    },
    Chime {
        length: u64,
    },
}

/// What is to be seen.
#[derive(Serialize)]
pub(super) struct View {
    pub phase: Phase,
    pub part: Part,
    pub question: Option<(usize, usize)>,
    pub waits: bool,
    pub answers: Option<Answers>,
    pub leading: String,
    pub sentence: String,
    pub sentences_begun: u64,
    pub unheard: Option<Unheard>,
    pub title: String,
    pub section: String,
    pub movement: String,
    pub number: Option<usize>,
    pub movements: usize,
    pub posture: Posture,
    pub pace: Pace,
    pub length: Length,
    pub breath: Option<Breath>,
    pub elapsed: u64,
    pub left: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    Before,
    Routine,
    Close,
    Over,
}

/// What each answer leads to.
#[derive(Serialize)]
pub(super) struct Answers {
    pub yes: Answered,
    pub no: Answered,
}

#[derive(Serialize)]
pub(super) struct Unheard {
    pub why: String,
    pub remedy: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Breath {
    pub phase: BreathPhase,
    pub began: u64,
    pub length: u64,
    pub repetition: u32,
    pub of: u32,
    pub breaths: u32,
    pub inhale: u64,
    pub exhale: u64,
}

/// Why a request is not answered.
#[derive(Debug, thiserror::Error, EnumMessage)]
pub(super) enum Failure {
    #[error("this is nothing that the page can be asked: {0}")]
    #[strum(
        message = "Open the page again; if that does not help, make it anew with `softback export`"
    )]
    NoRequest(serde_json::Error),
    #[error("no session has been started")]
    #[strum(message = "Open the page again, then start")]
    NoSession,
    /// Nobody would know of her earlier sessions, nor of this one.
    #[error("this browser keeps nothing of what you do here")]
    #[strum(
        message = "So no session with movement can start: nobody would know when the last one was, or whether something hurt.\n\
                   Open the page in an ordinary window, not a private one, and let it keep its data. Rest can start in any case"
    )]
    NoStorage,
    /// A line could not be kept.
    #[error("this browser could not keep what you did just now")]
    #[strum(
        message = "Make some room for the browser's data, or leave the private window, then open the page again"
    )]
    Unwritten,
    #[error(transparent)]
    UnknownRoutine(#[from] UnknownRoutine),
    #[error("{0}")]
    Problems(#[from] Problems),
    #[error(transparent)]
    NoNumber(#[from] NoNumber),
}

impl Failure {
    pub(super) fn told(&self) -> Trouble {
        Trouble {
            error: self.to_string(),
            remedy: self.remedy(),
        }
    }
}

impl Remedy for Failure {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::UnknownRoutine(error) => error.remedy(),
            Self::NoNumber(_) => Some("It has two to six digits and nothing else".to_owned()),
            _ => self.get_message().map(str::to_owned),
        }
    }
}
