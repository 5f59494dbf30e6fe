//! Sound that nobody can hear: a muted or silent stream, a muted sink, a dummy output, under the built program in real
//! time. It pauses and says why, and goes on when it can be heard again; and nothing else makes it pause.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::clock::{now, wait, wait_until};
use crate::lab::{Dir, Environment};
use crate::loudspeaker::Loudspeaker;
use crate::pty::Program;
use crate::stage::{PATIENCE, fixture, softback};

pub const LOST: &str = "I cannot reach the loudspeaker, so I have paused.";
const BACK: &str = "The loudspeaker is back.";

/// By then it must be on the screen, on a machine that has nothing else to do.
pub const NOTICED: Duration = Duration::from_secs(1);

/// What a busy one may add.
pub const SLACK: Duration = Duration::from_secs(2);

/// What keeps it from being heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Muted,
    Soft,
    SinkMuted,
    SinkSoft,
    /// The sink goes; what the server makes up instead leads nowhere.
    Dummy,
}

impl Fault {
    pub const ALL: [Self; 5] = [
        Self::Muted,
        Self::Soft,
        Self::SinkMuted,
        Self::SinkSoft,
        Self::Dummy,
    ];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Muted => "Softback alone is muted on this computer.",
            Self::Soft | Self::SinkSoft => "The volume on this computer is almost at zero.",
            Self::SinkMuted => "The loudspeaker is muted on this computer.",
            Self::Dummy => "There is no real loudspeaker, only a dummy output.",
        }
    }

    pub fn begin(self, speaker: &Loudspeaker) {
        match self {
            Self::Muted => each_stream(speaker, "set-sink-input-mute", "1"),
            Self::Soft => each_stream(speaker, "set-sink-input-volume", "2%"),
            Self::SinkMuted => _ = speaker.control(&["set-sink-mute", "speaker", "1"]),
            Self::SinkSoft => _ = speaker.control(&["set-sink-volume", "speaker", "2%"]),
            Self::Dummy => unload_speaker(speaker),
        }
    }

    pub fn end(self, speaker: &Loudspeaker) {
        match self {
            Self::Muted => each_stream(speaker, "set-sink-input-mute", "0"),
            Self::Soft => each_stream(speaker, "set-sink-input-volume", "100%"),
            Self::SinkMuted => _ = speaker.control(&["set-sink-mute", "speaker", "0"]),
            Self::SinkSoft => _ = speaker.control(&["set-sink-volume", "speaker", "100%"]),
            Self::Dummy => {
                speaker.plug();
                each_stream(speaker, "move-sink-input", "speaker");
            }
        }
    }
}

/// The numbers of the streams that play.
pub fn streams(speaker: &Loudspeaker) -> Vec<String> {
    let list = speaker.control(&["list", "short", "sink-inputs"]);
    let number = |line: &str| line.split_whitespace().next().map(str::to_owned);
    list.lines().filter_map(number).collect()
}

/// Does it to each of them. One that is replaced meanwhile refuses: then to its successor.
pub fn each_stream(speaker: &Loudspeaker, command: &str, value: &str) {
    let done = wait_until(PATIENCE, || {
        let streams = streams(speaker);
        let mut each = streams.iter();
        let all = each.all(|stream| speaker.try_control(&[command, stream, value]).is_some());
        (all && !streams.is_empty()).then_some(())
    });
    done.expect("it plays");
}

/// Only this sink: another null sink is what the server makes up.
fn unload_speaker(speaker: &Loudspeaker) {
    let list = speaker.control(&["list", "short", "modules"]);
    let line = list.lines().find(|line| line.contains("sink_name=speaker"));
    let number = line.and_then(|line| line.split_whitespace().next());
    speaker.control(&["unload-module", number.expect("the sink")]);
}

/// A desktop's server makes up a sink when there is no other, and moves streams there.
pub fn as_on_a_desktop() -> Option<Loudspeaker> {
    let speaker = Loudspeaker::start()?;
    furnish(&speaker);
    Some(speaker)
}

/// What a desktop's server has besides.
pub fn furnish(speaker: &Loudspeaker) {
    for module in ["module-rescue-streams", "module-always-sink"] {
        speaker.control(&["load-module", module]);
    }
}

/// Frames in a period that last on a busy computer, too: after a stutter the stream would be opened anew, and nothing would
/// be wrong with the new one.
pub const LASTING: [&str; 2] = ["--buffer", "8192"];

fn start(environment: &Environment) -> Program {
    let routine = fixture("breath.toml");
    let play = ["play", &routine, "--voice", "silent"];
    let arguments = [&play[..], &LASTING].concat();
    Program::start(softback(), &arguments, Path::new("/"), environment)
}

pub fn told(program: &Program, words: &str) -> usize {
    let raw = program.raw();
    let windows = raw.windows(words.len());
    windows.filter(|text| *text == words.as_bytes()).count()
}

/// The place on the routine's timeline, as it is shown.
fn place(program: &Program) -> String {
    let screen = program.screen();
    let (before, _) = screen.split_once(" gone").expect("the time gone");
    before.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// Longer than the rest of a drawing may be on its way to the screen.
const DRAWN: Duration = Duration::from_millis(500);

/// Time stands still for so long, now that `words` say why.
#[track_caller]
pub fn stands_still(program: &Program, words: &str, length: Duration) {
    wait(DRAWN);
    let stands = place(program);
    wait(length);
    assert!(program.screen().contains(words), "{}", program.screen());
    assert_eq!(place(program), stands, "{words}");
}

#[test]
fn what_nobody_can_hear_pauses_and_goes_on_by_itself() {
    let Some(speaker) = as_on_a_desktop() else {
        return;
    };
    let _recorder = speaker.record();
    let mut program = start(&speaker.environment());
    for fault in Fault::ALL {
        program.wait_for("Breathe in", PATIENCE);
        wait(Duration::from_millis(500));
        let begun = now();
        fault.begin(&speaker);
        let noticed = program.wait_for(fault.words(), PATIENCE) - begun;
        let screen = program.screen();
        assert!(screen.contains(LOST), "{fault:?}: {screen}");
        stands_still(&program, fault.words(), Duration::from_secs(2));

        let returns = now();
        fault.end(&speaker);
        let back = program.wait_for(BACK, PATIENCE) - returns;
        println!(
            "{fault:?}: noticed after {} ms, back after {} ms",
            noticed.as_millis(),
            back.as_millis()
        );
        assert!(noticed < NOTICED + SLACK, "{fault:?}: {noticed:?}");
        assert!(back < NOTICED + SLACK, "{fault:?}: {back:?}");
        wait(DRAWN);
        let screen = program.screen();
        assert!(!screen.contains(fault.words()), "{fault:?}: {screen}");
    }
    program.wait_for("Breathe in", PATIENCE);
    Fault::Muted.begin(&speaker);
    program.wait_for(Fault::Muted.words(), PATIENCE);
    let pressed = program.press("\x1b");
    assert_eq!(program.ends(PATIENCE).code(), Some(3));
    assert!(now() - pressed < NOTICED + SLACK, "Escape");
}

#[test]
fn a_server_that_remembers_it_as_muted_is_told_of_at_the_sound_check_and_by_the_doctor() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    speaker.control(&["load-module", "module-stream-restore"]);
    let _recorder = speaker.record();
    let environment = speaker.environment();
    let mut first = start(&environment);
    first.wait_for("Breathe in", PATIENCE);
    Fault::Muted.begin(&speaker);
    first.wait_for(Fault::Muted.words(), PATIENCE);
    first.press("\x03");
    first.ends(PATIENCE);

    let (report, code) = doctor(&environment);
    assert_eq!(code, Some(1), "{report}");
    assert_eq!(report["sound"]["status"], "not ok", "{report}");
    assert_eq!(report["sound"]["facts"]["heard"], false, "{report}");
    let says = report["sound"]["says"].as_str().unwrap_or_default();
    assert!(says.contains("softback alone is muted"), "{report}");
    let remedy = report["sound"]["remedy"].as_str().unwrap_or_default();
    assert!(remedy.starts_with("Unmute \"softback\""), "{report}");

    // Somebody else's home: no loudspeaker has been tried there.
    let environment = speaker.environment();
    let home = environment.iter().find(|(name, _)| *name == "HOME");
    let known = Path::new(&home.expect("a home").1).join(".local/state/softback/loudspeakers.json");
    fs::remove_file(known).expect("it was there");
    let begun = now();
    let mut program = start(&environment);
    let noticed = program.wait_for(Fault::Muted.words(), PATIENCE) - begun;
    println!("told {} ms after the start", noticed.as_millis());
    assert!(noticed < 3 * NOTICED + SLACK, "{noticed:?}");
    Fault::Muted.end(&speaker);
    program.wait_for(BACK, PATIENCE);
    program.wait_for("sound", PATIENCE);
}

fn doctor(environment: &Environment) -> (Value, Option<i32>) {
    let arguments = ["doctor", "--json"];
    let mut environment = environment.clone();
    environment.extend([
        ("SPEECHD_ADDRESS", "unix_socket:/nonexistent/speech".into()),
        ("SPEECHD_CMD", "false".into()),
    ]);
    let mut program = Program::start(softback(), &arguments, Path::new("/"), &environment);
    let code = program.ends(3 * PATIENCE).code();
    let text = String::from_utf8(program.raw()).expect("text");
    let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in: {text}"));
    (report, code)
}

#[test]
fn with_only_a_dummy_output_the_doctor_and_the_start_say_so() {
    let Some(speaker) = as_on_a_desktop() else {
        return;
    };
    let (report, _) = doctor(&speaker.environment());
    assert_eq!(report["sound"]["facts"]["heard"], true, "{report}");
    unload_speaker(&speaker);
    // A dummy output that stands still is told from a device that another program holds.
    for stands_still in ["1", "0"] {
        speaker.control(&["suspend-sink", "auto_null", stands_still]);
        let (report, code) = doctor(&speaker.environment());
        assert_eq!(code, Some(1), "{report}");
        let says = report["sound"]["says"].as_str().unwrap_or_default();
        assert!(says.contains("only a dummy output"), "{report}");
    }
    let mut program = start(&speaker.environment());
    program.wait_for(Fault::Dummy.words(), PATIENCE);
    Fault::Dummy.end(&speaker);
    program.wait_for(BACK, PATIENCE);
    program.wait_for("Breathe in", PATIENCE);
}

/// Numbers that look random, the same each time.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

const EVENTS: usize = 20;

#[test]
fn after_twenty_random_events_it_plays_and_each_that_lasted_was_told() {
    let Some(speaker) = as_on_a_desktop() else {
        return;
    };
    let _recorder = speaker.record();
    let environment = speaker.environment();
    let mut random = Random(0x5eed);
    let mut program = start(&environment);
    program.wait_for("Breathe in", PATIENCE);
    let mut slowest = Duration::ZERO;
    for number in 0..EVENTS {
        let fault = Fault::ALL[random.below(5) as usize];
        let short = number % 4 == 3;
        let length = Duration::from_millis(if short {
            random.below(300)
        } else {
            500 + random.below(2500)
        });
        let begun = now();
        fault.begin(&speaker);
        if !short {
            slowest = slowest.max(program.wait_for(fault.words(), PATIENCE) - begun);
        }
        wait(length);
        fault.end(&speaker);
        let back = wait_until(PATIENCE, || {
            (!program.screen().contains(LOST)).then_some(())
        });
        assert!(back.is_some(), "{fault:?}: {}", program.screen());
        wait(Duration::from_millis(300 + random.below(1000)));
    }
    println!(
        "{EVENTS} events, told {} times, the slowest after {} ms",
        told(&program, LOST),
        slowest.as_millis()
    );
    assert!(slowest < NOTICED + SLACK, "{slowest:?}");
    program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130));
}

/// So long nothing happens that would keep it from being heard.
const QUIET: Duration = Duration::from_secs(75);

#[test]
fn what_can_be_heard_is_never_paused() {
    let Some(speaker) = as_on_a_desktop() else {
        return;
    };
    let _recorder = speaker.record();
    let sink = [
        "load-module",
        "module-null-sink",
        "sink_name=null",
        "norewinds=1",
    ];
    speaker.control(&sink);
    let mut program = start(&speaker.environment());
    program.wait_for("Breathe in", PATIENCE);
    let since = now();
    let mut random = Random(0xca1f);
    while since.elapsed() < QUIET {
        match random.below(7) {
            0 => each_stream(&speaker, "move-sink-input", "null"),
            1 => each_stream(&speaker, "move-sink-input", "speaker"),
            2 => each_stream(&speaker, "set-sink-input-volume", "30%"),
            3 => _ = speaker.control(&["set-sink-volume", "speaker", "40%"]),
            4 => _ = speaker.control(&["set-default-sink", "null"]),
            5 => drag(&speaker),
            _ => another_comes_and_goes(&speaker),
        }
        wait(Duration::from_millis(random.below(4000)));
    }
    assert_eq!(told(&program, LOST), 0, "{}", program.screen());
    assert_eq!(told(&program, BACK), 0);
}

/// A slider that she moves down and up again.
pub fn drag(speaker: &Loudspeaker) {
    for volume in (10..100).step_by(10) {
        speaker.control(&["set-sink-volume", "speaker", &format!("{volume}%")]);
    }
}

/// A sink that nobody uses, muted.
pub fn another_comes_and_goes(speaker: &Loudspeaker) {
    // Of a name that no event makes the default one, for then her stream would follow it.
    let another = ["load-module", "module-null-sink", "sink_name=another"];
    let module = speaker.control(&another);
    speaker.control(&["set-sink-mute", "another", "1"]);
    wait(Duration::from_millis(200));
    speaker.control(&["unload-module", &module]);
}

/// How a server that is none behaves, once somebody has connected.
type Behaviour = fn(UnixStream);

const MAD: [(&str, Behaviour); 4] = [
    ("it never answers", |mut caller| {
        let mut said = [0; 4096];
        while caller.read(&mut said).is_ok_and(|length| length > 0) {}
    }),
    ("it hangs up", drop),
    ("it talks without end", |mut caller| {
        let noise: Vec<u8> = (0..=255).cycle().take(1 << 16).collect();
        while caller.write_all(&noise).is_ok() {}
    }),
    ("it claims a message of four gigabytes", |mut caller| {
        let head = [&u32::MAX.to_be_bytes()[..], &[0xff; 16]].concat();
        let _ = caller.write_all(&head);
        wait(Duration::from_mins(1));
    }),
];

#[test]
fn a_server_that_speaks_nonsense_changes_nothing() {
    let Some(speaker) = Loudspeaker::start() else {
        return;
    };
    let _recorder = speaker.record();
    // They mostly wait, so they wait together.
    thread::scope(|scope| {
        for (name, behaviour) in MAD {
            let speaker = &speaker;
            scope.spawn(move || plays_beside(speaker, name, behaviour));
        }
    });
}

fn plays_beside(speaker: &Loudspeaker, name: &str, behaviour: Behaviour) {
    let dir = Dir::new();
    let socket = dir.path().join("mad");
    let listener = UnixListener::bind(&socket).expect("a socket");
    thread::spawn(move || {
        for caller in listener.incoming().flatten() {
            thread::spawn(move || behaviour(caller));
        }
    });
    let mut environment = speaker.environment();
    // The device names its own server; later ones count.
    let server = format!("unix:{}", socket.display());
    environment.push(("PULSE_SERVER", server.into()));
    let mut program = start(&environment);
    program.wait_for("Breathe in", PATIENCE);
    let (since, before): (Instant, _) = (now(), program.cpu());
    wait(Duration::from_secs(8));
    let (took, used) = (since.elapsed(), program.cpu().saturating_sub(before));
    println!(
        "{name}: {} ms of processor time in {took:?}",
        used.as_millis()
    );
    assert_eq!(told(&program, LOST), 0, "{name}: {}", program.screen());
    assert!(
        used < took / 4,
        "{name}: {used:?} of processor time in {took:?}"
    );
    let pressed = program.press("\x03");
    assert_eq!(program.ends(PATIENCE).code(), Some(130), "{name}");
    assert!(now() - pressed < NOTICED + SLACK, "{name}");
}
