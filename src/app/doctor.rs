//! The doctor's answer, and the sound devices that it lists.

use super::print;
use crate::doctor;
use crate::error::{Error, Outcome};
use crate::settings::flags::Flags;

/// What is missing is the answer, and so no error of this program.
pub(super) fn examine(json: bool, device: Option<String>) -> Result<Outcome, Error> {
    let report = doctor::examine(&Flags {
        device,
        ..Flags::default()
    })?;
    print(if json {
        report.to_json()
    } else {
        report.to_string()
    })?;
    Ok(if report.is_ready() {
        Outcome::Done
    } else {
        Outcome::NotReady
    })
}

pub(super) fn devices(json: bool) -> Result<Outcome, Error> {
    let devices = doctor::devices()?;
    print(if json {
        doctor::devices_to_json(&devices)
    } else {
        doctor::render_devices(&devices)
    })
}
