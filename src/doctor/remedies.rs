//! What to do, where something is to be done.

pub(super) const SMALLER_BUFFER: &str = "Choose a smaller buffer (--buffer, or in config.toml), and see what else keeps the computer busy (`top`)";
pub(super) const LARGER_BUFFER: &str =
    "Choose a larger buffer (--buffer, or in config.toml); a session widens it by itself, too";
pub(super) const SLOW_VOICE: &str = "It is slower than speech, so there will be waits: see what else keeps the computer busy (`top`)";
pub(super) const TOO_BUSY: &str = "See what else keeps the computer busy (`top`), then try again";
pub(super) const NO_SERVICE: &str = "Only `--voice system` needs it. On Debian: `apt install speech-dispatcher speech-dispatcher-espeak-ng`, then try `spd-say hello`";
pub(super) const BUILD_SERVICE: &str =
    "Build it with the cargo feature `system-voice`, or use `--voice heart`";
pub(super) const NO_BUS: &str = "Keys of headphones and of the keyboard's media row need it: start softback from the desktop's own terminal window";
pub(super) const BUILD_MEDIA_KEYS: &str = "Keys of headphones and of the keyboard's media row need them: build it with the cargo feature `media-keys`";
pub(super) const NO_TERMINAL: &str = "Start softback in a terminal window, not from a service, a scheduler or a desktop shortcut without one";
pub(super) const JOURNAL_LOCKED: &str = "Make the file and its folder yours (chown, chmod u+rwx): without it nothing with movement starts";
pub(super) const DAMAGED_LINES: &str = "Each counts as a session that hurt until the next day or longer: `softback journal` says when the movements are open again";
pub(super) const NO_NUMBER: &str = "Write emergency_number = \"...\" into config.toml (`softback config --init` writes one to begin with)";
pub(super) const SETTINGS_PROBLEM: &str =
    "`softback config` shows the place and what to write there; or take the line out";
