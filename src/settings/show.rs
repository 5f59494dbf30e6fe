//! What is in force, and from where.

use std::fmt::Display;
use std::path::Path;

use super::{InForce, Settings, file::KEYS};
use crate::base::DEFAULT_DEVICE;

impl Settings {
    /// What `softback config` shows; the file lies at `path`.
    pub(crate) fn render(&self, path: &Path) -> String {
        let file = path.display();
        let head = if path.exists() {
            format!("Settings in {file}")
        } else {
            format!("There is no {file} yet: `softback config --init` writes one")
        };
        let rows = self.rows();
        let key_width = width(rows.iter().map(|(key, _, _)| *key));
        let value_width = width(rows.iter().map(|(_, value, _)| value.as_str()));
        let shown =
            |(key, value, from): Row| format!("{key:key_width$}  {value:value_width$}  {from}");
        let rows = rows.map(shown).join("\n");
        format!("{head}\n\n{rows}")
    }

    /// Each key, its value, and where that is from.
    fn rows(&self) -> [Row; KEYS.len()] {
        const NONE: (&str, &str) = ("none", "locale and time zone do not name one country");
        const ASKED: (&str, &str) = ("as last time", "else you are asked");
        const DESKTOPS: (&str, &str) = (DEFAULT_DEVICE, "default");
        [
            optional("emergency_number", self.emergency.number.as_ref(), NONE),
            optional("posture", self.posture.as_ref(), ASKED),
            optional("routine", self.routine.as_ref(), ASKED),
            optional(
                "pace",
                self.pace.as_ref(),
                ("as last time", "else standard"),
            ),
            optional("length", self.length.as_ref(), ASKED),
            row("voice", &self.voice),
            row("volume", &self.volume),
            optional("device", self.device.as_ref(), DESKTOPS),
            row("buffer", &self.buffer),
            row("leave_music", &self.leave_music),
            row("skip_sound_check", &self.skip_sound_check),
            row("plain", &self.plain),
        ]
    }
}

type Row = (&'static str, String, String);

fn row<T: Display>(key: &'static str, setting: &InForce<T>) -> Row {
    (key, setting.value.to_string(), setting.from.to_string())
}

/// Where it is not set, what holds and why.
fn optional<T: Display>(
    key: &'static str,
    setting: Option<&InForce<T>>,
    (value, why): (&str, &str),
) -> Row {
    let unset = || (key, value.to_owned(), why.to_owned());
    setting.map_or_else(unset, |setting| row(key, setting))
}

fn width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::emergency::Surroundings;
    use crate::settings::file::{Config, TEMPLATE};
    use crate::settings::flags::Flags;
    use crate::settings::loudspeakers::Loudspeakers;
    use crate::settings::{DEFAULT_PERIOD, VoiceChoice};
    use clap::ValueEnum;

    fn parse(text: &str) -> Config {
        Config::parse("config.toml", text).unwrap()
    }

    /// The settings of a file with this text, in London or nowhere; `remembered` for the loudspeaker "default".
    fn settings(text: &str, around: &Surroundings, remembered: Option<i8>) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let mut loudspeakers = Loudspeakers::read(&folder.path().join("loudspeakers.json"));
        if let Some(volume) = remembered {
            let _ = loudspeakers.keep(DEFAULT_DEVICE, volume);
        }
        Settings::of(&Flags::default(), parse(text), around, loudspeakers)
    }

    fn nowhere() -> Surroundings {
        Surroundings::default()
    }

    #[test]
    fn each_setting_is_shown_with_where_it_is_from() {
        let london = Surroundings {
            lang: Some("en_GB.UTF-8".into()),
            tz: Some("Europe/London".into()),
            ..Surroundings::default()
        };
        let hers = "# hers\nvolume = -6\n\npace = \"slow\"\ndevice = \"Speaker of the kitchen\"\nplain = true";
        let shown = settings(hers, &london, Some(-9)).render(Path::new("/"));
        insta::assert_snapshot!(shown, @r#"
        Settings in /

        emergency_number  999                     locale and time zone
        posture           as last time            else you are asked
        routine           as last time            else you are asked
        pace              slow                    config.toml line 4
        length            as last time            else you are asked
        voice             heart                   default
        volume            -6                      config.toml line 2
        device            Speaker of the kitchen  config.toml line 5
        buffer            640                     default
        leave_music       false                   default
        skip_sound_check  false                   default
        plain             true                    config.toml line 6
        "#);
        let path = Path::new("/nowhere/config.toml");
        let shown = settings("", &nowhere(), None).render(path);
        insta::assert_snapshot!(shown, @r#"
        There is no /nowhere/config.toml yet: `softback config --init` writes one

        emergency_number  none          locale and time zone do not name one country
        posture           as last time  else you are asked
        routine           as last time  else you are asked
        pace              as last time  else standard
        length            as last time  else you are asked
        voice             heart         default
        volume            0             default
        device            default       default
        buffer            640           default
        leave_music       false         default
        skip_sound_check  false         default
        plain             false         default
        "#);
        let shown = settings("emergency_number = \"000\"", &nowhere(), None).render(path);
        assert!(
            shown.contains("000           config.toml line 1"),
            "{shown}"
        );
        let shown = settings("", &nowhere(), Some(-9)).render(path);
        let line = shown.lines().find(|line| line.starts_with("volume "));
        assert_eq!(
            line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")),
            Some("volume -9 what you chose for this device".to_owned())
        );
    }

    #[test]
    fn defaults_are_what_the_file_and_the_flags_say() {
        let rows = settings("", &nowhere(), None).rows();
        assert_eq!(rows.clone().map(|(key, _, _)| key), KEYS);
        let default_of = |name| {
            let row = rows.iter().find(|(key, _, _)| *key == name);
            row.map(|(_, value, _)| value.as_str()).unwrap()
        };
        assert_eq!(default_of("buffer"), DEFAULT_PERIOD.to_string());
        let voice = VoiceChoice::default().to_possible_value().unwrap();
        assert_eq!(default_of("voice"), voice.get_name());
        for key in KEYS {
            let line = TEMPLATE
                .lines()
                .find_map(|line| line.strip_prefix(&format!("# {key} = ")))
                .unwrap_or_else(|| panic!("{key} is not in the file"));
            let default = default_of(key);
            let same = line.trim_matches('"') == default;
            let open = ["as last time", "none"].contains(&default);
            assert!(same || open, "{key}: {line}");
        }
    }

    #[test]
    fn the_file_to_begin_with_changes_nothing_and_each_line_of_it_is_right() {
        assert_eq!(parse(TEMPLATE), Config::default());
        for key in KEYS {
            let with = TEMPLATE.replace(&format!("# {key} ="), &format!("{key} ="));
            let rows = settings(&with, &nowhere(), None).rows();
            let from_file = rows
                .iter()
                .filter(|(_, _, from)| from.starts_with("config.toml line"));
            let keys: Vec<_> = from_file.map(|(key, _, _)| *key).collect();
            assert_eq!(keys, [key]);
        }
    }
}
