//! The wiring: one short function for each thing that can be asked for.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::audio::device;
use crate::audio::output::DEFAULT_PERIOD;
use crate::base::diagnostic::{Problem, Problems};
use crate::base::pace::Pace;
use crate::base::posture::Posture;
use crate::base::refusal::Refusal;
use crate::base::time::Frames;
use crate::base::utterance::{Estimate, VoiceAbility};
use crate::cli::{Cli, Command, DEFAULT_ROUTINE, PlayOptions, VoiceChoice};
use crate::doctor;
use crate::error::{Error, Outcome};
use crate::journal::limit::{self, Closed, History, Start, Verdict};
use crate::journal::{self, Journal, JournalError};
use crate::plan::{Plan, Setting};
use crate::player::diary::{self, Diary};
use crate::player::{self, Stage};
use crate::room::terminal;
use crate::routine::{
    Companion, Form, Routine, ScreeningText, Section, built_in, built_in_names, sources_of,
};
use crate::session::screening::{Close, Terms};
use crate::session::{Programme, Repertoire, Session};
use crate::settings::emergency::{Emergency, Surroundings};
use crate::settings::file::{self as config, Config};
use crate::settings::loudspeakers::Loudspeakers;
use crate::settings::paths;
use crate::voice::{self, Heart, Silent, VoiceError, VoiceHandle};

/// The routine that she may choose instead.
const GENTLE: &str = "gentle";

/// She stands no longer than this by the plan (ACOG804: no long motionless standing; the figure is a house rule).
const LONGEST_ON_FEET: Frames = Frames::from_millis(300_000);

/// Does what was asked for.
pub(crate) fn run(cli: Cli) -> Outcome {
    let done = match cli.command {
        _ if cli.notice => notice(),
        None => play(None, &cli.options),
        Some(Command::Play { routine, options }) => play(routine.as_deref(), &options),
        Some(Command::Show {
            routine,
            sources: true,
            ..
        }) => show_sources(&routine),
        Some(Command::Show {
            routine,
            pace,
            posture,
            ..
        }) => show(&routine, Setting::new(pace, posture)),
        Some(Command::Journal { forget: true, .. }) => forget(),
        Some(Command::Journal { json, .. }) => show_journal(json),
        Some(Command::List) => list(),
        Some(Command::Check { files }) => check(&files),
        Some(Command::Voices) => voices(),
        Some(Command::Config { init: true }) => init_config(),
        Some(Command::Config { init: false }) => show_config(),
        Some(Command::Doctor {
            devices: true,
            json,
            ..
        }) => devices(json),
        Some(Command::Doctor { json, device, .. }) => doctor(json, device),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man) => man(),
    };
    done.unwrap_or_else(Outcome::Failed)
}

/// Routine → plan → session → player; but first, what the journal and her settings say.
fn play(routine: Option<&str>, options: &PlayOptions) -> Result<Outcome, Error> {
    let config = read_config()?;
    let name = routine.or(config.routine.as_deref());
    let mut wanted = Wanted::new(name, options, &config)?;
    let choice = voice_choice(options, &config);
    // It loads while the rest is read.
    let voice = open_voice(choice, options.voice_dir.as_deref())?;
    let screening = ScreeningText::built_in();
    let (mut diary, verdict) = open_diary(&wanted.routine, screening.version())?;
    if let Some(diary) = &mut diary
        && let Some((start, place)) = diary.unfinished()
        && let Some(unfinished) = Wanted::unfinished(routine, options, &start, &place)
    {
        wanted = unfinished;
        diary.offer(&start);
    }
    let Wanted {
        name,
        routine,
        posture,
        pace,
        choose,
        pick_up,
    } = wanted;
    let emergency = Surroundings::read().emergency(config.emergency_number);
    if !routine.only_rests() && pick_up.is_none() {
        before_movement(&verdict, &notice_text(&screening, &emergency))?;
    }
    let loudspeakers = Loudspeakers::read(&paths::loudspeakers_file()?);
    let device = options.device.clone().or(config.device);
    let loudspeaker = device.as_deref().unwrap_or(device::DEFAULT);
    let remembered = loudspeakers.volume(loudspeaker);
    let skip = options.skip_sound_check || config.skip_sound_check.unwrap_or_default();
    let terms = Terms {
        sound_check: !loudspeakers.is_checked(loudspeaker) && !skip,
        form: if verdict.first {
            Form::OneByOne
        } else {
            Form::List
        },
        ask_hurt: verdict.ask_hurt,
        refused: closed(&verdict).map(|closed| close(closed.why)),
        pick_up: pick_up.is_some(),
        choose,
        posture: posture.is_none() && stands(&routine),
        standing: posture == Some(Posture::Standing),
    };
    let companion = match ability(choice) {
        VoiceAbility::Renders => Companion::built_in(),
        // The service knows no sides.
        VoiceAbility::Speaks => Companion::built_in().without_sides(),
    };
    let gentle = choose.then(|| built_in(GENTLE)).transpose()?;
    let repertoire = Repertoire {
        routine: (name.into(), routine),
        gentle: gentle.map(|gentle| (GENTLE.into(), gentle)),
        screening,
        companion: companion.with_emergency(&emergency.spoken()),
    };
    let programme = Programme::new(&repertoire, terms, &Estimate);
    let session = Session::new(programme, pace, ability(choice)).picking_up(pick_up);
    let stage = Stage {
        voice,
        volume: options.volume.or(config.volume).or(remembered).unwrap_or(0),
        plain: options.plain || config.plain.unwrap_or_default(),
        period: options.buffer.or(config.buffer).unwrap_or(DEFAULT_PERIOD),
        device,
        loudspeakers,
        diary,
        leave_music: options.leave_music || config.leave_music.unwrap_or_default(),
    };
    player::play(session, stage)
}

/// What is to be played, and how.
struct Wanted {
    name: String,
    routine: Routine,
    posture: Option<Posture>,
    pace: Pace,
    /// She may still choose the soft routine.
    choose: bool,
    /// The movement from which a session that was cut off goes on.
    pick_up: Option<usize>,
}

impl Wanted {
    fn new(name: Option<&str>, options: &PlayOptions, config: &Config) -> Result<Self, Error> {
        let asked = name.unwrap_or(DEFAULT_ROUTINE);
        let routine = find(asked)?;
        let (posture, pace) = posture_and_pace(&routine, options, config)?;
        Ok(Self {
            name: asked.to_owned(),
            routine,
            posture,
            pace,
            choose: name.is_none(),
            pick_up: None,
        })
    }

    /// The session that was cut off, if what she asks for now, as `routine` and options, does not speak against it.
    fn unfinished(
        asked_for: Option<&str>,
        options: &PlayOptions,
        start: &Start,
        left_at: &limit::Place,
    ) -> Option<Self> {
        let posture = start.posture;
        let pace = options.pace.unwrap_or(start.pace);
        let same = asked_for.is_none_or(|name| name == start.routine)
            && options.posture.is_none_or(|asked| asked == posture)
            && (posture == Posture::Seated || pace == Pace::Standard);
        let routine = find(&start.routine).ok().filter(|_| same)?;
        let setting = Setting::new(pace, posture);
        let plan = Plan::compile(&routine, &Companion::built_in(), setting, &Estimate);
        // A routine of hers may have been changed meanwhile.
        let there = plan.counted_movements().get(left_at.movement)?;
        (*there.title == *left_at.title).then(|| Self {
            name: start.routine.clone(),
            routine,
            posture: Some(posture),
            pace,
            choose: false,
            pick_up: Some(left_at.movement),
        })
    }
}

fn voice_choice(options: &PlayOptions, config: &Config) -> VoiceChoice {
    let set = config.voice.map(VoiceChoice::from);
    options.voice.or(set).unwrap_or_default()
}

/// How she sits or stands, if that is said already, and how slowly.
fn posture_and_pace(
    routine: &Routine,
    options: &PlayOptions,
    config: &Config,
) -> Result<(Option<Posture>, Pace), Error> {
    let posture = options.posture.or(config.posture);
    let pace = options.pace.or(config.pace).unwrap_or_default();
    if posture != Some(Posture::Standing) {
        return Ok((posture, pace));
    }
    // What she likes best does not fit every routine; what she has just asked for should.
    if options.posture.is_none() && !stands(routine) {
        return Ok((Some(Posture::Seated), pace));
    }
    can_stand(routine, options.pace.unwrap_or_default())?;
    Ok((posture, Pace::Standard))
}

/// Refuses a routine in which, or a pace at which, nobody stands.
fn can_stand(routine: &Routine, pace: Pace) -> Result<(), Error> {
    if !stands(routine) {
        return Err(Error::Usage(format!(
            "\"{}\" is for a chair only\n  Leave --posture standing out",
            routine.title()
        )));
    }
    if pace != Pace::Standard {
        return Err(Error::Usage(format!(
            "standing is at the standard pace only, so that the time on your feet is short\n  Leave --pace {pace} out, or sit: --posture seated"
        )));
    }
    Ok(())
}

/// Whether she may stand in it.
fn stands(routine: &Routine) -> bool {
    routine.sections().iter().any(Section::on_feet)
}

/// The journal, and what it allows. Where there can be none, only rest may start.
fn open_diary(routine: &Routine, text_version: u32) -> Result<(Option<Diary>, Verdict), Error> {
    match Diary::open(&paths::journal_file()?, text_version) {
        Ok((diary, verdict)) => Ok((Some(diary), verdict)),
        Err(JournalError::Unwritable { .. } | JournalError::Unreadable { .. })
            if routine.only_rests() =>
        {
            Ok((None, History::default().verdict(diary::now(), text_version)))
        }
        Err(error) => Err(error.into()),
    }
}

const fn closed(verdict: &Verdict) -> Option<Closed> {
    match verdict.movement {
        limit::Movement::Open => None,
        limit::Movement::Closed(closed) => Some(closed),
    }
}

/// What is said of it.
const fn close(refusal: Refusal) -> Close {
    match refusal {
        Refusal::Locked => Close::ClosedToday,
        Refusal::TwoToday => Close::TwoToday,
        Refusal::TooSoon => Close::TooSoon,
        Refusal::Unreadable => Close::Unreadable,
        Refusal::ClockBehind => Close::ClockBehind,
    }
}

fn read_config() -> Result<Config, Error> {
    let names: Vec<_> = built_in_names().collect();
    Ok(Config::read(&paths::config_file()?, &names)?)
}

fn notice() -> Result<Outcome, Error> {
    let emergency = Surroundings::read().emergency(read_config()?.emergency_number);
    print(&notice_text(&ScreeningText::built_in(), &emergency))?;
    Ok(Outcome::Done)
}

fn notice_text(screening: &ScreeningText, emergency: &Emergency) -> String {
    include_str!("../../scripts/en/notice.txt")
        .replace("{VERSION}", &screening.version().to_string())
        .replace("{DATE}", screening.date())
        .replace("{EMERGENCY}", &emergency.shown())
}

/// What she can read before a session with movement: why it does not start, or the notice before the first use.
fn before_movement(verdict: &Verdict, notice: &str) -> Result<(), Error> {
    // The session reads its keys there, whatever standard input is. Without a terminal there is nobody
    // to wait for, and the session says that it needs one before anything sounds.
    let Ok(keyboard) = terminal::keyboard() else {
        return Ok(());
    };
    if closed(verdict).is_some() {
        return show_journal(false).map(drop);
    }
    if verdict.first {
        print(&format_args!(
            "{notice}\nPress Enter when you have read this, or Ctrl-C to leave."
        ))?;
        read_line(BufReader::new(File::from(keyboard)))?;
    }
    Ok(())
}

fn read_line(mut input: impl BufRead) -> Result<String, Error> {
    let mut line = String::new();
    let read = input.read_line(&mut line);
    read.map_err(Error::system("the answer cannot be read"))?;
    Ok(line)
}

fn show(routine: &str, setting: Setting) -> Result<Outcome, Error> {
    let routine = find(routine)?;
    if setting.posture == Posture::Standing {
        can_stand(&routine, setting.pace)?;
    }
    let plan = Plan::compile(&routine, &Companion::built_in(), setting, &Estimate);
    print(&plan)?;
    Ok(Outcome::Done)
}

/// Each sentence with its sources, and then what they are.
fn show_sources(routine: &str) -> Result<Outcome, Error> {
    let routine = find(routine)?;
    for line in routine.lines() {
        print(&format_args!(
            "{}  {}",
            line.text(),
            line.source().join(", ")
        ))?;
    }
    print(&"")?;
    for source in sources_of(&routine) {
        print(&source)?;
    }
    Ok(Outcome::Done)
}

fn show_journal(json: bool) -> Result<Outcome, Error> {
    let history = journal::read(&paths::journal_file()?)?;
    if json {
        print(&journal::to_json(&history))?;
    } else {
        print(&journal::render(&history, diary::now()))?;
    }
    Ok(Outcome::Done)
}

/// Deletes the journal, if she says so.
fn forget() -> Result<Outcome, Error> {
    let path = paths::journal_file()?;
    print(&format_args!(
        "This deletes {}: when you did what, and for how long.\n\
         What still keeps the movements closed today stays, without any of that.\n\
         Delete it? Type yes, then Enter.",
        path.display()
    ))?;
    if read_line(io::stdin().lock())?
        .trim()
        .eq_ignore_ascii_case("yes")
    {
        let forgotten = Journal::open(&path)?.forget(diary::now())?;
        print(&forgotten)?;
    } else {
        print(&"Nothing was deleted.")?;
    }
    Ok(Outcome::Done)
}

fn list() -> Result<Outcome, Error> {
    for name in built_in_names() {
        print(&format_args!("{name}  {}", built_in(name)?.title()))?;
    }
    Ok(Outcome::Done)
}

/// Checks all files before it fails for one.
fn check(files: &[PathBuf]) -> Result<Outcome, Error> {
    let mut failed = None;
    for file in files {
        match read(file) {
            Ok(routine) => print(&format_args!(
                "{}: {} is sound",
                file.display(),
                routine.title()
            ))?,
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    eprintln!("softback: {earlier}\n");
                }
            }
        }
    }
    failed.map_or(Ok(Outcome::Done), Err)
}

fn voices() -> Result<Outcome, Error> {
    let heart = match paths::voice_dir(None) {
        Ok(folder) => format!(
            "heart   the built-in natural voice, in {}",
            folder.display()
        ),
        Err(error) => format!("heart   {error}"),
    };
    let system = if cfg!(feature = "system-voice") {
        "the desktop's own speech service"
    } else {
        "not built in"
    };
    print(&format_args!(
        "{heart}\nsystem  {system}\nsilent  none, for trying things out"
    ))?;
    Ok(Outcome::Done)
}

fn init_config() -> Result<Outcome, Error> {
    let path = paths::config_file()?;
    config::init(&path)?;
    print(&format_args!(
        "{} is written: everything in it is explained, nothing is changed yet",
        path.display()
    ))?;
    Ok(Outcome::Done)
}

fn show_config() -> Result<Outcome, Error> {
    let config = read_config()?;
    let emergency = Surroundings::read().emergency(config.emergency_number.clone());
    let loudspeakers = Loudspeakers::read(&paths::loudspeakers_file()?);
    let remembered = loudspeakers.volume(config.device.as_deref().unwrap_or(device::DEFAULT));
    print(&config.render(&paths::config_file()?, &emergency, remembered))?;
    Ok(Outcome::Done)
}

fn devices(json: bool) -> Result<Outcome, Error> {
    let devices = doctor::devices()?;
    print(&if json {
        doctor::devices_to_json(&devices)
    } else {
        doctor::render_devices(&devices)
    })?;
    Ok(Outcome::Done)
}

/// Probes, then judges, then prints: what is missing is the answer, and so no error of this program.
fn doctor(json: bool, device: Option<String>) -> Result<Outcome, Error> {
    let report = doctor::examine(device)?;
    print(&if json {
        report.to_json()
    } else {
        report.to_string()
    })?;
    Ok(if report.is_ready() {
        Outcome::Done
    } else {
        Outcome::NotReady
    })
}

fn completions(shell: Shell) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "softback", &mut script);
    print(&String::from_utf8_lossy(&script).trim_end())?;
    Ok(Outcome::Done)
}

fn man() -> Result<Outcome, Error> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(Error::system("the manual page cannot be made"))?;
    print(&String::from_utf8_lossy(&page).trim_end())?;
    Ok(Outcome::Done)
}

/// Prints what was asked for. Whoever reads it may stop reading: that is no failure.
fn print(what: &dyn Display) -> Result<(), Error> {
    match writeln!(io::stdout(), "{what}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::system("the answer cannot be printed")(error))
        }
        _ => Ok(()),
    }
}

/// A built-in routine by its name, or a file.
fn find(routine: &str) -> Result<Routine, Error> {
    let path = Path::new(routine);
    if path.extension() == Some(OsStr::new("toml")) || path.components().count() > 1 {
        read(path)
    } else {
        Ok(built_in(routine)?)
    }
}

fn read(path: &Path) -> Result<Routine, Error> {
    let text = fs::read_to_string(path).map_err(|cause| Error::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    let name = path.to_string_lossy();
    let routine = Routine::parse(&name, &text)?;
    let setting = Setting::new(Pace::Standard, Posture::Standing);
    let plan = Plan::compile(&routine, &Companion::built_in(), setting, &Estimate);
    let too_long = plan.standing().into_iter();
    let problems: Vec<_> = too_long
        .filter(|(_, time)| *time > LONGEST_ON_FEET)
        .map(|(section, time)| {
            Problem::new(
                routine.on_feet_at(&section),
                format!("she would stand for {time}, and 5 minutes are the most"),
                "leave movements out, count fewer breaths, or let her sit down sooner: long standing \
                 makes light in the head [ACOG804, SWAY]",
            )
        })
        .collect();
    if problems.is_empty() {
        Ok(routine)
    } else {
        Err(Problems::new(&name, &text, problems).into())
    }
}

const fn ability(voice: VoiceChoice) -> VoiceAbility {
    match voice {
        VoiceChoice::Heart | VoiceChoice::Silent => VoiceAbility::Renders,
        VoiceChoice::System => VoiceAbility::Speaks,
    }
}

/// Starts the voice on its thread. What can be known to fail at once fails here, before anything sounds.
fn open_voice(choice: VoiceChoice, folder: Option<&Path>) -> Result<VoiceHandle, Error> {
    let handle = match choice {
        VoiceChoice::Heart => {
            let folder = paths::voice_dir(folder).map_err(with_alternative)?;
            voice::spawn(move |_| Heart::open(&folder))
        }
        VoiceChoice::Silent => voice::spawn(|_| Ok(Silent)),
        VoiceChoice::System => {
            let handle =
                open_system().map_err(Error::system("the voice's thread cannot be started"))?;
            handle.wait_until_ready()?;
            Ok(handle)
        }
    };
    handle.map_err(Error::system("the voice's thread cannot be started"))
}

#[cfg(feature = "system-voice")]
fn open_system() -> std::io::Result<VoiceHandle> {
    voice::spawn(voice::system::open)
}

#[cfg(not(feature = "system-voice"))]
fn open_system() -> std::io::Result<VoiceHandle> {
    voice::spawn(|_| Err::<Silent, _>(VoiceError::NotBuiltIn))
}

/// Names the system voice as a way out, where a service answers: never a silent change of voice.
fn with_alternative(mut error: VoiceError) -> VoiceError {
    if let VoiceError::NotInstalled { alternative, .. } = &mut error
        && voice::service_answers(Duration::from_secs(2))
    {
        *alternative = ",\n  or use the desktop's voice: `softback --voice system`".into();
    }
    error
}
