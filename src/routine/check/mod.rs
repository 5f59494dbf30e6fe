//! From a file as written to a [`Routine`]: every problem is found, none is mended in silence.

mod breath;
mod care;
mod feet;
mod line;
mod read;
mod review;
mod section;
mod spoken;
mod syntax;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::companion::{Companion, PLACEHOLDERS};
use super::cue::{Manner, times_on_feet};
use super::file::{
    LONGEST_TITLE, LineFile, MOST_REPETITIONS, MOST_ROUNDS, MovementFile, PartsFile, RoutineFile,
    SectionFile, Spanned, SpokenFile,
};
use super::forbidden::{Found, forbidden};
use super::kind::Kind;
use super::known::{Known, Why};
use super::model::{
    Answered, Form, KEYS, Line, LineKind, Movement, Question, Routine, Section, Standing,
};
use super::plain::{Sentence, plain};
use super::respelled::Respelled;
use super::review::{Review, standing};
use super::sources::{self, Source};
use super::words::{Word, Words, phrase};
use crate::base::{Problem, Problems, did_you_mean, is_shown};

/// Sections that several routines share, by their names.
pub(super) type Parts = HashMap<String, Section>;

/// Reads a routine from the text of the file at `path`; `parts` are the sections that it may name, and `known` is what
/// the built-in scripts say: without it, the routine is one of them.
pub(super) fn routine(
    path: &str,
    text: &str,
    parts: &Parts,
    known: Option<&Known>,
) -> Result<Routine, Problems> {
    let mut checker = Checker {
        file: text,
        known,
        ..Checker::default()
    };
    let file = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => checker.as_far_as_it_goes(path, &error)?,
    };
    let review = checker.review(&file);
    let mut routine = checker.routine(file, parts);
    checker.declares_new_words();
    if !checker.unread.torn {
        checker.begins_with_care(&routine.sections);
        checker.sits_down(&routine.sections);
        checker.rounds_once(&routine.sections);
        checker.says_its_care(&routine.sections);
        checker.has_places();
        checker.uses_what_it_declares();
    }
    if checker.problems.is_empty() && checker.unread.list.is_empty() {
        checker.stands_briefly(&routine.sections);
    }
    checker.finish(path)?;
    if let Some(known) = known {
        routine.standing = standing(&routine, known, review);
    }
    Ok(routine)
}

/// Reads the sections that routines share.
pub(super) fn parts(path: &str, text: &str) -> Result<Parts, Problems> {
    let file: PartsFile = parse_toml(path, text)?;
    let mut checker = Checker {
        file: text,
        ..Checker::default()
    };
    let mut parts = Parts::new();
    for section in file.section {
        let name = section.get_ref().part.clone();
        let span = section.span();
        let section = checker.section(section);
        match name {
            Some(name) => _ = parts.insert(name.into_inner(), section),
            None => checker.report(
                &span,
                "the section has no name",
                "give it `part = \"name\"`",
            ),
        }
    }
    checker.has_places();
    checker.finish(path)?;
    Ok(parts)
}

/// TOML, or the one problem that it has.
pub(super) fn parse_toml<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Problems> {
    toml::from_str(text).map_err(|error| Problems::new(path, text, vec![whole(&error)]))
}

/// What the TOML crate says of a file.
fn whole(error: &toml::de::Error) -> Problem {
    let at = error.span().unwrap_or(0..0);
    Problem::new(at, error.message(), SOUND)
}

/// Where there is a file as it is to be.
const SOUND: &str = "write it as in a sound file: `softback show gentle --toml` prints one";

/// A name that is not known is compared with so many sources of the file's own: where there are thousands of both, to
/// compare all would take minutes.
const MOST_COMPARED: usize = 200;

/// What the head of a routine declares: a word that no built-in script uses, or a source that Softback's list does not
/// have.
struct Declared {
    at: Range<usize>,
    /// A line uses it.
    used: bool,
}

impl Declared {
    const fn at(at: Range<usize>) -> Self {
        Self { at, used: false }
    }
}

/// Whether `name` was declared; then it is used, too.
fn uses(declared: &mut BTreeMap<String, Declared>, name: &str) -> bool {
    let named = declared.get_mut(name);
    named.map(|it| it.used = true).is_some()
}

/// Gathers problems while it converts.
#[derive(Default)]
pub(super) struct Checker<'a> {
    /// The text of the file.
    file: &'a str,
    problems: Vec<Problem>,
    /// The program's own questions may lead to what a routine must not use.
    own_questions: bool,
    /// What the built-in scripts say; what they say themselves is not held against it.
    known: Option<&'a Known>,
    /// The head of the file repeats these words, here in plain letters.
    new_words: BTreeMap<String, Declared>,
    /// And should repeat these, each with the place of its first use.
    undeclared: HashMap<String, Range<usize>>,
    /// How they are said.
    respelled: Respelled,
    /// The file describes these, by their keys.
    sources: BTreeMap<String, Declared>,
    /// What the program's own texts say so far.
    said: Vec<Line>,
    ids: HashSet<Arc<str>>,
    places: Vec<Spanned<String>>,
    /// What could not be read of the file.
    unread: syntax::Problems,
}

impl<'a> Checker<'a> {
    /// For the file with this text, which holds what the program says of itself.
    pub(super) fn of_the_program(file: &'a str) -> Self {
        Self {
            file,
            own_questions: true,
            ..Self::default()
        }
    }

    /// The routine without what cannot be read, each with its problem.
    fn as_far_as_it_goes(
        &mut self,
        path: &str,
        error: &toml::de::Error,
    ) -> Result<RoutineFile, Problems> {
        let read::Read { file, problems } = read::read(self.file);
        self.unread = problems;
        // Whatever happens, a file that is none has a problem.
        if self.unread.list.is_empty() {
            self.unread.list.push(whole(error));
        }
        file.ok_or_else(|| Problems::new(path, self.file, std::mem::take(&mut self.unread.list)))
    }

    fn report(&mut self, at: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let problem = Problem::new(at.clone(), message, help);
        self.problems.push(problem);
    }

    /// A rule: what is `broken` is a problem.
    fn refuse(
        &mut self,
        broken: bool,
        at: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if broken {
            self.report(at, message, help);
        }
    }

    /// The same, of what is missing: where not all could be read, it may have been there.
    fn misses(
        &mut self,
        missing: bool,
        at: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.refuse(missing && !self.unread.torn, at, message, help);
    }

    /// A title or a name: something that can be shown, and is short enough for it.
    fn showable(&mut self, at: &Range<usize>, text: &str, what: &str) {
        self.refuse(
            text.trim().is_empty(),
            at,
            format!("{what} is empty"),
            "give it a few words",
        );
        self.refuse(
            text.chars().count() > LONGEST_TITLE,
            at,
            format!("{what} is longer than {LONGEST_TITLE} letters"),
            "say it shorter",
        );
        self.shown(at, text, what);
    }

    /// Nothing in it that cannot be shown.
    fn shown(&mut self, at: &Range<usize>, text: &str, what: &str) {
        if let Some(letter) = text.chars().find(|letter| !is_shown(*letter)) {
            let code = u32::from(letter);
            self.report(
                at,
                format!("{what} holds a character that cannot be shown: U+{code:04X}"),
                "write it in plain letters, on one line",
            );
        }
    }

    /// A title is shown, and read out by a screen reader: it says nothing that may not be spoken.
    fn title(&mut self, title: &Spanned<String>) {
        self.showable(&title.span(), title.get_ref(), "the title");
        let plain = plain(title.get_ref());
        let found = forbidden(&[&plain], |_| self.known.is_none());
        for Found { rule, range, .. } in found {
            self.report(
                &title.span(),
                format!("\"{}\" may not be shown: {}", &plain[range], rule.reason),
                rule.instead.clone(),
            );
        }
    }

    /// Each `place` names a line, once all lines are known.
    fn has_places(&mut self) {
        for place in std::mem::take(&mut self.places) {
            self.refuse(
                !self.ids.contains(place.get_ref().as_str()),
                &place.span(),
                format!("there is no line with the id \"{}\"", place.get_ref()),
                "`place` names the line that puts her hands and body in place",
            );
        }
    }

    /// The words that the head of the file allows.
    fn allow(&mut self, words: &[Spanned<String>]) {
        for word in words {
            let name = phrase(&Words::read(&plain(word.get_ref())).list);
            self.refuse(
                self.new_words.contains_key(&name),
                &word.span(),
                format!("\"{name}\" stands in new_words twice"),
                "take one of them out",
            );
            self.new_words
                .entry(name)
                .or_insert(Declared::at(word.span()));
        }
    }

    /// How words of its own are said. Softback's are said as it has them.
    fn respell(&mut self, words: &BTreeMap<Spanned<String>, Spanned<String>>) {
        let mut respelled = Vec::new();
        for (written, heard) in words {
            let word = phrase(&Words::read(&plain(written.get_ref())).list);
            let new = self.new_words.contains_key(&word);
            let own = self.known.is_none_or(|known| known.uses(&word));
            self.refuse(
                !new || own,
                &written.span(),
                format!("\"{word}\" is no word of this routine's own"),
                "respell only what stands in new_words, and what no built-in routine uses",
            );
            let heard_as = plain(heard.get_ref());
            let plain_letter = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            let sound = heard_as.chars().all(plain_letter)
                && heard_as.starts_with(char::is_alphabetic)
                && heard_as.ends_with(char::is_alphabetic);
            self.refuse(
                !sound || heard_as.len() > LONGEST_TITLE,
                &heard.span(),
                "this is no respelling",
                "write how it sounds in small letters, with hyphens between syllables, such as \"reh-boh-zoh\"",
            );
            respelled.push((word, heard_as));
        }
        self.respelled = respelled.into_iter().collect();
    }

    /// The sources that the file describes.
    fn describe(&mut self, own: &BTreeMap<Spanned<String>, Source>) {
        for (key, source) in own {
            let at = key.span();
            self.showable(&at, key.get_ref(), "the source");
            self.shown(&at, &source.title, "the source's title");
            self.shown(&at, &source.place, "where the source was read");
            self.refuse(
                sources::keys().any(|known| known == key.get_ref()),
                &at,
                format!("\"{}\" is a source of Softback's own", key.get_ref()),
                "give yours another name: what a line rests on must be plain",
            );
            self.sources.insert(key.get_ref().clone(), Declared::at(at));
        }
    }

    /// A source that there is: one of Softback's list, or one that the file describes.
    fn source(&mut self, source: &Spanned<String>) {
        let key = source.get_ref();
        if uses(&mut self.sources, key) || sources::keys().any(|known| known == key) {
            return;
        }
        let own = self.sources.keys().take(MOST_COMPARED).map(String::as_str);
        let known: Vec<&str> = own.chain(sources::keys()).collect();
        let meant = did_you_mean(key, &known);
        self.report(
            &source.span(),
            format!("there is no source called \"{key}\"{meant}"),
            "name one of scripts/sources.toml, or describe it at [sources.NAME] in this file; \"house\" is for a line \
             without health content, \"knowledge\" for what is commonly taught",
        );
    }

    /// Every new word is a decision, and the head of the file says so.
    fn declares_new_words(&mut self) {
        let mut undeclared: Vec<_> = std::mem::take(&mut self.undeclared).into_iter().collect();
        undeclared.sort_by_key(|(_, at)| at.start);
        let words = undeclared.iter().map(|(word, _)| format!("\"{word}\""));
        let words = words.collect::<Vec<_>>().join(", ");
        // The first one tells how all of them are declared at once.
        let mut help = format!(
            "check that its sentence is safe, so that each new word is a decision. Once all are: new_words = [{words}] at \
             the top"
        );
        for (word, at) in undeclared {
            let message = format!("\"{word}\" is a word that no built-in routine uses");
            let next = "check that its sentence is safe, then add it to new_words";
            self.report(&at, message, std::mem::replace(&mut help, next.to_owned()));
        }
    }

    /// Each word that the head of the file allows is used, and is new; each source that it describes is named.
    fn uses_what_it_declares(&mut self) {
        for (name, Declared { at, used }) in std::mem::take(&mut self.new_words) {
            self.refuse(
                !used,
                &at,
                format!("\"{name}\" stands in new_words without need"),
                "take it out: no sentence uses it, or a built-in routine does, too",
            );
        }
        for (name, Declared { at, used }) in std::mem::take(&mut self.sources) {
            self.refuse(
                !used,
                &at,
                format!("no line names the source \"{name}\""),
                "name it in the `source` of a line, or take it out",
            );
        }
    }

    /// What was found, once everything was looked at.
    pub(super) fn finish(self, path: &str) -> Result<(), Problems> {
        let mut unread = self.unread;
        let found = self.problems.into_iter();
        let found: Vec<_> = found
            .filter(|problem| !unread.follows(problem.span.start))
            .collect();
        unread.list.extend(found);
        if unread.list.is_empty() {
            Ok(())
        } else {
            Err(Problems::new(path, self.file, unread.list))
        }
    }

    /// The lines of one of the program's texts, and those of the texts before it that it says `also`.
    pub(super) fn spoken(&mut self, file: SpokenFile) -> Vec<Line> {
        let lines = file.lines.into_iter();
        let mut lines: Vec<_> = lines.map(|line| self.line(line)).collect();
        for id in file.also {
            match self.said.iter().find(|line| *line.id == **id.get_ref()) {
                Some(line) => lines.push(line.clone()),
                None => self.report(
                    &id.span(),
                    format!("there is no line with the id \"{}\"", id.get_ref()),
                    "`also` names lines of tables that stand before this one in this file",
                ),
            }
        }
        self.said.extend_from_slice(&lines);
        lines
    }
}

#[cfg(test)]
mod tests;
