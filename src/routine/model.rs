//! A routine as the rest of the program sees it: checked, and unable to be anything else.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::respelled::Respelled;
use super::sources::{self, Ground};
use crate::base::{BreathPhase, Frames, Length, Pace, PauseStep, Pose, Posture, Side};

/// At which rate a section is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "program", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SpeechRate {
    /// As the pace says.
    #[default]
    Pace,
    /// At the safety rate, whatever the pace.
    Safety,
}

/// Words for keys, as they are written out. "Press" is not among them: hands press, too.
const WORDS_FOR_KEYS: [&str; 8] = [
    "any key",
    "a key",
    "the key",
    "keyboard",
    "space bar",
    "escape",
    "arrow",
    "bracket",
];

/// Whether a sentence asks something, or speaks of keys.
pub(crate) fn wants_an_answer(sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    sentence.contains('?') || WORDS_FOR_KEYS.iter().any(|words| sentence.contains(words))
}

/// The names of the keys, as a line holds them. A recording has no keys.
pub(super) const KEYS: [&str; 4] = ["{PAUSE}", "{STOP}", "{YES}", "{NO}"];

/// In which form the safety questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display, Deserialize)]
#[cfg_attr(feature = "program", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Form {
    /// All of them, one by one, with every explanation: at the first session, and whenever the journal's rules ask
    /// for them again.
    OneByOne,
    /// The three of the day, for her who has passed all of them lately.
    Day,
    /// A file to listen to elsewhere. It cannot ask, wait or hear a key: the questions are read out as a list, with what
    /// to do for each; waits are rests; a line that names a key is said in other words, or not at all. Whatever is said
    /// one by one is said here, too: it may be her first time.
    Recording,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::OneByOne, Self::Day, Self::Recording];
}

/// What an answer, or none, leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, Serialize, Deserialize)]
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
    /// A session of five minutes.
    Five,
    Ten,
    Twenty,
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
    pub const fn goes_on(self) -> bool {
        // Whatever is not named here holds back, and so counts at any moment.
        matches!(
            self,
            Self::GoOn | Self::Again | Self::Standing | Self::UpperBack | Self::Twenty | Self::Fine
        )
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

/// A routine that may be used: only [`Routine::parse`] makes one, and nothing changes it.
#[derive(Clone, Debug)]
pub struct Routine {
    pub(super) title: Arc<str>,
    /// Those that Softback's list does not have, by their keys.
    pub(super) sources: sources::Own,
    /// How words of its own are said.
    pub(super) words: Respelled,
    pub(super) sections: Vec<Section>,
    pub(super) standing: Standing,
}

/// Whose words a routine speaks, and who has reviewed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is built in.
    Ours,
    /// Its file names who has reviewed the words that it has now. Nobody can check who wrote that.
    Reviewed { by: String, on: Date },
    /// It is made of Softback's sentences, and each movement is of the kind that they are of.
    Known,
    /// None of these; why.
    Unreviewed(Vec<String>),
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours => f.write_str("Softback's own"),
            Self::Reviewed { by, on } => write!(f, "reviewed by {by} on {on}"),
            Self::Known => f.write_str("made of Softback's sentences"),
            Self::Unreviewed(_) => f.write_str("unreviewed"),
        }
    }
}

/// A part of a routine, such as the warm-up.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// As it is shown.
    pub(crate) title: Arc<str>,
    /// Where it stands in the routine's file, in bytes.
    pub(super) at: Range<usize>,
    /// The keys are rehearsed after it.
    pub(crate) opening: bool,
    /// A session counts as begun with its first word, if not sooner.
    pub(crate) warm_up: bool,
    /// She stands during it.
    pub(crate) on_feet: bool,
    /// How many rounds of it there may be: 1 or 2.
    pub(crate) rounds: u32,
    /// Whether the key for the next movement may leave it.
    pub(crate) skip: bool,
    pub(super) speech: SpeechRate,
    pub(super) no_faster_than: Option<Pace>,
    pub(super) posture: Option<Posture>,
    pub(crate) movements: Vec<Movement>,
}

/// A movement, or a few sentences that belong together: sentences, then a breath that is repeated, then sentences.
#[derive(Clone, Debug)]
pub(crate) struct Movement {
    /// As it is shown, or empty.
    pub(crate) title: Arc<str>,
    /// Where it stands in the routine's file, in bytes; of a shared part, where that is named.
    pub(super) at: Range<usize>,
    /// What it is, if its file says so.
    pub(super) kind: Option<Kind>,
    /// Its picture.
    pub(crate) pose: Option<Pose>,
    /// The shortest session that it belongs to.
    pub(super) from: Length,
    /// How often the breath is counted in each [`Length`]; zero when there is none.
    pub(super) repeat: [u32; 3],
    /// Quiet after the last repetition, at the standard pace.
    pub(crate) rest: Frames,
    /// The line that puts her in place for it; its own first line if `None`.
    pub(crate) place: Option<Arc<str>>,
    /// She sits down with its first word: the time on her feet ends.
    pub(crate) sits_down: bool,
    /// Those with a breath stand together.
    pub(crate) lines: Vec<Line>,
}

/// One sentence, with what belongs to it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Unique in the file.
    pub(crate) id: Arc<str>,
    pub(crate) kind: LineKind,
    /// The words, with `{PAUSE}` and its like not yet filled in.
    pub(crate) text: String,
    /// What a recording says instead, which has no keys and waits for nobody.
    pub(crate) recorded: Option<String>,
    /// The word over its half breath, if it is not the usual one.
    pub(crate) word: Option<String>,
    /// Quiet after it, at the standard pace.
    pub(crate) rest: Frames,
    /// Not before this step of a pause.
    pub(crate) after: Option<PauseStep>,
    /// Said only while she is in a movement, or on her feet.
    pub(crate) moving: bool,
    pub(super) when: Option<Posture>,
    pub(super) form: Option<Form>,
    pub(super) round: Option<u32>,
    /// Said only where tones pace the breath.
    pub(super) toned: bool,
    /// From where it is heard, if not from both sides.
    pub(crate) side: Option<Side>,
    /// It belongs to the question after it: keys answer from here on.
    pub(crate) leads: bool,
    /// The chime sounds before it.
    pub(crate) chime: bool,
    /// Keys of the sources that it rests on; "house" for a line without health content.
    pub(crate) source: Vec<String>,
}

/// What a line is besides its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
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
    /// The longest wait for a key; the question is then said once more.
    pub wait: Frames,
    pub yes: Answered,
    pub no: Answered,
    /// After two waits without an answer.
    pub silence: Answered,
}

impl Question {
    /// What `reply` leads to; `None` is a wait that ran out.
    pub const fn after(self, reply: Option<bool>) -> Answered {
        match reply {
            Some(true) => self.yes,
            Some(false) => self.no,
            None => self.silence,
        }
    }
}

impl Routine {
    /// As it is shown.
    pub fn title(&self) -> &Arc<str> {
        &self.title
    }

    pub(crate) fn sections(&self) -> &[Section] {
        &self.sections
    }

    pub(crate) const fn words(&self) -> &Respelled {
        &self.words
    }

    pub(crate) const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Whether nobody is known to have reviewed its words: she hears that before it begins.
    pub(crate) const fn is_unreviewed(&self) -> bool {
        matches!(self.standing, Standing::Unreviewed(_))
    }

    /// What the keys of its sources stand for, each once, in the order of the keys.
    pub(crate) fn told_sources(&self) -> Vec<String> {
        sources::told(&self.sources, self.lines().flat_map(|line| &line.source))
    }

    /// How many lines rest on each ground, the strongest first.
    pub(crate) fn grounds(&self) -> BTreeMap<Ground, usize> {
        sources::grounds(&self.sources, self.lines().map(|line| &line.source))
    }

    /// Whether a longer session has more of it than a shorter one.
    pub(crate) fn has_lengths(&self) -> bool {
        let mut movements = self.sections.iter().flat_map(|section| &section.movements);
        movements.any(|movement| {
            let [five, ten, twenty] = movement.repeat;
            movement.from > Length::Five || five != ten || ten != twenty
        })
    }

    /// Every line, in order.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        let movements = self.sections.iter().flat_map(|section| &section.movements);
        movements.flat_map(|movement| &movement.lines)
    }
}

impl Section {
    /// Whether she moves in it, as far as the file shows it: sentences alone do not.
    pub(crate) fn moves(&self) -> bool {
        let mut lines = self.movements.iter().flat_map(|movement| &movement.lines);
        lines.any(Line::breathes) || self.on_feet || self.rounds > 1
    }

    /// Its pace, when `chosen` is the session's.
    pub(crate) fn pace(&self, chosen: Pace) -> Pace {
        match (self.speech, self.no_faster_than) {
            (SpeechRate::Safety, _) => Pace::Standard,
            (SpeechRate::Pace, Some(limit)) => chosen.no_faster_than(limit),
            (SpeechRate::Pace, None) => chosen,
        }
    }

    pub(crate) fn said_in(&self, posture: Posture) -> bool {
        self.posture.is_none_or(|only| only == posture)
    }
}

impl Movement {
    /// Whether it belongs to a session of this length.
    pub(crate) fn belongs_to(&self, length: Length) -> bool {
        self.from <= length
    }

    /// How often the breath is counted; zero when there is none.
    pub(crate) const fn repeat(&self, length: Length) -> u32 {
        self.repeat[length as usize]
    }
}

impl Line {
    pub(crate) fn said_in(&self, posture: Posture) -> bool {
        self.when.is_none_or(|only| only == posture)
    }

    /// Whether it is said in this form; of a request to be ready, a recording may keep the rest alone.
    pub(crate) fn said_in_form(&self, form: Form) -> bool {
        match form {
            Form::Recording => self.form != Some(Form::Day) && self.fits_a_recording(),
            asked => self.form.is_none_or(|only| only == asked),
        }
    }

    /// Whether a recording can say it, or be silent instead.
    fn fits_a_recording(&self) -> bool {
        let waits = self.kind == LineKind::Ready;
        waits || self.recorded.is_some() || !(self.leads || self.asks() || self.names_a_key())
    }

    /// Whether something would be missing from a recording that leaves it out. An offer of one more round is no loss:
    /// whoever wants one begins anew.
    pub(super) fn is_missed_in_a_recording(&self) -> bool {
        let offers =
            matches!(self.kind, LineKind::Ask(question) if question.yes == Answered::Again);
        let said = self.recorded.is_some() || self.kind != LineKind::Ready;
        let wants_her = said && wants_an_answer(self.recorded.as_ref().unwrap_or(&self.text));
        let is_missed = !self.leads && !offers && (wants_her || !self.fits_a_recording());
        self.form != Some(Form::Day) && is_missed
    }

    pub(super) const fn breathes(&self) -> bool {
        matches!(self.kind, LineKind::Breath(_))
    }

    const fn asks(&self) -> bool {
        matches!(self.kind, LineKind::Ask(_))
    }

    fn names_a_key(&self) -> bool {
        KEYS.iter().any(|key| self.text.contains(key))
    }

    /// Whether nothing but the form of the screening decides if it is said.
    pub(super) const fn is_only_of_a_form(&self) -> bool {
        self.form.is_some() && self.when.is_none() && self.round.is_none()
    }

    /// Whether it is true at this pace.
    pub(crate) fn said_at(&self, pace: Pace) -> bool {
        !self.toned || pace.breath().is_some()
    }

    /// Whether it is said in this round, from 1.
    pub(crate) fn said_in_round(&self, round: u32) -> bool {
        self.round.is_none_or(|only| only == round)
    }
}
