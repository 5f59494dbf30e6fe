//! From a routine to a flat list of cues, each with its length: what will happen, in order, and when.
//!
//! Pure: no clock, no device, no file. The same plan is the preview, the session's score and the golden test.

mod compile;
mod preview;

use std::ops::Range;
use std::sync::Arc;

use crate::base::{Frames, Length, Pace, Pose, Posture, SpeechLengths, Utterance};
pub(crate) use crate::routine::cue::{BEFORE_YOUR_TURN, CHIME, Cue, YOUR_TURN};
use crate::routine::cue::{Manner, times_on_feet};
use crate::routine::{Companion, Form, Line, Respelled, Routine, Section};
use compile::Compiler;
pub(crate) use preview::Timed;

/// Silence before the first word: loudspeakers that sleep swallow what comes sooner.
pub(crate) const WAKE_UP: Frames = Frames::from_millis(700);

/// From the beginning of a half breath to its word.
pub(crate) const WORD_DELAY: Frames = Frames::from_millis(150);

/// From the end of "last one" to the next breath, at least: speech never runs into a cue. It is said within the last
/// breath of the repetition before the last, and left out where it does not fit.
pub(crate) const WORD_CLEARANCE: Frames = Frames::from_millis(250);

/// A cue with its place in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCue {
    pub cue: Cue,
    /// The movement that it belongs to: an index into [`Plan::movements`].
    pub movement: usize,
    /// Where to begin again after an interruption: itself, the first half of its breath, or the
    /// first line of its question.
    pub restart: usize,
    /// It belongs to the next question: keys answer while it is said.
    pub leads: bool,
    /// It is part of a repetition.
    pub in_breath: bool,
    /// The repetition, from 1, and how many there are, in a counted breath.
    pub repetition: Option<(u32, u32)>,
}

impl PlannedCue {
    pub const fn asks(&self) -> bool {
        matches!(self.cue, Cue::Ask(..))
    }
}

/// How to get back into a movement: with the line that puts her in place for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resume {
    /// From a cue of the movement itself.
    At(usize),
    /// With a sentence of an earlier movement, and the quiet after it; then the movement begins.
    After(Utterance, Frames),
}

/// A movement in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMovement {
    pub section: Arc<str>,
    /// As it is shown, or empty.
    pub title: Arc<str>,
    /// Its picture, if it has one.
    pub pose: Option<Pose>,
    /// Its first cue.
    pub first: usize,
    pub resume: Resume,
    /// Whether the key for the next movement may leave it.
    pub skip: bool,
    /// Whether she stands during it.
    pub on_feet: bool,
    /// Whether she sits down with its first word.
    pub sits_down: bool,
}

impl PlannedMovement {
    /// What it is called where it has no title of its own, too.
    pub(crate) fn name(&self) -> &str {
        if self.title.is_empty() {
            &self.section
        } else {
            &self.title
        }
    }

    /// Its picture and how she is in it: in the warm-up of a standing session she sits.
    pub(crate) fn pictured(&self) -> Option<(Pose, Posture)> {
        let posture = if self.on_feet {
            Posture::Standing
        } else {
            Posture::Seated
        };
        Some((self.pose?, posture))
    }
}

/// How a routine is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub pace: Pace,
    pub posture: Posture,
    pub length: Length,
    /// In the one-by-one form everything is said, and the keys are rehearsed before a routine without
    /// an opening; in the other she has heard it all before, and the first breath comes within two minutes at the same
    /// rate of speech.
    pub form: Form,
}

impl Setting {
    /// All of it, for someone who hears it for the first time.
    pub const fn new(pace: Pace, posture: Posture) -> Self {
        Self {
            pace,
            posture,
            length: Length::Twenty,
            form: Form::OneByOne,
        }
    }
}

/// Which of the program's own texts it is: they are all at the safety rate, with their rests as written. They are
/// plans like a routine's, so that a pause, a repeat or a skip means the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    Plain,
    /// The safety questions, which are lists in themselves.
    Questions,
    /// It closes the session: the chime and the last words follow.
    Close,
}

/// A routine at one pace, in one posture, as a list of cues.
///
/// The counted paces share their structure: cue *n* of one is cue *n* of another, only longer or shorter.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The title of the routine, or of the text.
    pub title: Arc<str>,
    pace: Pace,
    posture: Posture,
    pub cues: Vec<PlannedCue>,
    lengths: Vec<Frames>,
    pub movements: Vec<PlannedMovement>,
    /// The cues of a second round, if she may ask for one.
    pub second_round: Option<Range<usize>>,
    /// The cue with which a session counts as begun: the first of the warm-up; without one, the
    /// first behind the opening. Whatever else moves her before that begins it sooner.
    pub begun: usize,
}

impl Plan {
    /// Lays the routine out, its lengths estimated.
    pub fn compile(routine: &Routine, companion: &Companion, setting: Setting) -> Self {
        let mut compiler = Compiler::new(companion, setting);
        compiler.routine(routine);
        compiler.finish(routine.title().clone())
    }

    /// The same with its sentences as long as a voice takes for them.
    #[must_use]
    pub(crate) fn measured(mut self, lengths: &impl SpeechLengths) -> Self {
        let cues = self.cues.iter();
        self.lengths = cues.map(|planned| planned.cue.length(lengths)).collect();
        self
    }

    /// Lays out one of the program's own texts.
    pub fn text(
        title: &str,
        lines: &[Line],
        kind: TextKind,
        companion: &Companion,
        setting: Setting,
    ) -> Self {
        let mut compiler = Compiler::new(companion, setting);
        let title = title.into();
        compiler.text(&title, lines, kind);
        compiler.finish(title)
    }

    /// Its movements from the one on with which a session counts as begun.
    pub fn counted_movements(&self) -> &[PlannedMovement] {
        let begun = self.cues.get(self.begun);
        &self.movements[begun.map_or(0, |planned| planned.movement)..]
    }

    /// Its movements without a second round, which is like the first.
    pub(crate) fn movements_once(&self) -> impl Iterator<Item = &PlannedMovement> {
        let second = self.second_round.clone().unwrap_or_default();
        let movements = self.movements.iter();
        movements.filter(move |movement| !second.contains(&movement.first))
    }

    /// The whole, waits for her and a second round not counted.
    pub fn total(&self) -> Frames {
        let sum = |lengths: &[Frames]| -> Frames { lengths.iter().copied().sum() };
        let second = self.second_round.clone().unwrap_or_default();
        sum(&self.lengths[..second.start]) + sum(&self.lengths[second.end..])
    }

    /// The whole, a second round included; waits for her not counted.
    pub(crate) fn whole(&self) -> Frames {
        self.lengths.iter().copied().sum()
    }

    /// The longest from her standing up to her sitting down.
    pub fn time_on_feet(&self) -> Frames {
        let times = self.standing().into_iter().map(|(_, time)| time);
        times.max().unwrap_or_default()
    }

    /// Each time that she stands: the section with which it begins, and how long it is until she sits down.
    fn standing(&self) -> Vec<(&str, Frames)> {
        let firsts = self.movements.iter().map(|movement| movement.first);
        let ends = firsts.skip(1).chain([self.cues.len()]);
        times_on_feet(self.movements.iter().zip(ends).map(|(movement, end)| {
            let stands = movement.on_feet && !movement.sits_down;
            let lengths = self.lengths[movement.first..end].iter().copied();
            (&*movement.section, stands, lengths.sum())
        }))
    }
}

/// What the companion says, as a list of cues: at the safety rate, its rests as written.
pub(crate) fn spoken(lines: &[Line], companion: &Companion, posture: Posture) -> Vec<Cue> {
    let manner = Manner::safety(companion);
    let lines = lines.iter().filter(|line| line.said_in(posture));
    let cues = lines.flat_map(|line| {
        let after = line.after.map(|step| Cue::NotBefore(step.after()));
        after.into_iter().chain(manner.line(line, line.rest))
    });
    cues.collect()
}

/// What the author of a routine hears of it: that it is a trial, then each of these lines of a section once. No breath is
/// among it, no tone and no wait.
pub(crate) fn trial(
    companion: &Companion,
    words: &Respelled,
    section: &Section,
    lines: &[&Line],
    pace: Pace,
) -> Vec<Utterance> {
    let safety = Manner::safety(companion);
    let manner = Manner {
        pace: section.pace(pace),
        words: Some(words),
        ..safety
    };
    let first = companion.trial.iter();
    let first = first.flat_map(|line| safety.line(line, Frames::ZERO));
    let tried = lines.iter();
    let tried = tried.flat_map(|line| manner.line(line, Frames::ZERO));
    first
        .chain(tried)
        .filter_map(|cue| cue.sentence().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Estimate, SAFETY_RATE};
    use crate::routine::{built_in, built_in_names};

    fn plan(pace: Pace) -> Plan {
        let routine = built_in("upper-back").expect("built in");
        let setting = Setting::new(pace, Posture::Seated);
        Plan::compile(&routine, &Companion::built_in(), setting)
    }

    fn said<'a>(plan: &'a Plan, words: &str) -> &'a Utterance {
        let sentences = plan
            .cues
            .iter()
            .filter_map(|planned| planned.cue.sentence());
        sentences
            .into_iter()
            .find(|said| said.text().starts_with(words))
            .expect("a sentence")
    }

    #[test]
    fn safety_text_is_never_slowed_and_the_closing_is_never_hurried() {
        for pace in Pace::ALL {
            let plan = plan(pace);
            assert_eq!(said(&plan, "Find the space bar").rate(), SAFETY_RATE);
            assert_eq!(
                said(&plan, "Now we will roll").rate(),
                pace.words_per_minute()
            );
            let slow = pace.no_faster_than(Pace::Slow);
            assert_eq!(
                said(&plan, "Rest your hands where").rate(),
                slow.words_per_minute()
            );
        }
    }

    #[test]
    fn counted_paces_share_their_structure() {
        let [standard, slow, very_slow, own] = Pace::ALL.map(plan);
        let shape = |plan: &Plan| -> Vec<_> {
            let cues = plan.cues.iter();
            cues.map(|planned| {
                (
                    std::mem::discriminant(&planned.cue),
                    planned.restart,
                    planned.movement,
                )
            })
            .collect()
        };
        assert_eq!(shape(&standard), shape(&slow));
        assert_eq!(shape(&slow), shape(&very_slow));
        assert!(
            !own.cues
                .iter()
                .any(|planned| matches!(planned.cue, Cue::Breathe { .. }))
        );
        assert!(standard.total() < slow.total() && slow.total() < very_slow.total());
    }

    /// From the first breath to the last word, at the standard pace.
    fn lasts(plan: &Plan) -> Frames {
        let mut cues = plan.cues.iter();
        let breathes = |planned: &PlannedCue| matches!(planned.cue, Cue::Breathe { .. });
        let first = cues.position(breathes).expect("a breath");
        let last = plan.cues.iter().rposition(|planned| planned.cue.sounds());
        let second = plan.second_round.clone().unwrap_or_default();
        let said = (first..=last.expect("a word")).filter(|cue| !second.contains(cue));
        said.map(|cue| plan.lengths[cue]).sum()
    }

    #[test]
    fn each_length_is_within_a_tenth_of_its_minutes() {
        for (name, posture) in [
            ("upper-back", Posture::Seated),
            ("upper-back", Posture::Standing),
            ("gentle", Posture::Seated),
            ("rest", Posture::Seated),
        ] {
            let routine = built_in(name).expect("built in");
            let forms = |length| [Form::OneByOne, Form::Day].map(|form| (length, form));
            for (length, form) in Length::ALL.into_iter().flat_map(forms) {
                let setting = Setting {
                    length,
                    form,
                    ..Setting::new(Pace::Standard, posture)
                };
                let plan = Plan::compile(&routine, &Companion::built_in(), setting);
                let minutes = lasts(&plan).seconds() / 60.0;
                let asked = f64::from(length.minutes());
                println!("{name}, {posture}, {length}: {minutes:.2} min");
                assert!(
                    (minutes - asked).abs() <= asked / 10.0,
                    "{name}, {posture}: {minutes:.2}"
                );
            }
        }
    }

    #[test]
    fn movements_are_counted_alike_in_both_forms() {
        for (name, posture) in built_in_names().flat_map(|name| Posture::ALL.map(|it| (name, it))) {
            let [all, day] = [Form::OneByOne, Form::Day].map(|form| {
                let setting = Setting {
                    form,
                    ..Setting::new(Pace::Standard, posture)
                };
                let routine = built_in(name).expect("built in");
                let plan = Plan::compile(&routine, &Companion::built_in(), setting);
                let counted = plan.counted_movements().iter();
                counted
                    .map(|movement| movement.title.clone())
                    .collect::<Vec<_>>()
            });
            assert_eq!(all, day, "{name}, {posture}");
        }
    }

    #[test]
    fn a_movement_without_a_title_is_called_by_its_section() {
        let plan = plan(Pace::Standard);
        let first = |section: &str| {
            let mut movements = plan.movements.iter();
            let first = movements.find(|movement| &*movement.section == section);
            first.expect("it is there").name()
        };
        assert_eq!(first("Sitting"), "Sitting");
        assert_eq!(first("Warm-up"), "Your breath");
    }

    #[test]
    fn a_movement_knows_where_her_hands_go() {
        let plan = plan(Pace::Standard);
        let movement = |title: &str| {
            plan.movements
                .iter()
                .find(|movement| &*movement.title == title)
                .expect("a movement")
        };
        let Resume::At(index) = movement("A soft press, left shoulder").resume else {
            panic!("its own line")
        };
        let there = plan.cues[index].cue.sentence().expect("a sentence");
        assert!(there.text().starts_with("Bring your right hand across"));
        let Resume::After(there, rest) = &movement("A gentle turn to the left").resume else {
            panic!("an earlier line")
        };
        assert!(there.text().starts_with("Cross your arms like a hug again"));
        assert_eq!(*rest, Frames::from_millis(3000));
    }

    /// What she is told once more after a long pause is of this round, not of the one before.
    #[test]
    fn a_second_round_has_its_own_places() {
        let plan = plan(Pace::Standard);
        let again = plan.second_round.clone().expect("it can be done once more");
        let movements = plan.movements.iter();
        let its_own = movements.filter(|movement| again.contains(&movement.first));
        let mut places = 0;
        for movement in its_own {
            if let Resume::At(cue) = movement.resume {
                assert!(again.contains(&cue), "{movement:?}");
                continue;
            }
            let in_first = |other: &&PlannedMovement| {
                other.title == movement.title && other.first < again.start
            };
            let first = plan
                .movements
                .iter()
                .find(in_first)
                .expect("it was done before");
            assert!(matches!(first.resume, Resume::After(..)), "{movement:?}");
            places += 1;
        }
        assert!(places > 0, "none goes back to another one's line");
    }

    fn plan_of(sections: &str, posture: Posture) -> Plan {
        let text = format!("title = \"T\"\nlanguage = \"en\"\nversion = 1\n{sections}");
        let routine = Routine::parse("hers.toml", &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let setting = Setting {
            form: Form::Day,
            ..Setting::new(Pace::Standard, posture)
        };
        Plan::compile(&routine, &Companion::built_in(), setting)
    }

    #[test]
    fn each_time_on_her_feet_is_measured() {
        let stands = |title: &str, rest: u32| {
            format!(
                "[[section]]\ntitle = \"{title}\"\non_feet = true\nposture = \"standing\"\n\
                 [[section.movement]]\nlines = [{{ id = \"{title}1\", say = \"Stand up\", rest = \"{rest}s\", source = [\"house\"] }}]\n\
                 [[section.movement]]\nsits_down = true\nlines = [{{ id = \"{title}2\", say = \"Sit down\", rest = \"99s\", source = [\"house\"] }}]\n"
            )
        };
        let part = |name: &str| format!("[[section]]\npart = \"{name}\"\n");
        let sections = [
            part("rules"),
            part("warm-up"),
            stands("A", 10),
            stands("B", 200),
            part("closing"),
        ];
        let plan = plan_of(&sections.concat(), Posture::Standing);
        let said = Estimate.length(&Utterance::new("Stand up", SAFETY_RATE));
        let times = plan.standing();
        assert_eq!(
            times,
            [
                ("A", said + Frames::from_millis(10_000)),
                ("B", said + Frames::from_millis(200_000))
            ]
        );
        assert_eq!(plan.time_on_feet(), times[1].1);
    }

    #[test]
    fn a_respelled_word_is_shown_as_it_is_written() {
        let sections = "new_words = [\"glide\"]\n[words]\nglide = \"gly-de\"\n[[section]]\ntitle = \"S\"\n\
                        [[section.movement]]\nkind = \"breath\"\nrepeat = 1\nrest = \"2s\"\nlines = [\
                        { id = \"1\", in = \"Glide.\", word = \"Glide.\", source = [\"house\"] }, \
                        { id = \"2\", out = \"Rest.\", source = [\"house\"] }]\n";
        let plan = plan_of(sections, Posture::Seated);
        let said = plan
            .cues
            .iter()
            .flat_map(|planned| planned.cue.utterances());
        let said: Vec<_> = said.filter(|said| said.text().contains("Glide")).collect();
        assert_eq!(said.len(), 2, "the line and the word");
        assert!(said.iter().all(|said| &**said.spoken() == "gly-de."));
    }

    #[test]
    fn a_session_is_begun_with_whatever_moves_her_first() {
        let section = |says: &str, id: char, phases: [&str; 2]| {
            let [first, second] = phases;
            format!(
                "[[section]]\ntitle = \"{id}\"\n{says}\n[[section.movement]]\nkind = \"breath\"\nrepeat = 1\nrest = \"2s\"\n\
                 lines = [{{ id = \"{id}1\", in = \"{first}\", source = [\"house\"] }}, \
                 {{ id = \"{id}2\", out = \"{second}\", source = [\"house\"] }}]\n"
            )
        };
        // Only what the routine "rest" says may stand before the warm-up, and it counts there, too.
        let rest = ["Breathe in softly.", "Breathe out slowly."];
        let begun_in = |sections: &str| {
            let plan = plan_of(sections, Posture::Seated);
            let begun = plan.cues[plan.begun].movement;
            let counted = plan.counted_movements().first().expect("a movement");
            assert_eq!(*counted, plan.movements[begun]);
            counted.section.to_string()
        };
        let warm_up = section("warm_up = true", 'W', ["Up", "Down"]);
        let opening = section("opening = true", 'O', rest);
        assert_eq!(begun_in(&(section("", 'A', rest) + &warm_up)), "A");
        assert_eq!(begun_in(&(opening.clone() + &warm_up)), "O");
        assert_eq!(begun_in(&opening), "O");
        let says = "[[section]]\ntitle = \"S\"\n[[section.movement]]\nlines = [{ id = \"S\", say = \"Sit\", source = [\"house\"] }]\n";
        assert_eq!(begun_in(&(says.to_owned() + &warm_up)), "W");
        assert_eq!(begun_in(says), "S");
    }

    #[test]
    fn a_trial_says_what_it_is_and_then_each_line_at_her_pace() {
        let routine = built_in("upper-back").expect("built in");
        let section = &routine.sections()[0];
        let lines: Vec<_> = section.movements[0].lines.iter().collect();
        let companion = Companion::built_in();
        let words = [("chair".to_owned(), "chehr".to_owned())];
        let words = words.into_iter().collect();
        for pace in [Pace::Standard, Pace::Slow, Pace::VerySlow] {
            let said = trial(&companion, &words, section, &lines, pace);
            let (first, tried) = said.split_at(companion.trial.len());
            assert_eq!(tried.len(), lines.len());
            assert!(tried[0].spoken().contains("chehr"), "{:?}", tried[0]);
            assert!(first.iter().all(|said| said.rate() == SAFETY_RATE));
            let rate = pace.words_per_minute();
            assert!(tried.iter().all(|said| said.rate() == rate), "{pace}");
        }
    }

    #[test]
    fn last_one_is_said_once_in_each_movement_before_its_last_breath() {
        let plan = plan(Pace::Slow);
        for (index, planned) in plan.cues.iter().enumerate() {
            let Cue::Breathe { tail, .. } = &planned.cue else {
                continue;
            };
            let (repetition, of) = planned.repetition.expect("counted");
            let next = plan.cues[index + 1].repetition;
            let before_last = repetition + 1 == of && next == Some((of, of));
            assert_eq!(tail.is_some(), before_last, "{planned:?}");
        }
    }
}

#[cfg(all(test, feature = "program"))]
#[path = "tests/script.rs"]
mod script;

#[cfg(test)]
#[path = "tests/truth.rs"]
mod truth;
