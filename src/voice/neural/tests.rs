//! The voice as a whole. These tests speak, so they need its files: those in the checkout, which
//! the set-up puts there.

use super::*;

fn voice() -> Synthesizer {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    Synthesizer::load(&folder).expect("the voice is in its folder: `make setup` puts it there")
}

fn seconds(sound: &[f32]) -> f32 {
    sound.len() as f32 / SAMPLE_RATE as f32
}

#[track_caller]
fn speak(heart: &mut Synthesizer, text: &str) -> Vec<f32> {
    let sound = heart.synthesize(text, 0.8);
    sound.unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn speaks_a_sentence_the_same_way_twice() {
    let mut heart = voice();
    let once = speak(&mut heart, "Hello, and welcome.");
    assert!((1.5..3.0).contains(&seconds(&once)), "{}", seconds(&once));
    let top = once
        .iter()
        .fold(0.0_f32, |top, sample| top.max(sample.abs()));
    assert!((0.05..1.0).contains(&top), "{top}");
    speak(&mut heart, "Something else.");
    assert!(once == speak(&mut heart, "Hello, and welcome."));
}

#[test]
fn slower_is_longer() {
    let mut heart = voice();
    let text = "Breathe in, and lift your shoulders up.";
    let mut length = |speed| {
        heart
            .synthesize(text, speed)
            .map(|sound| seconds(&sound))
            .ok()
    };
    let (own, slow) = (length(1.0), length(0.7));
    assert!(
        own.zip(slow).is_some_and(|(own, slow)| slow > 1.2 * own),
        "{own:?} {slow:?}"
    );
    assert_eq!(length(0.01), length(*SPEEDS.start()));
}

#[test]
fn two_sentences_follow_each_other() {
    let mut heart = voice();
    let both = speak(
        &mut heart,
        "The session is over. Well done, and take good care.",
    );
    let first = speak(&mut heart, "The session is over.");
    let second = speak(&mut heart, "Well done, and take good care.");
    assert_eq!(both.len(), first.len() + second.len());
    assert!(both[..first.len()] == first[..]);
}

#[test]
fn says_nothing_when_there_is_nothing_to_say() {
    let mut heart = voice();
    for text in [
        "",
        " ",
        "\0",
        "\n\n",
        "...",
        "?!",
        "—",
        "\u{200b}",
        "❤",
        "日本語",
    ] {
        assert!(speak(&mut heart, text).is_empty(), "{text:?}");
    }
}

#[test]
fn refuses_a_speed_that_is_none() {
    let mut heart = voice();
    for speed in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let result = heart.synthesize("Rest.", speed);
        let why = result.expect_err("no speed");
        let expected = format!("the voice cannot speak at speed {speed}: ");
        assert!(why.starts_with(&expected), "{why}");
    }
}

#[test]
fn odd_texts_are_no_danger() {
    let mut heart = voice();
    let long = "and breathe ".repeat(80);
    let word = "ab".repeat(200);
    let digits = "1".repeat(60);
    for text in [
        "a\0b",
        "$5.50",
        "£0.00",
        "€",
        "1e400",
        "1/2",
        "½",
        "1990s",
        "007",
        "10:30am",
        "-5",
        "- -",
        "[a](b)",
        "[](())",
        "[a](99999999999999999999)",
        "iPhone",
        "https://example.com/x?y=1",
        "ß",
        "İ",
        "👩‍🚀 rest",
        "a\u{301}",
        "can't've",
        "C3PO",
        "№5",
        "{PAUSE}",
        "<b>rest</b>",
        "1st-2nd",
        "+1 (555) 123-4567",
        &long,
        &word,
        &digits,
    ] {
        speak(&mut heart, text);
    }
}

#[track_caller]
fn check_phonemes(heart: &Synthesizer, text: &str, expected: &[&str]) {
    let said = heart.by_rules(text).expect("a sentence that can be said");
    let said: Vec<_> = said.iter().map(|(_, phonemes)| phonemes).collect();
    assert_eq!(said, expected, "{text}");
}

#[test]
fn pronounces_words_known_and_unknown() {
    let heart = voice();
    check_phonemes(&heart, "Hello, and welcome.", &["həlˈO, ænd wˈɛlkəm."]);
    check_phonemes(&heart, "physio", &["fˈɪzɪˌO"]);
    check_phonemes(&heart, "B6", &["bˈi sˈɪks"]);
    check_phonemes(&heart, "Rest. Ready?", &["ɹˈɛst.", "ɹˈɛdi?"]);
}

#[test]
fn a_missing_file_is_named() {
    let error = Synthesizer::load(Path::new("no such folder")).err();
    let message = error.unwrap_or_default();
    assert!(message.contains("oov.json"), "{message}");
    assert!(message.contains("put the voice's files back"), "{message}");
}

/// Sentences of the routine that together are as fast as all of it.
const SAMPLE: [&str; 16] = [
    "It does not take the place of your midwife or doctor.",
    "To stop at any time, press Escape.",
    "Press Enter for yes, or Tab for no.",
    "I will read the safety list once, and if any part of it is true for you, press Enter.",
    "Sit well back, with both feet flat on the floor and your knees apart, so your bump has room.",
    "Three, keep breathing, and never hold your breath.",
    "Breathe out slowly, a little longer than you breathed in.",
    "Put your fingertips on your shoulders.",
    "Breathe in, and let go.",
    "If anything hurts, or you feel dizzy, press Escape.",
    "As you breathe out, let your fingers press lightly and slide down toward your shoulder blade.",
    "Bring your hands behind you, and rest them on your lower ribs, one on each side of your spine.",
    "Let your nose follow your breastbone, so your neck does not twist.",
    "Now the same to the left.",
    "Breathe out slowly.",
    "Feel the chair hold you up.",
];

#[test]
fn paces_are_as_measured() {
    let mut heart = voice();
    for pace in [137.0, 120.0, 113.0] {
        let speed = speed_for(pace);
        let (mut words, mut length) = (0.0, 0.0);
        for text in SAMPLE {
            let sound = heart.synthesize(text, speed).expect("a plain sentence");
            words += text.split_whitespace().map(|_| 1.0).sum::<f32>();
            length += seconds(&sound);
        }
        let measured = 60.0 * words / length;
        assert!((measured / pace - 1.0).abs() < 0.03, "{pace}: {measured}");
    }
}

#[test]
fn paces_outside_the_table_stay_at_its_ends() {
    let [(slowest, slow), .., (fastest, fast)] = PACES;
    for (pace, speed) in [
        (fastest, fast),
        (slowest, slow),
        (1e9, fast),
        (0.0, slow),
        (-1.0, slow),
    ] {
        assert!((speed_for(pace) - speed).abs() < 1e-6, "{pace}");
    }
    assert!(
        PACES
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1)
    );
}

/// The first sound of a sentence is not lost in shaping, whatever consonant it begins with.
#[test]
fn soft_consonants_are_heard() {
    use super::super::shape;
    let mut heart = voice();
    for text in [
        "Hello, and welcome.",
        "Hold still.",
        "Sit tall.",
        "Feel the chair.",
        "Three small steps.",
        "Shoulders down.",
        "Have a drink of water.",
    ] {
        let raw = speak(&mut heart, text);
        let clip = shape::shape(&raw);
        assert_eq!(clip.len(), 2 * raw.len());
        // What the shaper took from the front holds nothing an ear could miss: 60 dB under the rest.
        let silent = clip.iter().rev().take_while(|&&frame| frame == 0.0).count() / 2;
        let energy = |part: &[f32]| part.iter().map(|sample| sample * sample).sum::<f32>();
        let lost = energy(&raw[..silent]) / energy(&raw);
        assert!(
            silent > 2400 && lost < 1e-6,
            "{text}: {silent} samples, {lost}"
        );
    }
}
