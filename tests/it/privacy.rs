//! What the program does with the world, as the system sees it: every socket that it opens, and every file that it
//! writes. `make verify` sets up what follows its calls.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::lab::{Dir, Environment, Lab};
use crate::loudspeaker::Loudspeaker;
use crate::media_keys::Bus;
use crate::pty::Program;
use crate::stage::{fixture, softback};

/// Longer than any command takes, with each of its calls looked at, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

/// Calls that open a socket, and those that open a file or make a folder. Not every processor has each of them.
const CALLS: &str = "trace=socket,?open,openat,?openat2,?creat,?mkdir,mkdirat";

/// Nothing is taken from the modes that a program asks for: what others may not read, it has closed itself.
const OPEN_HANDED: &str = r#"umask 0; exec "$0" "$@""#;

/// Whoever runs commands, and follows what they call.
struct Observer<'a> {
    lab: &'a Lab,
    environment: Environment,
}

impl Observer<'_> {
    /// Starts a program; each of its threads and children is followed.
    fn start(&self, arguments: &[&str], traces: &Dir) -> Program {
        let prefix = traces.path().join("of");
        let mut all = vec!["-c", OPEN_HANDED, self.lab.file("STRACE")];
        all.extend(["-ff", "--seccomp-bpf", "--quiet=all", "-s", "4096"]);
        all.extend(["-e", "signal=none", "-e", CALLS]);
        all.extend(["-o", prefix.to_str().expect("UTF-8"), "--"]);
        all.extend(arguments);
        Program::start(
            Path::new("/bin/sh"),
            &all,
            Path::new("/"),
            &self.environment,
        )
    }

    /// Runs it to its end, which must be with this exit code; `she` is there meanwhile.
    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32, she: impl FnOnce(&mut Program)) -> Calls {
        let traces = Dir::new();
        let mut program = self.start(arguments, &traces);
        she(&mut program);
        let status = program.ends(PATIENCE);
        let said = String::from_utf8_lossy(&program.raw()).into_owned();
        assert_eq!(status.code(), Some(code), "{arguments:?}: {said}");
        Calls::of(&traces)
    }

    /// A command of Softback that wants no key.
    #[track_caller]
    fn softback(&self, arguments: &[&str]) -> Calls {
        let program = softback().to_str().expect("UTF-8");
        self.run(&[&[program], arguments].concat(), 0, |_| {})
    }
}

/// Those that succeeded, as strace writes them down.
struct Calls(Vec<String>);

impl Calls {
    /// One file for each thread: so each line is whole.
    fn of(traces: &Dir) -> Self {
        let files = fs::read_dir(traces.path()).expect("the traces");
        let texts = files.map(|file| fs::read_to_string(file.expect("a trace").path()));
        let text = texts.map(|text| text.expect("text")).collect::<String>();
        let done = text.lines().filter(|line| !line.contains(") = -1 "));
        let calls = Self(done.map(str::to_owned).collect());
        // Whoever may not follow a program sees nothing.
        assert!(calls.0.len() > 5, "strace has followed nothing: {text}");
        calls
    }

    /// Sockets that lead, or may lead, out of this machine.
    fn to_elsewhere(&self) -> Vec<&str> {
        let calls = self.0.iter().map(String::as_str);
        let sockets = calls.filter(|call| call.starts_with("socket("));
        let local = |call: &str| call.starts_with("socket(AF_UNIX,");
        sockets.filter(|call| !local(call)).collect()
    }

    fn local_sockets(&self) -> usize {
        let calls = self.0.iter();
        let local = calls.filter(|call| call.starts_with("socket(AF_UNIX,"));
        local.count()
    }

    /// Files that were opened to write to them, and folders that were made.
    fn written(&self) -> BTreeSet<PathBuf> {
        let writes = |call: &&String| {
            ["O_WRONLY", "O_RDWR", "O_CREAT", "creat(", "mkdir"]
                .iter()
                .any(|how| call.contains(how))
        };
        let path = |call: &String| call.split('"').nth(1).map(PathBuf::from);
        self.0.iter().filter(writes).filter_map(path).collect()
    }
}

#[test]
fn what_follows_the_calls_sees_a_socket_to_elsewhere_and_a_file() {
    let Some(lab) = Lab::find() else {
        return;
    };
    let dir = Dir::new();
    let environment = vec![
        ("PATH", "/usr/bin:/bin".into()),
        ("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH").into()),
    ];
    let observer = Observer {
        lab: &lab,
        environment,
    };
    let file = dir.path().join("file");
    // To a port that nobody listens at: the socket is opened all the same.
    let script = format!("(: </dev/tcp/127.0.0.1/9); : >{}", file.display());
    let calls = observer.run(&["/bin/bash", "-c", &script], 0, |_| {});
    assert_eq!(calls.to_elsewhere().len(), 1, "{:?}", calls.0);
    assert!(calls.written().contains(&file), "{:?}", calls.0);
}

/// A whole desktop is there to be talked to: a sound server, and a message bus.
#[test]
fn nothing_is_sent_anywhere_and_what_is_hers_nobody_else_may_read() {
    let (Some(speaker), Some(bus)) = (Loudspeaker::start(), Bus::start()) else {
        return;
    };
    let dir = Dir::new();
    let home = dir.path().join("home");
    let mut environment = bus.on(speaker.environment());
    environment.extend([
        ("HOME", home.clone().into()),
        ("SPEECHD_ADDRESS", "unix_socket:/nonexistent/speech".into()),
        ("SPEECHD_CMD", "false".into()),
    ]);
    let observer = Observer {
        lab: speaker.lab(),
        environment,
    };
    let out = dir.sub("out");
    let recording = ["a.m4b", "a.vtt"].map(|name| out.join(name));
    let [sound, captions] = recording
        .each_ref()
        .map(|path| path.to_str().expect("UTF-8"));
    let routine = fixture("short.toml");
    let commands = [
        observer.softback(&["config", "--init"]),
        plays(&observer, &routine),
        observer.softback(&["journal"]),
        observer.softback(&["doctor"]),
        observer.softback(&["show", "upper-back"]),
        observer.softback(&["export", &routine, "-o", sound, "--captions", captions]),
    ];
    for calls in &commands {
        assert_eq!(calls.to_elsewhere(), [""; 0]);
        for path in calls.written() {
            let expected = [&*home, &*out, Path::new("/dev")];
            assert!(
                expected.iter().any(|place| path.starts_with(place)),
                "{path:?}"
            );
        }
    }
    // Else it would not have looked where programs talk to each other.
    assert!(commands[1].local_sockets() > 0 && commands[3].local_sockets() > 0);
    // A recording is there to be given away, and says nothing of her: her system decides who reads it.
    for path in &recording {
        assert_eq!(mode(path), 0o666, "{path:?}");
    }
    let hers = closed_to_others(&home);
    let names = [
        "config.toml",
        "journal.jsonl",
        "journal.lock",
        "left.json",
        "loudspeakers.json",
    ];
    assert_eq!(hers, names.map(str::to_owned).into());
}

/// Who may do what with it.
fn mode(path: &Path) -> u32 {
    let found = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    found.permissions().mode() & 0o777
}

/// The names of the files in a folder and those in it, which nobody else may read or enter.
fn closed_to_others(folder: &Path) -> BTreeSet<String> {
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        // The library of the sound server keeps its own key there.
        if name == "pulse" {
            continue;
        }
        if path.is_dir() {
            names.extend(closed_to_others(&path));
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            names.insert(name.into_string().expect("UTF-8"));
        }
    }
    names
}

/// The exit code of a session that was stopped.
const STOPPED: i32 = 3;

/// A session from its beginning to a stop, in which the volume is changed.
fn plays(observer: &Observer<'_>, routine: &str) -> Calls {
    let program = softback().to_str().expect("UTF-8");
    let arguments = [program, "play", routine, "--skip-sound-check"];
    observer.run(&arguments, STOPPED, |session| {
        session.wait_for("Your turn", PATIENCE);
        session.press(" ");
        session.wait_for("Rise and sink", PATIENCE);
        session.press("\x1b[B");
        session.press("\x1b");
        session.wait_for("Stopping", PATIENCE);
        session.press("\x1b");
    })
}
