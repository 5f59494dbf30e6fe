//! The page: the session itself in a browser, as one file or as a folder to host.
//!
//! It holds the core of this program as WebAssembly, the voice's clips of every sentence that a session of the routine
//! can want, and a driver in plain JavaScript that decides nothing.

mod assemble;
mod choices;
mod clips;
mod folder;
mod pictures;

use std::io::Write as _;
use std::path::Path;

use assemble::{Data, Parts, Texts, paragraphs};
use choices::PACES;
use clips::Pack;
use pictures::pictures;

use super::clips::Speaker;
use super::error::ExportError;
use super::file::Aside;
use super::studio::Progress;
use crate::base::{Length, Pace, Posture};
use crate::page::clips::{Wants, wanted};
use crate::routine::{Hands, Routine};
use crate::settings::emergency::Emergency;

/// The core as WebAssembly, where `make page` has built it.
#[cfg(feature = "page")]
const CORE: Option<&[u8]> = Some(include_bytes!("../../../target/page/softback.wasm"));
#[cfg(not(feature = "page"))]
const CORE: Option<&[u8]> = None;

/// What becomes a page.
pub(crate) struct Page<'a> {
    /// The routine's name, as the journal keeps it.
    pub name: &'a str,
    pub routine: &'a Routine,
    /// The text of its file, unless it is built in.
    pub text: Option<&'a str>,
    /// What is chosen until she chooses.
    pub pace: Pace,
    pub posture: Posture,
    pub length: Length,
    pub emergency: &'a Emergency,
    /// The health notice, its number filled in.
    pub notice: &'a str,
    pub speaker: &'a Speaker,
}

impl Page<'_> {
    /// What she says of the number to call before she begins.
    fn number_is_right(&self) -> String {
        if self.emergency.number.is_none() {
            return "It will name no emergency number. I know the one where I am.".to_owned();
        }
        let number = self.emergency.shown();
        format!("In an emergency I will hear: call {number}. That is right where I am.")
    }

    /// Makes one file with everything in it; how many bytes it has.
    pub(crate) fn file(
        &self,
        path: &Path,
        force: bool,
        progress: Progress<'_>,
    ) -> Result<usize, ExportError> {
        // What cannot be written is known before anything is spoken, and nothing lies aside meanwhile.
        drop(Aside::new(path, force)?);
        let page = self.parts(progress)?.file();
        let aside = Aside::new(path, force)?;
        let written = aside.handle()?.write_all(&page);
        written.map_err(ExportError::unwritable(path))?;
        aside.keep()?;
        Ok(page.len())
    }

    /// Makes a folder to host, with a manifest and a service worker; how many bytes are in it.
    pub(crate) fn site(
        &self,
        path: &Path,
        force: bool,
        progress: Progress<'_>,
    ) -> Result<usize, ExportError> {
        folder::check(path, force)?;
        let files = self.parts(progress)?.site();
        folder::keep(path, &files, force)?;
        Ok(files.iter().map(|(_, bytes)| bytes.len()).sum())
    }

    fn parts(&self, progress: Progress<'_>) -> Result<Parts<'_>, ExportError> {
        let core = CORE.ok_or(ExportError::NoPage)?;
        let number = self.emergency.number.as_ref();
        let utterances = wanted(&Wants {
            name: self.name,
            routine: self.routine,
            choose: false,
            paces: &PACES,
            hands: &[Hands::Touch],
            emergencies: &[self.emergency.spoken()],
        })?;
        let pictures = pictures(self.routine);
        Ok(Parts {
            core,
            pack: Pack::speak(&utterances, self.speaker, progress)?,
            texts: Texts {
                notice: paragraphs(without_heading(self.notice)),
                choices: choices::choices(self.routine, self.pace, self.posture, self.length),
                pictures: choices::pictures(&pictures),
                emergency: self.number_is_right(),
            },
            data: Data {
                title: self.routine.title().to_string(),
                routine: self.name.to_owned(),
                text: self.text.map(str::to_owned),
                moves: !self.routine.only_rests(),
                emergency: number.map(|number| number.value.to_string()),
                pictures,
            },
        })
    }
}

/// The page has a heading of its own.
fn without_heading(notice: &str) -> &str {
    notice.split_once("\n\n").map_or(notice, |(_, rest)| rest)
}

/// Whether a page can be at this pace.
pub(crate) fn counts(pace: Pace) -> bool {
    PACES.contains(&pace)
}
