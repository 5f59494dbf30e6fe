//! Audio files as somebody else's programs see them: ffmpeg, ffprobe, and a reader of `WebVTT`. `make verify` sets these
//! up, and runs the last test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::lab::{Dir, Environment, Lab};
use crate::stage::{bare, fixture, softback};

const FORMATS: [&str; 4] = ["wav", "m4b", "ogg", "mp3"];

/// Samples in a frame of AAC.
const AAC_FRAME: usize = 1024;

/// The last test makes sessions with the real voice, and needs ffmpeg.
const VERIFY: &str = "make verify sets up what this needs";

fn export(environment: &Environment, arguments: &[&str]) -> Output {
    let mut command = Command::new(softback());
    command.arg("export").args(arguments);
    command
        .env_clear()
        .envs(environment.iter().map(|(key, value)| (key, value)));
    command.stdin(Stdio::null()).output().expect("it runs")
}

#[track_caller]
fn made(environment: &Environment, arguments: &[&str]) {
    let Output { status, stderr, .. } = export(environment, arguments);
    assert!(
        status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&stderr)
    );
}

/// What it says, and its exit code.
fn refused(environment: &Environment, arguments: &[&str]) -> (String, Option<i32>) {
    let Output { status, stderr, .. } = export(environment, arguments);
    (String::from_utf8_lossy(&stderr).into_owned(), status.code())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn each_kind_of_file_is_made_without_a_loudspeaker_or_a_terminal() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let routine = fixture("short.toml");
    for format in FORMATS {
        let (path, captions) = (
            dir.path().join(format!("a.{format}")),
            dir.path().join(format!("{format}.vtt")),
        );
        let arguments = [
            &*routine,
            "-o",
            text(&path),
            "--captions",
            text(&captions),
            "--voice",
            "silent",
        ];
        made(&environment, &arguments);
        let first = fs::read(&path).expect("the file");
        assert!(first.len() > 10_000, "{format}: {}", first.len());
        assert!(
            fs::read_to_string(&captions)
                .expect("captions")
                .starts_with("WEBVTT\n\n00:00:00.700 --> ")
        );
        // Nothing is written over, unless it is asked for; then it is the same again.
        let (said, code) = refused(&environment, &arguments);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains("is there already") && said.contains("--force"),
            "{said}"
        );
        made(&environment, &[&arguments[..], &["--force"]].concat());
        assert_eq!(fs::read(&path).expect("the file"), first, "{format}");
    }
    let left = fs::read_dir(dir.path()).expect("a folder").flatten();
    let left: Vec<_> = left
        .filter(|entry| entry.file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_made() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let routine = fixture("short.toml");
    let asks = fixture("questions.toml");
    let wrong = [
        (
            vec![&*routine, "-o", "/tmp/a.flac"],
            "Let it end in .m4b, .ogg, .mp3, .wav or .html",
        ),
        (
            vec![
                &*routine,
                "-o",
                "/nonexistent/deep/a.m4b",
                "--voice",
                "silent",
            ],
            "there is no folder /nonexistent/deep",
        ),
        (
            vec![&*routine, "-o", "/tmp/a.m4b", "--captions", "/tmp/a.txt"],
            "Let it end in .vtt, .srt or .lrc",
        ),
        (
            vec![&*routine, "-o", "/tmp/a.m4b", "--voice", "system"],
            "Use the built-in voice",
        ),
        (
            vec![&*asks, "-o", "/tmp/a.m4b", "--voice", "silent"],
            "1: Would you like to go on?",
        ),
        (
            vec!["gentle", "-o", "/tmp/a.m4b", "--posture", "standing"],
            "is for a chair only",
        ),
        (vec!["upper-back"], "--output"),
        (vec!["--all"], "--out"),
    ];
    for (arguments, expected) in wrong {
        let (said, code) = refused(&environment, &arguments);
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
    }
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let path = dir.path().join("a.wav");
    // A file may not grow beyond 100 kB here: for the program it is as if the disk were full.
    let limited = format!(
        "ulimit -f 100; exec {} export {} --voice silent -o {}",
        softback().display(),
        fixture("short.toml"),
        path.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).env_clear().envs(environment);
    let done = command.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("a.wav cannot be written"), "{said}");
    assert!(!path.exists());
}

#[test]
fn where_nothing_can_be_played_the_error_names_the_export() {
    let dir = Dir::new();
    let environment = bare(&dir);
    let mut command = Command::new(softback());
    command
        .args(["play", "rest", "--voice", "silent"])
        .env_clear()
        .envs(environment);
    let done = command.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("softback export -o session.m4b"), "{said}");
}

/// A program of ffmpeg's.
fn ffmpeg(lab: &Lab, name: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(lab.file(name));
    command
        .env("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH"))
        .args(arguments);
    command.stdin(Stdio::null()).output().expect("it runs")
}

/// A session of five minutes in every format, with captions.
fn session() -> (Lab, Dir, Vec<PathBuf>) {
    let lab = Lab::find().expect(VERIFY);
    assert!(lab.has("FFMPEG"), "{VERIFY}");
    let dir = Dir::new();
    let mut environment = bare(&dir);
    environment.push((
        "SOFTBACK_VOICE_DIR",
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("audio/voices/heart")
            .into(),
    ));
    let files = FORMATS.map(|format| {
        let path = dir.path().join(format!("a.{format}"));
        let captions = path.with_extension(format!("{format}.vtt"));
        made(
            &environment,
            &[
                "gentle",
                "--length",
                "5",
                "-o",
                text(&path),
                "--captions",
                text(&captions),
            ],
        );
        path
    });
    (lab, dir, files.to_vec())
}

/// What ffprobe says of a file.
fn probed(lab: &Lab, path: &Path) -> Value {
    let arguments = [
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        "-show_chapters",
        text(path),
    ];
    let probed = ffmpeg(lab, "FFPROBE", &arguments);
    assert!(
        probed.stderr.is_empty(),
        "{}: {}",
        path.display(),
        String::from_utf8_lossy(&probed.stderr)
    );
    serde_json::from_slice(&probed.stdout).expect("JSON")
}

/// All samples, as ffmpeg decodes them.
fn decoded(lab: &Lab, path: &Path) -> Vec<f32> {
    let arguments = [
        "-v",
        "error",
        "-i",
        text(path),
        "-map",
        "0:a",
        "-f",
        "f32le",
        "-ar",
        "48000",
        "-",
    ];
    let decoded = ffmpeg(lab, "FFMPEG", &arguments);
    assert!(
        decoded.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&decoded.stderr)
    );
    let (samples, _) = decoded.stdout.as_chunks();
    samples.iter().copied().map(f32::from_le_bytes).collect()
}

/// A number behind a word in what ffmpeg's meter sums up at the end.
fn summed_up(text: &str, word: &str) -> f64 {
    let summary = text.rsplit("Summary:").next().unwrap_or_default();
    let number = summary
        .split(word)
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("no {word} in {text}"))
}

fn seconds(value: &Value) -> f64 {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(f64::NAN)
}

/// Titles and beginnings of the chapters.
fn chapters(probed: &Value) -> Vec<(String, f64)> {
    let chapters = probed["chapters"].as_array().expect("a list").iter();
    let title = |chapter: &Value| {
        chapter["tags"]["title"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    chapters
        .map(|chapter| (title(chapter), seconds(&chapter["start_time"])))
        .collect()
}

#[test]
fn other_programs_find_in_the_files_what_should_be_there() {
    let (lab, _dir, files) = session();
    ffprobe_reads_length_tags_and_chapters(&lab, &files);
    ffmpeg_finds_the_loudness_and_what_went_in(&lab, &files);
    another_reader_reads_every_caption(&files);
}

fn ffprobe_reads_length_tags_and_chapters(lab: &Lab, files: &[PathBuf]) {
    let samples = decoded(lab, &files[0]).len();
    let length = samples as f64 / 48_000.0;
    let mut all_chapters = Vec::new();
    for path in files {
        let probed = probed(lab, path);
        let place = path.display();
        let audio = probed["streams"].as_array().expect("a list").iter();
        let audio: Vec<_> = audio.filter(|it| it["codec_type"] == "audio").collect();
        assert_eq!(audio.len(), 1, "{place}");
        assert_eq!(audio[0]["channels"], 1, "{place}");
        let said = seconds(&probed["format"]["duration"]);
        assert!(
            (said - length).abs() < 0.06,
            "{place}: {said} and not {length}"
        );
        let mut decodes_to = samples;
        if path.extension().is_some_and(|ending| ending == "m4b") {
            // The file says to the sample where its sound ends. ffmpeg plays the last frame of AAC to its end all the same,
            // of its own files, too.
            let said = seconds(&audio[0]["duration"]);
            assert!((said - length).abs() < 2e-6, "{place}: {said}");
            decodes_to = samples.next_multiple_of(AAC_FRAME);
        }
        assert_eq!(decoded(lab, path).len(), decodes_to, "{place}");
        let tags = [&probed["format"]["tags"], &audio[0]["tags"]];
        let tag = |name: &str| {
            let found = tags.iter().find_map(|tags| {
                let tags = tags.as_object()?;
                tags.iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value)
            });
            found.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        assert_eq!(
            tag("title"),
            "Soft routine, seated, standard pace, 5 minutes",
            "{place}"
        );
        assert_eq!(tag("artist"), "Softback", "{place}");
        assert!(tag("date").starts_with("20"), "{place}: {}", tag("date"));
        if path.extension().is_some_and(|ending| ending != "wav") {
            let own = [tag("pace"), tag("posture"), tag("length")];
            assert_eq!(own, ["standard", "seated", "5 minutes"], "{place}");
            all_chapters.push(chapters(&probed));
        }
    }
    let first = &all_chapters[0];
    assert!(first.len() > 10, "{first:?}");
    assert_eq!(first[0].0, "Welcome");
    for chapters in &all_chapters {
        let pairs = first.iter().zip(chapters);
        assert!(
            pairs
                .clone()
                .all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 0.002),
            "{chapters:?}"
        );
        assert_eq!(first.len(), chapters.len());
    }
}

fn ffmpeg_finds_the_loudness_and_what_went_in(lab: &Lab, files: &[PathBuf]) {
    let pure = decoded(lab, &files[0]);
    // How far below the sound the encoder's own noise has to be, in decibels.
    let distances = [("wav", 90.0), ("m4b", 14.0), ("ogg", 10.0), ("mp3", 14.0)];
    for (path, (format, least)) in files.iter().zip(distances) {
        let arguments = [
            "-nostats",
            "-i",
            text(path),
            "-map",
            "0:a",
            "-af",
            "ebur128=peak=true:dualmono=true",
            "-f",
            "null",
            "-",
        ];
        let measured = ffmpeg(lab, "FFMPEG", &arguments);
        let said = String::from_utf8_lossy(&measured.stderr);
        let (loudness, peak) = (summed_up(&said, "I:"), summed_up(&said, "Peak:"));
        assert!((loudness + 16.0).abs() <= 0.5, "{format}: {loudness} LUFS");
        assert!(peak <= -1.0, "{format}: {peak} dBTP");
        let came = decoded(lab, path);
        let power = |samples: &mut dyn Iterator<Item = f32>| -> f64 {
            samples
                .map(|sample| f64::from(sample) * f64::from(sample))
                .sum()
        };
        let noise = power(&mut pure.iter().zip(&came).map(|(sent, came)| sent - came));
        let distance = 10.0 * (power(&mut pure.iter().copied()) / noise.max(1e-30)).log10();
        eprintln!("{format}: {loudness} LUFS, {peak} dBTP, {distance:.1} dB to the PCM");
        assert!(distance >= least, "{format}: {distance} dB");
    }
}

fn another_reader_reads_every_caption(files: &[PathBuf]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = files[0].with_extension("wav.vtt");
    let mut command = Command::new("python3");
    command
        .arg(root.join(".ci/captions.py"))
        .arg(root.join("target/webvtt/webvtt_py-0.6.0-py3-none-any.whl"))
        .arg(&path);
    let read = command.output().expect("python3");
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    let read = String::from_utf8(read.stdout).expect("UTF-8");
    let text = fs::read_to_string(&path).expect("captions");
    assert_eq!(read.lines().count(), text.matches(" --> ").count());
    let times = read.lines().map(|line| {
        line.split(' ')
            .next()
            .and_then(|from| from.parse::<u64>().ok())
    });
    let times: Vec<_> = times.map(|from| from.expect("a time")).collect();
    assert!(times.is_sorted() && times.len() > 100, "{times:?}");
    assert!(read.contains("Call your emergency number now"), "{read}");
}
