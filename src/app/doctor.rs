//! The doctor's answer, and the sound devices that it lists.

use super::print;
use crate::doctor;
use crate::error::{Error, Outcome};
use crate::settings::flags::{Flags, Loudspeaker};

/// What is missing is the answer, and so no error of this program.
pub(super) fn examine(json: bool, device: Option<String>) -> Result<Outcome, Error> {
    let loudspeaker = Loudspeaker {
        device,
        ..Loudspeaker::default()
    };
    let report = doctor::examine(&Flags {
        loudspeaker,
        ..Flags::default()
    })?;
    let done = if json {
        print(report.to_json())?
    } else {
        print(&report)?
    };
    let ready = report.is_ready();
    Ok(if ready { done } else { Outcome::NotReady })
}

pub(super) fn devices(json: bool) -> Result<Outcome, Error> {
    let devices = doctor::devices()?;
    if json {
        print(doctor::devices_to_json(&devices))
    } else {
        print(doctor::render_devices(&devices))
    }
}
