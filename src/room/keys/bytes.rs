//! What a terminal sends for its keys: bytes in, keys out.
//!
//! `vte` reads characters, control sequences and pastes; what is a key is decided here. vte reads what
//! programs send to a terminal, so what only a keyboard sends is told apart before it: Escape alone,
//! Alt, and the keypad. So are strings, for vte does not say where one begins and ends.
//!
//! Not left to crossterm: its reader loops inside itself for ever once the terminal has gone, and
//! waits inside a half-arrived sequence, so that no deadline can be kept beside it.

use std::time::Duration;

use vte::{Params, Perform};

use super::held::Kind;
use crate::base::Key;

/// One thing that the terminal reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// Something happened to a key.
    Key(Key, Kind),
    Suspend,
    /// Another window has the keyboard now.
    FocusLost,
}

const fn press(key: Key) -> Report {
    Report::Key(key, Kind::Press)
}

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CTRL_C: u8 = 0x03;

/// How long the rest of a sequence may take. Escape alone looks like the beginning of one, and so waits as
/// long, in silence: for a sequence that is cut in two on its way must not stop the session.
const REST_OF_SEQUENCE: Duration = Duration::from_millis(100);
/// How long a paste, or an answer, may stand still before it counts as over, its end lost.
const REST_OF_PASTE: Duration = Duration::from_millis(500);

/// No sequence that a keyboard sends is longer, nor any answer that is one: an endless one must not take her keys.
const LONGEST_SEQUENCE: u16 = 128;

/// A paste of more bytes may have lost its end: what ends the session is hers from then on. Terminals take both out of
/// what is pasted.
const LONG_PASTE: u16 = 4096;

/// Bits of a modifier field that make a key another key: all but shift, caps lock and num lock.
const MODIFIED: u16 = 0b0011_1110;
const CTRL: u16 = 0b0000_0100;

/// What the bytes so far have begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Nothing,
    Escape,
    /// Escape twice, or Alt with a key that is itself a sequence.
    EscapeTwice,
    /// `ESC O`.
    Keypad,
    /// A character of more than one byte.
    Character,
    /// `ESC [`.
    Sequence,
    /// A string, which no key sends: an answer of the terminal. Until its first byte it may be Alt with a key.
    Answer {
        begun: bool,
    },
    /// An answer, and the first half of its end.
    AnswerEscape,
    /// So many bytes that belong to the sequence before them. Some terminals send a large number as a letter of two
    /// bytes: the last byte may have been the first half of one.
    Tail {
        left: u8,
        half: bool,
    },
    Paste,
}

/// Cuts bytes into reports.
#[derive(Default)]
pub(super) struct Parser {
    vte: vte::Parser,
    reading: Reading,
}

/// What has been read.
#[derive(Default)]
struct Reading {
    stage: Stage,
    /// Alt is held with what comes.
    alt: bool,
    /// How much of a sequence, or of a paste, there is.
    length: u16,
    reports: Vec<Report>,
}

impl Parser {
    /// Takes in bytes and gives what they report.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Report> {
        for byte in bytes {
            self.take(*byte);
        }
        std::mem::take(&mut self.reading.reports)
    }

    /// How long to wait for more before [`settle`](Self::settle), if anything is unfinished.
    pub(super) const fn patience(&self) -> Option<Duration> {
        match self.reading.stage {
            Stage::Nothing => None,
            _ if self.is_open() => Some(REST_OF_PASTE),
            _ => Some(REST_OF_SEQUENCE),
        }
    }

    /// Whether what comes next belongs to a paste or to an answer, until its end has come.
    pub(super) const fn is_open(&self) -> bool {
        matches!(
            self.reading.stage,
            Stage::Answer { begun: true } | Stage::AnswerEscape | Stage::Tail { .. } | Stage::Paste
        )
    }

    /// Whether it is still to be seen if this is Escape, or the beginning of something else.
    pub(super) const fn may_be_escape(&self) -> bool {
        matches!(self.reading.stage, Stage::Escape | Stage::EscapeTwice)
    }

    /// Nothing more came: what is unfinished stands for itself.
    pub(super) fn settle(&mut self) -> Option<Report> {
        self.vte = vte::Parser::new();
        self.reading.alt = false;
        match std::mem::take(&mut self.reading.stage) {
            Stage::Nothing | Stage::Answer { begun: true } | Stage::Tail { .. } | Stage::Paste => {
                None
            }
            Stage::Escape | Stage::EscapeTwice | Stage::AnswerEscape => Some(press(Key::Escape)),
            _ => Some(press(Key::Other)),
        }
    }

    fn take(&mut self, byte: u8) {
        let reading = &mut self.reading;
        if let Some(stage) = reading.stage.next(byte) {
            reading.stage = stage;
            return;
        }
        match (reading.stage, byte) {
            (Stage::Character, 0x80..=0xbf) => self.vte.advance(reading, &[byte]),
            (Stage::Paste, _) if !reading.ends_paste(byte) => {
                reading.length = reading.length.saturating_add(1);
                self.vte.advance(reading, &[byte]);
            }
            (Stage::Sequence, 0x20..=0x7e) if reading.length < LONGEST_SEQUENCE => {
                reading.length += 1;
                self.vte.advance(reading, &[byte]);
            }
            (Stage::Nothing, _) => {
                reading.stage = Stage::Character;
                self.vte.advance(reading, &[byte]);
            }
            (Stage::Escape, b'[') => {
                reading.stage = Stage::Sequence;
                reading.length = 0;
                self.vte.advance(reading, b"\x1b[");
            }
            (Stage::Escape, _) => {
                reading.alt = true;
                self.take_in(Stage::Nothing, byte);
            }
            (Stage::EscapeTwice, b'[' | b'O') => {
                reading.alt = true;
                self.take_in(Stage::Escape, byte);
            }
            (Stage::EscapeTwice, _) => {
                reading.tell(Some(press(Key::Escape)));
                self.take_in(Stage::Escape, byte);
            }
            (Stage::AnswerEscape, _) => self.take_in(Stage::Escape, byte),
            (Stage::Keypad, b'@'..=b'~') => reading.tell(Some(press(keypad(byte)))),
            // It is cut off by something else.
            _ => {
                let cut_off = self.settle();
                self.reading.reports.extend(cut_off);
                self.take(byte);
            }
        }
    }

    fn take_in(&mut self, stage: Stage, byte: u8) {
        self.reading.stage = stage;
        self.take(byte);
    }
}

impl Stage {
    /// Where a byte leads that is only passed over.
    const fn next(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Nothing, ESC) => Self::Escape,
            (Self::Escape, ESC) => Self::EscapeTwice,
            (Self::Escape, b'O') => Self::Keypad,
            (Self::Escape, b'P' | b'X' | b']'..=b'_') => Self::Answer { begun: false },
            (Self::Answer { .. }, ESC) => Self::AnswerEscape,
            (Self::Answer { .. }, 0x08..=0x0d | 0x20..=0x7e | 0x80..) => {
                Self::Answer { begun: true }
            }
            (Self::Answer { .. }, BEL) | (Self::AnswerEscape, b'\\') => Self::Nothing,
            (Self::Tail { left, half: true }, 0x80..=0xbf) => Self::tail(left, false),
            (Self::Tail { left, .. }, _) if left > 0 => {
                Self::tail(left - 1, matches!(byte, 0xc2..=0xdf))
            }
            _ => return None,
        })
    }

    const fn tail(left: u8, half: bool) -> Self {
        if left == 0 && !half {
            Self::Nothing
        } else {
            Self::Tail { left, half }
        }
    }
}

impl Reading {
    const fn ends_paste(&self, byte: u8) -> bool {
        self.length >= LONG_PASTE && matches!(byte, ESC | CTRL_C)
    }

    /// Nothing in a paste is a key, and with Alt every key is another.
    fn tell(&mut self, report: Option<Report>) {
        if self.stage != Stage::Paste {
            self.stage = Stage::Nothing;
            let other = std::mem::take(&mut self.alt).then_some(press(Key::Other));
            self.reports.extend(other.or(report));
        }
    }
}

impl Perform for Reading {
    fn print(&mut self, letter: char) {
        self.tell(Some(match letter {
            '\x1a' => Report::Suspend,
            letter => press(character(letter)),
        }));
    }

    fn execute(&mut self, byte: u8) {
        self.print(char::from(byte));
    }

    fn csi_dispatch(&mut self, fields: &Params, marks: &[u8], _: bool, last: char) {
        let code = fields.iter().flatten().next().copied();
        let code = code.filter(|_| marks.is_empty() && fields.len() == 1);
        let report = sequence(fields, marks, last);
        let pasted = last == '~' && matches!(code, Some(200 | 201));
        // No terminal says Alt with anything but a press: then Escape was hers, and this came close behind it.
        if pasted || !matches!(report, Some(Report::Key(_, Kind::Press))) {
            let escape = std::mem::take(&mut self.alt).then_some(press(Key::Escape));
            self.reports.extend(escape);
        }
        self.tell(report);
        self.stage = match (last, code) {
            ('~', Some(201)) => Stage::Nothing,
            _ if self.stage == Stage::Paste => Stage::Paste,
            ('~', Some(200)) => {
                self.length = 0;
                Stage::Paste
            }
            // An old mouse report: the button and the place.
            ('M', Some(0)) => Stage::tail(3, false),
            // The Linux console's F1 to F5.
            ('[', Some(0)) => Stage::tail(1, false),
            _ => Stage::Nothing,
        };
    }
}

/// What came in one read: several keys at once are no fingers but a slip, such as text that was pasted, and together
/// one key that means nothing. Only a key that is held comes in a heap, and what she ends it with always counts.
pub(super) fn one_slip(mut reports: Vec<Report>) -> Vec<Report> {
    let pressed = |report: &Report| match report {
        Report::Key(Key::Escape | Key::CtrlC, _) => None,
        Report::Key(key, Kind::Press) => Some(*key),
        _ => None,
    };
    let mut keys = reports.iter().filter_map(pressed);
    let first = keys.next();
    if keys.any(|key| Some(key) != first) {
        let first = reports.iter().position(|report| pressed(report).is_some());
        reports.retain(|report| pressed(report).is_none());
        reports.insert(first.unwrap_or_default(), press(Key::Other));
    }
    // What is no key says nothing more when it is said again.
    reports.dedup_by(|again, before| again == before && !matches!(again, Report::Key(..)));
    reports
}

/// What a whole control sequence says. A mouse, and answers to questions that nobody asked here, say nothing.
fn sequence(fields: &Params, marks: &[u8], last: char) -> Option<Report> {
    if !marks.is_empty() || "MIRcntwxy".contains(last) {
        return None;
    }
    if last == 'O' {
        return Some(Report::FocusLost);
    }
    let mut fields = fields.iter();
    let codes = fields.next().unwrap_or_default();
    let state = fields.next().unwrap_or_default();
    let modifiers = state.first().map_or(0, |state| state.saturating_sub(1));
    let kind = match state.get(1) {
        Some(2) => Kind::Repeat,
        Some(3) => Kind::Release,
        _ => Kind::Press,
    };
    if modifiers & MODIFIED != 0 {
        return modified(*codes.last()?, modifiers, kind);
    }
    // Shift matters for none of these but Tab, which it turns into another key.
    let key = match (last, *codes.first()?) {
        ('~', 201) => return None,
        ('u', 9) if modifiers & 1 != 0 => Key::Other,
        ('u', code) => coded_key(code)?,
        _ => keypad(last as u8),
    };
    Some(Report::Key(key, kind))
}

/// A key with Ctrl, Alt or the like. `code` is its place on a Latin keyboard, where the terminal tells:
/// Ctrl-C must work on all.
fn modified(code: u16, modifiers: u16, kind: Kind) -> Option<Report> {
    let ctrl_only = modifiers & MODIFIED == CTRL;
    match char::from_u32(code.into()).filter(|_| ctrl_only) {
        Some('c') => Some(Report::Key(Key::CtrlC, kind)),
        Some('z') => (kind == Kind::Press).then_some(Report::Suspend),
        _ => Some(Report::Key(Key::Other, kind)),
    }
}

/// A key by the last byte of its sequence.
const fn keypad(last: u8) -> Key {
    match last {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'M' => Key::Enter,
        _ => Key::Other,
    }
}

/// A key by its number in the kitty keyboard protocol.
fn coded_key(code: u16) -> Option<Key> {
    match code {
        27 => Some(Key::Escape),
        57_414 => Some(Key::Enter),
        57_417 => Some(Key::Left),
        57_418 => Some(Key::Right),
        57_419 => Some(Key::Up),
        57_420 => Some(Key::Down),
        // Locks, and shift and its kin alone: no key that does anything.
        0 | 57_358..=57_360 | 57_441..=57_454 => None,
        0xe000..=0xf8ff => Some(Key::Other),
        // vte counts to 65,535: all letters beyond are that one, which means nothing here either.
        code => Some(char::from_u32(code.into()).map_or(Key::Other, character)),
    }
}

/// A character's key: caps lock must not matter.
fn character(letter: char) -> Key {
    match letter {
        '\x03' => Key::CtrlC,
        '\r' | '\n' => Key::Enter,
        '\t' => Key::Tab,
        '\x08' | '\x7f' => Key::Backspace,
        ' ' => Key::Space,
        // What vte makes of broken bytes.
        char::REPLACEMENT_CHARACTER => Key::Other,
        letter if letter.is_control() => Key::Other,
        letter => Key::Char(letter.to_lowercase().next().unwrap_or(letter)),
    }
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
        let expected: Vec<Report> = keys.iter().map(|key| press(*key)).collect();
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
            [Key::Other, Key::Other, Key::Char('(')].map(press)
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
                press(Key::Escape),
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
        // It looks like the beginning of a paste, and is none.
        check("\x1b[?200~ \x1b[200!~ ", &[Key::Space; 2]);
    }

    #[test]
    fn an_answer_whose_end_is_lost_gives_the_keyboard_back() {
        let mut parser = Parser::default();
        assert_eq!(parser.feed(b"\x1b]11;rgb:ye"), []);
        assert_eq!(parser.patience(), Some(REST_OF_PASTE));
        assert_eq!(parser.settle(), None);
        check("\x1b]11;ye\x1b[A", &[Key::Up]);
        check("\x1b]11;ye\x1b", &[Key::Escape]);
        check("\x1b]11;ye\x03", &[Key::CtrlC]);
        check("\x1b[1;\r", &[Key::Other, Key::Enter]);
        check("\x1bO\x1b[A", &[Key::Other, Key::Up]);
        // Alt with the letter that begins one.
        for alt in ["\x1b]", "\x1bP", "\x1bX", "\x1b^", "\x1b_"] {
            check(alt, &[Key::Other]);
        }
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
        assert_eq!(parser.feed(b"1~q"), [press(Key::Char('q'))]);
        check("\x1b[200~\x1b]0;\x1bPyes\u{e9}\x1b[201~", &[Key::Other]);
        check("\x1b[201~", &[]);
        // Its end lost: the keyboard comes back.
        parser.feed(b"\x1b[200~q");
        assert_eq!(parser.settle(), None);
        assert_eq!(parser.feed(b"q"), [press(Key::Char('q'))]);
    }

    #[test]
    fn what_ends_it_is_hers_in_a_long_paste_and_answers_nothing_in_its_end() {
        let long = format!("\x1b[200~{}", "yes\n".repeat(1 << 10));
        for (end, keys) in [
            ("\x03", &[Key::CtrlC][..]),
            ("\x1b", &[Key::Escape]),
            ("\x1b[201~", &[]),
            ("\x1b[201~ ", &[Key::Space]),
            ("y\x1b[201~", &[]),
        ] {
            check(&format!("{long}{end}"), &[&[Key::Other], keys].concat());
        }
    }

    #[test]
    fn several_letters_in_one_read_answer_nothing() {
        let read = |bytes: &str| one_slip(reports(bytes.as_bytes()));
        let slip = press(Key::Other);
        for pasted in ["many thanks", "yes", "y\r", "\t\ty", "no\ryes\r"] {
            assert_eq!(read(pasted), [slip], "{pasted:?}");
        }
        // A key that is held down comes in a heap over a slow line, and is one.
        assert_eq!(read("   "), [press(Key::Space); 3]);
        // Each alone counts, and so do keys that are sequences, or end it.
        for (alone, key) in [("y", Key::Char('y')), ("\r", Key::Enter), (" ", Key::Space)] {
            assert_eq!(read(alone), [press(key)]);
        }
        assert_eq!(read("\x1b[A\x1b[A"), [press(Key::Up); 2]);
        for (end, key) in [("\x1b", Key::Escape), ("\x03", Key::CtrlC)] {
            assert_eq!(read(&format!("yes{end}")), [slip, press(key)]);
            assert_eq!(read(&format!("\x1b[A\x1b[B{end}")), [slip, press(key)]);
        }
        assert_eq!(read("\x1b[O\x1b[I\x1b[O"), [Report::FocusLost]);
        assert_eq!(read("\x1a\x1a"), [Report::Suspend]);
    }

    #[test]
    fn a_sequence_without_an_end_is_no_sequence() {
        let mut parser = Parser::default();
        assert_eq!(
            parser.feed(format!("\x1b[{}", "1;".repeat(64)).as_bytes()),
            []
        );
        assert_eq!(
            parser.feed(b"  "),
            [Key::Other, Key::Space, Key::Space].map(press)
        );
        let unfinished = "\x1b[".repeat(1000);
        assert_eq!(one_slip(parser.feed(unfinished.as_bytes())).len(), 999);
        check(
            &format!("{unfinished}A"),
            &[[Key::Other; 999].as_slice(), &[Key::Up]].concat(),
        );
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
                prop::sample::select(vec![" ", "q", "\x1b[A", "\x1b[27;1:3u", "ä", "\x1bOP", "\x1b[200~x y\x1b[201~", "\x1b]11;y\x07", "\x1bP>|y\x1b\\", "\x1b[M yy"]), 1..12),
            cut in 1_usize..5,
        ) {
            let bytes = keys.concat();
            let mut parser = Parser::default();
            let pieces: Vec<Report> = bytes.as_bytes().chunks(cut).flat_map(|piece| parser.feed(piece)).collect();
            prop_assert_eq!(pieces, reports(bytes.as_bytes()));
        }
    }
}
