//! Her settings, from `config.toml` in the configuration directory. Flags win over them.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::value::{Error as Unknown, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;

use crate::diagnostic::{Problem, Problems};
use crate::emergency::{EmergencyNumber, NoNumber};
use crate::pace::Pace;
use crate::routine::Posture;

/// Every key that the file may have.
const KEYS: [&str; 4] = ["emergency_number", "posture", "routine", "pace"];

/// A name is like another, and worth suggesting, above this Jaro-Winkler likeness.
const LIKE: f64 = 0.7;

/// Her settings, checked; whatever is none is decided elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Whom to call in an emergency.
    pub emergency_number: Option<EmergencyNumber>,
    /// How she sits or stands.
    pub posture: Option<Posture>,
    /// The name of the routine.
    pub routine: Option<String>,
    /// How slowly.
    pub pace: Option<Pace>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there, but cannot be read.
    #[error(
        "the settings in {} cannot be read: {cause}\n  See that it is a text file that you may read, or move it away to start without settings", .path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file has problems.
    #[error(transparent)]
    Problems(#[from] Problems),
}

/// The file as it is written. All text first, so that every wrong value is told, not only the first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    emergency_number: Option<Spanned<String>>,
    posture: Option<Spanned<String>>,
    routine: Option<Spanned<String>>,
    pace: Option<Spanned<String>>,
}

impl Config {
    /// Reads the file at `path`, where one of `routines` may be named. No file is no settings.
    pub fn read(path: &Path, routines: &[&str]) -> Result<Self, ConfigError> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self::parse(&path.to_string_lossy(), &text, routines)?),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(ConfigError::Unreadable {
                path: path.to_owned(),
                cause,
            }),
        }
    }

    /// Reads the text of the file at `path`.
    pub fn parse(path: &str, text: &str, routines: &[&str]) -> Result<Self, Problems> {
        let file: ConfigFile = toml::from_str(text)
            .map_err(|error| Problems::new(path, text, vec![not_read(text, &error)]))?;
        let mut problems = Vec::new();
        let config = Self {
            emergency_number: checked(file.emergency_number, &mut problems, number),
            posture: checked(file.posture, &mut problems, choice),
            routine: checked(file.routine, &mut problems, |name| routine(name, routines)),
            pace: checked(file.pace, &mut problems, choice),
        };
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(Problems::new(path, text, problems))
        }
    }
}

/// What is wrong with a value, and what to do about it.
struct Wrong {
    message: String,
    help: String,
}

/// The value, if it is there and `check` finds it right.
fn checked<T>(
    value: Option<Spanned<String>>,
    problems: &mut Vec<Problem>,
    check: impl FnOnce(&str) -> Result<T, Wrong>,
) -> Option<T> {
    let value = value?;
    match check(value.get_ref()) {
        Ok(right) => Some(right),
        Err(wrong) => {
            problems.push(Problem::new(value.span(), wrong.message, wrong.help));
            None
        }
    }
}

fn number(text: &str) -> Result<EmergencyNumber, Wrong> {
    EmergencyNumber::checked(text).map_err(|error| Wrong {
        message: error.to_string(),
        help: NoNumber::HELP.to_owned(),
    })
}

/// One of the names of an enum; serde's own message names them all.
fn choice<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    let name: StrDeserializer<'_, Unknown> = text.into_deserializer();
    T::deserialize(name).map_err(|error| Wrong {
        message: error.to_string(),
        help: "choose one of these, or take the line out".to_owned(),
    })
}

fn routine(name: &str, known: &[&str]) -> Result<String, Wrong> {
    if known.contains(&name) {
        return Ok(name.to_owned());
    }
    let suggestion = did_you_mean(name, known).unwrap_or_default();
    Err(Wrong {
        message: format!("there is no routine called \"{name}\"{suggestion}"),
        help: format!("the routines are {}", known.join(", ")),
    })
}

/// A file that is no TOML, or has a key that is unknown, or a value of another kind.
fn not_read(text: &str, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let help = help_for(text, &span, error.message());
    Problem::new(span, error.message(), help)
}

fn help_for(text: &str, span: &Range<usize>, message: &str) -> String {
    let written = text.get(span.clone()).unwrap_or_default();
    let keys = format!("the settings are {}", KEYS.join(", "));
    if message.starts_with("unknown field") {
        let key = written.trim_matches(['"', '\'']);
        return match did_you_mean(key, &KEYS) {
            Some(suggestion) => format!("{keys}{suggestion}"),
            None => keys,
        };
    }
    if message.starts_with("invalid type") {
        return "write the value between quotes, such as emergency_number = \"999\"".to_owned();
    }
    format!("{keys}; write each on a line of its own, such as pace = \"slow\"")
}

/// ": did you mean …?" if a known name is near.
fn did_you_mean(name: &str, known: &[&str]) -> Option<String> {
    let name = name.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|known| {
            let plain = known.replace('-', "_");
            (strsim::jaro_winkler(&name, &plain), known)
        })
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > LIKE)
        .map(|(_, near)| format!(": did you mean \"{near}\"?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTINES: [&str; 3] = ["upper-back", "gentle", "rest"];

    fn parse(text: &str) -> Result<Config, Problems> {
        Config::parse("config.toml", text, &ROUTINES)
    }

    #[track_caller]
    fn refused(text: &str, messages: &[&str]) {
        let shown = parse(text).unwrap_err().to_string();
        for message in messages {
            assert!(shown.contains(message), "{message:?} is not in:\n{shown}");
        }
        assert!(shown.contains("config.toml:"), "no place in:\n{shown}");
    }

    #[test]
    fn every_setting_is_read() {
        let text = "emergency_number = \"000\"\nposture = \"standing\"\nroutine = \"gentle\"\npace = \"very-slow\"\n";
        let config = parse(text).unwrap();
        assert_eq!(config.emergency_number.unwrap().to_string(), "000");
        assert_eq!(config.posture, Some(Posture::Standing));
        assert_eq!(config.routine.as_deref(), Some("gentle"));
        assert_eq!(config.pace, Some(Pace::VerySlow));
    }

    #[test]
    fn every_setting_may_be_left_out() {
        for text in ["", "# nothing yet\n", "\u{feff}"] {
            assert_eq!(parse(text).unwrap(), Config::default(), "{text:?}");
        }
        assert_eq!(parse("pace = \"own\"").unwrap().pace, Some(Pace::Own));
    }

    #[test]
    fn every_wrong_value_is_told_at_its_place() {
        let text = "emergency_number = \"9 9 9\"\nposture = \"lying\"\nroutine = \"gentel\"\npace = \"quick\"";
        refused(
            text,
            &[
                "config.toml:1:20",
                "\"9 9 9\" is no emergency number",
                "two to six digits",
                "config.toml:2:11",
                "`lying`, expected `seated` or `standing`",
                "config.toml:3:11",
                "did you mean \"gentle\"?",
                "config.toml:4:8",
                "`standard`, `slow`, `very-slow`, `own`",
            ],
        );
        assert_eq!(parse(text).unwrap_err().list().len(), 4);
    }

    #[test]
    fn an_unknown_setting_is_told_with_the_one_that_was_meant() {
        refused(
            "emergency = \"999\"",
            &["config.toml:1:1", "did you mean \"emergency_number\"?"],
        );
        refused(
            "\"emergency-number\" = \"999\"",
            &["did you mean \"emergency_number\"?"],
        );
        refused(
            "colour = \"red\"",
            &["the settings are emergency_number, posture"],
        );
        assert!(
            !parse("zzz = 1")
                .unwrap_err()
                .to_string()
                .contains("did you mean")
        );
    }

    #[test]
    fn a_value_without_quotes_and_text_that_is_no_toml_are_told() {
        refused(
            "emergency_number = 999",
            &["config.toml:1:20", "between quotes"],
        );
        refused(
            "pace = \"slow",
            &["config.toml:1", "each on a line of its own"],
        );
        refused(
            "pace = \"slow\"\npace = \"own\"",
            &["duplicate key", "config.toml:2:1"],
        );
    }

    #[test]
    fn no_file_is_no_settings_but_an_unreadable_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        assert_eq!(Config::read(&path, &ROUTINES).unwrap(), Config::default());
        fs::write(&path, "pace = \"slow\"").unwrap();
        assert_eq!(
            Config::read(&path, &ROUTINES).unwrap().pace,
            Some(Pace::Slow)
        );
        fs::write(&path, b"pace = \"\xff\"").unwrap();
        let error = Config::read(&path, &ROUTINES).unwrap_err().to_string();
        assert!(error.contains("move it away"), "{error}");
        let error = Config::read(folder.path(), &ROUTINES)
            .unwrap_err()
            .to_string();
        assert!(error.contains("cannot be read"), "{error}");
        fs::write(&path, "pase = \"slow\"").unwrap();
        let error = Config::read(&path, &ROUTINES).unwrap_err().to_string();
        assert!(error.contains("did you mean \"pace\"?"), "{error}");
    }
}
