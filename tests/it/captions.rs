//! What a woman who does not hear it reads instead: the built program in a real terminal, and plain lines.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::clock::{wait, wait_until};
use crate::lab::{Dir, Environment, Process};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, fixture, in_fast_motion, play, softback};

/// Longer than the welcome takes, and the first question.
const WELCOME: Duration = Duration::from_mins(3);

/// Longer than the twelve breaths of a fixture.
const BREATHS: Duration = Duration::from_mins(3);

/// Between two looks at a window that should stand still.
const STILL: Duration = Duration::from_millis(60);

/// What a terminal is sent to be cleared.
const CLEARS: &[u8] = b"\x1b[2J";

/// Waits for a key, so that nothing is missed, then runs the program, and stays.
const SHELL: &str = r#"read -r _; "$0" "$@"; echo "left with $?"; read -r _"#;

/// Columns and rows.
const SIZES: [(u16, u16); 3] = [(40, 20), (80, 24), (120, 30)];

/// A terminal with a window of any size, and nobody before it.
struct Tmux<'a> {
    speaker: &'a Loudspeaker,
    environment: Environment,
    dir: Dir,
    _server: Process,
    resized: Cell<usize>,
}

impl<'a> Tmux<'a> {
    /// Runs the program in a window of 80 columns and 24 rows.
    fn start(speaker: &'a Loudspeaker, arguments: &[&str]) -> Self {
        let dir = Dir::new();
        let mut environment = speaker.environment();
        environment.push(("TERM", "xterm-256color".into()));
        environment.push(("SHELL", "/bin/sh".into()));
        let mut server = speaker.lab().command("TMUX_BIN", &environment);
        server.args(["-u", "-D", "-f", "/dev/null", "-S"]);
        let server = Process::start(server.arg(dir.path().join("tmux")));
        let tmux = Self {
            speaker,
            environment,
            dir,
            _server: server,
            resized: Cell::new(0),
        };
        let socket = tmux.dir.path().join("tmux");
        let answers = wait_until(PATIENCE, || socket.exists().then_some(()));
        assert!(answers.is_some(), "the terminal does not start");
        let pipe = format!("exec cat > {}", tmux.sent_file().display());
        let shell = ["/bin/sh", "-c", SHELL, softback().to_str().expect("UTF-8")];
        let window = ["new-session", "-d", "-x", "80", "-y", "24"];
        tmux.tell(&[&window[..], &shell, arguments].concat());
        tmux.tell(&["pipe-pane", &pipe]);
        let pipes = wait_until(PATIENCE, || tmux.sent_file().exists().then_some(()));
        assert!(pipes.is_some(), "the terminal keeps nothing");
        tmux.press("Enter");
        tmux
    }

    /// Gives a command, and what it answers.
    #[track_caller]
    fn tell(&self, command: &[&str]) -> String {
        let mut tmux = self.speaker.lab().command("TMUX_BIN", &self.environment);
        tmux.args(["-u", "-S"])
            .arg(self.dir.path().join("tmux"))
            .args(command)
            .stderr(Stdio::piped());
        let answer = tmux.stdout(Stdio::piped()).output().expect("it runs");
        let complaint = String::from_utf8_lossy(&answer.stderr);
        assert!(answer.status.success(), "{command:?}: {complaint}");
        String::from_utf8(answer.stdout).expect("UTF-8")
    }

    fn press(&self, key: &str) {
        self.tell(&["send-keys", key]);
    }

    /// Gives the window another size than it has, and waits until it is drawn anew.
    #[track_caller]
    fn resize(&self, (columns, rows): (u16, u16)) {
        let before = self.cleared();
        let [columns, rows] = [columns, rows].map(|length| length.to_string());
        self.tell(&["resize-window", "-x", &columns, "-y", &rows]);
        let drawn = wait_until(PATIENCE, || (self.cleared() > before).then_some(()));
        assert!(drawn.is_some(), "not drawn anew at {columns} by {rows}");
        self.resized.set(self.resized.get() + 1);
    }

    fn sent_file(&self) -> PathBuf {
        self.dir.path().join("sent")
    }

    /// How often the window was cleared.
    fn cleared(&self) -> usize {
        let sent = fs::read(self.sent_file()).expect("what was sent");
        let sent = sent.windows(CLEARS.len());
        sent.filter(|part| *part == CLEARS).count()
    }

    /// Waits until all of `texts` stand there at once, and gives the window as it is then.
    #[track_caller]
    fn wait_for(&self, texts: &[&str], patience: Duration) -> String {
        let mut shown = String::new();
        let seen = wait_until(patience, || {
            shown = self.tell(&["capture-pane", "-p"]);
            let words = one_line(&shown);
            texts.iter().all(|text| words.contains(text)).then_some(())
        });
        assert!(seen.is_some(), "no {texts:?} on the screen:\n{shown}");
        shown
    }

    /// Keeps the window as golden text once it shows `texts`.
    #[track_caller]
    fn keep(&self, name: &str, texts: &[&str]) {
        let kept = wait_until(PATIENCE, || {
            let first = still(&self.wait_for(texts, PATIENCE));
            wait(STILL);
            let second = still(&self.wait_for(texts, PATIENCE));
            (first == second).then_some(first)
        });
        insta::assert_snapshot!(name, kept.expect("a window that stands still"));
    }

    /// The same in every size.
    #[track_caller]
    fn keep_in_all_sizes(&self, name: &str, texts: &[&str]) {
        for size in SIZES {
            self.resize(size);
            self.keep(&format!("{name}_{}", size.0), texts);
        }
    }

    /// Nothing was cleared but at the beginning and for another size.
    #[track_caller]
    fn never_flickered(&self) {
        assert_eq!(self.cleared(), 1 + self.resized.get());
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The window without what moves: the time, the bars, the number of the breath.
fn still(window: &str) -> String {
    let lines = window.lines().map(|line| {
        let line = line.replace('═', "─").replace('█', "░");
        if line.contains(" gone ") || line.trim_start().starts_with("Breathe in   ") {
            line.replace(|letter: char| letter.is_ascii_digit(), "0")
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

const QUESTION: [&str; 2] = ["felt wrong? Press Enter or Tab.", "Your turn"];

#[test]
fn a_session_can_be_followed_by_the_screen_alone() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let routine = fixture("sentences.toml");
    let tmux = Tmux::start(&speaker, &["play", &routine, "--voice", "silent"]);
    let speaking = ["If you feel light in the head"];
    tmux.wait_for(&speaking, PATIENCE);
    tmux.keep_in_all_sizes("speaking", &speaking);
    let ready = ["Find the space bar", "Your turn"];
    tmux.wait_for(&ready, PATIENCE);
    tmux.keep_in_all_sizes("ready", &ready);
    tmux.press("Space");
    tmux.wait_for(&["Good, that silences me at once"], PATIENCE);
    tmux.press("x");
    let paused = ["Paused", "Press the space bar to go on, or Escape to end."];
    tmux.wait_for(&paused, PATIENCE);
    tmux.keep_in_all_sizes("paused", &paused);
    tmux.press("Escape");
    tmux.wait_for(&QUESTION, PATIENCE);
    tmux.keep_in_all_sizes("question", &QUESTION);
    // Too small for anything, and back.
    tmux.resize((12, 3));
    tmux.resize((80, 24));
    tmux.press("Tab");
    tmux.keep("over_80", &["The session is over. The session is over."]);
    tmux.wait_for(&["left with 3"], PATIENCE);
    tmux.never_flickered();
}

#[test]
fn a_counted_breath_can_be_followed_by_the_screen_alone() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let routine = fixture("breath.toml");
    let tmux = Tmux::start(&speaker, &["play", &routine, "--voice", "silent"]);
    tmux.wait_for(&["Breathe in 2 of 12"], PATIENCE);
    tmux.keep_in_all_sizes("breath", &["Breathe in "]);
    // It fills and empties.
    let cells = Cell::new((56, 0));
    let moves = wait_until(BREATHS, || {
        let window = tmux.wait_for(&["Breathe "], PATIENCE);
        let (least, most) = cells.get();
        let full = window.matches('█').count();
        cells.set((least.min(full), most.max(full)));
        matches!(cells.get(), (..8, 49..)).then_some(())
    });
    assert!(moves.is_some(), "from {:?} cells", cells.get());
    tmux.never_flickered();
}

#[test]
fn a_safety_question_can_be_followed_by_the_screen_alone() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let arguments = [
        "play",
        "upper-back",
        "--posture",
        "seated",
        "--voice",
        "silent",
    ];
    let tmux = Tmux::start(&speaker, &arguments);
    tmux.wait_for(&["Page 1 of 2."], PATIENCE);
    tmux.press("Enter");
    tmux.wait_for(&["Press Enter when you have read this"], PATIENCE);
    tmux.press("Enter");
    tmux.wait_for(&["emergency number where you are"], PATIENCE);
    tmux.press("Enter");
    let question = ["Right now, do you have any of these?", "Your turn"];
    tmux.wait_for(&question, WELCOME);
    tmux.keep("safety_question_80", &question);
    tmux.press("Enter");
    tmux.wait_for(&["Open your eyes."], PATIENCE);
    tmux.press("Escape");
    // What she is to do stays there.
    let left = tmux.wait_for(&["left with 4"], PATIENCE);
    let (_, left) = left.rsplit_once("to leave.").expect("the question");
    insta::assert_snapshot!("left_80", left);
    tmux.never_flickered();
}

/// Everything that a plain session has sent, when it is over.
#[track_caller]
fn plain_lines(mut program: Program, code: i32) -> String {
    assert_eq!(program.ends(PATIENCE).code(), Some(code));
    let raw = program.raw();
    assert!(!raw.contains(&0x1b), "an escape: {:?}", program.screen());
    String::from_utf8(raw).expect("UTF-8").replace("\r\n", "\n")
}

fn plain(speaker: &Loudspeaker, routine: &str) -> Program {
    play(speaker, routine, &["--voice", "silent", "--plain"])
}

#[test]
fn plain_lines_are_what_is_said_and_what_to_press() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plain(&speaker, "sentences.toml");
    program.wait_for("Your turn: Space", PATIENCE);
    program.press(" ");
    program.wait_for("Good, that silences", PATIENCE);
    program.press("x");
    program.wait_for("or Escape to end.", PATIENCE);
    program.press(" ");
    program.wait_for("The session is over.", PATIENCE);
    insta::assert_snapshot!("plain", plain_lines(program, 0));
}

#[test]
fn plain_lines_tell_a_breath_once_and_end_with_the_end() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut program = plain(&speaker, "breath.toml");
    program.wait_for("12 times.", PATIENCE);
    // Into the second breath.
    wait(Duration::from_secs(9));
    program.press("\x1b");
    program.wait_for("Your turn: Enter", PATIENCE);
    program.press("\t");
    insta::assert_snapshot!("plain_breath", plain_lines(program, 3));

    let mut program = plain(&speaker, "breath.toml");
    program.wait_for("12 times.", PATIENCE);
    program.press("\x03");
    insta::assert_snapshot!("plain_left", plain_lines(program, 130));
}

#[test]
fn a_terminal_that_can_do_no_more_gets_plain_lines() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let mut environment = speaker.environment();
    environment.push(("TERM", "dumb".into()));
    let routine = fixture("sentences.toml");
    let arguments = ["play", &routine, "--voice", "silent"];
    let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
    program.wait_for("If you feel light", PATIENCE);
    program.press("\x03");
    insta::assert_snapshot!("plain_dumb", plain_lines(program, 130));
}

/// A locale without UTF-8: the terminal would show something else for each byte of a bar or an arrow.
#[test]
fn a_terminal_of_plain_letters_is_sent_no_others() {
    let dir = Dir::new();
    let routine = fs::read_to_string(fixture("sentences.toml")).expect("a fixture");
    let routine = routine.replace(
        "title = \"Sentences\"",
        "title = \"S\u{e9}ntences \u{2014} \u{201c}1\u{201d}\"",
    );
    let routine = dir.file("letters.toml", &routine);
    let routine = routine.to_str().expect("UTF-8");
    for command in [
        &["play", routine, "--voice", "silent"][..],
        &["play", routine, "--voice", "silent", "--plain"],
        &["show", routine],
        &["check", "/nonexistent/\u{fc}.toml"],
        &["doctor"],
    ] {
        let dir = Dir::new();
        let mut environment = in_fast_motion(&dir, 1);
        environment.push(("LC_ALL", "C".into()));
        let mut program = Program::start(softback(), command, Path::new("/"), &environment);
        if command[0] == "play" {
            program.wait_for("Hello, and welcome.", PATIENCE);
            program.press("\x03");
        }
        program.ends(PATIENCE);
        let raw = program.raw();
        assert!(raw.len() > 20, "{command:?}");
        let shown = String::from_utf8_lossy(&raw);
        assert!(raw.is_ascii(), "{command:?}: {shown}");
    }
}
