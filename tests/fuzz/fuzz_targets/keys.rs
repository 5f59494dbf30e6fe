//! Her keys among all that a terminal may say by itself, in whatever pieces it comes: only her keys act, in their
//! order, and none is lost.

#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Part {
    what: What,
    /// Milliseconds after the part before it; with none, both come in one read. A finger takes its time.
    after: u8,
    /// Where it is cut in two on its way, and for how many milliseconds.
    cut: u8,
    pause: u8,
}

#[derive(Arbitrary, Debug)]
enum What {
    Finger(u8),
    /// An answer with parameters, a mark before them or an intermediate byte behind them.
    Marked(u8, Vec<u8>, u8),
    /// An answer by its last byte.
    Known(u8, Vec<u8>),
    /// A string, from its kind to its end.
    Text(u8, Vec<u8>, bool),
    /// The old mouse: a button and a place, in a byte each or as letters.
    Mouse([u8; 3]),
    Letters([u16; 3]),
    /// A key that is let go.
    Release(u8),
    Focus(bool),
    Paste(Vec<u8>),
    /// A string or a paste that never ends: what comes long after it is none of it.
    Unended(u8, Vec<u8>),
}

/// What a finger sends, and what it is told as.
const FINGERS: [(&[u8], &str); 14] = [
    (b" ", "Space"),
    (b"\x1b", "Escape"),
    (b"\r", "Enter"),
    (b"\t", "Tab"),
    (b"\x7f", "Backspace"),
    (b"\x1b[A", "Up"),
    (b"\x1bOB", "Down"),
    (b"\x1b[1;2C", "Right"),
    (b"\x1b[D", "Left"),
    (b"y", "Char('y')"),
    (b"q", "Char('q')"),
    ("ä".as_bytes(), "Char('ä')"),
    ("字".as_bytes(), "Char('字')"),
    (b"\x03", "CtrlC"),
];

const SLIP: &str = "Other";

/// Two fingers press no sooner after each other, and the same one twice not sooner than this.
const FINGER: u64 = 120;
const SAME_FINGER: u64 = 230;

/// By then what never ends is over.
const OVER: u64 = 510;

impl What {
    /// What is sent, and what it is told as, if a finger or a slip is behind it.
    fn bytes(&self) -> (Vec<u8>, Option<&'static str>) {
        match self {
            Self::Finger(number) => {
                let (bytes, told) = FINGERS[usize::from(*number) % FINGERS.len()];
                (bytes.to_vec(), Some(told))
            }
            Self::Paste(text) => {
                let mut bytes = b"\x1b[200~".to_vec();
                bytes.extend(without_the_end_of_a_paste(text));
                bytes.extend(b"\x1b[201~");
                (bytes, Some(SLIP))
            }
            Self::Unended(kind, text) => {
                let begin = [&b"\x1b[200~"[..], b"\x1bPy", b"\x1b]y", b"\x1bXy", b"\x1b^y", b"\x1b_y"];
                let kind = usize::from(kind % 6);
                let mut bytes = begin[kind].to_vec();
                bytes.extend(text.iter().filter(|byte| !byte.is_ascii_control()));
                (bytes, (kind == 0).then_some(SLIP))
            }
            report => (report.report(), None),
        }
    }

    fn report(&self) -> Vec<u8> {
        match self {
            Self::Marked(kind, numbers, last) => {
                let mut bytes = b"\x1b[".to_vec();
                let (mark, numbers) = (kind % 4, parameters(numbers));
                bytes.extend(b"<=>?".get(usize::from(mark)).filter(|_| kind & 8 == 0));
                bytes.extend(numbers);
                if kind & 8 != 0 {
                    bytes.push(b' ' + kind / 16);
                }
                bytes.push(b'@' + last % 63);
                bytes
            }
            Self::Known(last, numbers) => {
                let mut bytes = b"\x1b[1;".to_vec();
                bytes.extend(parameters(numbers));
                bytes.push(b"MRcntxy"[usize::from(last % 7)]);
                bytes
            }
            Self::Text(kind, text, bell) => {
                let mut bytes = vec![0x1b, b"P]X^_"[usize::from(kind % 5)]];
                let letter = |byte: &u8| !byte.is_ascii_control();
                bytes.extend(text.iter().filter(|byte| letter(byte)));
                bytes.extend(if *bell { &b"\x07"[..] } else { b"\x1b\\" });
                bytes
            }
            Self::Mouse(numbers) => {
                let mut bytes = b"\x1b[M".to_vec();
                // What could be half a letter is sent as one: see `Letters`.
                bytes.extend(numbers.map(|number| b' ' + number % 0x60));
                bytes
            }
            Self::Letters(numbers) => {
                let letters = numbers.map(|number| char::from_u32(32 + u32::from(number % 2015)));
                let letters: String = letters.into_iter().flatten().collect();
                [b"\x1b[M", letters.as_bytes()].concat()
            }
            Self::Release(key) => format!("\x1b[{};1:3u", 97 + key % 26).into_bytes(),
            Self::Focus(here) => format!("\x1b[{}", if *here { 'I' } else { 'O' }).into_bytes(),
            Self::Finger(_) | Self::Paste(_) | Self::Unended(..) => Vec::new(),
        }
    }
}

/// No answer of a terminal has longer ones.
fn parameters(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.iter().take(100).map(|byte| b'0' + byte % 12)
}

/// A terminal takes it out of what is pasted.
fn without_the_end_of_a_paste(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().copied().filter(|byte| *byte != 0x1b)
}

fuzz_target!(|parts: Vec<Part>| {
    let mut reads: Vec<(u64, Vec<u8>)> = vec![(0, Vec::new())];
    let mut expected = Vec::new();
    let (mut at, mut pressed) = (0, None);
    for Part {
        what,
        after,
        cut,
        pause,
    } in &parts
    {
        let (bytes, told) = what.bytes();
        at += u64::from(*after % 80);
        if let Some(told) = told {
            if let Some((before, last)) = pressed {
                let gap = if last == told { SAME_FINGER } else { FINGER };
                at = at.max(before + gap);
            }
            expected.push(format!("Key({told})"));
        }
        let (first, second) = bytes.split_at(usize::from(*cut) % (bytes.len() + 1));
        for (wait, piece) in [(0, first), (u64::from(*pause % 51), second)] {
            at += wait;
            match reads.last_mut() {
                Some((last, read)) if *last == at || piece.is_empty() => read.extend(piece),
                _ => reads.push((at, piece.to_vec())),
            }
        }
        pressed = told.map(|told| (at, told)).or(pressed);
        if matches!(what, What::Unended(..)) {
            at += OVER;
        }
    }
    let slices: Vec<_> = reads.iter().map(|(at, read)| (*at, &**read)).collect();
    let told = softback::parts::acts(&slices);
    let acts = told.into_iter().filter(|told| told.starts_with("Key"));
    assert_eq!(acts.collect::<Vec<_>>(), expected, "{reads:?}");
});
