//! The routines inside the program, and what the program says of itself.

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use serde::de::DeserializeOwned;

use super::check::{self, Checker, Parts, parse_toml};
use super::companion::{
    Companion, CompanionFile, Hands, ScreeningFile, ScreeningText, Touch, TouchFile,
};
use super::model::{Line, Routine, Section};
use super::{file::SpokenFile, known::Known};
use crate::base::{Problems, Remedy, did_you_mean};

/// The path of a file among the scripts, and its text.
macro_rules! script {
    ($name:literal) => {{
        const PATH: &str = concat!("scripts/en/", $name, ".toml");
        (
            PATH,
            include_str!(concat!("../../scripts/en/", $name, ".toml")),
        )
    }};
}

/// Name and file of each routine inside the program; the first one is the default.
const BUILT_IN: [(&str, (&str, &str)); 3] = [
    ("upper-back", script!("upper-back")),
    ("gentle", script!("gentle")),
    (REST, script!("rest")),
];

/// The routine without movement.
const REST: &str = "rest";

/// There is no routine of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no routine called \"{name}\"{suggestion}")]
pub struct UnknownRoutine {
    name: String,
    suggestion: String,
}

impl UnknownRoutine {
    /// None of the `known` ones has this name.
    pub(crate) fn among(name: &str, known: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            suggestion: did_you_mean(name, known),
        }
    }
}

impl Remedy for UnknownRoutine {
    fn remedy(&self) -> Option<String> {
        Some(
            "`softback list` shows them; a file of your own needs a name that ends in .toml".into(),
        )
    }
}

/// The names of the routines inside the program.
pub(crate) fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The file of a routine inside the program, as it is written.
#[cfg(feature = "program")]
pub(crate) fn built_in_text(name: &str) -> Option<&'static str> {
    let mut files = BUILT_IN.iter();
    let (_, (_, text)) = files.find(|(known, _)| *known == name)?;
    Some(text)
}

/// The sections that routines share.
static SHARED: LazyLock<Parts> = LazyLock::new(|| {
    // A test parses them, so that this can never be met by her.
    let (path, text) = script!("parts");
    check::parts(path, text).expect("the parts are tested")
});

impl Known {
    /// What the scripts inside the program say.
    pub(super) fn built_in() -> &'static Self {
        static READ: LazyLock<Known> = LazyLock::new(|| {
            // Its own names are known.
            let routines = built_in_names().map(|name| built_in(name).expect("built in"));
            let routines: Vec<_> = routines.collect();
            let rest = built_in(REST).expect("built in");
            let (screening, companion) = (ScreeningText::built_in(), Companion::built_in());
            let lines = routines.iter().flat_map(Routine::lines);
            let lines = lines.chain(screening.lines()).chain(companion.lines());
            let lines = lines.chain(Touch::built_in().lines());
            let sections = routines.iter().flat_map(Routine::sections);
            let movements = sections.flat_map(|section| &section.movements);
            Known::of(lines, movements, rest.lines())
        });
        &READ
    }
}

impl Routine {
    /// Reads a routine from the text of the file at `path`.
    ///
    /// # Errors
    /// All problems of the file together, each at its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        check::routine(path, text, &SHARED, Some(Known::built_in()))
    }

    /// The lines that a recording of it would have to leave out, and that would be missed: each with its id.
    pub(crate) fn missed_in_a_recording(&self) -> Vec<String> {
        let missed = self.lines().filter(|line| line.is_missed_in_a_recording());
        missed
            .map(|line| format!("{}: {}", line.id, line.text))
            .collect()
    }

    /// The words of it that no built-in script uses, and that it does not respell.
    pub(crate) fn new_words(&self) -> BTreeSet<String> {
        let texts = self.lines().flat_map(|line| {
            let texts = [Some(&line.text), line.recorded.as_ref(), line.word.as_ref()];
            texts.into_iter().flatten()
        });
        let words = texts.flat_map(|text| Known::built_in().undecided(text));
        let new = words.filter(|(word, _)| !self.words.has(&word.text));
        new.map(|(word, _)| word.text).collect()
    }

    /// Whether it holds no movement: every line of it stands in the built-in routine "rest", word for word, as the same
    /// kind of line and in the same order, and no part of it is done standing or once more. Such a routine alone is
    /// played without the screening, the limits and the lock; what a file says of itself counts for nothing.
    pub fn only_rests(&self) -> bool {
        let still = |section: &Section| !section.on_feet && section.rounds == 1;
        self.sections.iter().all(still) && Known::built_in().only_rests(self.lines())
    }
}

/// The JSON Schema of a routine file.
#[cfg(feature = "program")]
pub(crate) fn file_schema() -> schemars::Schema {
    let mut schema = super::schema::of::<super::file::RoutineFile>();
    let mut parts: Vec<_> = SHARED.keys().collect();
    parts.sort_unstable();
    // A test looks for it.
    if let Some(part) = schema.pointer_mut("/definitions/Section/properties/part") {
        part["enum"] = parts.into_iter().cloned().collect();
    }
    schema
}

/// A routine inside the program.
pub fn built_in(name: &str) -> Result<Routine, UnknownRoutine> {
    static READ: [OnceLock<Routine>; BUILT_IN.len()] = [const { OnceLock::new() }; BUILT_IN.len()];
    let mut routines = BUILT_IN.iter().zip(&READ);
    match routines.find(|((known, _), _)| *known == name) {
        // A test parses every one of them, so that this can never be met by her.
        Some(((_, (path, text)), read)) => {
            let parsed = || check::routine(path, text, &SHARED, None);
            let read = read.get_or_init(|| parsed().expect("built-in routines are tested"));
            Ok(read.clone())
        }
        None => Err(UnknownRoutine::among(
            name,
            &built_in_names().collect::<Vec<_>>(),
        )),
    }
}

/// Every sentence inside the program, with the names of the keys and the number not yet filled in.
#[cfg(test)]
pub(crate) fn own_sentences() -> impl Iterator<Item = &'static str> {
    Known::built_in().sentences()
}

impl ScreeningText {
    /// What is asked before any movement.
    pub(crate) fn built_in() -> Self {
        static READ: LazyLock<ScreeningText> = LazyLock::new(|| {
            own(script!("screening"), |file: ScreeningFile, lines| {
                file.spoken(lines)
            })
        });
        READ.clone()
    }
}

impl Companion {
    /// What the program says of itself.
    pub fn built_in() -> Self {
        static READ: LazyLock<Companion> = LazyLock::new(|| {
            own(script!("companion"), |file: CompanionFile, lines| {
                file.spoken(lines)
            })
        });
        READ.clone()
    }
}

impl Touch {
    /// How it is said where she touches a screen.
    fn built_in() -> &'static Self {
        static READ: LazyLock<Touch> = LazyLock::new(|| {
            own(script!("touch"), |file: TouchFile, lines| {
                file.spoken(lines)
            })
        });
        &READ
    }
}

impl Companion {
    /// The same, of what she presses.
    #[must_use]
    pub(crate) fn of_hands(self, hands: Hands) -> Self {
        if hands == Hands::Keys {
            return self;
        }
        let routines = built_in_names().map(|name| built_in(name).expect("built in"));
        let routines: Vec<_> = routines.collect();
        let (screening, companion) = (ScreeningText::built_in(), Self::built_in());
        let lines = routines.iter().flat_map(Routine::lines);
        let lines = lines.chain(screening.lines()).chain(companion.lines());
        self.by_touch(Touch::built_in(), lines)
    }
}

/// What checks the lines of one text of the program's own.
type Lines<'a> = &'a mut dyn FnMut(SpokenFile) -> Vec<Line>;

/// The program's own texts of one file.
fn own<F: DeserializeOwned, T>((path, text): (&str, &str), spoken: fn(F, Lines<'_>) -> T) -> T {
    let read = || -> Result<T, Problems> {
        let mut checker = Checker::of_the_program(text);
        let texts = spoken(parse_toml(path, text)?, &mut |file| checker.spoken(file));
        checker.finish(path)?;
        Ok(texts)
    };
    // A test parses each of them, so that this can never be met by her.
    read().expect("the texts are tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_inside_the_program_is_sound() {
        for name in built_in_names() {
            // It panics with every problem of the file.
            let routine = built_in(name).expect("its own name");
            assert!(routine.lines().count() > 0, "{name} says something");
        }
        let screening = ScreeningText::built_in();
        assert_eq!((screening.questions.len(), screening.day.len()), (10, 3));
        assert!(!Companion::built_in().paused.is_empty());
    }

    #[test]
    fn a_name_that_is_nearly_right_is_suggested() {
        let error = built_in("uper-back").map(|_| ()).unwrap_err();
        assert!(
            error.to_string().contains("did you mean \"upper-back\"?"),
            "{error}"
        );
        let error = built_in("knees").map(|_| ()).unwrap_err();
        assert!(!error.to_string().contains("did you mean"), "{error}");
    }
}
