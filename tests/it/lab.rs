//! What `.ci/setup test` has unpacked for the tests, and what they need to run programs safely:
//! directories that go with the test, processes that end with it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Environment variables for a child.
pub type Environment = Vec<(&'static str, OsString)>;

/// The programs in `target/lab`, by the names that its `env` file gives them.
pub struct Lab {
    files: BTreeMap<String, String>,
}

impl Lab {
    /// The lab; `None` on a system that it cannot be unpacked on. Where it only has not been, the test fails.
    pub fn find() -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/lab/env");
        let Ok(text) = fs::read_to_string(&path) else {
            assert!(
                !Path::new("/usr/bin/apt-get").exists(),
                "there is no {}: run `make test`, or `.ci/setup test` once",
                path.display()
            );
            eprintln!("skipped: there is no virtual loudspeaker for this system");
            return None;
        };
        let pair = |line: &str| {
            line.split_once('=')
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
        };
        Some(Self {
            files: text.lines().filter_map(pair).collect(),
        })
    }

    /// What a name stands for.
    pub fn file(&self, name: &str) -> &str {
        self.files
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in target/lab/env: run `.ci/setup test`"))
    }

    /// Whether it is there: some things are unpacked only for the benches.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// A program of the lab, with nothing of this machine's desktop in its environment.
    pub fn command(&self, name: &str, environment: &Environment) -> Command {
        let mut command = Command::new(self.file(name));
        command
            .env_clear()
            .envs(environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

/// A directory that goes with the test; its path is short enough for a socket.
pub struct Dir(PathBuf);

impl Dir {
    /// A new one.
    pub fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("softback-{}-{number}", std::process::id()));
        fs::create_dir(&path).expect("a directory for the test");
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A directory in it, made if it is not there.
    pub fn sub(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(&path).expect("a directory in it");
        path
    }

    /// A file in it.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file in it");
        path
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // It is in the directory for temporary files: no harm if it stays.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes `home` the home of somebody who has tried the loudspeaker before: she is not asked about it.
pub fn knows_the_loudspeaker(home: &Path) {
    let state = home.join(".local/state/softback");
    fs::create_dir_all(&state).expect("a folder");
    let known = r#"{"default":{"volume":0}}"#;
    fs::write(state.join("loudspeakers.json"), known).expect("a file in it");
}

/// A process that ends with the test.
pub struct Process(pub Child);

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let _alone = spawning();
        Self(
            command
                .spawn()
                .unwrap_or_else(|error| panic!("{command:?}: {error}")),
        )
    }

    /// Ends it at once.
    pub fn end(&mut self) {
        // Already gone, perhaps.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Held while a terminal is opened and while a process is started: the crate marks a terminal as
/// not to be inherited only after it has opened it, and a child that began in between would keep
/// the terminal alive.
pub fn spawning() -> MutexGuard<'static, ()> {
    static SPAWNING: Mutex<()> = Mutex::new(());
    SPAWNING.lock().unwrap_or_else(PoisonError::into_inner)
}
