//! What terminals say by themselves, among what she presses: only her keys act, and none is lost.
//!
//! Drawn or in plain lines, at a question or while it plays: the keys are read alike.

use super::control::Control::{self, FocusLost, Hold, Key as Pressed};
use super::reader::told;
use crate::base::Key;

/// What a terminal may say that is no key.
const ANSWERS: [&[u8]; 82] = [
    // Colours, the clipboard, the title, a notification; each ends in one of two ways.
    b"\x1b]4;1;rgb:cccc/0000/0000\x1b\\",
    b"\x1b]4;1;rgb:cccc/0000/0000\x07",
    b"\x1b]10;rgb:dcdc/dcdc/dcdc\x1b\\",
    b"\x1b]10;rgb:dcdc/dcdc/dcdc\x07",
    b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    b"\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    b"\x1b]12;rgba:ffff/ffff/ffff/ffff\x07",
    b"\x1b]17;?\x07",
    b"\x1b]21;foreground=rgb:ff/ff/ff\x1b\\",
    b"\x1b]52;c;eWVz\x1b\\",
    b"\x1b]52;c;eWVz\x07",
    b"\x1b]99;i=y:p=?;q=n\x1b\\",
    b"\x1b]1337;ReportCellSize=18.0;9.0;2.0\x07",
    b"\x1b]lyes, quit\xc3\xa9\x1b\\",
    b"\x1b]Lyes\x07",
    // Its name; its capabilities, or none; its settings, or none; its number; tab stops; a checksum.
    b"\x1bP>|kitty(0.36.4)\x1b\\",
    b"\x1bP>|kitty(0.36.4)\x07",
    b"\x1bP1+r544e=787465726d\x1b\\",
    b"\x1bP0+r544e\x1b\\",
    b"\x1bP1$r0 q\x1b\\",
    b"\x1bP1$r0;1;38:2::1:2:3m\x1b\\",
    b"\x1bP0$r\x1b\\",
    b"\x1bP!|7E565445\x1b\\",
    b"\x1bP1$u1;1;1;@;@;@;0;2;@;BB%%\x1b\\",
    b"\x1bP2$u9/17/25\x1b\\",
    b"\x1bP1!~0000\x1b\\",
    // A picture; a message; a string.
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b_Gi=31;ENOENT:no such\x1b\\",
    b"\x1b_Gi=31;OK\x07",
    b"\x1b^quit\x1b\\",
    b"\x1b^quit\x07",
    b"\x1bXyes\x1b\\",
    b"\x1bXyes\x07",
    b"\x1b]\x1b\\",
    // What it is.
    b"\x1b[?1;2c",
    b"\x1b[?62;22c",
    b"\x1b[?64;1;2;6;9;15;18;21;22c",
    b"\x1b[>0;276;0c",
    b"\x1b[>1;10;0c",
    b"\x1b[=0;1c",
    // How it is; where the cursor is; the printer, the keys, the keyboard, the locator, the colours.
    b"\x1b[0n",
    b"\x1b[3n",
    b"\x1b[12;40R",
    b"\x1b[?12;40;1R",
    b"\x1b[?13n",
    b"\x1b[?20n",
    b"\x1b[?27;1;0;0n",
    b"\x1b[?50n",
    b"\x1b[?997;1n",
    b"\x1b[0*{",
    b"\x1b[3;1;1;112;112;1;0x",
    // The window; graphics.
    b"\x1b[1t",
    b"\x1b[3;0;0t",
    b"\x1b[4;600;800t",
    b"\x1b[6;18;9t",
    b"\x1b[8;24;80t",
    b"\x1b[48;24;80;600;800t",
    b"\x1b[?1;0;256S",
    // Modes; the keyboard; another window.
    b"\x1b[?2026;2$y",
    b"\x1b[4;2$y",
    b"\x1b[?0u",
    b"\x1b[?31u",
    b"\x1b[>4;2m",
    b"\x1b[I",
    b"\x1b[O",
    // Keys let go, held, or alone without a meaning.
    b"\x1b[97;1:3u",
    b"\x1b[97:65;2:3u",
    b"\x1b[1;1:3A",
    b"\x1b[3;1:3~",
    b"\x1b[57441;2u",
    b"\x1b[57441;1:3u",
    // A mouse: the old way, also where a line is longer than it can say, in a byte or as a letter of two.
    b"\x1b[M !!",
    b"\x1b[M Y!",
    b"\x1b[M q\x1b",
    b"\x1b[M#\xa9\xb1",
    b"\x1b[M \xc3\xa1!",
    b"\x1b[M \xc3\xa1\xc3\xa2",
    b"\x1b[M\xc2\xa0\xc3\xa1!",
    // In three dialects since.
    b"\x1b[32;57;1M",
    b"\x1b[<0;57;1M",
    b"\x1b[<35;57;1m",
    b"\x1b[1;2;3;4&w",
];

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
    for answer in ANSWERS {
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
