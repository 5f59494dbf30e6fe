//! The script files as they are written, read without the program: every answer leads where it should, each line has
//! known sources, the text is easy to understand, and the time on her feet is short. The words themselves, in their
//! order and with their rests, stand in the golden plans.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use misaki_rs::{G2P, Language};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::routine::WHAT_COMES;

/// The routines, and what is said in each posture.
const ROUTINES: [&str; 3] = ["upper-back", "gentle", "rest"];

/// The tables of screening.toml with lines, in the order in which they are said.
const SCREENING: [&str; 14] = [
    "welcome",
    "questions",
    "day",
    "recording",
    "last_check",
    "posture",
    "routine",
    "standing_chosen",
    "length",
    "emergency",
    "today",
    "check",
    "unwell",
    "no_answer",
];

/// The tables of companion.toml with lines, in the order of the script.
const COMPANION: [&str; 28] = [
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
    "unreviewed",
    "ended",
    "slower",
    "faster",
    "standard_only",
    "help",
    "device_lost",
    "device_back",
    "still_paused",
    "woken",
    "trial",
];

/// The tables of companion.toml without lines: words and names of Softback's own.
const COMPANION_WORDS: [&str; 5] = ["keys", "words", "time_left", "answered", "what_comes"];

/// Where every answer leads (yes, no, silence).
const ANSWERS: [(&[&str], [&str; 3]); 15] = [
    (
        &["A1.1", "A1.2", "A1.3", "D.1"],
        ["emergency", "go-on", "no-answer"],
    ),
    (
        &["A1.4", "A1.5", "A1.6", "D.2"],
        ["today", "go-on", "no-answer"],
    ),
    (
        &["A1.7", "A1.7b", "A1.8", "A1.9", "D.3"],
        ["check", "go-on", "no-answer"],
    ),
    (&["L.1"], ["go-on", "unwell", "no-answer"]),
    (&["B0.3"], ["seated", "standing", "seated"]),
    (&["B0.3b"], ["upper-back", "gentle", "gentle"]),
    (&["B0.5"], ["ten", "go-on", "ten"]),
    (&["B0.6"], ["five", "twenty", "ten"]),
    (&["X-EMERG.6"], ["repeat", "go-on", "go-on"]),
    (&["X-TODAY.5"], ["repeat", "go-on", "go-on"]),
    (&["DS6.2"], ["again", "rest", "rest"]),
    (&["H8.2"], ["go-on", "end", "no-answer"]),
    (&["H12.2"], ["go-on", "end", "no-answer"]),
    (&["GS.7"], ["hurt", "fine", "hurt"]),
    (&["GX.14"], ["repeat", "go-on", "go-on"]),
];

/// Lines that belong to the question after them.
const LEADS: [&str; 5] = ["H8.1", "H12.1", "B0.2", "DS6.1", "GS.6"];

/// What only a first round says: explanations, and no word of care, of where her hands go, or of the breath.
const FIRST_ROUND: [&str; 4] = ["DS1.1", "DS1.3b", "DS5.2", "DS5.3"];

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
    yes: Option<String>,
    no: Option<String>,
    silence: Option<String>,
    form: Option<String>,
    round: Option<u32>,
    #[serde(default)]
    leads: bool,
    source: Vec<String>,
}

/// How often a breath is counted: always, or by length.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Repeat {
    Always(u32),
    ByLength([u32; 3]),
}

#[derive(Clone, Deserialize)]
struct Movement {
    repeat: Option<Repeat>,
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
    movement: Movement,
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

fn seconds(length: Option<SignedDuration>) -> f64 {
    length.map_or(0.0, |length| length.as_secs_f64())
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
        for section in sections(file) {
            groups.extend(
                section
                    .movement
                    .into_iter()
                    .map(|movement| Group { file, movement }),
            );
        }
    }
    for (file, tables) in [("screening", screening()), ("companion", companion())] {
        groups.extend(tables.into_iter().map(|(_, spoken)| Group {
            file,
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
fn the_day_check_leaves_out_only_what_it_may() {
    for (name, spoken) in screening() {
        let form = match name.as_str() {
            "welcome" | "last_check" => None,
            // A close, a choice or a question is the same in each form.
            _ => Some(()),
        };
        for line in spoken.lines {
            let expected = match line.id.as_str() {
                "W.1b" | "W.2" | "L.1" => None,
                "RW.1" | "RW.1b" | "RW.2" | "A0.3" | "A0.4" | "A0.5" | "RL.1" | "RL.2" => {
                    Some("recording")
                }
                id if form.is_none() && section_of(id) == "W" => Some("day"),
                _ if form.is_none() => Some("one-by-one"),
                _ => None,
            };
            assert_eq!(line.form.as_deref(), expected, "{}", line.id);
        }
    }
    // What keeps her safe in every session stands in both.
    for group in groups() {
        let care = [
            "Stay off your neck",
            "If anything hurts",
            "Keep your eyes open",
        ];
        for line in &group.movement.lines {
            let cares = care.iter().any(|care| line.words().starts_with(care));
            assert!(!cares || line.form.is_none(), "{}", line.id);
        }
    }
}

#[test]
fn every_answer_leads_where_it_should() {
    let mut asked = 0;
    for group in groups() {
        for line in &group.movement.lines {
            let found = [&line.yes, &line.no, &line.silence].map(Option::as_deref);
            if line.ask.is_none() {
                assert_eq!(found, [None; 3], "{} is no question", line.id);
                continue;
            }
            asked += 1;
            let known = ANSWERS.iter().find(|(ids, _)| ids.contains(&&*line.id));
            let (_, expected) =
                known.unwrap_or_else(|| panic!("{}: where do its answers lead?", line.id));
            assert_eq!(found, expected.map(Some), "{}", line.id);
        }
    }
    let known: usize = ANSWERS.iter().map(|(ids, _)| ids.len()).sum();
    assert_eq!(asked, known, "each of them");
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
    for routine in ROUTINES {
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
    for routine in ROUTINES {
        let warm_ups: Vec<_> = whole(routine)
            .into_iter()
            .filter(|section| section.warm_up)
            .collect();
        assert_eq!(warm_ups.len(), usize::from(routine != "rest"), "{routine}");
        assert!(warm_ups.iter().all(|section| section.skip == Some(false)));
    }
}

#[test]
fn a_second_round_leaves_out_explanations_only() {
    for routine in ROUTINES {
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
            .replace(WHAT_COMES, "Upper-back release, sitting, ten minutes.")
            .replace("{EMERGENCY}", "nine, nine, nine")
    };
    let mut texts: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for group in groups() {
        for line in group.movement.lines {
            let section = section_of(&line.id).to_owned();
            let words = filled(line.words());
            texts.entry(section).or_default().insert(line.id, words);
        }
    }
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
    let often = match movement.repeat {
        None => 0,
        Some(Repeat::Always(often)) => often,
        Some(Repeat::ByLength(often)) => often.into_iter().max().unwrap_or_default(),
    };
    time + f64::from(often) * breath + seconds(movement.rest)
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
