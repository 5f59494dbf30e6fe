//! What terminals say by themselves, among what she presses: only her keys act, and none is lost.
//!
//! Drawn or in plain lines, at a question or while it plays: the keys are read alike.

use serde::Deserialize;

use super::control::Control::{self, FocusLost, Hold, Key as Pressed};
use super::reader::told;
use crate::base::Key;

/// What a terminal may say that is no key.
fn answers() -> Vec<Vec<u8>> {
    #[derive(Deserialize)]
    struct Fixture {
        answers: Vec<String>,
    }
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/answers.toml"
    ));
    let fixture: Fixture = toml::from_str(text).expect("the fixture");
    let bytes = |answer: &String| answer.chars().map(|letter| letter as u8).collect();
    fixture.answers.iter().map(bytes).collect()
}

/// What a finger sends.
const FINGERS: [(&[u8], Key); 12] = [
    (b" ", Key::Space),
    (b"\x1b", Key::Escape),
    (b"\x1b[27u", Key::Escape),
    (b"\r", Key::Enter),
    (b"\t", Key::Tab),
    (b"\x7f", Key::Backspace),
    (b"\x1b[A", Key::Up),
    (b"\x1bOB", Key::Down),
    (b"\x1b[1;2C", Key::Right),
    (b"y", Key::Char('y')),
    (b"\xc3\xa4", Key::Char('ä')),
    (b"\x03", Key::CtrlC),
];

/// What comes so many milliseconds after what was before it; with none between, in one read.
fn acts(parts: &[(u64, &[u8])]) -> Vec<Control> {
    let mut reads: Vec<(u64, Vec<u8>)> = vec![(0, Vec::new())];
    for &(after, bytes) in parts {
        let (at, last) = reads.last_mut().expect("the first");
        if after == 0 {
            last.extend(bytes);
        } else {
            let at = *at + after;
            reads.push((at, bytes.to_vec()));
        }
    }
    let reads: Vec<_> = reads.iter().map(|(at, bytes)| (*at, &**bytes)).collect();
    let told = told(&reads);
    assert!(!matches!(told.last(), Some(Hold(true))), "silent for ever");
    let acts = |control: &Control| !matches!(control, Hold(_) | FocusLost);
    told.into_iter().filter(acts).collect()
}

#[test]
fn only_her_keys_act_and_none_is_lost_wherever_an_answer_is_cut() {
    let mut wrong = Vec::new();
    for answer in &answers() {
        for (number, (before, key)) in FINGERS.into_iter().enumerate() {
            let (behind, last) = FINGERS[(number + 3) % FINGERS.len()];
            for cut in 0..=answer.len() {
                let (first, second) = answer.split_at(cut);
                for (lead, gap, rest) in [
                    (0, 0, 130),
                    (0, 50, 130),
                    (40, 30, 130),
                    (130, 0, 0),
                    (130, 50, 0),
                    (130, 50, 20),
                ] {
                    let acts = acts(&[(0, before), (lead, first), (gap, second), (rest, behind)]);
                    if acts != [Pressed(key), Pressed(last)] {
                        let answer = answer.escape_ascii().to_string();
                        wrong.push(format!(
                            "{answer} at {cut} ({lead}, {gap}, {rest}) after {key:?}: {acts:?}"
                        ));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[test]
fn a_paste_is_one_slip_among_her_keys_wherever_it_is_cut() {
    // In one read with a key of hers it is one slip with it: no finger is that close.
    assert_eq!(
        acts(&[(0, b" \x1b[200~yes\x1b[201~\x1b[D")]),
        [Pressed(Key::Other)]
    );
    let paste = b"\x1b[200~yes\r\x1bq\x1b]0;\x1b[201~";
    for (before, key) in FINGERS {
        for cut in 0..=paste.len() {
            let (first, second) = paste.split_at(cut);
            for (lead, gap) in [(40, 0), (40, 30), (120, 50)] {
                let acts = acts(&[(0, before), (lead, first), (gap, second), (20, b"\x1b[D")]);
                let keys = [key, Key::Other, Key::Left].map(Pressed);
                assert_eq!(acts, keys, "{cut} ({lead}, {gap}) after {key:?}");
            }
        }
    }
}

/// What begins and does not end, and what it is told as by itself. It takes what comes next for a part of it.
const UNENDED: [(&[u8], &[Key]); 6] = [
    (b"\x1b]52;c;eW", &[]),
    (b"\x1bP1+r544e=78", &[]),
    (b"\x1b_Gi=31;O", &[]),
    (b"\x1b^qu", &[]),
    (b"\x1bXye", &[]),
    (b"\x1b[200~ye", &[Key::Other]),
];

/// The keys behind `before`, told.
fn behind(before: &[Key], keys: &[Key]) -> Vec<Control> {
    before.iter().chain(keys).copied().map(Pressed).collect()
}

#[test]
fn what_never_ends_gives_the_keyboard_back() {
    let mouse: (&[u8], &[Key]) = (b"\x1b[M", &[]);
    for (begun, slip) in UNENDED.into_iter().chain([mouse]) {
        for cut in 0..begun.len() {
            let (first, second) = begun.split_at(cut);
            for (bytes, key) in FINGERS {
                let acts = acts(&[(0, first), (30, second), (510, bytes)]);
                let context = begun.escape_ascii();
                assert_eq!(acts, behind(slip, &[key]), "{context} at {cut}, {key:?}");
            }
        }
    }
}

/// However often she presses: each press would be taken for more of it.
#[test]
fn keys_that_keep_coming_count_as_soon_as_what_never_ends_is_over() {
    for (begun, slip) in UNENDED {
        for pace in [65, 100, 130, 400] {
            let keys = [(&b" "[..], Key::Space), (b"\t", Key::Tab)];
            let pressed = keys.into_iter().cycle().take(12);
            let (bytes, keys): (Vec<_>, Vec<_>) = pressed.unzip();
            let paced = bytes.into_iter().map(|bytes| (pace, bytes));
            let acts = acts(&[(0, begun)].into_iter().chain(paced).collect::<Vec<_>>());
            // Before that they may be the rest of it, and so answer nothing.
            let unsure = (500 / pace) as usize;
            let expected = [vec![Key::Other; unsure], keys[unsure..].to_vec()].concat();
            // More of them than there are fingers for are one slip.
            if pace > 65 {
                assert_eq!(
                    acts,
                    behind(slip, &expected),
                    "{} {pace}",
                    begun.escape_ascii()
                );
            }
            assert!(acts.len() > slip.len() + unsure);
        }
    }
}

#[test]
fn what_ends_the_session_ends_it_within_what_never_ends() {
    for (begun, slip) in UNENDED {
        for (bytes, key) in [(&b"\x1b"[..], Key::Escape), (b"\x03", Key::CtrlC)] {
            for at in [70, 300, 490] {
                let acts = acts(&[(0, begun), (at, bytes)]);
                assert_eq!(acts, behind(slip, &[key]), "{} {at}", begun.escape_ascii());
            }
        }
    }
}

#[test]
fn a_key_that_is_held_within_what_never_ends_is_one_press() {
    for (begun, slip) in UNENDED {
        for (sets_off, every) in [(500, 30), (250, 92), (200, 20), (1000, 100)] {
            let train = [(100, &b" "[..]), (sets_off, b" ")];
            let train = train.into_iter().chain([(every, &b" "[..])].repeat(40));
            let acts = acts(&[(0, begun)].into_iter().chain(train).collect::<Vec<_>>());
            let context = begun.escape_ascii();
            assert_eq!(acts, behind(slip, &[Key::Other]), "{context} {sets_off}");
        }
    }
}

/// A paste or an answer over a slow line: byte by byte, or in packets that take long.
#[test]
fn what_flows_slowly_is_not_over() {
    let packet = b"y ".repeat(50);
    for (begin, end, slip) in [
        (&b"\x1b[200~"[..], &b"\x1b[201~"[..], &[Key::Other][..]),
        (b"\x1b]52;c;", b"\x07", &[]),
    ] {
        for (every, packet) in [(1, &b"y"[..]), (14, b"n"), (300, &*packet)] {
            let packets = vec![(every, packet); 40];
            let parts = [&[(0, begin)][..], &packets, &[(every, end), (300, b" ")]];
            let context = (begin.escape_ascii(), every);
            assert_eq!(
                acts(&parts.concat()),
                behind(slip, &[Key::Space]),
                "{context:?}"
            );
        }
    }
}
