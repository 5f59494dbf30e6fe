//! What is heard of lines and movements: cues, each with its length.
//!
//! The plan lays these cues out, and the gate measures with them how long she would stand: one arithmetic for both.

use crate::base::{
    BreathPhase, Frames, Length, OWN_BREATH, Pace, SAFETY_RATE, SpeechLengths, Utterance,
    WordsPerMinute,
};

use super::companion::Companion;
use super::model::{Line, LineKind, Movement, Question};
use super::respelled::Respelled;

/// The chime, its decay included.
pub(crate) const CHIME: Frames = Frames::from_millis(2500);

/// The soft tone that says "your turn".
pub(crate) const YOUR_TURN: Frames = Frames::from_millis(600);

/// Quiet between a sentence and the "your turn" tone after it.
pub(crate) const BEFORE_YOUR_TURN: Frames = Frames::from_millis(300);

/// Quiet after each line of a movement while she tries it in her own breath, at the standard pace (a house figure).
pub(crate) const TRY_IT: Frames = Frames::from_millis(2000);

/// A recording rests for so long, at the standard pace, where the program would wait for her (a house figure).
pub(crate) const INSTEAD_OF_A_WAIT: Frames = Frames::from_millis(15_000);

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cue {
    Say(Utterance),
    /// Half a breath of exactly this length, with a word at its beginning and perhaps one near its end.
    Breathe {
        phase: BreathPhase,
        /// The next cue begins after it, to the frame.
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
    /// The sentence in it. A cue word is none.
    pub const fn sentence(&self) -> Option<&Utterance> {
        match self {
            Self::Say(utterance) | Self::Ready(utterance) | Self::Ask(utterance, _) => {
                Some(utterance)
            }
            Self::Breathe { .. } | Self::Rest(_) | Self::NotBefore(_) | Self::Chime => None,
        }
    }

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
            Self::Ready(utterance) | Self::Ask(utterance, _) => {
                lengths.length(utterance) + BEFORE_YOUR_TURN + YOUR_TURN
            }
            Self::Breathe { length, .. } | Self::Rest(length) => *length,
            Self::NotBefore(_) => Frames::ZERO,
            Self::Chime => CHIME,
        }
    }
}

/// A piece of a movement.
pub(crate) enum Piece<'a> {
    /// A line, with the quiet after it at the standard pace.
    Line(&'a Line, Frames),
    /// A cue of a repetition, and how many cues after the repetition's first one it comes; where breaths are counted,
    /// which repetition it is and how many there are.
    Breath(Cue, usize, Option<(u32, u32)>),
    Rest(Cue),
}

/// How lines are spoken.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    pub companion: &'a Companion,
    /// How words of the routine are said.
    pub words: Option<&'a Respelled>,
    /// Of speech, breaths and rests.
    pub pace: Pace,
    pub length: Length,
    /// Each line is a list in itself.
    pub listed: bool,
    /// For a recording: nobody is asked or waited for.
    pub recorded: bool,
}

impl<'a> Manner<'a> {
    /// At the safety rate, with rests as written: safety text is never slowed.
    pub(crate) const fn safety(companion: &'a Companion) -> Self {
        Self {
            companion,
            words: None,
            pace: Pace::Standard,
            length: Length::Twenty,
            listed: false,
            recorded: false,
        }
    }

    fn sentence(self, line: &Line) -> Option<Cue> {
        if self.recorded {
            let waits = line.kind == LineKind::Ready;
            let text = line.recorded.as_ref();
            let text = text.or_else(|| Some(&line.text).filter(|_| !waits))?;
            return Some(Cue::Say(self.said(line, text)));
        }
        let said = self.said(line, &line.text);
        Some(match line.kind {
            LineKind::Say | LineKind::Breath(_) => Cue::Say(said),
            LineKind::Ready => Cue::Ready(said),
            LineKind::Ask(question) => Cue::Ask(said, question),
        })
    }

    fn said(self, line: &Line, text: &str) -> Utterance {
        let text = self.companion.fill_in(text);
        let said = self
            .utterance(&text, self.pace.words_per_minute())
            .from(line.side);
        if self.listed { said.listed() } else { said }
    }

    fn utterance(self, text: &str, rate: WordsPerMinute) -> Utterance {
        let heard = self.words.and_then(|words| words.heard(text));
        Utterance::new(text, rate).heard(heard)
    }

    /// The chime, the sentence and the quiet of a line.
    pub(crate) fn line(self, line: &Line, rest: Frames) -> impl Iterator<Item = Cue> {
        let chime = line.chime.then_some(Cue::Chime);
        let waits = self.recorded && line.kind == LineKind::Ready;
        let rest = if waits {
            rest.max(INSTEAD_OF_A_WAIT)
        } else {
            rest
        };
        let rest = (rest > Frames::ZERO).then(|| Cue::Rest(self.pace.rest(rest)));
        chime.into_iter().chain(self.sentence(line)).chain(rest)
    }

    /// A movement with those of its lines that are said. She first tries it in her own breath, without a tone, with
    /// `try_it` after each line at least; then the breath is counted.
    pub(crate) fn movement(
        self,
        movement: &Movement,
        says: impl Fn(&Line) -> bool,
        try_it: Frames,
    ) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut halves = Vec::new();
        let breathes =
            |line: &&Line| matches!(line.kind, LineKind::Breath(_)) && line.is_only_of_a_form();
        let lines = movement.lines.iter();
        let lines: Vec<_> = lines.filter(|line| breathes(line) || says(line)).collect();
        for (index, line) in lines.iter().enumerate() {
            let LineKind::Breath(phase) = line.kind else {
                pieces.push(Piece::Line(line, line.rest));
                continue;
            };
            halves.push((phase, line.word.as_deref()));
            // A breath that is not explained today is counted all the same. In her own breath nothing else says what to do.
            if says(line) || self.pace.breath().is_none() {
                pieces.push(Piece::Line(line, line.rest.max(try_it)));
            }
            let next = lines.get(index + 1).map(|next| next.kind);
            if !matches!(next, Some(LineKind::Breath(_))) {
                self.repetitions(&mut pieces, &halves, movement.repeat(self.length));
                pieces.push(Piece::Rest(Cue::Rest(self.pace.rest(movement.rest))));
            }
        }
        pieces
    }

    /// `halves` are those of one repetition, each with a word of its own if it has one.
    fn repetitions(
        self,
        pieces: &mut Vec<Piece<'_>>,
        halves: &[(BreathPhase, Option<&str>)],
        repeat: u32,
    ) {
        let word = |word: &str| self.utterance(word, SAFETY_RATE);
        let last = word(self.companion.last_word());
        for repetition in 1..=repeat {
            let Some(lengths) = self.pace.breath() else {
                // In her own breath: a word, then quiet.
                let is_last = repetition == repeat && repeat > 1;
                let again = word(self.companion.again_word());
                let said = if is_last { last.clone() } else { again };
                pieces.push(Piece::Breath(Cue::Say(said), 0, None));
                pieces.push(Piece::Breath(Cue::Rest(OWN_BREATH), 1, None));
                continue;
            };
            for (half, &(phase, own)) in halves.iter().enumerate() {
                let before_last = repetition + 1 == repeat && half + 1 == halves.len();
                let cue = Cue::Breathe {
                    phase,
                    length: lengths.of(phase),
                    word: word(own.unwrap_or_else(|| self.companion.breath_word(phase))),
                    tail: before_last.then(|| last.clone()),
                };
                pieces.push(Piece::Breath(cue, half, Some((repetition, repeat))));
            }
        }
    }

    /// How long a movement lasts.
    pub(crate) fn time(
        self,
        movement: &Movement,
        says: impl Fn(&Line) -> bool,
        lengths: &impl SpeechLengths,
    ) -> Frames {
        let pieces = self.movement(movement, says, TRY_IT).into_iter();
        let length = |piece| match piece {
            Piece::Line(line, rest) => self.line(line, rest).map(|cue| cue.length(lengths)).sum(),
            Piece::Breath(cue, ..) | Piece::Rest(cue) => cue.length(lengths),
        };
        pieces.map(length).sum()
    }
}

/// Each time that she stands, in movements one after another, by what the first of them is marked with. Of each
/// movement: its mark, whether she stands in it, and how long it lasts.
pub(crate) fn times_on_feet<M>(
    movements: impl IntoIterator<Item = (M, bool, Frames)>,
) -> Vec<(M, Frames)> {
    let mut times: Vec<(M, Frames)> = Vec::new();
    let mut stood = false;
    for (mark, stands, length) in movements {
        match times.last_mut() {
            Some((_, time)) if stands && stood => *time += length,
            _ if stands => times.push((mark, length)),
            _ => {}
        }
        stood = stands;
    }
    times
}
