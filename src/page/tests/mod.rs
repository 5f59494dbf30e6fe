//! The page, asked as a page asks.

mod browser;
mod her;
mod record;
mod same;
mod storage;
mod words;

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::Offset};
use serde_json::{Value, json};

use super::Page;
use crate::journal::at::At;

/// Sunday 22 November 2026, ten in the morning in Greenwich.
const MORNING: i64 = 1_795_341_600;

/// So many seconds after that, as a page says it.
fn time(seconds: i64) -> String {
    let time = Timestamp::from_second(MORNING + seconds).expect("this year");
    At::new(time, Offset::UTC).to_string()
}

/// A page, its clock and its storage, and all that was asked and answered.
struct Tab {
    page: Page,
    now: u64,
    /// When its clock began, in seconds after that morning.
    opened: i64,
    journal: String,
    left: Option<String>,
    clips: BTreeMap<String, u64>,
    /// The last answer.
    last: Value,
    asked: Vec<(String, String)>,
}

impl Tab {
    /// With every clip of a routine.
    fn new(routine: &str) -> Self {
        let mut tab = Self {
            page: Page::new(),
            now: 0,
            opened: 0,
            journal: String::new(),
            left: None,
            clips: BTreeMap::new(),
            last: Value::Null,
            asked: Vec::new(),
        };
        let clips = tab.ask(&json!({
            "do": "clips", "routine": routine, "choose": routine == "upper-back",
            "paces": ["standard", "slow", "very-slow", "own"], "hands": ["keys", "touch"],
            "emergencies": ["999", null],
        }));
        let clips = clips["clips"].as_object().expect("clips").iter();
        let length =
            |(key, length): (&String, &Value)| (key.clone(), length.as_u64().expect("frames"));
        tab.clips = clips.map(length).collect();
        tab
    }

    fn ask(&mut self, request: &Value) -> Value {
        let request = request.to_string();
        let answer = self.page.call(request.as_bytes());
        let answer = String::from_utf8(answer).expect("text");
        let read = serde_json::from_str(&answer).expect("JSON");
        self.asked.push((request, answer));
        read
    }

    fn time(&self) -> String {
        time(self.opened + (self.now / 48_000).cast_signed())
    }

    /// What may happen now; what is to be kept of that is.
    fn opening(&mut self) -> Value {
        let (time, journal, left) = (self.time(), &self.journal, &self.left);
        let request = json!({ "do": "opening", "time": time, "journal": journal, "left": left });
        let opening = self.ask(&request);
        self.append(&opening);
        opening
    }

    /// Starts a session, with these wishes over the usual ones.
    fn start(&mut self, routine: &str, wishes: &Value) -> &Value {
        self.opened += (self.now / 48_000).cast_signed();
        self.now = 0;
        let mut request = json!({
            "do": "start", "time": self.time(), "journal": self.journal, "left": self.left,
            "routine": routine, "posture": "seated", "length": 10, "sound_check": false,
            "sides": true, "emergency": null, "hands": "keys", "clips": self.clips,
        });
        let all = request.as_object_mut().expect("a request");
        for (wish, value) in wishes.as_object().expect("wishes") {
            all.insert(wish.clone(), value.clone());
        }
        let answer = self.ask(&request);
        self.keep(answer)
    }

    fn give(&mut self, input: &Value) -> &Value {
        let (now, time) = (self.now, self.time());
        let request = json!({ "do": "handle", "now": now, "time": time, "input": input });
        let answer = self.ask(&request);
        self.keep(answer)
    }

    fn press(&mut self, key: &str) -> &Value {
        self.give(&json!({ "key": key }))
    }

    /// Lets time pass until something is due, but no longer than so.
    fn pass(&mut self, most: u64) -> &Value {
        let due = self.last["deadline"].as_u64().unwrap_or(u64::MAX);
        self.now = due.min(self.now + most).max(self.now + 1);
        self.give(&json!("tick"))
    }

    fn keep(&mut self, answer: Value) -> &Value {
        self.append(&answer);
        if let Some(left) = answer["left"].as_str() {
            self.left = Some(left.to_owned()).filter(|left| !left.is_empty());
        }
        self.last = answer;
        &self.last
    }

    fn append(&mut self, answer: &Value) {
        for line in answer["append"].as_array().into_iter().flatten() {
            self.journal += line.as_str().expect("a line");
            self.journal.push('\n');
        }
    }

    /// How it has ended, if it has.
    fn ending(&self) -> Option<String> {
        let commands = self.last["commands"].as_array()?;
        let last = commands.last().filter(|last| last["do"] == "finish")?;
        Some(last["ending"].as_str()?.to_owned())
    }

    fn waits(&self) -> bool {
        self.last["view"]["waits"] == true
    }

    /// Plays until `reached`, with nothing wrong and everything as it comes.
    fn play_until(&mut self, reached: impl Fn(&Self) -> bool) {
        while !reached(self) {
            assert!(self.ending().is_none(), "it is over: {}", self.last);
            if self.waits() {
                self.press(her::willing(&self.last["view"]));
            } else {
                self.pass(u64::MAX >> 16);
            }
        }
    }
}
