//! How words of a routine's own are said: written for the eye, and respelled for the voice.

use std::collections::BTreeMap;

use super::words::Words;

/// Words in plain letters, each with what a voice says for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Respelled(BTreeMap<String, String>);

impl Respelled {
    /// Whether this word, in plain letters, is respelled.
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }

    /// What a voice is to say for `text`, unless it is what stands there.
    pub(crate) fn heard(&self, text: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut heard = String::new();
        let mut done = 0;
        for word in Words::read(text).list {
            if let Some(said) = self.0.get(&word.text) {
                heard.extend([&text[done..word.range.start], said]);
                done = word.range.end;
            }
        }
        heard += &text[done..];
        (heard != text).then_some(heard)
    }
}

impl FromIterator<(String, String)> for Respelled {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(words: T) -> Self {
        Self(words.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_alone_are_respelled_however_they_are_written() {
        let said = [("rebozo", "reh-boh-zoh"), ("hum", "humm")];
        let words: Respelled = said
            .map(|(word, said)| (word.into(), said.into()))
            .into_iter()
            .collect();
        let heard = |text| words.heard(text);
        assert_eq!(
            heard("Hum, with the Rebozo.").as_deref(),
            Some("humm, with the reh-boh-zoh.")
        );
        assert_eq!(heard("Rest, human."), None);
        assert_eq!(Respelled::default().heard("Hum."), None);
    }
}
