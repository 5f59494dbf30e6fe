//! What a routine and its sections are made of, and in which order.

use std::ops::Range;

use super::{
    Answered, Checker, Kind, Line, LineFile, MOST_ROUNDS, Movement, Parts, Routine, RoutineFile,
    Section, SectionFile, Spanned, Standing, did_you_mean,
};
use crate::base::nearest;

impl Checker<'_> {
    pub(super) fn routine(&mut self, file: RoutineFile, parts: &Parts) -> Routine {
        self.allow(&file.new_words);
        self.describe(&file.sources);
        self.respell(&file.words);
        let language = file.language.get_ref();
        self.refuse(
            language != "en",
            &file.language.span(),
            format!("there is no voice for the language \"{language}\""),
            "write the routine in English and set language = \"en\"",
        );
        self.title(&file.title);
        self.misses(
            file.section.is_empty(),
            &file.title.span(),
            "the routine has no section",
            "add a [[section]] with a title and at least one [[section.movement]]",
        );
        let sections = file.section.into_iter();
        let sections = sections
            .map(|section| self.section_or_part(section, parts))
            .collect();
        let sources = file.sources.into_iter();
        Routine {
            standing: Standing::Ours,
            words: self.respelled.clone(),
            sources: sources
                .map(|(key, source)| (key.into_inner(), source))
                .collect(),
            sections,
            title: file.title.into_inner().into(),
        }
    }

    fn section_or_part(&mut self, section: Spanned<SectionFile>, parts: &Parts) -> Section {
        let Some(name) = section.get_ref().part.clone() else {
            return self.section(section);
        };
        self.refuse(
            section.get_ref().title.is_some() || !section.get_ref().movement.is_empty(),
            &name.span(),
            "the section is a part of the program's, and says something of its own, too",
            "leave only `part` in it, or take `part` out",
        );
        let mut known: Vec<_> = parts.keys().map(String::as_str).collect();
        known.sort_unstable();
        let meant = self.part(&name, &known);
        if let Some(part) = meant.and_then(|meant| parts.get(meant)) {
            let lines = part.movements.iter().flat_map(|movement| &movement.lines);
            self.ids.extend(lines.map(|line| line.id.clone()));
            let movements = part.movements.iter().map(|movement| Movement {
                at: section.span(),
                ..movement.clone()
            });
            return Section {
                at: section.span(),
                movements: movements.collect(),
                ..part.clone()
            };
        }
        self.section(section)
    }

    /// The part of this name; else the one that was meant, so that what follows from a slip is no problem of its own.
    fn part<'a>(&mut self, name: &Spanned<String>, known: &[&'a str]) -> Option<&'a str> {
        let named = name.get_ref();
        let found = known.iter().find(|known| *known == named);
        self.refuse(
            found.is_none(),
            &name.span(),
            format!(
                "there is no part called \"{named}\"{}",
                did_you_mean(named, known)
            ),
            format!("the parts are {}", known.join(", ")),
        );
        found.copied().or_else(|| nearest(named, known))
    }

    pub(super) fn section(&mut self, section: Spanned<SectionFile>) -> Section {
        let at = section.span();
        let file = section.into_inner();
        if let Some(title) = &file.title {
            self.title(title);
        }
        self.misses(
            file.title.is_none() && file.part.is_none(),
            &at,
            "the section has no title",
            "add `title = \"…\"`",
        );
        self.misses(
            file.movement.is_empty(),
            &at,
            "the section says nothing",
            "add a [[section.movement]] with lines, or take the section out",
        );
        let rounds = self.rounds(&at, &file);
        self.stands_once(&at, &file);
        let title = file.title.map(Spanned::into_inner).unwrap_or_default();
        let movements = file.movement.into_iter();
        let movements = movements.map(|movement| self.movement(movement, file.on_feet));
        Section {
            movements: movements.collect(),
            at,
            title: title.into(),
            opening: file.opening,
            warm_up: file.warm_up,
            on_feet: file.on_feet,
            rounds,
            // No key leads past the warm-up.
            skip: file.skip && !file.warm_up,
            speech: file.speech,
            no_faster_than: file.no_faster_than,
            posture: file.posture,
        }
    }

    /// How many rounds there may be, and that she is asked before the second.
    fn rounds(&mut self, section: &Range<usize>, file: &SectionFile) -> u32 {
        let rounds = file.rounds.as_ref().map_or(1, |rounds| *rounds.get_ref());
        let at = file.rounds.as_ref().map_or(section.clone(), Spanned::span);
        self.refuse(
            !(1..=MOST_ROUNDS).contains(&rounds),
            &at,
            format!("a section has 1 to {MOST_ROUNDS} rounds"),
            "choose a smaller number: more will not help, and it may make her sore [P-LIM]",
        );
        self.refuse(
            rounds > 1 && file.on_feet,
            &at,
            "she would stand for another round",
            "take `rounds` and its question out: standing is one round only, as long standing makes \
             light in the head [ACOG804, SWAY]",
        );
        let lines = file
            .movement
            .iter()
            .flat_map(|movement| &movement.get_ref().lines);
        let lines: Vec<_> = lines.map(Spanned::get_ref).collect();
        let asked = lines.iter().filter(|line| line.offers_round()).count();
        let asks_last = lines
            .last()
            .is_some_and(|line| line.surely_asks_for_a_round());
        self.misses(
            rounds > 1 && !(asked == 1 && asks_last),
            &at,
            "she is not asked before the second round, or not in a way that only yes leads to it",
            "end the section with one question, asked at every session, that has yes = \"again\", \
             no = \"rest\" and silence = \"rest\"",
        );
        self.misses(
            rounds < 2 && asked > 0,
            &at,
            "the section has only one round",
            "add `rounds = 2`, or take the question out",
        );
        rounds
    }

    /// Only one section of a session can be done once more.
    pub(super) fn rounds_once(&mut self, sections: &[Section]) {
        for section in sections.iter().filter(|section| section.rounds > 1).skip(1) {
            self.report(
                &section.at,
                "a second section with another round",
                "leave `rounds` and its question in one section only: two rounds in a session are the most [P-LIM]",
            );
        }
    }

    /// The keys are rehearsed and the warm-up is done before anything else moves her: so a session
    /// is never begun, and counted, later than its first movement. A breath at rest moves nothing.
    pub(super) fn begins_with_care(&mut self, sections: &[Section]) {
        let warm_up = sections.iter().position(|section| section.warm_up);
        let known = self.known;
        let restful = |line: &Line| known.is_some_and(|known| known.restful(line));
        for (index, section) in sections.iter().enumerate() {
            let sooner = warm_up.is_some_and(|warm_up| index < warm_up);
            let mut lines = section.movements.iter().flat_map(|part| &part.lines);
            let moves = (section.opening || sooner) && section.moves() && !lines.all(restful);
            self.refuse(
                moves && section.opening,
                &section.at,
                "she would move in the opening, before she has tried the keys that stop it",
                "put what has a breath into a section of its own, behind the one with `opening = true`",
            );
            self.refuse(
                moves && !section.opening,
                &section.at,
                "she would move before the warm-up",
                "put the section behind the one with `warm_up = true`, or behind `part = \"warm-up\"`",
            );
        }
        let first = sections
            .iter()
            .find(|section| self.more_than_breath(section));
        if let (Some(first), None) = (first, warm_up) {
            self.report(
                &first.at,
                "she would move without a warm-up",
                "put a section before it that says only `part = \"warm-up\"`; or a warm-up of your own, with \
                 `warm_up = true`",
            );
        }
        let warm_up = sections.iter().find(|section| section.warm_up);
        if let Some(still) = warm_up.filter(|section| !section.moves()) {
            self.report(
                &still.at,
                "nothing moves in the warm-up",
                "give it a movement with `in` and `out`, or take `warm_up` out",
            );
        }
    }

    /// Whether she does more in it than breathe and rest.
    pub(super) fn more_than_breath(&self, section: &Section) -> bool {
        let restful = |line: &Line| self.known.is_some_and(|known| known.restful(line));
        let does = |movement: &Movement| {
            let still = matches!(movement.kind, Some(Kind::Breath | Kind::Rest));
            let mut breaths = movement.lines.iter().filter(|line| line.breathes());
            !still && breaths.any(|breath| !restful(breath))
        };
        section.movements.iter().any(does) || section.on_feet || section.rounds > 1
    }
}

impl LineFile {
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
