//! The script files as they are written, read without the program: every sentence of the script stands in them word for
//! word, in its order, with its rest and its sources, and nothing else is said; the text is easy to understand; and the
//! time on her feet is short.
//!
//! `tests/fixtures/script.json` is a copy of the script's rows. What differs from it is named here, with its reason.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use misaki_rs::{G2P, Language};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::base::{Frames, PauseStep};

/// Rows of the script that no script says, and why.
const LEFT_OUT: [(&str, &str); 6] = {
    const TURN: &str = "standing, the turn: with it the time on her feet is over five minutes even if every breath is \
                        counted once only, and it takes a shoulder off the wall";
    [
        ("DW4.1", TURN),
        ("DW4.1b", TURN),
        ("DW4.2", TURN),
        ("DW4.2b", TURN),
        ("DW4.3", TURN),
        ("DW4.4", TURN),
    ]
};

/// Rows whose rest is not the row's, and why.
const OTHER_REST: [(&str, &str); 2] = [
    (
        "E5.1",
        "the rest is the hold of two breaths that the row asks for",
    ),
    (
        "GP.5",
        "said after GP.4 and not before it, so that a quiet follows it",
    ),
];

/// Rows whose breath is not counted as often as the row says, and why.
const OTHER_REPETITIONS: [(&str, &str); 6] = {
    const FEET: &str = "standing, trimmed so that the time on her feet is under five minutes";
    [
        ("DW1.5", FEET),
        ("DW1.6", FEET),
        ("DW2.2", FEET),
        ("DW2.3", FEET),
        (
            "DW2.4",
            "five on each foot is said as \"for a moment\", with a rest as long",
        ),
        (
            "E5.1",
            "a position is held once: nothing that may be said lets it go and takes it up again",
        ),
    ]
};

/// What each routine says, as sections (or single rows) of the script.
const FLOWS: [(&str, &str, &[&str]); 4] = [
    ("upper-back", "seated", &["BS", "BR", "C", "DS", "F"]),
    (
        "upper-back",
        "standing",
        &["BS", "BR", "C", "BW", "DW", "F"],
    ),
    ("gentle", "seated", &["BS", "BR", "C", "E", "F"]),
    ("rest", "seated", &["A0.1", "A0.6", "A0.7", "BS", "F"]),
];

/// The tables of screening.toml with lines, in the order in which they are said.
const SCREENING: [&str; 11] = [
    "welcome",
    "questions",
    "last_check",
    "posture",
    "routine",
    "standing_chosen",
    "emergency",
    "today",
    "check",
    "unwell",
    "no_answer",
];

/// The tables of companion.toml with lines, in the order of the script.
const COMPANION: [&str; 26] = [
    "sound_check",
    "how_loud",
    "rehearsal",
    "paused",
    "focus_lost",
    "resumed",
    "resumed_move",
    "stopped",
    "fine",
    "hurt",
    "locked",
    "still_closed",
    "two_today",
    "too_soon",
    "unreadable",
    "clock_behind",
    "pick_up",
    "ended",
    "slower",
    "faster",
    "standard_only",
    "help",
    "device_lost",
    "device_back",
    "still_paused",
    "woken",
];

/// The tables of companion.toml without lines: words and names of Softback's own.
const COMPANION_WORDS: [&str; 4] = ["keys", "words", "time_left", "answered"];

/// Where every answer leads (yes, no, silence), but those of the nine questions, which the script's rows say.
const ANSWERS: [(&str, [&str; 3]); 9] = [
    ("A2.4", ["go-on", "unwell", "no-answer"]),
    ("B0.3", ["seated", "standing", "seated"]),
    ("B0.3b", ["upper-back", "gentle", "gentle"]),
    ("X-EMERG.6", ["repeat", "go-on", "go-on"]),
    ("X-TODAY.5", ["repeat", "go-on", "go-on"]),
    ("DS6.2", ["again", "rest", "rest"]),
    ("H8.2", ["go-on", "end", "no-answer"]),
    ("GS.7", ["hurt", "fine", "hurt"]),
    ("GX.14", ["repeat", "go-on", "go-on"]),
];

/// Lines that belong to the question after them.
const LEADS: [&str; 6] = ["H8.1", "A2.3", "B0.1", "B0.2", "DS6.1", "GS.6"];

/// What only a first round says: explanations, and no word of care, of where her hands go, or of the breath.
const FIRST_ROUND: [&str; 4] = ["DS1.1", "DS1.3b", "DS5.2", "DS5.3"];

/// A row of the script.
#[derive(Deserialize)]
struct Row {
    id: String,
    say: String,
    src: String,
    after: f64,
    reps: String,
    #[serde(rename = "loop")]
    looped: String,
    breath: String,
}

const MINUTE: Frames = Frames::from_millis(60_000);

/// A line of a script.
#[derive(Clone, Deserialize)]
struct Line {
    id: String,
    say: Option<String>,
    #[serde(rename = "in")]
    inhale: Option<String>,
    #[serde(rename = "out")]
    exhale: Option<String>,
    ready: Option<String>,
    ask: Option<String>,
    rest: Option<SignedDuration>,
    after: Option<PauseStep>,
    wait: Option<SignedDuration>,
    yes: Option<String>,
    no: Option<String>,
    silence: Option<String>,
    when: Option<String>,
    form: Option<String>,
    round: Option<u32>,
    #[serde(default)]
    leads: bool,
    source: Vec<String>,
}

#[derive(Clone, Deserialize)]
struct Movement {
    repeat: Option<u32>,
    rest: Option<SignedDuration>,
    place: Option<String>,
    #[serde(default)]
    sits_down: bool,
    lines: Vec<Line>,
}

#[derive(Clone, Deserialize)]
struct Section {
    part: Option<String>,
    posture: Option<String>,
    rounds: Option<u32>,
    skip: Option<bool>,
    #[serde(default)]
    warm_up: bool,
    #[serde(default)]
    on_feet: bool,
    #[serde(default)]
    movement: Vec<Movement>,
}

#[derive(Deserialize)]
struct Routine {
    section: Vec<Section>,
}

#[derive(Deserialize)]
struct Spoken {
    lines: Vec<Line>,
    #[serde(default)]
    also: Vec<String>,
}

/// A movement of a routine, or a table of the screening or the companion.
struct Group {
    file: &'static str,
    name: String,
    movement: Movement,
}

impl Row {
    /// The words, without the condition in front of them.
    fn words(&self) -> &str {
        match self.condition() {
            Some(condition) => &self.say[condition.len() + 3..],
            None => &self.say,
        }
    }

    /// `[…]` in front of the words.
    fn condition(&self) -> Option<&str> {
        let (condition, _) = self.say.strip_prefix('[')?.split_once("] ")?;
        Some(condition)
    }

    /// How often the breath is counted: the number with which the column begins.
    fn repetitions(&self) -> u32 {
        let end = self
            .reps
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.reps.len());
        self.reps[..end].parse().expect("a number of repetitions")
    }
}

impl Line {
    fn words(&self) -> &str {
        let kinds = [
            &self.say,
            &self.inhale,
            &self.exhale,
            &self.ready,
            &self.ask,
        ];
        let given: Vec<_> = kinds.into_iter().flatten().collect();
        assert_eq!(given.len(), 1, "{}", self.id);
        given[0]
    }

    fn is_breath(&self) -> bool {
        self.inhale.is_some() || self.exhale.is_some()
    }

    /// The row whose breath this line spells out.
    fn row_spelled_out(&self) -> Option<&str> {
        let id = self.id.trim_end_matches(|c: char| c.is_ascii_digit());
        id.strip_suffix("-in").or_else(|| id.strip_suffix("-out"))
    }

    /// The id of the row that it belongs to: its own, or that of the row it spells out.
    fn row(&self) -> &str {
        self.row_spelled_out().unwrap_or(&self.id)
    }
}

impl Movement {
    /// Whether lines here spell out the breath of this row.
    fn spells_out(&self, row: &Row) -> bool {
        self.lines
            .iter()
            .any(|line| line.row_spelled_out() == Some(&row.id))
    }
}

fn text(path: &str) -> String {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parse<T: DeserializeOwned>(path: &str) -> T {
    toml::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn script(file: &str) -> String {
    format!("scripts/en/{file}.toml")
}

fn rows() -> Vec<Row> {
    serde_json::from_str(&text("tests/fixtures/script.json")).expect("the rows of the script")
}

fn seconds(length: Option<SignedDuration>) -> f64 {
    length.map_or(0.0, |length| length.as_secs_f64())
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

fn excepted(list: &[(&str, &str)], id: &str) -> bool {
    list.iter().any(|(row, _)| *row == id)
}

fn sections(file: &str) -> Vec<Section> {
    parse::<Routine>(&script(file)).section
}

/// A routine's sections, with the parts that it names put in.
fn whole(routine: &str) -> Vec<Section> {
    let parts = sections("parts");
    let whole = sections(routine).into_iter().map(|section| {
        let Some(name) = section.part else {
            return section;
        };
        assert!(
            section.movement.is_empty(),
            "{routine}: {name} stands in parts.toml"
        );
        parts
            .iter()
            .find(|part| part.part.as_ref() == Some(&name))
            .unwrap_or_else(|| panic!("{routine}: there is no part \"{name}\""))
            .clone()
    });
    whole.collect()
}

/// The tables with lines, in the order of `names`; there are no others.
fn tables(file: &'static str, names: &[&str], without_lines: &[&str]) -> Vec<(String, Spoken)> {
    let mut all: toml::Table = parse(&script(file));
    let tables = names
        .iter()
        .map(|name| {
            let table = all
                .remove(*name)
                .unwrap_or_else(|| panic!("{file}: [{name}]"));
            let spoken = table
                .try_into()
                .unwrap_or_else(|error| panic!("{file}: [{name}]: {error}"));
            ((*name).to_owned(), spoken)
        })
        .collect();
    for (name, value) in all {
        assert!(
            !value.is_table() || without_lines.contains(&name.as_str()),
            "{file}: say in this test where [{name}] is said"
        );
    }
    tables
}

fn screening() -> Vec<(String, Spoken)> {
    tables("screening", &SCREENING, &[])
}

fn companion() -> Vec<(String, Spoken)> {
    tables("companion", &COMPANION, &COMPANION_WORDS)
}

/// Everything that is said, as it stands in the files, each part once.
fn groups() -> Vec<Group> {
    let mut groups = Vec::new();
    for file in ["parts", "upper-back", "gentle", "rest"] {
        for (number, section) in sections(file).into_iter().enumerate() {
            groups.extend(section.movement.into_iter().map(|movement| Group {
                file,
                name: format!("section {}", number + 1),
                movement,
            }));
        }
    }
    for (file, tables) in [("screening", screening()), ("companion", companion())] {
        groups.extend(tables.into_iter().map(|(name, spoken)| Group {
            file,
            name,
            movement: Movement {
                repeat: None,
                rest: None,
                place: None,
                sits_down: false,
                lines: spoken.lines,
            },
        }));
    }
    groups
}

/// The section of the script to which an id belongs; "H" for Softback's own lines.
fn section_of(id: &str) -> &str {
    let head = id.split('.').next().unwrap_or(id);
    match head {
        "A0" | "A1" | "A2" | "B0" => head,
        _ if head.starts_with("X-") => "AX",
        _ => head.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_lowercase()),
    }
}

/// The rows of a flow, in order, without those that are left out.
fn flow<'a>(rows: &'a [Row], items: &[&str]) -> Vec<&'a str> {
    let of = |item: &str| -> Vec<&'a str> {
        rows.iter()
            .filter(|row| row.id == item || section_of(&row.id) == item)
            .map(|row| row.id.as_str())
            .filter(|id| !excepted(&LEFT_OUT, id))
            .collect()
    };
    items.iter().flat_map(|item| of(item)).collect()
}

/// The rows that these lines say, in order.
fn said<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<&'a str> {
    lines
        .filter(|line| line.row_spelled_out().is_none() && section_of(&line.id) != "H")
        .map(|line| line.id.as_str())
        .collect()
}

#[test]
fn every_sentence_of_the_script_is_said_word_for_word() {
    let groups = groups();
    let lines: Vec<_> = groups
        .iter()
        .flat_map(|group| &group.movement.lines)
        .collect();
    for row in rows() {
        let found: Vec<_> = lines.iter().filter(|line| line.id == row.id).collect();
        assert_eq!(
            found.is_empty(),
            excepted(&LEFT_OUT, &row.id),
            "{}: left out, or named in vain",
            row.id
        );
        for line in found {
            assert_eq!(line.words(), row.words(), "{}", row.id);
        }
    }
}

#[test]
fn nothing_else_is_said() {
    let rows = rows();
    let groups = groups();
    for group in &groups {
        for line in &group.movement.lines {
            if rows.iter().any(|row| row.id == line.id) {
                continue;
            }
            if let Some(row) = line.row_spelled_out() {
                let said = group.movement.lines.iter().find(|line| line.id == row);
                let said =
                    said.unwrap_or_else(|| panic!("{}: its row is not said before it", line.id));
                assert!(line.is_breath(), "{} spells out no breath", line.id);
                assert_eq!(
                    line.source, said.source,
                    "{} and its row have one source",
                    line.id
                );
            } else {
                let place = format!("{} {}: {}", group.file, group.name, line.id);
                assert!(line.id.starts_with('H'), "{place} is in no script");
                // A sentence of the script said once more elsewhere rests on what it rests on there.
                let mut all = groups.iter().flat_map(|group| &group.movement.lines);
                let words = |other: &&Line| {
                    other.words() == line.words() && rows.iter().any(|row| row.id == other.id)
                };
                match all.find(words) {
                    Some(same) => assert_eq!(line.source, same.source, "{place}"),
                    // The lock itself is a rule of the house, with a key of its own.
                    None if line.id == "H6.3" => assert_eq!(line.source, ["P-LIM"], "{place}"),
                    None => assert_eq!(line.source, ["house"], "{place}"),
                }
            }
        }
    }
}

#[test]
fn sentences_come_in_the_order_of_the_script() {
    let rows = rows();
    for (routine, posture, items) in FLOWS {
        let whole = whole(routine);
        let lines = whole
            .iter()
            .filter(|section| {
                section
                    .posture
                    .as_deref()
                    .is_none_or(|only| only == posture)
            })
            .flat_map(|section| &section.movement)
            .flat_map(|movement| &movement.lines);
        assert_eq!(said(lines), flow(&rows, items), "{routine}, {posture}");
    }
    let tables = screening();
    let lines = tables.iter().flat_map(|(_, spoken)| &spoken.lines);
    assert_eq!(said(lines), flow(&rows, &["A0", "A1", "A2", "B0", "AX"]));
    let tables = companion();
    let lines = tables.iter().flat_map(|(_, spoken)| &spoken.lines);
    assert_eq!(said(lines), flow(&rows, &["GP", "GR", "GS", "GX", "GL"]));
}

#[test]
fn lines_are_said_again_only_where_they_are_true() {
    let tables = companion();
    let ids: BTreeSet<_> = tables
        .iter()
        .flat_map(|(_, spoken)| &spoken.lines)
        .map(|line| line.id.as_str())
        .collect();
    for (name, spoken) in &tables {
        let expected: &[&str] = match name.as_str() {
            "too_soon" => &["GL.3", "GL.4"],
            _ => &[],
        };
        assert_eq!(spoken.also, expected, "[{name}]");
        assert!(spoken.also.iter().all(|id| ids.contains(id.as_str())));
    }
}

#[test]
fn rests_and_repetitions_are_those_of_the_script() {
    let rows: HashMap<_, _> = rows()
        .into_iter()
        .map(|row| (row.id.clone(), row))
        .collect();
    for group in groups() {
        for line in &group.movement.lines {
            if let Some(row) = rows.get(&line.id) {
                let rest = rest_as_in(row, line, &group.movement);
                assert_ne!(rest, excepted(&OTHER_REST, &row.id), "{}: its rest", row.id);
                let repeat = repetitions_as_in(row, line, &group.movement);
                assert_ne!(
                    repeat,
                    excepted(&OTHER_REPETITIONS, &row.id),
                    "{}: repetitions",
                    row.id
                );
            }
        }
    }
}

/// Whether the quiet after a line is the row's "After".
fn rest_as_in(row: &Row, line: &Line, movement: &Movement) -> bool {
    let last_of_breath = movement.lines.iter().rfind(|line| line.is_breath());
    if line.ask.is_some() {
        // For a question it is the longest wait.
        line.rest.is_none() && same(seconds(line.wait), row.after)
    } else if line.ready.is_some() {
        // She says herself when she is ready.
        line.rest.is_none() && line.wait.is_none()
    } else if movement.spells_out(row) {
        // Its lines are tried, then counted; the quiet comes after the last repetition.
        same(seconds(movement.rest), row.after)
    } else if row.looped.is_empty() {
        same(seconds(line.rest), row.after)
    } else if last_of_breath.is_some_and(|last| last.id == row.id) {
        line.rest.is_none() && same(seconds(movement.rest), row.after)
    } else {
        line.rest.is_none() && same(row.after, 0.0)
    }
}

/// Whether a breath is counted as often as its row says, and is the half that the row names.
fn repetitions_as_in(row: &Row, line: &Line, movement: &Movement) -> bool {
    if !row.looped.is_empty() {
        assert_eq!(line.inhale.is_some(), row.breath == "in", "{}", row.id);
        assert_eq!(line.exhale.is_some(), row.breath == "out", "{}", row.id);
        let last = movement.lines.iter().rfind(|line| line.is_breath());
        last.is_some_and(|last| last.id != row.id) || movement.repeat == Some(row.repetitions())
    } else if movement.spells_out(row) {
        movement.repeat == Some(row.repetitions())
    } else {
        assert!(
            !line.is_breath(),
            "{}: the row has no breath to count",
            row.id
        );
        row.reps == "1"
    }
}

#[test]
fn conditions_of_the_script_are_kept() {
    let rows = rows();
    for group in groups() {
        for line in &group.movement.lines {
            let condition = rows
                .iter()
                .find(|row| row.id == line.id)
                .and_then(Row::condition);
            let kept = match condition {
                None => line.when.is_none(),
                Some("standing only") => line.when.as_deref() == Some("standing"),
                Some("after 2 min") => line.after.map(PauseStep::after) == Some(MINUTE + MINUTE),
                Some("after 10 min") => {
                    line.after.map(PauseStep::after) == Some(MINUTE.scaled(1000))
                }
                Some("standing chosen") => group.name == "standing_chosen",
                Some("after NO") => group.name == "fine",
                Some("after YES to GS.6") => group.name == "locked",
                Some("under 4 hours since the last one") => group.name == "too_soon",
                Some(unknown) => panic!("{}: [{unknown}]", line.id),
            };
            assert!(kept, "{}: [{condition:?}]", line.id);
        }
    }
}

#[test]
fn the_short_screening_leaves_out_only_what_it_may() {
    for (_, spoken) in screening() {
        for line in spoken.lines {
            let expected = match line.id.as_str() {
                "A0.1" | "A0.6" | "A0.7" => None,
                "A0.11" => Some("list"),
                "A2.1" => Some("one-by-one"),
                id if section_of(id) == "A0" => Some("one-by-one"),
                _ => None,
            };
            assert_eq!(line.form.as_deref(), expected, "{}", line.id);
        }
    }
}

/// The answers of one of the nine questions, from the end of its row: "-> YES: X-EMERG".
fn answers_of_a_question(row: &Row) -> [&'static str; 3] {
    let yes = match row.src.split_once("-> YES: ").expect("where yes leads").1 {
        "X-EMERG" => "emergency",
        "X-TODAY" => "today",
        "X-CHECK" => "check",
        other => panic!("{}: {other}", row.id),
    };
    [yes, "go-on", "no-answer"]
}

#[test]
fn every_answer_leads_where_it_should() {
    let rows = rows();
    let mut asked = 0;
    for group in groups() {
        for line in &group.movement.lines {
            let found = [&line.yes, &line.no, &line.silence].map(Option::as_deref);
            if line.ask.is_none() {
                assert_eq!(found, [None; 3], "{} is no question", line.id);
                continue;
            }
            asked += 1;
            let expected = if section_of(&line.id) == "A1" {
                let row = rows.iter().find(|row| row.id == line.id);
                answers_of_a_question(row.expect("a row of the script"))
            } else {
                let known = ANSWERS.iter().find(|(id, _)| *id == line.id);
                known
                    .unwrap_or_else(|| panic!("{}: where do its answers lead?", line.id))
                    .1
            };
            assert_eq!(found, expected.map(Some), "{}", line.id);
        }
    }
    assert_eq!(asked, 9 + ANSWERS.len(), "the nine, and the others");
}

#[test]
fn a_question_is_led_by_its_own_words() {
    let mut led = BTreeSet::new();
    for group in groups() {
        let lines = &group.movement.lines;
        for (index, line) in lines.iter().enumerate() {
            if line.leads {
                led.insert(line.id.clone());
                let next = lines
                    .get(index + 1)
                    .unwrap_or_else(|| panic!("{} leads nothing", line.id));
                assert!(
                    next.leads || next.ask.is_some(),
                    "{} leads no question",
                    line.id
                );
            }
        }
    }
    assert_eq!(led, LEADS.map(str::to_owned).into());
}

#[test]
fn ids_parts_and_places_are_sound() {
    let mut ids: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for group in groups() {
        for line in &group.movement.lines {
            let new = ids.entry(group.file).or_default().insert(line.id.clone());
            assert!(new, "{}: two lines have the id {}", group.file, line.id);
        }
    }
    let mut used = BTreeSet::new();
    for routine in ["upper-back", "gentle", "rest"] {
        used.extend(
            sections(routine)
                .into_iter()
                .filter_map(|section| section.part),
        );
        let whole = whole(routine);
        let movements = || whole.iter().flat_map(|section| &section.movement);
        let said: BTreeSet<_> = movements()
            .flat_map(|movement| &movement.lines)
            .map(|line| &line.id)
            .collect();
        for place in movements().filter_map(|movement| movement.place.as_ref()) {
            assert!(said.contains(place), "{routine}: there is no line {place}");
        }
    }
    let parts: BTreeSet<_> = sections("parts")
        .into_iter()
        .map(|section| section.part.expect("a name"))
        .collect();
    assert_eq!(parts, used, "every part is used");
}

#[test]
fn a_session_with_movement_has_one_warm_up_that_cannot_be_skipped() {
    for (routine, posture, _) in FLOWS {
        let warm_ups: Vec<_> = whole(routine)
            .into_iter()
            .filter(|section| section.warm_up)
            .collect();
        assert_eq!(
            warm_ups.len(),
            usize::from(routine != "rest"),
            "{routine}, {posture}"
        );
        assert!(warm_ups.iter().all(|section| section.skip == Some(false)));
    }
}

#[test]
fn a_second_round_leaves_out_explanations_only() {
    for routine in ["upper-back", "gentle", "rest"] {
        for section in whole(routine) {
            let lines = section.movement.iter().flat_map(|movement| &movement.lines);
            let first: Vec<_> = lines
                .filter(|line| line.round.is_some())
                .map(|line| line.id.as_str())
                .collect();
            if section.rounds.is_some() {
                assert_eq!(section.rounds, Some(2), "at most two rounds");
                assert_eq!(
                    section.posture.as_deref(),
                    Some("seated"),
                    "standing is one round only"
                );
                assert_eq!(first, FIRST_ROUND);
            } else {
                assert!(first.is_empty(), "{routine}: {first:?}");
            }
        }
    }
}

/// The known sources, by their keys.
fn known_sources() -> BTreeMap<String, toml::Value> {
    #[derive(Deserialize)]
    struct Sources {
        sources: BTreeMap<String, toml::Value>,
    }
    parse::<Sources>("scripts/sources.toml").sources
}

#[test]
fn every_source_is_known_and_every_known_source_is_used() {
    let known = known_sources();
    for (key, source) in &known {
        for field in ["title", "where"] {
            let text = source.get(field).and_then(toml::Value::as_str);
            assert!(
                text.is_some_and(|text| !text.is_empty()),
                "{key} has no {field}"
            );
        }
        let year = source.get("year").map(toml::Value::as_integer);
        assert!(
            year.is_none_or(|year| year.is_some_and(|year| (1990..2027).contains(&year))),
            "{key}"
        );
    }
    let mut used = BTreeSet::new();
    for group in groups() {
        for line in group.movement.lines {
            assert!(!line.source.is_empty(), "{} has no source", line.id);
            for key in &line.source {
                assert!(
                    known.contains_key(key),
                    "{}: the source {key} is not known",
                    line.id
                );
            }
            used.extend(line.source);
        }
    }
    let forbidden: toml::Value = parse("scripts/forbidden.toml");
    let rules = forbidden
        .get("rule")
        .and_then(toml::Value::as_array)
        .expect("rules");
    for rule in rules {
        let source = rule
            .get("source")
            .and_then(toml::Value::as_array)
            .expect("a source");
        for key in source.iter().filter_map(toml::Value::as_str) {
            assert!(known.contains_key(key), "the source {key} is not known");
            used.insert(key.to_owned());
        }
    }
    let unused: Vec<_> = known.keys().filter(|key| !used.contains(*key)).collect();
    assert!(unused.is_empty(), "no line rests on {unused:?}");
}

#[test]
fn every_sentence_names_the_sources_of_its_row() {
    let known = known_sources();
    let rows = rows();
    for group in groups() {
        for line in group.movement.lines {
            let Some(row) = rows.iter().find(|row| row.id == line.id) else {
                continue;
            };
            let named: BTreeSet<_> = line.source.iter().map(String::as_str).collect();
            assert_eq!(named, keys_of(&row.src, &known), "{}", row.id);
        }
    }
}

/// The keys that a row's last column names; what stands in brackets there, and after an arrow, is a note.
fn keys_of<'a>(source: &'a str, known: &BTreeMap<String, toml::Value>) -> BTreeSet<&'a str> {
    let mut keys = BTreeSet::new();
    for piece in source.split(';') {
        let piece = piece.split("->").next().unwrap_or_default();
        let piece = piece.split('(').next().unwrap_or_default().trim();
        match piece {
            "-" | "fail-safe" | "brief" => keys.extend(["house"]),
            _ if piece.starts_with("house rule") => keys.extend(["house"]),
            // "NHS route to physio" names no page that was read.
            _ if piece.contains("from knowledge") || piece.starts_with("NHS route") => {
                keys.extend(["knowledge"]);
            }
            // What an answer, or none, leads to.
            _ if piece.starts_with("no answer =") || piece.starts_with("YES =") => {}
            _ => {
                let name = piece.split([' ', ',']).next().unwrap_or_default();
                let found: Vec<_> = name
                    .split('/')
                    .filter(|key| known.contains_key(*key))
                    .collect();
                assert!(!found.is_empty(), "what is \"{piece}\"?");
                keys.extend(found);
            }
        }
    }
    if keys.is_empty() {
        keys.insert("house");
    }
    keys
}

/// Counts syllables as the voice speaks them: each vowel of the pronunciation is one.
///
/// The pronunciations are those of the dictionary that the built-in voice reads with (misaki-rs), so no rule over
/// letters is needed. Known errors, found by comparing every word of the scripts with a count of its vowel letters: a few
/// words are counted one syllable too many or too few (they stand in the test below). One such word in a hundred moves
/// the grade by 0.12.
struct Syllables(G2P);

/// Every vowel of the dictionary's American alphabet; capitals are diphthongs, one syllable each.
const VOWELS: &str = "AIOWYæɐɑɔəɛɜiɪuʊʌᵊᵻ";

impl Syllables {
    fn new() -> Self {
        Self(G2P::new(Language::EnglishUS))
    }

    fn count(&self, text: &str) -> usize {
        let (phonemes, _) = self.0.g2p(text).expect("a pronunciation");
        assert!(
            !phonemes.contains(self.0.unk.as_str()),
            "a word is not in the dictionary: {text}"
        );
        phonemes
            .chars()
            .filter(|sound| VOWELS.contains(*sound))
            .count()
    }
}

/// The US school grade of a text by Flesch and Kincaid: 0.39 words a sentence + 11.8 syllables a word − 15.59.
///
/// Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability formulas …", Research Branch Report 8-75,
/// Naval Technical Training Command, 1975.
fn grade(lines: &[String], syllables: &Syllables) -> f64 {
    let words: Vec<_> = lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    let sentences = words
        .iter()
        .filter(|word| word.ends_with(['.', '?', '!']))
        .count();
    let spoken: usize = lines.iter().map(|line| syllables.count(line)).sum();
    let words = words.len() as f64;
    0.39 * words / sentences as f64 + 11.8 * spoken as f64 / words - 15.59
}

#[test]
fn syllables_are_counted_as_people_say_them() {
    let syllables = Syllables::new();
    let table = [
        ("breathe", 1),
        ("bump", 1),
        ("closed", 1),
        ("ease", 1),
        ("ribs", 1),
        ("breastbone", 2),
        ("cervix", 2),
        ("circle", 2),
        ("gentle", 2),
        ("midwife", 2),
        ("muscle", 2),
        ("numbness", 2),
        ("pregnant", 2),
        ("shoulder", 2),
        ("shoulders", 2),
        ("thyroid", 2),
        ("trouble", 2),
        ("upper", 2),
        ("breathing", 2),
        ("easily", 3),
        ("elbows", 2),
        ("exercise", 3),
        ("pregnancy", 3),
        ("tomorrow", 3),
        ("diabetes", 4),
        ("maternity", 4),
        ("physiotherapist", 6),
    ];
    for (word, expected) in table {
        assert_eq!(syllables.count(word), expected, "{word}");
    }
    assert_eq!(
        syllables.count("Breathe in, and lift your shoulders up."),
        8
    );
    // The known errors: people say "usual" and "every" in two, and "tightenings" in three.
    for (word, counted) in [("usual", 3), ("every", 3), ("tightenings", 2)] {
        assert_eq!(syllables.count(word), counted, "{word}");
    }
}

#[test]
fn no_section_is_above_the_sixth_grade() {
    let keys: BTreeMap<String, toml::Value> = parse(&script("companion"));
    let key = |name: &str| keys["keys"][name].as_str().expect("a name").to_owned();
    let filled = |words: &str| {
        words
            .replace("{PAUSE}", &key("pause"))
            .replace("{STOP}", &key("stop"))
            .replace("{YES}", &key("yes"))
            .replace("{NO}", &key("no"))
            .replace("{EMERGENCY}", "nine, nine, nine")
    };
    let mut texts: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for group in groups() {
        for line in group.movement.lines {
            let section = section_of(line.row()).to_owned();
            let words = filled(line.words());
            texts.entry(section).or_default().insert(line.id, words);
        }
    }
    assert_eq!(
        texts.len(),
        19,
        "18 sections of rows, and Softback's own lines"
    );
    let syllables = Syllables::new();
    for (section, lines) in texts {
        let lines: Vec<_> = lines.into_values().collect();
        let grade = grade(&lines, &syllables);
        println!("{section}: {} sentences, grade {grade:.1}", lines.len());
        assert!(grade <= 6.0, "{section} is of grade {grade:.1}");
    }
}

/// Speech at the standard pace, in words a minute, and the shortest that any sentence lasts.
const RATE: f64 = 137.0;
const SHORTEST: f64 = 0.8;

/// A breath at the standard pace.
const IN: f64 = 3.0;
const OUT: f64 = 4.5;

/// Quiet after each line of a breath while she tries it.
const TRY_IT: f64 = 2.0;

/// A movement at the standard pace, waits for her not counted.
fn planned(movement: &Movement) -> f64 {
    let mut time = 0.0;
    let mut breath = 0.0;
    for line in &movement.lines {
        let words = line.words().split_whitespace().count() as f64;
        time += (words / RATE * 60.0).max(SHORTEST);
        let rest = seconds(line.rest);
        if line.is_breath() {
            time += rest.max(TRY_IT);
            breath += if line.inhale.is_some() { IN } else { OUT };
        } else {
            time += rest;
        }
    }
    time + f64::from(movement.repeat.unwrap_or(0)) * breath + seconds(movement.rest)
}

#[test]
fn she_stands_for_five_minutes_at_most() {
    /// Five minutes, less what a voice may be slower than the estimate.
    const LIMIT: f64 = 300.0 - 10.0;

    let whole = whole("upper-back");
    for section in &whole {
        assert_eq!(
            section.on_feet,
            section.posture.as_deref() == Some("standing"),
            "whoever stands is on her feet"
        );
    }
    let movements: Vec<_> = whole
        .iter()
        .filter(|section| section.on_feet)
        .flat_map(|section| &section.movement)
        .collect();
    let (last, standing) = movements.split_last().expect("movements");
    assert!(last.sits_down && last.lines[0].id == "DW5.1");
    assert!(standing.iter().all(|movement| !movement.sits_down));
    let time: f64 = standing.iter().map(|movement| planned(movement)).sum();
    println!("on her feet for {time:.1} s");
    assert!(
        time <= LIMIT,
        "she would stand for {time:.1} s, and {LIMIT} s is the most"
    );
    // In the middle she shifts her weight: some movement comes before, and some after.
    let shift = standing
        .iter()
        .position(|movement| movement.lines.iter().any(|line| line.id == "DW2.4"))
        .expect("a weight shift");
    let moves = |part: &[&Movement]| {
        part.iter()
            .filter(|movement| movement.repeat.is_some())
            .count()
    };
    assert!(moves(&standing[..shift]) > 0 && moves(&standing[shift..]) > 0);
}
