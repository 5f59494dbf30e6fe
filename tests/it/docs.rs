//! What the documents say is so: their commands run, their links lead somewhere, and they leave out no command,
//! flag, setting, key or folder.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::lab::{Dir, Environment};
use crate::stage::{bare, softback};

const SESSION: &str = "it begins a session, which takes minutes and a loudspeaker";
const TRIAL: &str = "it speaks, and needs a terminal and a loudspeaker";
const RECORDING: &str = "it makes minutes of sound, and other tests do";
const DEVICE: &str = "it asks a sound device, of which a test has none";
const SETTING_UP: &str = "it sets the machine up, or builds";
const PAGE: &str = "it needs what `make page` builds";
const ELSEWHERE: &str = "it is another program's";

/// Commands that are only read, and why. Softback's own must still have the right names, flags and values,
/// and those of make a target.
const NOT_RUN: [(&str, &str); 45] = [
    ("apt install ./softback_1.0.0-1_amd64.deb", SETTING_UP),
    (
        "apt install speech-dispatcher speech-dispatcher-espeak-ng",
        SETTING_UP,
    ),
    ("apt remove softback", SETTING_UP),
    ("make clean-setup", SETTING_UP),
    ("make compare", SETTING_UP),
    ("make deb", SETTING_UP),
    ("make demo", SETTING_UP),
    ("make help", SETTING_UP),
    ("make page", SETTING_UP),
    ("make play", SETTING_UP),
    ("make play ARGS=\"--pace slow\"", SETTING_UP),
    ("make play ARGS=\"doctor\"", SETTING_UP),
    ("make setup", SETTING_UP),
    ("make tarball", SETTING_UP),
    ("make test", SETTING_UP),
    ("pactl list short sink-inputs", ELSEWHERE),
    ("pactl set-sink-input-mute NUMBER 0", ELSEWHERE),
    ("pactl set-sink-mute @DEFAULT_SINK@ 0", ELSEWHERE),
    ("playerctl -p softback status", ELSEWHERE),
    ("spd-say hello", ELSEWHERE),
    ("tar -xzf softback-1.0.0-x86_64.tar.gz", ELSEWHERE),
    ("softback-1.0.0-x86_64/bin/softback doctor", DEVICE),
    ("softback --buffer 1024", SESSION),
    ("softback export gentle -o gentle.html", PAGE),
    ("softback export upper-back --site softback-site", PAGE),
    ("softback --voice system", SESSION),
    ("softback doctor", DEVICE),
    ("softback doctor --devices", DEVICE),
    ("softback doctor --json", DEVICE),
    ("softback edit my-routine", "it opens an editor"),
    ("softback export", RECORDING),
    (
        "softback export --all --out sessions",
        "it makes hours of sound",
    ),
    ("softback export upper-back -o session.m4b", RECORDING),
    (
        "softback export upper-back -o session.m4b --captions session.vtt",
        RECORDING,
    ),
    ("softback hear my.toml", TRIAL),
    ("softback hear my.toml --from 3", TRIAL),
    ("softback hear my.toml --from 40", TRIAL),
    ("softback play --buffer 1024", SESSION),
    ("softback play --device NAME", SESSION),
    ("softback play my-routine", SESSION),
    ("softback play my.toml", SESSION),
    ("softback play rest", SESSION),
    ("softback play rest --plain", SESSION),
    ("softback play upper-back --posture standing", SESSION),
    (
        "softback show upper-back --exact",
        "the voice says all of it, which takes a minute",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder))
        .expect("a folder")
        .flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == ending))
        .collect()
}

/// What is written for those who use it.
fn manuals() -> Vec<PathBuf> {
    let mut found = files("docs", "md");
    assert!(found.len() > 5);
    found.push(root().join("README.md"));
    found
}

/// A home in which nothing has happened yet, with a routine of her own in it.
fn home() -> (Dir, Environment) {
    let dir = Dir::new();
    let mut environment = bare(&dir);
    fs::copy(
        root().join("scripts/en/gentle.toml"),
        dir.path().join("my.toml"),
    )
    .expect("a copy");
    fs::remove_file(
        dir.path()
            .join("home/.local/state/softback/loudspeakers.json"),
    )
    .expect("a file");
    for (variable, folder) in [
        ("XDG_CONFIG_HOME", "home/.config"),
        ("XDG_STATE_HOME", "home/.local/state"),
        ("XDG_DATA_HOME", "home/.local/share"),
    ] {
        environment.push((variable, dir.path().join(folder).into()));
    }
    for (variable, value) in [("LC_ALL", "C"), ("TZ", "UTC"), ("COLUMNS", "100")] {
        environment.push((variable, value.into()));
    }
    (dir, environment)
}

fn run(arguments: &[&str]) -> Output {
    let (dir, environment) = home();
    let mut command = Command::new(softback());
    command.args(arguments).env_clear().envs(environment);
    let done = command
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .output();
    done.expect("it runs")
}

#[track_caller]
fn succeeds(arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = run(arguments);
    let errors = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "softback {arguments:?}: {errors}");
    String::from_utf8(stdout).expect("UTF-8")
}

/// Lines of code, without comments, and whatever else reads like a command. What stands in blocks of
/// "console" is run with its answer by [`what_is_printed_is_known`].
fn commands(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut prose = String::new();
    let mut fence = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), fence) {
            (Some(language), None) => fence = Some(language),
            (Some(_), Some(_)) => fence = None,
            (None, Some("sh")) => {
                let command = line.split(" #").next().unwrap_or_default();
                found.insert(command.trim().to_owned());
            }
            (None, Some(_)) => {}
            (None, None) => prose = prose + line.trim() + " ",
        }
    }
    let quoted = prose.split('`').skip(1).step_by(2);
    let commands = quoted.filter(|words| is_command(words));
    found.extend(commands.map(str::to_owned));
    found.remove("");
    found
}

/// Two words at the least, the first of them a program; "…" stands for any, and "=" sets a value.
fn is_command(words: &str) -> bool {
    let program = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let mut words = words.split(' ');
    words
        .next()
        .is_some_and(|name| program(name) && !name.starts_with('-'))
        && words.next().is_some_and(|word| !["…", "="].contains(&word))
}

#[test]
fn every_command_is_run_or_read() {
    let all: BTreeSet<_> = manuals()
        .iter()
        .flat_map(|path| commands(&read(path)))
        .collect();
    for (command, reason) in NOT_RUN {
        assert!(
            all.contains(command),
            "{command:?} is not run, as {reason}; but no document has it"
        );
    }
    let makefile = read("Makefile");
    let targets = makefile
        .lines()
        .find_map(|line| line.strip_prefix(".PHONY:"));
    let targets: Vec<_> = targets.expect("targets").split_whitespace().collect();
    for command in &all {
        let is_run = NOT_RUN.iter().all(|(known, _)| known != command);
        // Where its answer goes is the shell's.
        let command = command.split(" > ").next().unwrap_or(command);
        let mut words = command.split(' ');
        match words.next() {
            Some("softback") if is_run => _ = succeeds(&words.collect::<Vec<_>>()),
            Some("softback") => reads(words),
            Some("make") => {
                let target = words.next().unwrap_or_default();
                assert!(targets.contains(&target), "{command:?}: no such target");
                if let Some((_, arguments)) = command.split_once("ARGS=") {
                    reads(arguments.trim_matches('"').split(' '));
                }
            }
            _ => assert!(!is_run, "{command:?}: say in this test why it is not run"),
        }
    }
}

/// Asked for help at the end, the program reads everything before it, and does nothing.
#[track_caller]
fn reads<'a>(arguments: impl Iterator<Item = &'a str>) {
    succeeds(&arguments.chain(["--help"]).collect::<Vec<_>>());
}

#[test]
fn what_is_printed_is_known() {
    let (dir, environment) = home();
    let cases = trycmd::TestCases::new();
    cases.register_bin("softback", trycmd::schema::Bin::Path(softback().to_owned()));
    for (key, value) in environment {
        cases.env(key, value.to_str().expect("UTF-8"));
    }
    let home = dir.path().join("home").display().to_string();
    cases.insert_var("[HOME]", home).expect("a name");
    cases.case(root().join("README.md"));
    cases.case(root().join("docs/*.md"));
    cases.case(root().join("tests/docs/*.trycmd"));
    cases.run();
    // Not by the same crate, which takes a backslash for a part of a path.
    insta::assert_snapshot!("man", succeeds(&["man"]));
    for shell in ["bash", "fish", "zsh"] {
        let script = succeeds(&["completions", shell]);
        insta::assert_snapshot!(format!("completions_{shell}"), script);
    }
}

/// The schema in the repository is the one of the types: `SOFTBACK_SCHEMA=1` writes it anew.
#[test]
fn the_schema_is_that_of_the_types() {
    const PATH: &str = "docs/routine.schema.json";
    let printed = succeeds(&["schema"]);
    if env::var_os("SOFTBACK_SCHEMA").is_some() {
        fs::write(root().join(PATH), &printed).expect("it is written");
    }
    assert!(
        read(PATH) == printed,
        "{PATH} is old: `make schema` writes it anew"
    );
}

/// The names in the first column of tables: what stands there as code.
fn first_column(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

/// Flags that `softback COMMAND --help` tells of, but for the help itself.
fn flags(command: &[&str]) -> BTreeSet<String> {
    let help = succeeds(&[command, &["--help"]].concat());
    let lines = help.lines().map(str::trim_start);
    let flags = lines.filter_map(|line| {
        let long = line.split(", ").find(|name| name.starts_with("--"))?;
        line.starts_with('-').then(|| long.split(' ').next())?
    });
    let named = flags.filter(|flag| !["--help", "--version"].contains(flag));
    named.map(str::to_owned).collect()
}

#[test]
fn every_command_and_flag_is_told_of() {
    let text = read("docs/commands.md");
    let sections = text.split("\n## softback ").skip(1);
    let mut told: Vec<_> = sections
        .map(|section| {
            let (title, text) = section.split_once('\n').expect("a text");
            (
                title.trim(),
                first_column(text.split("\n## ").next().unwrap_or_default()),
            )
        })
        .collect();
    let help = succeeds(&["--help"]);
    let (_, listed) = help.split_once("Commands:\n").expect("commands");
    let (listed, _) = listed.split_once("\n\n").expect("their end");
    let listed = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut real: Vec<_> = listed
        .filter(|name| *name != "help")
        .map(|name| (name, flags(&[name])))
        .collect();
    told.sort();
    real.sort();
    assert_eq!(told, real);
    // Without a command, the flags are those of `play`, and the notice.
    let mut alone = flags(&[]);
    assert!(alone.remove("--notice"));
    assert_eq!(alone, flags(&["play"]));
}

#[test]
fn every_setting_is_told_of() {
    let text = read("docs/settings.md");
    let (settings, _) = text.split_once("## The environment").expect("a heading");
    let shown = succeeds(&["config"]);
    let (_, rows) = shown.split_once("\n\n").expect("settings");
    let names = rows.lines().filter_map(|row| row.split_whitespace().next());
    assert_eq!(first_column(settings), names.map(str::to_owned).collect());
}

#[test]
fn every_key_is_told_of() {
    let keys = read("src/base/key.rs");
    let (_, variants) = keys.split_once("pub(crate) enum Key {").expect("the keys");
    let (variants, _) = variants.split_once('}').expect("their end");
    let variants = variants
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let named = variants
        .filter(|name| name.chars().all(char::is_alphanumeric))
        .filter_map(|name| match name {
            "Escape" => Some("Esc"),
            "Left" => Some("←"),
            "Right" => Some("→"),
            "Up" => Some("↑"),
            "Down" => Some("↓"),
            "CtrlC" => Some("Ctrl-C"),
            "Other" => None,
            other => Some(other),
        });
    let meanings = read("src/session/keys.rs");
    let meanings: Vec<_> = meanings.chars().collect();
    let letters = meanings.windows(3).filter_map(|letters| match letters {
        ['\'', letter, '\''] => Some(letter.to_string()),
        _ => None,
    });
    // The terminal's own: it never reaches the session.
    let named = named.chain(["Ctrl-Z"]).map(str::to_owned);
    assert_eq!(
        first_column(&read("docs/keys.md")),
        named.chain(letters).collect()
    );
}

#[test]
fn every_folder_stands_in_the_architecture() {
    let architecture = read("ARCHITECTURE.md");
    for entry in fs::read_dir(root().join("src"))
        .expect("a folder")
        .flatten()
    {
        // Git keeps no empty folder, but leaves it where it was.
        let is_there = |mut files: fs::ReadDir| files.next().is_some();
        if fs::read_dir(entry.path()).is_ok_and(is_there) {
            let folder = format!("src/{}/", entry.file_name().display());
            assert!(
                architecture.contains(&folder),
                "{folder} is not in ARCHITECTURE.md"
            );
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    for path in manuals().into_iter().chain(files("", "md")) {
        let text = read(&path);
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            if file.starts_with("http") {
                continue;
            }
            let target = path.parent().expect("a folder").join(file);
            let target = if file.is_empty() {
                path.clone()
            } else {
                target
            };
            assert!(target.exists(), "{}: {link}", path.display());
            let slug = |title: &str| title.to_lowercase().replace(' ', "-");
            let headings = place.is_empty()
                || read(&target)
                    .lines()
                    .filter_map(|line| line.strip_prefix("## ").or(line.strip_prefix("### ")))
                    .any(|title| slug(title) == place);
            assert!(headings, "{}: {link}", path.display());
        }
    }
}
