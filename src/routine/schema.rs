//! The JSON Schema of a routine file: its types give the shape, and here stands what they do not say.
//!
//! It is for editors: what `check` lets pass should pass here, too. That a file is sound, `check` alone says.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use strum::IntoEnumIterator;

use super::model::Answered;

/// The schema of a file of this type.
pub(super) fn of<T: JsonSchema>() -> Schema {
    // What editors of TOML know.
    let mut settings = SchemaSettings::draft07();
    // Before those of the draft, which gather what stands beside a reference.
    settings.transforms.insert(0, Box::new(without_null));
    settings.into_generator().into_root_schema_for::<T>()
}

/// TOML has no null: what may be missing is left out.
fn without_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = &**types {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|it| it["type"] != "null");
        if let [Value::Object(only)] = &**choices {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.ensure_object().entry(key).or_insert(value);
            }
        }
    }
    transform_subschemas(&mut without_null, schema);
}

/// A length of time.
pub(super) enum Duration {}

/// All that is read as a length of time, and some that is not, such as "1s 1m".
const DURATION: &str = concat!(
    r"^\+?([0-9]+([.,][0-9]+)?[ \t]*(h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?",
    r"|ms|msecs?|millis?|milliseconds?|us|usecs?|micros?|microseconds?|ns|nsecs?|nanos?|nanoseconds?),?[ \t]*)+$",
    r"|^\+?[0-9]+:[0-9]+:[0-9]+([.,][0-9]+)?$",
    r"|^\+?[Pp][Tt]([0-9]+([.,][0-9]+)?[HhMmSs])+$",
);

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time, 15 minutes at the most: `\"1500ms\"`, `\"3s\"`, `\"1m 30s\"`.",
            "type": "string",
            "pattern": DURATION,
            "examples": ["1500ms", "3s", "1m 30s"],
        })
    }
}

/// A day, which TOML writes without quotes.
pub(super) enum Day {}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// Where a key may lead in a routine.
pub(super) enum AfterKey {}

impl JsonSchema for AfterKey {
    fn schema_name() -> Cow<'static, str> {
        "AfterKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`go-on`: to the next line. `again`: one more round of this section, after a yes only. \
                            `rest`: past that round. `nothing`: this key is no answer. `end`: the session ends.",
            "type": "string",
            "enum": answers(Answered::after_a_key),
        })
    }
}

/// Where it may lead in a routine that no answer comes.
pub(super) enum AfterSilence {}

impl JsonSchema for AfterSilence {
    fn schema_name() -> Cow<'static, str> {
        "AfterSilence".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`rest`: past another round that was offered. `end`: the session ends.",
            "type": "string",
            "enum": answers(Answered::after_silence),
        })
    }
}

fn answers(may: impl Fn(Answered) -> bool) -> Vec<Answered> {
    Answered::iter().filter(|answer| may(*answer)).collect()
}

fn has(key: &str) -> Value {
    json!({ "required": [key] })
}

fn has_one_of(keys: &[&str]) -> Value {
    json!({ "anyOf": keys.iter().map(|key| has(key)).collect::<Value>() })
}

/// What makes a line a half breath.
const HALVES: [&str; 2] = ["in", "out"];

/// A list that may be missing as far as its type goes, so that all else is read, too.
fn require(schema: &mut Schema, key: &str) {
    let required = schema.ensure_object().entry("required");
    if let Value::Array(required) = required.or_insert_with(|| json!([])) {
        required.push(key.into());
    }
}

/// It says something, and a review is whole or not there at all.
pub(super) fn routine(schema: &mut Schema) {
    require(schema, "section");
    let review = json!({
        "reviewed_by": ["reviewed_on", "reviewed"],
        "reviewed_on": ["reviewed_by", "reviewed"],
        "reviewed": ["reviewed_by", "reviewed_on"],
    });
    schema.insert("dependencies".into(), review);
}

/// A section is one of the program's, or says something of its own.
pub(super) fn section(schema: &mut Schema) {
    schema.insert("if".into(), has("part"));
    schema.insert(
        "then".into(),
        json!({ "not": has_one_of(&["title", "movement"]) }),
    );
    schema.insert("else".into(), json!({ "required": ["title", "movement"] }));
}

/// A breath goes in and out, is counted, and is followed by a rest; nothing else is counted.
pub(super) fn movement(schema: &mut Schema) {
    require(schema, "lines");
    let holds = |line: Value| json!({ "properties": { "lines": { "contains": line } } });
    schema.insert("if".into(), holds(has_one_of(&HALVES)));
    schema.insert(
        "then".into(),
        json!({
            "required": ["repeat", "rest"],
            "allOf": HALVES.map(|half| holds(has(half))),
        }),
    );
    schema.insert("else".into(), json!({ "not": has("repeat") }));
}

/// A line is one thing, and has nothing that belongs to another.
pub(super) fn line(schema: &mut Schema) {
    let kinds = ["say", "in", "out", "ready", "ask"].map(has);
    schema.insert("oneOf".into(), json!(kinds));
    let beside = json!({
        "wait": ["ask"],
        "yes": ["ask"],
        "no": ["ask"],
        "silence": ["ask"],
        "word": has_one_of(&HALVES),
        "recorded": { "not": has_one_of(&HALVES) },
    });
    schema.insert("dependencies".into(), beside);
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use regex::Regex;
    use strum::VariantNames;

    use super::*;
    use crate::base::{Length, Pace, Pose, Posture};
    use crate::routine::Routine;
    use crate::routine::kind::Kind;
    use crate::routine::library::file_schema;

    /// Every value that stands in the definition of this name.
    fn values(definition: &str) -> Vec<Value> {
        let schema = file_schema();
        let found = schema.pointer(&format!("/definitions/{definition}"));
        let found = found.unwrap_or_else(|| panic!("no {definition}"));
        let one_of = found.get("oneOf").and_then(Value::as_array);
        let choices = one_of.cloned().unwrap_or_else(|| vec![found.clone()]);
        let values = choices.iter().flat_map(|choice| {
            let listed = choice.get("enum").and_then(Value::as_array).cloned();
            listed.unwrap_or_else(|| vec![choice["const"].clone()])
        });
        let mut values: Vec<_> = values.collect();
        values.sort_by_key(Value::to_string);
        values
    }

    fn are(values: impl IntoIterator<Item = impl Into<Value>>) -> Vec<Value> {
        let mut values: Vec<_> = values.into_iter().map(Into::into).collect();
        values.sort_by_key(Value::to_string);
        values
    }

    #[test]
    fn what_can_be_chosen_is_listed() {
        assert_eq!(values("Pose"), are(Pose::VARIANTS.iter().copied()));
        assert_eq!(values("Kind"), are(Kind::VARIANTS.iter().copied()));
        let paces = Pace::ALL.map(|pace| pace.to_string());
        assert_eq!(values("Pace"), are(paces));
        let postures = Posture::ALL.map(|posture| posture.to_string());
        assert_eq!(values("Posture"), are(postures));
        assert_eq!(values("Length"), are(Length::ALL.map(Length::minutes)));
        let after_key = ["go-on", "again", "rest", "nothing", "end"];
        assert_eq!(values("AfterKey"), are(after_key));
        assert_eq!(values("AfterSilence"), are(["rest", "end"]));
        let sources = ["guideline", "study", "leaflet", "page", "house"];
        assert_eq!(values("SourceKind"), are(sources));
        let schema = file_schema();
        let parts = schema.pointer("/definitions/Section/properties/part/enum");
        let parts = parts.and_then(Value::as_array).expect("parts");
        assert!(parts.contains(&json!("warm-up")));
    }

    #[test]
    fn every_key_is_explained() {
        let schema = file_schema().to_value();
        let definitions = schema["definitions"].as_object().expect("definitions");
        let tables = definitions.values().chain([&schema]);
        let keys = tables.filter_map(|table| table["properties"].as_object());
        let mut explained = 0;
        for (key, about) in keys.flatten() {
            assert!(about["description"].is_string(), "{key}: {about}");
            explained += 1;
        }
        assert!(explained > 50, "only {explained}");
        assert!(!schema.to_string().contains("\"null\""));
    }

    #[test]
    fn a_length_of_time_is_what_is_read_as_one() {
        let shape = Regex::new(DURATION).expect("a pattern");
        let right = "1500ms|3s|3 s|1m 30s|1m30s|1 min, 30 sec|1.5s|1,5 s|+2s|90 seconds|2 minutes|0h 1m|500 millis|\
                     10us|00:00:03|00:01:30.5|PT3S|pt1m30s|PT1.5S";
        let wrong = "|3|s|soon|3 bananas|3s!|three seconds|3 s s|PT|3;s|1:30|s3";
        for written in right.split('|').chain(wrong.split('|')) {
            let is_read = written.parse::<SignedDuration>().is_ok();
            assert_eq!(shape.is_match(written), is_read, "{written:?}");
        }
    }

    /// What an editor marks is wrong for `check`, too.
    #[test]
    fn what_the_schema_is_tried_with_is_refused() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/schema");
        let files = std::fs::read_dir(folder).expect("a folder");
        let mut tried = 0;
        for file in files {
            let path = file.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            let path = path.to_string_lossy();
            assert!(Routine::parse(&path, &text).is_err(), "{path}");
            tried += 1;
        }
        assert!(tried > 10, "only {tried}");
    }
}
