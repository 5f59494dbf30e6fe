//! Before the first session with movement: is the emergency number right?

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::lab::{Dir, Environment};
use crate::pty::Program;
use crate::stage::{PATIENCE, bare, in_fast_motion, softback};

const KNOWN: &str = "In an emergency I will say 999. Is that right where you are?";
const UNKNOWN: &str = "I do not know the emergency number where you are.";
/// A session begins after the question; here there is nothing to play it on.
const BEGINS: &str = "no sound device";

/// Surroundings without sound, in London or nowhere.
fn surroundings(dir: &Dir, in_london: bool) -> Environment {
    let (locale, zone) = if in_london {
        ("en_GB.UTF-8", "Europe/London")
    } else {
        ("C.UTF-8", "UTC")
    };
    let mut environment = bare(dir);
    environment.extend([("LC_ALL", locale.into()), ("TZ", OsString::from(zone))]);
    environment
}

/// Begins a session with movement.
fn begin(environment: &Environment) -> Program {
    let arguments = ["play", "gentle", "--plain", "--voice", "silent"];
    Program::start_in_shell(softback(), &arguments, Path::new("/"), environment)
}

/// The same, up to what comes after the notice.
fn after_the_notice(environment: &Environment, comes: &str) -> Program {
    let mut program = begin(environment);
    // Enter once too often is no answer to a question that was not seen yet.
    for (page, keys) in [
        ("Page 1 of 2.", "\r"),
        ("Press Enter when you have read this", "\r\r"),
    ] {
        program.wait_for(page, PATIENCE);
        program.press(keys);
    }
    program.wait_for(comes, PATIENCE);
    program
}

#[test]
fn the_number_that_she_types_is_hers() {
    let dir = Dir::new();
    let environment = surroundings(&dir, true);
    let folder = dir.sub("home/.config/softback");
    let settings = folder.join("config.toml");
    fs::write(&settings, "# hers\nvolume = -6 # at night\n").expect("settings");
    let mut program = after_the_notice(&environment, KNOWN);
    program.press("one one two\r");
    program.wait_for(
        "\"one one two\" is no emergency number: it has two to six digits",
        PATIENCE,
    );
    assert!(!program.screen().contains(BEGINS));
    program.press("112\r");
    program.wait_for("I will say 112.", PATIENCE);
    program.wait_for(BEGINS, PATIENCE);
    assert_eq!(
        fs::read_to_string(&settings).expect("settings"),
        "emergency_number = \"112\"\n# hers\nvolume = -6 # at night\n"
    );
    // What she has settled is not asked again, though nothing has begun yet.
    let program = after_the_notice(&environment, BEGINS);
    assert!(!program.screen().contains("where you are"));
}

#[test]
fn enter_leaves_the_number_as_it_is() {
    for (in_london, question) in [(true, KNOWN), (false, UNKNOWN)] {
        let dir = Dir::new();
        let environment = surroundings(&dir, in_london);
        let mut program = after_the_notice(&environment, question);
        assert!(!program.screen().contains(BEGINS));
        program.press("\r");
        program.wait_for(BEGINS, PATIENCE);
        assert!(!dir.path().join("home/.config/softback").exists());
    }
}

#[test]
fn ctrl_c_leaves_and_so_does_the_end_of_the_input() {
    let dir = Dir::new();
    let environment = surroundings(&dir, false);
    let mut program = after_the_notice(&environment, UNKNOWN);
    program.press("\u{4}");
    program.wait_for("left with 1", PATIENCE);
    assert!(!program.screen().contains(BEGINS));

    let mut program = after_the_notice(&environment, UNKNOWN);
    program.press("\u{3}");
    // It ends the shell, too.
    assert!(!program.ends(PATIENCE).success());
    assert!(!program.screen().contains(BEGINS));
}

#[test]
fn a_number_that_cannot_be_kept_begins_nothing() {
    let dir = Dir::new();
    let environment = surroundings(&dir, false);
    let settings = dir.sub("home/.config/softback").join("config.toml");
    symlink("/nonexistent/config.toml", settings).expect("a link");
    let mut program = after_the_notice(&environment, UNKNOWN);
    program.press("112\r");
    program.wait_for("the settings cannot be written", PATIENCE);
    program.wait_for("left with 1", PATIENCE);
    assert!(!program.screen().contains(BEGINS));
}

#[test]
fn the_number_that_she_types_is_said() {
    let dir = Dir::new();
    let mut environment = in_fast_motion(&dir, 20);
    environment.push(("LC_ALL", "C".into()));
    let mut program = after_the_notice(&environment, UNKNOWN);
    program.press("15\r");
    program.wait_for("Right now, do you have any of these?", PATIENCE);
    // Yes.
    program.press("\r");
    program.wait_for("Call one, five now", PATIENCE);
}
