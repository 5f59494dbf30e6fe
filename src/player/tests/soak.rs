//! A hundred whole sessions in one process, one after the other, with one built-in voice and with none, in turn: nothing
//! grows, every tone is where it was queued to the sample, and the last session of a kind is its first over again. They
//! take minutes, so `make soak` plays them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::audio::cue::Cues;
use crate::base::{Clip, Frames, Key, Length, Moment, Pace, Posture, Utterance, VoiceAbility};
use crate::export::perform::{Listener, Performance, perform};
use crate::routine::{Form, built_in};
use crate::session::screening::Terms;
use crate::session::tests::virtual_room::{programme, willing};
use crate::session::{Ending, Session, Sound};
use crate::voice::{self, Heart, Silent, Voice, VoiceError};

const SESSIONS: usize = 100;

/// Longer than any of them.
const LONGEST: Frames = Frames::from_millis(40 * 60_000);

/// How much more or less memory than after the first of each kind is none, in kilobytes.
const FLAT: u64 = 2048;

/// Each kind, in turn.
const KINDS: [(&str, Pace, Posture, Length); 10] = [
    (
        "upper-back",
        Pace::VerySlow,
        Posture::Seated,
        Length::Twenty,
    ),
    ("rest", Pace::Standard, Posture::Seated, Length::Five),
    ("rest", Pace::Slow, Posture::Seated, Length::Ten),
    ("gentle", Pace::Standard, Posture::Seated, Length::Five),
    ("rest", Pace::VerySlow, Posture::Seated, Length::Five),
    (
        "upper-back",
        Pace::Standard,
        Posture::Standing,
        Length::Five,
    ),
    ("rest", Pace::Own, Posture::Seated, Length::Five),
    ("gentle", Pace::Slow, Posture::Seated, Length::Five),
    ("rest", Pace::Standard, Posture::Seated, Length::Ten),
    ("upper-back", Pace::Own, Posture::Seated, Length::Five),
];

/// What this process holds.
#[derive(Clone, Copy, Debug)]
struct Holds {
    kilobytes: u64,
    threads: u64,
    files: usize,
}

impl Holds {
    fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").expect("a system that tells");
        let number = |name: &str| {
            let mut lines = status.lines();
            let line = lines.find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            number.unwrap_or_else(|| panic!("no {name} in {status}"))
        };
        Self {
            kilobytes: number("VmRSS:"),
            threads: number("Threads:"),
            files: fs::read_dir("/proc/self/fd").expect("files").count(),
        }
    }
}

fn session(kind: usize) -> Session {
    let (name, pace, posture, length) = KINDS[kind];
    let terms = Terms {
        form: Form::Day,
        posture: Some(posture),
        length: Some(length),
        ..Terms::FIRST
    };
    let routine = built_in(name).expect("built in");
    Session::new(programme(&routine, terms), pace, VoiceAbility::Renders)
}

/// The one who listens: in one buffer from the first session to the last, so that it does not grow.
struct Ear<'a, V> {
    voice: &'a mut V,
    samples: &'a mut Vec<f32>,
}

impl<V: Voice> Listener for Ear<'_, V> {
    type Error = VoiceError;

    fn clip(&mut self, utterance: &Utterance) -> Result<(Clip, Frames), VoiceError> {
        voice::render(self.voice, utterance)
    }

    fn hear(&mut self, samples: &[f32]) -> Result<(), VoiceError> {
        self.samples.extend_from_slice(samples);
        Ok(())
    }

    fn key(&mut self, session: &Session, now: Moment) -> Result<Option<Key>, VoiceError> {
        Ok(session.waits(now).then(|| willing(session.question(now))))
    }
}

/// Plays it to its end.
fn play(kind: usize, voice: &mut impl Voice, samples: &mut Vec<f32>) -> Performance {
    samples.clear();
    let performance = perform(&mut session(kind), &mut Ear { voice, samples });
    let performance = performance.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(performance.ending, Ending::Done);
    performance
}

/// Without a voice over them, all tones are where they were queued, sample for sample, from the first to the last; how
/// many there are.
fn tones(performance: &Performance, samples: &[f32]) -> usize {
    let cues = Cues::built_in();
    let mut found = 0;
    for (at, sound) in &performance.sounds {
        let clip = match sound {
            Sound::Breath { phase, length } => cues.breath(*phase, *length),
            Sound::Chime => cues.chime(),
            _ => continue,
        };
        let at = at.0 as usize;
        let heard = &samples[at..at + clip.samples.len()];
        assert!(*heard == *clip.samples, "{sound:?} at {at}");
        found += 1;
    }
    found
}

/// Tells one sound from every other.
fn mark(samples: &[f32]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for piece in samples.chunks(1 << 12) {
        let bytes: Vec<_> = piece
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        hash.update(bytes);
    }
    hash.finalize().to_vec()
}

#[test]
fn a_hundred_sessions_in_one_process_leave_nothing_behind_and_do_not_differ() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let mut heart = Heart::open(&folder).unwrap_or_else(|error| panic!("{error}"));
    let mut samples = vec![1.0; LONGEST.0 as usize];
    let (mut firsts, mut held, mut exact) = (HashMap::new(), Vec::new(), 0);
    for number in 0..SESSIONS {
        let (kind, speaks) = (number / 2 % KINDS.len(), number % 2 == 0);
        if speaks {
            play(kind, &mut heart, &mut samples);
        } else {
            exact += tones(&play(kind, &mut Silent, &mut samples), &samples);
        }
        let mark = mark(&samples);
        let first = firsts.entry((kind, speaks)).or_insert_with(|| mark.clone());
        assert_eq!(*first, mark, "session {number} is another");
        held.push(Holds::now());
        println!("session {number}: {:?}", held[number]);
    }
    assert!(
        samples.capacity() == LONGEST.0 as usize,
        "{}",
        samples.capacity()
    );
    println!(
        "{exact} tones exact to the sample, {} sessions that differ",
        firsts.len()
    );
    assert!(exact > 1000, "{exact} tones");
    stays_as_it_is(&held);
}

/// No more and no less than with the first of each kind: the longest sentence of them all takes the most memory.
fn stays_as_it_is(held: &[Holds]) {
    let (firsts, later) = held.split_at(2 * KINDS.len());
    let most = firsts.iter().max_by_key(|holds| holds.kilobytes);
    let first = most.expect("the first of each kind");
    for (number, holds) in later.iter().enumerate() {
        let told = format!("after {number} more {holds:?}, at most {first:?} before");
        assert_eq!(
            (holds.threads, holds.files),
            (first.threads, first.files),
            "{told}"
        );
        assert!(holds.kilobytes.abs_diff(first.kilobytes) <= FLAT, "{told}");
    }
}
