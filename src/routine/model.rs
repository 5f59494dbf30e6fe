//! A routine as the rest of the program sees it: checked, and unable to be anything else.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use crate::base::pace::{BreathPhase, Pace};
use crate::base::posture::Posture;
use crate::base::time::Frames;
use crate::base::utterance::Side;

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

/// In which form the safety questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Each waits for its answer: at the first session, and after the text has changed.
    OneByOne,
    /// Read as one list, in which yes counts at any moment: at every other session.
    List,
}

/// What an answer, or none, leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// On to the next line.
    GoOn,
    /// One more round of this section.
    Again,
    Rest,
    /// The key is no answer here.
    Nothing,
    /// Everything since the last close began is said once more.
    Repeat,
    Seated,
    Standing,
    /// The routine that was asked for.
    UpperBack,
    Gentle,
    /// The session ends here.
    End,
    /// It ends with the words for an emergency.
    Emergency,
    /// It ends: call today.
    Today,
    /// It ends: ask first.
    Check,
    /// It ends: she feels unwell, or an answer was not true.
    Unwell,
    /// It ends, for no answer came.
    NoAnswer,
    /// She stopped because something hurt, or she did not say.
    Hurt,
    /// She stopped, and nothing hurts.
    Fine,
}

impl Answered {
    /// Whether it leads on, to where there is more to be careful of: such an answer counts only once
    /// the question has been said to its end. Every other one counts at any moment.
    #[must_use]
    pub const fn goes_on(self) -> bool {
        match self {
            Self::GoOn | Self::Again | Self::Standing | Self::UpperBack | Self::Fine => true,
            Self::Rest
            | Self::Nothing
            | Self::Repeat
            | Self::Seated
            | Self::Gentle
            | Self::End
            | Self::Emergency
            | Self::Today
            | Self::Check
            | Self::Unwell
            | Self::NoAnswer
            | Self::Hurt => false,
        }
    }

    /// Whether a key may lead to it in a routine. The others belong to the program's own questions.
    pub(super) const fn after_a_key(self) -> bool {
        matches!(
            self,
            Self::GoOn | Self::Again | Self::Rest | Self::Nothing | Self::End
        )
    }

    /// Whether no answer may lead to it in a routine: silence never goes on, and a question that
    /// silence led nowhere from would be asked for ever.
    pub(super) const fn after_silence(self) -> bool {
        matches!(self, Self::Rest | Self::End)
    }
}

#[derive(Clone, Debug)]
pub struct Routine {
    pub(super) title: Arc<str>,
    pub(super) sections: Vec<Section>,
}

/// A part of a routine, such as the warm-up.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the file by itself"
)]
pub struct Section {
    pub(super) title: Arc<str>,
    /// Where it stands in the routine's file, in bytes.
    pub(super) at: Range<usize>,
    pub(super) opening: bool,
    pub(super) warm_up: bool,
    pub(super) on_feet: bool,
    pub(super) rounds: u32,
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
    pub(super) sits_down: bool,
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
    pub(super) form: Option<Form>,
    pub(super) round: Option<u32>,
    pub(super) side: Option<Side>,
    pub(super) leads: bool,
    pub(super) chime: bool,
    pub(super) source: Vec<String>,
}

/// What a line is besides its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Say,
    /// A sentence with half a breath.
    Breath(BreathPhase),
    /// A sentence, then a wait until she presses a key.
    Ready,
    Ask(Question),
}

/// What follows a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The longest wait for a key; the question is then said once more. Zero: nothing is waited for.
    pub wait: Frames,
    pub yes: Answered,
    pub no: Answered,
    /// After two waits without an answer.
    pub silence: Answered,
}

impl Question {
    /// What `reply` leads to; `None` is a wait that ran out.
    #[must_use]
    pub const fn after(self, reply: Option<bool>) -> Answered {
        match reply {
            Some(true) => self.yes,
            Some(false) => self.no,
            None => self.silence,
        }
    }
}

impl Routine {
    /// The title, as it is shown.
    #[must_use]
    pub fn title(&self) -> &Arc<str> {
        &self.title
    }

    /// Where in its file she is asked to stand by the section of this title, in bytes.
    #[must_use]
    pub fn on_feet_at(&self, title: &str) -> Range<usize> {
        let mut sections = self.sections.iter();
        let stands = sections.find(|section| section.on_feet && *section.title == *title);
        stands.map_or(0..0, |section| section.at.clone())
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

    /// Whether she moves in it, as far as the file shows it: sentences alone do not.
    #[must_use]
    pub fn moves(&self) -> bool {
        let mut lines = self.movements.iter().flat_map(Movement::lines);
        let breathes = lines.any(|line| matches!(line.kind, LineKind::Breath(_)));
        breathes || self.on_feet || self.rounds > 1
    }

    /// Whether the keys are rehearsed after it.
    #[must_use]
    pub const fn opening(&self) -> bool {
        self.opening
    }

    /// Whether it is the warm-up: a session counts as begun with its first word, if not sooner.
    #[must_use]
    pub const fn warm_up(&self) -> bool {
        self.warm_up
    }

    /// Whether she stands during it.
    #[must_use]
    pub const fn on_feet(&self) -> bool {
        self.on_feet
    }

    /// How many rounds of it there may be: 1 or 2.
    #[must_use]
    pub const fn rounds(&self) -> u32 {
        self.rounds
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

    /// Whether she sits down with its first word: the time on her feet ends.
    #[must_use]
    pub const fn sits_down(&self) -> bool {
        self.sits_down
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

    /// Whether it is said in this form of the screening.
    #[must_use]
    pub fn said_in_form(&self, form: Form) -> bool {
        self.form.is_none_or(|only| only == form)
    }

    /// Whether it is said in this round, from 1.
    #[must_use]
    pub fn said_in_round(&self, round: u32) -> bool {
        self.round.is_none_or(|only| only == round)
    }

    /// From where it is heard, if not from both sides.
    #[must_use]
    pub const fn side(&self) -> Option<Side> {
        self.side
    }

    /// Whether it belongs to the question after it: keys answer from here on.
    #[must_use]
    pub const fn leads(&self) -> bool {
        self.leads
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
