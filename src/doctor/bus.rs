//! Asks for the desktop's session bus.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::within;

/// The desktop's session bus, by which media keys come.
#[derive(Debug)]
pub(super) enum Bus {
    Answers(String),
    /// Nobody is there, or nobody said where it would be.
    Absent(Option<String>),
    /// There are no media keys whoever is there.
    NotBuiltIn,
}

/// Greets the bus as any program does, and leaves again.
pub(super) fn bus() -> Bus {
    if !cfg!(feature = "media-keys") {
        return Bus::NotBuiltIn;
    }
    let named = env::var("DBUS_SESSION_BUS_ADDRESS").ok();
    let address = named.filter(|named| !named.is_empty()).or_else(|| {
        let folder = PathBuf::from(env::var_os("XDG_RUNTIME_DIR")?);
        Some(format!("unix:path={}", folder.join("bus").display()))
    });
    let asked = address.clone();
    let greeted = within(Duration::from_secs(2), move || {
        asked.is_some_and(|address| greets(&address))
    });
    match address {
        Some(address) if greeted == Some(true) => Bus::Answers(address),
        address => Bus::Absent(address),
    }
}

#[cfg(feature = "media-keys")]
fn greets(address: &str) -> bool {
    zbus::block_on(zbus::connection::Builder::address(address).build()).is_ok()
}

#[cfg(not(feature = "media-keys"))]
fn greets(_: &str) -> bool {
    false
}
