//! Where the sentences come from: what the keys in the scripts stand for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::model::Routine;

const SOURCES: &str = include_str!("../../scripts/sources.toml");
const UNKNOWN: &str = "not in the list of sources";

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

/// What the keys of the routine's sources stand for, each once, in the order of the keys.
pub(crate) fn sources_of(routine: &Routine) -> Vec<String> {
    // A test reads the list; without it, every key is unknown.
    let known = toml::from_str::<SourcesFile>(SOURCES).map(|file| file.sources);
    let known = known.unwrap_or_default();
    let keys: BTreeSet<_> = routine.lines().flat_map(|line| &line.source).collect();
    let told = |key: &String| match known.get(key) {
        None => format!("{key}: {UNKNOWN}"),
        Some(SourceFile { title, year, place }) => {
            let year = year.map_or_else(String::new, |year| format!(" ({year})"));
            format!("{key}: {title}{year}; {place}")
        }
    };
    keys.into_iter().map(told).collect()
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
                assert!(!source.ends_with(UNKNOWN), "{source}");
            }
        }
    }
}
