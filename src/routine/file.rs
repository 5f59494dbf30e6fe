//! The shape of a routine file, as it is written: TOML with the place of everything, nothing judged yet.

use jiff::SignedDuration;
use serde::Deserialize;
use toml::Spanned;

use super::model::{Answered, Posture, SpeechRate};
use crate::pace::Pace;

/// A routine file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoutineFile {
    pub title: Spanned<String>,
    pub language: Spanned<String>,
    pub version: u32,
    #[serde(default)]
    pub section: Vec<Spanned<SectionFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionFile {
    pub title: Spanned<String>,
    #[serde(default)]
    pub opening: bool,
    #[serde(default = "yes")]
    pub skip: bool,
    #[serde(default)]
    pub speech: SpeechRate,
    pub no_faster_than: Option<Pace>,
    pub posture: Option<Posture>,
    #[serde(default)]
    pub movement: Vec<Spanned<MovementFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MovementFile {
    pub title: Option<String>,
    pub repeat: Option<Spanned<u32>>,
    pub rest: Option<Spanned<SignedDuration>>,
    pub place: Option<Spanned<String>>,
    pub lines: Vec<Spanned<LineFile>>,
}

/// One line. Exactly one of `say`, `in`, `out`, `ready` and `ask` is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineFile {
    pub id: Spanned<String>,
    pub say: Option<Spanned<String>>,
    #[serde(rename = "in")]
    pub inhale: Option<Spanned<String>>,
    #[serde(rename = "out")]
    pub exhale: Option<Spanned<String>>,
    pub ready: Option<Spanned<String>>,
    pub ask: Option<Spanned<String>>,
    pub rest: Option<Spanned<SignedDuration>>,
    pub after: Option<Spanned<SignedDuration>>,
    pub wait: Option<Spanned<SignedDuration>>,
    pub yes: Option<Answered>,
    pub no: Option<Answered>,
    pub silence: Option<Answered>,
    pub when: Option<Posture>,
    #[serde(default)]
    pub chime: bool,
    pub source: Spanned<Vec<String>>,
}

/// The companion's file: what the program says of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompanionFile {
    #[expect(dead_code, reason = "written for whoever reads the file")]
    pub language: String,
    #[expect(dead_code, reason = "written for whoever reads the file")]
    pub version: u32,
    pub keys: KeyNames,
    pub words: Words,
    pub time_left: TimeLeft,
    pub rehearsal: SpokenFile,
    pub paused: SpokenFile,
    pub resumed: SpokenFile,
    pub resumed_move: SpokenFile,
    pub stopped: SpokenFile,
    pub ended: SpokenFile,
    pub slower: SpokenFile,
    pub faster: SpokenFile,
    pub help: SpokenFile,
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
    pub lines: Vec<Spanned<LineFile>>,
}

const fn yes() -> bool {
    true
}
