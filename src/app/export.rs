//! Audio files to listen to elsewhere: flags and settings → programme → session → file.

use std::num::NonZero;
use std::path::Path;
use std::thread;

use super::asked::{Asked, speaker, tell_number};
use super::{page, print};
use crate::base::files::{folder_of, read_plain};
use crate::cli::ExportFlags;
use crate::error::{Error, Outcome};
use crate::export::{Captions, Cover, Done, ExportError, Format, Made, Order, Studio};
use crate::export::{make, make_all};
use crate::room::progress::Bar;
use crate::settings::Settings;

/// The most bytes of a picture: a player may have to hold all of it.
const LARGEST_COVER: u64 = 10 << 20;

pub(super) fn export(flags: &ExportFlags) -> Result<Outcome, Error> {
    let settings = Settings::read(&flags.play_flags())?;
    let made = match (&flags.output, &flags.out, &flags.site) {
        (_, Some(folder), _) => every_file(flags, &settings, folder),
        (_, _, Some(folder)) => page::site(flags, &settings, folder),
        (Some(path), ..) if page::is_page(path) => page::file(flags, &settings, path),
        (Some(path), ..) => one_file(flags, &settings, path),
        // The command line asks for one of them.
        (None, None, None) => Ok(()),
    };
    match made {
        Err(Error::Export(ExportError::Stopped(signal))) => Ok(Outcome::Signal(signal)),
        made => made.map(|()| Outcome::Done),
    }
}

fn one_file(flags: &ExportFlags, settings: &Settings, path: &Path) -> Result<(), Error> {
    let format = Format::of(path)?;
    let captions = flags.captions.as_ref();
    let captions = captions.map(|path| Ok::<_, Error>((Captions::of(path)?, path.clone())));
    let asked = Asked::of(settings)?;
    let missed = asked.routine.missed_in_a_recording();
    if !missed.is_empty() {
        return Err(ExportError::NeedsAnAnswer(missed).into());
    }
    let order = Order {
        session: asked.session(settings),
        about: asked.about(chosen_cover(flags)?),
        format,
        path: path.to_owned(),
        captions: captions.transpose()?,
        force: flags.force,
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    // The session itself has a voice, too.
    let studio = Studio::new(speaker(settings)?, folder_of(path), processors)?;
    studio.heed_signals();
    let bar = Bar::new();
    let made = make(&order, &studio, &|done| bar.advance(done));
    bar.clear();
    tell(path, made?)?;
    tell_number(settings)
}

fn every_file(flags: &ExportFlags, settings: &Settings, folder: &Path) -> Result<(), Error> {
    let studio = Studio::new(speaker(settings)?, folder, 0)?;
    studio.heed_signals();
    let all = Asked::all()?;
    let cover = chosen_cover(flags)?;
    let orders = all.iter().map(|asked| {
        let path = folder.join(format!("{}.{}", asked.file_name(), flags.format));
        Order {
            session: asked.session(settings),
            about: asked.about(cover.clone()),
            format: flags.format,
            captions: Some((Captions::Vtt, path.with_extension("vtt"))),
            path,
            force: flags.force,
        }
    });
    let bar = Bar::new();
    let tell_done = |path: &Path, done: &Done| {
        bar.above(|| {
            // What is made is made, whether it can be told or not.
            let _ = match done {
                Done::Made(made) => tell(path, *made),
                Done::Unchanged => print(format_args!("{}: unchanged", path.display())).map(drop),
            };
        });
    };
    let made = make_all(orders.collect(), &studio, folder, &tell_done, &|done| {
        bar.advance(done);
    });
    bar.clear();
    made?;
    tell_number(settings)
}

fn tell(path: &Path, made: Made) -> Result<(), Error> {
    let minutes = (made.length.seconds() / 60.0).round();
    let chapters = made.chapters;
    print(format_args!(
        "{}: {minutes} minutes, {chapters} chapters",
        path.display()
    ))
    .map(drop)
}

/// The picture for the front that she has chosen.
fn chosen_cover(flags: &ExportFlags) -> Result<Option<Cover>, Error> {
    let Some(path) = &flags.cover else {
        return Ok(None);
    };
    let bytes = read_plain(path, LARGEST_COVER).map_err(|cause| ExportError::NoCover {
        path: path.clone(),
        cause,
    })?;
    let cover = Cover::new(bytes).ok_or_else(|| ExportError::NoPicture(path.clone()));
    Ok(Some(cover?))
}
