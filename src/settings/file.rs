//! Her settings, from `config.toml` in the configuration directory. Flags win over them.

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde::de::value::{Error as Unknown, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use strum::EnumMessage;
use toml::{Spanned, Value};

use crate::base::files::{LONGEST_TEXT, put_new_file_of_hers, read_plain, replace_file, to_text};
use crate::base::{Length, Pace, Posture, Problem, Problems, Remedy, did_you_mean};
use crate::routine::built_in_names;
use crate::settings::{InForce, Origin, VoiceChoice, emergency::EmergencyNumber, paths::NoHome};

/// The file to begin with: every setting with its meaning, commented out.
pub(super) const TEMPLATE: &str = include_str!("config.toml");

/// Volumes that can be asked for, in decibels.
pub(crate) const VOLUMES: RangeInclusive<i64> = -30..=0;

/// Periods of the sound device that can be asked for, in frames.
pub(crate) const PERIODS: RangeInclusive<i64> = 64..=8192;

/// Each setting by its key, what it is, and how that is checked.
macro_rules! settings {
    ($($key:ident: $kind:ty = $check:expr,)*) => {
        /// Every key that the file may have.
        pub(super) const KEYS: [&str; 12] = [$(stringify!($key)),*];

        /// What the file says, checked, each value with its line.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(crate) struct Config {
            $(pub $key: Option<InForce<$kind>>,)*
        }

        impl Config {
            fn take(file: &mut File<'_>) -> Self {
                Self { $($key: file.take(stringify!($key), $check),)* }
            }
        }
    };
}

settings! {
    emergency_number: EmergencyNumber = number,
    posture: Posture = choice,
    routine: String = routine,
    pace: Pace = choice,
    length: Length = length,
    voice: VoiceChoice = choice,
    volume: i8 = |value| whole(value, &VOLUMES),
    device: String = device,
    buffer: u32 = |value| whole(value, &PERIODS),
    leave_music: bool = yes_or_no,
    skip_sound_check: bool = yes_or_no,
    plain: bool = yes_or_no,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error, EnumMessage)]
pub(crate) enum ConfigError {
    #[error("the settings in {} cannot be read: {cause}", .path.display())]
    #[strum(
        message = "See that it is a text file that you may read, or move it away to start without settings"
    )]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("there are settings in {} already, and they were left as they are", .0.display())]
    #[strum(message = "Edit that file; or move it away, then run `softback config --init` again")]
    Exists(PathBuf),
    #[error("the settings cannot be written to {}: {cause}", .path.display())]
    #[strum(
        message = "See that its folder is yours and the disk has room, or set XDG_CONFIG_HOME to a folder that can be written"
    )]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error(transparent)]
    Problems(#[from] Problems),
    #[error(transparent)]
    NoHome(#[from] NoHome),
}

impl Remedy for ConfigError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::NoHome(error) => error.remedy(),
            _ => self.get_message().map(str::to_owned),
        }
    }
}

/// Writes a file to begin with, where none is yet: every setting, explained and commented out.
pub(crate) fn init(path: &Path) -> Result<(), ConfigError> {
    put_new_file_of_hers(path, TEMPLATE.as_bytes()).map_err(|cause| {
        let (is_there, path) = (path.exists(), path.to_owned());
        match cause.kind() {
            io::ErrorKind::AlreadyExists if is_there => ConfigError::Exists(path),
            _ => ConfigError::Unwritable { path, cause },
        }
    })
}

/// Writes her emergency number into the file at `path`, or into one to begin with. All else in it stays.
pub(crate) fn keep_number(path: &Path, number: &EmergencyNumber) -> Result<(), ConfigError> {
    let write = || {
        let text = match read_plain(path, LONGEST_TEXT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => TEMPLATE.to_owned(),
            read => to_text(read?)?,
        };
        let changed = || io::Error::other("another program has changed it just now");
        let text = with_number(&text, number).ok_or_else(changed)?;
        replace_file(path, text.as_bytes())
    };
    write().map_err(|cause| ConfigError::Unwritable {
        path: path.to_owned(),
        cause,
    })
}

/// The text of a settings file with the number in it: at its place in the file to begin with, else above all.
pub(crate) fn with_number(text: &str, number: &EmergencyNumber) -> Option<String> {
    let line = format!("emergency_number = \"{number}\"");
    let in_place = text.replacen("# emergency_number = \"112\"", &line, 1);
    let above = format!("{line}\n{}", text.trim_start_matches('\u{feff}'));
    let says_so = |text: &String| {
        let hers = Config::parse("", text).map(|config| config.emergency_number);
        hers.is_ok_and(|hers| hers.is_some_and(|hers| hers.value == *number))
    };
    [in_place, above].into_iter().find(says_so)
}

impl Config {
    /// Reads the file at `path`. No file is no settings.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        match read_plain(path, LONGEST_TEXT).and_then(to_text) {
            Ok(text) => Ok(Self::parse(&path.to_string_lossy(), &text)?),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => {
                let path = path.to_owned();
                Err(ConfigError::Unreadable { path, cause })
            }
        }
    }

    /// Reads the text of the file at `path`.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        let entries = toml::from_str(text)
            .map_err(|error| Problems::new(path, text, vec![not_read(&error)]))?;
        let problems = Vec::new();
        let mut file = File {
            text,
            entries,
            problems,
        };
        let config = Self::take(&mut file);
        let problems = file.problems();
        if problems.is_empty() {
            return Ok(config);
        }
        Err(Problems::new(path, text, problems))
    }
}

/// The file as it is written: values of any kind, so that every wrong one is told, not only the first.
struct File<'a> {
    text: &'a str,
    entries: BTreeMap<Spanned<String>, Spanned<Value>>,
    problems: Vec<Problem>,
}

impl File<'_> {
    /// The value of `key`, if it is there and `check` finds it right.
    fn take<T>(
        &mut self,
        key: &'static str,
        check: impl FnOnce(&Value) -> Result<T, Problem>,
    ) -> Option<InForce<T>> {
        let entry = self.entries.remove(key)?;
        let span = entry.span();
        let before = self.text.get(..span.start).unwrap_or_default();
        let from = Origin::Line(before.matches('\n').count() + 1);
        let wrong = |problem| self.problems.push(Problem { span, ..problem });
        let value = check(entry.get_ref()).map_err(wrong).ok()?;
        Some(InForce { value, from })
    }

    /// All problems. A key that nobody took is no setting, and one of them.
    fn problems(mut self) -> Vec<Problem> {
        let unknown = self.entries.keys().map(|key| {
            let name = key.get_ref();
            let suggestion = did_you_mean(name, &KEYS);
            let help = format!("{}{suggestion}", known_keys());
            Problem::new(key.span(), format!("unknown setting \"{name}\""), help)
        });
        self.problems.extend(unknown);
        self.problems
    }
}

fn known_keys() -> String {
    format!("the settings are {}", KEYS.join(", "))
}

/// A problem with a value; [`File::take`] knows where it stands.
fn wrong(message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem::new(0..0, message, help)
}

fn as_text(value: &Value) -> Result<&str, Problem> {
    let message = || format!("this is no text but {}", kind(value));
    let help = "write the value between quotes, such as emergency_number = \"999\"";
    value.as_str().ok_or_else(|| wrong(message(), help))
}

/// A whole number in `range`, which all fit into a `T`.
fn whole<T: TryFrom<i64>>(value: &Value, range: &RangeInclusive<i64>) -> Result<T, Problem> {
    let number = value.as_integer().filter(|number| range.contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    let (least, most) = (range.start(), range.end());
    number.ok_or_else(|| {
        wrong(
            format!("this is no whole number from {least} to {most}"),
            format!("write a number without quotes, such as {most}"),
        )
    })
}

fn length(value: &Value) -> Result<Length, Problem> {
    let minutes = value
        .as_integer()
        .and_then(|minutes| u8::try_from(minutes).ok());
    let length = minutes.and_then(|minutes| Length::try_from(minutes).ok());
    length.ok_or_else(|| {
        wrong(
            "this is none of the lengths that there are",
            "write 5, 10 or 20 without quotes, in minutes",
        )
    })
}

fn yes_or_no(value: &Value) -> Result<bool, Problem> {
    let message = || format!("this is neither true nor false but {}", kind(value));
    let help = "write true or false, without quotes";
    value.as_bool().ok_or_else(|| wrong(message(), help))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date or time",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

fn number(value: &Value) -> Result<EmergencyNumber, Problem> {
    let help = "write two to six digits and nothing else, such as emergency_number = \"999\"";
    EmergencyNumber::checked(as_text(value)?).map_err(|error| wrong(error.to_string(), help))
}

/// One of the names of an enum; serde's own message names them all.
fn choice<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    let name: StrDeserializer<'_, Unknown> = as_text(value)?.into_deserializer();
    let help = "choose one of these, or take the line out";
    T::deserialize(name).map_err(|error| wrong(error.to_string(), help))
}

fn routine(value: &Value) -> Result<String, Problem> {
    let (name, known) = (as_text(value)?, built_in_names().collect::<Vec<_>>());
    if known.contains(&name) {
        return Ok(name.to_owned());
    }
    let suggestion = did_you_mean(name, &known);
    Err(wrong(
        format!("there is no routine called \"{name}\"{suggestion}"),
        format!("the routines are {}", known.join(", ")),
    ))
}

/// Devices come and go: whether this one is there shows only when it is opened.
fn device(value: &Value) -> Result<String, Problem> {
    match as_text(value)?.trim() {
        "" => Err(wrong(
            "this is no name of a sound device",
            "write a name that `softback doctor --devices` shows, or take the line out",
        )),
        name => Ok(name.to_owned()),
    }
}

/// A file that is no TOML.
fn not_read(error: &toml::de::Error) -> Problem {
    let (span, keys) = (error.span().unwrap_or(0..0), known_keys());
    let help = format!("{keys}; write each on a line of its own, such as pace = \"slow\"");
    Problem::new(span, error.message(), help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn parse(text: &str) -> Result<Config, Problems> {
        Config::parse("config.toml", text)
    }

    fn value<T>(setting: Option<InForce<T>>) -> Option<T> {
        setting.map(|setting| setting.value)
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
        let text = "emergency_number = \"000\"\nposture = \"standing\"\nroutine = \"gentle\"\npace = \"very-slow\"\n\
            length = 5\nvoice = \"system\"\nvolume = -30\ndevice = \" Kitchen \"\nbuffer = 8192\nleave_music = true\n\
            skip_sound_check = false\nplain = true";
        let config = parse(text).unwrap();
        let number = value(config.emergency_number);
        assert_eq!(number.unwrap().to_string(), "000");
        assert_eq!(value(config.posture), Some(Posture::Standing));
        assert_eq!(value(config.routine).as_deref(), Some("gentle"));
        assert_eq!(value(config.pace), Some(Pace::VerySlow));
        assert_eq!(value(config.length), Some(Length::Five));
        assert_eq!(value(config.voice), Some(VoiceChoice::System));
        assert_eq!(value(config.volume), Some(-30));
        assert_eq!(value(config.buffer), Some(8192));
        assert_eq!(value(config.device).as_deref(), Some("Kitchen"));
        assert_eq!(value(config.leave_music), Some(true));
        assert_eq!(value(config.skip_sound_check), Some(false));
        assert_eq!(config.plain.unwrap().from, Origin::Line(KEYS.len()));
    }

    #[test]
    fn every_setting_may_be_left_out() {
        for text in ["", "# nothing yet\n", "\u{feff}"] {
            assert_eq!(parse(text).unwrap(), Config::default(), "{text:?}");
        }
        assert_eq!(
            value(parse("pace = \"own\"").unwrap().pace),
            Some(Pace::Own)
        );
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
    fn values_of_the_wrong_kind_or_size_are_told_together() {
        let text = "volume = 3\nbuffer = 63\nplain = \"yes\"\ndevice = \"  \"\nvoice = \"silent\"\nleave_music = 1\nvolum = 0";
        refused(
            text,
            &[
                "config.toml:1:10",
                "no whole number from -30 to 0",
                "config.toml:2:10",
                "from 64 to 8192",
                "config.toml:3:9",
                "neither true nor false but a text",
                "config.toml:4:10",
                "no name of a sound device",
                "config.toml:5:9",
                "expected `heart` or `system`",
                "config.toml:6:15",
                "but a number",
                "config.toml:7:1",
                "did you mean \"volume\"?",
            ],
        );
        assert_eq!(parse(text).unwrap_err().list().len(), 7);
        refused(
            "volume = -31\n[pace]\nspeed = 1",
            &["1:10", "no text but a table"],
        );
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
    fn a_file_to_begin_with_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/softback/config.toml");
        init(&path).unwrap();
        assert_eq!(Config::read(&path).unwrap(), Config::default());
        // Her emergency number will stand in it.
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&path, "pace = \"slow\"").unwrap();
        let error = init(&path).unwrap_err().told();
        assert!(
            error.contains("left as they are") && error.contains("move it away"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "pace = \"slow\"");
        let error = init(&path.join("config.toml")).unwrap_err().told();
        assert!(
            error.contains("cannot be written") && error.contains("XDG_CONFIG_HOME"),
            "{error}"
        );
    }

    #[test]
    fn her_number_is_kept_and_nothing_of_hers_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("softback/config.toml");
        let number = EmergencyNumber::checked("999").unwrap();
        let line = "emergency_number = \"999\"";
        let kept = |before: Option<&str>| {
            if let Some(before) = before {
                fs::write(&path, before).unwrap();
            }
            keep_number(&path, &number).unwrap();
            fs::read_to_string(&path).unwrap()
        };
        let offered = "# emergency_number = \"112\"";
        let whole = TEMPLATE.replace(offered, line);
        assert_eq!(kept(None), whole);
        assert_eq!(kept(Some(TEMPLATE)), whole);
        for hers in [
            "",
            "# mine\r\npace = \"slow\" # slowly\r\n",
            "## emergency_number = \"112\"\n",
            "device = \"\"\"\n# emergency_number = \"112\"\"\"\"\n",
        ] {
            assert_eq!(kept(Some(hers)), format!("{line}\n{hers}"));
        }
        assert_eq!(
            kept(Some("\u{feff}volume = 0")),
            format!("{line}\nvolume = 0")
        );
        let at_mums = kept(Some(
            "plain = true\n# emergency_number = \"112\" # at mum's\n",
        ));
        assert_eq!(at_mums, format!("plain = true\n{line} # at mum's\n"));

        let meanwhile = "emergency_number = \"000\"\n";
        fs::write(&path, meanwhile).unwrap();
        let error = keep_number(&path, &number).unwrap_err().told();
        assert!(error.contains("cannot be written"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), meanwhile);
        keep_number(&path.join("below"), &number).unwrap_err();
    }

    #[test]
    fn no_file_is_no_settings_but_an_unreadable_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        assert_eq!(Config::read(&path).unwrap(), Config::default());
        fs::write(&path, "pace = \"slow\"").unwrap();
        assert_eq!(value(Config::read(&path).unwrap().pace), Some(Pace::Slow));
        fs::write(&path, b"pace = \"\xff\"").unwrap();
        let error = Config::read(&path).unwrap_err().told();
        assert!(error.contains("move it away"), "{error}");
        let error = Config::read(folder.path()).unwrap_err().told();
        assert!(error.contains("cannot be read"), "{error}");
        fs::write(&path, "pase = \"slow\"").unwrap();
        let error = Config::read(&path).unwrap_err().told();
        assert!(error.contains("did you mean \"pace\"?"), "{error}");
    }
}
