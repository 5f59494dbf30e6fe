//! The facts for programs: the same names always, and null where a value is not known.

use std::time::Duration;

use serde_json::{Value, json};

use super::bus::Bus;
use super::probe::{Findings, Place, Service, TerminalFound};
use super::sound::{Silence, Sound};

pub(super) type Facts = Vec<(&'static str, Value)>;

/// Milliseconds, to a tenth.
pub(super) fn ms(length: Duration) -> f64 {
    (length.as_secs_f64() * 10_000.0).round() / 10.0
}

pub(super) fn sound(known: Option<&Sound>) -> Facts {
    vec![
        ("device", json!(known.map(|sound| &sound.device))),
        ("rate_hz", json!(known.map(|sound| sound.rate))),
        ("period_frames", json!(known.map(|sound| sound.period))),
        ("buffer_ms", json!(known.map(|sound| ms(sound.ring())))),
    ]
}

pub(super) fn silence(known: Option<(Silence, Silence)>) -> Facts {
    let (middle, longest) = known.unzip();
    let whole = |silence: Option<Silence>| json!(silence.map(|silence| ms(silence.whole())));
    vec![
        ("median_ms", whole(middle)),
        ("longest_ms", whole(longest)),
        (
            "median_measured_ms",
            json!(middle.map(|silence| ms(silence.rendered))),
        ),
        (
            "median_computed_ms",
            json!(middle.map(|silence| ms(silence.held))),
        ),
    ]
}

pub(super) fn underruns(known: Option<&Sound>) -> Facts {
    vec![
        ("count", json!(known.map(|sound| sound.underruns))),
        ("watched_ms", json!(known.map(|sound| ms(sound.watched)))),
    ]
}

pub(super) fn voice(findings: &Findings) -> Facts {
    let known = findings.voice.as_ref().ok();
    vec![
        ("needed", json!(findings.needs_heart())),
        ("folder", json!(known.map(|voice| &voice.folder))),
        ("loading_ms", json!(known.map(|voice| ms(voice.loading)))),
        ("speech_ms", json!(known.map(|voice| ms(voice.speech)))),
        ("making_ms", json!(known.map(|voice| ms(voice.making)))),
        (
            "speed",
            json!(known.map(|voice| (voice.speed() * 10.0).round() / 10.0)),
        ),
    ]
}

pub(super) fn service(findings: &Findings) -> Facts {
    let found = findings.service;
    vec![
        ("needed", json!(!findings.needs_heart())),
        ("built_in", json!(!matches!(found, Service::NotBuiltIn))),
        ("answers", json!(matches!(found, Service::Answers))),
    ]
}

pub(super) fn bus(found: &Bus) -> Facts {
    let address = match found {
        Bus::Answers(address) => Some(address),
        Bus::Absent(address) => address.as_ref(),
        Bus::NotBuiltIn => None,
    };
    vec![
        ("built_in", json!(!matches!(found, Bus::NotBuiltIn))),
        ("address", json!(address)),
        ("connects", json!(matches!(found, Bus::Answers(_)))),
    ]
}

pub(super) fn terminal(found: &TerminalFound) -> Facts {
    let (columns, rows) = found.size.unzip();
    vec![
        ("keys", json!(found.keys)),
        ("shows", json!(found.shows)),
        ("name", json!(found.name)),
        ("columns", json!(columns)),
        ("rows", json!(rows)),
        ("colours", json!(found.colours)),
    ]
}

pub(super) fn config(findings: &Findings) -> Facts {
    vec![
        ("path", json!(findings.config_file)),
        ("exists", json!(findings.config.as_ref().ok())),
        ("parses", json!(findings.config.is_ok())),
    ]
}

pub(super) fn journal(findings: &Findings) -> Facts {
    let known = findings.journal.as_ref().ok();
    vec![
        ("path", json!(findings.journal_file)),
        ("exists", json!(known.map(|journal| journal.exists))),
        ("readable", json!(known.is_some())),
        (
            "writable",
            json!(known.map(|journal| journal.unwritable.is_none())),
        ),
        ("lines", json!(known.map(|journal| journal.lines))),
        (
            "damaged_lines",
            json!(known.map(|journal| &journal.damaged)),
        ),
    ]
}

pub(super) fn emergency(place: &Place) -> Facts {
    vec![
        ("number", json!(place.number)),
        ("from", json!(place.from())),
        ("time_zone", json!(place.zone)),
        ("locale", json!(place.locale)),
    ]
}
