//! Asks for the desktop's session bus.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use super::patience::within;

/// The desktop's session bus, by which media keys come.
#[derive(Debug)]
pub(super) enum Bus {
    Answers(String),
    /// Nobody is there, or nobody said where it would be.
    Absent(Option<String>),
    /// There are no media keys whoever is there.
    NotBuiltIn,
}

/// Only looks whether somebody takes the connection; nothing is sent.
pub(super) fn bus() -> Bus {
    if !cfg!(feature = "media-keys") {
        return Bus::NotBuiltIn;
    }
    let named = env::var("DBUS_SESSION_BUS_ADDRESS").ok();
    let address = named.filter(|named| !named.is_empty()).or_else(|| {
        let folder = PathBuf::from(env::var_os("XDG_RUNTIME_DIR")?);
        Some(format!("unix:path={}", folder.join("bus").display()))
    });
    match address {
        Some(address) if connects(&address) => Bus::Answers(address),
        address => Bus::Absent(address),
    }
}

fn connects(address: &str) -> bool {
    let sockets = sockets(address);
    let connects = move || sockets.iter().any(|socket| socket.connect().is_ok());
    within(Duration::from_secs(2), connects) == Some(true)
}

/// A socket of a bus.
#[derive(Debug, PartialEq, Eq)]
enum Socket {
    Path(PathBuf),
    /// A name that is in no folder, as only Linux has it.
    Abstract(Vec<u8>),
}

impl Socket {
    fn connect(&self) -> io::Result<UnixStream> {
        match self {
            Self::Path(path) => UnixStream::connect(path),
            #[cfg(target_os = "linux")]
            Self::Abstract(name) => {
                use std::os::linux::net::SocketAddrExt;
                let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
                UnixStream::connect_addr(&address)
            }
            #[cfg(not(target_os = "linux"))]
            Self::Abstract(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// The sockets on this machine that a bus address names, as in `unix:path=/run/user/1000/bus,guid=1;unix:abstract=x`.
fn sockets(address: &str) -> Vec<Socket> {
    let buses = address.split(';');
    let local = buses.filter_map(|bus| bus.strip_prefix("unix:"));
    let pairs = local.flat_map(|keys| keys.split(','));
    pairs
        .filter_map(|pair| match pair.split_once('=')? {
            ("path", path) => Some(Socket::Path(OsString::from_vec(unescaped(path)).into())),
            ("abstract", name) => Some(Socket::Abstract(unescaped(name))),
            _ => None,
        })
        .collect()
}

/// `%20` → a space, and so on.
fn unescaped(text: &str) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2);
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(b'%'));
        let rest = if code.is_some() { &part[2..] } else { part };
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_address_names_its_sockets() {
        let path = |path: &str| Socket::Path(path.into());
        assert_eq!(
            sockets("unix:path=/run/user/1000/bus,guid=12"),
            [path("/run/user/1000/bus")]
        );
        assert_eq!(
            sockets("tcp:host=localhost,port=1;unix:abstract=/tmp/d%2dbus;unix:path=/a%20b"),
            [Socket::Abstract(b"/tmp/d-bus".to_vec()), path("/a b")]
        );
        assert_eq!(sockets("unix:path=/100%,guid=1"), [path("/100%")]);
        assert_eq!(sockets("unix:path=/x%é"), [path("/x%é")]);
        for nothing in [
            "",
            "unix:",
            "unixexec:path=/bin/true",
            "autolaunch:",
            "unix:runtime=yes",
        ] {
            assert_eq!(sockets(nothing), [], "{nothing}");
        }
    }
}
