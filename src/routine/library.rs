//! The routines inside the program, and what the program says of itself.

use super::check::{Checker, PLACEHOLDERS, parse_toml};
use super::file::{CompanionFile, KeyNames, SpokenFile, TimeLeft, Words};
use super::model::{Line, Routine};
use crate::diagnostic::Problems;
use crate::pace::BreathPhase;

/// Name, file and text of each routine inside the program; the first one is the default.
const BUILT_IN: [(&str, &str, &str); 1] = [(
    "upper-back",
    "scripts/en/upper-back.toml",
    include_str!("../../scripts/en/upper-back.toml"),
)];

const COMPANION: &str = include_str!("../../scripts/en/companion.toml");

/// There is no routine of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no routine called \"{name}\"{suggestion}\n  `softback list` shows them; a file of your own needs a name that ends in .toml"
)]
pub struct UnknownRoutine {
    name: String,
    suggestion: String,
}

/// The names of the routines inside the program.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _, _)| *name)
}

/// A routine inside the program.
#[expect(
    clippy::missing_panics_doc,
    reason = "what is inside the program is tested"
)]
pub fn built_in(name: &str) -> Result<Routine, UnknownRoutine> {
    match BUILT_IN.iter().find(|(known, _, _)| *known == name) {
        // A test parses every one of them, so that this can never be met by her.
        Some((_, path, text)) => {
            Ok(Routine::parse(path, text).expect("built-in routines are tested"))
        }
        None => Err(UnknownRoutine {
            name: name.to_owned(),
            suggestion: suggestion(name),
        }),
    }
}

/// ", did you mean …?" if a known name is near.
fn suggestion(name: &str) -> String {
    let near = built_in_names()
        .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), known), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.7);
    near.map_or_else(String::new, |(_, known)| {
        format!(": did you mean \"{known}\"?")
    })
}

/// What the program says of itself: the names of the keys, cue words, and what is said at a pause or a stop.
#[derive(Clone, Debug)]
pub struct Companion {
    keys: KeyNames,
    words: Words,
    time_left: TimeLeft,
    /// Before she closes her eyes.
    pub rehearsal: Vec<Line>,
    /// After the silence of a pause.
    pub paused: Vec<Line>,
    /// On going on, when her arms were let down.
    pub resumed: Vec<Line>,
    /// On going on with a movement, after that.
    pub resumed_move: Vec<Line>,
    /// At a stop.
    pub stopped: Vec<Line>,
    /// The last words of whatever does not say itself that it is over.
    pub ended: Vec<Line>,
    /// The pace became slower.
    pub slower: Vec<Line>,
    /// The pace became faster.
    pub faster: Vec<Line>,
    /// The keys.
    pub help: Vec<Line>,
}

impl Companion {
    /// The one inside the program.
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "what is inside the program is tested"
    )]
    pub fn built_in() -> Self {
        // A test parses it, so that this can never be met by her.
        Self::parse("scripts/en/companion.toml", COMPANION).expect("the companion is tested")
    }

    fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        let file: CompanionFile = parse_toml(path, text)?;
        let mut checker = Checker::default();
        let mut spoken = |spoken: SpokenFile| -> Vec<Line> {
            spoken
                .lines
                .into_iter()
                .map(|line| checker.line(line))
                .collect()
        };
        let companion = Self {
            rehearsal: spoken(file.rehearsal),
            paused: spoken(file.paused),
            resumed: spoken(file.resumed),
            resumed_move: spoken(file.resumed_move),
            stopped: spoken(file.stopped),
            ended: spoken(file.ended),
            slower: spoken(file.slower),
            faster: spoken(file.faster),
            help: spoken(file.help),
            keys: file.keys,
            words: file.words,
            time_left: file.time_left,
        };
        checker.finish(path, text)?;
        Ok(companion)
    }

    /// `text` with the names of the keys filled in, and a capital at its beginning.
    #[must_use]
    pub fn fill_in(&self, text: &str) -> String {
        let names = [
            &self.keys.pause,
            &self.keys.stop,
            &self.keys.yes,
            &self.keys.no,
        ];
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

    /// The word over half a breath.
    #[must_use]
    pub fn breath_word(&self, phase: BreathPhase) -> &str {
        match phase {
            BreathPhase::In => &self.words.inhale,
            BreathPhase::Out => &self.words.exhale,
        }
    }

    /// The words before the last repetition.
    #[must_use]
    pub fn last_word(&self) -> &str {
        &self.words.last
    }

    /// The word at each repetition in her own breath.
    #[must_use]
    pub fn again_word(&self) -> &str {
        &self.words.again
    }

    /// The time left, in whole minutes, as a sentence.
    #[must_use]
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
    const SMALL: [&str; 20] = [
        "no",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    match number {
        0..20 => SMALL[number as usize].to_owned(),
        20..100 if number.is_multiple_of(10) => TENS[(number / 10) as usize].to_owned(),
        20..100 => format!(
            "{}-{}",
            TENS[(number / 10) as usize],
            SMALL[(number % 10) as usize]
        ),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_inside_the_program_is_sound() {
        for name in built_in_names() {
            assert!(built_in(name).is_ok());
        }
        assert!(!Companion::built_in().paused.is_empty());
    }

    #[test]
    fn a_name_that_is_nearly_right_is_suggested() {
        let error = built_in("uper-back").map(|_| ()).unwrap_err();
        assert!(
            error.to_string().contains("did you mean \"upper-back\"?"),
            "{error}"
        );
        let error = built_in("knees").map(|_| ()).unwrap_err();
        assert!(!error.to_string().contains("did you mean"), "{error}");
    }

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
