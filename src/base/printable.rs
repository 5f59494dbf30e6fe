//! One form for everything that is printed: what a file holds can neither command the terminal nor hide.

use std::fmt::Write;

/// `text` with whatever would command a terminal, or show nothing, written out as `\\u001b`, which JSON reads, too.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_harmless(letter) {
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

/// Neither a command to a terminal, nor a mark that turns the direction of letters or does not show.
pub(crate) fn is_harmless(letter: char) -> bool {
    match letter {
        '\n' | '\t' => true,
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => false,
        other => !other.is_control(),
    }
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
