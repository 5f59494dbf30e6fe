//! What the built-in scripts say: the sentences and the words that another routine may use without a question.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::kind::Kind;
use super::model::{Line, LineKind, Movement};
use super::words::{Word, Words};
use crate::base::{BreathPhase, Frames};

/// Words with two readings that mean different things: a voice may take the other one.
const TWO_READINGS: [&str; 26] = [
    "bass", "bow", "bowed", "bows", "content", "desert", "dove", "entrance", "incense", "invalid",
    "lead", "live", "lives", "minute", "number", "object", "read", "refuse", "resume", "row",
    "sow", "tear", "tears", "wind", "winds", "wound",
];

/// Why the author of a routine must decide on a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// No built-in script uses it.
    New,
    TwoReadings,
}

pub(super) struct Known {
    /// Every sentence of the built-in scripts.
    sentences: HashSet<String>,
    /// The longest rest after each sentence of theirs.
    rests: HashMap<String, Frames>,
    /// Each half breath of a movement of theirs, by its kind.
    breaths: HashSet<(Kind, BreathPhase, String)>,
    /// The longest rest at the end of a movement of theirs, by its kind.
    ends: HashMap<Kind, Frames>,
    /// The lines of the routine without movement, in order.
    restful: Vec<Line>,
    /// Every word of theirs, in plain letters.
    vocabulary: HashSet<String>,
}

impl Known {
    /// What `lines` say, and `movements` do; the `restful` ones among them move nothing.
    pub(super) fn of<'a>(
        lines: impl IntoIterator<Item = &'a Line>,
        movements: impl IntoIterator<Item = &'a Movement>,
        restful: impl IntoIterator<Item = &'a Line>,
    ) -> Self {
        let mut sentences = HashSet::new();
        let mut rests = HashMap::new();
        for line in lines {
            let said = [Some(&line.text), line.recorded.as_ref(), line.word.as_ref()];
            sentences.extend(said.into_iter().flatten().cloned());
            longest(&mut rests, line.text.clone(), line.rest);
        }
        let words = sentences.iter().flat_map(|text| Words::read(text).list);
        let vocabulary = words.map(|word| word.text).collect();
        let (mut breaths, mut ends) = (HashSet::new(), HashMap::new());
        for (kind, movement) in movements.into_iter().filter_map(|it| Some((it.kind?, it))) {
            breaths.extend(movement.lines.iter().filter_map(|line| breath(kind, line)));
            longest(&mut ends, kind, movement.rest);
        }
        Self {
            vocabulary,
            breaths,
            ends,
            restful: restful.into_iter().cloned().collect(),
            rests,
            sentences,
        }
    }

    /// Whether a built-in script says this sentence, word for word.
    pub(super) fn says(&self, sentence: &str) -> bool {
        self.sentences.contains(sentence)
    }

    /// Whether a built-in script uses this word, in plain letters.
    pub(super) fn uses(&self, word: &str) -> bool {
        self.vocabulary.contains(word)
    }

    /// The longest rest that a built-in script has after this sentence.
    pub(super) fn rest(&self, sentence: &str) -> Option<Frames> {
        self.rests.get(sentence).copied()
    }

    /// The longest rest at the end of a built-in movement of this kind.
    pub(super) fn rest_at_the_end(&self, kind: Kind) -> Option<Frames> {
        self.ends.get(&kind).copied()
    }

    /// Whether a built-in movement of this kind has this half breath: in on the way in, out on the way out.
    pub(super) fn does(&self, kind: Kind, line: &Line) -> bool {
        breath(kind, line).is_some_and(|breath| self.breaths.contains(&breath))
    }

    /// Whether the routine without movement has this line: the same words, and no breath made of a sentence.
    pub(super) fn restful(&self, line: &Line) -> bool {
        self.restful.iter().any(|rests| is_same(rests, line))
    }

    /// Whether these are lines of the routine without movement, its sentences in its order; some may be left out. A
    /// breath moves nothing wherever it stands.
    pub(super) fn only_rests<'a>(&self, lines: impl IntoIterator<Item = &'a Line>) -> bool {
        let mut ahead = self.restful.iter();
        lines.into_iter().all(|line| match line.kind {
            LineKind::Breath(_) => self.restful(line),
            _ => ahead.any(|rests| is_same(rests, line)),
        })
    }

    /// The words of `text` that its author must decide on: no built-in script uses them, or they have two readings and
    /// no script says the sentence.
    pub(super) fn undecided(&self, text: &str) -> impl Iterator<Item = (Word, Why)> {
        let said = self.says(text);
        let words = Words::read(text).list.into_iter();
        words.filter_map(move |word| {
            let two_readings = !said && TWO_READINGS.contains(&&*word.text);
            let new = !self.uses(&word.text);
            let why = two_readings
                .then_some(Why::TwoReadings)
                .or(new.then_some(Why::New))?;
            Some((word, why))
        })
    }

    /// Every sentence of them, for tests.
    #[cfg(test)]
    pub(super) fn sentences(&self) -> impl Iterator<Item = &str> {
        self.sentences.iter().map(String::as_str)
    }
}

/// Keeps the longest rest of each.
fn longest<K: Eq + Hash>(rests: &mut HashMap<K, Frames>, key: K, rest: Frames) {
    let longest = rests.entry(key).or_insert(rest);
    *longest = rest.max(*longest);
}

/// A half breath of a movement of this kind, if the line is one.
fn breath(kind: Kind, line: &Line) -> Option<(Kind, BreathPhase, String)> {
    let LineKind::Breath(phase) = line.kind else {
        return None;
    };
    Some((kind, phase, line.text.clone()))
}

/// Whether `line` is this one of the routine without movement. What it says in a recording may be left out, but not be
/// anything else.
fn is_same(rests: &Line, line: &Line) -> bool {
    let recorded = line.recorded.is_none() || line.recorded == rests.recorded;
    rests.kind == line.kind && rests.text == line.text && recorded
}
