//! `softback show --pictures`: a picture of each movement, in files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::lab::{Dir, spawning};
use crate::stage::{bare, softback};

fn show(dir: &Dir, arguments: &[&str]) -> Output {
    let _alone = spawning();
    let environment = bare(dir);
    Command::new(softback())
        .arg("show")
        .args(arguments)
        .current_dir(dir.path())
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .output()
        .expect("it starts")
}

#[track_caller]
fn shows(dir: &Dir, arguments: &[&str]) -> String {
    let output = show(dir, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[track_caller]
fn refused(dir: &Dir, arguments: &[&str], code: i32, says: &[&str]) {
    let output = show(dir, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    for part in says {
        assert!(errors.contains(part), "no {part:?} in: {errors}");
    }
}

/// What lies in a folder: names and texts, sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("a text");
            (entry.file_name().into_string().expect("a name"), text)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn each_movement_has_a_file_and_what_lies_there_stays() {
    let dir = Dir::new();
    let folder = dir.path().join("new/sits");
    let said = shows(&dir, &["upper-back", "--pictures", "new/sits"]);
    let written = files(&folder);
    assert_eq!(
        said,
        format!("{} pictures are in new/sits\n", written.len())
    );
    assert!(written.len() > 20);
    for (number, (name, text)) in written.iter().enumerate() {
        assert!(name.starts_with(&format!("{:02}-", number + 1)), "{name}");
        assert!(
            text.contains("<title>") && text.ends_with("</svg>\n"),
            "{name}"
        );
        assert!(!text.contains("She stands"), "{name}");
    }

    // Whole already: nothing is written again.
    let first = folder.join(&written[0].0);
    let modified = || {
        fs::metadata(&first)
            .and_then(|file| file.modified())
            .expect("a time")
    };
    let before = modified();
    shows(&dir, &["upper-back", "--pictures", "new/sits"]);
    assert_eq!(modified(), before);

    // Only what is missing is; but not beside a stranger's file.
    fs::remove_file(&first).expect("a file");
    let last = folder.join(&written[written.len() - 1].0);
    fs::write(&last, "hers").expect("a file");
    let says = [
        last.file_name().unwrap().to_str().unwrap(),
        "something else lies there",
        "Name an empty folder",
    ];
    refused(&dir, &["upper-back", "--pictures", "new/sits"], 1, &says);
    assert!(!first.exists());
    assert_eq!(fs::read_to_string(&last).expect("a text"), "hers");
    fs::remove_file(&last).expect("a file");
    shows(&dir, &["upper-back", "--pictures", "new/sits"]);
    assert_eq!(files(&folder), written);
}

#[test]
fn they_are_of_the_posture_and_the_length() {
    let dir = Dir::new();
    shows(&dir, &["--posture", "standing", "--pictures", "stands"]);
    shows(
        &dir,
        &[
            "--posture",
            "standing",
            "--length",
            "5",
            "--pictures",
            "short",
        ],
    );
    let (stands, short) = (
        files(&dir.path().join("stands")),
        files(&dir.path().join("short")),
    );
    let wall = |files: &[(String, String)]| {
        let up = files
            .iter()
            .find(|(name, _)| name.ends_with("-arms-up-the-wall.svg"));
        up.is_some_and(|(_, text)| text.contains("She stands with her back and hips on a wall"))
    };
    assert!(wall(&stands) && wall(&short));
    assert!(short.len() < stands.len());
    // The warm-up of a standing session is done on the chair.
    assert!(
        stands[2].1.contains("She sits on a chair"),
        "{}",
        stands[2].1
    );
}

#[test]
fn what_cannot_be_drawn_or_written_is_said() {
    let dir = Dir::new();
    let file = dir.file("file", "hers");
    let file = file.to_str().expect("a path");
    refused(
        &dir,
        &["--pictures", file],
        1,
        &[file, "cannot be written", "Name an empty folder"],
    );
    refused(
        &dir,
        &["--sources", "--pictures", "here"],
        2,
        &["cannot be used with"],
    );
    let plain = "title = \"Mine\"\nlanguage = \"en\"\nversion = 1\n[[section]]\ntitle = \"S\"\n\
                 [[section.movement]]\nlines = [{ id = \"1\", say = \"Rest here\", source = [\"house\"] }]\n";
    dir.file("my.toml", plain);
    let says = ["no movement of \"Mine\" has a picture", "docs/routines.md"];
    refused(&dir, &["my.toml", "--pictures", "here"], 2, &says);
    assert!(!dir.path().join("here").exists());
    refused(
        &dir,
        &["gentle", "--posture", "standing", "--pictures", "here"],
        2,
        &["for a chair only"],
    );
}
