//! Routines of one's own, by their names.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::lab::{Dir, spawning};
use crate::stage::{bare, fixture, softback};

/// A home with routines of its own.
struct Home(Dir);

impl Home {
    fn new() -> Self {
        Self(Dir::new())
    }

    /// The folder of her routines.
    fn folder(&self) -> PathBuf {
        self.0.sub("home/.local/share/softback/routines")
    }

    /// A routine of hers: a copy of this fixture.
    fn with(self, file: &str, copied: &str) -> Self {
        fs::copy(fixture(copied), self.folder().join(file)).expect("a copy");
        self
    }

    /// Runs it without a terminal.
    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with_editor(arguments, "")
    }

    fn run_with_editor(&self, arguments: &[&str], editor: &str) -> Output {
        let environment = bare(&self.0);
        let _alone = spawning();
        let mut command = Command::new("setsid");
        command
            .arg("--wait")
            .arg(softback())
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .envs(environment)
            .env("EDITOR", editor)
            .stdin(Stdio::null());
        command.output().expect("it starts")
    }

    #[track_caller]
    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32, says: &[&str]) {
        self.refused_with_editor(arguments, "", code, says);
    }

    #[track_caller]
    fn refused_with_editor(&self, arguments: &[&str], editor: &str, code: i32, says: &[&str]) {
        let output = self.run_with_editor(arguments, editor);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        for part in says {
            assert!(errors.contains(part), "no {part:?} in: {errors}");
        }
    }
}

#[test]
fn a_routine_of_her_own_is_listed_shown_checked_exported_and_played_by_its_name() {
    let home = Home::new()
        .with("short-one.toml", "short.toml")
        .with("broken.toml", "broken.toml");
    let listed = home.succeeds(&["list"]);
    let (built_in, own) = listed.split_at(listed.find("broken").expect("it is listed"));
    assert_eq!(built_in.lines().count(), 3, "{listed}");
    assert_eq!(
        own,
        "broken  has problems: softback check broken\nshort-one  A short one, made of Softback's sentences\n"
    );
    assert!(
        home.succeeds(&["show", "short-one"])
            .contains("Rise and sink")
    );
    assert_eq!(
        home.succeeds(&["check", "short-one", "rest"]),
        "short-one: A short one is sound, and made of Softback's sentences\n\
         rest: Breathing and rest is sound, and Softback's own\n"
    );
    home.succeeds(&[
        "export",
        "short-one",
        "--voice",
        "silent",
        "-o",
        "short.wav",
    ]);
    // It has been found, and only the terminal is missing.
    let play = ["play", "short-one", "--voice", "silent"];
    home.refused(&play, 1, &["no terminal"]);
    let place = format!("{}:8:1", home.folder().join("broken.toml").display());
    for command in ["check", "show", "play"] {
        home.refused(
            &[command, "broken"],
            2,
            &[&place, "the breath would be held"],
        );
    }
}

#[test]
fn a_built_in_name_stays_the_built_in_routine() {
    let home = Home::new()
        .with("gentle.toml", "short.toml")
        .with("My own.toml", "short.toml");
    let listed = home.succeeds(&["list"]);
    for said in [
        "gentle  Soft routine\n",
        "a built-in routine has its name",
        "My own.toml  name the file in",
    ] {
        assert!(listed.contains(said), "{listed}");
    }
    assert!(
        home.succeeds(&["show", "gentle"])
            .starts_with("Soft routine")
    );
}

#[test]
fn a_wrong_name_is_refused_with_the_near_one_of_either_kind() {
    let home = Home::new().with("short-one.toml", "short.toml");
    for (name, near) in [
        ("shrt-one", "short-one"),
        ("gentel", "gentle"),
        ("Short-One", "short-one"),
    ] {
        for command in ["play", "show", "check"] {
            home.refused(
                &[command, name],
                2,
                &[name, &format!("did you mean \"{near}\"?")],
            );
        }
    }
    home.refused(&["show", "knees"], 2, &["no routine called \"knees\"\n"]);
    for name in ["", "..", "a.b", "a b"] {
        home.refused(
            &["show", name],
            2,
            &["is no name of a routine", "small letters"],
        );
    }
    home.refused(
        &["show", "../short-one"],
        2,
        &["../short-one cannot be read"],
    );
    // A file by its own name, which need not have the ending, can still be checked.
    fs::copy(fixture("short.toml"), home.0.path().join("a.b")).expect("a copy");
    assert!(home.succeeds(&["check", "a.b"]).contains("is sound"));
}

#[test]
fn a_new_routine_is_ready_to_be_played_and_takes_the_place_of_nothing() {
    let home = Home::new();
    let said = home.succeeds(&["new", "desk-break"]);
    let file = home.folder().join("desk-break.toml");
    for part in [
        file.to_str().expect("UTF-8"),
        "softback edit desk-break",
        "softback play desk-break",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(
        home.succeeds(&["list"])
            .ends_with("\ndesk-break  My routine, made of Softback's sentences\n")
    );
    assert!(home.succeeds(&["check", "desk-break"]).contains("is sound"));
    fs::write(&file, "hers").expect("a file");
    home.refused(
        &["new", "desk-break"],
        2,
        &["is there already", "softback edit desk-break"],
    );
    assert_eq!(fs::read_to_string(&file).expect("a file"), "hers");
    home.refused(&["new", "gentle"], 2, &["\"gentle\" is a built-in routine"]);
    for name in ["", "a/b", "..", "A b", "x.toml"] {
        home.refused(&["new", name], 2, &["is no name of a routine"]);
    }
    let names = fs::read_dir(home.folder()).expect("a folder").count();
    assert_eq!(names, 1);
}

#[test]
fn a_new_routine_needs_a_folder_that_can_be_written_to() {
    let home = Home::new();
    let data = home.0.sub("home/.local/share");
    fs::write(data.join("softback"), "").expect("something else of that name");
    home.refused(
        &["new", "desk-break"],
        1,
        &["desk-break.toml cannot be written"],
    );
}

#[test]
fn what_the_editor_leaves_is_checked() {
    let home = Home::new().with("short-one.toml", "short.toml");
    let appends = |line: &str| format!("sh -c 'echo \"{line}\" >> \"$0\"'");
    let edit = ["edit", "short-one"];
    let output = home.run_with_editor(&edit, &appends("# mine"));
    assert!(output.status.success());
    let sound = "short-one: A short one is sound, and made of Softback's sentences\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), sound);
    home.refused_with_editor(
        &edit,
        &appends("colour = 1"),
        2,
        &["short-one.toml:", "colour"],
    );
    let text = fs::read_to_string(home.folder().join("short-one.toml")).expect("a file");
    assert!(text.ends_with("# mine\ncolour = 1\n"), "{text}");
}

#[test]
fn without_an_editor_that_works_it_says_so() {
    let home = Home::new().with("short-one.toml", "short.toml");
    let edit = ["edit", "short-one"];
    home.refused(&edit, 1, &["no editor is set", "EDITOR=nano"]);
    for (editor, why) in [
        ("sh -c 'exit 3'", "exit status: 3"),
        ("/nonexistent/vi -e", "No such file"),
        ("vi 'unclosed", "EDITOR is no command"),
    ] {
        home.refused_with_editor(&edit, editor, 1, &[why]);
    }
    home.refused_with_editor(&["edit", "gentle"], "true", 2, &["softback new my-gentle"]);
    let near = "did you mean \"short-one\"?";
    home.refused_with_editor(
        &["edit", "shrt-one"],
        "true",
        2,
        &[near, "softback new shrt-one"],
    );
}

#[test]
fn each_example_is_made_of_our_sentences_and_leads_to_an_end() {
    let home = Home::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/examples");
    let mut examples: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|found| found.expect("a file").path().display().to_string())
        .collect();
    examples.sort();
    assert_eq!(examples.len(), 3);
    for example in &examples {
        let checked = home.succeeds(&["check", example]);
        assert!(
            checked.ends_with(" is sound, and made of Softback's sentences\n"),
            "{checked}"
        );
        for length in ["5", "10", "20"] {
            let shown = home.succeeds(&["show", example, "--length", length]);
            assert!(shown.contains("The session is over."), "{shown}");
            assert!(shown.contains("call your maternity unit."), "{shown}");
        }
    }
    // Only the two that move her say the rules.
    let movement = |example: &str| {
        home.succeeds(&["show", example])
            .contains("pain means stop")
    };
    let moves: Vec<_> = examples.iter().map(|example| movement(example)).collect();
    assert_eq!(moves, [false, true, true], "{examples:?}");
}

/// The examples of the format's manual: together, one routine.
fn manual() -> String {
    let manual = include_str!("../../docs/format.md");
    let blocks = manual.split("```toml\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().expect("the block"));
    blocks.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_examples_of_the_manual_are_a_sound_routine() {
    let home = Home::new();
    let file = home.folder().join("manual.toml");
    fs::write(&file, manual()).expect("space for it");
    let checked = home.succeeds(&["check", "manual"]);
    assert!(checked.contains(" is sound, and unreviewed\n"), "{checked}");
    assert!(checked.contains("E1.1 has changed"), "{checked}");
}

#[test]
fn every_key_stands_in_the_manual() {
    let manual = include_str!("../../docs/format.md");
    let schema = include_str!("../../docs/routine.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let tables = schema["definitions"].as_object().expect("tables").values();
    let keys = tables
        .chain([&schema])
        .filter_map(|table| table["properties"].as_object());
    let mut keys: Vec<_> = keys.flat_map(|keys| keys.keys()).collect();
    keys.sort_unstable();
    assert!(keys.len() > 50, "{keys:?}");
    for key in keys {
        let named = [
            format!("`{key}`"),
            format!("\n{key} = "),
            format!("[[section.{key}]]"),
            format!("[[{key}]]"),
            format!("[{key}."),
        ];
        assert!(
            named.iter().any(|named| manual.contains(named)),
            "`{key}` does not stand in docs/format.md"
        );
    }
}
