//! Everything a session may have to say, laid out before it begins.

use std::collections::HashMap;
use std::sync::Arc;

use super::body::Body;
use super::screening::{Close, Part, QUESTIONS, Screening, Terms};
use crate::base::pace::{BreathPhase, Pace, SAFETY_RATE};
use crate::base::pause::PauseStep;
use crate::base::posture::Posture;
use crate::base::refusal::Refusal;
use crate::base::time::Frames;
use crate::base::utterance::{SpeechLengths, Utterance};
use crate::plan::{Cue, Plan, Setting, TextKind, spoken};
use crate::routine::{Answered, Companion, Form, Line, LineKind, Routine, ScreeningText};

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

/// A routine at every pace, in both postures, and what the program says before it and beside it.
///
/// A program's own texts are plans, too: so that a pause, a repeat or a skip means the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Programme {
    routines: Vec<Laid>,
    texts: HashMap<(Part, Form, Body), Plan>,
    terms: Terms,
    yes: [Answered; QUESTIONS],
    /// By [`Body`].
    said: [Said; 3],
    companion: Companion,
}

/// A routine, laid out.
#[derive(Clone, Debug)]
struct Laid {
    name: Arc<str>,
    moves: bool,
    /// By posture, then by pace.
    plans: [Vec<Plan>; 2],
}

impl Laid {
    fn new(
        (name, routine): &(Arc<str>, Routine),
        companion: &Companion,
        form: Form,
        lengths: &(impl SpeechLengths + ?Sized),
    ) -> Self {
        let plan = |pace, posture| {
            let setting = Setting {
                pace,
                posture,
                form,
            };
            Plan::compile(routine, companion, setting, lengths)
        };
        let paces = |posture| Pace::ALL.map(|pace| plan(pace, posture)).into();
        Self {
            name: name.clone(),
            moves: !routine.only_rests(),
            plans: Posture::ALL.map(paces),
        }
    }
}

/// What the companion says of itself, as she is now.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// After the silence of a pause.
    pub paused: Vec<Cue>,
    /// The same, after its first word.
    pub rest_of_pause: Vec<Cue>,
    /// The last words of a pause that lasts too long.
    pub end_of_pause: Vec<Cue>,
    /// As `paused`, when another window has taken the keys.
    pub focus_lost: Vec<Cue>,
    /// That alone, in a close, which does not pause.
    pub other_window: Vec<Cue>,
    /// On going on after a long pause.
    pub resumed: Vec<Cue>,
    /// On going on with a movement after a long pause, after that.
    pub resumed_move: Vec<Cue>,
    pub slower: Vec<Cue>,
    pub faster: Vec<Cue>,
    /// Standing is at the standard pace only.
    pub standard_only: Vec<Cue>,
    pub help: Vec<Cue>,
    /// The volume was changed while she tries the sound.
    pub how_loud: Vec<Cue>,
    pub device_lost: Vec<Cue>,
    pub device_back: Vec<Cue>,
    /// After that, if she had paused.
    pub still_paused: Vec<Cue>,
    /// The computer was asleep.
    pub woken: Vec<Cue>,
    /// The chime and the last words.
    ended: Vec<Cue>,
}

impl Programme {
    /// Lays out all of it; `lengths` are estimates until the voice has spoken.
    ///
    /// Whether the routine has to be screened for is not for the caller to say: it is, unless it
    /// [only rests](Routine::only_rests).
    #[must_use]
    pub(crate) fn new(
        repertoire: &Repertoire,
        terms: Terms,
        lengths: &(impl SpeechLengths + ?Sized),
    ) -> Self {
        let companion = &repertoire.companion;
        let offered = [Some(&repertoire.routine), repertoire.gentle.as_ref()];
        let laid = |named| Laid::new(named, companion, terms.form, lengths);
        Self {
            routines: offered.into_iter().flatten().map(laid).collect(),
            texts: texts(repertoire, lengths),
            terms,
            yes: yes(&repertoire.screening.questions),
            said: Body::ALL.map(|body| Said::new(companion, body)),
            companion: companion.clone(),
        }
    }

    /// The way to the routine, at its beginning.
    pub(super) fn screening(&self) -> Screening {
        let moves = self.routines.iter().any(|routine| routine.moves);
        Screening::new(self.terms, self.yes, moves)
    }

    /// The name of the routine that she does.
    pub(super) fn name(&self, screening: &Screening) -> &Arc<str> {
        &self.laid(screening).name
    }

    /// Whether the routine that she does holds movement.
    pub(super) fn moves(&self, screening: &Screening) -> bool {
        self.laid(screening).moves
    }

    fn laid(&self, screening: &Screening) -> &Laid {
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
        &self.laid(screening).plans[screening.posture() as usize][pace as usize]
    }

    pub(super) fn said(&self, body: Body) -> &Said {
        &self.said[body as usize]
    }

    /// What she answered, said back.
    pub(super) fn answered(&self, yes: bool) -> Cue {
        Cue::Say(Utterance::new(self.companion.answered(yes), SAFETY_RATE))
    }

    /// How much is left, as a sentence.
    pub(super) fn time_left(&self, left: Frames) -> Vec<Cue> {
        let minutes = (left.seconds() / 60.0).round() as u64;
        let said = Utterance::new(&self.companion.time_left(minutes), SAFETY_RATE);
        vec![Cue::Say(said), Cue::Rest(Frames::from_millis(700))]
    }

    /// What has to be at hand at any moment: cue words, and what a pause, an answer or a stop says.
    pub(super) fn pinned(&self, body: Body) -> impl Iterator<Item = Utterance> + '_ {
        let words = [
            self.companion.breath_word(BreathPhase::In),
            self.companion.breath_word(BreathPhase::Out),
            self.companion.last_word(),
            self.companion.answered(true),
            self.companion.answered(false),
        ];
        let said = self.said(body);
        let stopped = &self.texts[&(Part::Close(Close::Stopped), Form::List, body)];
        let stopped = stopped.cues().iter().map(|planned| &planned.cue);
        let said = [
            &said.paused,
            &said.resumed,
            &said.resumed_move,
            &said.ended,
            &said.device_back,
            &said.still_paused,
        ];
        let said = said.into_iter().flatten().chain(stopped);
        let words = words.map(|word| Utterance::new(word, SAFETY_RATE));
        words
            .into_iter()
            .chain(said.filter_map(Cue::sentence).cloned())
    }
}

impl Said {
    fn new(companion: &Companion, body: Body) -> Self {
        let said = |lines: &[Line]| spoken(&true_of(lines, body), companion, body.posture());
        // After the first word of the pause, why.
        let (word, rest) = companion.paused.split_at(companion.paused.len().min(1));
        let later = |line: &&Line| line.after == Some(PauseStep::End);
        let end: Vec<_> = rest.iter().filter(later).cloned().collect();
        let words = |cue: &Cue| !matches!(cue, Cue::NotBefore(_));
        Self {
            paused: said(&companion.paused),
            rest_of_pause: said(rest),
            end_of_pause: said(&end).into_iter().filter(words).collect(),
            focus_lost: said(&[word, &companion.focus_lost, rest].concat()),
            other_window: said(&companion.focus_lost),
            resumed: said(&companion.resumed),
            resumed_move: said(&companion.resumed_move),
            slower: said(&companion.slower),
            faster: said(&companion.faster),
            standard_only: said(&companion.standard_only),
            help: said(&companion.help),
            how_loud: said(&companion.how_loud),
            device_lost: said(&companion.device_lost),
            device_back: said(&companion.device_back),
            still_paused: said(&companion.still_paused),
            woken: said(&companion.woken),
            ended: [vec![Cue::Chime], said(&companion.ended)].concat(),
        }
    }
}

/// Without what is said only while she is in a movement, unless she is.
fn true_of(lines: &[Line], body: Body) -> Vec<Line> {
    let lines = lines.iter();
    let said = lines.filter(|line| body != Body::Still || !line.moving);
    said.cloned().collect()
}

/// What a yes to each question leads to; a question too few holds her back.
fn yes(questions: &[Line]) -> [Answered; QUESTIONS] {
    let mut yes = [Answered::Check; QUESTIONS];
    for (place, line) in yes.iter_mut().zip(questions) {
        if let LineKind::Ask(question) = line.kind {
            *place = question.yes;
        }
    }
    yes
}

/// The program's own texts, in every form, as she may be.
fn texts(
    repertoire: &Repertoire,
    lengths: &(impl SpeechLengths + ?Sized),
) -> HashMap<(Part, Form, Body), Plan> {
    let mut plans = HashMap::new();
    for part in Part::all() {
        for form in [Form::OneByOne, Form::List] {
            let Some((title, lines, kind)) = text(part, form, repertoire) else {
                continue;
            };
            for body in Body::ALL {
                let setting = Setting {
                    form,
                    ..Setting::new(Pace::Standard, body.posture())
                };
                let lines = true_of(&lines, body);
                let companion = &repertoire.companion;
                let plan = Plan::text(title, &lines, kind, companion, setting, lengths);
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
            let rehearsal = match form {
                Form::OneByOne => &[][..],
                Form::List => &companion.rehearsal,
            };
            let lines = [&*companion.sound_check, rehearsal].concat();
            Some(("The sound", lines, TextKind::Plain))
        }
        Part::PickUp => plain("Your last session", &companion.pick_up),
        Part::Welcome => plain("Welcome", &screening.welcome),
        Part::Questions | Part::Triage => {
            let questions = screening.questions.clone();
            Some(("Safety questions", questions, TextKind::Questions))
        }
        Part::LastCheck => plain("The last check", &screening.last_check),
        Part::Choice => plain("Your choice", &screening.routine),
        Part::Posture => plain("Your choice", &screening.posture),
        Part::StandingChosen => plain("Your choice", &screening.standing_chosen),
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
        Close::Refused(Refusal::Locked) => ("Closed today", &companion.closed_today),
        Close::Refused(Refusal::Unreadable) => ("Closed for now", &companion.unreadable),
        Close::Refused(Refusal::ClockBehind) => ("Closed for now", &companion.clock_behind),
        Close::Stopped => ("Stopping", &companion.stopped),
        Close::Hurt => return ("If something hurts", [&companion.hurt, &companion.locked]),
        Close::HurtUnanswered => ("If something hurts", &companion.hurt),
        Close::Fine => ("The end", &companion.fine),
    };
    (title, [lines, &[]])
}
