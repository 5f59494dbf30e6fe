//! The shape of a routine file, as it is written: TOML with the place of everything, nothing judged yet.

#[cfg(feature = "program")]
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use jiff::SignedDuration;
#[cfg(feature = "program")]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::value::Datetime;

use super::model::{Answered, Form, SpeechRate};
use super::plain::Sentence;
#[cfg(feature = "program")]
use super::schema;
use super::sources::Source;
use crate::base::{Length, Pace, PauseStep, Posture, Side};

/// The most letters of a title, an id or a source's key.
pub(super) const LONGEST_TITLE: usize = 100;

/// More rounds than this are too much of a good thing (a house rule, P-LIM).
pub(super) const MOST_ROUNDS: u32 = 2;

/// A repetition is one breath or two; more than this of one movement is work, not ease.
pub(super) const MOST_REPETITIONS: u32 = 12;

/// What stands in a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub(super) struct Spanned<T>(toml::Spanned<T>);

impl<T> Spanned<T> {
    /// In bytes.
    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }

    pub(super) fn get_ref(&self) -> &T {
        self.0.get_ref()
    }

    pub(super) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    pub(super) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T> From<toml::Spanned<T>> for Spanned<T> {
    fn from(spanned: toml::Spanned<T>) -> Self {
        Self(spanned)
    }
}

/// Nobody writes the place: it is the schema of what stands there.
#[cfg(feature = "program")]
impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

// From here on, the comments are written for authors: the schema of the format shows them.

/// A routine of Softback: its title and its sections, in the order of the session.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    feature = "program",
    derive(JsonSchema),
    schemars(rename = "Routine", transform = schema::routine)
)]
#[serde(deny_unknown_fields)]
pub(super) struct RoutineFile {
    /// The name of the routine, as it is shown: `"My routine"`.
    #[cfg_attr(
        feature = "program",
        schemars(length(min = 1, max = LONGEST_TITLE))
    )]
    pub title: Spanned<String>,
    /// In which language it speaks: `"en"`, as there is no voice for another.
    #[cfg_attr(feature = "program", schemars(extend("enum" = ["en"])))]
    pub language: Spanned<String>,
    /// Counts how often you have changed it, for whoever reads the file: `1`.
    #[expect(dead_code, reason = "written for whoever reads the file")]
    pub version: u32,
    /// Words of your sentences that no built-in routine uses, each of them a decision of yours: `["hum", "yawn"]`.
    #[serde(default)]
    pub new_words: Vec<Spanned<String>>,
    /// Who has reviewed its words: name and calling. `softback check --sign` writes it.
    #[cfg_attr(
        feature = "program",
        schemars(length(min = 1, max = LONGEST_TITLE))
    )]
    pub reviewed_by: Option<Spanned<String>>,
    /// The day of the review, without quotes: `2026-11-29`. `softback check --sign` writes it.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::Day>"))]
    pub reviewed_on: Option<Spanned<Datetime>>,
    /// A mark for each line that was reviewed. `softback check --sign` writes them.
    pub reviewed: Option<Vec<String>>,
    /// How the voice says words of your own, in plain letters: `rebozo = "reh-boh-zoh"`. Each stands in `new_words`.
    #[serde(default)]
    pub words: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Sources of your own, each under a key that lines name: `[sources.CLINIC]`.
    #[serde(default)]
    pub sources: BTreeMap<Spanned<String>, Source>,
    /// The sections, in the order of the session. Each begins with `[[section]]`.
    #[cfg_attr(feature = "program", schemars(length(min = 1)))]
    #[serde(default)]
    pub section: Vec<Spanned<SectionFile>>,
}

/// A part of a routine: one of Softback's own, by its name, or a title and movements of yours.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    feature = "program",
    derive(JsonSchema),
    schemars(rename = "Section", transform = schema::section)
)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionFile {
    // In `parts.toml` it names a section that routines share.
    /// A section of Softback's own, which is said here: `"warm-up"`. Then nothing else stands in this one.
    pub part: Option<Spanned<String>>,
    /// The name of the section, as it is shown: `"Release"`.
    #[cfg_attr(
        feature = "program",
        schemars(length(min = 1, max = LONGEST_TITLE))
    )]
    pub title: Option<Spanned<String>>,
    /// `true`: the keys are tried after it. Nothing moves in it.
    #[serde(default)]
    pub opening: bool,
    /// `false`: the key for the next movement does not leave it.
    #[serde(default = "yes")]
    pub skip: bool,
    /// How fast it is spoken: `"pace"` (as the session goes) unless you say `"safety"`, the same at every pace.
    #[serde(default)]
    pub speech: SpeechRate,
    /// `true`: this is the warm-up. Nothing moves before it, and no key leads past it.
    #[serde(default)]
    pub warm_up: bool,
    /// `true`: she stands during it. From its first word the time on her feet is counted.
    #[serde(default)]
    pub on_feet: bool,
    /// How often it may be done: 1, or 2 with a question at its end that offers the second round.
    #[cfg_attr(feature = "program", schemars(range(min = 1, max = MOST_ROUNDS)))]
    pub rounds: Option<Spanned<u32>>,
    /// It goes at this pace, if the session is faster: `"slow"`.
    pub no_faster_than: Option<Pace>,
    /// It is said only to her who sits, or only to her who stands: `"seated"`.
    pub posture: Option<Posture>,
    /// The movements, in order. Each begins with `[[section.movement]]`.
    #[cfg_attr(feature = "program", schemars(length(min = 1)))]
    #[serde(default)]
    pub movement: Vec<Spanned<MovementFile>>,
}

/// A movement, or sentences that belong together: sentences, then a breath that is repeated, then sentences.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    feature = "program",
    derive(JsonSchema),
    schemars(rename = "Movement", transform = schema::movement)
)]
#[serde(deny_unknown_fields)]
pub(super) struct MovementFile {
    /// Its name, as it is shown: `"Shoulder rolls, back"`.
    #[cfg_attr(
        feature = "program",
        schemars(length(min = 1, max = LONGEST_TITLE))
    )]
    pub title: Option<Spanned<String>>,
    /// Its picture: `"shoulder-rolls-back"`. Left and right are hers. Some are for the chair alone, or for the wall.
    #[cfg_attr(feature = "program", schemars(with = "Option<crate::base::Pose>"))]
    pub pose: Option<Spanned<String>>,
    /// What it is: `"shoulder-roll"`. Each kind has its posture, its most repetitions, and words of care before it:
    /// docs/routines.md has them.
    #[cfg_attr(feature = "program", schemars(with = "Option<super::kind::Kind>"))]
    pub kind: Option<Spanned<String>>,
    /// The shortest session that it belongs to, in minutes: `10`. Without it, it is in every session.
    pub from: Option<Length>,
    /// How often the breath is counted: `3`, or `[2, 3, 4]` for sessions of 5, 10 and 20 minutes.
    pub repeat: Option<Spanned<Repeat>>,
    /// The quiet after the last breath, at the standard pace: `"3s"`. Whatever has a breath needs it.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::Duration>"))]
    pub rest: Option<Spanned<SignedDuration>>,
    /// The id of the line that puts her hands and body in place: after a long pause it is said first. Without it, that
    /// is the first line.
    pub place: Option<Spanned<String>>,
    /// `true`: she sits down with its first word, and the time on her feet ends.
    #[serde(default)]
    pub sits_down: bool,
    /// What is said, in order. Lines with `in` and `out` take turns, and stand together.
    #[cfg_attr(feature = "program", schemars(length(min = 1)))]
    #[serde(default)]
    pub lines: Vec<Spanned<LineFile>>,
}

/// How often a breath is counted.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "program", derive(JsonSchema))]
#[serde(
    untagged,
    expecting = "expected one number, or three for sessions of 5, 10 and 20 minutes"
)]
pub(super) enum Repeat {
    /// Alike in every session.
    Always(
        #[cfg_attr(
            feature = "program",
            schemars(range(min = 1, max = MOST_REPETITIONS))
        )]
        u32,
    ),
    /// In sessions of 5, 10 and 20 minutes.
    ByLength(
        #[cfg_attr(
            feature = "program",
            schemars(inner(range(min = 1, max = MOST_REPETITIONS)))
        )]
        [u32; 3],
    ),
}

impl Repeat {
    pub(super) const fn by_length(self) -> [u32; 3] {
        match self {
            Self::Always(often) => [often; 3],
            Self::ByLength(often) => often,
        }
    }
}

/// One sentence. Exactly one of `say`, `in`, `out`, `ready` and `ask` stands in it.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    feature = "program",
    derive(JsonSchema),
    schemars(rename = "Line", transform = schema::line)
)]
#[serde(deny_unknown_fields)]
pub(super) struct LineFile {
    /// Its name, which no other line of the file has: `"M1.1"`.
    #[cfg_attr(
        feature = "program",
        schemars(length(min = 1, max = LONGEST_TITLE))
    )]
    pub id: Spanned<String>,
    /// A sentence: `"Now the main part."`
    pub say: Option<Spanned<Sentence>>,
    /// The move that goes with the breath in: `"Lift your shoulders up."` Do not write "breathe in": she would hold her
    /// breath until "breathe out" comes.
    #[serde(rename = "in")]
    pub inhale: Option<Spanned<Sentence>>,
    /// The move that goes with the breath out: `"Roll them back and down."`
    #[serde(rename = "out")]
    pub exhale: Option<Spanned<Sentence>>,
    /// One word or two over this half breath, in place of `"In."` or `"Out."`: `"Turn."`
    pub word: Option<Spanned<Sentence>>,
    /// A sentence, then a wait until she presses a key: `"Press any key when you are sitting."`
    pub ready: Option<Spanned<Sentence>>,
    /// A question, then a wait for Enter (yes) or Tab (no): `"Would you like to go on?"`
    pub ask: Option<Spanned<Sentence>>,
    /// What a recording says instead, which has no keys: `"Sit down now, and pause me if you need longer."`
    pub recorded: Option<Spanned<Sentence>>,
    /// The quiet after it, at the standard pace: `"1500ms"`.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::Duration>"))]
    pub rest: Option<Spanned<SignedDuration>>,
    // These two are for what the program says of itself.
    #[cfg_attr(feature = "program", schemars(skip))]
    pub after: Option<Spanned<PauseStep>>,
    #[cfg_attr(feature = "program", schemars(skip))]
    pub moving: Option<Spanned<bool>>,
    /// How long a question waits for a key, before it is asked once more: `"8s"`; 5 seconds at the least, and 10 if
    /// you do not say it.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::Duration>"))]
    pub wait: Option<Spanned<SignedDuration>>,
    /// Where a yes leads: `"go-on"` if you do not say it.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::AfterKey>"))]
    pub yes: Option<Answered>,
    /// Where a no leads: `"end"` if you do not say it.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::AfterKey>"))]
    pub no: Option<Answered>,
    /// Where it leads when no answer comes: `"end"` if you do not say it. It never leads on.
    #[cfg_attr(feature = "program", schemars(with = "Option<schema::AfterSilence>"))]
    pub silence: Option<Answered>,
    /// It is said only to her who sits, or only to her who stands: `"standing"`.
    pub when: Option<Posture>,
    /// It is said only where the safety questions are asked in this form, or only in a recording: `"recording"`.
    pub form: Option<Form>,
    /// It is said in this round only: `1`.
    #[cfg_attr(feature = "program", schemars(range(min = 1, max = MOST_ROUNDS)))]
    pub round: Option<u32>,
    // For the sound check alone.
    #[cfg_attr(feature = "program", schemars(skip))]
    pub side: Option<Spanned<Side>>,
    /// `true`: it is said only where tones pace the breath, and not in her own breath.
    #[serde(default)]
    pub toned: bool,
    /// `true`: it belongs to the question after it, so keys answer from here on.
    #[serde(default)]
    pub leads: bool,
    /// `true`: the chime sounds before it.
    #[serde(default)]
    pub chime: bool,
    /// What it rests on, by the keys of scripts/sources.toml or of your own: `["NHSBOX", "CLINIC"]`; `["house"]` for a
    /// line without health content.
    #[cfg_attr(feature = "program", schemars(length(min = 1)))]
    pub source: Spanned<Vec<Spanned<String>>>,
}

/// The sections that routines share.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "some is written for whoever reads the file")]
pub(super) struct PartsFile {
    pub language: String,
    pub version: u32,
    pub section: Vec<Spanned<SectionFile>>,
}

/// What was answered, said back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnsweredWords {
    pub yes: String,
    pub no: String,
}

/// How the keys are called, so that they can be found by touch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyNames {
    pub pause: String,
    pub stop: String,
    pub yes: String,
    pub no: String,
}

/// Short words over a breath.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    #[serde(rename = "in")]
    pub inhale: String,
    #[serde(rename = "out")]
    pub exhale: String,
    pub last: String,
    pub again: String,
}

/// What comes, in pieces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhatComes {
    /// A routine that is not the program's own.
    pub hers: String,
    pub seated: String,
    pub standing: String,
    pub minutes: String,
}

/// Templates for the time left.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeLeft {
    pub many: String,
    pub one: String,
    pub none: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpokenFile {
    #[serde(default)]
    pub lines: Vec<Spanned<LineFile>>,
    /// Lines of other tables of the file, by their ids, said after its own.
    #[serde(default)]
    pub also: Vec<Spanned<String>>,
}

const fn yes() -> bool {
    true
}
