//! Lays a routine or a text out, cue by cue.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::base::{Estimate, Frames, Pace};
use crate::routine::cue::{Cue, Manner, Piece, TRY_IT};
use crate::routine::{
    Answered, Companion, Form, Line, LineKind, Movement, Respelled, Routine, Section,
};

use super::{Plan, PlannedCue, PlannedMovement, Resume, Setting, TextKind, WAKE_UP, spoken};

pub(super) struct Compiler<'a> {
    companion: &'a Companion,
    setting: Setting,
    cues: Vec<PlannedCue>,
    movements: Vec<PlannedMovement>,
    /// Every line said so far, with its cue: a later movement may name it as its place.
    words: Option<&'a Respelled>,
    /// By the id of each line, where it was said last.
    lines_said: HashMap<Arc<str>, usize>,
    /// Where the question begins that the last lines lead to.
    question: Option<usize>,
    second_round: Option<Range<usize>>,
    begun: Option<usize>,
    chimed: bool,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(companion: &'a Companion, setting: Setting) -> Self {
        Self {
            companion,
            setting,
            cues: Vec::new(),
            movements: Vec::new(),
            words: None,
            lines_said: HashMap::new(),
            question: None,
            second_round: None,
            begun: None,
            chimed: false,
        }
    }

    pub(super) fn finish(self, title: Arc<str>) -> Plan {
        let length = |planned: &PlannedCue| planned.cue.length(&Estimate);
        Plan {
            title,
            pace: self.setting.pace,
            posture: self.setting.posture,
            lengths: self.cues.iter().map(length).collect(),
            cues: self.cues,
            movements: self.movements,
            second_round: self.second_round,
            begun: self.begun.unwrap_or_default(),
        }
    }

    pub(super) fn routine(&mut self, routine: &'a Routine) {
        self.words = Some(routine.words());
        let sections = routine.sections();
        let has_opening = sections.iter().any(|section| section.opening);
        let warms_up = sections.iter().any(|section| section.warm_up);
        self.begin_movement(routine.title(), "");
        self.push(Cue::Rest(WAKE_UP));
        if !has_opening && self.setting.form == Form::OneByOne {
            self.rehearsal(routine.title());
        }
        let live = self.setting.form != Form::Recording;
        for section in sections {
            let moves = section.moves() && section.said_in(self.setting.posture);
            if section.warm_up || moves || !(warms_up || section.opening) {
                self.begun.get_or_insert(self.cues.len());
            }
            self.section(section);
            if section.opening && live {
                self.rehearsal(&section.title);
            }
        }
        if !self.chimed {
            self.begin_movement(routine.title(), "").skip = true;
            self.ending();
        }
    }

    fn rehearsal(&mut self, section: &Arc<str>) {
        self.begin_movement(section, "The keys");
        self.companion_says(&self.companion.rehearsal);
    }

    fn ending(&mut self) {
        self.push(Cue::Chime);
        self.companion_says(&self.companion.ended);
    }

    fn companion_says(&mut self, lines: &[Line]) {
        for cue in spoken(lines, self.companion, self.setting.posture) {
            self.push(cue);
        }
    }

    /// One of the program's own texts.
    pub(super) fn text(&mut self, title: &Arc<str>, lines: &[Line], kind: TextKind) {
        self.begin_movement(title, "");
        let Setting { posture, form, .. } = self.setting;
        let said = |line: &&Line| line.said_in(posture) && line.said_in_form(form);
        let manner = Manner {
            listed: kind == TextKind::Questions,
            recorded: form == Form::Recording,
            ..Manner::safety(self.companion)
        };
        for line in lines.iter().filter(said) {
            self.line(line, line.rest, manner);
        }
        if kind == TextKind::Close {
            self.ending();
        }
    }

    fn section(&mut self, section: &Section) {
        if !section.said_in(self.setting.posture) {
            return;
        }
        let manner = Manner {
            pace: section.pace(self.setting.pace),
            length: self.setting.length,
            recorded: self.setting.form == Form::Recording,
            words: self.words,
            ..Manner::safety(self.companion)
        };
        self.round(section, &section.title, 1, manner);
        // A recording cannot ask whether she wants one more.
        if section.rounds > 1 && self.setting.form != Form::Recording {
            let first = self.cues.len();
            let title = format!("{}, once more", section.title).into();
            self.round(section, &title, 2, manner);
            self.second_round = Some(first..self.cues.len());
        }
    }

    fn round(&mut self, section: &Section, title: &Arc<str>, round: u32, manner: Manner<'_>) {
        let Setting {
            pace,
            posture,
            length,
            form,
        } = self.setting;
        let says = |line: &Line| {
            line.said_in(posture)
                && line.said_in_form(form)
                && line.said_at(pace)
                && line.said_in_round(round)
        };
        for movement in &section.movements {
            let asks = movement.lines.iter().any(offers_round);
            // After the last round there is no question whether she would like another.
            let belongs = movement.belongs_to(length) && movement.lines.iter().any(says);
            if (round > 1 && asks) || !belongs {
                continue;
            }
            let begun = self.begin_movement(title, &movement.title);
            begun.pose = movement.pose;
            begun.skip = section.skip && !asks && !movement.sits_down;
            begun.on_feet = section.on_feet;
            begun.sits_down = movement.sits_down;
            // Another round is only heard, not tried out before it is counted.
            let try_it = if round > 1 { Frames::ZERO } else { TRY_IT };
            for piece in manner.movement(movement, says, try_it) {
                self.piece(piece, manner);
            }
            self.set_resume(movement, manner.pace);
        }
    }

    fn piece(&mut self, piece: Piece<'_>, manner: Manner<'_>) {
        match piece {
            Piece::Line(line, rest) => self.line(line, rest, manner),
            Piece::Rest(cue) => _ = self.push(cue),
            Piece::Breath(cue, since, counted) => {
                let planned = self.push(cue);
                planned.restart -= since;
                planned.in_breath = true;
                planned.repetition = counted;
            }
        }
    }

    fn line(&mut self, line: &Line, rest: Frames, manner: Manner<'_>) {
        self.lines_said.insert(line.id.clone(), self.cues.len());
        self.chimed |= line.chime;
        let begins = self.cues.len() + usize::from(line.chime);
        for cue in manner.line(line, rest) {
            self.push(cue);
        }
        if line.leads {
            let question = *self.question.get_or_insert(begins);
            for planned in &mut self.cues[begins..] {
                planned.restart = question;
                planned.leads = true;
            }
        } else if let Some(question) = self.question.take() {
            self.cues[begins].restart = question;
        }
    }

    fn begin_movement(&mut self, section: &Arc<str>, title: &str) -> &mut PlannedMovement {
        let first = self.cues.len();
        self.movements.push_mut(PlannedMovement {
            section: section.clone(),
            title: title.into(),
            pose: None,
            first,
            resume: Resume::At(first),
            skip: false,
            on_feet: false,
            sits_down: false,
        })
    }

    /// Finds the line that the movement names as its place, now that its own lines stand.
    fn set_resume(&mut self, movement: &Movement, pace: Pace) {
        // The routine was checked to hold the line; perhaps it is not said in this posture.
        let line = movement.place.as_ref();
        let cue = line.and_then(|id| self.lines_said.get(id).copied());
        let (Some(cue), Some(planned)) = (cue, self.movements.last_mut()) else {
            return;
        };
        let rest = match self.cues.get(cue + 1).map(|next| &next.cue) {
            Some(&Cue::Rest(rest)) => rest,
            _ => pace.rest(TRY_IT),
        };
        match &self.cues[cue].cue {
            _ if cue >= planned.first => planned.resume = Resume::At(cue),
            Cue::Say(said) => planned.resume = Resume::After(said.clone(), rest),
            _ => {}
        }
    }

    fn push(&mut self, cue: Cue) -> &mut PlannedCue {
        let index = self.cues.len();
        self.cues.push_mut(PlannedCue {
            cue,
            movement: self.movements.len() - 1,
            restart: index,
            leads: false,
            in_breath: false,
            repetition: None,
        })
    }
}

fn offers_round(line: &Line) -> bool {
    matches!(line.kind, LineKind::Ask(question) if question.yes == Answered::Again)
}
