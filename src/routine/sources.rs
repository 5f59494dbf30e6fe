//! Where the sentences come from: what the keys in the scripts stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::model::{Line, Routine};

/// The list of sources.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    sources: BTreeMap<String, Source>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    title: String,
    year: Option<u16>,
    kind: Kind,
    read: Option<Reading>,
    #[serde(rename = "where")]
    place: String,
}

/// What a source is, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[strum(to_string = "guideline")]
    Guideline,
    #[strum(to_string = "study or review")]
    Study,
    #[strum(to_string = "patient leaflet")]
    Leaflet,
    #[strum(to_string = "other page")]
    Page,
    #[strum(to_string = "house rule, or nothing that was read")]
    House,
    /// A routine of one's own may name what it likes.
    #[serde(skip)]
    #[strum(to_string = "not in the list of sources")]
    Unknown,
}

/// How much of a source's text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reading {
    #[strum(to_string = "read whole")]
    Whole,
    #[strum(to_string = "read in part")]
    InPart,
    #[strum(to_string = "second-hand")]
    SecondHand,
}

/// What a sentence rests on; the least is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ground {
    kind: Kind,
    read: Option<Reading>,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        self.read.map_or(Ok(()), |read| write!(f, ", {read}"))
    }
}

static KNOWN: LazyLock<BTreeMap<String, Source>> = LazyLock::new(|| {
    let file: Result<SourcesFile, _> = toml::from_str(include_str!("../../scripts/sources.toml"));
    // Never met at run time: a test reads it.
    file.expect("the list is tested").sources
});

fn ground(key: &str) -> Ground {
    let known = KNOWN.get(key);
    let (kind, read) = known.map_or((Kind::Unknown, None), |source| (source.kind, source.read));
    Ground { kind, read }
}

/// What the keys of the routine's sources stand for, each once, in the order of the keys.
pub(crate) fn sources_of(routine: &Routine) -> Vec<String> {
    let keys: BTreeSet<_> = routine.lines().flat_map(|line| &line.source).collect();
    keys.into_iter().map(|key| told(key)).collect()
}

fn told(key: &str) -> String {
    let ground = ground(key);
    let Some(Source {
        title, year, place, ..
    }) = KNOWN.get(key)
    else {
        return format!("{key}: {ground}");
    };
    let year = year.map_or_else(String::new, |year| format!(" ({year})"));
    format!("{key}: {title}{year}; {ground}; {place}")
}

/// How many lines rest on each ground, the strongest first. A line counts once, by its strongest source.
pub(crate) fn grounds_of(routine: &Routine) -> BTreeMap<Ground, usize> {
    let mut counts = BTreeMap::new();
    for ground in routine.lines().filter_map(strongest) {
        *counts.entry(ground).or_default() += 1;
    }
    counts
}

/// None only for a line without a source, and there is no such line.
fn strongest(line: &Line) -> Option<Ground> {
    line.source.iter().map(|key| ground(key)).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::{built_in, built_in_names};

    #[test]
    fn every_key_of_the_built_in_routines_is_known() {
        for name in built_in_names() {
            let routine = built_in(name).expect("built in");
            let sources = sources_of(&routine);
            assert!(sources.len() > 5);
            for source in sources {
                assert!(!source.contains(&Kind::Unknown.to_string()), "{source}");
            }
            let counts = grounds_of(&routine);
            assert_eq!(counts.values().sum::<usize>(), routine.lines().count());
        }
    }

    #[test]
    fn every_source_says_how_much_was_read_unless_there_was_nothing_to_read() {
        for (key, source) in &*KNOWN {
            assert_eq!(source.read.is_none(), source.kind == Kind::House, "{key}");
        }
    }

    #[test]
    fn an_unknown_kind_or_reading_is_an_error() {
        let read = |kind: &str, read: &str| {
            toml::from_str::<SourcesFile>(&format!(
                "[sources.X]\ntitle = \"a\"\nkind = \"{kind}\"\nread = \"{read}\"\nwhere = \"b\"\n"
            ))
        };
        assert!(read("leaflet", "in-part").is_ok());
        for (kind, reading) in [
            ("rumour", "in-part"),
            ("unknown", "whole"),
            ("leaflet", "half"),
        ] {
            let error = read(kind, reading).unwrap_err().to_string();
            assert!(error.contains("expected one of"), "{error}");
        }
    }

    #[test]
    fn the_strongest_source_is_of_the_strongest_kind_and_then_the_one_read_most() {
        let keys = [
            "nowhere", "house", "TIM", "article", "TOM", "CUH", "VD14", "GAQP", "CSEP19",
        ];
        let grounds = keys.map(ground);
        assert!(grounds.is_sorted_by(|weak, strong| strong < weak));
        assert_eq!(ground("CUH").to_string(), "patient leaflet, read in part");
        assert_eq!(told("nowhere"), "nowhere: not in the list of sources");
    }
}
