//! Other programs' music is paused for a session, and goes on after it.

use zbus::OwnedVariant;
use zbus::connection::{Builder, Connection};

use super::media_keys::{NAME, PATH, PLAYER};
use super::{Errand, Object, join};

/// What the names of players begin with.
const PLAYERS: &str = "org.mpris.MediaPlayer2.";

/// It plays nothing itself: it hands on what it is told to the player that was used last, which may be this one.
const GO_BETWEEN: &str = "org.mpris.MediaPlayer2.playerctld";

/// Pauses every player, each on a thread of its own: one that hangs does not keep the others waiting.
pub(super) fn pause(errand: &Errand) -> zbus::Result<()> {
    let bus = join(Builder::session())?;
    for name in names(&bus)? {
        if is_other(&name) {
            let bus = bus.clone();
            errand.spawn("a player", move |errand| borrow(errand, &bus, &name));
        }
    }
    Ok(())
}

fn names(bus: &Connection) -> zbus::Result<Vec<String>> {
    let (name, path) = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
    let everyone = Object(bus, name, path, name);
    everyone.call("ListNames", &())?.body().deserialize()
}

/// Whether it is a player, and not this program.
fn is_other(name: &str) -> bool {
    name.starts_with(PLAYERS) && !name.starts_with(NAME) && name != GO_BETWEEN
}

/// Silences a player that plays until the session is over. If it has stayed paused, it plays again.
fn borrow(errand: &Errand, bus: &Connection, name: &str) -> zbus::Result<()> {
    if !has(bus, name, "Playing")? {
        return Ok(());
    }
    // Whether or not it says that it did: it may have.
    let _ = control(bus, name, "Pause");
    errand.wait();
    if has(bus, name, "Paused")? {
        control(bus, name, "Play")?;
    }
    Ok(())
}

fn has(bus: &Connection, name: &str, status: &str) -> zbus::Result<bool> {
    let properties = player(bus, name, "org.freedesktop.DBus.Properties");
    let answer = properties.call("Get", &(PLAYER, "PlaybackStatus"))?;
    let is: OwnedVariant = answer.body().deserialize()?;
    Ok(is.downcast_ref::<&str>()? == status)
}

fn control(bus: &Connection, name: &str, method: &str) -> zbus::Result<()> {
    player(bus, name, PLAYER).call(method, &()).map(drop)
}

const fn player<'a>(bus: &'a Connection, at: &'a str, interface: &'a str) -> Object<'a> {
    Object(bus, at, PATH, interface)
}
