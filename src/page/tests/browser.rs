//! What a page in a real browser has asked and was answered, asked of the program once more. `make verify` runs it, once
//! the browser has written that down; `make test` leaves it to that.

use std::fs;
use std::path::PathBuf;

use crate::page::Page;

#[test]
fn a_page_in_a_browser_is_answered_as_by_the_program() {
    let folder = std::env::var_os("SOFTBACK_PAGE_LOG")
        .expect("`make verify` names the folder of a browser's log");
    let read = |name| {
        let path = PathBuf::from(&folder).join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (requests, answers) = (read("requests.jsonl"), read("answers.jsonl"));
    let mut page = Page::new();
    let mut commands = 0;
    for (number, (request, answer)) in requests.lines().zip(answers.lines()).enumerate() {
        let ours = page.call(request.as_bytes());
        let ours = String::from_utf8(ours).expect("text");
        assert_eq!(ours, answer, "request {number}: {request}");
        commands += answer.matches("\"do\":\"").count();
    }
    assert_eq!(requests.lines().count(), answers.lines().count());
    assert!(commands > 50, "{commands} commands: that was no session");
}
