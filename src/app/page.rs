//! The page of a routine: flags and settings → clips → one file, or a folder to host.

use std::path::Path;

use super::asked::{Asked, speaker, tell_number};
use super::{notice, print};
use crate::base::Pace;
use crate::cli::ExportFlags;
use crate::error::Error;
use crate::export::page::{Page, counts};
use crate::export::{ExportError, Progress};
use crate::room::progress::Bar;
use crate::routine::ScreeningText;
use crate::settings::Settings;

/// Whether a file of that name is a page.
pub(super) fn is_page(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("html"))
}

pub(super) fn file(flags: &ExportFlags, settings: &Settings, path: &Path) -> Result<(), Error> {
    let made = make(flags, settings, |page, progress| {
        page.file(path, flags.force, progress)
    })?;
    tell(settings, path, made)
}

pub(super) fn site(flags: &ExportFlags, settings: &Settings, path: &Path) -> Result<(), Error> {
    let made = make(flags, settings, |page, progress| {
        page.site(path, flags.force, progress)
    })?;
    tell(settings, path, made)
}

/// Has it made in this `way`; how many bytes it has.
fn make(
    flags: &ExportFlags,
    settings: &Settings,
    way: impl FnOnce(&Page<'_>, Progress<'_>) -> Result<usize, ExportError>,
) -> Result<usize, Error> {
    if flags.how.pace == Some(Pace::Own) {
        return Err(ExportError::OwnPace.into());
    }
    let asked = Asked::of(settings)?;
    let notice = notice::text(&ScreeningText::built_in(), &settings.emergency);
    let page = Page {
        name: &asked.name,
        routine: &asked.routine,
        text: asked.text.as_deref(),
        // A setting that does not fit gives way.
        pace: Some(asked.pace)
            .filter(|pace| counts(*pace))
            .unwrap_or_default(),
        posture: asked.posture,
        length: asked.length,
        emergency: &settings.emergency,
        notice: &notice,
        speaker: &speaker(settings)?,
    };
    let bar = Bar::new();
    let made = way(&page, &|done| bar.advance(done));
    bar.clear();
    Ok(made?)
}

fn tell(settings: &Settings, path: &Path, bytes: usize) -> Result<(), Error> {
    let megabytes = bytes as f64 / 1e6;
    print(format_args!("{}: {megabytes:.1} MB", path.display()))?;
    tell_number(settings)
}
