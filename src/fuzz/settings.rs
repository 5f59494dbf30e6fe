use super::problems::lie_in;
use crate::settings::emergency::EmergencyNumber;
use crate::settings::file::{Config, with_number};

/// A settings file: it is read, and her number can be put into it without a change to the rest; or each of its problems
/// has a place in it.
pub fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let config = match Config::parse("config.toml", &text) {
        Ok(config) => config,
        Err(problems) => return lie_in(&text, &problems),
    };
    if config.emergency_number.is_none() {
        keeps_the_rest(&text, &config);
    }
}

fn keeps_the_rest(text: &str, before: &Config) {
    let number = EmergencyNumber::checked("999").expect("a number");
    let text = with_number(text, &number).expect("a place for it");
    let after = Config::parse("config.toml", &text).expect("settings as they were");
    assert!(after.emergency_number.is_some_and(|it| it.value == number));
    let values = |config: &Config| {
        let config = config.clone();
        (
            (
                config.posture.map(|it| it.value),
                config.routine.map(|it| it.value),
                config.pace.map(|it| it.value),
                config.length.map(|it| it.value),
                config.voice.map(|it| it.value),
                config.volume.map(|it| it.value),
            ),
            (
                config.device.map(|it| it.value),
                config.buffer.map(|it| it.value),
                config.leave_music.map(|it| it.value),
                config.skip_sound_check.map(|it| it.value),
                config.plain.map(|it| it.value),
            ),
        )
    };
    let after = Config {
        emergency_number: None,
        ..after
    };
    assert_eq!(values(&after), values(before), "{text:?}");
}
