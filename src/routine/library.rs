//! The routines inside the program, and what the program says of itself.

use std::collections::HashSet;
use std::sync::{LazyLock, OnceLock};

use super::check::{self, Checker, PLACEHOLDERS, Parts, parse_toml};
use super::file::{AnsweredWords, CompanionFile, KeyNames, ScreeningFile, TimeLeft, Words};
use super::model::{Line, Routine};
use crate::base::diagnostic::{Problems, did_you_mean};
use crate::base::pace::BreathPhase;
use crate::base::remedy::Remedy;

/// Name, file and text of each routine inside the program; the first one is the default.
const BUILT_IN: [(&str, &str, &str); 3] = [
    (
        "upper-back",
        "scripts/en/upper-back.toml",
        include_str!("../../scripts/en/upper-back.toml"),
    ),
    (
        "gentle",
        "scripts/en/gentle.toml",
        include_str!("../../scripts/en/gentle.toml"),
    ),
    (
        REST,
        "scripts/en/rest.toml",
        include_str!("../../scripts/en/rest.toml"),
    ),
];

/// The routine without movement.
const REST: &str = "rest";

const PARTS: &str = include_str!("../../scripts/en/parts.toml");
const SCREENING: &str = include_str!("../../scripts/en/screening.toml");
const COMPANION: &str = include_str!("../../scripts/en/companion.toml");

/// There is no routine of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no routine called \"{name}\"{suggestion}")]
pub struct UnknownRoutine {
    name: String,
    suggestion: String,
}

impl Remedy for UnknownRoutine {
    fn remedy(&self) -> Option<String> {
        Some(
            "`softback list` shows them; a file of your own needs a name that ends in .toml".into(),
        )
    }
}

/// The names of the routines inside the program.
pub(crate) fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _, _)| *name)
}

/// The sections that routines share.
static SHARED: LazyLock<Parts> = LazyLock::new(|| {
    // A test parses them, so that this can never be met by her.
    check::parts("scripts/en/parts.toml", PARTS).expect("the parts are tested")
});

/// Every sentence of the routine without movement.
static RESTFUL: LazyLock<HashSet<String>> = LazyLock::new(|| {
    // A test parses it. To be parsed it must not need this: nothing in it moves before a warm-up or
    // in an opening, so nobody asks whether that is restful.
    let rest = built_in(REST).expect("built in");
    rest.lines().map(|line| line.text.clone()).collect()
});

/// Whether the routine without movement says this.
fn restful(sentence: &str) -> bool {
    RESTFUL.contains(sentence)
}

impl Routine {
    /// Reads a routine from the text of the file at `path`.
    ///
    /// # Errors
    /// All problems of the file together, each at its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        check::routine(path, text, &SHARED, restful)
    }

    /// Whether it holds no movement: every sentence of it is one of the built-in routine "rest", word
    /// for word. Such a routine alone is played without the screening, the limits and the lock; what
    /// a file says of itself counts for nothing.
    pub fn only_rests(&self) -> bool {
        self.lines().all(|line| restful(&line.text))
    }
}

/// A routine inside the program.
#[expect(
    clippy::missing_panics_doc,
    reason = "what is inside the program is tested"
)]
pub fn built_in(name: &str) -> Result<Routine, UnknownRoutine> {
    static READ: [OnceLock<Routine>; BUILT_IN.len()] = [const { OnceLock::new() }; BUILT_IN.len()];
    let mut routines = BUILT_IN.iter().zip(&READ);
    match routines.find(|((known, _, _), _)| *known == name) {
        // A test parses every one of them, so that this can never be met by her.
        Some(((_, path, text), read)) => Ok(read
            .get_or_init(|| Routine::parse(path, text).expect("built-in routines are tested"))
            .clone()),
        None => Err(UnknownRoutine {
            name: name.to_owned(),
            suggestion: did_you_mean(name, &built_in_names().collect::<Vec<_>>()),
        }),
    }
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
    /// In a pause that another window has made.
    pub focus_lost: Vec<Line>,
    /// Whether she goes on with the session that was cut off.
    pub pick_up: Vec<Line>,
    /// Before the first session with a loudspeaker.
    pub sound_check: Vec<Line>,
    /// After each change of the volume in it.
    pub how_loud: Vec<Line>,
    /// On going on, when her arms were let down.
    pub resumed: Vec<Line>,
    /// On going on with a movement, after that.
    pub resumed_move: Vec<Line>,
    pub stopped: Vec<Line>,
    /// The last words of whatever does not say itself that it is over.
    pub ended: Vec<Line>,
    /// The pace became slower.
    pub slower: Vec<Line>,
    /// The pace became faster.
    pub faster: Vec<Line>,
    pub help: Vec<Line>,
    /// The loudspeaker is lost.
    pub device_lost: Vec<Line>,
    pub device_back: Vec<Line>,
    /// After that, if she had paused.
    pub still_paused: Vec<Line>,
    /// The computer was asleep.
    pub woken: Vec<Line>,
    /// Standing is at the standard pace only.
    pub standard_only: Vec<Line>,
    /// She stopped, and nothing hurts.
    pub fine: Vec<Line>,
    /// She stopped because something hurt, or did not say why.
    pub hurt: Vec<Line>,
    /// The movements are closed from now on.
    pub locked: Vec<Line>,
    /// There have been two sessions today.
    pub two_today: Vec<Line>,
    /// The last one is less than four hours ago.
    pub too_soon: Vec<Line>,
    /// The movements are closed today.
    pub closed_today: Vec<Line>,
    /// A line of the journal cannot be read.
    pub unreadable: Vec<Line>,
    /// The journal is ahead of the clock.
    pub clock_behind: Vec<Line>,
    answered: AnsweredWords,
    emergency: String,
}

/// What is asked before any movement, and what is said when an answer stops her.
#[derive(Clone, Debug)]
pub(crate) struct ScreeningText {
    version: u32,
    date: String,
    pub welcome: Vec<Line>,
    pub questions: Vec<Line>,
    pub last_check: Vec<Line>,
    /// How she wants to sit or stand.
    pub posture: Vec<Line>,
    /// Which routine she wants.
    pub routine: Vec<Line>,
    /// She has chosen to stand.
    pub standing_chosen: Vec<Line>,
    /// Call for help now.
    pub emergency: Vec<Line>,
    pub today: Vec<Line>,
    pub check: Vec<Line>,
    pub no_answer: Vec<Line>,
    /// She feels unwell, or an answer was not true.
    pub unwell: Vec<Line>,
}

impl ScreeningText {
    /// The one inside the program.
    pub(crate) fn built_in() -> Self {
        static READ: LazyLock<ScreeningText> = LazyLock::new(|| {
            // A test parses it, so that this can never be met by her.
            ScreeningText::parse("scripts/en/screening.toml", SCREENING)
                .expect("the screening is tested")
        });
        READ.clone()
    }

    fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        let file: ScreeningFile = parse_toml(path, text)?;
        let mut checker = Checker::of_the_program(text);
        let screening = Self {
            version: file.version,
            date: file.date,
            welcome: checker.spoken(file.welcome),
            questions: checker.spoken(file.questions),
            last_check: checker.spoken(file.last_check),
            posture: checker.spoken(file.posture),
            routine: checker.spoken(file.routine),
            standing_chosen: checker.spoken(file.standing_chosen),
            emergency: checker.spoken(file.emergency),
            today: checker.spoken(file.today),
            check: checker.spoken(file.check),
            no_answer: checker.spoken(file.no_answer),
            unwell: checker.spoken(file.unwell),
        };
        checker.finish(path)?;
        Ok(screening)
    }

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
    /// The one inside the program.
    pub fn built_in() -> Self {
        static READ: LazyLock<Companion> = LazyLock::new(|| {
            // A test parses it, so that this can never be met by her.
            Companion::parse("scripts/en/companion.toml", COMPANION)
                .expect("the companion is tested")
        });
        READ.clone()
    }

    fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        let file: CompanionFile = parse_toml(path, text)?;
        let mut checker = Checker::of_the_program(text);
        let also = [
            &file.two_today.also,
            &file.too_soon.also,
            &file.closed_today.also,
        ]
        .map(Clone::clone);
        let mut companion = Self {
            rehearsal: checker.spoken(file.rehearsal),
            paused: checker.spoken(file.paused),
            focus_lost: checker.spoken(file.focus_lost),
            pick_up: checker.spoken(file.pick_up),
            sound_check: checker.spoken(file.sound_check),
            how_loud: checker.spoken(file.how_loud),
            resumed: checker.spoken(file.resumed),
            resumed_move: checker.spoken(file.resumed_move),
            stopped: checker.spoken(file.stopped),
            ended: checker.spoken(file.ended),
            slower: checker.spoken(file.slower),
            faster: checker.spoken(file.faster),
            help: checker.spoken(file.help),
            device_lost: checker.spoken(file.device_lost),
            device_back: checker.spoken(file.device_back),
            still_paused: checker.spoken(file.still_paused),
            woken: checker.spoken(file.woken),
            standard_only: checker.spoken(file.standard_only),
            fine: checker.spoken(file.fine),
            hurt: checker.spoken(file.hurt),
            locked: checker.spoken(file.locked),
            two_today: checker.spoken(file.two_today),
            too_soon: checker.spoken(file.too_soon),
            closed_today: checker.spoken(file.closed_today),
            unreadable: checker.spoken(file.unreadable),
            clock_behind: checker.spoken(file.clock_behind),
            keys: file.keys,
            words: file.words,
            time_left: file.time_left,
            answered: file.answered,
            emergency: "your emergency number".into(),
        };
        let own = [&companion.two_today, &companion.too_soon, &companion.locked];
        let lines = own.map(Vec::as_slice);
        let [two_today, too_soon, closed_today] = also.map(|ids| checker.also(&ids, &lines));
        companion.two_today.extend(two_today);
        companion.too_soon.extend(too_soon);
        companion.closed_today.extend(closed_today);
        checker.finish(path)?;
        Ok(companion)
    }

    /// `text` with the names of the keys filled in, and a capital at its beginning.
    pub fn fill_in(&self, text: &str) -> String {
        let names = [
            &self.keys.pause,
            &self.keys.stop,
            &self.keys.yes,
            &self.keys.no,
            &self.emergency,
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

    /// The same, with `spoken` for the emergency number.
    #[must_use]
    pub fn with_emergency(mut self, spoken: &str) -> Self {
        spoken.clone_into(&mut self.emergency);
        self
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
            // It panics with every problem of the file.
            let routine = built_in(name).expect("its own name");
            assert!(routine.lines().count() > 0, "{name} says something");
        }
        assert_eq!(ScreeningText::built_in().questions.len(), 9);
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
