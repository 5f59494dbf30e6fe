//! What the answers mean: whether it is well, and what to do where it is not.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::Trouble;
use super::probe::{Bus, Findings, Place, Service, Silence, Sound, TerminalFound, VoiceFound};
use super::report::{Check, Facts, Report, Status};
use crate::settings::VoiceChoice;

/// A key is felt to be silence at once up to about here.
const AT_ONCE: Duration = Duration::from_millis(150);

/// The judgement of everything.
pub(super) fn report(findings: &Findings) -> Report {
    let heart = findings.speaker == VoiceChoice::Heart;
    Report(vec![
        sound(&findings.sound),
        silence(&findings.sound),
        underruns(&findings.sound),
        voice(&findings.voice, heart),
        service(findings.service, !heart),
        bus(&findings.bus),
        terminal(&findings.terminal),
        config(findings),
        journal(findings),
        emergency(&findings.place),
    ])
}

/// Not so: a `Note`, or `Bad` if it is needed.
const fn unless(needed: bool) -> Status {
    if needed { Status::Bad } else { Status::Note }
}

fn check(
    name: &'static str,
    status: Status,
    says: String,
    facts: Vec<(&'static str, Value)>,
) -> Check {
    Check {
        name,
        status,
        says,
        remedy: None,
        facts: Facts(facts),
    }
}

impl Check {
    fn with(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// What went wrong stands in for how it is.
    fn failed(mut self, trouble: &Trouble) -> Self {
        self.says.clone_from(&trouble.what);
        self.remedy = Some(trouble.remedy.clone()).filter(|remedy| !remedy.is_empty());
        self
    }
}

/// Milliseconds, to a tenth.
fn ms(length: Duration) -> f64 {
    (length.as_secs_f64() * 10_000.0).round() / 10.0
}

fn sound(found: &Result<Sound, Trouble>) -> Check {
    let known = found.as_ref().ok();
    let facts = vec![
        ("device", json!(known.map(|sound| &sound.device))),
        ("rate_hz", json!(known.map(|sound| sound.rate))),
        ("period_frames", json!(known.map(|sound| sound.period))),
        ("buffer_ms", json!(known.map(|sound| ms(sound.ring())))),
    ];
    match found {
        Ok(sound) => {
            let says = format!(
                "device \"{}\", {} Hz, buffer {:.1} ms (two periods of {} frames)",
                sound.device,
                sound.rate,
                ms(sound.ring()),
                sound.period
            );
            check("sound", Status::Ok, says, facts)
        }
        Err(trouble) => check("sound", Status::Bad, String::new(), facts).failed(trouble),
    }
}

/// The middle of them by the whole, and the longest.
fn silences(sound: &Sound) -> Option<(Silence, Silence)> {
    let mut sorted = sound.silences.clone();
    sorted.sort_by_key(Silence::whole);
    Some((*sorted.get(sorted.len() / 2)?, *sorted.last()?))
}

impl Silence {
    fn whole(&self) -> Duration {
        self.rendered + self.held
    }
}

fn silence(found: &Result<Sound, Trouble>) -> Check {
    let known = found.as_ref().ok().and_then(silences);
    let middle = known.map(|(middle, _)| middle);
    let facts = vec![
        ("median_ms", json!(middle.map(|it| ms(it.whole())))),
        (
            "longest_ms",
            json!(known.map(|(_, longest)| ms(longest.whole()))),
        ),
        (
            "median_measured_ms",
            json!(middle.map(|it| ms(it.rendered))),
        ),
        ("median_computed_ms", json!(middle.map(|it| ms(it.held)))),
    ];
    let Some((middle, longest)) = known else {
        return unknown("silence", facts);
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
        return check("silence", Status::Ok, says, facts);
    }
    check("silence", Status::Note, says, facts)
        .with("Choose a smaller buffer (--buffer, or in config.toml), and see what else keeps the computer busy (`top`)")
}

fn unknown(name: &'static str, facts: Vec<(&'static str, Value)>) -> Check {
    let says = "not known without a sound device".to_owned();
    check(name, Status::Note, says, facts)
}

fn underruns(found: &Result<Sound, Trouble>) -> Check {
    let known = found.as_ref().ok();
    let facts = vec![
        ("count", json!(known.map(|sound| sound.underruns))),
        ("watched_ms", json!(known.map(|sound| ms(sound.watched)))),
    ];
    let Some(sound) = known else {
        return unknown("underruns", facts);
    };
    let watched = sound.watched.as_secs_f64();
    match sound.underruns {
        0 => check(
            "underruns",
            Status::Ok,
            format!("none in {watched:.1} s"),
            facts,
        ),
        count => check(
            "underruns",
            Status::Note,
            format!("{count} in {watched:.1} s"),
            facts,
        )
        .with("Choose a larger buffer (--buffer, or in config.toml); a session widens it by itself, too"),
    }
}

fn voice(found: &Result<VoiceFound, Trouble>, needed: bool) -> Check {
    let known = found.as_ref().ok();
    let facts = vec![
        ("needed", json!(needed)),
        ("folder", json!(known.map(|voice| &voice.folder))),
        ("loading_ms", json!(known.map(|voice| ms(voice.loading)))),
        ("speech_ms", json!(known.map(|voice| ms(voice.speech)))),
        ("making_ms", json!(known.map(|voice| ms(voice.making)))),
        (
            "speed",
            json!(known.map(|voice| (speed(voice) * 10.0).round() / 10.0)),
        ),
    ];
    let voice = match found {
        Ok(voice) => voice,
        Err(trouble) => {
            return check("voice", unless(needed), String::new(), facts).failed(trouble);
        }
    };
    let says = format!(
        "heart in {}, {:.1} s of speech in a second (measured on one sentence), loaded in {:.1} s",
        voice.folder.display(),
        speed(voice),
        voice.loading.as_secs_f64()
    );
    if speed(voice) >= 1.0 {
        return check("voice", Status::Ok, says, facts);
    }
    check("voice", Status::Note, says, facts)
        .with("It is slower than speech, so there will be waits: see what else keeps the computer busy (`top`)")
}

/// Seconds of speech in a second.
fn speed(voice: &VoiceFound) -> f64 {
    voice.speech.as_secs_f64() / voice.making.as_secs_f64().max(1e-3)
}

fn service(found: Service, needed: bool) -> Check {
    let facts = vec![
        ("needed", json!(needed)),
        ("built_in", json!(!matches!(found, Service::NotBuiltIn))),
        ("answers", json!(matches!(found, Service::Answers))),
    ];
    let (status, says) = match found {
        Service::Answers => (Status::Ok, "the desktop's speech service answers"),
        Service::Silent => (
            unless(needed),
            "the desktop's speech service does not answer",
        ),
        Service::NotBuiltIn => (
            unless(needed),
            "this softback was built without the system voice",
        ),
    };
    let check = check("speech service", status, says.to_owned(), facts);
    match (found, needed) {
        (Service::Answers, _) => check,
        (Service::Silent, _) => check.with(
            "Only `--voice system` needs it. On Debian: `apt install speech-dispatcher speech-dispatcher-espeak-ng`, then try `spd-say hello`",
        ),
        (Service::NotBuiltIn, true) => {
            check.with("Build it with the cargo feature `system-voice`, or use `--voice heart`")
        }
        (Service::NotBuiltIn, false) => check.with("Only `--voice system` needs it"),
    }
}

fn bus(found: &Bus) -> Check {
    let address = match found {
        Bus::Answers(address) => Some(address),
        Bus::Absent(address) => address.as_ref(),
        Bus::NotBuiltIn => None,
    };
    let facts = vec![
        ("built_in", json!(!matches!(found, Bus::NotBuiltIn))),
        ("address", json!(address)),
        ("connects", json!(matches!(found, Bus::Answers(_)))),
    ];
    let (says, remedy) = match found {
        Bus::Answers(_) => {
            let says = "the desktop's session bus is there".to_owned();
            return check("media keys", Status::Ok, says, facts);
        }
        Bus::Absent(Some(address)) => {
            let says = format!("nobody answers at the session bus {address}");
            (says, NO_BUS)
        }
        Bus::Absent(None) => ("no session bus is named".to_owned(), NO_BUS),
        Bus::NotBuiltIn => (
            "this softback was built without media keys".to_owned(),
            "Keys of headphones and of the keyboard's media row need them: build it with the cargo feature `media-keys`",
        ),
    };
    check("media keys", Status::Note, says, facts).with(remedy)
}

const NO_BUS: &str = "Keys of headphones and of the keyboard's media row need it: start softback from the desktop's own terminal window";

fn terminal(found: &TerminalFound) -> Check {
    let facts = vec![
        ("keys", json!(found.keys)),
        ("shows", json!(found.shows)),
        ("name", json!(found.name)),
        ("columns", json!(found.size.map(|(columns, _)| columns))),
        ("rows", json!(found.size.map(|(_, rows)| rows))),
        ("colours", json!(found.colours)),
    ];
    if !found.keys {
        let says = "there is no terminal to read keys from".to_owned();
        return check("terminal", Status::Bad, says, facts)
            .with("Start softback in a terminal window, not from a service, a scheduler or a desktop shortcut without one");
    }
    let name = if found.name.is_empty() {
        "unnamed"
    } else {
        &found.name
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
    let says = format!("{name}, {size}, {colours}");
    check("terminal", Status::Ok, says, facts)
}

fn config(findings: &Findings) -> Check {
    let (file, found) = (&findings.config_file, &findings.config);
    let facts = vec![
        ("path", json!(file)),
        ("exists", json!(found.as_ref().ok())),
        ("parses", json!(found.is_ok())),
    ];
    let path = shown(file.as_deref());
    let says = match found {
        Ok(true) => format!("{path} is right"),
        Ok(false) => {
            format!("no {path}: everything is at its default (`softback config --init` writes one)")
        }
        Err(trouble) => {
            return check("config", Status::Bad, String::new(), facts).failed(trouble);
        }
    };
    check("config", Status::Ok, says, facts)
}

fn shown(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}

fn journal(findings: &Findings) -> Check {
    let (file, found) = (&findings.journal_file, &findings.journal);
    let known = found.as_ref().ok();
    let facts = vec![
        ("path", json!(file)),
        ("exists", json!(known.map(|journal| journal.exists))),
        ("readable", json!(known.is_some())),
        (
            "writable",
            json!(known.map(|journal| journal.unwritable.is_none())),
        ),
        ("lines", json!(known.map(|journal| journal.lines))),
        (
            "damaged_lines",
            json!(known.map(|journal| &journal.damaged)),
        ),
    ];
    let journal = match found {
        Ok(journal) => journal,
        Err(trouble) => return check("journal", Status::Bad, String::new(), facts).failed(trouble),
    };
    let path = shown(file.as_deref());
    if let Some(cause) = &journal.unwritable {
        let says = format!("{path} cannot be written: {cause}");
        return check("journal", Status::Bad, says, facts)
            .with("Make the file and its folder yours (chown, chmod u+rwx): without it nothing with movement starts");
    }
    if !journal.damaged.is_empty() {
        let numbers: Vec<_> = journal.damaged.iter().map(ToString::to_string).collect();
        let says = format!(
            "{path} has lines that cannot be read: {}",
            numbers.join(", ")
        );
        return check("journal", Status::Note, says, facts)
            .with("Each counts as a session that hurt until the next day or longer: `softback journal` says when the movements are open again");
    }
    let says = match (journal.exists, journal.lines) {
        (false, _) => format!("{path} will be made at the first session"),
        (true, 1) => format!("{path}: 1 line, can be read and written"),
        (true, lines) => format!("{path}: {lines} lines, can be read and written"),
    };
    check("journal", Status::Ok, says, facts)
}

fn emergency(place: &Place) -> Check {
    let from = match (&place.number, place.hers) {
        (Some(_), true) => Some("config"),
        (Some(_), false) => Some("locale and time zone"),
        (None, _) => None,
    };
    let facts = vec![
        ("number", json!(place.number)),
        ("from", json!(from)),
        ("time_zone", json!(place.zone)),
        ("locale", json!(place.locale)),
    ];
    let zone = place.zone.as_deref().unwrap_or("unknown");
    let locale = place.locale.as_deref().unwrap_or("unknown");
    let around = format!("time zone {zone}, locale {locale}");
    if let (Some(number), Some(from)) = (&place.number, from) {
        let says = format!("{number}, from {from} ({around})");
        return check("emergency", Status::Ok, says, facts);
    }
    let says = format!("no number is known, so \"your emergency number\" is said ({around})");
    check("emergency", Status::Note, says, facts).with(
        "Write emergency_number = \"...\" into config.toml (`softback config --init` writes one to begin with)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    use crate::base::remedy::Remedy;
    use crate::doctor::probe::JournalFound;

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
            voice: Err(Trouble::of(&NotInstalled)),
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
            let facts = |check: Check| check.facts.0.into_iter().map(|(name, _)| name).collect();
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
