//! The doctor: whether everything is there that a session needs, and how to mend what is not.
//!
//! [`probe`] asks, [`judge`] decides what the answers mean, [`report`] shows it; the last two are
//! pure. Anything that is asked may hang, a sound server above all. So each question that may is
//! asked on a thread of its own, which is left behind when the answer takes too long.

mod bus;
mod judge;
mod probe;
mod remedies;
mod report;
mod sound;

use std::time::Duration;

use crate::audio::{OutputError, device, device::Device};
use crate::base::Remedy;
use crate::clock::within;
use crate::error::Error;
use crate::room::terminal::StderrGuard;
use crate::settings::flags::Flags;
pub(crate) use report::{Report, devices_to_json, render_devices};

/// How long the sound devices may take to be listed.
const LISTING: Duration = Duration::from_secs(5);

/// What is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trouble {
    what: String,
    remedy: Option<String>,
}

impl Trouble {
    fn new(what: impl Into<String>, remedy: &str) -> Self {
        let (what, remedy) = (what.into(), Some(remedy.to_owned()));
        Self { what, remedy }
    }
}

impl<E: Remedy> From<E> for Trouble {
    fn from(error: E) -> Self {
        let (what, remedy) = (error.to_string(), error.remedy());
        let remedy = remedy.map(|remedy| remedy.replace('\n', " "));
        Self { what, remedy }
    }
}

/// Looks at everything, one after the other, for they would disturb one another. `flags` win
/// over her settings.
pub(crate) fn examine(flags: &Flags) -> Result<Report, Error> {
    let _quiet = quiet()?;
    Ok(judge::report(&probe::everything(flags)))
}

pub(crate) fn devices() -> Result<Vec<Device>, Error> {
    let _quiet = quiet()?;
    let slow = || OutputError::Closed("the sound server does not answer".to_owned());
    Ok(within(LISTING, device::list).ok_or_else(slow)?)
}

/// Sound libraries print what they think of the machine. What matters of it is in the answers.
fn quiet() -> Result<StderrGuard, Error> {
    StderrGuard::new().map_err(Error::system("standard error cannot be set aside"))
}
