//! The page adds nothing and leaves nothing out: what it is told to do is what the session wants, driven directly.

use serde_json::{Value, json};

use super::Tab;
use super::her::Dice;
use crate::base::{
    Clip, Estimate, FADE, Key, Length, Moment, Pace, Posture, SpeechLengths, VoiceAbility,
};
use crate::page::clips::key;
use crate::page::request::Given;
use crate::routine::built_in;
use crate::session::screening::Terms;
use crate::session::tests::virtual_room::programme;
use crate::session::{Command, Input, Session, Sound};

/// A session, and its runs on the page's clock.
struct Direct {
    session: Session,
    cuts: u64,
    anchor: Moment,
}

impl Direct {
    fn tick(&self) -> Input {
        Input::Tick {
            run: self.cuts,
            at: self.anchor,
        }
    }

    fn handle(&mut self, now: Moment, given: &Value) -> Vec<String> {
        let input = match serde_json::from_value(given.clone()).expect("an input") {
            Given::Key(name) => Input::Key(Key::from(name)),
            Given::FocusLost => Input::FocusLost,
            Given::DeviceLost(why) => Input::DeviceLost(why),
            Given::DeviceBack => Input::DeviceBack,
            Given::Woken(asleep) => Input::Woken {
                asleep: crate::base::Frames(asleep),
            },
            _ => self.tick(),
        };
        self.session.handle(now, input);
        self.settle(now)
    }

    /// All that the session wants, in a line each.
    fn settle(&mut self, now: Moment) -> Vec<String> {
        let mut wants = Vec::new();
        loop {
            while let Some(command) = self.session.poll() {
                wants.extend(self.want(now, &command));
            }
            let Some(utterance) = self.session.wanted().into_iter().next() else {
                return wants;
            };
            let length = Estimate.length(&utterance);
            let clip = Clip::speech(Vec::new());
            let rendered = Input::Rendered {
                utterance,
                clip,
                length,
            };
            self.session.handle(now, rendered);
        }
    }

    fn want(&mut self, now: Moment, command: &Command) -> Option<String> {
        Some(match command {
            Command::Cut => {
                self.cuts += 1;
                self.anchor = now + FADE;
                self.session.handle(now, self.tick());
                format!("cut {}", now.0)
            }
            Command::Play { at, sound } => {
                let name = match sound {
                    Sound::Speech(said) => key(said),
                    Sound::Breath { phase, length } => format!("{phase:?} {}", length.0),
                    other => format!("{other:?}"),
                };
                format!("play {} {name}", (self.anchor + *at).0)
            }
            Command::DropFrom(at) => format!("drop-from {}", (self.anchor + *at).0),
            Command::Volume(steps) => format!("volume {steps}"),
            Command::Finish(ending) => format!("finish {ending:?}"),
            _ => return None,
        })
    }
}

/// The page's commands in the same words.
fn told(answer: &Value) -> Vec<String> {
    let commands = answer["commands"].as_array().expect("commands");
    commands.iter().filter_map(line).collect()
}

fn line(command: &Value) -> Option<String> {
    let word = |value: &Value| camel(value.as_str().expect("a word"));
    let (at, sound) = (&command["at"], &command["sound"]);
    Some(match command["do"].as_str()? {
        "play" => {
            let name = match sound["kind"].as_str()? {
                "speech" => sound["clip"].as_str()?.to_owned(),
                "breath" => format!("{} {}", word(&sound["phase"]), sound["length"]),
                other => camel(other),
            };
            format!("play {at} {name}")
        }
        "volume" => format!("volume {}", command["steps"]),
        "finish" => format!("finish {}", word(&command["ending"])),
        "note" => return None,
        other => format!("{other} {at}"),
    })
}

/// `left-alone` → `LeftAlone`.
fn camel(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(capital).collect()
}

#[test]
fn the_page_is_told_what_the_session_wants() {
    for seed in 0..12 {
        let routine = ["upper-back", "gentle", "rest"][seed as usize % 3];
        let mut tab = Tab::new(routine);
        let wishes = json!({ "posture": null, "length": null, "sound_check": true });
        let posture = (routine != "upper-back").then_some(Posture::Seated);
        tab.start(routine, &wishes);
        tab.play_out(&mut Dice(seed), [1, 10, 30][seed as usize % 3]);

        let terms = Terms {
            sound_check: true,
            posture,
            length: None::<Length>,
            ..Terms::FIRST
        };
        let built_in = built_in(routine).expect("built in");
        let programme = programme(&built_in, terms);
        let mut direct = Direct {
            session: Session::new(programme, Pace::Standard, VoiceAbility::Renders),
            cuts: 0,
            anchor: Moment::START,
        };
        let mut asked = tab.asked.iter().skip(1);
        let (_, begun) = asked.next().expect("a start");
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(told(&read(begun)), direct.settle(Moment::START));
        for (request, answer) in asked {
            let request = read(request);
            let now = Moment(request["now"].as_u64().expect("a frame"));
            let wants = direct.handle(now, &request["input"]);
            assert_eq!(told(&read(answer)), wants, "{seed}: {request}");
        }
    }
}
