//! No line says anything untrue where it is said: over the plans of every routine, posture, length, form and pace.

use crate::base::{Estimate, Frames, Length, Pace, Posture, SpeechLengths};
use crate::plan::{Cue, Plan, Setting};
use crate::routine::{Companion, Form, built_in, built_in_names};

/// Every plan, with what it was laid out for.
fn plans() -> Vec<(&'static str, Setting, Plan)> {
    let mut plans = Vec::new();
    for name in built_in_names() {
        let routine = built_in(name).expect("built in");
        let stands = routine.sections().iter().any(|section| section.on_feet);
        for posture in Posture::ALL
            .into_iter()
            .filter(|it| stands || *it == Posture::Seated)
        {
            for length in Length::ALL {
                for form in [Form::OneByOne, Form::Day] {
                    for pace in Pace::ALL {
                        let setting = Setting {
                            pace,
                            posture,
                            length,
                            form,
                        };
                        let plan = Plan::compile(&routine, &Companion::built_in(), setting);
                        plans.push((name, setting, plan));
                    }
                }
            }
        }
    }
    plans
}

/// What is said of the plan, in its order, and whether she stands then.
fn said(plan: &Plan) -> Vec<(&str, bool)> {
    let said = plan.cues.iter().filter_map(|planned| {
        let movement = &plan.movements[planned.movement];
        let stands = movement.on_feet && !movement.sits_down;
        planned.cue.sentence().map(|said| (&**said.text(), stands))
    });
    said.collect()
}

/// Whether one of these was said before the sentence with this number.
fn came_before(said: &[(&str, bool)], number: usize, any: &[&str]) -> bool {
    let mut before = said[..number].iter();
    before.any(|(said, _)| any.iter().any(|words| said.contains(words)))
}

#[test]
fn each_section_stands_once_and_together_they_are_the_whole() {
    for (name, setting, plan) in plans() {
        let sections = plan.sections();
        let titles = sections.iter().map(|(title, ..)| title);
        let once = titles
            .clone()
            .zip(titles.skip(1))
            .all(|(one, next)| one != next);
        assert!(once, "{name}, {setting:?}: {sections:?}");
        let whole: Frames = sections.iter().map(|(_, _, lasts)| *lasts).sum();
        assert_eq!(whole, plan.whole(), "{name}, {setting:?}");
    }
}

/// A standing session warms up on the chair.
#[test]
fn a_movement_is_pictured_as_she_is_in_it() {
    for (name, setting, plan) in plans() {
        for movement in &plan.movements {
            let pictured = movement.pictured();
            assert_eq!(pictured.map(|(pose, _)| pose), movement.pose);
            let stands = pictured.is_some_and(|(_, posture)| posture == Posture::Standing);
            let place = format!("{name}, {setting:?}: {}", movement.name());
            assert_eq!(stands, pictured.is_some() && movement.on_feet, "{place}");
        }
    }
}

#[test]
fn what_a_line_takes_for_granted_has_been_said_before_it() {
    // A line, and what makes it true.
    let rests_on: [(&str, &[&str]); 11] = [
        (
            "Let your arms come down",
            &[
                "fingertips on your shoulders",
                "like a hug",
                "your own shoulders",
                "hips",
            ],
        ),
        ("Keep the hug", &["like a hug"]),
        ("like a hug again", &["like a hug."]),
        ("Now the other way", &["roll your shoulders"]),
        ("Now circle the other way", &["circle"]),
        ("Now roll the other way", &["Roll your upper back"]),
        ("Now change sides", &["Bring your right hand across"]),
        (
            "Let your hands come round",
            &["Bring your hands behind you"],
        ),
        (
            "Now the same to the left",
            &["turn to the right", "Turn to the right"],
        ),
        ("Now open your left arm", &["palms together"]),
        ("Keep the chair close", &["Set a heavy chair"]),
    ];
    let mut met = [false; 11];
    for (name, setting, plan) in plans() {
        let said = said(&plan);
        for (number, (sentence, _)) in said.iter().enumerate() {
            for (met, (words, before)) in met.iter_mut().zip(rests_on) {
                if sentence.contains(words) {
                    *met = true;
                    assert!(
                        came_before(&said, number, before),
                        "{name}, {setting:?}: {sentence}"
                    );
                }
            }
        }
    }
    assert!(met.iter().all(|met| *met), "{met:?}");
}

#[test]
fn standing_rounds_limits_and_tones_are_spoken_of_only_where_they_are() {
    for (name, setting, plan) in plans() {
        let place = || format!("{name}, {setting:?}");
        let standing = setting.posture == Posture::Standing;
        for (sentence, stands) in said(&plan) {
            let says = |words: &str| sentence.contains(words);
            assert!(!says("the wall") || stands, "{}: {sentence}", place());
            assert!(!says("Sit tall") || !stands, "{}: {sentence}", place());
            assert!(
                !says("You have stood") || standing,
                "{}: {sentence}",
                place()
            );
            assert!(
                !says("hold the chair, and sit down") || standing,
                "{}: {sentence}",
                place()
            );
            let round = says("one more round") || says("for one more");
            assert!(
                !round || plan.second_round.is_some(),
                "{}: {sentence}",
                place()
            );
            assert!(
                !says("twice is the most") || name != "rest",
                "{}: {sentence}",
                place()
            );
            let counts = says("the tones") || says("the count");
            assert!(
                !counts || setting.pace.breath().is_some(),
                "{}: {sentence}",
                place()
            );
            // Nobody is asked to get somewhere in a routine at rest.
            assert!(
                !says("stand up slowly") || standing,
                "{}: {sentence}",
                place()
            );
        }
        // Each has care, a warm-up where she moves, and the words whom to call.
        let all: Vec<_> = said(&plan).into_iter().map(|(said, _)| said).collect();
        for call in ["For chest pain", "For a bad headache"] {
            assert!(all.iter().any(|said| said.starts_with(call)), "{}", place());
        }
        if name != "rest" {
            let warm_up = |it: &&crate::plan::PlannedMovement| &*it.section == "Warm-up";
            let titled = |it: &&crate::plan::PlannedMovement| !it.title.is_empty();
            let moves = plan.movements.iter().filter(warm_up).filter(titled).count();
            assert!(moves >= 3, "{}: {moves} in the warm-up", place());
            assert!(
                all.iter().any(|said| said.starts_with("If anything hurts")),
                "{}",
                place()
            );
        }
    }
}

/// There "Again." is all that she hears later.
#[test]
fn in_her_own_breath_each_movement_says_first_what_to_do() {
    let own = |it: &(&str, Setting, Plan)| it.1.pace == Pace::Own;
    for (name, setting, plan) in plans().into_iter().filter(own) {
        for (index, movement) in plan.movements.iter().enumerate() {
            let cues = plan.cues.iter().filter(|planned| planned.movement == index);
            let breathes = cues.clone().any(|planned| planned.in_breath);
            let told = cues.filter(|planned| !planned.in_breath && planned.cue.sounds());
            let told = told.count();
            assert!(
                !breathes || told >= 2,
                "{name}, {setting:?}: {}",
                movement.title
            );
        }
    }
}

/// She obeys "breathe in", and waits with her breath for "breathe out".
#[test]
fn breathe_out_follows_breathe_in_within_five_seconds_also_in_the_try_out() {
    let mut tried = 0;
    for (name, setting, plan) in plans().into_iter().filter(|it| it.1.pace == Pace::Standard) {
        for (index, planned) in plan.cues.iter().enumerate() {
            let says = |cue: &Cue, words: &str| {
                let sentence = cue.sentence().map(|said| said.text().to_lowercase());
                sentence.is_some_and(|said| said.contains(words))
            };
            if !says(&planned.cue, "breathe in ") && !says(&planned.cue, "breathe in,") {
                continue;
            }
            tried += 1;
            let mut waited = Frames::ZERO;
            for later in &plan.cues[index..] {
                if says(&later.cue, "breathe out") {
                    break;
                }
                waited += match &later.cue {
                    Cue::Say(said) => Estimate.length(said),
                    cue => cue.length(&Estimate),
                };
            }
            assert!(
                waited <= Frames::from_millis(5000),
                "{name}, {setting:?}: {waited}"
            );
        }
    }
    assert!(tried > 20, "{tried}");
}
