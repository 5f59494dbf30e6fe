//! A file that cannot be read as a whole, read as far as it goes: each mistake is a problem of its own, and is mended in
//! memory alone, so that it hides no other and leads to none.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeArray, DeTable, DeValue, Error, ValueDeserializer};

use super::syntax::{Problems, without_lone_keys};
use super::{MovementFile, RoutineFile, SOUND, SectionFile, Spanned};
use crate::base::nearest;

type Value<'a> = toml::Spanned<DeValue<'a>>;

/// How a key is written, and what it is for.
const EXAMPLES: &str = r#"reviewed_by = "Jo, midwife" # who has reviewed it
reviewed_on = 2026-11-29 # the day on which it was reviewed
reviewed = [] # the marks that `softback check --sign --by NAME` writes
title = "Evening" # what is shown of it
language = "en" # the language that is spoken
version = 1 # the number of your version, for whoever reads the file
id = "M1.1" # what the line is called, in messages and marks
source = ["house"] # what the line rests on; "house" for one without health content
kind = "page" # what the source is: guideline, study, leaflet, page or house
where = "handed out at the first visit" # where the source was read
part = "sitting" # a section of Softback's own
say = "Rest your hands." # a sentence
in = "Breathe in softly." # a sentence with half a breath
out = "Breathe out slowly." # a sentence with half a breath
ready = "Sit well back." # a sentence, then a wait until she is ready
ask = "Is that easy?" # a question
repeat = 2 # how often the breath is counted; [2, 3, 4] for sessions of 5, 10 and 20 minutes
rest = "2s" # the quiet after it
wait = "8s" # how long a question waits
rounds = 2 # how many rounds there may be
on_feet = true # she stands in it
posture = "standing" # the only posture in which it is said
sits_down = true # she sits down with its first word
new_words = ["hum"] # words that no built-in routine uses"#;

/// Without these, there would seem to be other mistakes: what is misread is replaced by the example.
const KEPT: [&str; 15] = [
    "title",
    "part",
    "say",
    "in",
    "out",
    "ready",
    "ask",
    "repeat",
    "rest",
    "rounds",
    "sits_down",
    "reviewed_by",
    "reviewed_on",
    "reviewed",
    "wait",
];

/// What a line says stands at one of these.
const TEXTS: [&str; 5] = ["say", "in", "out", "ready", "ask"];

/// Keys of lines that the program says of itself: nobody else is told of them.
const OURS: [&str; 3] = ["after", "moving", "side"];

/// What there is to be said of one table, and how often it is tried: far more than a table has keys.
const MOST_TRIES: usize = 1000;

/// What could be read, and what was wrong.
pub(super) struct Read {
    pub file: Option<RoutineFile>,
    pub problems: Problems,
}

/// What serde says is wrong.
enum Fault {
    /// A key that is none of these.
    Unknown(Vec<String>),
    Missing(String),
    /// A value, which may be meant to be one of these.
    Value(Vec<String>),
}

struct Wrong {
    fault: Fault,
    at: Range<usize>,
    message: String,
}

/// All that can be read of a routine.
pub(super) fn read(text: &str) -> Read {
    let mut reader = Reader::default();
    let (_, errors) = DeTable::parse_recoverable(text);
    let plain = reader.problems.invisible(text, &errors);
    let (_, mut errors) = DeTable::parse_recoverable(&plain);
    let plain = without_lone_keys(&plain, &errors);
    let (root, more) = DeTable::parse_recoverable(&plain);
    errors.extend(more);
    reader.problems.syntax(text, &errors);
    let file = reader.file(root.into_inner());
    Read {
        file,
        problems: reader.problems,
    }
}

#[derive(Default)]
struct Reader {
    problems: Problems,
    /// Keys of the table that is read: they were there, or were misread, and that was said.
    said: Vec<String>,
    /// Where in it a value stands that was replaced.
    replaced: Vec<usize>,
}

impl Reader {
    fn file(&mut self, mut head: DeTable<'_>) -> Option<RoutineFile> {
        let sections = self.list(&mut head, "section");
        let sources = self.table(&mut head, "sources");
        let words = self.table(&mut head, "words");
        let mut file: Spanned<RoutineFile> =
            self.part(toml::Spanned::new(0..0, DeValue::Table(head)))?;
        let sections = sections
            .into_iter()
            .filter_map(|section| self.section(section));
        file.get_mut().section.extend(sections);
        let sources = sources
            .into_iter()
            .filter_map(|(key, source)| Some((owned(key), self.part(source)?.into_inner())));
        file.get_mut().sources.extend(sources);
        let words = words
            .into_iter()
            .filter_map(|(word, heard)| Some((owned(word), self.respelling(heard)?)));
        file.get_mut().words.extend(words);
        Some(file.into_inner())
    }

    fn respelling(&mut self, heard: Value) -> Option<Spanned<String>> {
        let at = heard.span();
        if let DeValue::String(heard) = heard.into_inner() {
            return Some(toml::Spanned::new(at, heard.into_owned()).into());
        }
        let help = "write it between quotes, such as \"reh-boh-zoh\"";
        self.problems.report(at, "a respelling is a text", help);
        None
    }

    fn section(&mut self, mut section: Value) -> Option<Spanned<SectionFile>> {
        let movements = self.list_in(&mut section, "movement");
        let mut section: Spanned<SectionFile> = self.part(section)?;
        let movements = movements
            .into_iter()
            .filter_map(|movement| self.movement(movement));
        section.get_mut().movement.extend(movements);
        Some(section)
    }

    fn movement(&mut self, mut movement: Value) -> Option<Spanned<MovementFile>> {
        let lines = self.list_in(&mut movement, "lines");
        let mut movement: Spanned<MovementFile> = self.part(movement)?;
        let lines = lines.into_iter().filter_map(|line| self.part(line));
        movement.get_mut().lines.extend(lines);
        Some(movement)
    }

    /// The table of this name, taken out of its own: what is in it is read one by one.
    fn table<'a>(&mut self, table: &mut DeTable<'a>, name: &str) -> DeTable<'a> {
        let Some(inner) = table.remove(name) else {
            return DeTable::new();
        };
        let at = inner.span();
        if let DeValue::Table(inner) = inner.into_inner() {
            return inner;
        }
        self.lose(at, format!("`{name}` is no table"));
        DeTable::new()
    }

    fn list_in<'a>(&mut self, value: &mut Value<'a>, name: &str) -> DeArray<'a> {
        match value.get_mut() {
            DeValue::Table(table) => self.list(table, name),
            _ => DeArray::new(),
        }
    }

    /// The list of this name, taken out of its table: what is in it is read by itself.
    fn list<'a>(&mut self, table: &mut DeTable<'a>, name: &str) -> DeArray<'a> {
        let Some(list) = table.remove(name) else {
            return DeArray::new();
        };
        let at = list.span();
        if let DeValue::Array(list) = list.into_inner() {
            return list;
        }
        self.lose(at, format!("`{name}` is no list"));
        DeArray::new()
    }

    /// One table, without what is wrong in it.
    fn part<T: DeserializeOwned>(&mut self, mut value: Value) -> Option<Spanned<T>> {
        if !value.get_ref().is_table() {
            self.lose(value.span(), "this is no table".into());
            return None;
        }
        self.said.clear();
        self.replaced.clear();
        for _ in 0..MOST_TRIES {
            let error = match Spanned::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(part) => return Some(part),
                Err(error) => Wrong::of(&error),
            };
            if !self.mend(&mut value, &error) {
                self.lose(error.at, error.message);
                return None;
            }
        }
        self.problems.torn = true;
        None
    }

    /// Makes one thing right; false if it is not in `value`.
    fn mend(&mut self, value: &mut Value, wrong: &Wrong) -> bool {
        let is_this = value.span() == wrong.at;
        let at = value.span();
        match value.get_mut() {
            DeValue::Table(table) => match &wrong.fault {
                Fault::Missing(name) if is_this => {
                    self.missing(table, &at, name);
                    true
                }
                Fault::Unknown(known) if table.keys().any(|key| key.span() == wrong.at) => {
                    self.unknown(table, known);
                    true
                }
                Fault::Value(meant) => {
                    self.value(table, meant, wrong) || self.mend_in(table, wrong)
                }
                _ => self.mend_in(table, wrong),
            },
            DeValue::Array(list) => self.item(list, wrong),
            _ => false,
        }
    }

    fn mend_in(&mut self, table: &mut DeTable, wrong: &Wrong) -> bool {
        let mended = table.iter_mut().find_map(|(key, inner)| {
            let mended = self.mend(inner, wrong);
            mended.then(|| (key.get_ref().to_string(), inner.get_ref().as_array()))
        });
        let Some((key, list)) = mended else {
            return false;
        };
        // Nothing in it was right: then it is as good as misread.
        if list.is_some_and(|list| list.is_empty()) {
            table.remove(&*key);
            self.said.push(key);
        }
        true
    }

    fn missing(&mut self, table: &mut DeTable, at: &Range<usize>, name: &str) {
        let (example, purpose) = written(name).unwrap_or(("\"\"", "it must be there"));
        // What was misread is not missing; nor is anything sure where the text is no TOML.
        if !self.said.iter().any(|said| said == name) && !self.problems.torn {
            self.problems.report(
                at.clone(),
                format!("`{name}` is missing"),
                format!("add {name} = {example}: {purpose}"),
            );
        }
        let filled = match name {
            // No two lines have the same.
            "id" => DeValue::String(at.start.to_string().into()),
            _ => filled(example),
        };
        table.insert(
            toml::Spanned::new(at.clone(), name.to_owned().into()),
            Value::new(at.clone(), filled),
        );
    }

    /// All keys that there are not, each taken for the one that was meant.
    fn unknown(&mut self, table: &mut DeTable, known: &[String]) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let of_a_routine = known.iter().filter(|key| !OURS.contains(key));
        let of_a_routine: Vec<_> = of_a_routine.copied().collect();
        let keys = table
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()));
        let keys: Vec<_> = keys.cloned().collect();
        for key in keys {
            let Some(value) = table.remove(&**key.get_ref()) else {
                continue;
            };
            let meant = nearest(key.get_ref(), &of_a_routine);
            self.problems.report(
                key.span(),
                format!("there is no key `{}` here{}", key.get_ref(), asked(meant)),
                format!("take it out, or choose one: {}", of_a_routine.join(", ")),
            );
            let Some(meant) = meant else {
                // It may have held the words of the line.
                let words = |key: &&str| TEXTS.contains(key);
                let wordless = !table.keys().any(|key| words(&key.get_ref().as_ref()));
                self.problems.torn |= wordless && known.iter().any(words);
                continue;
            };
            self.said.push(meant.to_owned());
            if !table.contains_key(meant) {
                table.insert(
                    toml::Spanned::new(key.span(), meant.to_owned().into()),
                    value,
                );
            }
        }
    }

    /// A value of this table that is none of what may stand there.
    fn value(&mut self, table: &mut DeTable, meant: &[String], wrong: &Wrong) -> bool {
        let mut entries = table.iter();
        let Some((key, value)) = entries.find(|(_, value)| value.span() == wrong.at) else {
            return false;
        };
        let key = key.clone();
        let choices: Vec<&str> = meant.iter().map(String::as_str).collect();
        let near = value
            .get_ref()
            .as_str()
            .and_then(|value| nearest(value, &choices));
        let known = written(key.get_ref());
        // One word where there is to be a list of them.
        let one = value.get_ref().is_str() && known.is_some_and(|(list, _)| list.starts_with('['));
        let listed = one.then(|| DeValue::Array([value.clone()].into_iter().collect()));
        // A `place` may name it so.
        let number = value
            .get_ref()
            .as_integer()
            .filter(|_| key.get_ref() == "id");
        let number = number.map(|id| DeValue::String(id.as_str().to_owned().into()));
        let again = self.replaced.contains(&wrong.at.start);
        // Nothing at all is no TOML, and that was said.
        if !again && wrong.at != (0..0) {
            let help = known.map_or_else(
                || {
                    "write what may stand there, or take it out; docs/routines.md has an example"
                        .to_owned()
                },
                |(example, purpose)| {
                    format!("write it like {} = {example}: {purpose}", key.get_ref())
                },
            );
            let message = format!("`{}`: {}{}", key.get_ref(), wrong.message, asked(near));
            self.problems.report(wrong.at.clone(), message, help);
        }
        self.replaced.push(wrong.at.start);
        self.said.push(key.get_ref().to_string());
        let kept = known.filter(|_| is_kept(key.get_ref(), table));
        let right = near
            .map(|near| DeValue::String(near.to_owned().into()))
            .or_else(|| kept.map(|(example, _)| filled(example)))
            .or(listed)
            .or(number)
            .filter(|_| !again);
        match right {
            Some(right) => _ = table.insert(key, Value::new(wrong.at.clone(), right)),
            None => _ = table.remove(&**key.get_ref()),
        }
        true
    }

    /// The items of a list that are of a wrong kind; or what is wrong in one.
    fn item(&mut self, list: &mut DeArray, wrong: &Wrong) -> bool {
        let Some(index) = list.iter().position(|item| item.span() == wrong.at) else {
            return list.iter_mut().any(|item| self.mend(item, wrong));
        };
        let (kept, out): (Vec<_>, Vec<_>) = std::mem::replace(list, DeArray::new())
            .into_iter()
            .enumerate()
            .partition(|(at, item)| *at < index || item.get_ref().as_str().is_some());
        for (_, item) in out {
            let help = "take it out, or write it between quotes";
            self.problems
                .report(item.span(), wrong.message.clone(), help);
        }
        *list = kept.into_iter().map(|(_, item)| item).collect();
        true
    }

    /// Something that nothing can be made of.
    fn lose(&mut self, at: Range<usize>, message: String) {
        // In what is no TOML, one thing may seem to be another.
        if !self.problems.torn {
            self.problems.report(at, message, SOUND);
        }
        self.problems.torn = true;
    }
}

impl Wrong {
    /// Serde has only words for it: the names that they hold are those of the types.
    fn of(error: &Error) -> Self {
        let message = error
            .message()
            .replace("expected u32", "expected a whole number");
        let (is, expected) = message.rsplit_once("expected").unwrap_or((&message, ""));
        let known = quoted(expected).map(str::to_owned).collect();
        let fault = if message.starts_with("unknown field") {
            Fault::Unknown(known)
        } else if let Some(name) = is
            .strip_prefix("missing field")
            .and_then(|is| quoted(is).next())
        {
            Fault::Missing(name.to_owned())
        } else {
            Fault::Value(known)
        };
        Self {
            fault,
            at: error.span().unwrap_or_default(),
            message,
        }
    }
}

fn owned(key: toml::Spanned<Cow<'_, str>>) -> Spanned<String> {
    toml::Spanned::new(key.span(), key.into_inner().into_owned()).into()
}

/// What stands between backquotes.
fn quoted(words: &str) -> impl Iterator<Item = &str> {
    words.split('`').skip(1).step_by(2)
}

fn asked(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(": did you mean \"{near}\"?"))
}

/// Of a key its example, and what it is for.
fn written(key: &str) -> Option<(&'static str, &'static str)> {
    let mut examples = EXAMPLES.lines().filter_map(|line| line.split_once(" = "));
    examples
        .find(|(known, _)| *known == key)?
        .1
        .split_once(" # ")
}

/// Whether what is misread is replaced. Whoever stands has both keys.
fn is_kept(key: &str, table: &DeTable) -> bool {
    match key {
        "posture" => table.get("on_feet").and_then(|it| it.get_ref().as_bool()) == Some(true),
        "on_feet" => table.get("posture").and_then(|it| it.get_ref().as_str()) == Some("standing"),
        other => KEPT.contains(&other),
    }
}

fn filled(example: &str) -> DeValue<'_> {
    // Each is TOML, as a test makes sure.
    DeValue::parse_recoverable(example).0.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_toml() {
        for (key, value) in toml::from_str::<toml::Table>(EXAMPLES).expect("TOML") {
            let (example, purpose) = written(&key).expect("it is found");
            assert!(
                example
                    .parse::<toml::Value>()
                    .is_ok_and(|read| read == value)
            );
            assert!(!purpose.is_empty());
        }
        assert!(KEPT.iter().all(|key| written(key).is_some()));
    }
}
