//! Everything a session may have to say: texts laid out before it begins, and routines where they are asked for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::{Body, Close, Part, Screening, Terms};
use crate::base::{
    BreathPhase, Frames, Length, Pace, PauseStep, Posture, Refusal, SAFETY_RATE, Utterance,
};
use crate::plan::{Cue, Plan, Setting, TextKind, spoken};
use crate::routine::{
    Answered, Companion, Form, Line, LineKind, Routine, ScreeningText, Standing, WHAT_COMES,
};

/// What a session is made of.
#[derive(Clone, Debug)]
pub(crate) struct Repertoire {
    /// The routine that was asked for, with its name.
    pub routine: (Arc<str>, Routine),
    /// The soft routine, if she may choose it instead.
    pub gentle: Option<(Arc<str>, Routine)>,
    /// What is asked before any movement.
    pub screening: ScreeningText,
    /// What is said beside it.
    pub companion: Companion,
}

/// A routine at any pace, in either posture, and what the program says before it and beside it.
///
/// A program's own texts are plans, too: so that a pause, a repeat or a skip means the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Programme {
    routines: Vec<Laid>,
    texts: HashMap<(Part, Form, Body), Plan>,
    terms: Terms,
    /// What a yes to each question leads to.
    yes: Vec<Answered>,
    companion: Companion,
    /// What has to be at hand at any moment, by [`Body`].
    pinned: [Vec<Utterance>; 3],
}

/// A routine, laid out where it has been asked for: a session needs one or two of the plans that it could need, and of
/// one that lasts for hours all of them together would take more memory than all else.
#[derive(Clone, Debug)]
pub(super) struct Laid {
    pub name: Arc<str>,
    /// It holds movement.
    pub moves: bool,
    /// Nobody is known to have reviewed its words.
    unreviewed: bool,
    routine: Routine,
    form: Form,
    /// By length, then by posture, then by pace.
    plans: [[[OnceLock<Plan>; 4]; 2]; 3],
}

impl Laid {
    fn new((name, routine): &(Arc<str>, Routine), form: Form) -> Self {
        Self {
            name: name.clone(),
            moves: !routine.only_rests(),
            unreviewed: routine.is_unreviewed(),
            routine: routine.clone(),
            form,
            plans: Default::default(),
        }
    }

    fn plan(&self, companion: &Companion, length: Length, posture: Posture, pace: Pace) -> &Plan {
        let plan = &self.plans[length as usize][posture as usize][pace as usize];
        plan.get_or_init(|| {
            let setting = Setting {
                pace,
                posture,
                length,
                form: self.form,
            };
            Plan::compile(&self.routine, companion, setting)
        })
    }

    /// The plans at these paces.
    fn at<'a>(
        &'a self,
        companion: &'a Companion,
        paces: &'a [Pace],
    ) -> impl Iterator<Item = &'a Plan> {
        let lengths = Length::ALL.into_iter();
        let each = lengths.flat_map(|length| Posture::ALL.map(|posture| (length, posture)));
        each.flat_map(move |(length, posture)| {
            let plan = move |pace: &Pace| self.plan(companion, length, posture, *pace);
            paces.iter().map(plan)
        })
    }
}

/// More minutes than can be left of a routine whose lengths are estimated: a voice takes its own time.
const fn most_minutes(estimated: Frames) -> u64 {
    estimated.scaled(130).0 / Frames::from_millis(60_000).0 + 2
}

/// Lines that the companion says of itself.
pub(super) type Words = fn(&Companion) -> &Vec<Line>;

impl Programme {
    /// Lays out all of it.
    ///
    /// Whether the routine has to be screened for is not for the caller to say: it is, unless it
    /// [only rests](Routine::only_rests). Nor is it whether she hears that nobody has reviewed it.
    pub(crate) fn new(repertoire: &Repertoire, terms: Terms) -> Self {
        let companion = &repertoire.companion;
        let offered = [Some(&repertoire.routine), repertoire.gentle.as_ref()];
        let laid = |named| Laid::new(named, terms.form);
        let mut programme = Self {
            routines: offered.into_iter().flatten().map(laid).collect(),
            texts: texts(repertoire),
            terms,
            yes: yes(questions(&repertoire.screening, terms.form)),
            companion: companion.clone(),
            pinned: Default::default(),
        };
        // Nothing interrupts a recording.
        if terms.form != Form::Recording {
            programme.pinned = Body::ALL.map(|body| programme.to_pin(body));
        }
        programme
    }

    /// The way to the routine, at its beginning.
    pub(super) fn screening(&self) -> Screening {
        let moves = self.routines.iter().any(|routine| routine.moves);
        let unreviewed = self.routines.iter().any(|routine| routine.unreviewed);
        Screening::new(self.terms, &self.yes, moves, unreviewed)
    }

    /// The routine that she does.
    pub(super) fn laid(&self, screening: &Screening) -> &Laid {
        // There is a first one always, and a second one where she may choose it.
        let chosen = usize::from(screening.gentle());
        &self.routines[chosen.min(self.routines.len() - 1)]
    }

    /// The plan of the part that is going on: of a text, as she is now.
    pub(super) fn plan(&self, screening: &Screening, pace: Pace, body: Body) -> &Plan {
        match screening.part() {
            Part::Routine => self.routine(screening, pace),
            // `texts` lays out every other part.
            part => &self.texts[&(part, screening.form(), body)],
        }
    }

    /// The routine's plan, whatever is going on.
    pub(super) fn routine(&self, screening: &Screening, pace: Pace) -> &Plan {
        let (length, posture) = (screening.length(), screening.posture());
        let laid = self.laid(screening);
        laid.plan(&self.companion, length, posture, pace)
    }

    /// What the companion says, as she is now.
    pub(super) fn says(&self, body: Body, words: Words) -> Vec<Cue> {
        self.spoken(body, words(&self.companion))
    }

    /// What a pause says after the silence: after its first word, why it is one, if she did not ask for it.
    pub(super) fn pause(&self, body: Body, why: Option<Words>) -> Vec<Cue> {
        let (word, rest) = self.first_of_pause();
        let why = why.map_or(&[][..], |why| why(&self.companion));
        self.spoken(body, &[word, why, rest].concat())
    }

    /// What a pause says after its first word.
    pub(super) fn rest_of_pause(&self, body: Body) -> Vec<Cue> {
        self.spoken(body, self.first_of_pause().1)
    }

    /// The last words of a pause that lasts too long.
    pub(super) fn end_of_pause(&self, body: Body) -> Vec<Cue> {
        let lines = self.companion.paused.iter();
        let last = lines.filter(|line| line.after == Some(PauseStep::End));
        let mut said = self.spoken(body, &last.cloned().collect::<Vec<_>>());
        said.retain(|cue| !matches!(cue, Cue::NotBefore(_)));
        said
    }

    fn first_of_pause(&self) -> (&[Line], &[Line]) {
        let paused = &self.companion.paused;
        paused.split_at(paused.len().min(1))
    }

    fn spoken(&self, body: Body, lines: &[Line]) -> Vec<Cue> {
        spoken(&true_of(lines, body), &self.companion, body.posture())
    }

    /// What she answered, said back.
    pub(super) fn answered(&self, yes: bool) -> Cue {
        Cue::Say(Utterance::new(self.companion.answered(yes), SAFETY_RATE))
    }

    /// How much is left, as a sentence.
    pub(super) fn time_left(&self, left: Frames) -> Vec<Cue> {
        self.minutes_left((left.seconds() / 60.0).round() as u64)
    }

    fn minutes_left(&self, minutes: u64) -> Vec<Cue> {
        let said = Utterance::new(&self.companion.time_left(minutes), SAFETY_RATE);
        vec![Cue::Say(said), Cue::Rest(Frames::from_millis(700))]
    }

    /// What has to be at hand at any moment.
    pub(super) fn pinned(&self, body: Body) -> &[Utterance] {
        &self.pinned[body as usize]
    }

    /// Everything that a session may have to say at these paces, in a fixed order; much of it more than once.
    pub(crate) fn utterances(&self, paces: &[Pace]) -> Vec<Utterance> {
        let companion = &self.companion;
        let routines = || {
            self.routines
                .iter()
                .flat_map(|laid| laid.at(companion, paces))
        };
        let texts = Part::all().flat_map(|part| self.text(part));
        let plans = routines().chain(texts);
        let planned = plans.flat_map(|plan| plan.cues.iter().map(|planned| planned.cue.clone()));
        let lines: Vec<_> = companion.lines().cloned().collect();
        let beside = Body::ALL.map(|body| self.spoken(body, &lines));
        let answers = [true, false].map(|yes| self.answered(yes));
        let longest = routines().map(Plan::whole).max().unwrap_or_default();
        let times = (0..=most_minutes(longest)).flat_map(|minutes| self.minutes_left(minutes));
        let cues = planned.chain(beside.into_iter().flatten());
        let cues = cues.chain(answers).chain(times);
        cues.flat_map(|cue| cue.utterances().cloned().collect::<Vec<_>>())
            .collect()
    }

    /// How many plans of routines have been asked for.
    #[cfg(test)]
    pub(super) fn laid_out(&self) -> usize {
        let plans = self.routines.iter().flat_map(|laid| &laid.plans);
        let plans = plans.flatten().flatten();
        plans.filter(|plan| plan.get().is_some()).count()
    }

    /// A text of the program's own in each form and as she may be, where there is one.
    fn text(&self, part: Part) -> impl Iterator<Item = &Plan> {
        let forms = [Form::OneByOne, Form::Day].into_iter();
        let each = forms.flat_map(|form| Body::ALL.map(|body| (form, body)));
        each.filter_map(move |(form, body)| self.texts.get(&(part, form, body)))
    }

    /// Cue words, and what a pause, an answer or a stop says.
    fn to_pin(&self, body: Body) -> Vec<Utterance> {
        let companion = &self.companion;
        let words = [
            companion.breath_word(BreathPhase::In),
            companion.breath_word(BreathPhase::Out),
            companion.last_word(),
            companion.answered(true),
            companion.answered(false),
        ];
        let words = words.map(|word| Cue::Say(Utterance::new(word, SAFETY_RATE)));
        let said = [
            &companion.paused,
            &companion.resumed,
            &companion.resumed_move,
            &companion.ended,
            &companion.device_back,
            &companion.still_paused,
        ];
        let said = said.into_iter().flat_map(|lines| self.spoken(body, lines));
        let stopped = &self.texts[&(Part::Close(Close::Stopped), Form::Day, body)];
        let stopped = stopped.cues.iter().map(|planned| planned.cue.clone());
        let all = words.into_iter().chain(said).chain(stopped);
        all.filter_map(|cue| cue.sentence().cloned()).collect()
    }
}

/// Without what is said only while she is in a movement, unless she is.
fn true_of(lines: &[Line], body: Body) -> Vec<Line> {
    let lines = lines.iter();
    let said = lines.filter(|line| body != Body::Still || !line.moving);
    said.cloned().collect()
}

/// The safety questions in this form.
const fn questions(screening: &ScreeningText, form: Form) -> &Vec<Line> {
    match form {
        Form::OneByOne => &screening.questions,
        Form::Day => &screening.day,
        Form::Recording => &screening.recording,
    }
}

/// What a yes to each question leads to.
fn yes(questions: &[Line]) -> Vec<Answered> {
    let asks = |line: &Line| match line.kind {
        LineKind::Ask(question) => Some(question.yes),
        _ => None,
    };
    questions.iter().filter_map(asks).collect()
}

/// The program's own texts, in every form, as she may be.
fn texts(repertoire: &Repertoire) -> HashMap<(Part, Form, Body), Plan> {
    let mut plans = HashMap::new();
    for part in Part::all() {
        for form in Form::ALL {
            let Some((title, lines, kind)) = text(part, form, repertoire) else {
                continue;
            };
            let title = match (part, repertoire.routine.1.standing()) {
                (_, Standing::Ours) => title.to_owned(),
                (Part::Unreviewed | Part::Welcome, own) => format!("Your routine: {own}"),
                _ => title.to_owned(),
            };
            for body in Body::ALL {
                let setting = Setting {
                    form,
                    ..Setting::new(Pace::Standard, body.posture())
                };
                let lines = true_of(&lines, body);
                let companion = &repertoire.companion;
                let plan = Plan::text(&title, &lines, kind, companion, setting);
                plans.insert((part, form, body), plan);
            }
        }
    }
    plans
}

/// What is said in a part, with its title; `None` in the routine, which has a plan of its own.
fn text<'a>(
    part: Part,
    form: Form,
    repertoire: &'a Repertoire,
) -> Option<(&'static str, Vec<Line>, TextKind)> {
    let (screening, companion) = (&repertoire.screening, &repertoire.companion);
    let plain = |title, lines: &'a [Line]| Some((title, lines.to_vec(), TextKind::Plain));
    match part {
        Part::HurtBefore => {
            // The question of a stop once more: its last lines, from the first that leads to it.
            let asks = companion.stopped.iter().position(|line| line.leads);
            plain("Last time", &companion.stopped[asks.unwrap_or_default()..])
        }
        Part::SoundCheck => {
            // At a first session the keys are shown later on.
            let rehearsal = Some(&*companion.rehearsal).filter(|_| form == Form::Day);
            let lines = [&*companion.sound_check, rehearsal.unwrap_or_default()].concat();
            Some(("The sound", lines, TextKind::Plain))
        }
        Part::PickUp => plain("Your last session", &companion.pick_up),
        Part::Unreviewed => plain("Your routine", &companion.unreviewed),
        Part::Welcome => {
            // What comes is told only where nothing of it is still to be chosen.
            let told = |line: &&Line| companion.tells_what_comes() || line.text != WHAT_COMES;
            let lines = screening.welcome.iter().filter(told).cloned().collect();
            Some(("Welcome", lines, TextKind::Plain))
        }
        Part::Questions => {
            let questions = questions(screening, form).clone();
            let title = match form {
                Form::Recording => "Before you begin",
                Form::OneByOne | Form::Day => "Safety questions",
            };
            Some((title, questions, TextKind::Questions))
        }
        Part::LastCheck => plain("The last check", &screening.last_check),
        Part::Choice => plain("Your choice", &screening.routine),
        Part::Posture => plain("Your choice", &screening.posture),
        Part::StandingChosen => plain("Your choice", &screening.standing_chosen),
        Part::Length => plain("Your choice", &screening.length),
        Part::Close(Close::Stopped) => plain("Stopping", &companion.stopped),
        Part::Close(close) => {
            let (title, lines) = closing(close, screening, companion);
            Some((title, lines.concat(), TextKind::Close))
        }
        Part::Routine => None,
    }
}

/// The words of a close, with their title.
fn closing<'a>(
    close: Close,
    screening: &'a ScreeningText,
    companion: &'a Companion,
) -> (&'static str, [&'a [Line]; 2]) {
    let (title, lines): (_, &[Line]) = match close {
        Close::Emergency => ("Call now", &screening.emergency),
        Close::Today => ("Call today", &screening.today),
        Close::Check => ("Ask first", &screening.check),
        Close::Unwell => ("Not today", &screening.unwell),
        Close::NoAnswer => ("No answer", &screening.no_answer),
        Close::Declined => ("The end", &[]),
        Close::Refused(Refusal::TwoToday) => ("Enough for today", &companion.two_today),
        Close::Refused(Refusal::TooSoon) => ("Too soon", &companion.too_soon),
        Close::Refused(Refusal::Locked) => ("Closed for now", &companion.still_closed),
        Close::Refused(Refusal::Unreadable) => ("Closed for now", &companion.unreadable),
        Close::Refused(Refusal::ClockBehind) => ("Closed for now", &companion.clock_behind),
        Close::Stopped => ("Stopping", &companion.stopped),
        Close::Hurt => return ("If something hurts", [&companion.hurt, &companion.locked]),
        Close::HurtUnanswered => ("If something hurts", &companion.hurt),
        Close::Fine => ("The end", &companion.fine),
    };
    (title, [lines, &[]])
}
