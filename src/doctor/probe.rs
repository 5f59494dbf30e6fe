//! Asks the machine, and notes what comes back.

use std::env;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Access, access};
use rustix::termios::tcgetwinsize;

use super::{
    Trouble, bus::Bus, bus::bus, remedies::SETTINGS_PROBLEM, remedies::TOO_BUSY, sound::Sound,
    sound::sound,
};
use crate::base::{SAFETY_RATE, Utterance};
use crate::clock::{now, within};
use crate::journal;
use crate::room::terminal;
use crate::settings::{
    Settings, VoiceChoice, emergency::Emergency, emergency::Surroundings, file::Config,
    file::ConfigError, flags::Flags, loudspeakers::Loudspeakers, paths,
};
use crate::voice::{self, Heart, VoiceEvent, VoiceJob};

/// Everything that was asked, and what came back.
#[derive(Debug)]
pub(super) struct Findings {
    /// Where her settings lie, and whether there are any.
    pub config_file: Option<PathBuf>,
    pub config: Result<bool, Trouble>,
    /// Whose voice her settings name, or the usual one.
    pub speaker: VoiceChoice,
    pub sound: Result<Sound, Trouble>,
    pub voice: Result<VoiceFound, Trouble>,
    pub service: Service,
    pub bus: Bus,
    pub terminal: TerminalFound,
    pub journal_file: Option<PathBuf>,
    pub journal: Result<JournalFound, Trouble>,
    pub emergency: Emergency,
    pub surroundings: Surroundings,
}

/// The built-in voice, which speaks.
#[derive(Debug)]
pub(super) struct VoiceFound {
    pub folder: PathBuf,
    pub loading: Duration,
    /// How long a sentence lasts, and how long it took to make.
    pub speech: Duration,
    pub making: Duration,
}

/// The desktop's speech service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Answers,
    Silent,
    /// The program that asks it is missing.
    NoSpeaker,
    NotBuiltIn,
}

/// The terminal that the program was started in.
#[derive(Debug)]
pub(super) struct TerminalFound {
    pub keys: bool,
    /// Whether standard output is one.
    pub shows: bool,
    pub name: String,
    pub size: Option<(u16, u16)>,
    pub colours: bool,
}

/// The journal, which can be read.
#[derive(Debug)]
pub(super) struct JournalFound {
    pub exists: bool,
    /// Why it cannot be written, if so.
    pub unwritable: Option<String>,
    pub lines: usize,
    /// The numbers of those that cannot be read.
    pub damaged: Vec<usize>,
}

pub(super) fn everything(flags: &Flags) -> Findings {
    let (settings, config) = settings(flags);
    let device = settings.device.map(|device| device.value);
    let period = settings.buffer.value;
    Findings {
        sound: asked(10, SOUND_HANGS, move || sound(device, period)),
        voice: asked(40, VOICE_HANGS, heart),
        service: service(),
        bus: bus(),
        terminal: terminal_found(),
        journal: asked(3, JOURNAL_HANGS, journal_found),
        speaker: settings.voice.value,
        emergency: settings.emergency,
        surroundings: Surroundings::read(),
        config_file: paths::config_file().ok(),
        config,
        journal_file: paths::journal_file().ok(),
    }
}

/// What is wrong, and what to do, where no answer comes in time.
type Late = (&'static str, &'static str);

const SOUND_HANGS: Late = (
    "the sound device cannot be opened: the sound server does not answer",
    "Restart the desktop's sound server, or the computer",
);
const VOICE_HANGS: Late = (
    "the voice \"heart\" takes more than 40 s for a sentence",
    TOO_BUSY,
);
const JOURNAL_HANGS: Late = (
    "the journal cannot be read: another program holds it",
    "End that program",
);
const FILE_HANGS: Late = (
    "the settings cannot be read: the disk does not answer",
    "Check the disk",
);

fn asked<T: Send + 'static>(
    seconds: u64,
    (what, remedy): Late,
    probe: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    within(Duration::from_secs(seconds), probe).unwrap_or_else(|| Err(Trouble::new(what, remedy)))
}

/// Her settings; where they cannot be used, what holds without any.
fn settings(flags: &Flags) -> (Settings, Result<bool, Trouble>) {
    let asked_for = flags.clone();
    match asked(3, FILE_HANGS, move || read_settings(&asked_for)) {
        Ok((settings, exists)) => (settings, Ok(exists)),
        Err(trouble) => {
            let (file, around) = (Config::default(), Surroundings::read());
            let settings = Settings::of(flags, file, &around, Loudspeakers::default());
            (settings, Err(trouble))
        }
    }
}

fn read_settings(flags: &Flags) -> Result<(Settings, bool), Trouble> {
    let path = paths::config_file()?;
    match Settings::read(flags) {
        Ok(settings) => Ok((settings, path.exists())),
        Err(ConfigError::Problems(problems)) => {
            let path = path.display();
            let what = match problems.list() {
                [only] => format!("{path} has a problem: {}", only.message),
                list => format!("{path} has {} problems", list.len()),
            };
            Err(Trouble::new(what, SETTINGS_PROBLEM))
        }
        Err(error) => Err(error.into()),
    }
}

/// A sentence as long as most.
const SENTENCE: &str =
    "Sit well back, with both feet flat on the floor, and let your shoulders rest.";

fn heart() -> Result<VoiceFound, Trouble> {
    let folder = paths::voice_dir(None)?;
    let begun = now();
    let gone = || Trouble::new("the voice \"heart\" has gone away", TOO_BUSY);
    let opened = folder.clone();
    let handle = voice::spawn(move |_| Heart::open(&opened)).map_err(|_| gone())?;
    handle.wait_until_ready()?;
    let loading = begun.elapsed();
    let begun = now();
    let job = VoiceJob::Render(Utterance::new(SENTENCE, SAFETY_RATE));
    handle.jobs.send(job).map_err(|_| gone())?;
    match handle.events.recv() {
        Ok(VoiceEvent::Rendered { length, .. }) => Ok(VoiceFound {
            folder,
            loading,
            speech: length.duration(),
            making: begun.elapsed(),
        }),
        Ok(VoiceEvent::Failed(error)) => Err(error.into()),
        _ => Err(gone()),
    }
}

fn service() -> Service {
    // As long as a session waits for it.
    let limit = Duration::from_secs(5);
    if !cfg!(feature = "system-voice") {
        return Service::NotBuiltIn;
    }
    match paths::speaker() {
        Ok(program) if voice::service_answers(&program, limit) => Service::Answers,
        Ok(_) => Service::Silent,
        Err(_) => Service::NoSpeaker,
    }
}

fn terminal_found() -> TerminalFound {
    let keyboard = terminal::keyboard().ok();
    let size = keyboard.as_ref().and_then(|it| tcgetwinsize(it).ok());
    let size = size.map(|size| (size.ws_col, size.ws_row));
    let name = env::var("TERM").unwrap_or_default();
    let no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    TerminalFound {
        keys: keyboard.is_some(),
        shows: io::stdout().is_terminal(),
        size: size.filter(|(columns, rows)| *columns > 0 && *rows > 0),
        colours: !no_colour && !matches!(name.as_str(), "" | "dumb"),
        name,
    }
}

fn journal_found() -> Result<JournalFound, Trouble> {
    let path = paths::journal_file()?;
    let history = journal::read(&path)?;
    Ok(JournalFound {
        exists: path.exists(),
        unwritable: writable(&path).err().map(|cause| cause.to_string()),
        lines: history.records.len(),
        damaged: history.unreadable().map(|(line, _)| line).collect(),
    })
}

/// Whether a line could be written behind the others, or the file and its folders be made. Nothing is touched.
fn writable(path: &Path) -> io::Result<()> {
    // Its lock lies beside it, and a copy of it may come to lie there, so the folder counts as well.
    if path.exists() {
        access(path, Access::WRITE_OK)?;
    }
    let folder = path.ancestors().skip(1).find(|folder| folder.exists());
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_written_is_found_without_writing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/journal.jsonl");
        assert!(writable(&path).is_ok());
        assert!(!folder.path().join("deep").exists());
        std::fs::write(folder.path().join("deep"), "a file").unwrap();
        assert!(writable(&path).is_err());
    }
}
