//! One form for everything that is printed: what a file holds can neither command the terminal nor hide.

use std::env;
use std::fmt::Write;
use std::io::IsTerminal;

use unicode_normalization::char::decompose_compatible;

/// `text` as it may be printed to `output`.
pub(crate) fn printable_on(output: &impl IsTerminal, text: &str) -> String {
    let shown = printable(text);
    if only_ascii(output) {
        in_ascii(&shown)
    } else {
        shown
    }
}

/// `text` with whatever would command a terminal, or show nothing, written out as `\\u001b`, which JSON reads, too.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_shown(letter) || matches!(letter, '\n' | '\t') {
            shown.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                // A string takes whatever is written to it.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
    }
    shown
}

/// Whether what is printed to `output` must be plain letters: it is a terminal, and by the locale one that shows no
/// others. What goes into a file or another program stays as it is.
pub(crate) fn only_ascii(output: &impl IsTerminal) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| env::var(name).unwrap_or_default());
    output.is_terminal() && !shows_all(&locale)
}

/// The first locale that is set decides. Where none is, terminals of today show every letter.
fn shows_all(locale: &[String]) -> bool {
    let set = locale.iter().find(|set| !set.is_empty());
    set.is_none_or(|set| {
        let set = set.to_lowercase();
        set.contains("utf-8") || set.contains("utf8")
    })
}

/// `text` in plain letters, one for each, so that columns stay columns.
pub(crate) fn in_ascii(text: &str) -> String {
    text.chars().map(ascii).collect()
}

fn ascii(letter: char) -> char {
    match letter {
        '\0'..='\x7f' => letter,
        '\u{2190}' => '<',
        '\u{2192}' => '>',
        '\u{2191}' => '^',
        '\u{2193}' => 'v',
        '\u{2588}' => '#',
        '\u{2591}' => '.',
        '\u{2550}' => '=',
        '\u{2500}' | '\u{2010}'..='\u{2015}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{d7}' => 'x',
        _ => first_part(letter).unwrap_or('?'),
    }
}

fn first_part(letter: char) -> Option<char> {
    let mut first = None;
    decompose_compatible(letter, |part| _ = first.get_or_insert(part));
    first.filter(char::is_ascii)
}

/// Whether it is a letter or a sign to look at: neither a command to a terminal, nor a break of the line, nor a mark that
/// turns the direction of writing or does not show.
pub(crate) fn is_shown(letter: char) -> bool {
    !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}') && !shows_nothing(letter)
}

/// Unicode's format characters and fillers: a reader does not see them, a voice may stumble over them.
pub(crate) const fn shows_nothing(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_with_few_letters_gets_plain_ones() {
        let plain = in_ascii(
            "\u{201c}Isn\u{2019}t\u{a0}it\u{201d} \u{2014} \u{e9}\u{2026} \u{2190}\u{2588}\u{5b57}",
        );
        assert_eq!(plain, "\"Isn't it\" - e. <#?");
        let shows = |set: [&str; 3]| shows_all(&set.map(str::to_owned));
        for plain in [
            ["C", "", "en_GB.UTF-8"],
            ["", "POSIX", ""],
            ["", "", "de_DE.ISO-8859-1"],
        ] {
            assert!(!shows(plain), "{plain:?}");
        }
        for all in [
            ["", "", ""],
            ["C.UTF-8", "C", "C"],
            ["", "", "en_GB.utf8"],
            ["", "UTF-8", "C"],
        ] {
            assert!(shows(all), "{all:?}");
        }
    }

    #[test]
    fn nothing_commands_the_terminal_or_hides() {
        assert_eq!(
            printable("Sch\u{f6}n.\n\t\u{1f930}"),
            "Sch\u{f6}n.\n\t\u{1f930}"
        );
        assert_eq!(
            printable("\u{1b}]52;c;x\u{7}\u{9b}2J\r\u{202e}\u{200b}"),
            "\\u001b]52;c;x\\u0007\\u009b2J\\u000d\\u202e\\u200b"
        );
    }
}
