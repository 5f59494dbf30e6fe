//! Each rule, broken and kept.

mod mistakes;

use super::*;

fn problems(movement: &str) -> String {
    problems_of(&[&section("", movement)])
}

/// Between a warm-up and a closing, unless the sections have their own warm-up.
fn problems_of(sections: &[&str]) -> String {
    let sections = sections.concat();
    let warm_up = if sections.contains("warm_up") || sections.contains("opening") {
        ""
    } else {
        WARM_UP
    };
    problems_of_all(&format!("{warm_up}{sections}{CLOSING}"))
}

fn problems_of_all(sections: &str) -> String {
    let head = "title = \"T\"\nlanguage = \"en\"\nversion = 1\n";
    // Every line has an id of its own.
    let mut text = String::from(head);
    for (number, part) in sections.split("ID").enumerate() {
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
const WARM_UP: &str = "[[section]]\ntitle = \"W\"\nwarm_up = true\n[[section.movement]]\nkind = \"breath\"\n\
                       repeat = 1\nrest = \"1s\"\nlines = [{ id = \"W1\", in = \"In\", source = [\"house\"] }, \
                       { id = \"W2\", out = \"Out\", source = [\"house\"] }]\n";
const CLOSING: &str = "[[section]]\npart = \"closing\"\n";
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
    let lines = r#"{ id = "1", in = "In", source = ["house"] }, { id = "2", in = "In", source = ["house"] },"#;
    refused(
        &format!("repeat = 3\nrest = \"2s\"\nlines = [{lines}]"),
        "breath would be held",
    );
    let lines = format!(
        "{BREATH} {}",
        r#"{ id = "3", in = "In", source = ["house"] }"#
    );
    refused(
        &format!("repeat = 3\nrest = \"2s\"\nlines = [{lines}]"),
        "does not come round",
    );
    let torn = r#"{ id = "1", in = "I", source = ["house"] }, { id = "2", say = "S", source = ["house"] }, { id = "3", out = "O", source = ["house"] }"#;
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
        r#"lines = [{ id = "1", source = ["house"] }]"#,
        "exactly one of",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", in = "b", source = ["house"] }]"#,
        "exactly one of",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", source = [] }]"#,
        "no source",
    );
    refused(
        r#"lines = [{ id = "1", say = "...", source = ["house"] }]"#,
        "nothing to say",
    );
    refused(
        r#"lines = [{ id = "1", say = "a\u0000b", source = ["house"] }]"#,
        "control character",
    );
    refused(
        r#"lines = [{ id = "1", say = "Press {PUASE}", source = ["house"] }]"#,
        "{PAUSE}",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", source = ["house"] }, { id = "1", say = "b", source = ["house"] }]"#,
        "two lines",
    );
    refused(
        r#"lines = [{ id = "1", say = "a", wait = "2s", source = ["house"] }]"#,
        "only a question",
    );
    refused(
        "place = \"9\"\nlines = [{ id = \"1\", say = \"a\", source = [\"house\"] }]",
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
    says(&shown, "test.toml:21:1");
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
    for needless in ["hands", "swoop", "glide down", "Glide", ""] {
        let shown = with_new_words(&format!("\"glide\", \"{needless}\""), glide);
        assert_eq!(
            shown.matches("error: ").count(),
            1,
            "{needless:?}:\n{shown}"
        );
        says(&shown, "test.toml:4:23");
    }
    let twice = with_new_words("\"glide\", \"Glide\"", glide);
    says(&twice, "\"glide\" stands in new_words twice");
    // What a phrase refuses stays refused.
    let crack = glide.replace("glide down", "crack");
    says(&with_new_words("\"crack\"", &crack), "may not be spoken");
}

#[test]
fn a_new_word_is_told_once_and_only_where_it_could_stay() {
    let told = |said: &str| {
        let line = format!("{{ id = \"1\", say = \"{said}\", source = [\"house\"] }},\n");
        with_new_words("", &line)
    };
    let shown = told("Let your hands glide, and glide on, in a swoop.");
    assert_eq!(shown.matches("error: ").count(), 2, "{shown}");
    says(&shown, "new_words = [\"glide\", \"swoop\"] at the top");
    // What no voice says as it is written cannot be declared, nor what is forbidden.
    let shown = told("Stay there for 5 s.");
    assert_eq!(shown.matches("error: ").count(), 1, "{shown}");
    says(&shown, "a voice would not say \"5 s\" as it is written");
    let shown = told("Let your back crack.");
    assert_eq!(shown.matches("error: ").count(), 1, "{shown}");
}

#[test]
fn what_was_meant_is_checked_in_the_place_of_a_slip() {
    let (section, warm_up) = (
        section("", &of_kind("breath", 3, "")),
        "[[section]]\npart = \"warmup\"\n",
    );
    let shown = problems_of_all(&[RULES, warm_up, &section, CLOSING].concat());
    assert_eq!(shown.matches("error: ").count(), 1, "{shown}");
    says(&shown, "did you mean \"warm-up\"?");
    let shown = problems_of(&[RULES, &self::section("", &of_kind("hands-on-bck", 3, ""))]);
    assert_eq!(shown.matches("error: ").count(), 2, "{shown}");
    says(&shown, "did you mean \"hands-on-back\"?");
    says(&shown, "is done without its word of care");
}

#[test]
fn only_new_words_are_respelled_and_to_nothing_that_may_not_be_spoken() {
    let line = "{ id = \"1\", say = \"Let your hands glide down.\", source = [\"house\"] },\n";
    let with = |words: &str| {
        let text = format!(
            "title = \"T\"\nlanguage = \"en\"\nversion = 1\nnew_words = [\"glide\"]\n[words]\n{words}\n\
             [[section]]\ntitle = \"S\"\n[[section.movement]]\nlines = [{line}]\n"
        );
        Routine::parse("test.toml", &text)
    };
    let refused = |words: &str, message: &str| {
        says(&with(words).expect_err(words).to_string(), message);
    };
    let sound = with("Glide = \"gly-de\"").unwrap_or_else(|wrong| panic!("{wrong}"));
    let heard = sound.words().heard("Let your hands glide down.");
    assert_eq!(heard.as_deref(), Some("Let your hands gly-de down."));
    assert!(sound.new_words().is_empty());
    refused(
        "hands = \"hahnds\"",
        "\"hands\" is no word of this routine's own",
    );
    refused(
        "swoop = \"swoo-p\"",
        "\"swoop\" is no word of this routine's own",
    );
    // It may stand in new_words, for it has two readings; Softback says it all the same.
    let minute = "title = \"T\"\nlanguage = \"en\"\nversion = 1\nnew_words = [\"minute\"]\n[words]\nminute = \"my-nute\"\n\
                  [[section]]\ntitle = \"S\"\n[[section.movement]]\n\
                  lines = [{ id = \"1\", say = \"Rest for a minute.\", source = [\"house\"] }]\n";
    let wrong = Routine::parse("test.toml", minute).expect_err("it is Softback's");
    says(
        &wrong.to_string(),
        "\"minute\" is no word of this routine's own",
    );
    assert!(
        Routine::parse(
            "test.toml",
            &minute.replace("[words]\nminute = \"my-nute\"\n", "")
        )
        .is_ok()
    );
    for respelled in ["", "-", "gly 2", "GLYDE", "gly.de", "gly\u{e9}"] {
        refused(&format!("glide = \"{respelled}\""), "this is no respelling");
    }
    for respelled in ["crack", "cra-ck"] {
        refused(
            &format!("glide = \"{respelled}\""),
            "\"crack\" may not be spoken",
        );
    }
    refused("glide = \"push-hard\"", "may not be spoken");
}

#[test]
fn whatever_moves_her_needs_a_warm_up_before_it_and_a_closing_behind_it() {
    let rules = "[[section]]\npart = \"rules\"\n";
    let warm_up = "[[section]]\npart = \"warm-up\"\n";
    let moves = section("", MOVES);
    let all = |sections: &[&str]| problems_of_all(&sections.concat());
    assert_eq!(all(&[rules, warm_up, &moves, CLOSING]), "");
    says(&all(&[&moves, CLOSING]), "she would move without a warm-up");
    says(&all(&[rules, warm_up, &moves]), "move in the last section");
    says(
        &all(&[rules, warm_up, &moves]),
        "the last section does not say",
    );
    says(
        &all(&[&section("warm_up = true", SAYS), &moves, CLOSING]),
        "nothing moves in the warm-up",
    );
    // A breath needs neither.
    let breath = section("", &MOVES.replace("repeat", "kind = \"breath\"\nrepeat"));
    assert_eq!(all(&[&breath]), "");
    let own = |lines: &[&str]| {
        let lines = lines
            .iter()
            .map(|line| format!("{{ ID, say = \"{line}\" }},"));
        let lines: String = lines.collect();
        all(&[
            rules,
            warm_up,
            &moves,
            &section("", &format!("lines = [{lines}]")),
        ])
    };
    let sentences = care::CLOSING;
    assert_eq!(own(&sentences), "");
    for missed in 0..sentences.len() {
        let mut fewer = sentences.to_vec();
        let sentence = fewer.remove(missed);
        says(&own(&fewer), sentence);
    }
    let [calls, unit, stand, over] = sentences;
    says(
        &own(&[over, calls, unit, stand]),
        "the last section does not say",
    );
    says(
        &own(&[calls, unit, stand, over, "Rest."]),
        "the last section does not say",
    );
    // It is not the last for her who sits.
    let seated = section("posture = \"seated\"", SAYS);
    says(
        &all(&[rules, warm_up, &moves, CLOSING, &seated]),
        "the last section does not say",
    );
}

#[test]
fn all_problems_come_together() {
    let found = problems(
        r#"lines = [{ id = "1", source = ["house"] }, { id = "1", say = "a", source = [] }]"#,
    );
    assert_eq!(found.matches("error: ").count(), 3, "{found}");
}

#[test]
fn what_does_not_show_is_named_wherever_it_stands() {
    let section = section(
        "",
        r#"lines = [{ id = "1", say = "Rest.", source = ["house"] }]"#,
    );
    for (letter, code) in [
        ("\\u0000", "U+0000"),
        ("\\u200b", "U+200B"),
        ("\\u202e", "U+202E"),
    ] {
        for (place, what) in [("title = \"S", "title"), ("id = \"1", "id")] {
            let section = section.replace(place, &format!("{place}{letter}"));
            let named = format!("the {what} holds a character that cannot be shown: {code}");
            says(&problems_of(&[&section]), &named);
        }
    }
}

/// What is wrong with a routine that describes a source of its own in these words, and whose one line names `named`.
fn with_source(described: &str, named: &str) -> String {
    let lines = format!("lines = [{{ id = \"1\", say = \"Rest.\", source = [{named}] }}]");
    problems_of_all(&[described, &section("", &lines)].concat())
}

#[test]
fn a_source_is_in_the_list_or_described_in_the_file() {
    let own = |key: &str, place: &str| {
        format!(
            "[sources.{key}]\ntitle = \"T\"\nkind = \"page\"\nread = \"whole\"\nwhere = \"{place}\"\n"
        )
    };
    let aunt = own("aunt", "a letter");
    assert_eq!(with_source("", "\"CUH\", \"house\""), "");
    assert_eq!(with_source(&aunt, "\"aunt\""), "");
    let shown = with_source("", "\"house\", \"my aunt\"");
    says(&shown, "there is no source called \"my aunt\"");
    says(&shown, "test.toml:8:56");
    says(&with_source("", "\"CSEP-19\""), "did you mean \"CSEP19\"?");
    says(&with_source("", "\"\""), "there is no source called");
    let shown = with_source(&aunt, "\"house\", \"ant\"");
    says(&shown, "did you mean \"aunt\"?");
    says(&shown, "no line names the source \"aunt\"");
    says(&shown, "test.toml:4:10");
    let shown = with_source(&own("CUH", "a letter"), "\"CUH\"");
    says(&shown, "is a source of Softback's own");
    assert_eq!(shown.matches("error: ").count(), 1, "{shown}");
    for hidden in [own("\"au\\u200Bnt\"", "x"), own("aunt", "x\\u202E")] {
        let shown = with_source(&hidden, "\"aunt\"");
        says(&shown, "holds a character that cannot be shown");
    }
    let rumour = aunt.replace("page", "rumour");
    says(&with_source(&rumour, "\"aunt\""), "unknown variant");
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

/// A movement of this kind, its breath counted so often.
fn of_kind(kind: &str, repeat: u32, care: &str) -> String {
    let own = if care.is_empty() {
        String::new()
    } else {
        format!("{{ ID, say = \"{care}\" }}, ")
    };
    format!(
        "kind = \"{kind}\"\nrepeat = {repeat}\nrest = \"2s\"\nlines = [{own}{{ ID, in = \"In\" }}, {{ ID, out = \"Out\" }}]"
    )
}

const RULES: &str = "[[section]]\npart = \"rules\"\n";
const SWAYS: &str = "If you sway, or feel light in the head, open your eyes and sit down.";

/// Each kind that is done sitting, with its most repetitions and its words of care.
const SEATED: [(&str, u32, &str); 11] = [
    ("breath", 12, ""),
    ("shoulder-roll", 7, ""),
    (
        "elbow-circle",
        7,
        "Draw slow circles with your elbows, only as big as feels easy.",
    ),
    ("blade-squeeze", 6, ""),
    ("press", 3, "Stay off your neck and your throat."),
    ("rib-circle", 3, "Sit tall, and keep your hips still."),
    ("lift", 7, "Keep the hug, and tuck your chin in a little."),
    ("lift", 7, "Rest your hands on your knees."),
    (
        "hands-on-back",
        3,
        "If that is not easy, rest your hands on your hips instead.",
    ),
    ("lean", 3, "Keep your seat heavy on both sides."),
    ("open-arm", 3, "Keep your nose to the front."),
];

#[test]
fn each_kind_has_its_limits() {
    let seated = |movement: &str| problems_of(&[RULES, &section("", movement)]);
    for (kind, most, care) in SEATED {
        assert_eq!(seated(&of_kind(kind, most, care)), "", "{kind}");
        let often = seated(&of_kind(kind, most + 1, care));
        says(&often, "test.toml:");
        assert_eq!(
            often.matches("error: ").count(),
            if most < 12 { 1 } else { 2 },
            "{often}"
        );
        says(
            &often,
            &format!("\"{kind}\" is repeated {most} times at the most"),
        );
        if !care.is_empty() {
            says(
                &seated(&of_kind(kind, most, "")),
                "done without its word of care",
            );
            says(&seated(&of_kind(kind, most, "")), care);
        }
        // Whatever moves her needs the rules before it.
        let unruled = problems(&of_kind(kind, most, care));
        assert_eq!(
            unruled.contains("pain means stop"),
            kind != "breath",
            "{kind}"
        );
        // What the built-in routines do on a chair alone is not done standing.
        let stands = and(&[
            &format!("lines = [{{ ID, say = \"{SWAYS}\" }}]"),
            &of_kind(kind, most, care),
            SITS,
        ]);
        let stands = problems_of(&[RULES, &section(STANDS, &stands)]);
        match kind {
            "breath" | "press" | "rib-circle" => assert_eq!(stands, "", "{kind}"),
            _ => says(
                &stands,
                &format!("the kind \"{kind}\" is for a chair, and she stands here"),
            ),
        }
    }
    let bump = "Keep your knees and your bump facing front, and turn only from your ribs.";
    let nose = "Let your nose follow your breastbone, so your neck does not twist.";
    let turn = |care: &[&str], repeat| {
        let care = care
            .iter()
            .map(|care| format!("lines = [{{ ID, say = \"{care}\" }}]"));
        let turn = of_kind("turn", repeat, "");
        let movements: Vec<_> = care.chain([turn]).collect();
        seated(&and(&movements
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()))
    };
    assert_eq!(turn(&[bump, nose], 2), "");
    says(&turn(&[bump, nose], 3), "2 times at the most");
    says(&turn(&[bump], 2), nose);
    says(&turn(&[nose], 2), bump);
    says(&seated(&of_kind("rest", 1, "")), "0 times at the most");
    assert_eq!(seated(&format!("kind = \"rest\"\n{SAYS}")), "");
}

#[test]
fn who_stands_is_told_to_sit_down_if_she_sways() {
    let slide = |care: &str| and(&[&of_kind("wall-slide", 4, care), SITS]);
    let stands = |care| problems_of(&[RULES, &section(STANDS, &slide(care))]);
    assert_eq!(stands(SWAYS), "");
    says(&stands(""), SWAYS);
    says(&stands("Keep your eyes open while you stand."), SWAYS);
    let sits = problems_of(&[RULES, &section("", &of_kind("wall-slide", 4, ""))]);
    says(&sits, "is for a wall, and she sits here");
    says(
        &problems_of(&[RULES, &section("", &of_kind("wal-slide", 4, ""))]),
        "did you mean \"wall-slide\"?",
    );
}

#[test]
fn care_counts_only_where_it_is_surely_said() {
    let nose = "{ ID, say = \"Keep your nose to the front.\" }";
    let opens = of_kind("open-arm", 3, "");
    let after = |care: &str| problems_of(&[RULES, &section("", &and(&[care, &opens]))]);
    let said = |with: &str| format!("lines = [{}]", nose.replace(" }", &format!("{with} }}")));
    assert_eq!(after(&said("")), "");
    for unsure in [
        ", when = \"standing\"",
        ", form = \"day\"",
        ", form = \"one-by-one\"",
        ", round = 1",
        ", toned = true",
        ", recorded = \"Rest.\"",
    ] {
        says(&after(&said(unsure)), "Keep your nose to the front.");
    }
    let longer = format!("from = 20\n{}", said(""));
    says(&after(&longer), "done without its word of care");
    let both = problems_of(&[
        RULES,
        &section("", &and(&[&longer, &format!("from = 20\n{opens}")])),
    ]);
    assert_eq!(both, "");
    let too_late = problems_of(&[RULES, &section("", &and(&[&opens, &said("")]))]);
    says(&too_late, "done without its word of care");
    // A press has its own each time: what was said of the other side does not count.
    let press = |care| of_kind("press", 2, care);
    let neck = "Stay off your neck and your throat.";
    let sides = |second| problems_of(&[RULES, &section("", &and(&[&press(neck), &press(second)]))]);
    assert_eq!(sides(neck), "");
    says(&sides(""), "for each side anew");
    // At its place in the file; of a part, where it is named.
    says(&sides(""), "test.toml:22:1");
}

#[test]
fn a_review_is_whole_or_not_there() {
    let with = |head: &str| {
        let head = format!("title = \"T\"\nlanguage = \"en\"\nversion = 1\n{head}\n");
        let text = head + &section("", &SAYS.replace("ID", "id = \"1\", source = [\"house\"]"));
        match Routine::parse("test.toml", &text) {
            Ok(_) => String::new(),
            Err(problems) => problems.to_string(),
        }
    };
    let (by, on, marks) = (
        "reviewed_by = \"Jo\"\n",
        "reviewed_on = 2026-11-29\n",
        "reviewed = []\n",
    );
    assert_eq!(with(&[by, on, marks].concat()), "");
    for some in [
        [by, "", ""],
        ["", on, ""],
        ["", "", marks],
        [by, on, ""],
        ["", on, marks],
    ] {
        says(&with(&some.concat()), "do not all stand here");
    }
    let nobody = with(&[by, on, marks].concat().replace("Jo", "\\u200B"));
    says(&nobody, "holds a character that cannot be shown");
    let nobody = with(&[by, on, marks].concat().replace("Jo", " "));
    says(&nobody, "the name in `reviewed_by` is empty");
    for no_day in ["10:00:00", "\"2026-11-29\"", "2026-02-30"] {
        let shown = with(&[by, on, marks].concat().replace("2026-11-29", no_day));
        says(&shown, "test.toml:5:");
    }
}
