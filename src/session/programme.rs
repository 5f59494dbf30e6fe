//! Everything a session may have to say, laid out before it begins.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::pace::{BreathPhase, Pace, SAFETY_RATE};
use crate::base::posture::Posture;
use crate::base::time::Frames;
use crate::base::utterance::{SpeechLengths, Utterance};
use crate::plan::{Cue, Plan, Setting, TextKind, spoken};
use crate::routine::{Answered, Companion, Form, Line, LineKind, Routine, ScreeningText};
use crate::session::screening::{Close, Part, QUESTIONS, Screening, Terms};

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
#[derive(Clone, Debug)]
pub(crate) struct Programme {
    routines: Vec<Laid>,
    texts: HashMap<(Part, Form, Posture), Plan>,
    terms: Terms,
    yes: [Answered; QUESTIONS],
    said: [Said; 2],
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

/// What the companion says in one posture.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// After the silence of a pause.
    pub paused: Vec<Cue>,
    /// The same, when another window has taken the keys.
    pub focus_lost: Vec<Cue>,
    /// That alone, in a close, which does not pause.
    pub other_window: Vec<Cue>,
    /// On going on after a long pause.
    pub resumed: Vec<Cue>,
    /// On going on with a movement after a long pause, after that.
    pub resumed_move: Vec<Cue>,
    /// The chime and the last words.
    pub ended: Vec<Cue>,
    /// The pace became slower.
    pub slower: Vec<Cue>,
    /// The pace became faster.
    pub faster: Vec<Cue>,
    /// Standing is at the standard pace only.
    pub standard_only: Vec<Cue>,
    pub help: Vec<Cue>,
    /// The volume was changed while she tries the sound.
    pub how_loud: Vec<Cue>,
    /// The loudspeaker is lost.
    pub device_lost: Vec<Cue>,
    pub device_back: Vec<Cue>,
    /// After that, if she had paused.
    pub still_paused: Vec<Cue>,
    /// The computer was asleep.
    pub woken: Vec<Cue>,
}

impl Programme {
    /// Lays out all of it; `lengths` are estimates until the voice has spoken.
    ///
    /// Whether the routine has to be screened for is not for the caller to say: it is, unless it
    /// [only rests](Routine::only_rests).
    pub(crate) fn new(
        repertoire: &Repertoire,
        terms: Terms,
        lengths: &(impl SpeechLengths + ?Sized),
    ) -> Self {
        let companion = &repertoire.companion;
        let offered = [Some(&repertoire.routine), repertoire.gentle.as_ref()];
        let routines = offered.into_iter().flatten().map(|(name, routine)| Laid {
            name: name.clone(),
            moves: !routine.only_rests(),
            plans: Posture::ALL.map(|posture| {
                let plan = |&pace| {
                    let setting = Setting {
                        pace,
                        posture,
                        form: terms.form,
                    };
                    Plan::compile(routine, companion, setting, lengths)
                };
                Pace::ALL.iter().map(plan).collect()
            }),
        });
        Self {
            routines: routines.collect(),
            texts: texts(repertoire, lengths),
            terms,
            yes: yes(&repertoire.screening.questions),
            said: Posture::ALL.map(|posture| Said::new(companion, posture)),
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

    /// The plan of the part that is going on, at `pace`; in `posture` where it is her choice, `now` as she is.
    pub(super) fn plan(
        &self,
        screening: &Screening,
        pace: Pace,
        posture: Posture,
        now: Posture,
    ) -> &Plan {
        let text = self.texts.get(&(screening.part(), screening.form(), now));
        // Every part but the routine has its text in every form and posture.
        text.unwrap_or_else(|| self.routine(screening, pace, posture))
    }

    /// The routine's plan, whatever is going on.
    pub(super) fn routine(&self, screening: &Screening, pace: Pace, posture: Posture) -> &Plan {
        &self.laid(screening).plans[posture as usize][pace as usize]
    }

    /// What the companion says as she sits or stands now.
    pub(super) fn said(&self, now: Posture) -> &Said {
        &self.said[now as usize]
    }

    /// What she answered, said back.
    pub(super) fn answered(&self, yes: bool) -> Cue {
        Cue::Say(Utterance::new(self.companion.answered(yes), SAFETY_RATE))
    }

    /// How much is left, as a sentence.
    pub(super) fn time_left(&self, left: Frames) -> Vec<Cue> {
        let minutes = (left.seconds() / 60.0).round() as u64;
        vec![
            Cue::Say(Utterance::new(
                &self.companion.time_left(minutes),
                SAFETY_RATE,
            )),
            Cue::Rest(Frames::from_millis(700)),
        ]
    }

    /// What has to be at hand at any moment: cue words, and what a pause, an answer or a stop says.
    pub(super) fn pinned(&self, now: Posture) -> impl Iterator<Item = Utterance> + '_ {
        let words = [
            self.companion.breath_word(BreathPhase::In),
            self.companion.breath_word(BreathPhase::Out),
            self.companion.last_word(),
            self.companion.answered(true),
            self.companion.answered(false),
        ];
        let said = self.said(now);
        let stopped = self
            .texts
            .get(&(Part::Close(Close::Stopped), Form::List, now));
        let stopped = stopped.into_iter().flat_map(Plan::cues);
        let said = [
            &said.paused,
            &said.resumed,
            &said.resumed_move,
            &said.ended,
            &said.device_back,
            &said.still_paused,
        ];
        words
            .map(|word| Utterance::new(word, SAFETY_RATE))
            .into_iter()
            .chain(
                said.into_iter()
                    .flatten()
                    .chain(stopped.map(|planned| &planned.cue))
                    .filter_map(Cue::sentence)
                    .cloned(),
            )
    }
}

impl Said {
    fn new(companion: &Companion, posture: Posture) -> Self {
        let said = |lines: &[Line]| spoken(lines, companion, posture);
        // After the first word of the pause, why.
        let (word, rest) = companion.paused.split_at(companion.paused.len().min(1));
        let because = |why: &[Line]| said(&[word, why, rest].concat());
        Self {
            paused: said(&companion.paused),
            focus_lost: because(&companion.focus_lost),
            other_window: said(&companion.focus_lost),
            resumed: said(&companion.resumed),
            resumed_move: said(&companion.resumed_move),
            ended: [Cue::Chime]
                .into_iter()
                .chain(said(&companion.ended))
                .collect(),
            slower: said(&companion.slower),
            faster: said(&companion.faster),
            standard_only: said(&companion.standard_only),
            help: said(&companion.help),
            how_loud: said(&companion.how_loud),
            device_lost: said(&companion.device_lost),
            device_back: said(&companion.device_back),
            still_paused: said(&companion.still_paused),
            woken: said(&companion.woken),
        }
    }
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

/// The program's own texts, in every form and posture.
#[expect(clippy::too_many_lines, reason = "a table, one line a part")]
fn texts(
    repertoire: &Repertoire,
    lengths: &(impl SpeechLengths + ?Sized),
) -> HashMap<(Part, Form, Posture), Plan> {
    use TextKind::{Close as Closing, Plain, Questions};
    let Repertoire {
        screening,
        companion,
        ..
    } = repertoire;
    let hurt_and_locked = [&*companion.hurt, &companion.locked].concat();
    // The question of a stop once more: its last lines, from the first that leads to it.
    let asks = companion.stopped.iter().position(|line| line.leads);
    let hurt_before = &companion.stopped[asks.unwrap_or_default()..];
    let texts: [(Part, &str, &[Line], TextKind); 25] = [
        (Part::HurtBefore, "Last time", hurt_before, Plain),
        (Part::SoundCheck, "The sound", &companion.sound_check, Plain),
        (Part::PickUp, "Your last session", &companion.pick_up, Plain),
        (Part::Welcome, "Welcome", &screening.welcome, Plain),
        (
            Part::Questions,
            "Safety questions",
            &screening.questions,
            Questions,
        ),
        (
            Part::Triage,
            "Safety questions",
            &screening.questions,
            Questions,
        ),
        (
            Part::LastCheck,
            "The last check",
            &screening.last_check,
            Plain,
        ),
        (Part::Choice, "Your choice", &screening.routine, Plain),
        (Part::Posture, "Your choice", &screening.posture, Plain),
        (
            Part::StandingChosen,
            "Your choice",
            &screening.standing_chosen,
            Plain,
        ),
        (
            Part::Close(Close::Emergency),
            "Call now",
            &screening.emergency,
            Closing,
        ),
        (
            Part::Close(Close::Today),
            "Call today",
            &screening.today,
            Closing,
        ),
        (
            Part::Close(Close::Check),
            "Ask first",
            &screening.check,
            Closing,
        ),
        (
            Part::Close(Close::Unwell),
            "Not today",
            &screening.unwell,
            Closing,
        ),
        (
            Part::Close(Close::NoAnswer),
            "No answer",
            &screening.no_answer,
            Closing,
        ),
        (Part::Close(Close::Declined), "The end", &[], Closing),
        (
            Part::Close(Close::TwoToday),
            "Enough for today",
            &companion.two_today,
            Closing,
        ),
        (
            Part::Close(Close::TooSoon),
            "Too soon",
            &companion.too_soon,
            Closing,
        ),
        (
            Part::Close(Close::ClosedToday),
            "Closed today",
            &companion.closed_today,
            Closing,
        ),
        (
            Part::Close(Close::Unreadable),
            "Closed for now",
            &companion.unreadable,
            Closing,
        ),
        (
            Part::Close(Close::ClockBehind),
            "Closed for now",
            &companion.clock_behind,
            Closing,
        ),
        (
            Part::Close(Close::Stopped),
            "Stopping",
            &companion.stopped,
            Plain,
        ),
        (
            Part::Close(Close::Hurt),
            "If something hurts",
            &hurt_and_locked,
            Closing,
        ),
        (
            Part::Close(Close::HurtUnanswered),
            "If something hurts",
            &companion.hurt,
            Closing,
        ),
        (
            Part::Close(Close::Fine),
            "The end",
            &companion.fine,
            Closing,
        ),
    ];
    let with_rehearsal = [&*companion.sound_check, &companion.rehearsal].concat();
    let mut plans = HashMap::new();
    for (part, title, lines, kind) in texts {
        for form in [Form::OneByOne, Form::List] {
            for posture in Posture::ALL {
                let setting = Setting {
                    form,
                    ..Setting::new(Pace::Standard, posture)
                };
                // At a first session the keys are shown later on.
                let lines = match (part, form) {
                    (Part::SoundCheck, Form::List) => &*with_rehearsal,
                    _ => lines,
                };
                let plan = Plan::text(title, lines, kind, companion, setting, lengths);
                plans.insert((part, form, posture), plan);
            }
        }
    }
    plans
}
