//! Where the sentences come from: what the keys in the scripts stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::model::Routine;

const SOURCES: &str = include_str!("../../scripts/sources.toml");

/// The list of sources.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    sources: BTreeMap<String, SourceFile>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    title: String,
    year: Option<u16>,
    #[serde(rename = "where")]
    place: String,
}

/// One source. Its `Display` is the key, what it is, and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    key: String,
    words: String,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.words)
    }
}

/// The sources of a routine's sentences, by their keys. Of a key that the list does not know, it says so.
pub(crate) fn sources_of(routine: &Routine) -> Vec<Source> {
    // A test reads the list; without it, every key is unknown.
    let known = toml::from_str::<SourcesFile>(SOURCES).map(|file| file.sources);
    let known = known.unwrap_or_default();
    let keys: BTreeSet<_> = routine.lines().flat_map(|line| &line.source).collect();
    let source = |key: &String| Source {
        key: key.clone(),
        words: known.get(key).map_or_else(
            || "not in the list of sources".into(),
            |source| {
                let year = source
                    .year
                    .map_or_else(String::new, |year| format!(" ({year})"));
                format!("{}{year}; {}", source.title, source.place)
            },
        ),
    };
    keys.into_iter().map(source).collect()
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
                assert!(!source.words.starts_with("not in"), "{source}");
            }
        }
    }
}
