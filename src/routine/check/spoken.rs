//! What a voice would not say as it is written: all numbers but plain ones, short forms, and signs.

use std::ops::Range;

/// Short forms, without their full stops. "Min" and the like are words of no sentence for the ear.
const SHORT: [&str; 43] = [
    "approx", "bpm", "ca", "cf", "cl", "cm", "deg", "eg", "etc", "excl", "ft", "hr", "hrs", "ie",
    "incl", "kg", "km", "lb", "lbs", "max", "mg", "min", "mins", "ml", "mm", "mo", "oz", "pp",
    "pt", "rpm", "sec", "secs", "tbsp", "temp", "tsp", "vol", "vs", "wk", "wks", "yd", "yds", "yr",
    "yrs",
];

/// Short forms only with a full stop: without one they are words.
const WITH_STOP: [&str; 4] = ["est", "ex", "ext", "fig"];

/// Short forms before a number, without their full stop, and behind one.
const BEFORE_NUMBER: [&str; 5] = ["fig", "no", "nos", "nr", "p"];
const AFTER_NUMBER: [&str; 11] = ["am", "c", "f", "g", "h", "k", "l", "m", "pm", "s", "x"];

/// Signs that a voice takes for a pause, that hold a word together, or that hold the name of a key.
const MARKS: &str = "'\"-\u{2014}.,;:!?(){}";

/// The most digits of a number that every voice says right.
const DIGITS: usize = 3;

/// The pieces of a plain sentence that a voice would say otherwise than they are written, in bytes of it.
pub(super) fn misspoken(sentence: &str) -> Vec<Range<usize>> {
    let pieces: Vec<&str> = sentence.split_whitespace().collect();
    let beside = |index: Option<usize>| {
        index
            .and_then(|index| pieces.get(index))
            .map_or("", |piece| *piece)
    };
    let wrong = |index: &usize| {
        let (before, after) = (beside(index.checked_sub(1)), beside(index.checked_add(1)));
        !said_right(before, pieces[*index], after)
    };
    let wrong = (0..pieces.len()).filter(wrong);
    // Pieces are parts of the sentence, so their distance is their place in it.
    let place = |piece: &str| {
        let start = piece.as_ptr() as usize - sentence.as_ptr() as usize;
        start..start + piece.len()
    };
    let with_unit = |index: usize| {
        let number = place(pieces[index]);
        let after = beside(index.checked_add(1));
        let unit = pieces[index].contains(is_digit) && is_one_of(core(after), &AFTER_NUMBER);
        let end = if unit {
            place(core(after)).end
        } else {
            number.end
        };
        number.start..end
    };
    wrong.map(with_unit).collect()
}

/// Whether a voice says `piece` right between these neighbours.
fn said_right(before: &str, piece: &str, after: &str) -> bool {
    let is_sign = |letter: char| !letter.is_alphanumeric() && !MARKS.contains(letter);
    let word = core(piece);
    if piece.contains(is_sign) || holds(word, '.') || holds(word, ':') {
        return false;
    }
    if word.contains(is_digit) {
        return is_plain_number(piece) && may_follow(before) && may_lead(after);
    }
    let stopped = piece.trim_end_matches(['"', '\'', ')', ',']).ends_with('.');
    let short = is_one_of(word, &SHORT) || (stopped && is_one_of(word, &WITH_STOP));
    !short
}

/// Digits, and what may stand round a word; no zero before them, as in a number of another kind.
fn is_plain_number(piece: &str) -> bool {
    let inside = match piece.strip_prefix('"') {
        Some(quoted) => quoted.trim_end_matches('"'),
        None => piece,
    };
    let number = inside
        .trim_start_matches('(')
        .trim_end_matches([')', '.', ',', ';', ':', '!', '?']);
    number.chars().all(is_digit)
        && number.len() <= DIGITS
        && (number == "0" || !number.starts_with('0'))
}

/// Whether a number after this stands for itself.
fn may_follow(before: &str) -> bool {
    let short = before.ends_with('.') && is_one_of(core(before), &BEFORE_NUMBER);
    !short && !is_dash(before) && !before.ends_with(is_digit)
}

/// Whether a number before this stands for itself.
fn may_lead(after: &str) -> bool {
    !is_one_of(core(after), &AFTER_NUMBER) && !is_dash(after)
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|short| word.eq_ignore_ascii_case(short))
}

fn is_dash(piece: &str) -> bool {
    matches!(piece, "-" | "\u{2014}")
}

const fn is_digit(sign: char) -> bool {
    sign.is_ascii_digit()
}

/// The word without the marks round it.
fn core(piece: &str) -> &str {
    piece.trim_matches(|sign: char| !sign.is_alphanumeric())
}

/// Whether this mark holds two letters or digits together.
fn holds(word: &str, mark: char) -> bool {
    let parts: Vec<&str> = word.split(mark).collect();
    parts
        .windows(2)
        .any(|pair| !pair[0].is_empty() && !pair[1].is_empty())
}
