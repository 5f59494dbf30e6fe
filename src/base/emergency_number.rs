//! A number to call, and how it is said.

use std::fmt;

/// What is said when the number is not known.
pub(crate) const UNKNOWN_NUMBER: &str = "your emergency number";

/// Digits, as each is said: "zero" and not "oh", which could be a letter or a sigh.
const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// A number to call: two to six digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EmergencyNumber(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no emergency number")]
pub(crate) struct NoNumber(String);

impl EmergencyNumber {
    /// `text`, if it is two to six digits. Leading zeros count: it is a text, not an amount.
    pub(crate) fn checked(text: &str) -> Result<Self, NoNumber> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && (2..=6).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoNumber(text.to_owned()))
        }
    }

    /// As it is said: "nine, nine, nine".
    pub(crate) fn spoken(&self) -> String {
        let digits = self.0.bytes().map(|byte| DIGITS[usize::from(byte - b'0')]);
        digits.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for EmergencyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_said_one_by_one() {
        let spoken = |number| EmergencyNumber::checked(number).map(|number| number.spoken());
        assert_eq!(spoken("999").unwrap(), "nine, nine, nine");
        assert_eq!(spoken("000").unwrap(), "zero, zero, zero");
        assert_eq!(spoken("911").unwrap(), "nine, one, one");
        assert_eq!(
            spoken("345678").unwrap(),
            "three, four, five, six, seven, eight"
        );
    }

    #[test]
    fn only_two_to_six_digits_are_a_number() {
        for right in ["15", "112", "999", "000", "061", "123456"] {
            assert_eq!(EmergencyNumber::checked(right).unwrap().to_string(), right);
        }
        for wrong in [
            "",
            "9",
            "1234567",
            "9 9 9",
            "+112",
            "nine",
            "9-1-1",
            "\u{661}\u{661}\u{662}",
            " 999",
        ] {
            let error = EmergencyNumber::checked(wrong).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }
}
