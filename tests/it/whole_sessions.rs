//! Whole sessions beside a sound server that mutes, moves, loses and dies, and one beside a server that does nothing:
//! heard or told, and never told without a cause. They take twelve minutes, so `make soak` plays them.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::answers::{answer, journal};
use crate::clock::{now, wait, wait_until};
use crate::lab::Environment;
use crate::loudspeaker::{Loudspeaker, Recorder};
use crate::pty::Program;
use crate::stage::{PATIENCE, softback};
use crate::unheard::{
    Fault, LASTING, LOST, NOTICED, Random, SLACK, another_comes_and_goes, as_on_a_desktop, drag,
    each_stream, furnish, stands_still, streams, told,
};

const SESSIONS: u64 = 20;

/// So many of them play at a time, each beside a server of its own.
const AT_A_TIME: u64 = 10;

/// What happens in each, all of it before she is at the end.
const EVENTS: usize = 12;

/// How long a session of five minutes may take with all that happens in it.
const WHOLE: Duration = Duration::from_mins(12);

/// What the server does to one session.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// For seconds.
    Fault(Fault),
    /// For less than it takes to count.
    Blink(Fault),
    /// Her stream is moved to another loudspeaker, which is muted.
    MovedToMuted,
    /// The server dies, and is there again seconds later.
    Dies,
    /// The same at once.
    Restarts,
    /// Her stream is moved to another loudspeaker, which is then taken away.
    Moved,
    /// Another loudspeaker becomes the default.
    Default,
    Volume,
    /// What happens to a loudspeaker that is not hers.
    Another,
}

impl Event {
    fn any(random: &mut Random) -> Self {
        let fault = Fault::ALL[random.below(5) as usize];
        match random.below(12) {
            0..=3 => Self::Fault(fault),
            4 => Self::Blink(fault),
            5 => Self::MovedToMuted,
            6 => Self::Dies,
            7 => Self::Restarts,
            8 => Self::Moved,
            9 => Self::Default,
            10 => Self::Volume,
            _ => Self::Another,
        }
    }
}

/// One session, and all that is round it.
struct Stage {
    program: Program,
    speaker: Loudspeaker,
    recorder: Recorder,
    home: Environment,
    turn: usize,
}

/// What was measured of it.
#[derive(Debug, Default)]
struct Figures {
    noticed: Vec<Duration>,
    back: Vec<Duration>,
    harmless: usize,
}

impl Stage {
    /// Begins a session of so many minutes.
    fn begin(minutes: &str) -> Option<Self> {
        let speaker = as_on_a_desktop()?;
        let recorder = speaker.record();
        let home = speaker.environment();
        let play = ["play", "rest", "--length", minutes, "--voice", "silent"];
        let arguments = [&play[..], &LASTING].concat();
        let mut program = Program::start(softback(), &arguments, Path::new("/"), &home);
        program.wait_for("Hello, and welcome.", PATIENCE);
        Some(Self {
            program,
            speaker,
            recorder,
            home,
            turn: 0,
        })
    }

    /// She is there for so long, or until `over`, and presses what she is asked for.
    fn live(&mut self, length: Duration, over: &str) -> bool {
        let begun = now();
        while begun.elapsed() < length {
            let screen = self.program.screen();
            if screen.contains(over) {
                return true;
            }
            if !screen.contains(LOST) && answer(&self.program, self.turn, false) {
                self.turn += 1;
                wait(Duration::from_millis(700));
            }
            wait(Duration::from_millis(50));
        }
        false
    }

    /// Something happens that keeps her from hearing it, for `length`.
    fn unheard(
        &mut self,
        words: &str,
        length: Duration,
        begin: impl Fn(&mut Self),
        end: impl FnOnce(&mut Self),
    ) -> (Duration, Duration) {
        let noticed = loop {
            let (since, before) = (now(), streams(&self.speaker));
            begin(self);
            if let Some(noticed) = self.program.waits_for(words, NOTICED + SLACK) {
                break noticed - since;
            }
            // Where it was opened anew, nothing has happened to the new stream.
            assert_ne!(streams(&self.speaker), before, "{}", self.seen());
        };
        stands_still(&self.program, words, length);
        let ends = now();
        end(self);
        self.is_heard();
        (noticed, ends.elapsed())
    }

    /// Waits until it plays to a loudspeaker.
    fn is_heard(&self) {
        let plays = || {
            let told = self.program.screen().contains(LOST);
            (!told && !streams(&self.speaker).is_empty()).then_some(())
        };
        assert!(wait_until(PATIENCE, plays).is_some(), "{}", self.seen());
    }

    fn seen(&self) -> String {
        self.program.screen()
    }

    fn revive(&mut self) {
        self.speaker.restart();
        furnish(&self.speaker);
        self.recorder = self.speaker.begin_to_record();
    }

    /// Adds another loudspeaker; the number by which it is taken away.
    fn another(&self) -> String {
        let sink = [
            "load-module",
            "module-null-sink",
            "sink_name=other",
            "norewinds=1",
        ];
        self.speaker.control(&sink)
    }

    fn happens(&mut self, event: Event, length: Duration, figures: &mut Figures) {
        let before = told(&self.program, LOST);
        let (noticed, back) = match event {
            Event::Fault(fault) => {
                let begin = |stage: &mut Self| fault.begin(&stage.speaker);
                self.unheard(fault.words(), length, begin, |stage| {
                    fault.end(&stage.speaker);
                })
            }
            Event::MovedToMuted => {
                let other = self.another();
                self.speaker.control(&["set-sink-mute", "other", "1"]);
                let begin = |stage: &mut Self| {
                    each_stream(&stage.speaker, "move-sink-input", "other");
                };
                self.unheard(Fault::SinkMuted.words(), length, begin, |stage| {
                    stage.speaker.control(&["unload-module", &other]);
                })
            }
            Event::Dies => self.unheard(LOST, length, |stage| stage.speaker.kill(), Self::revive),
            Event::Restarts | Event::Blink(_) => {
                self.passes(event);
                self.is_heard();
                return;
            }
            Event::Moved | Event::Default | Event::Volume | Event::Another => {
                self.passes(event);
                wait(NOTICED + SLACK);
                assert_eq!(
                    told(&self.program, LOST),
                    before,
                    "{event:?}: {}",
                    self.seen()
                );
                figures.harmless += 1;
                return;
            }
        };
        assert!(noticed < NOTICED + SLACK, "{event:?}: {noticed:?}");
        assert!(back < 2 * NOTICED + SLACK, "{event:?}: {back:?}");
        figures.noticed.push(noticed);
        figures.back.push(back);
    }

    /// What need not be told.
    fn passes(&mut self, event: Event) {
        match event {
            Event::Blink(fault) => {
                fault.begin(&self.speaker);
                fault.end(&self.speaker);
            }
            Event::Restarts => {
                self.speaker.kill();
                self.revive();
            }
            Event::Moved | Event::Default => {
                let other = self.another();
                if matches!(event, Event::Default) {
                    self.speaker.control(&["set-default-sink", "other"]);
                } else {
                    each_stream(&self.speaker, "move-sink-input", "other");
                }
                wait(NOTICED);
                self.speaker.control(&["unload-module", &other]);
            }
            Event::Volume => drag(&self.speaker),
            _ => another_comes_and_goes(&self.speaker),
        }
    }

    /// She is led to the end, and the journal says so.
    fn ends(mut self) {
        let over = self.live(WHOLE, "The session is over.");
        assert!(over, "{}", self.seen());
        assert_eq!(
            self.program.ends(PATIENCE).code(),
            Some(0),
            "{}",
            self.seen()
        );
        let home = self.home.iter().find(|(name, _)| *name == "HOME");
        let text = fs::read_to_string(journal(Path::new(&home.expect("a home").1)));
        let text = text.expect("a journal");
        let last = text.lines().last().expect("a line");
        let last: Value = serde_json::from_str(last).expect("a line of JSON");
        assert_eq!(
            (&last["kind"], &last["how"]),
            (&"end".into(), &"done".into()),
            "{text}"
        );
    }
}

fn session(seed: u64) -> Figures {
    let mut random = Random(0x5eed_0000 + seed);
    let mut figures = Figures::default();
    let Some(mut stage) = Stage::begin("5") else {
        return figures;
    };
    // Past the welcome, where it is seen how far she is.
    assert!(stage.live(PATIENCE, " gone"), "{}", stage.seen());
    for _ in 0..EVENTS {
        let calm = Duration::from_millis(3000 + random.below(12_000));
        assert!(!stage.live(calm, "The session is over."), "over too soon");
        let (event, length) = (Event::any(&mut random), 1000 + random.below(3000));
        println!("session {seed}: {event:?}");
        stage.happens(event, Duration::from_millis(length), &mut figures);
    }
    stage.ends();
    let (noticed, back) = (most(&figures.noticed), most(&figures.back));
    println!("session {seed}: noticed within {noticed:?}, back within {back:?}");
    figures
}

fn most(times: &[Duration]) -> Duration {
    times.iter().max().copied().unwrap_or_default()
}

/// Nothing happens, and so nothing may be told.
fn quiet() {
    let Some(mut stage) = Stage::begin("10") else {
        return;
    };
    let begun = now();
    let over = stage.live(2 * WHOLE, "The session is over.");
    assert!(over, "{}", stage.seen());
    for words in [LOST, "Paused"] {
        assert_eq!(told(&stage.program, words), 0, "{words}");
    }
    assert_eq!(stage.program.ends(PATIENCE).code(), Some(0));
    println!("nothing was told in {:?} of quiet", begun.elapsed());
}

#[test]
fn twenty_whole_sessions_are_heard_or_say_why_not_and_a_quiet_one_says_nothing() {
    let next = AtomicU64::new(0);
    let in_turn = || {
        let mut figures = Vec::new();
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                seed if seed < SESSIONS => figures.push(session(seed)),
                _ => return figures,
            }
        }
    };
    let figures: Vec<Figures> = thread::scope(|scope| {
        let quiet = scope.spawn(quiet);
        let sessions: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(in_turn)).collect();
        quiet.join().expect("nothing is told in quiet");
        let sessions = sessions.into_iter();
        sessions
            .flat_map(|some| some.join().expect("every session is heard or told"))
            .collect()
    });
    let noticed: Vec<_> = figures.iter().flat_map(|one| one.noticed.clone()).collect();
    let back: Vec<_> = figures.iter().flat_map(|one| one.back.clone()).collect();
    let harmless: usize = figures.iter().map(|one| one.harmless).sum();
    println!(
        "{} sessions: {} times unheard, each noticed within {:?} and back within {:?}; {harmless} times harmless",
        figures.len(),
        noticed.len(),
        most(&noticed),
        most(&back),
    );
}
