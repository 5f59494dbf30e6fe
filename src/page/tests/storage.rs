//! What a page keeps closes the movements as the program's journal does; and where it keeps nothing, they stay closed.

use serde_json::{Value, json};

use super::{Page, Tab, time};
use crate::base::Remedy;
use crate::journal::entry::{Record, parse};

fn begun(tab: &Tab) -> bool {
    tab.journal.contains(r#""kind":"start""#)
}

/// A session that has begun.
fn beginning() -> Tab {
    let mut tab = Tab::new("upper-back");
    tab.start("upper-back", &json!({}));
    tab.play_until(begun);
    tab
}

fn why(tab: &mut Tab) -> Value {
    tab.opening()["closed"]["why"].clone()
}

#[test]
fn without_storage_only_rest_starts() {
    let mut tab = Tab::new("upper-back");
    let nothing = json!({ "journal": null });
    let opening = json!({ "do": "opening", "time": time(0), "journal": null, "left": null });
    let opening = tab.ask(&opening);
    assert_eq!(
        opening["closed"],
        json!({ "why": "no-storage", "opens": null })
    );
    let refused = tab.start("upper-back", &nothing);
    let remedy = refused["remedy"].as_str().expect("a remedy");
    assert!(
        refused.get("commands").is_none() && remedy.contains("Rest can start"),
        "{refused}"
    );
    let chosen = tab.start("rest", &json!({ "journal": null, "choose": true }));
    assert!(
        chosen.get("commands").is_none(),
        "she might choose the other: {chosen}"
    );

    let mut rest = Tab::new("rest");
    rest.start("rest", &nothing);
    rest.play_until(|tab| tab.last["view"]["part"] == "over");
    assert_eq!(rest.journal, "");
}

#[test]
fn limits_and_the_lock_close_a_page_as_they_close_the_program() {
    let mut tab = beginning();
    tab.press("leave");
    assert_eq!(tab.ending().as_deref(), Some("interrupted"));
    assert_eq!(why(&mut tab), "too-soon");
    assert_eq!(tab.opening()["ask_hurt"], true);

    tab.opened += 5 * 3600;
    assert_eq!(why(&mut tab), Value::Null);
    tab.journal += &tab.journal.clone();
    assert_eq!(why(&mut tab), "two-today");

    tab.opened += 24 * 3600;
    tab.start("upper-back", &json!({}));
    // What is asked of last time comes first: it hurt.
    while tab.last["view"]["answers"]["yes"] != "hurt" {
        tab.pass(48_000);
    }
    tab.press("yes");
    tab.play_until(|tab| tab.ending().is_some());
    assert_eq!(why(&mut tab), "locked");
    tab.start("upper-back", &json!({}));
    let words = tab.last["words"].to_string();
    assert!(words.contains("closed"), "{words}");
    tab.play_until(|tab| tab.ending().is_some());
    assert_eq!(tab.ending().as_deref(), Some("declined"));
}

#[test]
fn every_line_is_one_that_the_program_reads() {
    let mut tab = beginning();
    tab.press("stop");
    tab.play_until(|tab| tab.ending().is_some());
    let lines = parse(tab.journal.as_bytes());
    assert_eq!(lines.len(), 3, "{}", tab.journal);
    let read = |line: &Record| matches!(line, Record::Entry(_));
    assert!(lines.iter().all(read), "{}", tab.journal);
}

#[test]
fn where_a_beginning_cannot_be_kept_the_movements_end() {
    let mut tab = beginning();
    let told = tab.give(&json!("unwritten")).clone();
    assert_eq!(tab.ending().as_deref(), Some("interrupted"));
    assert!(
        told["error"].is_string() && told["remedy"].is_string(),
        "{told}"
    );

    // What to watch for is said all the same.
    let mut tab = beginning();
    tab.press("stop");
    while tab.last["view"]["answers"]["yes"] != "hurt" {
        tab.pass(48_000);
    }
    tab.press("yes");
    while !tab.last["append"].to_string().contains("hurt") {
        tab.pass(48_000);
    }
    assert!(tab.give(&json!("unwritten"))["error"].is_string());
    assert_eq!(tab.ending(), None);
    tab.play_until(|tab| tab.ending().is_some());
    assert_eq!(tab.ending().as_deref(), Some("stopped"));

    // Rest goes on.
    let mut rest = Tab::new("rest");
    rest.start("rest", &json!({}));
    rest.play_until(begun);
    assert_eq!(rest.give(&json!("unwritten"))["error"], Value::Null);
    rest.play_until(|tab| tab.ending().is_some());
    assert_eq!(rest.ending().as_deref(), Some("done"));
}

#[test]
fn a_session_that_was_cut_off_goes_on_where_it_was_left() {
    let mut tab = beginning();
    let left = |tab: &Tab, number: u64| tab.last["view"]["number"].as_u64() >= Some(number);
    tab.play_until(|tab| left(tab, 2));
    // The tab is closed, and nothing more can be said.
    tab.opened += 60;
    let unfinished = tab.opening()["unfinished"].clone();
    assert_eq!(unfinished["movement"], 2, "{unfinished}");
    tab.start("upper-back", &json!({ "pick_up": true }));
    while tab.last["view"]["answers"].is_null() {
        tab.pass(48_000);
    }
    tab.play_until(|tab| left(tab, 0));
    assert_eq!(tab.last["view"]["number"], 2);
    assert!(tab.journal.contains("picked-up"), "{}", tab.journal);
}

#[test]
fn a_request_that_makes_no_sense_is_answered_and_changes_nothing() {
    let mut tab = Tab::new("rest");
    for (request, says) in [
        ("", "nothing that the page can be asked"),
        ("[]", "nothing that the page can be asked"),
        (r#"{"do":"dance"}"#, "dance"),
        (
            r#"{"do":"look","heard":-1}"#,
            "nothing that the page can be asked",
        ),
        (r#"{"do":"look","heard":1}"#, "no session"),
        (
            r#"{"do":"handle","now":1,"time":"noon","input":"tick"}"#,
            "year",
        ),
    ] {
        let answer = tab.page.call(request.as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let error = answer["error"].as_str().expect("an error");
        assert!(error.contains(says), "{request}: {error}");
        assert!(answer["remedy"].is_string(), "{request}");
    }
    let answer = tab.start("rest", &json!({ "emergency": "nine" }));
    assert_eq!(answer["error"], "\"nine\" is no emergency number");
    let answer = tab.start("reest", &json!({}));
    assert!(
        answer["error"]
            .as_str()
            .is_some_and(|error| error.contains("did you mean"))
    );
    let answer = tab.start("hers.toml", &json!({ "text": "title = 1" }));
    assert!(
        answer["error"]
            .as_str()
            .is_some_and(|error| error.contains("hers.toml"))
    );
    assert!(Page::sound(br#"{"kind":"breath","phase":"in","length":0}"#).is_empty());
    assert!(Page::sound(br#"{"kind":"breath","phase":"in","length":99999999999}"#).is_empty());
    assert!(Page::sound(b"{}").is_empty());
    let unwritten = super::super::answer::Failure::Unwritten;
    assert!(unwritten.remedy().is_some());
}

#[test]
fn a_cue_is_as_long_as_its_command_says() {
    for (cue, frames) in [
        (
            r#"{"kind":"breath","phase":"out","length":216000}"#,
            216_000,
        ),
        (r#"{"kind":"your-turn","length":28800}"#, 28_800),
        (r#"{"kind":"presence","length":28800}"#, 28_800),
        (r#"{"kind":"chime","length":120000}"#, 120_000),
    ] {
        let samples = Page::sound(cue.as_bytes());
        assert_eq!(samples.len(), 4 * frames, "{cue}");
        assert!(samples.iter().any(|byte| *byte != 0), "{cue}");
    }
}
