//! What the answers mean: whether all is well, and what to do where it is not.
//!
//! Not ok, so that the exit code says it: no sound, the chosen voice does not speak, no terminal, settings or a journal
//! that cannot be used. All else is a note: a session runs without it, or mends it by itself.

use std::path::Path;
use std::time::Duration;

use super::Trouble;
use super::bus::Bus;
use super::facts::{self, ms};
use super::probe::{Findings, JournalFound, Place, Service, TerminalFound, VoiceFound};
use super::report::{Check, Report, Status};
use super::sound::{Silence, Sound};
use crate::settings::VoiceChoice;

/// A key is felt to be silence at once up to about here.
const AT_ONCE: Duration = Duration::from_millis(150);

/// How it is with one thing.
struct Verdict {
    status: Status,
    says: String,
    remedy: Option<String>,
}

impl Verdict {
    fn ok(says: impl Into<String>) -> Self {
        Self {
            status: Status::Ok,
            says: says.into(),
            remedy: None,
        }
    }

    fn of(status: Status, trouble: &Trouble) -> Self {
        let Trouble { what, remedy } = trouble.clone();
        Self {
            status,
            says: what,
            remedy: Some(remedy).filter(|remedy| !remedy.is_empty()),
        }
    }

    fn note(says: impl Into<String>, remedy: &str) -> Self {
        Self::of(Status::Note, &Trouble::new(says, remedy))
    }

    fn bad(says: impl Into<String>, remedy: &str) -> Self {
        Self::of(Status::Bad, &Trouble::new(says, remedy))
    }
}

pub(super) fn report(findings: &Findings) -> Report {
    let sounds = findings.sound.as_ref().ok();
    let silences = sounds.and_then(silences);
    let rows = [
        ("sound", sound(&findings.sound), facts::sound(sounds)),
        ("silence", silence(silences), facts::silence(silences)),
        ("underruns", underruns(sounds), facts::underruns(sounds)),
        ("voice", voice(findings), facts::voice(findings)),
        (
            "speech service",
            service(findings),
            facts::service(findings),
        ),
        ("media keys", bus(&findings.bus), facts::bus(&findings.bus)),
        (
            "terminal",
            terminal(&findings.terminal),
            facts::terminal(&findings.terminal),
        ),
        ("config", config(findings), facts::config(findings)),
        ("journal", journal(findings), facts::journal(findings)),
        (
            "emergency",
            emergency(&findings.place),
            facts::emergency(&findings.place),
        ),
    ];
    let checks = rows.map(|(name, verdict, facts)| Check {
        name,
        status: verdict.status,
        says: verdict.says,
        remedy: verdict.remedy,
        facts,
    });
    Report(checks.into())
}

/// Not as it should be: `Bad`, and so exit code 1, only if a session needs it.
const fn unless(needed: bool) -> Status {
    if needed { Status::Bad } else { Status::Note }
}

fn sound(found: &Result<Sound, Trouble>) -> Verdict {
    match found {
        Ok(sound) => Verdict::ok(format!(
            "device \"{}\", {} Hz, buffer {:.1} ms (two periods of {} frames)",
            sound.device,
            sound.rate,
            ms(sound.ring()),
            sound.period
        )),
        Err(trouble) => Verdict::of(Status::Bad, trouble),
    }
}

/// The middle of them by the whole, and the longest.
fn silences(sound: &Sound) -> Option<(Silence, Silence)> {
    let mut sorted = sound.silences.clone();
    sorted.sort_by_key(Silence::whole);
    Some((*sorted.get(sorted.len() / 2)?, *sorted.last()?))
}

fn silence(found: Option<(Silence, Silence)>) -> Verdict {
    let Some((middle, longest)) = found else {
        return without_sound();
    };
    let says = format!(
        "within {:.0} ms of a key, {:.0} ms at the slowest: {:.0} ms until the fade is rendered (measured), and the \
         {:.0} ms that the device may still hold (computed)",
        ms(middle.whole()),
        ms(longest.whole()),
        ms(middle.rendered),
        ms(middle.held),
    );
    if longest.whole() <= AT_ONCE {
        return Verdict::ok(says);
    }
    Verdict::note(
        says,
        "Choose a smaller buffer (--buffer, or in config.toml), and see what else keeps the computer busy (`top`)",
    )
}

fn without_sound() -> Verdict {
    Verdict::note("not known without a sound device", "")
}

fn underruns(sound: Option<&Sound>) -> Verdict {
    let Some(sound) = sound else {
        return without_sound();
    };
    let watched = sound.watched.as_secs_f64();
    match sound.underruns {
        0 => Verdict::ok(format!("none in {watched:.1} s")),
        count => Verdict::note(
            format!("{count} in {watched:.1} s"),
            "Choose a larger buffer (--buffer, or in config.toml); a session widens it by itself, too",
        ),
    }
}

fn voice(findings: &Findings) -> Verdict {
    let voice = match &findings.voice {
        Ok(voice) => voice,
        Err(trouble) => return Verdict::of(unless(findings.needs_heart()), trouble),
    };
    let says = format!(
        "heart in {}, {:.1} s of speech in a second (measured on one sentence), loaded in {:.1} s",
        voice.folder.display(),
        voice.speed(),
        voice.loading.as_secs_f64()
    );
    if voice.speed() >= 1.0 {
        return Verdict::ok(says);
    }
    Verdict::note(
        says,
        "It is slower than speech, so there will be waits: see what else keeps the computer busy (`top`)",
    )
}

impl VoiceFound {
    /// Seconds of speech in a second.
    pub(super) fn speed(&self) -> f64 {
        self.speech.as_secs_f64() / self.making.as_secs_f64().max(1e-3)
    }
}

fn service(findings: &Findings) -> Verdict {
    let needed = !findings.needs_heart();
    let (says, remedy) = match findings.service {
        Service::Answers => return Verdict::ok("the desktop's speech service answers"),
        Service::Silent => (
            "the desktop's speech service does not answer",
            "Only `--voice system` needs it. On Debian: `apt install speech-dispatcher speech-dispatcher-espeak-ng`, then try `spd-say hello`",
        ),
        Service::NotBuiltIn if needed => (
            NO_SERVICE,
            "Build it with the cargo feature `system-voice`, or use `--voice heart`",
        ),
        Service::NotBuiltIn => (NO_SERVICE, "Only `--voice system` needs it"),
    };
    Verdict::of(unless(needed), &Trouble::new(says, remedy))
}

const NO_SERVICE: &str = "this softback was built without the system voice";

fn bus(found: &Bus) -> Verdict {
    match found {
        Bus::Answers(_) => Verdict::ok("the desktop's session bus is there"),
        Bus::Absent(Some(address)) => Verdict::note(
            format!("nobody answers at the session bus {address}"),
            NO_BUS,
        ),
        Bus::Absent(None) => Verdict::note("no session bus is named", NO_BUS),
        Bus::NotBuiltIn => Verdict::note(
            "this softback was built without media keys",
            "Keys of headphones and of the keyboard's media row need them: build it with the cargo feature `media-keys`",
        ),
    }
}

const NO_BUS: &str = "Keys of headphones and of the keyboard's media row need it: start softback from the desktop's own terminal window";

fn terminal(found: &TerminalFound) -> Verdict {
    if !found.keys {
        return Verdict::bad(
            "there is no terminal to read keys from",
            "Start softback in a terminal window, not from a service, a scheduler or a desktop shortcut without one",
        );
    }
    let name = match &*found.name {
        "" => "unnamed",
        name => name,
    };
    let size = found.size.map_or_else(
        || "of unknown size".to_owned(),
        |(columns, rows)| format!("{columns} columns, {rows} rows"),
    );
    let colours = if found.colours {
        "colours"
    } else {
        "no colours"
    };
    Verdict::ok(format!("{name}, {size}, {colours}"))
}

fn config(findings: &Findings) -> Verdict {
    let path = shown(findings.config_file.as_deref());
    match &findings.config {
        Ok(true) => Verdict::ok(format!("{path} is right")),
        Ok(false) => Verdict::ok(format!(
            "no {path}: everything is at its default (`softback config --init` writes one)"
        )),
        Err(trouble) => Verdict::of(Status::Bad, trouble),
    }
}

fn shown(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}

fn journal(findings: &Findings) -> Verdict {
    let path = shown(findings.journal_file.as_deref());
    match &findings.journal {
        Err(trouble) => Verdict::of(Status::Bad, trouble),
        Ok(JournalFound {
            unwritable: Some(cause),
            ..
        }) => Verdict::bad(
            format!("{path} cannot be written: {cause}"),
            "Make the file and its folder yours (chown, chmod u+rwx): without it nothing with movement starts",
        ),
        Ok(journal) if !journal.damaged.is_empty() => {
            let numbers: Vec<_> = journal.damaged.iter().map(ToString::to_string).collect();
            let numbers = numbers.join(", ");
            Verdict::note(
                format!("{path} has lines that cannot be read: {numbers}"),
                "Each counts as a session that hurt until the next day or longer: `softback journal` says when the movements are open again",
            )
        }
        Ok(JournalFound { exists: false, .. }) => {
            Verdict::ok(format!("{path} will be made at the first session"))
        }
        Ok(JournalFound { lines: 1, .. }) => {
            Verdict::ok(format!("{path}: 1 line, can be read and written"))
        }
        Ok(JournalFound { lines, .. }) => {
            Verdict::ok(format!("{path}: {lines} lines, can be read and written"))
        }
    }
}

fn emergency(place: &Place) -> Verdict {
    let zone = place.zone.as_deref().unwrap_or("unknown");
    let locale = place.locale.as_deref().unwrap_or("unknown");
    let around = format!("time zone {zone}, locale {locale}");
    match (&place.number, place.from()) {
        (Some(number), Some(from)) => Verdict::ok(format!("{number}, from {from} ({around})")),
        _ => Verdict::note(
            format!("no number is known, so \"your emergency number\" is said ({around})"),
            "Write emergency_number = \"...\" into config.toml (`softback config --init` writes one to begin with)",
        ),
    }
}

impl Place {
    /// Where the number is from.
    pub(super) fn from(&self) -> Option<&'static str> {
        let from = if self.hers {
            "config"
        } else {
            "locale and time zone"
        };
        self.number.is_some().then_some(from)
    }
}

impl Findings {
    pub(super) fn needs_heart(&self) -> bool {
        self.speaker == VoiceChoice::Heart
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    use crate::base::Remedy;

    /// An error whose remedy has two lines.
    struct NotInstalled;

    impl fmt::Display for NotInstalled {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("it is not installed")
        }
    }

    impl Remedy for NotInstalled {
        fn remedy(&self) -> Option<String> {
            Some("Install it,\nor do without".into())
        }
    }

    fn well() -> Findings {
        let ms = Duration::from_millis;
        let silence = |rendered| Silence {
            rendered: ms(rendered),
            held: Duration::from_micros(24_300),
        };
        Findings {
            config_file: Some("/home/a/.config/softback/config.toml".into()),
            config: Ok(true),
            speaker: VoiceChoice::Heart,
            sound: Ok(Sound {
                device: "default".into(),
                rate: 48_000,
                period: 640,
                silences: [9, 2, 14, 5, 7].map(silence).to_vec(),
                underruns: 0,
                watched: ms(1234),
            }),
            voice: Ok(VoiceFound {
                folder: "/home/a/voices/heart".into(),
                loading: ms(420),
                speech: ms(5000),
                making: ms(400),
            }),
            service: Service::Answers,
            bus: Bus::Answers("unix:path=/run/user/1000/bus".into()),
            terminal: TerminalFound {
                keys: true,
                shows: true,
                name: "xterm-256color".into(),
                size: Some((80, 24)),
                colours: true,
            },
            journal_file: Some("/home/a/.local/state/softback/journal.jsonl".into()),
            journal: Ok(JournalFound {
                exists: true,
                unwritable: None,
                lines: 12,
                damaged: Vec::new(),
            }),
            place: Place {
                zone: Some("Europe/London".into()),
                locale: Some("en_GB.UTF-8".into()),
                number: Some("999".into()),
                hers: false,
            },
        }
    }

    fn ill() -> Findings {
        Findings {
            config_file: None,
            config: Err(Trouble::new("it has 2 problems", "Take them out")),
            speaker: VoiceChoice::Heart,
            sound: Err(Trouble::new(
                "no sound device can be opened: gone",
                "Switch it on",
            )),
            voice: Err(NotInstalled.into()),
            service: Service::Silent,
            bus: Bus::Absent(None),
            terminal: TerminalFound {
                keys: false,
                shows: false,
                name: String::new(),
                size: None,
                colours: false,
            },
            journal_file: Some("/home/a/journal.jsonl".into()),
            journal: Ok(JournalFound {
                exists: false,
                unwritable: Some("Permission denied (os error 13)".into()),
                lines: 0,
                damaged: Vec::new(),
            }),
            place: Place {
                zone: None,
                locale: None,
                number: None,
                hers: false,
            },
        }
    }

    #[test]
    fn where_all_is_well_it_says_how_well() {
        let report = report(&well());
        assert!(report.is_ready());
        insta::assert_snapshot!(report, @r#"
        ok      sound           device "default", 48000 Hz, buffer 26.7 ms (two periods of 640 frames)
        ok      silence         within 31 ms of a key, 38 ms at the slowest: 7 ms until the fade is rendered (measured), and the 24 ms that the device may still hold (computed)
        ok      underruns       none in 1.2 s
        ok      voice           heart in /home/a/voices/heart, 12.5 s of speech in a second (measured on one sentence), loaded in 0.4 s
        ok      speech service  the desktop's speech service answers
        ok      media keys      the desktop's session bus is there
        ok      terminal        xterm-256color, 80 columns, 24 rows, colours
        ok      config          /home/a/.config/softback/config.toml is right
        ok      journal         /home/a/.local/state/softback/journal.jsonl: 12 lines, can be read and written
        ok      emergency       999, from locale and time zone (time zone Europe/London, locale en_GB.UTF-8)

        Everything that a session needs is there.
        "#);
        let json = report
            .to_json()
            .replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!("json", json);
    }

    #[test]
    fn what_is_missing_is_told_with_its_remedy() {
        let report = report(&ill());
        assert!(!report.is_ready());
        insta::assert_snapshot!(report, @r#"
        not ok  sound           no sound device can be opened: gone
                                Switch it on
        note    silence         not known without a sound device
        note    underruns       not known without a sound device
        not ok  voice           it is not installed
                                Install it, or do without
        note    speech service  the desktop's speech service does not answer
                                Only `--voice system` needs it. On Debian: `apt install speech-dispatcher speech-dispatcher-espeak-ng`, then try `spd-say hello`
        note    media keys      no session bus is named
                                Keys of headphones and of the keyboard's media row need it: start softback from the desktop's own terminal window
        not ok  terminal        there is no terminal to read keys from
                                Start softback in a terminal window, not from a service, a scheduler or a desktop shortcut without one
        not ok  config          it has 2 problems
                                Take them out
        not ok  journal         /home/a/journal.jsonl cannot be written: Permission denied (os error 13)
                                Make the file and its folder yours (chown, chmod u+rwx): without it nothing with movement starts
        note    emergency       no number is known, so "your emergency number" is said (time zone unknown, locale unknown)
                                Write emergency_number = "..." into config.toml (`softback config --init` writes one to begin with)

        A session needs what is not ok: sound, voice, terminal, config, journal.
        "#);
        for check in &report.0 {
            let unwell =
                check.status != Status::Ok && check.says != "not known without a sound device";
            assert_eq!(check.remedy.is_some(), unwell, "{check:?}");
        }
    }

    #[test]
    fn the_keys_are_the_same_whatever_is_found() {
        let names = |report: Report| -> Vec<_> {
            let facts = |check: Check| check.facts.into_iter().map(|(name, _)| name).collect();
            let all = report.0.into_iter().map(|check| (check.name, facts(check)));
            all.collect::<Vec<(_, Vec<_>)>>()
        };
        assert_eq!(names(report(&well())), names(report(&ill())));
    }

    #[track_caller]
    fn judged(findings: &Findings, name: &str, status: Status, says: &str) {
        let report = report(findings);
        let check = report.0.iter().find(|check| check.name == name).unwrap();
        assert_eq!(check.status, status, "{check:?}");
        assert!(check.says.contains(says), "{check:?}");
    }

    #[test]
    fn only_the_voice_that_she_has_chosen_is_needed() {
        let mut findings = ill();
        judged(&findings, "voice", Status::Bad, "not installed");
        judged(&findings, "speech service", Status::Note, "does not answer");
        findings.speaker = VoiceChoice::System;
        findings.service = Service::NotBuiltIn;
        judged(&findings, "voice", Status::Note, "not installed");
        judged(&findings, "speech service", Status::Bad, "built without");
    }

    #[test]
    fn what_a_session_does_without_is_noted() {
        let mut findings = well();
        if let (Ok(sound), Ok(voice), Ok(journal)) = (
            &mut findings.sound,
            &mut findings.voice,
            &mut findings.journal,
        ) {
            sound.silences[1].rendered = Duration::from_millis(126);
            sound.underruns = 3;
            voice.making = Duration::from_secs(10);
            journal.damaged = vec![4, 9];
        }
        findings.bus = Bus::Absent(Some("unix:path=/nowhere".into()));
        findings.place.number = None;
        judged(
            &findings,
            "silence",
            Status::Note,
            "within 33 ms of a key, 150 ms at the slowest",
        );
        judged(&findings, "underruns", Status::Note, "3 in 1.2 s");
        judged(
            &findings,
            "voice",
            Status::Note,
            "0.5 s of speech in a second",
        );
        judged(&findings, "journal", Status::Note, "4, 9");
        judged(&findings, "media keys", Status::Note, "unix:path=/nowhere");
        findings.bus = Bus::NotBuiltIn;
        judged(&findings, "media keys", Status::Note, "built without");
        judged(
            &findings,
            "emergency",
            Status::Note,
            "\"your emergency number\" is said",
        );
        assert!(report(&findings).is_ready());
    }

    #[test]
    fn the_middle_silence_is_told_and_the_longest() {
        let Ok(sound) = well().sound else {
            panic!("it is well")
        };
        let (middle, longest) = silences(&sound).unwrap();
        assert_eq!(middle.rendered, Duration::from_millis(7));
        assert_eq!(longest.rendered, Duration::from_millis(14));
    }
}
