//! Where the sentences come from: what the keys in the scripts stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

/// The list of sources.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    sources: BTreeMap<String, Source>,
}

// The comments here are for authors, too: the schema of the format shows them.
/// One source, of Softback's list or of a routine.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "program", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    /// What it is called: `"Leaflet on the upper back in pregnancy, our clinic"`.
    pub(super) title: String,
    /// When it was published: `2026`.
    year: Option<u16>,
    /// What it is: `"leaflet"`.
    kind: Kind,
    /// How much of it you have read: `"whole"`. A house rule alone does without.
    read: Option<Reading>,
    /// Where it can be found: an address, or `"handed out at the first visit"`.
    #[serde(rename = "where")]
    pub(super) place: String,
}

/// What a source is, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, Deserialize)]
#[cfg_attr(
    feature = "program",
    derive(schemars::JsonSchema),
    schemars(rename = "SourceKind")
)]
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
}

/// How much of a source's text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, Deserialize)]
#[cfg_attr(feature = "program", derive(schemars::JsonSchema))]
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

/// The keys of Softback's list.
pub(super) fn keys<'a>() -> impl Iterator<Item = &'a str> {
    KNOWN.keys().map(|key| &**key)
}

impl Source {
    const fn ground(&self) -> Ground {
        Ground {
            kind: self.kind,
            read: self.read,
        }
    }

    fn told(&self, key: &str) -> String {
        let Self { title, place, .. } = self;
        let year = self
            .year
            .map_or_else(String::new, |year| format!(" ({year})"));
        format!("{key}: {title}{year}; {}; {place}", self.ground())
    }
}

/// Sources of a routine's own, by their keys.
pub(super) type Own = BTreeMap<String, Source>;

/// None only for a key that there is not, and no line has such a one.
fn source<'a>(own: &'a Own, key: &str) -> Option<&'a Source> {
    own.get(key).or_else(|| KNOWN.get(key))
}

/// What the keys stand for, each once, in their order.
pub(super) fn told<'a>(own: &Own, keys: impl Iterator<Item = &'a String>) -> Vec<String> {
    let keys: BTreeSet<_> = keys.collect();
    let told = |key: &String| Some(source(own, key)?.told(key));
    keys.into_iter().filter_map(told).collect()
}

/// How many lines, each given by its keys, rest on each ground, the strongest first. A line counts once, by its
/// strongest source.
pub(super) fn grounds<'a>(
    own: &Own,
    lines: impl Iterator<Item = &'a Vec<String>>,
) -> BTreeMap<Ground, usize> {
    let mut counts = BTreeMap::new();
    for keys in lines {
        let sources = keys.iter().filter_map(|key| source(own, key));
        if let Some(strongest) = sources.map(Source::ground).min() {
            *counts.entry(strongest).or_default() += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::{Routine, built_in, built_in_names};

    #[test]
    fn every_line_of_the_built_in_routines_is_counted() {
        for name in built_in_names() {
            let routine = built_in(name).expect("built in");
            let sources = routine.told_sources();
            assert!(sources.len() > 5);
            let counts = routine.grounds();
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
        for (kind, reading) in [("rumour", "in-part"), ("leaflet", "half")] {
            let error = read(kind, reading).unwrap_err().to_string();
            assert!(error.contains("expected one of"), "{error}");
        }
    }

    #[test]
    fn the_strongest_source_is_of_the_strongest_kind_and_then_the_one_read_most() {
        let keys = [
            "house", "TIM", "article", "TOM", "CUH", "VD14", "GAQP", "CSEP19",
        ];
        let grounds = keys.map(|key| KNOWN[key].ground());
        assert!(grounds.is_sorted_by(|weak, strong| strong < weak));
        let of_cuh = KNOWN["CUH"].ground().to_string();
        assert_eq!(of_cuh, "patient leaflet, read in part");
    }

    #[test]
    fn a_source_of_its_own_is_told_like_those_of_the_list() {
        let text = "title = \"T\"\nlanguage = \"en\"\nversion = 1\n\
                    [sources.CLINIC]\ntitle = \"What our clinic teaches\"\nyear = 2026\nkind = \"leaflet\"\n\
                    read = \"whole\"\nwhere = \"the waiting room\"\n\
                    [[section]]\ntitle = \"S\"\n[[section.movement]]\n\
                    lines = [{ id = \"1\", say = \"Sit tall.\", source = [\"house\", \"CLINIC\"] }]\n";
        let routine = Routine::parse("hers.toml", text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let told =
            "CLINIC: What our clinic teaches (2026); patient leaflet, read whole; the waiting room";
        assert_eq!(routine.told_sources()[0], told);
        let grounds: Vec<_> = routine.grounds().into_iter().collect();
        let strongest = KNOWN["CUH"].kind;
        assert_eq!(
            (grounds.len(), grounds[0].0.kind, grounds[0].1),
            (1, strongest, 1)
        );
    }
}
