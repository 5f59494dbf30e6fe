//! What it refuses, and how it says so: one plain message with the way out, and the right exit code.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::clock::wait_until;
use crate::lab::{Dir, Environment, Lab, spawning};
use crate::pty::Program;
use crate::stage::{PATIENCE, bare, fixture, in_fast_motion, softback};

/// Runs it without a terminal, from a folder of its own.
fn run(binary: &Path, arguments: &[impl AsRef<OsStr>], environment: &Environment) -> Output {
    let _alone = spawning();
    // A session of its own: then nothing of this test's terminal, if it has one, is its terminal.
    Command::new("setsid")
        .arg("--wait")
        .arg(binary)
        .args(arguments)
        .current_dir("/")
        .env_clear()
        .envs(environment.iter().map(|(key, value)| (key, value)))
        .stdin(Stdio::null())
        .output()
        .expect("it starts")
}

/// Runs it in a terminal; what it says on standard error, and its exit code.
fn run_in_terminal(
    binary: &Path,
    arguments: &[&str],
    environment: &Environment,
) -> (String, Option<i32>) {
    let mut program =
        Program::start_with_errors_apart(binary, arguments, Path::new("/"), environment);
    let code = program.ends(PATIENCE).code();
    (program.errors(), code)
}

#[track_caller]
fn refused(output: &Output, code: i32, says: &[&str]) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    for part in says {
        assert!(errors.contains(part), "no {part:?} in: {errors}");
    }
}

#[test]
fn wrong_usage_is_refused_with_the_right_words() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let softback = |arguments: &[&str]| run(softback(), arguments, &environment);
    refused(
        &softback(&["play", "--pace", "brisk"]),
        2,
        &["brisk", "very-slow"],
    );
    refused(
        &softback(&["play", "uper-back"]),
        2,
        &["uper-back", "did you mean", "upper-back"],
    );
    refused(&softback(&["play", "--buffer", "0"]), 2, &["--buffer"]);
    refused(
        &softback(&["play", "/nonexistent/mine.toml"]),
        2,
        &["/nonexistent/mine.toml"],
    );
    refused(&softback(&["ply"]), 2, &["play"]);
}

#[test]
fn a_broken_routine_is_refused_with_its_place() {
    let dir = Dir::new();
    let broken = fixture("broken.toml");
    let place = format!("{broken}:8:1");
    for command in ["play", "check"] {
        let output = run(softback(), &[command, &broken], &bare(&dir));
        refused(&output, 2, &[&place, "the breath would be held"]);
    }
    let torn = dir.file("torn.toml", "title = \"Torn\nlanguage = \"en\"\n");
    let torn = torn.to_str().expect("UTF-8");
    refused(
        &run(softback(), &["play", torn], &bare(&dir)),
        2,
        &[&format!("{torn}:1:")],
    );
}

#[test]
fn only_a_sound_routine_is_signed_and_a_changed_word_is_named() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let signs = |path: &str| {
        let arguments = ["check", "--sign", "--by", "Jo", path];
        run(softback(), &arguments, &environment)
    };
    let broken = fs::read_to_string(fixture("broken.toml")).expect("a fixture");
    let path = dir.file("broken.toml", &broken);
    let output = signs(path.to_str().expect("UTF-8"));
    refused(&output, 2, &["the breath would be held"]);
    assert_eq!(fs::read_to_string(&path).expect("there"), broken);

    let sound = "# Hers.\ntitle = \"T\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n[[section.movement]]\n\
                 lines = [{ id = \"A1\", say = \"Rest your hands.\", source = [\"house\"] }]\n";
    // With its marks it could not be read any more.
    let longest = format!("{sound}#{}", "-".repeat((1 << 20) - sound.len() - 1));
    let path = dir.file("longest.toml", &longest);
    let output = signs(path.to_str().expect("UTF-8"));
    refused(&output, 1, &["cannot be signed", "larger than 1 MiB"]);
    assert_eq!(fs::read_to_string(&path).expect("there"), longest);

    let path = dir.file("sound.toml", sound);
    let name = path.to_str().expect("UTF-8");
    let signed = signs(name);
    let said = String::from_utf8_lossy(&signed.stdout);
    assert!(said.contains("A1  say \"Rest your hands.\""), "{said}");
    assert!(said.contains("is sound, and reviewed by Jo on "), "{said}");
    let text = fs::read_to_string(&path).expect("there");
    assert!(
        text.starts_with("# Hers.\ntitle = \"T\"\nreviewed_by = \"Jo\"\n"),
        "{text}"
    );
    fs::write(&path, text.replace("Rest your hands", "Rest your arms")).expect("written");
    let checked = run(softback(), &["check", name], &environment);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(
        said.contains("is sound, and unreviewed\n  A1 has changed: say \"Rest your arms.\""),
        "{said}"
    );
    // Who signs next takes the place of the first.
    let arguments = ["check", "--sign", "--by", "Bea", name];
    let signed = run(softback(), &arguments, &environment);
    let said = String::from_utf8_lossy(&signed.stdout);
    assert!(
        said.contains("It takes the place of the review by Jo."),
        "{said}"
    );
    refused(&signs("-"), 1, &["standard input cannot be signed"]);
    let nobody = run(
        softback(),
        &["check", "--sign", "--by", "", name],
        &environment,
    );
    refused(&nobody, 2, &["a value is required for '--by <NAME>'"]);
}

#[test]
fn without_a_terminal_it_does_not_begin() {
    let dir = Dir::new();
    let output = run(
        softback(),
        &["play", "rest", "--voice", "silent"],
        &bare(&dir),
    );
    refused(&output, 1, &["no terminal"]);
}

#[test]
fn without_a_loudspeaker_there_is_one_message() {
    let dir = Dir::new();
    let mut unreachable = bare(&dir);
    if let Some(lab) = Lab::find() {
        // The commonest case: the plug-in of a sound server that is not there.
        let config = dir.file(
            "gone.conf",
            &format!(
                "</usr/share/alsa/alsa.conf>\npcm_type.pulse {{ lib \"{}\" }}\n\
                 pcm.!default {{ type pulse server \"unix:/nonexistent/pulse\" }}\n",
                lab.file("ALSA_PLUGIN_PULSE")
            ),
        );
        unreachable.extend([
            ("ALSA_CONFIG_PATH", config.into()),
            ("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH").into()),
        ]);
    }
    for environment in [bare(&dir), unreachable] {
        let (errors, code) = run_in_terminal(
            softback(),
            &["play", "rest", "--voice", "silent"],
            &environment,
        );
        assert_eq!(code, Some(1), "{errors}");
        assert_eq!(errors.matches("no sound device").count(), 1, "{errors}");
        assert!(!errors.contains("ALSA lib"), "{errors}");
        assert!(errors.lines().count() <= 4, "{errors}");

        // As she sees it: the message stays when the program has given the screen back.
        let arguments = ["play", "rest", "--voice", "silent"];
        let mut seen =
            Program::start_in_shell(softback(), &arguments, Path::new("/"), &environment);
        seen.wait_for("left with 1", PATIENCE);
        let screen = seen.screen();
        assert!(
            screen.contains("no sound device") && !screen.contains("ALSA lib"),
            "{screen}"
        );
    }
}

/// A session reads its keys from the terminal, whatever standard input is: so does the notice before it.
#[test]
fn the_health_notice_is_shown_with_nothing_on_standard_input() {
    let dir = Dir::new();
    let arguments = [
        "-c",
        r#"exec "$0" "$@" </dev/null"#,
        softback().to_str().expect("UTF-8"),
        "play",
        "upper-back",
        "--voice",
        "silent",
    ];
    let shell = Path::new("/bin/sh");
    let mut program = Program::start(shell, &arguments, Path::new("/"), &bare(&dir));
    program.wait_for("Page 1 of 2.", PATIENCE);
    // The gravest comes first, and nothing of it has scrolled away.
    assert!(
        program
            .screen()
            .contains("NO CLINICIAN HAS REVIEWED THE TEXT YET")
    );
    program.press("\r");
    program.wait_for("Press Enter when you have read this", PATIENCE);
    // It waits for her, and has not gone on by itself.
    assert!(!program.screen().contains("no sound device"));
    program.press("\r");
    program.wait_for("the emergency number where you are", PATIENCE);
    program.press("\r");
    program.wait_for("no sound device", PATIENCE);
    assert_eq!(program.ends(PATIENCE).code(), Some(1));
}

#[test]
fn without_its_voice_it_says_how_to_get_it() {
    let dir = Dir::new();
    // Away from the checkout, where the voice would be found.
    let binary = dir.sub("bin").join("softback");
    fs::copy(softback(), &binary).expect("a copy");
    let (errors, code) = run_in_terminal(&binary, &["play", "rest"], &bare(&dir));
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("make setup"), "{errors}");

    let mut named = bare(&dir);
    named.push(("SOFTBACK_VOICE_DIR", "/nonexistent/heart".into()));
    let (errors, code) = run_in_terminal(&binary, &["play", "rest", "--voice", "heart"], &named);
    assert_eq!(code, Some(1), "{errors}");
    assert!(
        errors.contains("/nonexistent/heart") && errors.contains("make setup"),
        "{errors}"
    );
}

/// What becomes of a file.
type Change = fn(&mut Vec<u8>);

/// A changed file can be loaded all the same, and speaks noise, or sentences of no length.
#[test]
fn a_voice_that_is_not_as_it_was_fetched_is_refused() {
    let dir = Dir::new();
    let mut environment = in_fast_motion(&dir, 1);
    let heart = dir.sub("heart");
    environment.push(("SOFTBACK_VOICE_DIR", heart.clone().into()));
    let fetched = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let changes: [(&str, Change); 3] = [
        ("vocab.json", |bytes| *bytes = b"{}".to_vec()),
        ("hibari.onnx", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }),
        ("oov.onnx", |bytes| bytes.truncate(bytes.len() / 2)),
    ];
    for (changed, change) in changes {
        for file in fs::read_dir(&fetched).expect("the voice") {
            let file = file.expect("a file").path();
            let mut bytes = fs::read(&file).expect("a file of the voice");
            if file.ends_with(changed) {
                change(&mut bytes);
            }
            let name = file.file_name().expect("a name");
            fs::write(heart.join(name), bytes).expect("a copy");
        }
        for command in [&["play", "rest"][..], &["doctor"]] {
            let mut program = Program::start(softback(), command, Path::new("/"), &environment);
            assert_eq!(program.ends(PATIENCE).code(), Some(1), "{command:?}");
            let said = String::from_utf8_lossy(&program.raw()).into_owned();
            for part in [changed, "is damaged", "make setup"] {
                assert!(said.contains(part), "{command:?}: {said}");
            }
        }
    }
}

#[test]
fn it_runs_from_anywhere() {
    let dir = Dir::new();
    let binary = dir.sub("bin").join("softback");
    fs::copy(softback(), &binary).expect("a copy");
    let output = run(&binary, &["show", "upper-back"], &bare(&dir));
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && shown.contains("Find a firm chair"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stderr.is_empty());
    assert!(
        run(&binary, &["list"], &bare(&dir))
            .stdout
            .starts_with(b"upper-back")
    );
}

/// What has no end, or no beginning, is an error at once.
#[test]
fn nothing_is_waited_for_that_is_no_plain_file() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let home = dir.path().join("home");
    let pipe = |path: &Path| {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
    };
    let config = home.join(".config/softback/config.toml");
    let journal = home.join(".local/state/softback/journal.jsonl");
    let own = home.join(".local/share/softback/routines/mine.toml");
    for path in [&config, &journal, &own] {
        pipe(path);
    }
    let softback = |arguments: &[&str]| run(softback(), arguments, &environment);
    refused(&softback(&["config"]), 2, &["config.toml", "it is a pipe"]);
    fs::remove_file(&config).expect("no pipe");
    let listed = softback(&["list"]).stdout;
    let listed = String::from_utf8_lossy(&listed);
    let of_mine = "mine  cannot be read: it is a pipe, and no plain file\n";
    assert!(listed.ends_with(of_mine), "{listed}");
    refused(
        &softback(&["journal"]),
        1,
        &["journal.jsonl", "it is a pipe"],
    );
    refused(
        &softback(&["play", "gentle", "--voice", "silent"]),
        1,
        &["journal.jsonl", "it is a pipe"],
    );
    refused(&softback(&["check", "/dev/zero"]), 2, &["it is a device"]);
    refused(&softback(&["check", "/"]), 2, &["it is a folder"]);
    let late = dir.path().join("late.toml");
    pipe(&late);
    let late = late.to_str().expect("UTF-8");
    refused(&softback(&["check", late]), 2, &["nothing came out of it"]);
}

#[test]
fn a_file_that_is_no_text_of_ours_is_told_from_one_that_is() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let check = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).expect("a file");
        run(
            softback(),
            &["check", path.to_str().expect("UTF-8")],
            &environment,
        )
    };
    let sound = fs::read(fixture("short.toml")).expect("a fixture");
    assert!(check("mine.TOML", &sound).status.success());
    refused(
        &check("a.toml", b"title = \"a\"\n# \xfc\n"),
        2,
        &["line 2", "Latin-1", "UTF-8"],
    );
    let wide: Vec<u8> = "\u{feff}title"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    refused(
        &check("b.toml", &wide),
        2,
        &[
            "line 1",
            "UTF-16 LE",
            "save it as UTF-8",
            "iconv -f UTF-16LE",
        ],
    );
    refused(
        &check("d.toml", b"title = \"a \x96 b\"\n"),
        2,
        &["line 1", "Windows-1252", "save it as UTF-8"],
    );
    refused(
        &check("c.toml", &vec![b'#'; (1 << 20) + 1]),
        2,
        &["larger than 1 MiB"],
    );
}

/// The journal keeps a routine's name as text: every command refuses alike what is none.
#[test]
fn a_name_that_is_no_text_is_refused_with_what_to_do() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let name = OsStr::from_bytes(b"m\xfcde.toml");
    for command in ["play", "show", "check"] {
        let arguments = [OsStr::new(command), name];
        let output = run(softback(), &arguments, &environment);
        refused(&output, 2, &["not written in UTF-8", "another name"]);
    }
}

/// What a file holds is shown, and commands nothing.
#[test]
fn no_file_commands_the_terminal() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let bad = "x\\u001b]52;c;eA==\\u0007\\u009b2J\\u202e";
    let journal = format!("{{\"v\":1,\"kind\":\"start\",\"routine\":\"{bad}\"}}\n");
    let routine = fs::read_to_string(fixture("short.toml")).expect("a fixture");
    let routine = routine.replace("A short one", bad);
    let routine = dir.file("mine.toml", &routine);
    let state = dir.path().join("home/.local/state/softback");
    fs::create_dir_all(&state).expect("a folder");
    fs::write(state.join("journal.jsonl"), journal).expect("a journal");
    let routine = routine.to_str().expect("UTF-8");
    let config = dir.path().join("home/.config/softback");
    fs::create_dir_all(&config).expect("a folder");
    fs::write(config.join("config.toml"), format!("device = \"{bad}\"\n")).expect("settings");
    let raw = dir.path().join("\u{1b}[2J.toml");
    for arguments in [
        &["check", routine][..],
        &["show", routine],
        &["check", raw.to_str().expect("UTF-8")],
        &["journal"],
        &["journal", "--json"],
        &["config"],
    ] {
        let Output { stdout, stderr, .. } = run(softback(), arguments, &environment);
        let printed = String::from_utf8([stdout, stderr].concat()).expect("UTF-8");
        assert!(!printed.is_empty(), "{arguments:?}");
        let commands = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!printed.contains(commands), "{arguments:?}: {printed:?}");
    }
}

#[test]
fn closed_standard_error_is_no_reason_to_crash() {
    let dir = Dir::new();
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a full disk");
    let _alone = spawning();
    let mut command = Command::new(softback());
    command
        .args(["check", "/nonexistent/mine.toml"])
        .env_clear()
        .stderr(full);
    command.envs(bare(&dir).iter().map(|(key, value)| (key, value)));
    assert_eq!(command.status().expect("it starts").code(), Some(2));
}

/// Rest is open whatever becomes of the journal: a full disk ended it after half a minute.
#[test]
fn rest_goes_on_without_a_journal() {
    let dir = Dir::new();
    let environment = in_fast_motion(&dir, 20);
    let arguments = ["play", "rest", "--voice", "silent"];
    let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
    program.wait_for("Hello, and welcome.", PATIENCE);
    let journal = dir.path().join("home/.local/state/softback/journal.jsonl");
    fs::remove_file(&journal).expect("a journal");
    fs::create_dir(&journal).expect("something else of that name");
    wait_until(PATIENCE, || {
        let screen = program.screen();
        if screen.contains("Space ready") {
            program.press(" ");
        }
        screen.contains("The session is over").then_some(())
    });
    assert_eq!(program.ends(PATIENCE).code(), Some(0));
}
