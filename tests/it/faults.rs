//! The table of faults in docs/faults.md: each has a test, and those that stand nowhere else stand here.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use std::ffi::OsString;

use serde_json::Value;

use crate::lab::{Dir, Environment, spawning};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, bare, fixture, in_fast_motion, softback};

/// How the program ends when it panics.
const PANIC: i32 = 101;

/// Runs it by way of a shell, which is given its words: limits are set, or streams closed, before it begins.
fn run_by(shell: &str, arguments: &[&str], environment: &Environment) -> Output {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", shell]).arg(softback()).args(arguments);
    finished(command, environment)
}

fn finished(mut command: Command, environment: &Environment) -> Output {
    let _alone = spawning();
    let environment = environment.iter().map(|(key, value)| (key, value));
    let command = command.env_clear().envs(environment).current_dir("/");
    command.stdin(Stdio::null()).output().expect("it starts")
}

/// What it said; it did not panic, and nothing killed it.
#[track_caller]
fn calm(output: &Output) -> (String, i32) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code();
    let code = code.unwrap_or_else(|| panic!("{}: {said}", output.status));
    assert!(code != PANIC && !said.contains("panicked"), "{said}");
    (said, code)
}

fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .collect()
}

/// An export of the short routine into a folder.
fn export(into: &Path, voice: &'static str) -> [String; 7] {
    let file = into.join("a.wav").to_str().expect("UTF-8").to_owned();
    let routine = fixture("short.toml");
    let words = [
        "export", &*routine, "--voice", voice, "--force", "-o", &*file,
    ];
    words.map(str::to_owned)
}

#[test]
fn with_few_files_at_once_it_works_or_says_so_and_leaves_nothing_half() {
    let (dir, out) = (Dir::new(), Dir::new());
    let environment = bare(&dir);
    let words = export(out.path(), "silent");
    let words = words.each_ref().map(String::as_str);
    let mut refused = 0;
    for most in 4..12 {
        let limited = format!("ulimit -n {most}; exec \"$0\" \"$@\"");
        for command in [&["show", "rest"][..], &["journal"], &["config"]] {
            calm(&run_by(&limited, command, &environment));
        }
        let (said, code) = calm(&run_by(&limited, &words, &environment));
        if code == 0 {
            fs::remove_file(out.path().join("a.wav")).expect("it was made");
        } else {
            assert!(said.contains("a.wav cannot be written"), "{said}");
            refused += 1;
        }
        assert_eq!(names(out.path()), [""; 0], "with {most}: {said}");
    }
    assert!(refused > 0);
}

/// The system ends what gets no memory; what was there before is not lost by it.
#[test]
fn without_enough_memory_what_was_there_stays() {
    let (dir, out) = (Dir::new(), Dir::new());
    let old = out.file("a.wav", "old");
    let words = export(out.path(), "heart");
    let words = words.each_ref().map(String::as_str);
    let limited = r#"ulimit -v 150000; exec "$0" "$@""#;
    let done = run_by(limited, &words, &bare(&dir));
    assert!(!done.status.success(), "150 MB are enough by now");
    assert_eq!(fs::read_to_string(old).expect("there"), "old");
}

#[test]
fn with_closed_streams_it_does_what_it_should() {
    let dir = Dir::new();
    let environment = bare(&dir);
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let shell = format!("exec \"$0\" \"$@\" {closed}");
        let of = |words: &[&str]| calm(&run_by(&shell, words, &environment)).1;
        assert_eq!(of(&["show", "rest"]), 0, "{closed}");
        assert_eq!(of(&["journal"]), 0, "{closed}");
        assert_eq!(of(&["check", "/nonexistent/mine.toml"]), 2, "{closed}");
        let out = Dir::new();
        let words = export(out.path(), "silent");
        assert_eq!(of(&words.each_ref().map(String::as_str)), 0, "{closed}");
        assert_eq!(names(out.path()), ["a.wav"], "{closed}");
    }
    // Whoever has read enough: that is no error.
    let shell = r#"{ "$0" "$@"; echo $? >&2; } | head -n 1"#;
    let (said, _) = calm(&run_by(shell, &["show", "upper-back"], &environment));
    assert_eq!(said.trim(), "0");
}

#[test]
fn any_locale_and_zone_are_lived_with() {
    let dir = Dir::new();
    let text = |text: &str| OsString::from(text);
    let bytes = OsString::from_vec(vec![0xff, b'/', 0xfe]);
    let long = text(&"x".repeat(100_000));
    let zones = [
        ":/nonexistent",
        "../../etc/passwd",
        "Mars/Olympus",
        "UTC-25",
        "",
        "%s%n",
    ];
    let zones: Vec<_> = zones
        .map(text)
        .into_iter()
        .chain([bytes.clone(), long.clone()])
        .collect();
    let locales = ["tlh_QX.UTF-8", "%n%s", "C", "de_DE@euro", ""];
    let locales = locales.map(text).into_iter().chain([bytes, long]);
    for (locale, zone) in locales
        .zip(zones.iter().cycle())
        .chain(zones.iter().map(|zone| (text("C"), zone)))
    {
        let mut environment = bare(&dir);
        environment.extend([
            ("LC_ALL", locale.clone()),
            ("LANG", locale),
            ("TZ", zone.clone()),
        ]);
        for words in [&["journal"][..], &["config"], &["show", "rest"]] {
            let (said, code) = calm(&run_by(r#"exec "$0" "$@""#, words, &environment));
            assert_eq!(code, 0, "{environment:?}: {said}");
        }
    }
}

#[test]
fn of_two_exports_to_one_file_one_is_whole_and_one_is_refused() {
    let (dir, out) = (Dir::new(), Dir::new());
    let environment = bare(&dir);
    let words = export(out.path(), "silent").map(|word| word.replace("--force", "--pace"));
    let [export, routine, voice, silent, pace, to, file] = words.each_ref().map(String::as_str);
    let words = [export, routine, voice, silent, pace, "slow", to, file];
    let both = r#""$0" "$@" & "$0" "$@"; one=$?; wait $!; echo $one $?"#;
    let done = run_by(both, &words, &environment);
    let (said, _) = calm(&done);
    let codes = String::from_utf8_lossy(&done.stdout);
    let codes: BTreeSet<_> = codes
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .collect();
    assert_eq!(codes, ["0", "2"].into(), "{said}");
    assert_eq!(names(out.path()), ["a.wav"]);
}

/// It was read and checked before the first word, and is not read again.
#[test]
fn a_routine_that_is_changed_while_it_plays_is_played_as_it_was() {
    let dir = Dir::new();
    let short = fs::read_to_string(fixture("short.toml")).expect("a fixture");
    let routine = dir.file("mine.toml", &short);
    let words = [
        "play",
        routine.to_str().expect("UTF-8"),
        "--voice",
        "silent",
        "--plain",
    ];
    let environment = in_fast_motion(&dir, 8);
    let mut session = Program::start(softback(), &words, Path::new("/"), &environment);
    session.wait_for("press it once", PATIENCE);
    fs::write(&routine, "title = \"Torn").expect("written");
    session.press(" ");
    session.wait_for("Rest your hands", PATIENCE);
    fs::remove_file(&routine).expect("there");
    assert_eq!(session.ends(PATIENCE).code(), Some(0));
    let said = String::from_utf8_lossy(&session.raw()).into_owned();
    assert!(said.contains("Well done, and take good care."), "{said}");
}

/// Few and many channels, low and high rates: the server converts, and the doctor finds that sound comes and goes.
#[test]
fn a_device_of_another_kind_plays() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    for (channels, rate) in [(1, 8000), (6, 44_100), (8, 96_000)] {
        let name = format!("of{channels}");
        let [named, channels, rate] = [
            format!("sink_name={name}"),
            format!("channels={channels}"),
            format!("rate={rate}"),
        ];
        let sink = [
            "load-module",
            "module-null-sink",
            &named,
            &channels,
            &rate,
            "norewinds=1",
        ];
        speaker.control(&sink);
        speaker.control(&["set-default-sink", &name]);
        let words = ["doctor", "--json"];
        let environment = speaker.environment();
        let mut doctor = Program::start(softback(), &words, Path::new("/"), &environment);
        doctor.ends(PATIENCE + Duration::from_mins(1));
        let text = String::from_utf8_lossy(&doctor.raw()).into_owned();
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(report["sound"]["facts"]["rate_hz"], 48_000, "{text}");
        assert!(
            report["silence"]["facts"]["median_ms"].is_number(),
            "{text}"
        );
    }
}

/// Every test that there is, as `cargo test` names it.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (
        BTreeSet::new(),
        vec![root.join("src"), root.join("tests/it")],
    );
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.extend(tests_of(path.strip_prefix(root).expect("inside"), &text));
            }
        }
    }
    assert!(found.len() > 300, "only {}", found.len());
    found
}

fn tests_of(path: &Path, text: &str) -> Vec<String> {
    let path = path.with_extension("");
    let (first, path) = match path.strip_prefix("src") {
        Ok(path) => (None, path.to_owned()),
        Err(_) => (
            Some("it"),
            path.file_name().map(PathBuf::from).expect("a name"),
        ),
    };
    let parts = path.iter().map(|part| part.to_str().expect("UTF-8"));
    let inline = text.contains("\nmod tests {").then_some("tests");
    let module = first
        .into_iter()
        .chain(parts.filter(|part| *part != "mod"))
        .chain(inline);
    let module = module.collect::<Vec<_>>().join("::");
    let named = text.split("#[test]\n").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once("fn ")?;
        rest.split_once('(').map(|(name, _)| name)
    });
    named.map(|name| format!("{module}::{name}")).collect()
}

#[test]
fn every_fault_of_the_table_has_a_test() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let text = fs::read_to_string(path).expect("the table");
    let tests = tests();
    let mut rows = 0;
    let headed = |line: &&str| line.starts_with("| ") && !line.starts_with("| fault |");
    for row in text.lines().filter(headed) {
        let Some((_, named)) = row.trim_end_matches(" |").rsplit_once("| ") else {
            panic!("no test in: {row}");
        };
        for name in named.split("<br>") {
            let name = name.trim().trim_matches('`');
            assert!(tests.contains(name), "there is no test {name}");
        }
        rows += 1;
    }
    assert!(rows > 40, "only {rows} rows");
}
