//! `audio/phonemes.tsv`: how each sentence inside the program sounds. `make phonemes` writes it anew.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use crate::base::{BreathPhase, Length, Pace, Posture, Utterance};
use crate::plan::{Plan, Setting};
use crate::routine::library::own_sentences;
use crate::routine::{Companion, Hands, WHAT_COMES, built_in, built_in_names};
use crate::settings::emergency::all_spoken;
use crate::voice::neural::Synthesizer;

/// More minutes than any session has.
const MINUTES: u64 = 60;

/// Everything that is said inside the program, piece by piece as a voice is given it.
fn texts() -> Vec<String> {
    let companion = Companion::built_in();
    let phases = [BreathPhase::In, BreathPhase::Out].map(|phase| companion.breath_word(phase));
    let answers = [true, false].map(|yes| companion.answered(yes));
    let words = [companion.last_word(), companion.again_word()];
    let words = phases.into_iter().chain(answers).chain(words);
    let times = (0..=MINUTES).map(|minutes| companion.time_left(minutes));
    let numbers = all_spoken().into_iter();
    let companions = numbers.map(|number| companion.clone().with_emergency(&number));
    let touch = companion.clone().of_hands(Hands::Touch);
    let companions: Vec<_> = companions.chain([touch]).collect();
    let own = own_sentences().filter(|text| *text != WHAT_COMES);
    let lines = own.flat_map(|text| {
        companions
            .iter()
            .map(move |companion| companion.fill_in(text))
    });
    let texts = lines.chain(words.map(str::to_owned)).chain(times);
    let texts: Vec<_> = texts.chain(what_comes(&companion)).collect();
    // A list is said in pieces.
    let pieces = texts
        .iter()
        .flat_map(|text| text.split_inclusive(['.', '?']));
    let pieces: Vec<_> = pieces.map(|piece| piece.trim().to_owned()).collect();
    [texts, pieces].concat()
}

/// How each start with a routine of ours says what comes.
fn what_comes(companion: &Companion) -> impl Iterator<Item = String> {
    let titles = built_in_names().map(|name| built_in(name).expect("built in").title().clone());
    let ways = Posture::ALL.map(|posture| Length::ALL.map(|length| (posture, length)));
    let ways = ways.into_iter().flatten();
    let ways = titles.flat_map(move |title| ways.clone().map(move |way| (title.clone(), way)));
    ways.map(|(title, (posture, length))| {
        let told = companion.clone();
        let told = told.with_what_comes(Some((&title, length)), posture);
        told.fill_in(WHAT_COMES)
    })
}

#[test]
fn each_sentence_inside_the_program_sounds_as_the_dictionary_has_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let heart = Synthesizer::load(&root.join("audio/voices/heart"));
    let heart = heart.expect("`make setup` puts the voice there");
    let mut all = BTreeMap::new();
    for text in texts() {
        all.extend(heart.by_rules(&text).expect("a sentence that can be said"));
    }
    let mut table = String::new();
    for (sentence, phonemes) in &all {
        writeln!(table, "{sentence}\t{phonemes}").expect("a line");
    }
    let path = root.join("audio/phonemes.tsv");
    if env::var_os("SOFTBACK_PHONEMES").is_some() {
        fs::write(&path, &table).expect("the table");
    }
    let kept = fs::read_to_string(&path).expect("the table");
    assert!(kept == table, "`make phonemes` writes it anew");
}

#[test]
fn a_session_inside_the_program_needs_no_dictionary() {
    let table = include_str!("../../../audio/phonemes.tsv").lines();
    let known: HashSet<_> = table.filter_map(|line| line.split('\t').next()).collect();
    let companion = Companion::built_in();
    let settings = Pace::ALL.into_iter().flat_map(|pace| {
        [Posture::Seated, Posture::Standing].map(|posture| Setting::new(pace, posture))
    });
    for (name, setting) in
        settings.flat_map(|setting| built_in_names().map(move |name| (name, setting)))
    {
        let routine = built_in(name).expect("built in");
        let plan = Plan::compile(&routine, &companion, setting);
        let cues = plan.cues.iter();
        let said = cues.flat_map(|planned| planned.cue.utterances());
        let pieces = said.flat_map(Utterance::sentences);
        for sentence in pieces.flat_map(Synthesizer::sentences) {
            assert!(known.contains(sentence), "{sentence:?}");
        }
    }
}
