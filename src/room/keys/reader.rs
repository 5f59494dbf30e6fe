//! What comes from the terminal, with the time at which it was read, becomes what she wants. Time is an argument.

use std::time::Duration;

use super::bytes::{Parser, Report, one_slip};
use super::control::Control;
use super::held::Held;
use super::unended::{ANOTHER_PRESS, Unended};
use crate::base::Key;

#[derive(Default)]
pub(super) struct Reader {
    parser: Parser,
    held: Held,
    /// Since when Escape waits for what may follow.
    escape: Option<Duration>,
    /// The paste or the answer whose end has not come yet.
    unended: Option<Unended>,
}

impl Reader {
    /// Takes in what one read has brought at time `at`.
    pub(super) fn bytes(&mut self, at: Duration, bytes: &[u8]) -> Vec<Control> {
        let mut told = Vec::new();
        let mut escape = self.escape.take();
        if bytes.starts_with(b"\x1b")
            && escape
                .take_if(|since| at >= *since + ANOTHER_PRESS)
                .is_some()
        {
            told.extend(self.settle(at));
        }
        let reports = self.parser.feed(bytes);
        self.unended = (self.parser.is_open()).then(|| match self.unended.take() {
            Some(unended) => unended.goes_on(at, bytes),
            None => Unended::begins(at),
        });
        let may_be = self.parser.may_be_escape();
        if may_be != escape.is_some() {
            told.push(Control::Hold(may_be));
        }
        self.escape = may_be.then_some(escape.unwrap_or(at));
        for report in one_slip(reports) {
            told.extend(self.take(at, report));
        }
        told
    }

    /// How long to wait from `now` on before [`expire`](Self::expire), if nothing comes. An unfinished sequence is
    /// first: it may be a press that the other deadline is about.
    pub(super) fn patience(&self, now: Duration) -> Option<Duration> {
        let verdict = self.held.deadline().map(|due| due.saturating_sub(now));
        let patience = self.parser.patience();
        let unfinished = patience.map(|patience| match &self.unended {
            Some(unended) => (unended.flowed() + patience).saturating_sub(now),
            None => patience,
        });
        unfinished.or(verdict)
    }

    /// Nothing has come: what is unfinished stands for itself, and a press that was held back counts.
    pub(super) fn expire(&mut self, at: Duration) -> Vec<Control> {
        let mut told = self.settle(at);
        told.extend(self.held.expire(at).map(Control::Key));
        told
    }

    fn settle(&mut self, at: Duration) -> Vec<Control> {
        self.escape = None;
        let report = self.parser.settle();
        let mut told = Vec::new();
        for (at, bytes) in self.unended.take().into_iter().flat_map(Unended::aside) {
            for press in pressed_aside(&bytes, report.is_some()) {
                let controls = self.take(at, press).into_iter();
                told.extend(controls.map(answers_nothing));
            }
        }
        told.extend(report.into_iter().flat_map(|report| self.take(at, report)));
        told
    }

    fn take(&mut self, at: Duration, report: Report) -> Vec<Control> {
        match report {
            Report::Key(key, kind) => self.held.event(at, key, kind).map(Control::Key).collect(),
            Report::FocusLost => vec![Control::FocusLost],
            Report::Suspend => vec![Control::Suspend],
        }
    }
}

/// What she pressed if `bytes`, read behind a beginning without an end, are hers. Where what ended it was an Escape, that
/// one is told by itself.
fn pressed_aside(bytes: &[u8], escape_is_told: bool) -> Vec<Report> {
    let mut parser = Parser::default();
    let mut reports = parser.feed(bytes);
    if !escape_is_told {
        reports.extend(parser.settle());
    }
    one_slip(reports)
}

/// What may be the rest of a paste as well as hers is one of the keys that mean nothing, unless it ends the session.
const fn answers_nothing(control: Control) -> Control {
    match control {
        Control::Key(Key::Escape | Key::CtrlC) => control,
        Control::Key(_) => Control::Key(Key::Other),
        _ => control,
    }
}

/// What reads tell, each at so many milliseconds; then nothing comes any more.
pub(super) fn told(reads: &[(u64, &[u8])]) -> Vec<Control> {
    let mut reader = Reader::default();
    let mut told = Vec::new();
    let mut now = Duration::ZERO;
    let reads = reads
        .iter()
        .map(|(at, bytes)| (Duration::from_millis(*at), *bytes));
    for (at, bytes) in reads.chain([(Duration::MAX, &b""[..])]) {
        while let Some(wait) = reader
            .patience(now)
            .filter(|wait| now.saturating_add(*wait) < at)
        {
            now += wait;
            told.extend(reader.expire(now));
        }
        now = at;
        told.extend(reader.bytes(at, bytes));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::Control::{Hold, Key as Pressed};
    use super::*;

    fn told(pieces: &[(u64, &str)]) -> Vec<Control> {
        let pieces = pieces.iter().map(|(at, piece)| (*at, piece.as_bytes()));
        super::told(&pieces.collect::<Vec<_>>())
    }

    #[test]
    fn escape_is_silence_at_once_and_a_stop_when_nothing_follows() {
        assert_eq!(told(&[(0, "\x1b")]), [Hold(true), Pressed(Key::Escape)]);
        assert_eq!(
            told(&[(0, "\x1b"), (50, "[B")]),
            [Hold(true), Hold(false), Pressed(Key::Down)]
        );
        // It comes whole, as it nearly always does: nothing is held.
        assert_eq!(told(&[(0, "\x1b[B")]), [Pressed(Key::Down)]);
        assert_eq!(told(&[(0, " ")]), [Pressed(Key::Space)]);
        assert_eq!(told(&[(0, "many thanks")]), [Pressed(Key::Other)]);
    }

    #[test]
    fn a_second_escape_is_lost_neither_to_the_first_nor_to_an_arrow_behind_it() {
        let escape = [Hold(true), Pressed(Key::Escape)];
        assert_eq!(
            told(&[(0, "\x1b"), (80, "\x1b")]),
            [escape, escape].concat()
        );
        assert_eq!(
            told(&[(0, "\x1b"), (80, "\x1b[B")]),
            [escape[0], escape[1], Pressed(Key::Down)]
        );
        // A sequence with two of them, cut in two: Alt with an arrow.
        assert_eq!(
            told(&[(0, "\x1b"), (50, "\x1b[B")]),
            [Hold(true), Hold(false), Pressed(Key::Other)]
        );
    }
}
