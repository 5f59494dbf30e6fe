//! Each rule, broken and kept.

use super::*;

fn problems(movement: &str) -> String {
    problems_of(&[&section("", movement)])
}

fn problems_of(sections: &[&str]) -> String {
    let head = "title = \"T\"\nlanguage = \"en\"\nversion = 1\n";
    // Every line has an id of its own.
    let mut text = String::from(head);
    for (number, part) in sections.concat().split("ID").enumerate() {
        if number > 0 {
            text.extend(["id = \"", &number.to_string(), "\", source = [\"house\"]"]);
        }
        text += part;
    }
    match Routine::parse("test.toml", &text) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

/// A section that says this of itself, with these movements.
fn section(says: &str, movements: &str) -> String {
    format!("[[section]]\ntitle = \"S\"\n{says}\n[[section.movement]]\n{movements}\n")
}

#[track_caller]
fn refused(movement: &str, message: &str) {
    says(&problems(movement), message);
}

#[track_caller]
fn says(shown: &str, message: &str) {
    assert!(shown.contains(message), "{message:?} is not in:\n{shown}");
    assert!(shown.contains("test.toml:"), "no place in:\n{shown}");
}

const MOVES: &str =
    "repeat = 3\nrest = \"2s\"\nlines = [{ ID, in = \"In\" }, { ID, out = \"Out\" }]";
const SAYS: &str = "lines = [{ ID, say = \"Sit here\" }]";
const SITS: &str = "sits_down = true\nlines = [{ ID, say = \"Sit down\" }]";
const STANDS: &str = "on_feet = true\nposture = \"standing\"";
const ASKS: &str =
    "lines = [{ ID, ask = \"One more?\", yes = \"again\", no = \"rest\", silence = \"rest\" }]";

fn and(movements: &[&str]) -> String {
    movements.join("\n[[section.movement]]\n")
}

const BREATH: &str = r#"
        { id = "1", in = "In", source = ["house"] },
        { id = "2", out = "Out", source = ["house"] },"#;

#[test]
fn a_sound_movement_passes() {
    assert_eq!(
        problems(&format!("repeat = 3\nrest = \"2s\"\nlines = [{BREATH}]")),
        ""
    );
}

#[test]
fn what_could_hold_her_breath_is_refused() {
    let lines =
        r#"{ id = "1", in = "In", source = ["x"] }, { id = "2", in = "In", source = ["x"] },"#;
    refused(
        &format!("repeat = 3\nrest = \"2s\"\nlines = [{lines}]"),
        "breath would be held",
    );
    let lines = format!("{BREATH} {}", r#"{ id = "3", in = "In", source = ["x"] }"#);
    refused(
        &format!("repeat = 3\nrest = \"2s\"\nlines = [{lines}]"),
        "does not come round",
    );
    let torn = r#"{ id = "1", in = "I", source = ["x"] }, { id = "2", say = "S", source = ["x"] }, { id = "3", out = "O", source = ["x"] }"#;
    refused(
        &format!("repeat = 3\nrest = \"2s\"\nlines = [{torn}]"),
        "torn apart",
    );
}

#[test]
fn repetitions_and_rests_are_asked_for() {
    refused(&format!("rest = \"2s\"\nlines = [{BREATH}]"), "how often");
    refused(
        &format!("repeat = 0\nrest = \"2s\"\nlines = [{BREATH}]"),
        "1 to 12",
    );
    refused(
        &format!("repeat = 3\nlines = [{BREATH}]"),
        "no rest follows",
    );
    refused(
        &format!("repeat = 3\nrest = \"1h\"\nlines = [{BREATH}]"),
        "15 minutes",
    );
    refused(
        &format!("repeat = 3\nrest = 2.5\nlines = [{BREATH}]"),
        "invalid type",
    );
}

#[test]
fn lines_are_one_thing_each_with_a_source() {
    refused(
        r#"lines = [{ id = "1", source = ["x"] }]"#,
        "exactly one of",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", in = "b", source = ["x"] }]"#,
        "exactly one of",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", source = [] }]"#,
        "no source",
    );
    refused(
        r#"lines = [{ id = "1", say = "...", source = ["x"] }]"#,
        "nothing to say",
    );
    refused(
        r#"lines = [{ id = "1", say = "a\u0000b", source = ["x"] }]"#,
        "control character",
    );
    refused(
        r#"lines = [{ id = "1", say = "Press {PUASE}", source = ["x"] }]"#,
        "{PAUSE}",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", source = ["x"] }, { id = "1", say = "b", source = ["x"] }]"#,
        "two lines",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", wait = "2s", source = ["x"] }]"#,
        "only a question",
    );
    refused(
        "place = \"9\"\nlines = [{ id = \"1\", say = \"a\", source = [\"x\"] }]",
        "no line with the id",
    );
}

#[test]
fn a_question_waits_leads_somewhere_and_does_not_take_silence_for_an_answer() {
    let asked =
        |answers: &str| problems(&format!("lines = [{{ ID, ask = \"Fine?\", {answers} }}]"));
    for sound in [
        "yes = \"go-on\", no = \"end\", silence = \"end\"",
        "yes = \"nothing\", no = \"end\"",
        "wait = \"5s\"",
    ] {
        assert_eq!(asked(sound), "", "{sound}");
    }
    for silence in ["nothing", "again", "go-on"] {
        says(
            &asked(&format!("silence = \"{silence}\"")),
            "no answer would lead on",
        );
    }
    says(&asked("yes = \"standing\""), "only the program's own");
    for stray in [
        "no = \"again\"",
        "yes = \"rest\"",
        "no = \"rest\"",
        "silence = \"rest\"",
    ] {
        says(&asked(stray), "does not offer another round");
    }
    says(&asked("wait = \"0s\""), "not wait long enough");
}

#[test]
fn only_yes_leads_to_a_second_round_and_there_is_one_at_most() {
    let round = |last: &str| section("rounds = 2", &and(&[MOVES, last]));
    let sound = round(ASKS);
    assert_eq!(problems_of(&[&sound]), "");
    says(
        &problems_of(&[&sound, &sound]),
        "a second section with another round",
    );
    for (good, bad) in [
        ("no = \"rest\"", "no = \"go-on\""),
        ("silence = \"rest\"", "silence = \"go-on\""),
        ("ask =", "form = \"one-by-one\", ask ="),
        ("ask =", "when = \"standing\", ask ="),
        ("ask =", "round = 2, ask ="),
        (" }]", " }, { ID, say = \"Well\" }]"),
    ] {
        says(
            &problems_of(&[&round(&ASKS.replacen(good, bad, 1))]),
            "not asked before the second round",
        );
    }
    let standing = section(&format!("{STANDS}\nrounds = 2"), &and(&[MOVES, SITS, ASKS]));
    says(&problems_of(&[&standing]), "stand for another round");
}

#[test]
fn whoever_stands_is_told_to_sit_down_before_anything_else() {
    let stands = |movements: &[&str]| section(STANDS, &and(movements));
    let seated = section("", SAYS);
    let sits = section(STANDS, SITS);
    for sound in [
        &[&*stands(&[SAYS, SITS])][..],
        &[&stands(&[SAYS]), &stands(&[SAYS, SITS]), &seated],
        &[&stands(&[SAYS]), &sits, &seated],
        &[&stands(&[SAYS]), &section("", SITS), &seated],
        &[
            &stands(&[SAYS]),
            &section("posture = \"seated\"", SAYS),
            &sits,
        ],
        &[&stands(&[SAYS, SITS]), &seated, &stands(&[SAYS, SITS])],
    ] {
        assert_eq!(problems_of(sound), "", "{sound:?}");
    }
    let never_said = SITS.replacen("say =", "form = \"one-by-one\", say =", 1);
    for wrong in [
        &[&*stands(&[SAYS])][..],
        &[&stands(&[SAYS]), &seated, &sits],
        &[&stands(&[SAYS, SITS]), &seated, &stands(&[SAYS])],
        &[&stands(&[SITS, SAYS]), &seated],
        &[&stands(&[SAYS, &never_said]), &seated],
        &[
            &stands(&[SAYS]),
            &section("posture = \"seated\"", SITS),
            &seated,
        ],
    ] {
        says(&problems_of(wrong), "not told to sit down");
    }
    let slow = section(
        &format!("{STANDS}\nno_faster_than = \"slow\""),
        &and(&[SAYS, SITS]),
    );
    says(&problems_of(&[&slow]), "longer than at the standard pace");
}

#[test]
fn she_stands_for_five_minutes_at_most() {
    let stands = |rest: &str| {
        let rests = SAYS.replacen(" }]", &format!(", rest = \"{rest}\" }}]"), 1);
        section(STANDS, &and(&[&rests, SITS]))
    };
    // "Sit here" is estimated at 0.8 s.
    assert_eq!(problems_of(&[&stands("4m 59200ms")]), "");
    assert_eq!(problems_of(&[&stands("4m"), &stands("4m")]), "");
    let shown = problems_of(&[&stands("4m"), &stands("4m 59201ms")]);
    says(
        &shown,
        "she would stand for 5:00.00, and 5 minutes are the most",
    );
    says(&shown, "let her sit down sooner");
    says(&shown, "test.toml:13:1");
    // A breath is counted, and one movement after another.
    let breathes = MOVES.replacen("2s", "4m 32s", 1);
    let moves = section(STANDS, &and(&[&breathes, SITS]));
    says(&problems_of(&[&moves]), "she would stand for");
    assert_eq!(problems_of(&[&section(STANDS, &and(&[MOVES, SITS]))]), "");
    let long = stands("4m").replacen(SITS, SAYS, 1);
    says(&problems_of(&[&long, &stands("1m")]), "she would stand for");
}

#[test]
fn nothing_moves_her_in_the_opening_or_before_the_warm_up() {
    let warm_up = section("warm_up = true", MOVES);
    let opening = |movement: &str| section("opening = true", movement);
    let moves = section("", MOVES);
    let rests = MOVES
        .replace("\"In\"", "\"Breathe in softly.\"")
        .replace("\"Out\"", "\"Breathe out slowly.\"");
    for sound in [
        &[&*opening(SAYS), &section("", SAYS), &warm_up, &moves][..],
        &[&opening(&rests), &section("", &rests), &warm_up],
        &[&moves],
    ] {
        assert_eq!(problems_of(sound), "", "{sound:?}");
    }
    says(
        &problems_of(&[&opening(MOVES), &moves]),
        "move in the opening",
    );
    says(&problems_of(&[&moves, &warm_up]), "move before the warm-up");
    let stands = section(STANDS, &and(&[SAYS, SITS]));
    says(
        &problems_of(&[&stands, &warm_up]),
        "move before the warm-up",
    );
}

#[test]
fn what_belongs_to_a_pause_is_not_for_a_routine() {
    for key in ["after = \"end\"", "moving = true"] {
        refused(
            &format!("lines = [{{ ID, say = \"Here\", {key} }}]"),
            "only what Softback says of itself",
        );
    }
}

#[test]
fn a_side_is_for_the_sound_check() {
    refused(
        "lines = [{ ID, say = \"Here\", side = \"left\" }]",
        "only the sound check",
    );
}

#[test]
fn what_lines_say_together_is_looked_at() {
    let lines = |lines: &[&str]| {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| format!("{{ ID, {line} }}"))
            .collect();
        problems(&format!(
            "repeat = 3\nrest = \"2s\"\nlines = [{}]",
            lines.join(", ")
        ))
    };
    let sound = [
        r#"say = "Stay off your neck.""#,
        r#"say = "Press lightly with your fingers.""#,
        r#"in = "Breathe in softly.""#,
        r#"out = "Breathe out.""#,
        r#"say = "Rest your hands, and hold the chair.""#,
    ];
    assert_eq!(lines(&sound), "");
    for wrong in [
        &[
            r#"in = "Breathe in.""#,
            r#"out = "Hold for two, and let it go.""#,
        ][..],
        &[
            r#"in = "Breathe in softly.""#,
            r#"out = "Hold now, and out.""#,
        ],
        &[
            r#"say = "Take a breath.""#,
            r#"say = "Wait a moment.""#,
            r#"in = "In.""#,
            r#"out = "Out.""#,
        ],
    ] {
        let shown = lines(wrong);
        says(&shown, "after the line before it");
        says(&shown, "breath-hold");
    }
    let neck = [
        r#"say = "Your neck may feel stiff.""#,
        r#"say = "Rub it with two fingers.""#,
        r#"in = "In.""#,
        r#"out = "Out.""#,
    ];
    let shown = lines(&neck);
    says(&shown, "\"Rub it\" may not be spoken");
    says(&shown, "neck-hands");
}

/// What is wrong with these lines, in a routine whose head allows `new_words`.
fn with_new_words(new_words: &str, lines: &str) -> String {
    let head = "title = \"T\"\nlanguage = \"en\"\nversion = 1";
    let section = section("", &format!("lines = [\n{lines}]"));
    let text = format!("{head}\nnew_words = [{new_words}]\n{section}");
    match Routine::parse("test.toml", &text) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn each_new_word_is_a_decision() {
    let glide = "{ id = \"1\", say = \"Let your hands glide down.\", source = [\"house\"] },\n";
    let shown = with_new_words("", glide);
    says(&shown, "\"glide\" is a word that no built-in routine uses");
    says(&shown, "test.toml:10:");
    for sound in ["\"glide\"", "\"Glide\"", "\"gl\u{ef}de\""] {
        assert_eq!(with_new_words(sound, glide), "", "{sound}");
    }
    let parted = glide.replace("glide", "gl-ide");
    says(&with_new_words("\"glide\"", &parted), "\"ide\" is a word");
    for needless in ["hands", "swoop", "glide down", ""] {
        let shown = with_new_words(&format!("\"glide\", \"{needless}\""), glide);
        assert_eq!(
            shown.matches("error: ").count(),
            1,
            "{needless:?}:\n{shown}"
        );
        says(&shown, "test.toml:4:23");
    }
    // What a phrase refuses stays refused.
    let crack = glide.replace("glide down", "crack");
    says(&with_new_words("\"crack\"", &crack), "may not be spoken");
}

#[test]
fn all_problems_come_together() {
    let found =
        problems(r#"lines = [{ id = "1", source = ["x"] }, { id = "1", say = "a", source = [] }]"#);
    assert_eq!(found.matches("error: ").count(), 3, "{found}");
}

#[test]
fn what_does_not_show_is_named_wherever_it_stands() {
    let section = section(
        "",
        r#"lines = [{ id = "1", say = "Rest.", source = ["x"] }]"#,
    );
    for (letter, code) in [
        ("\\u0000", "U+0000"),
        ("\\u200b", "U+200B"),
        ("\\u202e", "U+202E"),
    ] {
        for (place, what) in [
            ("title = \"S", "title"),
            ("id = \"1", "id"),
            ("[\"x", "source"),
        ] {
            let section = section.replace(place, &format!("{place}{letter}"));
            let named = format!("the {what} holds a character that cannot be shown: {code}");
            says(&problems_of(&[&section]), &named);
        }
    }
}

#[test]
fn a_pose_that_there_is_not_is_refused() {
    let refused = problems(&format!("pose = \"elbow-circle-back\"\n{SAYS}"));
    says(&refused, "did you mean \"elbow-circles-back\"?");
    says(&refused, "resting, sit-well-back, ");
    assert_eq!(problems(&format!("pose = \"lean-left\"\n{SAYS}")), "");
    let posed = |pose: &str| and(&[&format!("pose = \"{pose}\"\n{SAYS}"), SITS]);
    let stands = |pose: &str| problems_of(&[&section(STANDS, &posed(pose))]);
    says(&stands("lean-left"), "is for a chair, and she stands here");
    assert_eq!(stands("arms-up-the-wall"), "");
    let sits = problems(&format!("pose = \"arms-up-the-wall\"\n{SAYS}"));
    says(&sits, "is for a wall, and she sits here");
}
