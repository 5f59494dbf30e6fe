//! A line is one thing, can be spoken, and says nothing that could hurt her.

use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;

use super::spoken::misspoken;
use super::{
    Answered, Checker, Found, KEYS, Known, Line, LineFile, LineKind, PLACEHOLDERS, Question,
    Sentence, Spanned, Why, Word, forbidden, uses,
};
use crate::base::{BreathPhase, CUE_WORDS, Frames};

/// A question waits at least this long for a key (a house figure): with less time she cannot find it.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// A question that does not say how long it waits.
const USUAL_WAIT: Frames = Frames::from_millis(10_000);

impl Checker<'_> {
    /// One line; also of the companion.
    pub(super) fn line(&mut self, line: Spanned<LineFile>) -> Line {
        let at = line.span();
        let file = line.into_inner();
        let id: Arc<str> = file.id.get_ref().as_str().into();
        let new = self.ids.insert(id.clone());
        self.refuse(
            !new,
            &file.id.span(),
            format!("two lines have the id \"{id}\""),
            "give each line an id of its own",
        );
        self.showable(&file.id.span(), &id, "the id");
        for source in file.source.get_ref() {
            self.source(source);
        }
        self.refuse(
            file.source.get_ref().is_empty(),
            &file.source.span(),
            "the line has no source",
            "name what it rests on; \"house\" for a line without health content",
        );
        self.only_in_a_text_of_ours(&file);
        let (kind, text) = self.kind(&at, &file);
        let word = file.word.as_ref();
        let word = word.map(|word| self.word(word, kind));
        let recorded = file.recorded.as_ref();
        let recorded = recorded.map(|recorded| self.recorded(recorded, kind));
        Line {
            id,
            kind,
            text,
            recorded,
            word,
            rest: self.length(file.rest.as_ref()),
            after: file.after.map(Spanned::into_inner),
            moving: file.moving.is_some_and(Spanned::into_inner),
            when: file.when,
            form: file.form,
            round: file.round,
            toned: file.toned,
            side: file.side.map(Spanned::into_inner),
            leads: file.leads,
            chime: file.chime,
            source: file
                .source
                .into_inner()
                .into_iter()
                .map(Spanned::into_inner)
                .collect(),
        }
    }

    /// What only the program's own lines may have.
    fn only_in_a_text_of_ours(&mut self, file: &LineFile) {
        if let Some(side) = &file.side {
            self.refuse(
                !self.own_questions,
                &side.span(),
                "only the sound check is heard from one side",
                "take `side` out: the words of a routine come from both loudspeakers",
            );
        }
        let of_a_pause = file.after.as_ref().map(Spanned::span);
        let of_a_pause = of_a_pause.or_else(|| file.moving.as_ref().map(Spanned::span));
        if let Some(span) = of_a_pause {
            self.refuse(
                !self.own_questions,
                &span,
                "only what Softback says of itself, at a pause or a stop, is said `after` a while or when `moving`",
                "take it out: a routine says its lines one after the other",
            );
        }
    }

    fn kind(&mut self, at: &Range<usize>, file: &LineFile) -> (LineKind, String) {
        let wait = file.wait.as_ref();
        let question = Question {
            wait: wait.map_or(USUAL_WAIT, |_| self.length(wait)),
            yes: file.yes.unwrap_or(Answered::GoOn),
            no: file.no.unwrap_or(Answered::End),
            silence: file.silence.unwrap_or(Answered::End),
        };
        let [Some((text, kind)), None] = first_two(file.texts(question)) else {
            self.misses(
                true,
                at,
                "a line is exactly one of `say`, `in`, `out`, `ready` and `ask`",
                "split it into lines of their own, or take away what is too much",
            );
            return (LineKind::Say, String::new());
        };
        let asks = kind == LineKind::Ask(question);
        let answers = [file.yes, file.no, file.silence];
        self.refuse(
            !asks && (wait.is_some() || answers.iter().any(Option::is_some)),
            at,
            "only a question has `wait`, `yes`, `no` and `silence`",
            "write the line with `ask`, or take them out",
        );
        if asks && !self.own_questions {
            self.asks(at, wait, question);
        }
        self.speakable(text);
        (kind, trimmed(text).to_owned())
    }

    /// The word over a half breath.
    fn word(&mut self, word: &Spanned<Sentence>, kind: LineKind) -> String {
        let said = trimmed(word);
        let short = said.split_whitespace().count() <= CUE_WORDS;
        self.refuse(
            !short || !matches!(kind, LineKind::Breath(_)),
            &word.span(),
            "this is no word over half a breath",
            format!("write at most {CUE_WORDS} words, in a line with `in` or `out`"),
        );
        self.speakable(word);
        said.to_owned()
    }

    /// What a recording says instead of a line.
    fn recorded(&mut self, recorded: &Spanned<Sentence>, kind: LineKind) -> String {
        let said = trimmed(recorded);
        self.refuse(
            said.contains('?') || KEYS.iter().any(|key| said.contains(key)),
            &recorded.span(),
            "a recording has no keys, and hears no answer",
            "say what she does herself, such as \"stop at once\" or \"pause me if you need longer\"",
        );
        self.refuse(
            matches!(kind, LineKind::Breath(_)),
            &recorded.span(),
            "a breath is the same in a recording",
            "take `recorded` out",
        );
        self.speakable(recorded);
        said.to_owned()
    }

    /// A question of a routine: it waits, it leads somewhere, and silence does not lead on.
    fn asks(
        &mut self,
        at: &Range<usize>,
        wait: Option<&Spanned<SignedDuration>>,
        question: Question,
    ) {
        let Question {
            yes, no, silence, ..
        } = question;
        self.refuse(
            !(yes.after_a_key() && no.after_a_key()),
            at,
            "an answer leads to what only the program's own questions may use",
            "in a routine yes and no lead to \"go-on\", \"rest\", \"nothing\" or \"end\", and yes also to \"again\"",
        );
        self.refuse(
            !silence.after_silence(),
            at,
            "no answer would lead on, or back to the same question for ever",
            "write silence = \"end\", or \"rest\" where she is asked for another round: when no \
             answer comes, nobody knows how she is",
        );
        let rests = [yes, no, silence].contains(&Answered::Rest);
        self.refuse(
            no == Answered::Again || (yes != Answered::Again && rests),
            at,
            "\"again\" and \"rest\" stand in a question that does not offer another round",
            "write yes = \"again\" and no = \"rest\", or let the answers lead to \"go-on\" or \"end\"",
        );
        if let Some(wait) = wait {
            self.refuse(
                *wait.get_ref() < SHORTEST_WAIT,
                &wait.span(),
                "the question does not wait long enough for an answer",
                "write wait = \"8s\", or 5 seconds at the least: she finds the key by touch",
            );
        }
    }

    /// In lines one after the other nothing that could hurt her, or that nobody may claim, and no word that nobody has
    /// thought about. What is built in may say what it says.
    pub(super) fn harmless(&mut self, lines: &[Spanned<LineFile>]) {
        let texts = lines.iter().flat_map(|line| {
            let line = line.get_ref();
            line.text().into_iter().chain(&line.word)
        });
        self.harmless_texts(&texts.collect::<Vec<_>>());
        // In a recording other words stand beside each other.
        if lines.iter().any(|line| line.get_ref().recorded.is_some()) {
            let texts = lines.iter().flat_map(|line| {
                let line = line.get_ref();
                let text = line.recorded.as_ref().or(line.text());
                text.into_iter().chain(&line.word)
            });
            self.harmless_texts(&texts.collect::<Vec<_>>());
        }
    }

    fn harmless_texts(&mut self, texts: &[&Spanned<Sentence>]) {
        let Some(known) = self.known else { return };
        let sentences: Vec<_> = texts.iter().map(|text| trimmed(text)).collect();
        let places = texts.iter().map(|text| placing(self.file, text));
        let places: Vec<_> = places.collect();
        let forbidden = forbidden(&sentences, |sentence| known.says(sentence));
        for found in &forbidden {
            let at = places[found.line](&found.range);
            self.forbidden(&at, &sentences[found.line][found.range.clone()], found);
        }
        self.harmless_to_hear(texts, &sentences, known);
        // What cannot stay is no decision: each byte of it is marked.
        let unsaid = |sentence: &&str| {
            let mut goes = vec![false; sentence.len()];
            for piece in misspoken(sentence) {
                goes[piece].fill(true);
            }
            goes
        };
        let mut goes: Vec<_> = sentences.iter().map(unsaid).collect();
        for Found { line, range, .. } in forbidden {
            goes[line][range].fill(true);
        }
        for ((place, sentence), goes) in places.iter().zip(sentences).zip(goes) {
            for (Word { text: word, range }, why) in known.undecided(sentence) {
                if !uses(&mut self.new_words, &word) && !goes[range.start] {
                    self.decide(place(&range), word, why);
                }
            }
        }
    }

    /// No respelling makes of harmless words what may not be spoken.
    fn harmless_to_hear(
        &mut self,
        texts: &[&Spanned<Sentence>],
        sentences: &[&str],
        known: &Known,
    ) {
        let heard = sentences
            .iter()
            .map(|sentence| self.respelled.heard(sentence));
        let heard: Vec<_> = heard.collect();
        if heard.iter().all(Option::is_none) {
            return;
        }
        // With its syllables as words, and in one.
        for hyphen in ["-", ""] {
            let said = heard.iter().zip(sentences);
            let said = said.map(|(heard, written)| {
                let heard = heard.as_ref().map(|heard| heard.replace('-', hyphen));
                heard.unwrap_or_else(|| (*written).to_owned())
            });
            let said: Vec<_> = said.collect();
            let said: Vec<_> = said.iter().map(String::as_str).collect();
            for found in forbidden(&said, |sentence| known.says(sentence)) {
                let at = texts[found.line].span();
                self.forbidden(&at, &said[found.line][found.range.clone()], &found);
            }
        }
    }

    fn forbidden(&mut self, at: &Range<usize>, said: &str, found: &Found) {
        let rule = found.rule;
        let after = if found.began_before {
            "after the line before it, "
        } else {
            ""
        };
        let sources = rule.source.join(", ");
        self.report(
            at,
            format!("{after}\"{said}\" may not be spoken: {}", rule.reason),
            format!(
                "{}; if the sentence forbids it, take one of the built-in scripts' word for word, or leave it out \
                 (rule \"{}\" of scripts/forbidden.toml; sources: {sources})",
                rule.instead, rule.id
            ),
        );
    }

    /// The author should decide on this word.
    fn decide(&mut self, at: Range<usize>, word: String, why: Why) {
        match why {
            Why::New => _ = self.undeclared.entry(word).or_insert(at),
            Why::TwoReadings => self.report(
                &at,
                format!("\"{word}\" has two readings, and a voice may take the other one"),
                "say it in another word; or play the sentence, listen, and add it to new_words = [...] at the top",
            ),
        }
    }

    /// Text that a voice can say, with no unknown word in braces.
    fn speakable(&mut self, sentence: &Spanned<Sentence>) {
        let (at, text) = (sentence.span(), trimmed(sentence));
        self.refuse(
            !text.chars().any(char::is_alphanumeric),
            &at,
            "there is nothing to say here",
            "write a sentence, or take the line out",
        );
        self.refuse(
            text.chars().any(char::is_control),
            &at,
            "the sentence holds a control character",
            "write it on one line, in plain letters",
        );
        let known = PLACEHOLDERS.iter();
        let rest = known.fold(text.to_owned(), |rest, known| rest.replace(known, ""));
        self.refuse(
            rest.contains(['{', '}']),
            &at,
            "a word in braces is not known",
            format!("the known ones are {}", PLACEHOLDERS.join(", ")),
        );
        let place = placing(self.file, sentence);
        for piece in misspoken(text) {
            self.report(
                &place(&piece),
                format!(
                    "a voice would not say \"{}\" as it is written",
                    &text[piece]
                ),
                "write it in words, such as \"half\", \"two to three\", \"five seconds\" or \"for example\"; the quiet after \
                 a line is its `rest`",
            );
        }
    }
}

fn first_two<T>(mut items: impl Iterator<Item = T>) -> [Option<T>; 2] {
    [items.next(), items.next()]
}

impl LineFile {
    /// Its words, with what they make of it. A sound line has them once.
    fn texts(&self, question: Question) -> impl Iterator<Item = (&Spanned<Sentence>, LineKind)> {
        let kinds = [
            (&self.say, LineKind::Say),
            (&self.inhale, LineKind::Breath(BreathPhase::In)),
            (&self.exhale, LineKind::Breath(BreathPhase::Out)),
            (&self.ready, LineKind::Ready),
            (&self.ask, LineKind::Ask(question)),
        ];
        kinds
            .into_iter()
            .filter_map(|(text, kind)| Some((text.as_ref()?, kind)))
    }

    /// Its words; of a line that has several, the first.
    fn text(&self) -> Option<&Spanned<Sentence>> {
        let texts = [
            &self.say,
            &self.inhale,
            &self.exhale,
            &self.ready,
            &self.ask,
        ];
        texts.into_iter().find_map(Option::as_ref)
    }
}

/// A sentence without the space round it.
fn trimmed(sentence: &Spanned<Sentence>) -> &str {
    sentence.get_ref().as_ref().trim()
}

/// Tells where a part of the trimmed sentence `text` stands in the file; all of it where escapes or odd letters moved it.
fn placing(file: &str, text: &Spanned<Sentence>) -> impl Fn(&Range<usize>) -> Range<usize> + use<> {
    let (all, sentence) = (text.span(), text.get_ref().as_ref());
    let trimmed = sentence.len() - sentence.trim_start().len();
    let mut inside = [3, 1]
        .into_iter()
        .map(|quotes| all.start + quotes..all.end - quotes);
    let inside = inside.find(|inside| file.get(inside.clone()) == Some(sentence));
    let start = inside.map(|inside| inside.start + trimmed);
    move |part| start.map_or_else(|| all.clone(), |start| start + part.start..start + part.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_exact_unless_escapes_have_moved_its_letters() {
        let at = |file: &str| {
            let file = format!("say = {file}");
            let value: std::collections::BTreeMap<String, Spanned<Sentence>> =
                toml::from_str(&file).expect("a sentence");
            let sentence = &value["say"];
            let bold = trimmed(sentence).find("bold").expect("it is there");
            file[placing(&file, sentence)(&(bold..bold + 4))].to_owned()
        };
        assert_eq!(at("\"Be bold.\""), "bold");
        assert_eq!(at("\" Be bold. \""), "bold");
        assert_eq!(at("\"\"\"Be bold.\"\"\""), "bold");
        for moved in [
            r#""Be b\u006fld.""#,
            "\"Be b\u{ad}old.\""
                .replace("b\u{ad}o", "bo\u{ad}")
                .as_str(),
        ] {
            assert_eq!(at(moved), moved);
        }
    }
}
