//! A routine to read: its cues with their times, where its sentences come from, or its file.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use super::{allowed, pictures, print, routines};
use crate::base::{BreathPhase, Length, Pace, Posture};
use crate::cli::ShowFlags;
use crate::error::{Error, Outcome};
use crate::plan::{Cue, Plan, Setting, Timed};
use crate::room::progress::Bar;
use crate::routine::{Companion, Routine, Standing, built_in_text};
use crate::settings::{InForce, paths};
use crate::voice;

pub(super) fn show(flags: &ShowFlags) -> Result<Outcome, Error> {
    if flags.sources {
        return sources(&flags.routine);
    }
    if flags.toml {
        return file(&flags.routine);
    }
    let setting = Setting {
        length: flags.length,
        ..Setting::new(flags.pace, flags.posture)
    };
    let routine = routine(&flags.routine, setting)?;
    let plan = Plan::compile(&routine, &Companion::built_in(), setting);
    match &flags.pictures {
        Some(folder) => pictures::write(&plan, folder),
        None => cues(&routine, plan, setting, flags),
    }
}

/// The routine of this name, if it may be done so.
fn routine(name: &str, setting: Setting) -> Result<Routine, Error> {
    let routine = routines::find(name)?;
    let stands = InForce::flag(setting.posture);
    let led = InForce::flag(setting.pace);
    allowed(&routine, Some(&stands), &led)?;
    Ok(routine)
}

/// Its cues as they come, each section and the whole.
fn cues(
    routine: &Routine,
    plan: Plan,
    setting: Setting,
    flags: &ShowFlags,
) -> Result<Outcome, Error> {
    let exact = flags.exact;
    let plan = if exact { measured(plan)? } else { plan };
    if flags.json {
        let shown = Shown::new(routine, &plan, setting, exact);
        let json = serde_json::to_string_pretty(&shown).map_err(io::Error::from);
        print(json.map_err(Error::system("the answer cannot be written as JSON"))?)
    } else {
        tell_standing(routine)?;
        print(rendered(&plan, exact))
    }
}

/// Of a routine that is not Softback's own.
fn tell_standing(routine: &Routine) -> Result<Outcome, Error> {
    match routine.standing() {
        Standing::Ours => Ok(Outcome::Done),
        standing => print(format_args!("{}: {standing}\n", routine.title())),
    }
}

/// With the lengths of the clips that a session plays.
fn measured(plan: Plan) -> Result<Plan, Error> {
    let folder = paths::voice_dir(None)?;
    let cues = plan.cues.iter();
    let said: Vec<_> = cues
        .filter_map(|planned| planned.cue.sentence().cloned())
        .collect();
    let bar = Bar::new();
    let lengths = voice::lengths(&folder, &said, &|done| bar.advance(done));
    bar.clear();
    Ok(plan.measured(&lengths?))
}

fn rendered(plan: &Plan, exact: bool) -> String {
    let mut shown = format!("{plan}\n\nEach section\n");
    for (title, _, lasts) in plan.sections() {
        // A string takes whatever is written to it.
        let _ = writeln!(shown, "    {:>8}  {title}", lasts.to_string());
    }
    shown
        + if exact {
            "\nEvery time is exact for the built-in voice."
        } else {
            "\nHow long a sentence takes is estimated; --exact has the built-in voice say each of them."
        }
}

/// A plan for another program.
#[derive(Serialize)]
struct Shown<'a> {
    title: &'a str,
    standing: String,
    pace: Pace,
    posture: Posture,
    length: Length,
    /// Sentences are as long as the built-in voice takes for them, not estimated.
    exact: bool,
    total_ms: u64,
    second_round_ms: u64,
    on_feet_ms: u64,
    sections: Vec<ShownSection>,
    cues: Vec<ShownCue<'a>>,
}

#[derive(Serialize)]
struct ShownSection {
    title: String,
    start_ms: u64,
    length_ms: u64,
}

#[derive(Serialize)]
struct ShownCue<'a> {
    start_ms: u64,
    length_ms: u64,
    section: &'a str,
    movement: &'a str,
    kind: &'static str,
    text: &'a str,
    /// What is said towards the end of a half breath.
    #[serde(skip_serializing_if = "Option::is_none")]
    tail: Option<&'a str>,
    second_round: bool,
}

impl<'a> Shown<'a> {
    fn new(routine: &Routine, plan: &'a Plan, setting: Setting, exact: bool) -> Self {
        let Setting {
            pace,
            posture,
            length,
            ..
        } = setting;
        let sections = plan.sections().into_iter();
        Self {
            title: &plan.title,
            standing: routine.standing().to_string(),
            pace,
            posture,
            length,
            exact,
            total_ms: plan.total().millis(),
            second_round_ms: (plan.whole() - plan.total()).millis(),
            on_feet_ms: plan.time_on_feet().millis(),
            sections: sections
                .map(|(title, begins, lasts)| ShownSection {
                    title: title.to_string(),
                    start_ms: begins.millis(),
                    length_ms: lasts.millis(),
                })
                .collect(),
            cues: plan.timed().map(|cue| ShownCue::new(plan, cue)).collect(),
        }
    }
}

impl<'a> ShownCue<'a> {
    fn new(plan: &'a Plan, cue: Timed<'a>) -> Self {
        let movement = &plan.movements[cue.planned.movement];
        let mut said = cue.planned.cue.utterances().map(|said| &**said.text());
        Self {
            start_ms: cue.begins.millis(),
            length_ms: cue.lasts.millis(),
            section: &movement.section,
            movement: &movement.title,
            kind: kind(&cue.planned.cue),
            text: said.next().unwrap_or_default(),
            tail: said.next(),
            second_round: cue.in_second_round,
        }
    }
}

const fn kind(cue: &Cue) -> &'static str {
    match cue {
        Cue::Say(_) => "say",
        Cue::Ready(_) => "ready",
        Cue::Ask(..) => "ask",
        Cue::Breathe { phase, .. } => match phase {
            BreathPhase::In => "in",
            BreathPhase::Out => "out",
        },
        Cue::Rest(_) => "rest",
        Cue::NotBefore(_) => "until",
        Cue::Chime => "chime",
    }
}

/// Its file, as it is written.
fn file(routine: &str) -> Result<Outcome, Error> {
    let (_, own) = routines::find_with_text(routine)?;
    let text = own.as_deref().or_else(|| built_in_text(routine));
    print(text.unwrap_or_default().trim_end())
}

/// Each sentence with its sources, then what they are, and how many sentences rest on what.
fn sources(routine: &str) -> Result<Outcome, Error> {
    let routine = routines::find(routine)?;
    tell_standing(&routine)?;
    for line in routine.lines() {
        print(format_args!("{}  {}", line.text, line.source.join(", ")))?;
    }
    print("")?;
    for source in routine.told_sources() {
        print(source)?;
    }
    print("\nLines, each by its strongest source:")?;
    for (ground, lines) in routine.grounds() {
        print(format_args!("{lines:>4}  {ground}"))?;
    }
    Ok(Outcome::Done)
}
