//! What the built-in scripts say: the sentences and the words that another routine may use without a question.

use std::collections::HashSet;

use super::kind::Kind;
use super::model::{Line, LineKind, Movement};
use super::words::{Word, Words};

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
    /// Each half breath of a movement of theirs, by its kind.
    breaths: HashSet<(Kind, String)>,
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
        let said = |line: &'a Line| [Some(&line.text), line.recorded.as_ref(), line.word.as_ref()];
        let sentences: HashSet<_> = lines
            .into_iter()
            .flat_map(said)
            .flatten()
            .cloned()
            .collect();
        let words = sentences.iter().flat_map(|text| Words::read(text).list);
        let vocabulary = words.map(|word| word.text).collect();
        let breaths = movements.into_iter().flat_map(|movement| {
            let breaths = movement.lines.iter().filter(|line| line.breathes());
            breaths.filter_map(|line| Some((movement.kind?, line.text.clone())))
        });
        Self {
            vocabulary,
            breaths: breaths.collect(),
            restful: restful.into_iter().cloned().collect(),
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

    /// Whether a built-in movement of this kind has this half breath.
    pub(super) fn does(&self, kind: Kind, line: &Line) -> bool {
        self.breaths.contains(&(kind, line.text.clone()))
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

/// Whether `line` is this one of the routine without movement. What it says in a recording may be left out, but not be
/// anything else.
fn is_same(rests: &Line, line: &Line) -> bool {
    let recorded = line.recorded.is_none() || line.recorded == rests.recorded;
    rests.kind == line.kind && rests.text == line.text && recorded
}
