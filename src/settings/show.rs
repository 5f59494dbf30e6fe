//! What is in force, and from where.

use std::path::Path;

use super::file::{Config, KEYS};
use crate::settings::emergency::Emergency;

impl Config {
    /// What `softback config` shows of the file at `path`; `emergency` is what came of it and of the
    /// surroundings, and `remembered` how loud she wants the device in force.
    pub(crate) fn render(
        &self,
        path: &Path,
        emergency: &Emergency,
        remembered: Option<i8>,
    ) -> String {
        let file = path.display();
        let head = if path.exists() {
            format!("Settings in {file}")
        } else {
            format!("There is no {file} yet: `softback config --init` writes one")
        };
        let mut lines = vec![head, String::new()];
        let key_width = width(KEYS.iter().copied());
        let rows = KEYS.map(|key| (key, self.in_force(key, emergency, remembered)));
        let value_width = width(rows.iter().map(|(_, (value, _))| value.as_str()));
        for (key, (value, from)) in &rows {
            lines.push(format!("{key:key_width$}  {value:value_width$}  {from}"));
        }
        lines.join("\n")
    }

    /// The value of a setting, and from where it is.
    fn in_force(
        &self,
        key: &'static str,
        emergency: &Emergency,
        remembered: Option<i8>,
    ) -> (String, String) {
        if let Some(written) = self.written.get(key) {
            let from = format!("config.toml line {}", written.line);
            return (written.value.clone(), from);
        }
        match (key, emergency.number(), remembered) {
            ("emergency_number", Some(number), _) => {
                (number.to_string(), "locale and time zone".to_owned())
            }
            ("emergency_number", None, _) => (
                "none".to_owned(),
                "locale and time zone do not name one country".to_owned(),
            ),
            ("volume", _, Some(volume)) => (
                volume.to_string(),
                "what you chose for this device".to_owned(),
            ),
            _ => (default_of(key).to_owned(), "default".to_owned()),
        }
    }
}

fn width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// What holds where nothing is set.
fn default_of(key: &str) -> &'static str {
    match key {
        "pace" => "standard",
        "voice" => "heart",
        "volume" => "0",
        "device" => "default",
        "buffer" => "640",
        "leave_music" | "skip_sound_check" | "plain" => "false",
        _ => "you are asked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::output::DEFAULT_PERIOD;
    use crate::base::pace::Pace;
    use crate::cli::VoiceChoice;
    use crate::settings::emergency::EmergencyNumber;
    use crate::settings::file::TEMPLATE;
    use clap::ValueEnum;

    const ROUTINES: [&str; 1] = ["upper-back"];

    fn parse(text: &str) -> Config {
        Config::parse("config.toml", text, &ROUTINES).unwrap()
    }

    #[test]
    fn each_setting_is_shown_with_where_it_is_from() {
        let config = parse(
            "# hers\nvolume = -6\n\npace = \"slow\"\ndevice = \"Speaker of the kitchen\"\nplain = true",
        );
        let number = EmergencyNumber::checked("999").ok();
        let shown = config.render(
            Path::new("/"),
            &Emergency::resolve(number, None, None),
            Some(-9),
        );
        insta::assert_snapshot!(shown, @r#"
        Settings in /

        emergency_number  999                     locale and time zone
        posture           you are asked           default
        routine           you are asked           default
        pace              slow                    config.toml line 4
        voice             heart                   default
        volume            -6                      config.toml line 2
        device            Speaker of the kitchen  config.toml line 5
        buffer            640                     default
        leave_music       false                   default
        skip_sound_check  false                   default
        plain             true                    config.toml line 6
        "#);
        let nowhere = Path::new("/nowhere/config.toml");
        let shown = Config::default().render(nowhere, &Emergency::default(), None);
        insta::assert_snapshot!(shown, @r#"
        There is no /nowhere/config.toml yet: `softback config --init` writes one

        emergency_number  none           locale and time zone do not name one country
        posture           you are asked  default
        routine           you are asked  default
        pace              standard       default
        voice             heart          default
        volume            0              default
        device            default        default
        buffer            640            default
        leave_music       false          default
        skip_sound_check  false          default
        plain             false          default
        "#);
        let hers = parse("emergency_number = \"000\"");
        let emergency = Emergency::resolve(hers.emergency_number.clone(), None, None);
        let shown = hers.render(nowhere, &emergency, None);
        assert!(
            shown.contains("000            config.toml line 1"),
            "{shown}"
        );
        let shown = Config::default().render(nowhere, &Emergency::default(), Some(-9));
        let line = shown.lines().find(|line| line.starts_with("volume "));
        assert_eq!(
            line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")),
            Some("volume -9 what you chose for this device".to_owned())
        );
    }

    #[test]
    fn defaults_are_what_the_file_and_the_flags_say() {
        assert_eq!(default_of("pace"), Pace::default().to_string());
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
            assert!(same || default == "you are asked", "{key}: {line}");
        }
    }

    #[test]
    fn the_file_to_begin_with_changes_nothing_and_each_line_of_it_is_right() {
        assert_eq!(parse(TEMPLATE), Config::default());
        for key in KEYS {
            let with = TEMPLATE.replace(&format!("# {key} ="), &format!("{key} ="));
            let config = parse(&with);
            assert_eq!(config.written.keys().collect::<Vec<_>>(), [&key]);
        }
    }
}
