//! What a terminal sends for its keys: bytes in, keys out.
//!
//! Not left to crossterm: its reader loops inside itself for ever once the terminal has gone, and
//! waits inside a half-arrived sequence, so that no deadline can be kept beside it.

use std::time::Duration;

use super::held::Kind;
use crate::base::key::Key;

/// One thing that the terminal reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// Something happened to a key.
    Key(Key, Kind),
    Suspend,
    /// Another window has the keyboard now.
    FocusLost,
}

const ESC: u8 = 0x1b;
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// How long the rest of a sequence may take. Escape alone looks like the beginning of one, and so
/// waits as long: too short to hear, long enough for a sequence cut in two on its way.
const REST_OF_SEQUENCE: Duration = Duration::from_millis(20);
/// How long a paste may pause before it counts as over, its end lost.
const REST_OF_PASTE: Duration = Duration::from_millis(500);

/// Bits of a modifier field that make a key another key: all but shift, caps lock and num lock.
const MODIFIED: u32 = 0b0011_1110;
const CTRL: u32 = 0b0000_0100;

/// Cuts bytes into reports.
#[derive(Debug, Default)]
pub(super) struct Parser {
    bytes: Vec<u8>,
    pasting: bool,
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token {
    length: usize,
    /// `None` if it says nothing of interest.
    report: Option<Report>,
    begins_paste: bool,
}

impl Token {
    const fn new(length: usize, report: Option<Report>) -> Self {
        Self {
            length,
            report,
            begins_paste: false,
        }
    }

    const fn press(length: usize, key: Key) -> Self {
        Self::new(length, Some(Report::press(key)))
    }

    /// A paste is one slip of the hand, whatever it says.
    const fn paste(length: usize) -> Self {
        Self {
            begins_paste: true,
            ..Self::press(length, Key::Other)
        }
    }
}

impl Report {
    const fn press(key: Key) -> Self {
        Self::Key(key, Kind::Press)
    }
}

impl Parser {
    /// Takes in bytes and gives what they report.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Report> {
        self.bytes.extend_from_slice(bytes);
        let mut reports = Vec::new();
        while let Some(token) = self.next() {
            self.bytes.drain(..token.length);
            self.pasting = token.begins_paste;
            reports.extend(token.report);
        }
        reports
    }

    /// How long to wait for more before [`settle`](Self::settle), if anything is unfinished.
    pub(super) fn patience(&self) -> Option<Duration> {
        match (self.pasting, self.bytes.is_empty()) {
            (true, _) => Some(REST_OF_PASTE),
            (false, false) => Some(REST_OF_SEQUENCE),
            (false, true) => None,
        }
    }

    /// Nothing more came: what is unfinished stands for itself.
    pub(super) fn settle(&mut self) -> Option<Report> {
        let bytes = std::mem::take(&mut self.bytes);
        if std::mem::take(&mut self.pasting) || bytes.is_empty() {
            return None;
        }
        let escape = bytes.iter().all(|byte| *byte == ESC);
        Some(Report::press(if escape { Key::Escape } else { Key::Other }))
    }

    /// What stands first; `None` if nothing whole does.
    fn next(&mut self) -> Option<Token> {
        if self.pasting {
            self.skip_paste();
        }
        if self.pasting {
            None
        } else {
            token(&self.bytes)
        }
    }

    /// Drops pasted bytes up to the end of the paste, or all but what might be its beginning.
    fn skip_paste(&mut self) {
        let mut parts = self.bytes.windows(PASTE_ENDS.len());
        let end = parts.position(|part| part == PASTE_ENDS);
        self.pasting = end.is_none();
        let dropped = match end {
            Some(start) => start + PASTE_ENDS.len(),
            None => self.bytes.len().saturating_sub(PASTE_ENDS.len() - 1),
        };
        self.bytes.drain(..dropped);
    }
}

/// What the bytes begin with; `None` if that is not all there yet.
fn token(bytes: &[u8]) -> Option<Token> {
    match bytes {
        [] => None,
        [ESC, rest @ ..] => after_escape(rest),
        [0x80..=0xff, ..] => character(bytes),
        [byte, ..] => Some(Token::new(1, Some(single(*byte)))),
    }
}

/// What an escape byte begins.
fn after_escape(rest: &[u8]) -> Option<Token> {
    match rest {
        [] | [ESC | b'O'] => None,
        [b'[', rest @ ..] => control_sequence(rest),
        // The keypad's Enter, where the keypad is in its own mode.
        [b'O', b'M', ..] => Some(Token::press(3, Key::Enter)),
        [b'O', last, ..] => Some(match final_key(*last) {
            Some(key) => Token::press(3, key),
            None => Token::press(2, Key::Other),
        }),
        // Alt with a key that is itself a sequence, as some terminals send it, or Escape twice.
        [ESC, b'[' | b'O', ..] => Some(Token::press(token(rest)?.length + 1, Key::Other)),
        [ESC, ..] => Some(Token::press(1, Key::Escape)),
        // Alt with a plain key.
        _ => Some(Token::press(token(rest)?.length + 1, Key::Other)),
    }
}

/// What stands behind `ESC [`.
fn control_sequence(rest: &[u8]) -> Option<Token> {
    let end = rest.iter().position(|byte| !matches!(byte, 0x20..=0x3f))?;
    let length = "\x1b[".len() + end + 1;
    Some(match rest[end] {
        // The Linux console's F1 to F5: one letter more.
        b'[' if end == 0 => {
            rest.get(1)?;
            Token::press(length + 1, Key::Other)
        }
        b'~' if rest[..end] == *b"200" => Token::paste(length),
        // Cut off by something else.
        0x00..=0x3f | 0x7f.. => Token::press(length - 1, Key::Other),
        last => Token::new(length, sequence(&rest[..end], last)),
    })
}

/// What a whole control sequence says. Answers to questions that nobody asked here say nothing.
fn sequence(parameters: &[u8], last: u8) -> Option<Report> {
    if matches!(parameters, [b'<'..=b'?', ..])
        || matches!(last, b'R' | b'I' | b'c' | b'n' | b'y' | b't')
    {
        return None;
    }
    if last == b'O' {
        return Some(Report::FocusLost);
    }
    let mut fields = std::str::from_utf8(parameters).ok()?.split(';');
    let codes = fields.next().unwrap_or_default();
    let mut state = fields.next().unwrap_or_default().split(':');
    let modifiers = number(state.next()).unwrap_or(1).saturating_sub(1);
    let kind = match number(state.next()) {
        Some(2) => Kind::Repeat,
        Some(3) => Kind::Release,
        _ => Kind::Press,
    };
    if modifiers & MODIFIED != 0 {
        return modified(codes, modifiers, kind);
    }
    // Shift matters for none of these but Tab, which it turns into another key.
    let key = match last {
        b'u' if codes == "9" && modifiers & 1 != 0 => Key::Other,
        b'u' => coded_key(number(codes.split(':').next())?)?,
        last => final_key(last)?,
    };
    Some(Report::Key(key, kind))
}

/// A key with Ctrl, Alt or the like.
fn modified(codes: &str, modifiers: u32, kind: Kind) -> Option<Report> {
    // The key's place on a Latin keyboard, where the terminal tells: Ctrl-C must work on all.
    let code = number(codes.rsplit(':').next())?;
    let ctrl_only = modifiers & MODIFIED == CTRL;
    match char::from_u32(code).filter(|_| ctrl_only) {
        Some('c') => Some(Report::Key(Key::CtrlC, kind)),
        Some('z') => (kind == Kind::Press).then_some(Report::Suspend),
        _ => Some(Report::Key(Key::Other, kind)),
    }
}

fn number(field: Option<&str>) -> Option<u32> {
    field?.parse().ok()
}

/// A key by the last byte of its sequence.
const fn final_key(last: u8) -> Option<Key> {
    match last {
        b'A' => Some(Key::Up),
        b'B' => Some(Key::Down),
        b'C' => Some(Key::Right),
        b'D' => Some(Key::Left),
        b'@'..=b'~' => Some(Key::Other),
        _ => None,
    }
}

/// A key by its number in the kitty keyboard protocol.
fn coded_key(code: u32) -> Option<Key> {
    match code {
        8 | 127 => Some(Key::Backspace),
        9 => Some(Key::Tab),
        13 | 57_414 => Some(Key::Enter),
        27 => Some(Key::Escape),
        32 => Some(Key::Space),
        57_417 => Some(Key::Left),
        57_418 => Some(Key::Right),
        57_419 => Some(Key::Up),
        57_420 => Some(Key::Down),
        // Locks, and shift and its kin alone: no key that does anything.
        57_358..=57_360 | 57_441..=57_454 => None,
        0xe000..=0xf8ff => Some(Key::Other),
        code => Some(char::from_u32(code).map_or(Key::Other, plain)),
    }
}

/// A character's key: caps lock must not matter.
fn plain(letter: char) -> Key {
    if letter.is_control() {
        return Key::Other;
    }
    Key::Char(letter.to_lowercase().next().unwrap_or(letter))
}

/// A byte that is a key of its own.
fn single(byte: u8) -> Report {
    Report::press(match byte {
        0x03 => Key::CtrlC,
        0x1a => return Report::Suspend,
        b'\r' | b'\n' => Key::Enter,
        b'\t' => Key::Tab,
        0x08 | 0x7f => Key::Backspace,
        b' ' => Key::Space,
        byte => plain(char::from(byte)),
    })
}

/// A character of more than one byte.
fn character(bytes: &[u8]) -> Option<Token> {
    let four = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(four) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() == 0 => {
            error.error_len()?;
            return Some(Token::press(1, Key::Other));
        }
        Err(error) => std::str::from_utf8(&four[..error.valid_up_to()]).ok()?,
    };
    let letter = valid.chars().next()?;
    Some(Token::press(letter.len_utf8(), plain(letter)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the bytes report, with what is left settled.
    fn reports(bytes: &[u8]) -> Vec<Report> {
        let mut parser = Parser::default();
        let mut reports = parser.feed(bytes);
        reports.extend(parser.settle());
        assert_eq!(parser.patience(), None);
        reports
    }

    #[track_caller]
    fn check(bytes: &str, keys: &[Key]) {
        let expected: Vec<Report> = keys.iter().map(|key| Report::press(*key)).collect();
        assert_eq!(reports(bytes.as_bytes()), expected, "{bytes:?}");
    }

    #[test]
    fn plain_keys() {
        check(" ", &[Key::Space]);
        check("\x1b", &[Key::Escape]);
        check("\r", &[Key::Enter]);
        check("\n", &[Key::Enter]);
        check("\t", &[Key::Tab]);
        check("\x7f", &[Key::Backspace]);
        check("\x08", &[Key::Backspace]);
        check("\x03", &[Key::CtrlC]);
        check("qQ?[]", &['q', 'q', '?', '[', ']'].map(Key::Char));
        check("ÄÉ字🙂", &['ä', 'é', '字', '🙂'].map(Key::Char));
        check("\x01\0\x1c", &[Key::Other; 3]);
        assert_eq!(reports(b"\x1a"), [Report::Suspend]);
        assert_eq!(
            reports(b"\xff\xe2\x28"),
            [Key::Other, Key::Other, Key::Char('(')].map(Report::press)
        );
    }

    #[test]
    fn sequences() {
        check(
            "\x1b[A\x1b[B\x1b[C\x1b[D",
            &[Key::Up, Key::Down, Key::Right, Key::Left],
        );
        check(
            "\x1bOA\x1bOB\x1bOC\x1bOD\x1bOM",
            &[Key::Up, Key::Down, Key::Right, Key::Left, Key::Enter],
        );
        // Shift and the locks do not matter; Ctrl and Alt do.
        check("\x1b[1;2A\x1b[1;129A", &[Key::Up; 2]);
        check("\x1b[1;5A\x1b[1;3D", &[Key::Other; 2]);
        // F1 in three dialects, F5, Home, Delete, Shift-Tab.
        for key in [
            "\x1bOP", "\x1b[[A", "\x1b[11~", "\x1b[15~", "\x1b[H", "\x1b[3~", "\x1b[Z",
        ] {
            check(key, &[Key::Other]);
        }
        // Alt with a letter, with Escape, with an arrow; Alt-[ and Alt-O alone.
        check("\x1bq", &[Key::Other]);
        check("\x1bä", &[Key::Other]);
        check("\x1b\x1b[A", &[Key::Other]);
        check("\x1b[", &[Key::Other]);
        check("\x1bO", &[Key::Other]);
        check("\x1b ", &[Key::Other]);
    }

    #[test]
    fn escape_twice_in_one_gulp_is_a_bounce_and_before_a_letter_is_alt() {
        check("\x1b\x1b", &[Key::Escape]);
        check("\x1b\x1bq", &[Key::Escape, Key::Other]);
    }

    #[test]
    fn the_kitty_protocol() {
        check("\x1b[27u\x1b[27;129u", &[Key::Escape; 2]);
        check(
            "\x1b[13u\x1b[57414u\x1b[9u\x1b[127u\x1b[32u",
            &[Key::Enter, Key::Enter, Key::Tab, Key::Backspace, Key::Space],
        );
        check("\x1b[9;2u", &[Key::Other]);
        check(
            "\x1b[57417u\x1b[57418u\x1b[57419u\x1b[57420u",
            &[Key::Left, Key::Right, Key::Up, Key::Down],
        );
        check("\x1b[99;5u\x1b[1089::99;5u\x1b[99;69u", &[Key::CtrlC; 3]);
        check(
            "\x1b[97;5u\x1b[99;7u\x1b[113;3u\x1b[57376u",
            &[Key::Other; 4],
        );
        check("\x1b[57441;2u\x1b[57358u", &[]);
        assert_eq!(reports(b"\x1b[122;5u\x1b[122;5:3u"), [Report::Suspend]);
        assert_eq!(
            reports(b"\x1b[27;1:1u\x1b[27;1:2u\x1b[27;1:3u\x1b[1;1:3A"),
            [
                Report::press(Key::Escape),
                Report::Key(Key::Escape, Kind::Repeat),
                Report::Key(Key::Escape, Kind::Release),
                Report::Key(Key::Up, Kind::Release),
            ]
        );
    }

    #[test]
    fn answers_nobody_asked_for_are_no_keys() {
        check(
            "\x1b[?0u\x1b[?62;22c\x1b[>1;10;0c\x1b[12;40R\x1b[0n\x1b[?2026;2$y\x1b[I",
            &[],
        );
        assert_eq!(reports(b"\x1b[O"), [Report::FocusLost]);
    }

    #[test]
    fn a_paste_is_one_slip() {
        check(
            "\x1b[200~quit\x1b\x1b q\x1b[201~ ",
            &[Key::Other, Key::Space],
        );
        let mut parser = Parser::default();
        assert_eq!(parser.feed(b"\x1b[200~q\x1b[20").len(), 1);
        assert_eq!(parser.patience(), Some(REST_OF_PASTE));
        assert_eq!(parser.feed(b"1~q"), [Report::press(Key::Char('q'))]);
        // Its end lost: the keyboard comes back.
        parser.feed(b"\x1b[200~q");
        assert_eq!(parser.settle(), None);
        assert_eq!(parser.feed(b"q"), [Report::press(Key::Char('q'))]);
    }

    #[test]
    fn a_sequence_may_come_in_pieces() {
        let mut parser = Parser::default();
        for piece in [&b"\x1b"[..], b"[", b"1;", b"1:2"] {
            assert_eq!(parser.feed(piece), []);
            assert_eq!(parser.patience(), Some(REST_OF_SEQUENCE));
        }
        assert_eq!(parser.feed(b"B"), [Report::Key(Key::Down, Kind::Repeat)]);
    }

    proptest! {
        #[test]
        fn no_bytes_hang_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            reports(&bytes);
        }

        #[test]
        fn pieces_say_what_the_whole_says(
            keys in prop::collection::vec(
                prop::sample::select(vec![" ", "q", "\x1b[A", "\x1b[27;1:3u", "ä", "\x1bOP", "\x1b[200~x y\x1b[201~"]), 1..12),
            cut in 1_usize..5,
        ) {
            let bytes = keys.concat();
            let mut parser = Parser::default();
            let pieces: Vec<Report> = bytes.as_bytes().chunks(cut).flat_map(|piece| parser.feed(piece)).collect();
            prop_assert_eq!(pieces, reports(bytes.as_bytes()));
        }
    }
}
