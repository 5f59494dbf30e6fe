//! The screen stays lit and the machine awake, from the beginning of a session to its end, its pauses
//! included: with eyes closed she would not see why it fell silent.
//!
//! Held off is only what the machine does by itself when nobody touches it. Whoever closes the lid or
//! chooses "suspend" means it, and an empty battery must not wait.

use zbus::OwnedFd;
use zbus::connection::Builder;

use super::{Errand, Object, join};

const WHO: &str = "Softback";
const WHY: &str = "A session is being played";

/// Keeps the screen lit; on most desktops the machine stays awake with it.
pub(super) fn screen(errand: &Errand) -> zbus::Result<()> {
    let bus = join(Builder::session())?;
    let name = "org.freedesktop.ScreenSaver";
    let screen_saver = Object(&bus, name, "/org/freedesktop/ScreenSaver", name);
    let answer = screen_saver.call("Inhibit", &(WHO, WHY))?;
    let cookie: u32 = answer.body().deserialize()?;
    errand.wait();
    // No harm if this does not arrive: the request ends when this program leaves the bus.
    screen_saver.call("UnInhibit", &cookie)?;
    Ok(())
}

/// Keeps the machine awake where the desktop leaves that to the system.
pub(super) fn system(errand: &Errand) -> zbus::Result<()> {
    let bus = join(Builder::system())?;
    let (name, path) = ("org.freedesktop.login1", "/org/freedesktop/login1");
    let login = Object(&bus, name, path, "org.freedesktop.login1.Manager");
    let answer = login.call("Inhibit", &("idle", WHO, WHY, "block"))?;
    // The request lasts as long as this file is open, so it ends with the program in any case.
    let _awake: OwnedFd = answer.body().deserialize()?;
    drop(answer);
    errand.wait();
    Ok(())
}
