//! From a file as written to a [`Routine`]: every problem is found, none is mended in silence.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;
use toml::Spanned;

use super::file::{LineFile, MovementFile, PartsFile, RoutineFile, SectionFile, SpokenFile};
use super::forbidden::{forbidden, forbidden_together, place};
use super::model::{Answered, Line, LineKind, Movement, Question, Routine, Section};
use crate::base::diagnostic::{Problem, Problems};
use crate::base::pace::{BreathPhase, Pace};
use crate::base::posture::Posture;
use crate::base::time::Frames;

/// No rest, wait or delay is longer: a longer one is a slip of the pen, and leaves her in silence.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// A repetition is one breath or two; more than this of one movement is work, not ease.
const MOST_REPETITIONS: u32 = 12;

/// More rounds than this are too much of a good thing (a house rule, P-LIM).
const MOST_ROUNDS: u32 = 2;

/// A question waits at least so long for a key (a house figure): with less she cannot find it.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// The words in braces that a line may hold.
pub(super) const PLACEHOLDERS: [&str; 5] = ["{PAUSE}", "{STOP}", "{YES}", "{NO}", "{EMERGENCY}"];

/// Sections that several routines share, by their names.
pub(super) type Parts = HashMap<String, Section>;

/// Reads a routine from the text of the file at `path`; `parts` are the sections that it may name,
/// and `restful` says of a sentence that nothing is moved by it.
pub(super) fn routine(
    path: &str,
    text: &str,
    parts: &Parts,
    restful: fn(&str) -> bool,
) -> Result<Routine, Problems> {
    let file: RoutineFile = parse_toml(path, text)?;
    let mut checker = Checker::new(text);
    let routine = checker.routine(file, parts);
    checker.begins_with_care(&routine.sections, restful);
    checker.sits_down(&routine.sections);
    checker.rounds_once(&routine.sections);
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
        Routine {
            title: file.title.into_inner().into(),
            sections: file
                .section
                .into_iter()
                .map(|section| self.section_or_part(section, parts))
                .collect(),
        }
    }

    /// The keys are rehearsed and the warm-up is done before anything else moves her: so a session
    /// is never begun, and counted, later than its first movement. A breath at rest moves nothing.
    fn begins_with_care(&mut self, sections: &[Section], restful: fn(&str) -> bool) {
        let warm_up = sections.iter().position(|section| section.warm_up);
        for (index, section) in sections.iter().enumerate() {
            let sooner = warm_up.is_some_and(|warm_up| index < warm_up);
            let mut lines = section.movements.iter().flat_map(|part| &part.lines);
            // Asked last: nobody may ask what is restful of the routine that says so.
            if !(section.opening || sooner)
                || !section.moves()
                || lines.all(|line| restful(&line.text))
            {
                continue;
            }
            if section.opening {
                self.report(
                    section.at.clone(),
                    "she would move in the opening, before she has tried the keys that stop it",
                    "put what has a breath into a section of its own, behind the one with `opening = true`",
                );
            } else {
                self.report(
                    section.at.clone(),
                    "she would move before the warm-up",
                    "put the section behind the one with `warm_up = true`, or behind `part = \"warm-up\"`",
                );
            }
        }
    }

    /// Whoever stands is told to sit down before anything seated comes, and before the end.
    fn sits_down(&mut self, sections: &[Section]) {
        let said = sections
            .iter()
            .filter(|section| section.said_in(Posture::Standing));
        let mut stands: Option<&Section> = None;
        for section in said {
            for movement in &section.movements {
                match stands {
                    _ if movement.surely_sits_down() => stands = None,
                    Some(standing) if !section.on_feet => {
                        self.stays_standing(standing);
                        stands = None;
                    }
                    _ => stands = Some(section).filter(|_| section.on_feet),
                }
            }
        }
        if let Some(standing) = stands {
            self.stays_standing(standing);
        }
    }

    fn stays_standing(&mut self, section: &Section) {
        self.report(
            section.at.clone(),
            "she stands up and is not told to sit down before what comes next",
            "end the section with a movement that has `sits_down = true` and a line that tells her, said \
             at every session: it is said when she has stood for long enough, too [SWAY, ACOG804]",
        );
    }

    /// Only one section of a session can be done once more.
    fn rounds_once(&mut self, sections: &[Section]) {
        for section in sections.iter().filter(|section| section.rounds > 1).skip(1) {
            self.report(
                section.at.clone(),
                "a second section with another round",
                "leave `rounds` and its question in one section only: two rounds in a session are the most [P-LIM]",
            );
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
            return Section {
                at: section.span(),
                ..part.clone()
            };
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
            at: span,
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
        if rounds > 1 && file.on_feet {
            self.report(
                at.clone(),
                "she would stand for another round",
                "take `rounds` and its question out: standing is one round only, as long standing makes \
                 light in the head [ACOG804, SWAY]",
            );
        }
        let mut lines = file
            .movement
            .iter()
            .flat_map(|movement| &movement.get_ref().lines);
        let asked = lines.clone().filter(|line| line.get_ref().offers_round());
        let asked = asked.count();
        let last = lines.next_back().map(Spanned::get_ref);
        if rounds > 1 && !(asked == 1 && last.is_some_and(LineFile::surely_asks_for_a_round)) {
            self.report(
                at,
                "she is not asked before the second round, or not in a way that only yes leads to it",
                "end the section with one question, asked at every session, that has yes = \"again\", \
                 no = \"rest\" and silence = \"rest\"",
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
        if file.on_feet
            && file
                .no_faster_than
                .is_some_and(|pace| pace != Pace::Standard)
        {
            self.report(
                span.clone(),
                "she would stand for longer than at the standard pace",
                "take `no_faster_than` out: long standing makes light in the head [ACOG804, SWAY]",
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
        self.harmless_together(&file);
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
        if let Some(side) = &file.side
            && !self.own_questions
        {
            self.report(
                side.span(),
                "only the sound check is heard from one side",
                "take `side` out: the words of a routine come from both loudspeakers",
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
            side: file.side.map(Spanned::into_inner),
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
        if matches!(kind, LineKind::Ask(_)) && !self.own_questions {
            self.asks(span, file, question);
        }
        self.speakable(text);
        self.harmless(text);
        (kind, text.get_ref().trim().to_owned())
    }

    /// A question of a routine: it waits, it leads somewhere, and silence does not lead on.
    fn asks(&mut self, span: &Range<usize>, file: &LineFile, question: Question) {
        let keys = [question.yes, question.no];
        if !keys.into_iter().all(Answered::after_a_key) {
            self.report(
                span.clone(),
                "an answer leads to what only the program's own questions may use",
                "in a routine yes and no lead to \"go-on\", \"rest\", \"nothing\" or \"end\", and yes also to \"again\"",
            );
        }
        if !question.silence.after_silence() {
            self.report(
                span.clone(),
                "no answer would lead on, or back to the same question for ever",
                "write silence = \"end\", or \"rest\" where she is asked for another round: when no \
                 answer comes, nobody knows how she is",
            );
        }
        let rests = keys.into_iter().chain([question.silence]);
        if question.no == Answered::Again
            || (question.yes != Answered::Again && rests.into_iter().any(|to| to == Answered::Rest))
        {
            self.report(
                span.clone(),
                "\"again\" and \"rest\" stand in a question that does not offer another round",
                "write yes = \"again\" and no = \"rest\", or let the answers lead to \"go-on\" or \"end\"",
            );
        }
        if let Some(wait) = &file.wait
            && *wait.get_ref() < SHORTEST_WAIT
        {
            self.report(
                wait.span(),
                "the question does not wait long enough for an answer",
                "write wait = \"8s\", or 5 seconds at the least: she finds the key by touch",
            );
        }
    }

    /// The same of what only several lines together say.
    fn harmless_together(&mut self, file: &MovementFile) {
        let texts: Vec<_> = file
            .lines
            .iter()
            .filter_map(|line| line.get_ref().text())
            .collect();
        let sentences: Vec<_> = texts.iter().map(|text| text.get_ref().as_str()).collect();
        for (line, found) in forbidden_together(&sentences) {
            let text = texts[line];
            let at = place(self.file, text.span(), text.get_ref(), &found.range);
            let mut problem = found.problem(at, text.get_ref());
            problem.message = format!("after the line before it, {}", problem.message);
            self.problems.push(problem);
        }
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

impl Movement {
    /// Whether it tells her to sit down at every session.
    fn surely_sits_down(&self) -> bool {
        let always = |line: &Line| {
            line.said_in(Posture::Standing) && line.form.is_none() && line.round.is_none()
        };
        self.sits_down && self.lines.iter().any(always)
    }
}

impl LineFile {
    /// Its words; of a line that has several, the first.
    fn text(&self) -> Option<&Spanned<String>> {
        let texts = [
            &self.say,
            &self.inhale,
            &self.exhale,
            &self.ready,
            &self.ask,
        ];
        texts.into_iter().find_map(Option::as_ref)
    }

    fn offers_round(&self) -> bool {
        self.yes == Some(Answered::Again)
    }

    /// Whether it is asked whenever the section is said, and only yes leads to another round.
    fn surely_asks_for_a_round(&self) -> bool {
        let stops = |answer: Option<Answered>| {
            matches!(answer, None | Some(Answered::Rest | Answered::End))
        };
        let always = self.when.is_none() && self.form.is_none() && self.round.is_none();
        self.offers_round() && always && stops(self.no) && stops(self.silence)
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

    /// What is restful in these tests.
    const RESTFUL: [&str; 2] = ["Rest in.", "Rest out."];

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
        let restful = |text: &str| RESTFUL.contains(&text);
        match routine("test.toml", &text, &Parts::new(), restful) {
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
    fn nothing_moves_her_in_the_opening_or_before_the_warm_up() {
        let warm_up = section("warm_up = true", MOVES);
        let opening = |movement: &str| section("opening = true", movement);
        let moves = section("", MOVES);
        let rests = MOVES
            .replace("\"In\"", "\"Rest in.\"")
            .replace("\"Out\"", "\"Rest out.\"");
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
            r#"in = "Breathe in softly, and never hold your breath.""#,
            r#"out = "Breathe out.""#,
            r#"say = "Hold the chair, and rest.""#,
        ];
        assert_eq!(lines(&sound), "");
        for wrong in [
            &[
                r#"in = "Breathe in.""#,
                r#"out = "Hold for two, and let it go.""#,
            ][..],
            &[
                r#"in = "Breathe in softly.""#,
                r#"out = "Now hold. And out.""#,
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

    #[test]
    fn all_problems_come_together() {
        let found = problems(
            r#"lines = [{ id = "1", source = ["x"] }, { id = "1", say = "a", source = [] }]"#,
        );
        assert_eq!(found.matches("error: ").count(), 3, "{found}");
    }
}
