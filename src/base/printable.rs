//! One form for everything that is printed: what a file holds can neither command the terminal nor hide.

use std::fmt::Write;

/// `text` with whatever would command a terminal, or show nothing, written out as `\\u001b`, which JSON reads, too.
pub(crate) fn printable(text: &str) -> String {
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
