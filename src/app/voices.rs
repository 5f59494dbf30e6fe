//! The voices: listed, or one of them opened.

use std::time::Duration;

use super::print;
use crate::base::Remedy;
use crate::error::{Error, Outcome};
use crate::settings::{Settings, VoiceChoice, paths};
use crate::voice::{self, Heart, Silent, VoiceError, VoiceHandle};

pub(super) fn list() -> Result<Outcome, Error> {
    let heart = match paths::voice_dir(None) {
        Ok(folder) => format!("the built-in natural voice, in {}", folder.display()),
        Err(error) => error.told(),
    };
    let system = if cfg!(feature = "system-voice") {
        "the desktop's own speech service"
    } else {
        "not built in"
    };
    print(format_args!(
        "heart   {heart}\nsystem  {system}\nsilent  none, for trying things out"
    ))
}

/// Starts the voice on its thread. What can be known to fail at once fails here, before anything sounds.
pub(super) fn open(settings: &Settings) -> Result<VoiceHandle, Error> {
    let handle = match settings.voice.value {
        VoiceChoice::Heart => {
            let folder = paths::voice_dir(settings.voice_dir.as_deref());
            let folder = folder.map_err(with_alternative)?;
            voice::spawn(move |_| Heart::open(&folder))
        }
        VoiceChoice::Silent => voice::spawn(|_| Ok(Silent)),
        #[cfg(feature = "system-voice")]
        VoiceChoice::System => {
            let program = paths::speaker()?;
            voice::spawn(move |events| voice::system::open(&program, events))
        }
        #[cfg(not(feature = "system-voice"))]
        VoiceChoice::System => voice::spawn(|_| Err::<Silent, _>(VoiceError::NotBuiltIn)),
    };
    let handle = handle.map_err(Error::system("the voice's thread cannot be started"))?;
    if settings.voice.value == VoiceChoice::System {
        handle.wait_until_ready()?;
    }
    Ok(handle)
}

/// Names the system voice as a way out, where a service answers: never a silent change of voice.
fn with_alternative(mut error: VoiceError) -> VoiceError {
    if let VoiceError::NotInstalled {
        service_answers, ..
    } = &mut error
    {
        let limit = Duration::from_secs(2);
        let speaker = paths::speaker();
        *service_answers = speaker.is_ok_and(|program| voice::service_answers(&program, limit));
    }
    error
}
