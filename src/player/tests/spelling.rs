//! What is written is what is spoken: the whole way from a file to the phonemes.

use std::path::Path;

use serde::Deserialize;

use crate::routine::Routine;
use crate::voice::neural::Synthesizer;

#[derive(Deserialize)]
struct Spellings {
    same: Vec<[String; 2]>,
    refused: Vec<String>,
    sound: Vec<String>,
}

fn spellings() -> Spellings {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/spelling.toml"
    ));
    toml::from_str(text).expect("the fixture")
}

/// What is wrong with a routine that says `sentence`.
fn checked(sentence: &str) -> Result<String, String> {
    let quoted = serde_json::to_string(sentence).expect("a string");
    let routine = |new_words: &str| {
        let text = format!(
            "title = \"T\"\nlanguage = \"en\"\nversion = 1\nnew_words = [{new_words}]\n[[section]]\ntitle = \"S\"\n\
             [[section.movement]]\nlines = [{{ id = \"1\", say = {quoted}, source = [\"house\"] }}]\n"
        );
        Routine::parse("hers.toml", &text)
    };
    let parsed = routine("").or_else(|problems| {
        let messages = problems.list().iter().map(|problem| &problem.message);
        let new = messages.filter(|message| message.contains("is a word that no built-in"));
        let words: Vec<_> = new
            .filter_map(|message| message.split('"').nth(1))
            .map(|word| format!("{word:?}"))
            .collect();
        routine(&words.join(", "))
    });
    let routine = parsed.map_err(|problems| problems.to_string())?;
    let line = routine.lines().next().expect("one line");
    Ok(line.text.clone())
}

#[test]
fn every_spelling_sounds_as_the_plain_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let heart = Synthesizer::load(&folder).expect("`make setup` puts the voice there");
    let phonemes = |text: &str| {
        let text = checked(text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let said = heart.by_rules(&text).expect("a sentence that can be said");
        said.into_iter()
            .map(|(_, phonemes)| phonemes)
            .collect::<String>()
    };
    for [written, plain] in spellings().same {
        assert_eq!(phonemes(&written), phonemes(&plain), "{written:?}");
        assert!(phonemes(&plain).contains(char::is_alphabetic), "{plain}");
    }
}

#[test]
fn what_no_voice_says_right_is_refused() {
    let passed = spellings().refused.into_iter();
    let passed: Vec<_> = passed
        .filter(|sentence| checked(sentence).is_ok())
        .collect();
    assert!(passed.is_empty(), "{passed:#?}");
    let refused = spellings().sound.into_iter();
    let refused: Vec<_> = refused
        .filter_map(|sentence| checked(&sentence).err())
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn a_word_with_two_readings_is_a_decision() {
    for sentence in [
        "Live in your body.",
        "Have you read it?",
        "A minute movement.",
        "Feel content.",
    ] {
        let wrong = checked(sentence).expect_err(sentence);
        assert!(wrong.contains("has two readings"), "{wrong}");
    }
}
