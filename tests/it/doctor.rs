//! The doctor and the settings file, as they are asked for: what is well, what is not, and that nothing hangs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::clock::now;
use crate::lab::{Dir, Environment, spawning};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, bare, softback};

/// All the patience of all the probes together, and that of a busy machine.
const BOUNDED: Duration = Duration::from_secs(100);

/// No desktop of this machine: the voices that it might have would be started.
fn apart(mut environment: Environment) -> Environment {
    environment.extend([
        ("SPEECHD_ADDRESS", "unix_socket:/nonexistent/speech".into()),
        ("SPEECHD_CMD", "false".into()),
        ("TZ", "Europe/London".into()),
        ("LANG", "en_GB.UTF-8".into()),
    ]);
    environment
}

/// Runs it without a terminal.
fn run(arguments: &[&str], environment: &Environment) -> Output {
    let _alone = spawning();
    Command::new("setsid")
        .arg("--wait")
        .arg(softback())
        .args(arguments)
        .current_dir("/")
        .env_clear()
        .envs(environment.iter().map(|(key, value)| (key, value)))
        .stdin(Stdio::null())
        .output()
        .expect("it starts")
}

/// Runs it in a terminal, as it is meant to be; what it prints, and its exit code.
#[track_caller]
fn seen(arguments: &[&str], environment: &Environment) -> (String, Option<i32>) {
    let mut program = Program::start(softback(), arguments, Path::new("/"), environment);
    let code = program.ends(BOUNDED).code();
    let text = String::from_utf8(program.raw()).expect("text");
    (text.replace("\r\n", "\n"), code)
}

#[track_caller]
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in: {text}"))
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn where_all_is_well_it_says_so_and_measures_the_silence() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    // A sink that nobody listens to would not keep time.
    let recorder = speaker.record();
    let begun = recorder.now();
    let environment = apart(speaker.environment());
    let (text, code) = seen(&["doctor", "--json"], &environment);
    assert_eq!(code, Some(0), "{text}");
    let report = parsed(&text);
    assert_eq!(report["ready"], true, "{text}");
    for (name, fact, value) in [
        ("sound", "device", Value::from("default")),
        ("sound", "rate_hz", 48_000.into()),
        ("sound", "period_frames", 640.into()),
        ("voice", "needed", true.into()),
        ("speech_service", "answers", false.into()),
        (
            "media_keys",
            "built_in",
            cfg!(feature = "media-keys").into(),
        ),
        ("media_keys", "connects", false.into()),
        ("terminal", "columns", 80.into()),
        ("config", "exists", false.into()),
        ("journal", "writable", true.into()),
        ("emergency", "number", "999".into()),
        ("emergency", "time_zone", "Europe/London".into()),
    ] {
        assert_eq!(report[name]["facts"][fact], value, "{name}, {fact}: {text}");
    }
    let number = |name: &str, fact: &str| report[name]["facts"][fact].as_f64().expect("a number");
    // The fade alone takes 10 ms; a busy machine may be late.
    let silence = number("silence", "median_ms");
    assert!((10.0..300.0).contains(&silence), "{silence} ms");
    assert!(number("silence", "longest_ms") >= silence);
    assert!((number("sound", "buffer_ms") - 26.7).abs() < 0.01);
    // A sentence of fifteen words, and how much faster it was made.
    let said = number("voice", "speech_ms");
    assert!((3000.0..12_000.0).contains(&said), "{said} ms of speech");
    let speed = said / number("voice", "making_ms");
    let told = number("voice", "speed");
    assert!((told - speed).abs() < 0.1, "{told} for {speed}");
    // Nobody is startled: what it played is not to be heard.
    let heard = recorder.heard().samples;
    let loudest = heard[begun..]
        .iter()
        .fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!((5e-5..1e-3).contains(&loudest), "a peak of {loudest}");

    let (text, code) = seen(&["doctor"], &environment);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("Everything that a session needs is there."),
        "{text}"
    );
}

#[test]
fn a_device_is_opened_by_a_part_of_its_name() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let recorder = speaker.record();
    let mut environment = apart(speaker.environment());
    let server = environment.iter().find(|(name, _)| *name == "PULSE_SERVER");
    let server = server.expect("a sound server").1.to_string_lossy();
    let dir = Dir::new();
    let config = dir.file(
        "kitchen.conf",
        &format!(
            "</usr/share/alsa/alsa.conf>\npcm_type.pulse {{ lib \"{}\" }}\n\
             pcm.!default {{ type pulse server \"unix:/nonexistent/pulse\" }}\n\
             pcm.k1 {{ type pulse server \"{server}\" hint {{ show on description \"Speaker of the kitchen\" }} }}\n",
            speaker.lab().file("ALSA_PLUGIN_PULSE")
        ),
    );
    // Later ones count.
    environment.extend([
        ("ALSA_CONFIG_PATH", config.into()),
        ("PULSE_SERVER", "unix:/nonexistent/pulse".into()),
    ]);
    let (text, code) = seen(&["doctor", "--json"], &environment);
    assert_eq!(code, Some(1), "the default one is not there: {text}");
    let arguments = ["doctor", "--json", "--device", "THE Kitchen"];
    let (text, code) = seen(&arguments, &environment);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(parsed(&text)["sound"]["facts"]["device"], "THE Kitchen");
    let listed = words(&run(&["doctor", "--devices"], &environment));
    let (default, kitchen) = (
        "default  Default Audio Device, the default; does not open now",
        "k1       Speaker of the kitchen; ",
    );
    assert!(
        listed.starts_with(default) && listed.contains(kitchen),
        "{listed}"
    );
    drop(recorder);
}

#[test]
fn without_a_sound_server_it_says_what_to_do() {
    let dir = Dir::new();
    let begun = now();
    let output = run(&["doctor"], &apart(bare(&dir)));
    let text = words(&output);
    assert!(begun.elapsed() < BOUNDED);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for part in [
        "not ok  sound           no sound device can be opened",
        "switch on a loudspeaker",
        "not ok  terminal",
        "ok      voice",
        "note    speech service",
        "A session needs what is not ok: sound, terminal.",
    ] {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    let devices = run(&["doctor", "--devices", "--json"], &bare(&dir));
    assert_eq!(devices.status.code(), Some(0));
    let devices = parsed(&words(&devices));
    assert_eq!(devices[0]["name"], "default", "{devices}");
    assert_eq!(devices[0]["opens"], false, "{devices}");
}

#[test]
fn a_sound_server_that_hangs_is_not_waited_for() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let environment = apart(speaker.environment());
    kill_process(speaker.server(), Signal::STOP).expect("it runs");
    let (text, code) = seen(&["doctor", "--json"], &environment);
    assert_eq!(code, Some(1), "{text}");
    let report = parsed(&text);
    assert_eq!(report["sound"]["status"], "not ok", "{text}");
    assert!(report["sound"]["remedy"].is_string(), "{text}");
    assert_eq!(report["voice"]["status"], "ok", "{text}");
    let output = run(&["doctor", "--devices"], &environment);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("does not answer"), "{errors}");
}

#[test]
fn damaged_settings_and_a_damaged_journal_are_told() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let config = dir.sub("home/.config/softback").join("config.toml");
    fs::write(&config, "pace = \"quick\"\nvolum = 3\n").expect("a file");
    let journal = dir.sub("home/.local/state/softback").join("journal.jsonl");
    fs::write(&journal, "half a li\n").expect("a file");
    let output = run(&["doctor", "--json"], &environment);
    let text = words(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let report = parsed(&text);
    assert_eq!(report["config"]["status"], "not ok", "{text}");
    assert_eq!(
        report["config"]["facts"]["path"],
        config.to_str().expect("UTF-8")
    );
    assert!(
        report["config"]["says"]
            .as_str()
            .expect("text")
            .contains("2 problems"),
        "{text}"
    );
    assert_eq!(report["journal"]["status"], "note", "{text}");
    assert_eq!(
        report["journal"]["facts"]["damaged_lines"],
        parsed("[1]"),
        "{text}"
    );
    // Looked at, and left as they are.
    assert_eq!(
        fs::read_to_string(&journal).expect("the file"),
        "half a li\n"
    );

    let output = run(&["config"], &environment);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    for part in [
        "config.toml:1:8",
        "config.toml:2:1",
        "did you mean \"volume\"?",
    ] {
        assert!(errors.contains(part), "no {part:?} in: {errors}");
    }
}

#[test]
fn the_settings_file_is_begun_shown_and_obeyed() {
    let dir = Dir::new();
    let environment = apart(bare(&dir));
    let config = dir.path().join("home/.config/softback/config.toml");
    let shown = words(&run(&["config"], &environment));
    let there_is_none = format!("There is no {} yet", config.display());
    assert!(shown.starts_with(&there_is_none), "{shown}");
    assert!(
        shown.contains("999           locale and time zone"),
        "{shown}"
    );

    let begun = run(&["config", "--init"], &environment);
    assert_eq!(begun.status.code(), Some(0));
    let again = run(&["config", "--init"], &environment);
    assert_eq!(again.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&again.stderr);
    assert!(
        errors.contains("already") && errors.contains("move it away"),
        "{errors}"
    );

    let text = fs::read_to_string(&config).expect("it was written");
    let text = text.replace("# device = \"default\"", "device = \"speakr\"");
    fs::write(&config, text).expect("it can be changed");
    let shown = words(&run(&["config"], &environment));
    assert!(shown.contains("speakr        config.toml line"), "{shown}");
    // A device that is not there is not passed over in silence, nor by the flag.
    for (arguments, name) in [
        (vec!["play", "rest", "--voice", "silent"], "speakr"),
        (
            vec!["play", "rest", "--voice", "silent", "--device", "defualt"],
            "defualt",
        ),
    ] {
        let mut program =
            Program::start_with_errors_apart(softback(), &arguments, Path::new("/"), &environment);
        assert_eq!(program.ends(PATIENCE).code(), Some(1));
        let errors = program.errors();
        let none = format!("there is no sound device called \"{name}\"");
        assert!(
            errors.contains(&none) && errors.contains("doctor --devices"),
            "{errors}"
        );
        assert_eq!(
            errors.contains("did you mean \"default\"?"),
            name == "defualt",
            "{errors}"
        );
    }
}

#[test]
fn shells_and_readers_of_manuals_are_served() {
    let dir = Dir::new();
    let environment = bare(&dir);
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell], &environment);
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(words(&output).contains("voice-dir"), "{shell}");
    }
    let page = words(&run(&["man"], &environment));
    assert!(
        page.contains(".SH NAME") && page.contains("Exit codes"),
        "{page}"
    );
}
