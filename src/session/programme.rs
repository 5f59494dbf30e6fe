//! Everything a session may have to say, laid out before it begins.

use crate::pace::{BreathPhase, Pace, SAFETY_RATE};
use crate::plan::{Cue, Plan, spoken};
use crate::routine::{Companion, Posture, Routine};
use crate::time::Frames;
use crate::utterance::{SpeechLengths, Utterance};

/// A routine at every pace, and what the companion says beside it.
#[derive(Clone, Debug)]
pub struct Programme {
    plans: Vec<Plan>,
    companion: Companion,
    /// After the silence of a pause.
    pub(super) paused: Vec<Cue>,
    /// On going on after a long pause.
    pub(super) resumed: Vec<Cue>,
    /// On going on with a movement after a long pause, after that.
    pub(super) resumed_move: Vec<Cue>,
    /// At a stop.
    pub(super) stopped: Vec<Cue>,
    /// The chime and the last words.
    pub(super) ended: Vec<Cue>,
    /// The pace became slower.
    pub(super) slower: Vec<Cue>,
    /// The pace became faster.
    pub(super) faster: Vec<Cue>,
    /// The keys.
    pub(super) help: Vec<Cue>,
}

impl Programme {
    /// Lays out `routine` for `posture` at every pace; `lengths` are estimates until the voice has spoken.
    #[must_use]
    pub fn new(
        routine: &Routine,
        companion: Companion,
        posture: Posture,
        lengths: &(impl SpeechLengths + ?Sized),
    ) -> Self {
        let said = |lines: &[_]| spoken(lines, &companion, posture);
        Self {
            plans: Pace::ALL
                .iter()
                .map(|&pace| Plan::compile(routine, &companion, pace, posture, lengths))
                .collect(),
            paused: said(&companion.paused),
            resumed: said(&companion.resumed),
            resumed_move: said(&companion.resumed_move),
            stopped: said(&companion.stopped),
            ended: [Cue::Chime]
                .into_iter()
                .chain(said(&companion.ended))
                .collect(),
            slower: said(&companion.slower),
            faster: said(&companion.faster),
            help: said(&companion.help),
            companion,
        }
    }

    /// The plan for `pace`.
    #[must_use]
    pub fn plan(&self, pace: Pace) -> &Plan {
        // One plan for each of `Pace::ALL`, in that order, which is the order of the variants.
        &self.plans[pace as usize]
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

    /// What has to be at hand at any moment: cue words, and what a pause or a stop says.
    pub(super) fn pinned(&self) -> impl Iterator<Item = Utterance> + '_ {
        let words = [
            self.companion.breath_word(BreathPhase::In),
            self.companion.breath_word(BreathPhase::Out),
            self.companion.last_word(),
        ];
        let said = [
            &self.paused,
            &self.stopped,
            &self.resumed,
            &self.resumed_move,
            &self.ended,
        ];
        words
            .map(|word| Utterance::new(word, SAFETY_RATE))
            .into_iter()
            .chain(
                said.into_iter()
                    .flatten()
                    .filter_map(Cue::sentence)
                    .cloned(),
            )
    }
}
