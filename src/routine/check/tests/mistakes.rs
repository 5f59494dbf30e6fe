//! Mistakes of many kinds, one by one and all in one file: each is told at its exact place, and nothing else is.

use super::*;

/// Sound, and long enough for all of them.
const SOUND: &str = r#"title = "Evening"
language = "en"
version = 1
new_words = ["hum"]

[sources.CLINIC]
title = "A leaflet"
kind = "leaflet"
where = "the clinic"

[sources.LEAF]
title = "Another leaflet"
kind = "page"
where = "a letter"

[[section]]
title = "First"
posture = "seated"
speech = "safety"

[[section.movement]]
title = "Sit"
pose = "resting"
lines = [
  { id = "A1", say = "Rest your hands.", rest = "2s", source = ["house"] },
  { id = "A2", say = "Hum.", source = ["CLINIC"] },
  { id = "A3", say = "Sit here.", source = ["LEAF"] },
  { id = "A4", say = "Sit tall.", source = ["house", "CUH"] },
  { id = "A5", say = "Rest.", source = ["house"] },
  { id = "A6", say = "Rest here.", source = ["house"] },
  { id = "A7", say = "Rest now.", source = ["house"] },
  { id = "A8", say = "Sit and rest.", source = ["house"] },
  { id = "A9", say = "Rest again.", source = ["house"] },
  { id = "A10", say = "Now rest.", source = ["house"], toned = true },
  { id = "A11", ask = "Is it easy?", wait = "8s", source = ["house"] },
  { id = "A12", ask = "Is that easy?", silence = "end", source = ["house"] },
]

[[section.movement]]
title = "Breathe"
kind = "breath"
repeat = 3
rest = "2s"
place = "A1"
lines = [
  { id = "B1", in = "Breathe in.", source = ["house"] },
  { id = "B2", out = "Breathe out.", source = ["house"] },
]
"#;

/// What is written instead of what, where in it the problem stands, and what is said of it.
const MISTAKES: [(&str, &str, &str, &str); 25] = [
    (
        "\"Evening\"",
        "\"Evening\"\ntitle = \"Night\"",
        "title",
        "duplicate key",
    ),
    (
        "language = \"en\"",
        "language = \"de\"",
        "\"de\"",
        "no voice for the language",
    ),
    (
        "version = 1",
        "version = \"1\"",
        "\"1\"",
        "invalid type: string \"1\"",
    ),
    (
        "[\"hum\"]",
        "[\"hum\", \"swoop\"]",
        "\"swoop\"",
        "without need",
    ),
    (
        "kind = \"leaflet\"",
        "kind = \"leaflt\"",
        "\"leaflt\"",
        "did you mean \"leaflet\"?",
    ),
    (
        "[sources.LEAF]\ntitle = \"Another leaflet\"\nkind = \"page\"\nwhere = \"a letter\"",
        "[sources.LEAF]\ntitle = \"Another leaflet\"\nkind = \"page\"",
        "[sources.LEAF]",
        "`where` is missing",
    ),
    (
        "title = \"First\"",
        "title =\u{a0}\"First\"",
        "\u{a0}",
        "a no-break space stands outside of text: U+00A0",
    ),
    (
        "posture =",
        "postur =",
        "postur",
        "no key `postur` here: did you mean \"posture\"?",
    ),
    (
        "\"safety\"",
        "\"safty\"",
        "\"safty\"",
        "did you mean \"safety\"?",
    ),
    (
        "title = \"Sit\"",
        "title = \"\"",
        "\"\"",
        "the title is empty",
    ),
    (
        "pose = \"resting\"",
        "pose = \"restin\"",
        "\"restin\"",
        "no pose called \"restin\": did you mean",
    ),
    (
        "rest = \"2s\", source",
        "rest = \"1h\", source",
        "\"1h\"",
        "between nothing and 15 minutes",
    ),
    (
        "id = \"A2\", say = \"Hum.\"",
        "id = \"A1\", say = \"Hum.\"",
        "\"A1\"",
        "two lines have the id \"A1\"",
    ),
    (
        "{ id = \"A3\", say = \"Sit here.\", source = [\"LEAF\"] }",
        "{ say = \"Sit here.\", source = [\"LEAF\"] }",
        "{ say = \"Sit here.\", source = [\"LEAF\"] }",
        "`id` is missing",
    ),
    (
        "\"CUH\"]",
        "\"CUHH\"]",
        "\"CUHH\"",
        "no source called \"CUHH\": did you mean \"CUH\"?",
    ),
    (
        "{ id = \"A5\", say = \"Rest.\", source = [\"house\"] }",
        "{ id = \"A5\", say = \"Rest.\" }",
        "{ id = \"A5\", say = \"Rest.\" }",
        "`source` is missing",
    ),
    (
        "{ id = \"A6\", say = \"Rest here.\", source = [\"house\"] }",
        "{ id = \"A6\", source = [\"house\"] }",
        "{ id = \"A6\", source = [\"house\"] }",
        "exactly one of",
    ),
    (
        "\"Rest now.\"",
        "\"Yawn now.\"",
        "Yawn",
        "\"yawn\" is a word that no built-in routine uses",
    ),
    (
        "\"Sit and rest.\"",
        "\"Hold your breath.\"",
        "Hold your breath",
        "may not be spoken",
    ),
    (
        "\"Rest again.\"",
        "\"Rest again.\", recorded = \"{PAUSE} pauses.\"",
        "\"{PAUSE} pauses.\"",
        "a recording has no keys",
    ),
    (
        "toned = true",
        "toned = \"yes\"",
        "\"yes\"",
        "invalid type: string \"yes\", expected a boolean",
    ),
    (
        "wait = \"8s\"",
        "wait = \"1s\"",
        "\"1s\"",
        "not wait long enough",
    ),
    (
        "{ id = \"A12\", ask = \"Is that easy?\", silence = \"end\", source = [\"house\"] }",
        "{ id = \"A12\", ask = \"Is that easy?\", silence = \"go-on\", source = [\"house\"] }",
        "{ id = \"A12\", ask = \"Is that easy?\", silence = \"go-on\", source = [\"house\"] }",
        "no answer would lead on",
    ),
    (
        "repeat = 3\nrest = \"2s\"",
        "repeat = 3\nrest = 2.5",
        "2.5",
        "invalid type: floating point `2.5`",
    ),
    (
        "place = \"A1\"",
        "place = \"Z9\"",
        "\"Z9\"",
        "no line with the id \"Z9\"",
    ),
];

fn problems(text: &str) -> Vec<Problem> {
    match Routine::parse("test.toml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.list().to_vec(),
    }
}

/// Each of them is the one mistake at its place.
#[track_caller]
fn are(text: &str, mistakes: &[(&str, &str, &str, &str)]) {
    let found = problems(text);
    for (_, wrong, at, says) in mistakes {
        let start = text.find(wrong).expect("it is there");
        // A second key stands behind the first.
        let inside = if says.starts_with("duplicate") {
            wrong.rfind(at)
        } else {
            wrong.find(at)
        };
        let start = start + inside.expect("inside");
        let here = |problem: &&Problem| problem.span == (start..start + at.len());
        let here: Vec<_> = found.iter().filter(here).collect();
        assert_eq!(here.len(), 1, "{wrong:?} at {start}: {found:#?}");
        assert!(here[0].message.contains(says), "{says:?}: {:?}", here[0]);
        assert!(!here[0].help.is_empty(), "{:?}", here[0]);
    }
    assert_eq!(found.len(), mistakes.len(), "{found:#?}");
}

#[test]
fn each_mistake_is_told_at_its_place_and_leads_to_no_other() {
    assert_eq!(problems(SOUND), []);
    for mistake in MISTAKES {
        assert_eq!(SOUND.matches(mistake.0).count(), 1, "{mistake:?}");
        are(&SOUND.replace(mistake.0, mistake.1), &[mistake]);
    }
}

#[test]
fn all_mistakes_of_a_file_are_told_in_one_run() {
    let change =
        |text: String, mistake: &(&str, &str, &str, &str)| text.replace(mistake.0, mistake.1);
    let text = MISTAKES.iter().fold(SOUND.to_owned(), change);
    are(&text, &MISTAKES);
}

/// What could not be read may have been what is missed elsewhere.
#[test]
fn what_cannot_be_read_leads_to_no_other_problem() {
    let mut more = Vec::new();
    for (sound, wrong) in [
        (
            "{ id = \"A1\", say = \"Rest your hands.\", rest = \"2s\", source = [\"house\"] }",
            "\"Rest\"",
        ),
        (
            "{ id = \"A1\", say = \"Rest your hands.\", rest = \"2s\", source = [\"house\"] }",
            "[1, 2]",
        ),
        ("say = \"Sit here.\"", "say = 3"),
        ("in = \"Breathe in.\"", "in = true"),
        ("in = \"Breathe in.\"", "ni = \"Breathe in.\""),
        ("repeat = 3", "repaet = 3"),
        ("repeat = 3", "repeat = \"three\""),
        ("repeat = 3", "repeat = [1, 2]"),
        ("[\"hum\"]", "\"hum\""),
        ("[\"hum\"]", "[\"hum\", 3]"),
        ("[\"LEAF\"]", "\"LEAF\""),
        ("title = \"First\"", "title = 1"),
        ("[[section]]", "[[sections]]"),
        ("id = \"B2\"", "id = 2"),
        ("language = \"en\"", "language = "),
        ("version = 1", "version 1"),
        ("title = \"Evening\"", "title = \"Evening"),
        ("id = \"A2\", ", "id = \"A2\" "),
        ("source = [\"CLINIC\"] },", "source = [\"CLINIC\"] }"),
        ("source = [\"CLINIC\"] },", "source = [\"CLINIC\" },"),
        ("[[section]]", "[section]]"),
    ] {
        let text = SOUND.replacen(sound, wrong, 1);
        assert_ne!(text, SOUND, "{sound:?}");
        let found = problems(&text);
        // The head of a section keeps its name in those of its movements.
        let most = if wrong.contains("section") { 3 } else { 1 };
        if !(1..=most).contains(&found.len()) {
            more.push((wrong, found));
        }
    }
    assert_eq!(more, []);
}

#[test]
fn what_does_not_show_is_named_with_its_place() {
    for (letter, name) in [
        ('\u{feff}', "a byte order mark"),
        ('\u{a0}', "a no-break space"),
        ('\u{200b}', "a character that does not show"),
        ('\u{3000}', "a character that does not show"),
    ] {
        for at in ["version = 1", "[[section]]", "  { id = \"B2\"", "= \"en\""] {
            let start = SOUND.find(at).expect("it is there");
            let text = SOUND.replacen(at, &format!("{letter}{at}"), 1);
            let found = problems(&text);
            assert_eq!(found.len(), 1, "{letter:?} {at:?}: {found:#?}");
            assert_eq!(found[0].span, start..start + letter.len_utf8());
            assert!(found[0].message.starts_with(name), "{found:#?}");
        }
    }
    // In a text it is a space, or nothing at all.
    let inside = SOUND.replace("Rest your hands", "Rest\u{a0}your\u{200b} hands");
    assert_eq!(problems(&inside), []);
    assert_eq!(problems(&format!("\u{feff}{SOUND}")), []);
}

/// What the program alone may write is neither told of nor suggested.
#[test]
fn no_key_of_the_program_is_offered() {
    let found = problems(&SOUND.replace("rest = \"2s\", source", "sid = \"left\", source"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].help.contains("silence, "), "{found:#?}");
    assert!(!found[0].help.contains("side"), "{found:#?}");
    assert!(!found[0].message.contains("\"side\""), "{found:#?}");
}

#[test]
fn none_of_many_mistakes_is_left_out() {
    let line = |number| format!("{{ id = \"L{number}\", say = 1, colour = 2, source = [3] }},\n");
    let lines: String = (0..5000).map(line).collect();
    let text = SOUND.replace("  { id = \"A5\"", &format!("{lines}  {{ id = \"A5\""));
    assert_eq!(problems(&text).len(), 15_000);
}

/// As large a file as is read, and nothing sound in it.
#[test]
fn a_file_full_of_mistakes_is_told_of_all_of_them() {
    let full_of = |line: &str| problems(&line.repeat((1 << 20) / line.len())).len();
    assert!(full_of("x\n") > 500_000);
    assert!(full_of("x =\n") > 200_000);
    assert_eq!(full_of("["), 1);
    assert_eq!(full_of("\""), 1);
    assert!(full_of("[[section]\n") > 0);
    assert!(full_of("[[section]]\n") > 80_000);
    let words: Vec<_> = (0..50_000)
        .map(|word| format!("w{word} = {word}\n"))
        .collect();
    let words = words.concat();
    let told = problems(&format!(
        "title = \"T\"\nlanguage = \"en\"\nversion = 1\n[words]\n{words}"
    ));
    assert_eq!(
        told.len(),
        50_001,
        "each of them, and that there is no section"
    );
}
