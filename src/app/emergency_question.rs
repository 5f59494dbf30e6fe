//! Before the first session with movement: is the emergency number right?

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};

use rustix::termios::{QueueSelector, tcflush};

use super::{print, read_line};
use crate::error::{Error, Outcome};
use crate::room::terminal;
use crate::settings::emergency::{Emergency, EmergencyNumber};
use crate::settings::{InForce, Origin, file, paths};

/// Asks about a number that is not hers yet. One that she types is kept in her settings.
pub(super) fn ask(emergency: &mut Emergency) -> Result<(), Error> {
    let settled = |number: &InForce<_>| number.from != Origin::Surroundings;
    if emergency.number.as_ref().is_some_and(settled) {
        return Ok(());
    }
    // Without a terminal there is nobody to ask, as with the notice.
    let Ok(keyboard) = terminal::keyboard() else {
        return Ok(());
    };
    // A second Enter under the notice would say yes to what she has not seen. Where this fails, so does the reading.
    tcflush(&keyboard, QueueSelector::IFlush).ok();
    let typed = answer(&question(emergency), BufReader::new(File::from(keyboard)))?;
    if let Some(number) = typed {
        keep(&number)?;
        emergency.number = Some(InForce::flag(number));
    }
    Ok(())
}

fn keep(number: &EmergencyNumber) -> Result<Outcome, Error> {
    let path = paths::config_file()?;
    file::keep_number(&path, number)?;
    let kept = path.display();
    print(format_args!("I will say {number}. It is kept in {kept}."))
}

fn question(emergency: &Emergency) -> String {
    let Some(number) = &emergency.number else {
        return "I do not know the emergency number where you are.\n\
            Type it, then Enter. Press Enter alone to leave it open, or Ctrl-C to leave."
            .to_owned();
    };
    let number = &number.value;
    format!(
        "In an emergency I will say {number}. Is that right where you are?\n\
         Press Enter if it is. If not, type the right one, then Enter. Ctrl-C to leave."
    )
}

/// The number that she types; none if she only presses Enter.
fn answer(question: &str, mut keyboard: impl BufRead) -> Result<Option<EmergencyNumber>, Error> {
    print(format_args!("\n{question}"))?;
    loop {
        let Some(line) = read_line(&mut keyboard)? else {
            // Ctrl-D, or nobody is there.
            let gone = ErrorKind::UnexpectedEof.into();
            return Err(Error::system("the answer cannot be read")(gone));
        };
        let typed = line.trim();
        match EmergencyNumber::checked(typed) {
            Ok(number) => return Ok(Some(number)),
            Err(_) if typed.is_empty() => return Ok(None),
            Err(error) => print(format_args!(
                "\n{error}: it has two to six digits and nothing else.\n{question}"
            ))?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_a_number_and_only_enter_is_none() {
        let typed =
            |text: &str| answer("Is it?", text.as_bytes()).map(|it| it.map(|it| it.to_string()));
        assert_eq!(typed("\n").unwrap(), None);
        assert_eq!(typed(" 112 \r\n").unwrap().as_deref(), Some("112"));
        assert_eq!(
            typed("9\nnine\n9 9 9\n1234567\n\u{1b}\n999\n")
                .unwrap()
                .as_deref(),
            Some("999")
        );
        assert_eq!(typed("no\n\n").unwrap(), None);
        for gone in ["", "no\n"] {
            assert!(typed(gone).is_err(), "{gone:?}");
        }
    }
}
