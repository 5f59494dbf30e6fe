//! A routine as the rest of the program sees it: checked, and unable to be anything else.

use std::sync::Arc;

use serde::Deserialize;

use crate::pace::{BreathPhase, Pace};
use crate::time::Frames;

/// How she sits or stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Posture {
    /// On a firm chair: the default, and the safest with eyes closed.
    #[default]
    Seated,
    /// Back and hips against a wall.
    Standing,
}

/// At which rate a section is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeechRate {
    /// As the pace says.
    #[default]
    Pace,
    /// At the safety rate, whatever the pace.
    Safety,
}

/// What an answer, or none, leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// On to the next line. Such an answer counts only after the question has been said to its end.
    GoOn,
    /// The session ends here. Such an answer counts at any moment.
    End,
}

/// A checked routine.
#[derive(Clone, Debug)]
pub struct Routine {
    pub(super) title: Arc<str>,
    pub(super) version: u32,
    pub(super) sections: Vec<Section>,
}

/// A part of a routine, such as the warm-up.
#[derive(Clone, Debug)]
pub struct Section {
    pub(super) title: Arc<str>,
    pub(super) opening: bool,
    pub(super) skip: bool,
    pub(super) speech: SpeechRate,
    pub(super) no_faster_than: Option<Pace>,
    pub(super) posture: Option<Posture>,
    pub(super) movements: Vec<Movement>,
}

/// A movement, or a few sentences that belong together: sentences, then a breath that is repeated, then sentences.
#[derive(Clone, Debug)]
pub struct Movement {
    pub(super) title: Arc<str>,
    pub(super) repeat: u32,
    pub(super) rest: Frames,
    pub(super) place: Option<Arc<str>>,
    pub(super) lines: Vec<Line>,
}

/// One sentence, with what belongs to it.
#[derive(Clone, Debug)]
pub struct Line {
    pub(super) id: Arc<str>,
    pub(super) kind: LineKind,
    pub(super) text: String,
    pub(super) rest: Frames,
    pub(super) after: Frames,
    pub(super) when: Option<Posture>,
    pub(super) chime: bool,
    pub(super) source: Vec<String>,
}

/// What a line is besides its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A sentence.
    Say,
    /// A sentence with half a breath.
    Breath(BreathPhase),
    /// A sentence, then a wait until she presses a key.
    Ready,
    /// A question.
    Ask(Question),
}

/// What follows a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The longest wait for a key; the question is then said once more.
    pub wait: Frames,
    /// After yes.
    pub yes: Answered,
    /// After no.
    pub no: Answered,
    /// After two waits without an answer.
    pub silence: Answered,
}

impl Routine {
    /// The title, as it is shown.
    #[must_use]
    pub fn title(&self) -> &Arc<str> {
        &self.title
    }

    /// The version of its text.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Its sections, in order.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Every line, in order.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.sections
            .iter()
            .flat_map(|section| &section.movements)
            .flat_map(|movement| &movement.lines)
    }
}

impl Section {
    /// The title, as it is shown.
    #[must_use]
    pub fn title(&self) -> &Arc<str> {
        &self.title
    }

    /// Whether the keys are rehearsed after it.
    #[must_use]
    pub const fn opening(&self) -> bool {
        self.opening
    }

    /// Whether the key for the next movement may leave it.
    #[must_use]
    pub const fn skip(&self) -> bool {
        self.skip
    }

    /// At which rate it is spoken.
    #[must_use]
    pub const fn speech(&self) -> SpeechRate {
        self.speech
    }

    /// Its pace, when `chosen` is the session's.
    #[must_use]
    pub fn pace(&self, chosen: Pace) -> Pace {
        self.no_faster_than
            .map_or(chosen, |limit| chosen.no_faster_than(limit))
    }

    /// Whether it is said in this posture.
    #[must_use]
    pub fn said_in(&self, posture: Posture) -> bool {
        self.posture.is_none_or(|only| only == posture)
    }

    /// Its movements, in order.
    #[must_use]
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }
}

impl Movement {
    /// The title as it is shown, or empty.
    #[must_use]
    pub fn title(&self) -> &Arc<str> {
        &self.title
    }

    /// How often the breath is counted; zero when there is none.
    #[must_use]
    pub const fn repeat(&self) -> u32 {
        self.repeat
    }

    /// Quiet after the last repetition, at the standard pace.
    #[must_use]
    pub const fn rest(&self) -> Frames {
        self.rest
    }

    /// The line that puts her in place for it; its own first line if `None`.
    #[must_use]
    pub fn place(&self) -> Option<&Arc<str>> {
        self.place.as_ref()
    }

    /// Its lines, in order. Those with a breath stand together.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

impl Line {
    /// Its name, unique in the file.
    #[must_use]
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// What it is besides its words.
    #[must_use]
    pub const fn kind(&self) -> LineKind {
        self.kind
    }

    /// The words, with `{PAUSE}` and its like not yet filled in.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Quiet after it, at the standard pace.
    #[must_use]
    pub const fn rest(&self) -> Frames {
        self.rest
    }

    /// Not sooner than this after the lines it stands among have begun.
    #[must_use]
    pub const fn after(&self) -> Frames {
        self.after
    }

    /// Whether it is said in this posture.
    #[must_use]
    pub fn said_in(&self, posture: Posture) -> bool {
        self.when.is_none_or(|only| only == posture)
    }

    /// Whether the chime sounds before it.
    #[must_use]
    pub const fn chime(&self) -> bool {
        self.chime
    }

    /// Keys of the sources that it rests on; "house" for a line without health content.
    #[must_use]
    pub fn source(&self) -> &[String] {
        &self.source
    }
}
