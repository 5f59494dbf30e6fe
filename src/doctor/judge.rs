//! What the answers mean: whether all is well, and what to do where it is not; and the facts, for programs.
//!
//! Not ok, so that the exit code says it: no sound, or none that can be heard, the chosen voice does not speak, no
//! terminal, settings or a journal that cannot be used. All else is a note: a session runs without it, or mends it by itself.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::probe::{Findings, JournalFound, Service, TerminalFound, VoiceFound};
use super::report::{Check, Report, Status};
use super::{Trouble, bus::Bus, remedies, sound::Silence, sound::Sound};
use crate::settings::{Origin, VoiceChoice, emergency::zone_name};
use crate::voice::NO_SPEAKER;

/// A key is felt to be silence at once up to about here.
const AT_ONCE: Duration = Duration::from_millis(150);

/// The facts of a check: the same names always, and null where a value is not known.
macro_rules! facts {
    ($($name:ident: $value:expr,)*) => { vec![$((stringify!($name), json!($value))),*] };
}

pub(super) fn report(findings: &Findings) -> Report {
    const CHECKS: [fn(&Findings) -> Check; 10] = [
        sound, silence, underruns, voice, service, bus, terminal, config, journal, emergency,
    ];
    Report(CHECKS.map(|check| check(findings)).into())
}

/// How it is with one thing, and what to do about it.
type Verdict = (Status, Trouble);

fn ok(says: impl Into<String>) -> Verdict {
    let (what, remedy) = (says.into(), None);
    (Status::Ok, Trouble { what, remedy })
}

fn note(says: impl Into<String>, remedy: &str) -> Verdict {
    (Status::Note, Trouble::new(says, remedy))
}

fn bad(trouble: &Trouble) -> Verdict {
    (Status::Bad, trouble.clone())
}

/// Not as it should be: `Bad`, and so exit code 1, only if a session needs it.
const fn unless(needed: bool) -> Status {
    if needed { Status::Bad } else { Status::Note }
}

/// Milliseconds, to a tenth.
fn ms(length: Duration) -> f64 {
    (length.as_secs_f64() * 10_000.0).round() / 10.0
}

fn sound(findings: &Findings) -> Check {
    let known = findings.sound.as_ref().ok();
    let facts = facts! {
        device: known.map(|sound| &sound.device),
        rate_hz: known.map(|sound| sound.rate),
        period_frames: known.map(|sound| sound.period),
        buffer_ms: known.map(|sound| ms(sound.ring())),
        heard: known.and_then(|sound| sound.heard).map(|heard| heard.is_ok()),
    };
    let judged = |sound: &Sound| {
        if let Some(Err(why)) = sound.heard {
            return bad(&why.into());
        }
        let Sound {
            device,
            rate,
            period,
            ..
        } = sound;
        let buffer = ms(sound.ring());
        ok(format!(
            "device \"{device}\", {rate} Hz, buffer {buffer:.1} ms (two periods of {period} frames)"
        ))
    };
    let verdict = findings.sound.as_ref().map_or_else(bad, judged);
    Check::new("sound", verdict, facts)
}

/// The middle of them by the whole, and the longest.
fn silences(sound: &Sound) -> Option<(Silence, Silence)> {
    let mut sorted = sound.silences.clone();
    sorted.sort_by_key(Silence::whole);
    Some((*sorted.get(sorted.len() / 2)?, *sorted.last()?))
}

fn silence(findings: &Findings) -> Check {
    let known = findings.sound.as_ref().ok().and_then(silences);
    let (middle, longest) = known.unzip();
    let whole = |silence: Option<Silence>| silence.map(|silence| ms(silence.whole()));
    let facts = facts! {
        median_ms: whole(middle),
        longest_ms: whole(longest),
        median_measured_ms: middle.map(|silence| ms(silence.rendered)),
        median_computed_ms: middle.map(|silence| ms(silence.held)),
    };
    let verdict = known.map_or_else(without_sound, judged_silence);
    Check::new("silence", verdict, facts)
}

fn judged_silence((middle, longest): (Silence, Silence)) -> Verdict {
    let says = format!(
        "within {:.0} ms of a key, {:.0} ms at the slowest: {:.0} ms until the fade is rendered (measured), and the \
         {:.0} ms that the device may still hold (computed)",
        ms(middle.whole()),
        ms(longest.whole()),
        ms(middle.rendered),
        ms(middle.held),
    );
    if longest.whole() <= AT_ONCE {
        return ok(says);
    }
    note(says, remedies::SMALLER_BUFFER)
}

fn without_sound() -> Verdict {
    let (_, trouble) = ok("not known without a sound device");
    (Status::Note, trouble)
}

fn underruns(findings: &Findings) -> Check {
    let known = findings.sound.as_ref().ok();
    let facts = facts! {
        count: known.map(|sound| sound.underruns),
        watched_ms: known.map(|sound| ms(sound.watched)),
    };
    let judged = |sound: &Sound| match (sound.underruns, sound.watched.as_secs_f64()) {
        (0, watched) => ok(format!("none in {watched:.1} s")),
        (count, watched) => {
            let says = format!("{count} in {watched:.1} s");
            note(says, remedies::LARGER_BUFFER)
        }
    };
    Check::new("underruns", known.map_or_else(without_sound, judged), facts)
}

fn voice(findings: &Findings) -> Check {
    let (needed, known) = (findings.needs_heart(), findings.voice.as_ref().ok());
    let facts = facts! {
        needed: needed,
        folder: known.map(|voice| &voice.folder),
        loading_ms: known.map(|voice| ms(voice.loading)),
        speech_ms: known.map(|voice| ms(voice.speech)),
        making_ms: known.map(|voice| ms(voice.making)),
        speed: known.map(|voice| (voice.speed() * 10.0).round() / 10.0),
    };
    let silent = |trouble: &Trouble| (unless(needed), trouble.clone());
    let verdict = findings.voice.as_ref().map_or_else(silent, judged_voice);
    Check::new("voice", verdict, facts)
}

fn judged_voice(voice: &VoiceFound) -> Verdict {
    let says = format!(
        "heart in {}, {:.1} s of speech in a second (measured on one sentence), loaded in {:.1} s",
        voice.folder.display(),
        voice.speed(),
        voice.loading.as_secs_f64()
    );
    if voice.speed() >= 1.0 {
        return ok(says);
    }
    note(says, remedies::SLOW_VOICE)
}

impl VoiceFound {
    /// Seconds of speech in a second.
    fn speed(&self) -> f64 {
        self.speech.as_secs_f64() / self.making.as_secs_f64().max(1e-3)
    }
}

fn service(findings: &Findings) -> Check {
    const NOT_BUILT_IN: &str = "this softback was built without the system voice";
    let (needed, found) = (!findings.needs_heart(), findings.service);
    let facts = facts! {
        needed: needed,
        built_in: found != Service::NotBuiltIn,
        answers: found == Service::Answers,
    };
    let not_ok = |what, remedy| (unless(needed), Trouble::new(what, remedy));
    let verdict = match found {
        Service::Answers => ok("the desktop's speech service answers"),
        Service::Silent => {
            let what = "the desktop's speech service does not answer";
            not_ok(what, remedies::NO_SERVICE)
        }
        Service::NoSpeaker => {
            let what = "softback-system-voice, which asks the desktop's speech service, is missing";
            not_ok(what, NO_SPEAKER)
        }
        Service::NotBuiltIn if needed => not_ok(NOT_BUILT_IN, remedies::BUILD_SERVICE),
        Service::NotBuiltIn => not_ok(NOT_BUILT_IN, "Only `--voice system` needs it"),
    };
    Check::new("speech service", verdict, facts)
}

fn bus(findings: &Findings) -> Check {
    let (address, verdict) = match &findings.bus {
        Bus::Answers(address) => (Some(address), ok("the desktop's session bus is there")),
        Bus::Absent(Some(address)) => {
            let says = format!("nobody answers at the session bus {address}");
            (Some(address), note(says, remedies::NO_BUS))
        }
        Bus::Absent(None) => (None, note("no session bus is named", remedies::NO_BUS)),
        Bus::NotBuiltIn => {
            let says = "this softback was built without media keys";
            (None, note(says, remedies::BUILD_MEDIA_KEYS))
        }
    };
    let facts = facts! {
        built_in: !matches!(findings.bus, Bus::NotBuiltIn),
        address: address,
        connects: matches!(findings.bus, Bus::Answers(_)),
    };
    Check::new("media keys", verdict, facts)
}

fn terminal(findings: &Findings) -> Check {
    let found = &findings.terminal;
    let (columns, rows) = found.size.unzip();
    let facts = facts! {
        keys: found.keys,
        shows: found.shows,
        name: found.name,
        columns: columns,
        rows: rows,
        colours: found.colours,
    };
    let verdict = if found.keys {
        ok(described(found))
    } else {
        let what = "there is no terminal to read keys from";
        bad(&Trouble::new(what, remedies::NO_TERMINAL))
    };
    Check::new("terminal", verdict, facts)
}

fn described(terminal: &TerminalFound) -> String {
    let name = Some(&*terminal.name).filter(|name| !name.is_empty());
    let name = name.unwrap_or("unnamed");
    let size = terminal
        .size
        .map(|(columns, rows)| format!("{columns} columns, {rows} rows"));
    let size = size.unwrap_or_else(|| "of unknown size".to_owned());
    let no = if terminal.colours { "" } else { "no " };
    format!("{name}, {size}, {no}colours")
}

fn config(findings: &Findings) -> Check {
    let facts = facts! {
        path: findings.config_file,
        exists: findings.config.as_ref().ok(),
        parses: findings.config.is_ok(),
    };
    let path = shown(findings.config_file.as_deref());
    let verdict = match &findings.config {
        Ok(true) => ok(format!("{path} is right")),
        Ok(false) => ok(format!(
            "no {path}: everything is at its default (`softback config --init` writes one)"
        )),
        Err(trouble) => bad(trouble),
    };
    Check::new("config", verdict, facts)
}

fn shown(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| path.display().to_string())
}

fn journal(findings: &Findings) -> Check {
    let known = findings.journal.as_ref().ok();
    let facts = facts! {
        path: findings.journal_file,
        exists: known.map(|journal| journal.exists),
        readable: known.is_some(),
        writable: known.map(|journal| journal.unwritable.is_none()),
        lines: known.map(|journal| journal.lines),
        damaged_lines: known.map(|journal| &journal.damaged),
    };
    let path = shown(findings.journal_file.as_deref());
    let judged = |journal| judged_journal(&path, journal);
    let verdict = findings.journal.as_ref().map_or_else(bad, judged);
    Check::new("journal", verdict, facts)
}

fn judged_journal(path: &str, journal: &JournalFound) -> Verdict {
    if let Some(cause) = &journal.unwritable {
        let what = format!("{path} cannot be written: {cause}");
        return bad(&Trouble::new(what, remedies::JOURNAL_LOCKED));
    }
    if !journal.damaged.is_empty() {
        let numbers: Vec<_> = journal.damaged.iter().map(ToString::to_string).collect();
        let numbers = numbers.join(", ");
        let says = format!("{path} has lines that cannot be read: {numbers}");
        return note(says, remedies::DAMAGED_LINES);
    }
    ok(match (journal.exists, journal.lines) {
        (false, _) => format!("{path} will be made at the first session"),
        (true, 1) => format!("{path}: 1 line, can be read and written"),
        (true, lines) => format!("{path}: {lines} lines, can be read and written"),
    })
}

fn emergency(findings: &Findings) -> Check {
    let around = &findings.surroundings;
    let (zone, locale) = (around.time_zone().map(zone_name), around.locale());
    let number = findings.emergency.number.as_ref().map(|number| {
        let hers = number.from != Origin::Surroundings;
        let from = if hers {
            "config"
        } else {
            "locale and time zone"
        };
        (number.value.to_string(), from)
    });
    let (zone_shown, locale_shown) = (zone.unwrap_or("unknown"), locale.unwrap_or("unknown"));
    let places = format!("time zone {zone_shown}, locale {locale_shown}");
    let verdict = if let Some((number, from)) = &number {
        ok(format!("{number}, from {from} ({places})"))
    } else {
        let says = "no number is known, so \"your emergency number\" is said";
        note(format!("{says} ({places})"), remedies::NO_NUMBER)
    };
    let (number, from) = number.unzip();
    let facts = facts! {
        number: number,
        from: from,
        time_zone: zone,
        locale: locale,
    };
    Check::new("emergency", verdict, facts)
}

impl Findings {
    fn needs_heart(&self) -> bool {
        self.speaker == VoiceChoice::Heart
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    use crate::base::{Remedy, Unheard};
    use crate::settings::emergency::{Emergency, Surroundings};

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
        let surroundings = Surroundings {
            tz: Some("Europe/London".into()),
            lang: Some("en_GB.UTF-8".into()),
            ..Surroundings::default()
        };
        Findings {
            emergency: surroundings.emergency(None),
            config_file: Some("/home/a/.config/softback/config.toml".into()),
            config: Ok(true),
            speaker: VoiceChoice::Heart,
            sound: Ok(Sound {
                device: "default".into(),
                rate: 48_000,
                period: 640,
                silences: [9, 2, 14, 5, 7].map(silence).to_vec(),
                underruns: 0,
                heard: Some(Ok(())),
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
            surroundings,
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
            emergency: Emergency::default(),
            surroundings: Surroundings::default(),
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
        findings.service = Service::NoSpeaker;
        judged(&findings, "speech service", Status::Bad, "is missing");
    }

    #[test]
    fn sound_that_nobody_can_hear_is_not_ok() {
        let mut findings = well();
        for (heard, status, says) in [
            (None, Status::Ok, "device \"default\""),
            (
                Some(Err(Unheard::Dummy)),
                Status::Bad,
                "only a dummy output",
            ),
            (
                Some(Err(Unheard::Muted)),
                Status::Bad,
                "softback alone is muted",
            ),
        ] {
            if let Ok(sound) = &mut findings.sound {
                sound.heard = heard;
            }
            judged(&findings, "sound", status, says);
        }
        assert!(!report(&findings).is_ready());
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
        findings.emergency.number = None;
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
