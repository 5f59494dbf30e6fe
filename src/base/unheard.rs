//! Why nothing that is played can be heard.

use serde::Deserialize;
use strum::EnumMessage;

use super::Remedy;

/// Nobody can hear what is played, and why.
#[cfg_attr(
    not(all(feature = "sound-server", unix, not(target_os = "macos"))),
    allow(dead_code, reason = "only a sound server knows of most")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, EnumMessage, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unheard {
    /// The device takes no sound.
    #[error("the loudspeaker is away")]
    #[strum(message = "Check the loudspeaker and its connection")]
    Away,
    /// The stream goes to an output that the desktop made up, or to none.
    #[error("there is no real loudspeaker, only a dummy output")]
    #[strum(
        message = "Connect a loudspeaker or switch it on, or choose one in the desktop's sound settings"
    )]
    Dummy,
    /// The sink is muted.
    #[error("the loudspeaker is muted on this computer")]
    #[strum(
        message = "Unmute it: the mute key, the volume control, or `pactl set-sink-mute @DEFAULT_SINK@ 0`"
    )]
    SinkMuted,
    /// The stream is muted.
    #[error("softback alone is muted on this computer")]
    #[strum(message = "Unmute \"softback\" in the volume control, while it runs")]
    Muted,
    /// The volumes of stream and sink together let nothing through.
    #[error("the volume on this computer is almost at zero")]
    #[strum(
        message = "Turn it up in the volume control: that of \"softback\", while it runs, and that of the loudspeaker"
    )]
    TooSoft,
}

impl Remedy for Unheard {
    fn remedy(&self) -> Option<String> {
        self.get_message().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_to_do() {
        use Unheard::{Away, Dummy, Muted, SinkMuted, TooSoft};
        for why in [Away, Dummy, SinkMuted, Muted, TooSoft] {
            let remedy = why.remedy().unwrap_or_default();
            assert!(remedy.len() > 20 && !remedy.ends_with('.'), "{why:?}");
        }
    }
}
