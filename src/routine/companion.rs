//! What the program says of itself, and what it asks before any movement.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::file::{AnsweredWords, KeyNames, SpokenFile, TimeLeft, WhatComes, Words};
use super::model::{KEYS, Line};
use crate::base::{BreathPhase, Length, Posture, UNKNOWN_NUMBER};

/// The words in braces that a line may hold.
pub(super) const PLACEHOLDERS: [&str; 6] = [
    KEYS[0],
    KEYS[1],
    KEYS[2],
    KEYS[3],
    "{EMERGENCY}",
    WHAT_COMES,
];

/// The sentence that says which routine comes, how and how long.
pub(crate) const WHAT_COMES: &str = "{COMES}";

/// Declares a text of the program's own. Each of its tables is named once: from that come the text, the file that
/// it is read from, and the way from one to the other.
macro_rules! text {
    (
        $(#[$about:meta])*
        $visibility:vis struct $text:ident, $file:ident {
            unread { $($unread:ident: $unread_type:ty,)* }
            values { $($(#[$in_file:meta])* $value:ident: $type:ty,)* }
            tables { $($(#[$of_table:meta])* $table:ident,)* }
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        $visibility struct $text {
            $($value: $type,)*
            $($(#[$of_table])* pub(crate) $table: Vec<Line>,)*
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $file {
            $(
                #[expect(dead_code, reason = "written for whoever reads the file")]
                $unread: $unread_type,
            )*
            $($(#[$in_file])* $value: $type,)*
            $(pub(super) $table: SpokenFile,)*
        }

        impl $text {
            /// Every line of its tables.
            pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
                [$(&self.$table),*].into_iter().flatten()
            }
        }

        impl $file {
            /// The text, its tables checked by `lines`.
            pub(super) fn spoken(self, mut lines: impl FnMut(SpokenFile) -> Vec<Line>) -> $text {
                $text {
                    $($value: self.$value,)*
                    $($table: lines(self.$table),)*
                }
            }
        }
    };
}

text! {
    /// What the program says of itself: the names of the keys, cue words, and what is said at a pause or a stop.
    pub struct Companion, CompanionFile {
        unread { language: String, version: u32, }
        values {
            keys: KeyNames,
            words: Words,
            time_left: TimeLeft,
            answered: AnsweredWords,
            what_comes: WhatComes,
            #[serde(skip, default = "unknown_emergency")]
            emergency: String,
            #[serde(skip)]
            coming: String,
            /// What is said instead of a line that is true only of a keyboard.
            #[serde(skip)]
            instead: Arc<BTreeMap<String, String>>,
        }
        tables {
            /// Before she closes her eyes.
            rehearsal,
            /// After the silence of a pause.
            paused,
            /// In a pause that another window has made.
            focus_lost,
            /// Whether she goes on with the session that was cut off.
            pick_up,
            /// Nobody is known to have reviewed the routine.
            unreviewed,
            /// Before the first session with a loudspeaker.
            sound_check,
            /// After each change of the volume in it.
            how_loud,
            /// On going on, when her arms were let down.
            resumed,
            /// On going on with a movement, after that.
            resumed_move,
            stopped,
            /// The last words of whatever does not say itself that it is over.
            ended,
            /// The pace became slower.
            slower,
            /// The pace became faster.
            faster,
            help,
            /// The loudspeaker is lost.
            device_lost,
            device_back,
            /// After that, if she had paused.
            still_paused,
            /// The computer was asleep.
            woken,
            /// Standing is at the standard pace only.
            standard_only,
            /// She stopped, and nothing hurts.
            fine,
            /// She stopped because something hurt, or did not say why.
            hurt,
            /// The movements are closed from now on.
            locked,
            /// There have been two sessions today.
            two_today,
            /// The last one is less than four hours ago.
            too_soon,
            /// The movements are closed since something hurt.
            still_closed,
            /// A line of the journal cannot be read.
            unreadable,
            /// The journal is ahead of the clock.
            clock_behind,
            /// Before the author of a routine hears a part of it.
            trial,
        }
    }
}

text! {
    /// What is asked before any movement, and what is said when an answer stops her.
    pub(crate) struct ScreeningText, ScreeningFile {
        unread { language: String, reviewed_by: String, }
        values { version: u32, date: String, }
        tables {
            welcome,
            /// All of them, one by one.
            questions,
            /// The three of the day.
            day,
            /// What a recording reads out instead: the list, what to do for each, and when to stop.
            recording,
            last_check,
            /// How she wants to sit or stand.
            posture,
            /// Which routine she wants.
            routine,
            /// She has chosen to stand.
            standing_chosen,
            /// How long it is to be.
            length,
            /// Call for help now.
            emergency,
            today,
            check,
            no_answer,
            /// She feels unwell, or an answer was not true.
            unwell,
        }
    }
}

text! {
    /// How it is said where she touches a screen.
    pub(super) struct Touch, TouchFile {
        unread { language: String, version: u32, }
        values { keys: KeyNames, left_out: Vec<String>, }
        tables {
            /// Each stands for the line with its id.
            instead,
        }
    }
}

/// What she presses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hands {
    /// The keys of a keyboard.
    #[default]
    Keys,
    /// A screen, anywhere: its upper half is yes, its lower half no.
    Touch,
}

/// What is said for the emergency number while nobody knows it.
fn unknown_emergency() -> String {
    UNKNOWN_NUMBER.into()
}

impl ScreeningText {
    /// The version of the text: when it changes, the questions are asked one by one again.
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    /// The date of the text.
    pub(crate) fn date(&self) -> &str {
        &self.date
    }
}

impl Companion {
    /// The same, of a screen that she touches. `all` are the lines of the program, in which those that are said
    /// otherwise there are found.
    pub(super) fn by_touch<'a>(
        mut self,
        touch: &Touch,
        all: impl IntoIterator<Item = &'a Line>,
    ) -> Self {
        let said = |line: &Line| {
            touch
                .instead
                .iter()
                .find(|said| said.id == line.id)
                .cloned()
        };
        let instead = all.into_iter().filter_map(|line| {
            let said = said(line)?;
            Some((line.text.clone(), said.text))
        });
        self.instead = Arc::new(instead.collect());
        self.keys = touch.keys.clone();
        for table in [&mut self.rehearsal, &mut self.help] {
            table.retain(|line| !touch.left_out.iter().any(|id| **id == *line.id));
        }
        self
    }

    /// `text` with the names of the keys filled in, and a capital at its beginning.
    pub fn fill_in(&self, text: &str) -> String {
        let names = [
            &self.keys.pause,
            &self.keys.stop,
            &self.keys.yes,
            &self.keys.no,
            &self.emergency,
            &self.coming,
        ];
        let text = self.instead.get(text).map_or(text, String::as_str);
        let filled = PLACEHOLDERS
            .iter()
            .zip(names)
            .fold(text.to_owned(), |text, (placeholder, name)| {
                text.replace(placeholder, name)
            });
        let mut letters = filled.chars();
        match letters.next() {
            Some(first) => first.to_uppercase().chain(letters).collect(),
            None => filled,
        }
    }

    /// The same, with `spoken` for the emergency number.
    #[must_use]
    pub fn with_emergency(mut self, spoken: &str) -> Self {
        spoken.clone_into(&mut self.emergency);
        self
    }

    /// With what comes said in one sentence: a routine of the program's own by its title, done so and so long; of another
    /// nobody knows how its title sounds, or how long it is.
    #[must_use]
    pub(crate) fn with_what_comes(mut self, own: Option<(&str, Length)>, posture: Posture) -> Self {
        let words = &self.what_comes;
        let title = own.map_or(&*words.hers, |(title, _)| title);
        let how = match posture {
            Posture::Seated => &words.seated,
            Posture::Standing => &words.standing,
        };
        let minutes = own.map(|(_, length)| number_word(length.minutes().into()));
        let minutes = minutes.map(|number| words.minutes.replace("{TIME}", &number));
        let said = [Some(title), Some(how), minutes.as_deref()];
        let said: Vec<_> = said.into_iter().flatten().collect();
        self.coming = format!("{}.", said.join(", "));
        self
    }

    /// Whether it has been decided what comes.
    pub(crate) const fn tells_what_comes(&self) -> bool {
        !self.coming.is_empty()
    }

    /// Without what is only true when a sentence can be heard from one side.
    #[must_use]
    pub fn without_sides(mut self) -> Self {
        self.sound_check.retain(|line| line.side.is_none());
        self
    }

    /// What she answered, said back.
    pub fn answered(&self, yes: bool) -> &str {
        if yes {
            &self.answered.yes
        } else {
            &self.answered.no
        }
    }

    /// The word over half a breath.
    pub fn breath_word(&self, phase: BreathPhase) -> &str {
        match phase {
            BreathPhase::In => &self.words.inhale,
            BreathPhase::Out => &self.words.exhale,
        }
    }

    /// The words before the last repetition.
    pub fn last_word(&self) -> &str {
        &self.words.last
    }

    /// The word at each repetition in her own breath.
    pub fn again_word(&self) -> &str {
        &self.words.again
    }

    /// The time left, in whole minutes, as a sentence.
    pub fn time_left(&self, minutes: u64) -> String {
        match minutes {
            0 => self.time_left.none.clone(),
            1 => self.time_left.one.clone(),
            many => self.time_left.many.replace("{TIME}", &number_word(many)),
        }
    }
}

/// A number up to 99 in words, so that every voice says it alike; digits above.
fn number_word(number: u64) -> String {
    const SMALL: &str = "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
                         fifteen sixteen seventeen eighteen nineteen";
    const TENS: &str = "ten twenty thirty forty fifty sixty seventy eighty ninety";
    let nth =
        |words: &'static str, nth: u64| words.split(' ').nth(nth as usize).unwrap_or_default();
    let tens = |number: u64| nth(TENS, number / 10 - 1);
    match number {
        0..20 => nth(SMALL, number).to_owned(),
        20..100 if number.is_multiple_of(10) => tens(number).to_owned(),
        20..100 => format!("{}-{}", tens(number), nth(SMALL, number % 10)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_called_by_their_names() {
        let companion = Companion::built_in();
        assert_eq!(
            companion.fill_in("{PAUSE} pauses, and {STOP} stops."),
            "The space bar pauses, and Escape stops."
        );
    }

    #[test]
    fn minutes_are_said_in_words() {
        let companion = Companion::built_in();
        assert_eq!(
            companion.time_left(21),
            "About twenty-one minutes are left."
        );
        assert_eq!(companion.time_left(1), "About one minute is left.");
        assert_eq!(companion.time_left(0), "Less than a minute is left.");
        assert_eq!(number_word(40), "forty");
    }
}
