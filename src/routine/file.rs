//! The shape of a routine file, as it is written: TOML with the place of everything, nothing judged yet.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::model::{Answered, Form, SpeechRate};
use super::plain::Sentence;
use super::sources::Source;
use crate::base::{Length, Pace, PauseStep, Posture, Side};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoutineFile {
    pub title: Spanned<String>,
    pub language: Spanned<String>,
    #[expect(dead_code, reason = "written for whoever reads the file")]
    pub version: u32,
    /// Words that no built-in script uses, each of them a decision.
    #[serde(default)]
    pub new_words: Vec<Spanned<String>>,
    /// Who has reviewed its words, when, and the mark of each line of theirs: `softback check --sign` writes all three.
    pub reviewed_by: Option<Spanned<String>>,
    pub reviewed_on: Option<Spanned<Datetime>>,
    pub reviewed: Option<Vec<String>>,
    /// Sources of its own, by their keys.
    #[serde(default)]
    pub sources: BTreeMap<Spanned<String>, Source>,
    #[serde(default)]
    pub section: Vec<Spanned<SectionFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionFile {
    /// In `parts.toml` the name of a section that routines share; in a routine, which one is said here.
    pub part: Option<Spanned<String>>,
    pub title: Option<Spanned<String>>,
    #[serde(default)]
    pub opening: bool,
    #[serde(default = "yes")]
    pub skip: bool,
    #[serde(default)]
    pub speech: SpeechRate,
    #[serde(default)]
    pub warm_up: bool,
    #[serde(default)]
    pub on_feet: bool,
    pub rounds: Option<Spanned<u32>>,
    pub no_faster_than: Option<Pace>,
    pub posture: Option<Posture>,
    #[serde(default)]
    pub movement: Vec<Spanned<MovementFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MovementFile {
    pub title: Option<Spanned<String>>,
    pub pose: Option<Spanned<String>>,
    pub kind: Option<Spanned<String>>,
    /// The shortest session that it belongs to.
    pub from: Option<Length>,
    pub repeat: Option<Spanned<Repeat>>,
    pub rest: Option<Spanned<SignedDuration>>,
    pub place: Option<Spanned<String>>,
    #[serde(default)]
    pub sits_down: bool,
    pub lines: Vec<Spanned<LineFile>>,
}

/// How often a breath is counted: alike in every session, or in those of 5, 10 and 20 minutes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Repeat {
    Always(u32),
    ByLength([u32; 3]),
}

impl Repeat {
    pub(super) const fn by_length(self) -> [u32; 3] {
        match self {
            Self::Always(often) => [often; 3],
            Self::ByLength(often) => often,
        }
    }
}

/// One line. Exactly one of `say`, `in`, `out`, `ready` and `ask` is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineFile {
    pub id: Spanned<String>,
    pub say: Option<Spanned<Sentence>>,
    #[serde(rename = "in")]
    pub inhale: Option<Spanned<Sentence>>,
    #[serde(rename = "out")]
    pub exhale: Option<Spanned<Sentence>>,
    pub word: Option<Spanned<Sentence>>,
    pub ready: Option<Spanned<Sentence>>,
    pub ask: Option<Spanned<Sentence>>,
    pub recorded: Option<Spanned<Sentence>>,
    pub rest: Option<Spanned<SignedDuration>>,
    pub after: Option<Spanned<PauseStep>>,
    pub moving: Option<Spanned<bool>>,
    pub wait: Option<Spanned<SignedDuration>>,
    pub yes: Option<Answered>,
    pub no: Option<Answered>,
    pub silence: Option<Answered>,
    pub when: Option<Posture>,
    pub form: Option<Form>,
    pub round: Option<u32>,
    pub side: Option<Spanned<Side>>,
    #[serde(default)]
    pub toned: bool,
    #[serde(default)]
    pub leads: bool,
    #[serde(default)]
    pub chime: bool,
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
