//! What is round her: the keys, the terminal and its screen, the desktop, a computer that sleeps.

#[cfg(all(feature = "media-keys", unix, not(target_os = "macos")))]
pub(crate) mod desktop;
#[cfg(not(all(feature = "media-keys", unix, not(target_os = "macos"))))]
#[path = "desktop/none.rs"]
pub(crate) mod desktop;
pub(crate) mod keys;
pub(crate) mod progress;
pub(crate) mod screen;
pub(crate) mod sleep;
pub(crate) mod terminal;
