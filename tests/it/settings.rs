//! The settings that she has: their names, their order and what is read from her file.

use std::fs;
use std::process::Command;

use crate::lab::Dir;
use crate::stage::{bare, softback};

/// A file that sets everything there is.
const EVERYTHING: &str = "\
emergency_number = \"999\"
posture = \"standing\"
routine = \"gentle\"
pace = \"slow\"
length = 5
voice = \"system\"
volume = -6
device = \"default\"
buffer = 1280
leave_music = true
skip_sound_check = true
plain = true
";

const SHOWN: &str = "\
emergency_number  999       config.toml line 1
posture           standing  config.toml line 2
routine           gentle    config.toml line 3
pace              slow      config.toml line 4
length            5         config.toml line 5
voice             system    config.toml line 6
volume            -6        config.toml line 7
device            default   config.toml line 8
buffer            1280      config.toml line 9
leave_music       true      config.toml line 10
skip_sound_check  true      config.toml line 11
plain             true      config.toml line 12
";

const KNOWN: &str = "the settings are emergency_number, posture, routine, pace, length, voice, volume, device, buffer, \
                     leave_music, skip_sound_check, plain\n";

/// What `softback config` writes to standard output and to standard error.
fn config(file: &str) -> (String, String) {
    let dir = Dir::new();
    let environment = bare(&dir);
    let folder = dir.sub("home/.config/softback");
    fs::write(folder.join("config.toml"), file).expect("settings");
    let output = Command::new(softback())
        .arg("config")
        .env_clear()
        .envs(environment)
        .output()
        .expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn every_setting_is_shown_in_its_order_with_its_line() {
    let (shown, errors) = config(EVERYTHING);
    assert!(shown.ends_with(&format!("\n\n{SHOWN}")), "{shown}{errors}");
}

#[test]
fn whoever_mistypes_a_setting_is_told_all_of_them() {
    let (_, errors) = config("colour = 1\n");
    assert!(errors.ends_with(KNOWN), "{errors}");
}
