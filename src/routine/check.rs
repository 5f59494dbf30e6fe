//! From a file as written to a [`Routine`]: every problem is found, none is mended in silence.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;
use toml::Spanned;

use super::file::{LineFile, MovementFile, PartsFile, RoutineFile, SectionFile, SpokenFile};
use super::forbidden::{forbidden, place};
use super::model::{Answered, Line, LineKind, Movement, Posture, Question, Routine, Section};
use crate::diagnostic::{Problem, Problems};
use crate::pace::BreathPhase;
use crate::time::Frames;

/// No rest, wait or delay is longer: a longer one is a slip of the pen, and leaves her in silence.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// A repetition is one breath or two; more than this of one movement is work, not ease.
const MOST_REPETITIONS: u32 = 12;

/// More rounds than this are too much of a good thing (a house rule, P-LIM).
const MOST_ROUNDS: u32 = 2;

/// The words in braces that a line may hold.
pub(super) const PLACEHOLDERS: [&str; 5] = ["{PAUSE}", "{STOP}", "{YES}", "{NO}", "{EMERGENCY}"];

/// Sections that several routines share, by their names.
pub(super) type Parts = HashMap<String, Section>;

/// Reads a routine from the text of the file at `path`; `parts` are the sections that it may name.
pub(super) fn routine(path: &str, text: &str, parts: &Parts) -> Result<Routine, Problems> {
    let file: RoutineFile = parse_toml(path, text)?;
    let mut checker = Checker::new(text);
    let routine = checker.routine(file, parts);
    checker.finish(path)?;
    Ok(routine)
}

/// Reads the sections that routines share.
pub(super) fn parts(path: &str, text: &str) -> Result<Parts, Problems> {
    let file: PartsFile = parse_toml(path, text)?;
    let mut checker = Checker::new(text);
    let mut parts = Parts::new();
    for section in file.section {
        let name = section.get_ref().part.clone();
        let span = section.span();
        let section = checker.section(section);
        match name {
            Some(name) => _ = parts.insert(name.into_inner(), section),
            None => checker.report(span, "the section has no name", "give it `part = \"name\"`"),
        }
    }
    checker.finish(path)?;
    Ok(parts)
}

/// TOML, or the one problem that it has.
pub(super) fn parse_toml<T: serde::de::DeserializeOwned>(
    path: &str,
    text: &str,
) -> Result<T, Problems> {
    toml::from_str(text).map_err(|error| {
        let problem = Problem::new(
            error.span().unwrap_or(0..0),
            error.message(),
            "the softback repository's scripts/en/upper-back.toml is a whole example",
        );
        Problems::new(path, text, vec![problem])
    })
}

/// Gathers problems while it converts.
pub(super) struct Checker<'a> {
    /// The text of the file.
    file: &'a str,
    problems: Vec<Problem>,
    /// The program's own questions may lead to what a routine must not use.
    own_questions: bool,
    ids: HashSet<Arc<str>>,
    places: Vec<Spanned<String>>,
}

impl<'a> Checker<'a> {
    /// For a routine in a file with this text.
    fn new(file: &'a str) -> Self {
        Self {
            file,
            problems: Vec::new(),
            own_questions: false,
            ids: HashSet::new(),
            places: Vec::new(),
        }
    }

    /// For the texts that are the program's own.
    pub(super) fn of_the_program(file: &'a str) -> Self {
        Self {
            own_questions: true,
            ..Self::new(file)
        }
    }

    fn report(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(span, message, help));
    }

    /// What was found, once everything was looked at.
    pub(super) fn finish(mut self, path: &str) -> Result<(), Problems> {
        for place in std::mem::take(&mut self.places) {
            if !self.ids.contains(place.get_ref().as_str()) {
                self.report(
                    place.span(),
                    format!("there is no line with the id \"{}\"", place.get_ref()),
                    "`place` names the line that puts her hands and body in place",
                );
            }
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Problems::new(path, self.file, self.problems))
        }
    }

    /// What a table says, in order; what it says of other tables comes after, once all are read.
    pub(super) fn spoken(&mut self, file: SpokenFile) -> Vec<Line> {
        let lines = file.lines.into_iter();
        lines.map(|line| self.line(line)).collect()
    }

    /// The lines of the file with these ids, in their order.
    pub(super) fn also(&mut self, ids: &[Spanned<String>], lines: &[&[Line]]) -> Vec<Line> {
        let mut found = Vec::new();
        for id in ids {
            let line = lines.iter().copied().flatten();
            match line.clone().find(|line| **line.id() == **id.get_ref()) {
                Some(line) => found.push(line.clone()),
                None => self.report(
                    id.span(),
                    format!("there is no line with the id \"{}\"", id.get_ref()),
                    "`also` names lines of other tables of this file",
                ),
            }
        }
        found
    }

    fn routine(&mut self, file: RoutineFile, parts: &Parts) -> Routine {
        if file.language.get_ref() != "en" {
            self.report(
                file.language.span(),
                format!(
                    "there is no voice for the language \"{}\"",
                    file.language.get_ref()
                ),
                "write the routine in English and set language = \"en\"",
            );
        }
        self.not_empty(&file.title, "the title");
        if file.section.is_empty() {
            self.report(
                file.title.span(),
                "the routine has no section",
                "add a [[section]] with a title and at least one [[section.movement]]",
            );
        }
        let on_feet = file
            .section
            .iter()
            .find(|section| section.get_ref().on_feet);
        let sits_down = |section: &Spanned<SectionFile>| {
            let movements = &section.get_ref().movement;
            movements
                .iter()
                .any(|movement| movement.get_ref().sits_down)
        };
        if let Some(stands) = on_feet
            && !file.section.iter().any(sits_down)
        {
            self.report(
                stands.span(),
                "she stands up and is never told to sit down",
                "write `sits_down = true` in the movement that tells her, so that it can be said in time",
            );
        }
        let on_feet_at = on_feet.map_or(0..0, Spanned::span);
        Routine {
            on_feet_at,
            title: file.title.into_inner().into(),
            version: file.version,
            sections: file
                .section
                .into_iter()
                .map(|section| self.section_or_part(section, parts))
                .collect(),
        }
    }

    fn section_or_part(&mut self, section: Spanned<SectionFile>, parts: &Parts) -> Section {
        let Some(name) = section.get_ref().part.clone() else {
            return self.section(section);
        };
        if section.get_ref().title.is_some() || !section.get_ref().movement.is_empty() {
            self.report(
                name.span(),
                "the section is a part of the program's, and says something of its own, too",
                "leave only `part` in it, or take `part` out",
            );
        }
        if let Some(part) = parts.get(name.get_ref()) {
            let lines = part.movements.iter().flat_map(|movement| &movement.lines);
            self.ids.extend(lines.map(|line| line.id().clone()));
            return part.clone();
        }
        let mut known: Vec<_> = parts.keys().map(String::as_str).collect();
        known.sort_unstable();
        self.report(
            name.span(),
            format!("there is no part called \"{}\"", name.get_ref()),
            format!("the parts are {}", known.join(", ")),
        );
        self.section(section)
    }

    fn section(&mut self, section: Spanned<SectionFile>) -> Section {
        let span = section.span();
        let file = section.into_inner();
        match &file.title {
            Some(title) => self.not_empty(title, "the title"),
            None if file.part.is_some() => {}
            None => self.report(
                span.clone(),
                "the section has no title",
                "add `title = \"…\"`",
            ),
        }
        if file.movement.is_empty() {
            self.report(
                span.clone(),
                "the section says nothing",
                "add a [[section.movement]] with lines, or take the section out",
            );
        }
        let rounds = self.rounds(&span, &file);
        self.standing(&span, &file);
        Section {
            title: file
                .title
                .map_or_else(|| "".into(), |title| title.into_inner().into()),
            opening: file.opening,
            warm_up: file.warm_up,
            on_feet: file.on_feet,
            rounds,
            // No key leads past the warm-up.
            skip: file.skip && !file.warm_up,
            speech: file.speech,
            no_faster_than: file.no_faster_than,
            posture: file.posture,
            movements: file
                .movement
                .into_iter()
                .map(|movement| self.movement(movement))
                .collect(),
        }
    }

    /// How many rounds there may be, and that she is asked before the second.
    fn rounds(&mut self, span: &Range<usize>, file: &SectionFile) -> u32 {
        let rounds = file.rounds.as_ref().map_or(1, |rounds| *rounds.get_ref());
        let at = file.rounds.as_ref().map_or(span.clone(), Spanned::span);
        if !(1..=MOST_ROUNDS).contains(&rounds) {
            self.report(
                at.clone(),
                format!("a section has 1 to {MOST_ROUNDS} rounds"),
                "choose a smaller number: more will not help, and it may make her sore [P-LIM]",
            );
        }
        let lines = file
            .movement
            .iter()
            .flat_map(|movement| &movement.get_ref().lines);
        let asked = lines
            .filter(|line| line.get_ref().yes == Some(Answered::Again))
            .count();
        if rounds > 1 && asked != 1 {
            self.report(
                at,
                "she is not asked before the second round",
                "end the section with one question that has yes = \"again\" and no = \"rest\"",
            );
        } else if rounds < 2 && asked > 0 {
            self.report(
                at,
                "the section has only one round",
                "add `rounds = 2`, or take the question out",
            );
        }
        rounds
    }

    /// Whoever stands must be told to sit down again, and never in the seated posture.
    fn standing(&mut self, span: &Range<usize>, file: &SectionFile) {
        if file.on_feet != (file.posture == Some(Posture::Standing)) {
            self.report(
                span.clone(),
                "a section for her feet, and for one posture only",
                "write both `on_feet = true` and `posture = \"standing\"`, so that the time on her feet is counted",
            );
        }
    }

    fn movement(&mut self, movement: Spanned<MovementFile>) -> Movement {
        let span = movement.span();
        let mut file = movement.into_inner();
        if file.lines.is_empty() {
            self.report(
                span.clone(),
                "the movement has no lines",
                "add lines, or take it out",
            );
        }
        self.breath(&span, &file);
        self.places.extend(file.place.clone());
        let rest = file
            .rest
            .take()
            .map_or(Frames::ZERO, |rest| self.length(&rest));
        let repeat = file.repeat.as_ref().map_or(0, |repeat| *repeat.get_ref());
        Movement {
            title: file.title.unwrap_or_default().into(),
            repeat,
            rest,
            place: file.place.map(|place| place.into_inner().into()),
            sits_down: file.sits_down,
            lines: file.lines.into_iter().map(|line| self.line(line)).collect(),
        }
    }

    /// A breath goes in and out by turns, its lines stand together, it is counted, and a rest follows.
    fn breath(&mut self, span: &Range<usize>, file: &MovementFile) {
        let phases: Vec<_> = file
            .lines
            .iter()
            .map(|line| phase(line.get_ref()))
            .collect();
        let breaths: Vec<_> = phases.iter().copied().flatten().collect();
        if breaths.is_empty() {
            if let Some(repeat) = &file.repeat {
                self.report(
                    repeat.span(),
                    "nothing here can be repeated",
                    "`repeat` counts breaths: give two lines `in` and `out`, or take it out",
                );
            }
            return;
        }
        let first = phases.iter().position(Option::is_some).unwrap_or(0);
        if phases[first..]
            .iter()
            .take_while(|phase| phase.is_some())
            .count()
            != breaths.len()
        {
            self.report(
                file.lines[first].span(),
                "the breath is torn apart by other lines",
                "put all lines with `in` and `out` of a movement next to each other",
            );
        }
        for (index, line) in file.lines.iter().enumerate().skip(1) {
            if phases[index].is_some() && phases[index] == phases[index - 1] {
                self.report(
                    line.span(),
                    "two halves of a breath in a row go the same way: the breath would be held",
                    "let `in` and `out` take turns",
                );
            }
        }
        if breaths.first() == breaths.last() {
            self.report(
                span.clone(),
                "the breath does not come round: the last half goes the same way as the first",
                "let each repetition have as many `in` as `out`",
            );
        }
        self.repetitions(span, file);
        if file
            .rest
            .as_ref()
            .is_none_or(|rest| rest.get_ref().is_zero())
        {
            self.report(
                span.clone(),
                "no rest follows this movement",
                "add `rest = \"2s\"` or more: every movement is followed by a rest",
            );
        }
    }

    fn repetitions(&mut self, span: &Range<usize>, file: &MovementFile) {
        match &file.repeat {
            None => self.report(
                span.clone(),
                "it is not said how often this breath is repeated",
                "add `repeat = 3`, or how often it is",
            ),
            Some(repeat) if !(1..=MOST_REPETITIONS).contains(repeat.get_ref()) => self.report(
                repeat.span(),
                format!("a movement is repeated 1 to {MOST_REPETITIONS} times"),
                "choose a smaller number: small and few is the point of it",
            ),
            Some(_) => {}
        }
    }

    /// One line; also of the companion.
    pub(super) fn line(&mut self, line: Spanned<LineFile>) -> Line {
        let span = line.span();
        let file = line.into_inner();
        let id: Arc<str> = file.id.get_ref().as_str().into();
        if !self.ids.insert(id.clone()) {
            self.report(
                file.id.span(),
                format!("two lines have the id \"{id}\""),
                "give each line an id of its own",
            );
        }
        if file
            .source
            .get_ref()
            .iter()
            .all(|source| source.trim().is_empty())
        {
            self.report(
                file.source.span(),
                "the line has no source",
                "name what it rests on; \"house\" for a line without health content",
            );
        }
        let (kind, text) = self.kind(&span, &file);
        Line {
            id,
            kind,
            text,
            rest: self.optional_length(file.rest.as_ref()),
            after: self.optional_length(file.after.as_ref()),
            when: file.when,
            form: file.form,
            round: file.round,
            side: file.side,
            leads: file.leads,
            chime: file.chime,
            source: file.source.into_inner(),
        }
    }

    fn kind(&mut self, span: &Range<usize>, file: &LineFile) -> (LineKind, String) {
        let question = Question {
            wait: file
                .wait
                .as_ref()
                .map_or(Frames::from_millis(10_000), |wait| self.length(wait)),
            yes: file.yes.unwrap_or(Answered::GoOn),
            no: file.no.unwrap_or(Answered::End),
            silence: file.silence.unwrap_or(Answered::End),
        };
        let kinds = [
            (&file.say, LineKind::Say),
            (&file.inhale, LineKind::Breath(BreathPhase::In)),
            (&file.exhale, LineKind::Breath(BreathPhase::Out)),
            (&file.ready, LineKind::Ready),
            (&file.ask, LineKind::Ask(question)),
        ];
        let mut given = kinds
            .into_iter()
            .filter_map(|(text, kind)| Some((text.as_ref()?, kind)));
        let (Some((text, kind)), None) = (given.next(), given.next()) else {
            self.report(
                span.clone(),
                "a line is exactly one of `say`, `in`, `out`, `ready` and `ask`",
                "split it into lines of their own, or take away what is too much",
            );
            return (LineKind::Say, String::new());
        };
        if kind != LineKind::Ask(question)
            && (file.wait.is_some()
                || file.yes.is_some()
                || file.no.is_some()
                || file.silence.is_some())
        {
            self.report(
                span.clone(),
                "only a question has `wait`, `yes`, `no` and `silence`",
                "write the line with `ask`, or take them out",
            );
        }
        if let LineKind::Ask(question) = kind
            && !self.own_questions
            && [question.yes, question.no, question.silence]
                .into_iter()
                .any(|answered| !answered.in_a_routine())
        {
            self.report(
                span.clone(),
                "an answer leads to what only the program's own questions may use",
                "in a routine an answer leads to \"go-on\", \"again\", \"rest\", \"nothing\" or \"end\"",
            );
        }
        self.speakable(text);
        self.harmless(text);
        (kind, text.get_ref().trim().to_owned())
    }

    /// Nothing that could hurt her, or that nobody may claim.
    pub(super) fn harmless(&mut self, text: &Spanned<String>) {
        for found in forbidden(text.get_ref()) {
            let at = place(self.file, text.span(), text.get_ref(), &found.range);
            self.problems.push(found.problem(at, text.get_ref()));
        }
    }

    /// Text that a voice can say, with no unknown word in braces.
    fn speakable(&mut self, text: &Spanned<String>) {
        if !text.get_ref().chars().any(char::is_alphanumeric) {
            self.report(
                text.span(),
                "there is nothing to say here",
                "write a sentence, or take the line out",
            );
        }
        if text.get_ref().chars().any(char::is_control) {
            self.report(
                text.span(),
                "the sentence holds a control character",
                "write it on one line, in plain letters",
            );
        }
        let rest = PLACEHOLDERS
            .iter()
            .fold(text.get_ref().clone(), |rest, known| {
                rest.replace(known, "")
            });
        if rest.contains(['{', '}']) {
            self.report(
                text.span(),
                "a word in braces is not known",
                format!("the known ones are {}", PLACEHOLDERS.join(", ")),
            );
        }
    }

    fn not_empty(&mut self, text: &Spanned<String>, what: &str) {
        if text.get_ref().trim().is_empty() {
            self.report(
                text.span(),
                format!("{what} is empty"),
                "give it a few words",
            );
        }
    }

    fn optional_length(&mut self, length: Option<&Spanned<SignedDuration>>) -> Frames {
        length.map_or(Frames::ZERO, |length| self.length(length))
    }

    fn length(&mut self, length: &Spanned<SignedDuration>) -> Frames {
        let duration = *length.get_ref();
        if duration.is_negative() || duration > LONGEST {
            self.report(
                length.span(),
                "a length of time is between nothing and 15 minutes",
                "write it like \"2s\" or \"1m 30s\"",
            );
            return Frames::ZERO;
        }
        Frames::from(duration.unsigned_abs())
    }
}

fn phase(line: &LineFile) -> Option<BreathPhase> {
    match (&line.inhale, &line.exhale) {
        (Some(_), None) => Some(BreathPhase::In),
        (None, Some(_)) => Some(BreathPhase::Out),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(movement: &str) -> String {
        let text = format!(
            "title = \"T\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n[[section.movement]]\n{movement}"
        );
        match routine("test.toml", &text, &Parts::new()) {
            Ok(_) => String::new(),
            Err(problems) => problems.to_string(),
        }
    }

    #[track_caller]
    fn refused(movement: &str, message: &str) {
        let shown = problems(movement);
        assert!(shown.contains(message), "{message:?} is not in:\n{shown}");
        assert!(shown.contains("test.toml:"), "no place in:\n{shown}");
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
    fn all_problems_come_together() {
        let found = problems(
            r#"lines = [{ id = "1", source = ["x"] }, { id = "1", say = "a", source = [] }]"#,
        );
        assert_eq!(found.matches("error: ").count(), 3, "{found}");
    }
}
