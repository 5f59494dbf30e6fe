//! What goes into a session, and what comes out of it.

use serde::Serialize;

use crate::base::{BreathPhase, Clip, Frames, Hurt, Key, Moment, Unheard, Utterance};
use crate::plan::{CHIME, YOUR_TURN};

/// What reaches a session.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// A key was pressed.
    Key(Key),
    /// Time has passed. The last cut that was done is the one numbered `run`, and its run began at this moment.
    Tick { run: u64, at: Moment },
    /// The voice has made a clip.
    Rendered {
        utterance: Utterance,
        clip: Clip,
        /// How long it is.
        length: Frames,
    },
    /// The service has said it to the end.
    Ended {
        /// The number that it was given.
        ticket: u64,
        /// How long ago its last sound was.
        lag: Frames,
    },
    /// The voice has failed.
    VoiceFailed,
    /// The program is about to be stopped and continued by the shell.
    Suspended,
    /// The keys go to another window.
    FocusLost,
    /// The loudspeaker is lost, or cannot be heard: from now on time goes on and nothing is heard. While it is lost: it
    /// is now for another reason.
    DeviceLost(Unheard),
    /// The loudspeaker is back.
    DeviceBack,
    /// The computer was asleep, or this program stood still.
    Woken { asleep: Frames },
}

/// What a session wants done. Sounds are placed in frames since the beginning of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Fade out what sounds, drop what is queued: a new run begins.
    Cut,
    Play {
        /// Frames since the run began.
        at: Frames,
        sound: Sound,
    },
    /// Drop every sound of this run that begins at or after this.
    DropFrom(Frames),
    /// Speak now (voices that speak).
    Speak {
        /// The number under which its end is awaited.
        ticket: u64,
        utterance: Utterance,
    },
    /// Be silent now (voices that speak).
    Hush,
    /// Lower the cues while the service speaks, or raise them again.
    Duck(bool),
    /// A step louder (positive) or softer.
    Volume(i8),
    /// This has come to pass, and is to be written down at once.
    Note(Note),
    /// It is over. The last command of all.
    Finish(Ending),
}

/// What is to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// She hears well, and it is as loud as she wants it.
    SoundRight,
    /// The session counts as begun.
    Begun,
    /// What she said of pain.
    Hurt(Hurt),
    /// An answer held her back: next time all questions are asked, one by one. Which answer it was is not kept.
    AskAll,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// A clip that was rendered.
    Speech(Utterance),
    Breath {
        phase: BreathPhase,
        length: Frames,
    },
    YourTurn,
    /// "I am still here".
    Presence,
    Chime,
}

impl Sound {
    /// How long it is, when `speech` says how long a sentence takes.
    pub(crate) fn length(&self, speech: impl FnOnce(&Utterance) -> Frames) -> Frames {
        match self {
            Self::Speech(utterance) => speech(utterance),
            Self::Breath { length, .. } => *length,
            Self::YourTurn | Self::Presence => YOUR_TURN,
            Self::Chime => CHIME,
        }
    }
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ending {
    /// Said to its end.
    Done,
    Stopped,
    /// Ended, or never begun, by an answer, a limit or the lock.
    Declined,
    /// Paused for so long that it ended by itself.
    LeftAlone,
    /// The computer, or only this program, stood still for so long that nobody knows what she has done.
    Asleep,
    Interrupted,
    /// The voice failed and could not be brought back.
    VoiceLost,
    /// The loudspeaker was lost and did not come back.
    DeviceLost,
}
