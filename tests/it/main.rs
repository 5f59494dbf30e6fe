//! The program as a whole: what is heard from it, what it does with the terminal, and how it fails.
//!
//! What is heard is recorded from a virtual loudspeaker, which there is on Linux.

#[cfg(target_os = "linux")]
mod answers;
#[cfg(target_os = "linux")]
mod breath;
#[cfg(target_os = "linux")]
mod captions;
#[cfg(target_os = "linux")]
mod check;
#[cfg(target_os = "linux")]
mod clock;
#[cfg(target_os = "linux")]
mod device_loss;
#[cfg(target_os = "linux")]
mod docs;
#[cfg(target_os = "linux")]
mod doctor;
#[cfg(target_os = "linux")]
mod emergency_question;
#[cfg(all(unix, feature = "system-voice"))]
#[expect(clippy::disallowed_methods, reason = "it takes real time to speak")]
mod fake_speech;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod floods;
#[cfg(target_os = "linux")]
mod frozen;
#[cfg(target_os = "linux")]
mod hear;
#[cfg(target_os = "linux")]
mod hour;
#[cfg(target_os = "linux")]
mod lab;
mod licences;
#[cfg(target_os = "linux")]
mod listen;
#[cfg(target_os = "linux")]
mod loudspeaker;
#[cfg(all(target_os = "linux", feature = "media-keys"))]
mod media_keys;
#[cfg(target_os = "linux")]
mod own;
#[cfg(target_os = "linux")]
mod packages;
#[cfg(target_os = "linux")]
mod pick_up;
#[cfg(target_os = "linux")]
mod picture;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(all(target_os = "linux", feature = "media-keys", feature = "sound-server"))]
mod privacy;
#[cfg(target_os = "linux")]
mod pty;
#[cfg(all(target_os = "linux", feature = "system-voice"))]
mod real_speech;
#[cfg(target_os = "linux")]
mod recordings;
#[cfg(target_os = "linux")]
mod refusals;
#[cfg(target_os = "linux")]
mod screening_heard;
#[cfg(target_os = "linux")]
mod settings;
#[cfg(target_os = "linux")]
mod show;
#[cfg(target_os = "linux")]
mod sound;
#[cfg(all(target_os = "linux", feature = "system-voice"))]
mod speech_service;
#[cfg(target_os = "linux")]
mod stage;
mod structure;
#[cfg(all(unix, feature = "system-voice"))]
#[expect(clippy::disallowed_methods, reason = "it waits for a real voice")]
mod system_voice;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(all(target_os = "linux", feature = "sound-server"))]
mod unheard;
#[cfg(all(target_os = "linux", feature = "sound-server"))]
mod whole_sessions;
