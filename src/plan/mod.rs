//! From a routine to a flat list of cues, each with its length: what will happen, in order, and when.
//!
//! Pure: no clock, no device, no file. The same plan is the preview, the session's score and the golden test.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::base::pace::{BreathPhase, OWN_BREATH, Pace, SAFETY_RATE, WordsPerMinute};
use crate::base::posture::Posture;
use crate::base::time::Frames;
use crate::base::utterance::{LIST_PAUSE, SpeechLengths, Utterance};
use crate::routine::{
    Answered, Companion, Form, Line, LineKind, Movement, Question, Routine, Section, SpeechRate,
};

/// Silence before the first word: loudspeakers that sleep swallow what comes sooner.
pub(crate) const WAKE_UP: Frames = Frames::from_millis(700);

/// The chime, its decay included.
pub(crate) const CHIME: Frames = Frames::from_millis(2500);

/// The soft tone that says "your turn".
pub(crate) const YOUR_TURN: Frames = Frames::from_millis(600);

/// Quiet between a sentence and the "your turn" tone after it.
pub(crate) const BEFORE_YOUR_TURN: Frames = Frames::from_millis(300);

/// Quiet after each line of a movement while she tries it in her own breath, at the standard pace (a house figure).
const TRY_IT: Frames = Frames::from_millis(2000);

/// From the beginning of a half breath to its word.
pub(crate) const WORD_DELAY: Frames = Frames::from_millis(150);

/// From the end of "last one" to the next breath, at least: speech never runs into a cue.
pub(crate) const WORD_CLEARANCE: Frames = Frames::from_millis(250);

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cue {
    Say(Utterance),
    /// Half a breath of exactly this length, with a word at its beginning and perhaps one near its end.
    Breathe {
        phase: BreathPhase,
        /// Its length: the next cue begins then, to the frame.
        length: Frames,
        word: Utterance,
        tail: Option<Utterance>,
    },
    Rest(Frames),
    /// Not sooner than this after the list began (in what the companion says).
    NotBefore(Frames),
    Chime,
    /// A sentence, then a wait until she is ready.
    Ready(Utterance),
    Ask(Utterance, Question),
}

impl Cue {
    /// The sentence in it, if it holds one (cue words are none).
    #[must_use]
    pub const fn sentence(&self) -> Option<&Utterance> {
        match self {
            Self::Say(utterance) | Self::Ready(utterance) | Self::Ask(utterance, _) => {
                Some(utterance)
            }
            Self::Breathe { .. } | Self::Rest(_) | Self::NotBefore(_) | Self::Chime => None,
        }
    }

    /// Whether anything is heard of it.
    #[must_use]
    pub const fn sounds(&self) -> bool {
        !matches!(self, Self::Rest(_) | Self::NotBefore(_))
    }

    /// Everything in it that a voice has to say.
    pub fn utterances(&self) -> impl Iterator<Item = &Utterance> {
        let words = match self {
            Self::Breathe { word, tail, .. } => [Some(word), tail.as_ref()],
            _ => [self.sentence(), None],
        };
        words.into_iter().flatten()
    }

    /// How long it lasts; waits for her are not counted.
    pub fn length(&self, lengths: &(impl SpeechLengths + ?Sized)) -> Frames {
        match self {
            Self::Say(utterance) => lengths.length(utterance),
            Self::Ask(utterance, question) if question.wait == Frames::ZERO => {
                lengths.length(utterance)
            }
            Self::Ready(utterance) | Self::Ask(utterance, _) => {
                lengths.length(utterance) + BEFORE_YOUR_TURN + YOUR_TURN
            }
            Self::Breathe { length, .. } | Self::Rest(length) => *length,
            Self::NotBefore(_) => Frames::ZERO,
            Self::Chime => CHIME,
        }
    }
}

/// A cue with its place in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCue {
    pub cue: Cue,
    /// The movement that it belongs to: an index into [`Plan::movements`].
    pub movement: usize,
    /// Where to begin again after an interruption: itself, the first half of its breath, or the
    /// first line of its question.
    pub restart: usize,
    /// It belongs to the next question: keys answer while it is said.
    pub leads: bool,
    /// It is part of a repetition.
    pub in_breath: bool,
    /// The repetition, from 1, and how many there are, in a counted breath.
    pub repetition: Option<(u32, u32)>,
}

impl PlannedCue {
    /// Whether it is a question.
    #[must_use]
    pub const fn asks(&self) -> bool {
        matches!(self.cue, Cue::Ask(..))
    }
}

/// The line that puts her in place for a movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A cue of the movement itself: go on from there.
    At(usize),
    /// A sentence of an earlier movement, and the quiet after it: say it, then begin the movement.
    Earlier(Utterance, Frames),
}

/// A movement in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMovement {
    pub section: Arc<str>,
    /// The movement's title, or empty.
    pub title: Arc<str>,
    pub first: usize,
    /// How to get back into it.
    pub place: Place,
    /// Whether the key for the next movement may leave it.
    pub skip: bool,
    /// Whether she stands during it.
    pub on_feet: bool,
    /// Whether she sits down with its first word.
    pub sits_down: bool,
}

/// How a routine is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub pace: Pace,
    pub posture: Posture,
    /// In the one-by-one form everything is said, and the keys are rehearsed before a routine without
    /// an opening; in the other she has heard it all before.
    pub form: Form,
}

impl Setting {
    /// For someone who hears it for the first time.
    #[must_use]
    pub const fn new(pace: Pace, posture: Posture) -> Self {
        Self {
            pace,
            posture,
            form: Form::OneByOne,
        }
    }

    fn says(self, line: &Line) -> bool {
        line.said_in(self.posture) && line.said_in_form(self.form)
    }
}

/// Which of the program's own texts it is: they are all at the safety rate, with their rests as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    Plain,
    /// The safety questions, which are lists in themselves.
    Questions,
    /// It closes the session: the chime and the last words follow.
    Close,
}

/// A routine at one pace, in one posture, as a list of cues.
///
/// The counted paces share their structure: cue *n* of one is cue *n* of another, only longer or shorter.
#[derive(Clone, Debug)]
pub struct Plan {
    title: Arc<str>,
    pace: Pace,
    posture: Posture,
    cues: Vec<PlannedCue>,
    lengths: Vec<Frames>,
    movements: Vec<PlannedMovement>,
    second_round: Option<Range<usize>>,
    begun: usize,
}

impl Plan {
    /// Lays the routine out. `lengths` are the voice's, or an estimate.
    #[must_use]
    pub fn compile(
        routine: &Routine,
        companion: &Companion,
        setting: Setting,
        lengths: &(impl SpeechLengths + ?Sized),
    ) -> Self {
        let mut compiler = Compiler::new(companion, setting);
        compiler.routine(routine);
        compiler.finish(routine.title().clone(), lengths)
    }

    /// Lays out one of the program's own texts.
    #[must_use]
    pub fn text(
        title: &str,
        lines: &[Line],
        kind: TextKind,
        companion: &Companion,
        setting: Setting,
        lengths: &(impl SpeechLengths + ?Sized),
    ) -> Self {
        let mut compiler = Compiler::new(companion, setting);
        compiler.begin_movement(title.into(), "".into(), Traits::default());
        compiler.text(lines, kind);
        compiler.finish(title.into(), lengths)
    }

    /// The title of the routine, or of the text.
    #[must_use]
    pub const fn title(&self) -> &Arc<str> {
        &self.title
    }

    /// The pace that it was laid out for.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// The posture that it was laid out for.
    #[must_use]
    pub const fn posture(&self) -> Posture {
        self.posture
    }

    /// What happens, in order.
    #[must_use]
    pub fn cues(&self) -> &[PlannedCue] {
        &self.cues
    }

    /// How long each cue lasts, by the lengths that it was compiled with.
    #[must_use]
    pub fn lengths(&self) -> &[Frames] {
        &self.lengths
    }

    /// Its movements, in order.
    #[must_use]
    pub fn movements(&self) -> &[PlannedMovement] {
        &self.movements
    }

    /// Its movements from the one on with which a session counts as begun.
    #[must_use]
    pub fn counted_movements(&self) -> &[PlannedMovement] {
        let first = self
            .cues
            .get(self.begun)
            .map_or(0, |planned| planned.movement);
        &self.movements[first..]
    }

    /// The cues of a second round, if she may ask for one.
    #[must_use]
    pub const fn second_round(&self) -> Option<&Range<usize>> {
        self.second_round.as_ref()
    }

    /// The cue with which a session counts as begun: the first of the warm-up; without one, the
    /// first behind the opening. Whatever else moves her before that begins it sooner.
    #[must_use]
    pub const fn begun(&self) -> usize {
        self.begun
    }

    /// The whole, waits for her and a second round not counted.
    #[must_use]
    pub fn total(&self) -> Frames {
        let second = self.second_round.clone().unwrap_or_default();
        let sum = |lengths: &[Frames]| -> Frames { lengths.iter().copied().sum() };
        sum(&self.lengths[..second.start]) + sum(&self.lengths[second.end..])
    }

    /// The longest from her standing up to her sitting down.
    #[must_use]
    pub fn time_on_feet(&self) -> Frames {
        let times = self.standing().into_iter().map(|(_, time)| time);
        times.max().unwrap_or_default()
    }

    /// Each time that she stands: the section with which it begins, and how long it is until she sits down.
    #[must_use]
    pub fn standing(&self) -> Vec<(Arc<str>, Frames)> {
        let firsts = self.movements.iter().map(|movement| movement.first);
        let ends = firsts.skip(1).chain([self.cues.len()]);
        let mut times: Vec<(Arc<str>, Frames)> = Vec::new();
        let mut stood = false;
        for (movement, end) in self.movements.iter().zip(ends) {
            let stands = movement.on_feet && !movement.sits_down;
            if stands && !stood {
                times.push((movement.section.clone(), Frames::ZERO));
            }
            if let Some((_, time)) = times.last_mut().filter(|_| stands) {
                *time += self.lengths[movement.first..end].iter().copied().sum();
            }
            stood = stands;
        }
        times
    }
}

/// What the companion says, as a list of cues: at the safety rate, its rests as written.
pub(crate) fn spoken(lines: &[Line], companion: &Companion, posture: Posture) -> Vec<Cue> {
    lines
        .iter()
        .filter(|line| line.said_in(posture))
        .flat_map(|line| {
            let utterance = Utterance::new(&companion.fill_in(line.text()), SAFETY_RATE);
            let cue = match line.kind() {
                LineKind::Ready => Cue::Ready(utterance),
                LineKind::Ask(question) => Cue::Ask(utterance, question),
                LineKind::Say | LineKind::Breath(_) => Cue::Say(utterance),
            };
            let after = (line.after() > Frames::ZERO).then_some(Cue::NotBefore(line.after()));
            let rest = (line.rest() > Frames::ZERO).then_some(Cue::Rest(line.rest()));
            after.into_iter().chain([cue]).chain(rest)
        })
        .collect()
}

struct Compiler<'a> {
    companion: &'a Companion,
    setting: Setting,
    cues: Vec<PlannedCue>,
    movements: Vec<PlannedMovement>,
    /// Every line said so far, with its cue: a later movement may name it as its place.
    lines_said: Vec<(Arc<str>, usize)>,
    /// Where the question begins that the last lines lead to.
    question: Option<usize>,
    second_round: Option<Range<usize>>,
    begun: Option<usize>,
    chimed: bool,
}

/// What the section says of a movement.
#[derive(Clone, Copy, Default)]
struct Traits {
    skip: bool,
    on_feet: bool,
    sits_down: bool,
}

/// How a section is said: its rate, and the pace of its breaths and rests.
#[derive(Clone, Copy)]
struct Manner {
    rate: WordsPerMinute,
    pace: Pace,
    /// Rests of safety text are as written: safety text is never slowed.
    rests: Pace,
    /// Each sentence is a list in itself.
    listed: bool,
}

const SAFETY: Manner = Manner {
    rate: SAFETY_RATE,
    pace: Pace::Standard,
    rests: Pace::Standard,
    listed: false,
};

impl<'a> Compiler<'a> {
    const fn new(companion: &'a Companion, setting: Setting) -> Self {
        Self {
            companion,
            setting,
            cues: Vec::new(),
            movements: Vec::new(),
            lines_said: Vec::new(),
            question: None,
            second_round: None,
            begun: None,
            chimed: false,
        }
    }

    fn finish(self, title: Arc<str>, lengths: &(impl SpeechLengths + ?Sized)) -> Plan {
        let length = |planned: &PlannedCue| planned.cue.length(lengths);
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

    fn routine(&mut self, routine: &Routine) {
        let has_opening = routine.sections().iter().any(Section::opening);
        let warms_up = routine.sections().iter().any(Section::warm_up);
        self.begin_movement(routine.title().clone(), "".into(), Traits::default());
        self.push(Cue::Rest(WAKE_UP));
        if !has_opening && self.setting.form == Form::OneByOne {
            self.rehearsal(routine.title());
        }
        for section in routine.sections() {
            let moves = section.moves() && section.said_in(self.setting.posture);
            if section.warm_up() || moves || !(warms_up || section.opening()) {
                self.begun.get_or_insert(self.cues.len());
            }
            self.section(section);
            if section.opening() {
                self.rehearsal(section.title());
            }
        }
        if !self.chimed {
            self.ending(routine.title());
        }
    }

    fn rehearsal(&mut self, section: &Arc<str>) {
        self.begin_movement(section.clone(), "The keys".into(), Traits::default());
        self.companion_says(&self.companion.rehearsal);
    }

    fn ending(&mut self, section: &Arc<str>) {
        let traits = Traits {
            skip: true,
            ..Traits::default()
        };
        self.begin_movement(section.clone(), "".into(), traits);
        self.push(Cue::Chime);
        self.companion_says(&self.companion.ended);
    }

    fn companion_says(&mut self, lines: &[Line]) {
        for cue in spoken(lines, self.companion, self.setting.posture) {
            self.push(cue);
        }
    }

    fn text(&mut self, lines: &[Line], kind: TextKind) {
        let setting = self.setting;
        let lines: Vec<_> = lines.iter().filter(|line| setting.says(line)).collect();
        if kind == TextKind::Questions && setting.form == Form::List {
            self.list(&lines);
        } else {
            let manner = Manner {
                listed: kind == TextKind::Questions,
                ..SAFETY
            };
            for line in lines {
                self.line(line, line.rest(), manner);
            }
        }
        if kind == TextKind::Close {
            self.push(Cue::Chime);
            self.companion_says(&self.companion.ended);
        }
    }

    /// Questions as one list, in which yes counts at any moment and nothing is waited for.
    fn list(&mut self, questions: &[&Line]) {
        for (number, line) in questions.iter().enumerate() {
            let LineKind::Ask(question) = line.kind() else {
                continue;
            };
            let restart = self.cues.len();
            let said = Utterance::new(&self.companion.fill_in(line.text()), SAFETY_RATE).listed();
            let quiet = Question {
                wait: Frames::ZERO,
                no: Answered::Nothing,
                silence: Answered::GoOn,
                ..question
            };
            if number + 1 == questions.len() {
                self.push(Cue::Ask(said, quiet));
                return;
            }
            for cue in [Cue::Say(said), Cue::Rest(LIST_PAUSE)] {
                self.push(cue);
                self.lead(restart);
            }
        }
    }

    fn section(&mut self, section: &Section) {
        if !section.said_in(self.setting.posture) {
            return;
        }
        let pace = section.pace(self.setting.pace);
        let manner = match section.speech() {
            SpeechRate::Safety => SAFETY,
            SpeechRate::Pace => Manner {
                rate: pace.words_per_minute(),
                pace,
                rests: pace,
                listed: false,
            },
        };
        self.round(section, section.title(), 1, manner);
        if section.rounds() > 1 {
            let first = self.cues.len();
            let title = format!("{}, once more", section.title()).into();
            self.round(section, &title, 2, manner);
            self.second_round = Some(first..self.cues.len());
        }
    }

    fn round(&mut self, section: &Section, title: &Arc<str>, round: u32, manner: Manner) {
        for movement in section.movements() {
            let asks = movement.lines().iter().any(offers_round);
            let said = |line: &Line| self.setting.says(line) && line.said_in_round(round);
            // After the last round there is no question whether she would like another.
            if (round > 1 && asks) || !movement.lines().iter().any(said) {
                continue;
            }
            let traits = Traits {
                skip: section.skip() && !asks && !movement.sits_down(),
                on_feet: section.on_feet(),
                sits_down: movement.sits_down(),
            };
            self.begin_movement(title.clone(), movement.title().clone(), traits);
            self.movement(movement, round, manner);
            self.set_place(movement, manner);
        }
    }

    fn movement(&mut self, movement: &Movement, round: u32, manner: Manner) {
        let is_breath = |line: &Line| matches!(line.kind(), LineKind::Breath(_));
        let lines: Vec<_> = movement
            .lines()
            .iter()
            .filter(|line| self.setting.says(line) && line.said_in_round(round))
            .collect();
        let first = lines
            .iter()
            .position(|line| is_breath(line))
            .unwrap_or(lines.len());
        let end = lines
            .iter()
            .rposition(|line| is_breath(line))
            .map_or(first, |last| last + 1);
        for line in &lines[..first] {
            self.line(line, line.rest(), manner);
        }
        // First she tries the movement in her own breath, with no tone; then it is counted. In
        // another round she only hears it.
        let try_it = if round > 1 { Frames::ZERO } else { TRY_IT };
        for line in &lines[first..end] {
            self.line(line, line.rest().max(try_it), manner);
        }
        if first < end {
            let phases: Vec<_> = lines[first..end]
                .iter()
                .filter_map(|line| breath_phase(line))
                .collect();
            self.repetitions(&phases, movement.repeat(), manner);
            self.push(Cue::Rest(manner.rests.rest(movement.rest())));
        }
        for line in &lines[end..] {
            self.line(line, line.rest(), manner);
        }
    }

    fn line(&mut self, line: &Line, rest: Frames, manner: Manner) {
        self.lines_said.push((line.id().clone(), self.cues.len()));
        if line.chime() {
            self.chimed = true;
            self.push(Cue::Chime);
        }
        let utterance = Utterance::new(&self.companion.fill_in(line.text()), manner.rate);
        let utterance = utterance.from(line.side());
        let utterance = if manner.listed {
            utterance.listed()
        } else {
            utterance
        };
        let begins = self.cues.len();
        self.push(match line.kind() {
            LineKind::Say | LineKind::Breath(_) => Cue::Say(utterance),
            LineKind::Ready => Cue::Ready(utterance),
            LineKind::Ask(question) => Cue::Ask(utterance, question),
        });
        if line.leads() {
            let question = *self.question.get_or_insert(begins);
            self.lead(question);
        } else if let Some(question) = self.question.take()
            && let Some(last) = self.cues.last_mut()
        {
            last.restart = question;
        }
        if rest > Frames::ZERO {
            self.push(Cue::Rest(manner.rests.rest(rest)));
            if let Some(question) = self.question {
                self.lead(question);
            }
        }
    }

    /// Says of the last cue that it leads to a question, which begins at `restart`.
    fn lead(&mut self, restart: usize) {
        if let Some(last) = self.cues.last_mut() {
            last.restart = restart;
            last.leads = true;
        }
    }

    fn repetitions(&mut self, phases: &[BreathPhase], repeat: u32, manner: Manner) {
        for repetition in 1..=repeat {
            let restart = self.cues.len();
            match manner.pace.breath() {
                Some(lengths) => {
                    for (half, &phase) in phases.iter().enumerate() {
                        let before_last = repetition + 1 == repeat && half + 1 == phases.len();
                        self.push(Cue::Breathe {
                            phase,
                            length: lengths.of(phase),
                            word: cue_word(self.companion.breath_word(phase)),
                            tail: before_last.then(|| cue_word(self.companion.last_word())),
                        });
                        self.mark(restart, Some((repetition, repeat)));
                    }
                }
                None => self.own_breath(repetition, repeat, restart),
            }
        }
    }

    /// One repetition in her own breath: a word, then quiet.
    fn own_breath(&mut self, repetition: u32, repeat: u32, restart: usize) {
        let word = if repetition == repeat && repeat > 1 {
            self.companion.last_word()
        } else {
            self.companion.again_word()
        };
        self.push(Cue::Say(cue_word(word)));
        self.mark(restart, None);
        self.push(Cue::Rest(OWN_BREATH));
        self.mark(restart, None);
    }

    fn begin_movement(&mut self, section: Arc<str>, title: Arc<str>, traits: Traits) {
        let first = self.cues.len();
        self.movements.push(PlannedMovement {
            section,
            title,
            first,
            place: Place::At(first),
            skip: traits.skip,
            on_feet: traits.on_feet,
            sits_down: traits.sits_down,
        });
    }

    /// Resolves the movement's `place`, now that its own lines stand.
    fn set_place(&mut self, movement: &Movement, manner: Manner) {
        let Some(id) = movement.place() else { return };
        let Some(&(_, cue)) = self.lines_said.iter().rfind(|(said, _)| said == id) else {
            // Checked to exist in the routine; here it is not said in this posture.
            return;
        };
        // A movement was begun before its place is set, always.
        let Some(planned) = self.movements.last_mut() else {
            return;
        };
        planned.place = match &self.cues[cue].cue {
            _ if cue >= planned.first => Place::At(cue),
            Cue::Say(utterance) => {
                let rest = match self.cues.get(cue + 1).map(|next| &next.cue) {
                    Some(Cue::Rest(rest)) => *rest,
                    _ => manner.rests.rest(TRY_IT),
                };
                Place::Earlier(utterance.clone(), rest)
            }
            _ => return,
        };
    }

    fn push(&mut self, cue: Cue) {
        let index = self.cues.len();
        self.cues.push(PlannedCue {
            cue,
            movement: self.movements.len() - 1,
            restart: index,
            leads: false,
            in_breath: false,
            repetition: None,
        });
    }

    /// Says of the last cue which breath it belongs to.
    fn mark(&mut self, restart: usize, counted: Option<(u32, u32)>) {
        if let Some(last) = self.cues.last_mut() {
            last.restart = restart;
            last.in_breath = true;
            last.repetition = counted;
        }
    }
}

/// Whether the line asks for a second round.
fn offers_round(line: &Line) -> bool {
    matches!(line.kind(), LineKind::Ask(question) if question.yes == Answered::Again)
}

/// Cue words are short: always at the same rate, so that they are over soon.
fn cue_word(word: &str) -> Utterance {
    Utterance::new(word, SAFETY_RATE)
}

fn breath_phase(line: &Line) -> Option<BreathPhase> {
    match line.kind() {
        LineKind::Breath(phase) => Some(phase),
        _ => None,
    }
}

impl fmt::Display for Plan {
    /// The preview: each cue with its time, under its section and movement, and the total.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let posture = match self.posture {
            Posture::Seated => "seated",
            Posture::Standing => "standing",
        };
        writeln!(f, "{}, {} pace, {posture}", self.title, self.pace)?;
        let mut at = Frames::ZERO;
        let mut before_second = Frames::ZERO;
        let mut shown: Option<&PlannedMovement> = None;
        for (index, (planned, &length)) in self.cues.iter().zip(&self.lengths).enumerate() {
            let movement = &self.movements[planned.movement];
            if shown.is_none_or(|last| last.section != movement.section) {
                writeln!(f, "\n{}", movement.section)?;
            }
            if !movement.title.is_empty() && shown.is_none_or(|last| last.title != movement.title) {
                writeln!(f, "  {}", movement.title)?;
            }
            shown = Some(movement);
            match &self.second_round {
                Some(second) if second.start == index => before_second = at,
                Some(second) if second.end == index => at = before_second,
                _ => {}
            }
            writeln!(f, "    {:>8}  {}", at.to_string(), Shown(planned))?;
            at += length;
        }
        write!(
            f,
            "\n    {:>8}  the end, waits for you not counted",
            self.total().to_string()
        )?;
        let second = self.second_round.clone().unwrap_or_default();
        let longer: Frames = self.lengths[second].iter().copied().sum();
        if longer > Frames::ZERO {
            write!(
                f,
                "\n    {:>8}  more with a second round",
                longer.to_string()
            )?;
        }
        if self.time_on_feet() > Frames::ZERO {
            let feet = self.time_on_feet().to_string();
            write!(f, "\n    {feet:>8}  on her feet")?;
        }
        Ok(())
    }
}

/// One cue, as the preview shows it.
struct Shown<'a>(&'a PlannedCue);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cue {
            Cue::Say(said) => write!(f, "say    {}", said.text()),
            Cue::Ready(said) => write!(f, "ready  {}", said.text()),
            Cue::Ask(said, question) => write!(
                f,
                "ask    {} ({:.1} s)",
                said.text(),
                question.wait.seconds()
            ),
            Cue::Rest(length) => write!(f, "rest   {:.2} s", length.seconds()),
            Cue::NotBefore(time) => write!(f, "until  {:.2} s", time.seconds()),
            Cue::Chime => f.write_str("chime"),
            Cue::Breathe {
                phase,
                length,
                tail,
                ..
            } => {
                let phase = match phase {
                    BreathPhase::In => "in ",
                    BreathPhase::Out => "out",
                };
                write!(f, "{phase}    {:.2} s", length.seconds())?;
                if let Some((repetition, of)) = self.0.repetition {
                    write!(f, "  {repetition} of {of}")?;
                }
                tail.as_ref()
                    .map_or(Ok(()), |tail| write!(f, ", \"{}\"", tail.text()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::utterance::Estimate;
    use crate::routine::built_in;

    fn plan(pace: Pace) -> Plan {
        let routine = built_in("upper-back").expect("built in");
        let setting = Setting::new(pace, Posture::Seated);
        Plan::compile(&routine, &Companion::built_in(), setting, &Estimate)
    }

    fn said<'a>(plan: &'a Plan, words: &str) -> &'a Utterance {
        let sentences = plan
            .cues()
            .iter()
            .filter_map(|planned| planned.cue.sentence());
        sentences
            .into_iter()
            .find(|said| said.text().starts_with(words))
            .expect("a sentence")
    }

    #[test]
    fn safety_text_is_never_slowed_and_the_closing_is_never_hurried() {
        for pace in Pace::ALL {
            let plan = plan(pace);
            assert_eq!(said(&plan, "Let me show you").rate(), SAFETY_RATE);
            assert_eq!(
                said(&plan, "Now we will roll").rate(),
                pace.words_per_minute()
            );
            let slow = pace.no_faster_than(Pace::Slow);
            assert_eq!(
                said(&plan, "Rest your hands where").rate(),
                slow.words_per_minute()
            );
        }
    }

    #[test]
    fn counted_paces_share_their_structure() {
        let [standard, slow, very_slow, own] = Pace::ALL.map(plan);
        let shape = |plan: &Plan| -> Vec<_> {
            let cues = plan.cues().iter();
            cues.map(|planned| {
                (
                    std::mem::discriminant(&planned.cue),
                    planned.restart,
                    planned.movement,
                )
            })
            .collect()
        };
        assert_eq!(shape(&standard), shape(&slow));
        assert_eq!(shape(&slow), shape(&very_slow));
        assert!(
            !own.cues()
                .iter()
                .any(|planned| matches!(planned.cue, Cue::Breathe { .. }))
        );
        assert!(standard.total() < slow.total() && slow.total() < very_slow.total());
    }

    #[test]
    fn a_movement_knows_where_her_hands_go() {
        let plan = plan(Pace::Standard);
        let movement = |title: &str| {
            plan.movements()
                .iter()
                .find(|movement| &*movement.title == title)
                .expect("a movement")
        };
        let Place::At(index) = movement("A soft press, left shoulder").place else {
            panic!("its own line")
        };
        let there = plan.cues()[index].cue.sentence().expect("a sentence");
        assert!(there.text().starts_with("Bring your right hand across"));
        let Place::Earlier(there, rest) = &movement("A gentle turn to the left").place else {
            panic!("an earlier line")
        };
        assert!(there.text().starts_with("Cross your arms like a hug again"));
        assert_eq!(*rest, Frames::from_millis(2000));
    }

    fn plan_of(sections: &str, posture: Posture) -> Plan {
        let text = format!("title = \"T\"\nlanguage = \"en\"\nversion = 1\n{sections}");
        let routine = Routine::parse("hers.toml", &text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let setting = Setting {
            form: Form::List,
            ..Setting::new(Pace::Standard, posture)
        };
        Plan::compile(&routine, &Companion::built_in(), setting, &Estimate)
    }

    #[test]
    fn each_time_on_her_feet_is_measured() {
        let stands = |title: &str, rest: u32| {
            format!(
                "[[section]]\ntitle = \"{title}\"\non_feet = true\nposture = \"standing\"\n\
                 [[section.movement]]\nlines = [{{ id = \"{title}1\", say = \"Stand up\", rest = \"{rest}s\", source = [\"house\"] }}]\n\
                 [[section.movement]]\nsits_down = true\nlines = [{{ id = \"{title}2\", say = \"Sit down\", rest = \"99s\", source = [\"house\"] }}]\n"
            )
        };
        let plan = plan_of(&(stands("A", 10) + &stands("B", 400)), Posture::Standing);
        let said = Estimate.length(&Utterance::new("Stand up", SAFETY_RATE));
        let times = plan.standing();
        let times: Vec<_> = times
            .iter()
            .map(|(section, time)| (&**section, *time))
            .collect();
        assert_eq!(
            times,
            [
                ("A", said + Frames::from_millis(10_000)),
                ("B", said + Frames::from_millis(400_000))
            ]
        );
        assert_eq!(plan.time_on_feet(), times[1].1);
    }

    #[test]
    fn a_session_is_begun_with_whatever_moves_her_first() {
        let section = |says: &str, id: char, phases: [&str; 2]| {
            let [first, second] = phases;
            format!(
                "[[section]]\ntitle = \"{id}\"\n{says}\n[[section.movement]]\nrepeat = 1\nrest = \"2s\"\n\
                 lines = [{{ id = \"{id}1\", in = \"{first}\", source = [\"house\"] }}, \
                 {{ id = \"{id}2\", out = \"{second}\", source = [\"house\"] }}]\n"
            )
        };
        // Only what the routine "rest" says may stand before the warm-up, and it counts there, too.
        let rest = ["Breathe in softly.", "Breathe out slowly."];
        let begun_in = |sections: &str| {
            let plan = plan_of(sections, Posture::Seated);
            let begun = plan.cues()[plan.begun()].movement;
            let counted = plan.counted_movements().first().expect("a movement");
            assert_eq!(*counted, plan.movements()[begun]);
            counted.section.to_string()
        };
        let warm_up = section("warm_up = true", 'W', ["Rise", "Sink"]);
        let opening = section("opening = true", 'O', rest);
        assert_eq!(begun_in(&(section("", 'A', rest) + &warm_up)), "A");
        assert_eq!(begun_in(&(opening.clone() + &warm_up)), "O");
        assert_eq!(begun_in(&opening), "O");
        let says = "[[section]]\ntitle = \"S\"\n[[section.movement]]\nlines = [{ id = \"S\", say = \"Sit\", source = [\"house\"] }]\n";
        assert_eq!(begun_in(&(says.to_owned() + &warm_up)), "W");
        assert_eq!(begun_in(says), "S");
    }

    #[test]
    fn last_one_is_said_once_in_each_movement_before_its_last_breath() {
        let plan = plan(Pace::Slow);
        for (index, planned) in plan.cues().iter().enumerate() {
            let Cue::Breathe { tail, .. } = &planned.cue else {
                continue;
            };
            let (repetition, of) = planned.repetition.expect("counted");
            let next = plan.cues()[index + 1].repetition;
            let before_last = repetition + 1 == of && next == Some((of, of));
            assert_eq!(tail.is_some(), before_last, "{planned:?}");
        }
    }
}

#[cfg(test)]
#[path = "tests/script.rs"]
mod script;
