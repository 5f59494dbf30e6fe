//! What she may do, drawn by a seed: so that the same session can be played again elsewhere.

use serde_json::{Value, json};

use super::Tab;

/// The key of someone with whom nothing is wrong, who wants what was asked for, and one round of it.
pub(super) fn willing(view: &Value) -> &'static str {
    match view["answers"]["yes"].as_str() {
        None | Some("go-on" | "upper-back" | "seated" | "ten") => "yes",
        Some(_) => "no",
    }
}

/// Numbers that look drawn, and are the same everywhere (splitmix64).
pub(super) struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What may happen at any moment, the usual more often than the rare.
const AT_ANY_MOMENT: [&str; 32] = [
    "pause",
    "pause",
    "pause",
    "pause",
    "other",
    "next",
    "next",
    "next",
    "back",
    "back",
    "again",
    "again",
    "louder",
    "softer",
    "slower",
    "faster",
    "time-left",
    "help",
    "undo",
    "yes",
    "no",
    "media-play-pause",
    "media-play",
    "media-pause",
    "media-next",
    "media-previous",
    "focus-lost",
    "lost",
    "lost",
    "woken",
    "stop",
    "media-stop",
];

impl Tab {
    /// Plays a session out. Of a hundred moments, so many are not let pass quietly.
    pub(super) fn play_out(&mut self, dice: &mut Dice, restless: u64) -> String {
        let longest = self.asked.len() + 20_000;
        while self.ending().is_none() {
            assert!(self.asked.len() < longest, "it never ends: {}", self.last);
            if dice.roll(100) < restless {
                self.mischief(dice);
            } else if self.waits() {
                self.reply(dice, restless);
            } else if self.last["view"]["phase"] == "paused" && dice.roll(4) == 0 {
                self.press("pause");
            } else {
                self.pass(u64::MAX >> 16);
            }
        }
        self.ending().expect("an ending")
    }

    /// An answer; of someone restless also the other one, or none.
    fn reply(&mut self, dice: &mut Dice, restless: u64) {
        self.now += 12_000 + dice.roll(48_000);
        let key = willing(&self.last["view"]);
        let other = if key == "yes" { "no" } else { "yes" };
        match dice.roll(100) {
            odds if odds < restless / 2 => self.press(other),
            odds if odds < restless => self.pass(u64::MAX >> 16),
            _ => self.press(key),
        };
    }

    fn mischief(&mut self, dice: &mut Dice) {
        self.pass(dice.roll(96_000) + 1);
        if self.ending().is_some() {
            return;
        }
        match AT_ANY_MOMENT[dice.roll(32) as usize] {
            "focus-lost" => self.give(&json!("focus-lost")),
            "woken" => self.give(&json!({ "woken": dice.roll(48_000_000) })),
            "lost" => self.lose(dice),
            key => self.press(key),
        };
    }

    /// The loudspeaker is away for a while, or for good.
    fn lose(&mut self, dice: &mut Dice) -> &Value {
        let why = ["away", "dummy", "sink-muted", "muted", "too-soft"][dice.roll(5) as usize];
        self.give(&json!({ "device-lost": why }));
        if dice.roll(8) == 0 {
            while self.ending().is_none() {
                self.pass(u64::MAX >> 16);
            }
        }
        for _ in 0..dice.roll(4) {
            if self.ending().is_some() {
                return &self.last;
            }
            self.pass(dice.roll(480_000) + 1);
        }
        if self.ending().is_some() {
            return &self.last;
        }
        self.give(&json!("device-back"))
    }
}
