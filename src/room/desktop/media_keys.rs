//! Media keys and the buttons of headsets, which a desktop passes on to the player that was used last
//! (MPRIS); and what it shows of that player.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, SendError, Sender, after, never, select, unbounded};
use zbus::connection::{Builder, Connection};
use zbus::{ObjectPath, Variant, interface};

use super::{Errand, NowPlaying, join};
use crate::base::{Button, Key};
use crate::clock::now;
use crate::room::keys::Control;
use crate::room::keys::held::{Held, Kind};

/// The name of this player on the bus begins with this.
pub(super) const NAME: &str = "org.mpris.MediaPlayer2.softback";

/// Where every player is.
pub(super) const PATH: &str = "/org/mpris/MediaPlayer2";

/// What every player can do.
pub(super) const PLAYER: &str = "org.mpris.MediaPlayer2.Player";

/// Is a player on the session's bus until the session is over.
pub(super) fn serve(
    errand: &Errand,
    showing: &Receiver<NowPlaying>,
    controls: &Sender<Control>,
) -> zbus::Result<()> {
    // From the first moment it has something to show.
    let shown = select! {
        recv(showing) -> shown => shown,
        recv(errand.over) -> _ => return Ok(()),
    };
    let Ok(shown) = shown else { return Ok(()) };
    let (press, presses) = unbounded();
    let bus = present(shown, press)?;
    // Desktops repeat a media key that is held down. When nobody wants a press any more, the session is over.
    let mut told = Presses::new(controls.clone());
    loop {
        select! {
            recv(presses) -> button => if let Ok(button) = button {
                let _ = told.take(button);
            },
            recv(told.due().map_or_else(never, after)) -> _ => {
                let _ = told.expire();
            }
            recv(showing) -> shown => match shown {
                Ok(shown) => show(&bus, shown)?,
                Err(_) => return Ok(()),
            },
            recv(errand.over) -> _ => return Ok(()),
        }
    }
}

/// Presses on their way to the player, each told once however long its key is held.
struct Presses {
    held: Held,
    started: Instant,
    controls: Sender<Control>,
}

impl Presses {
    fn new(controls: Sender<Control>) -> Self {
        Self {
            held: Held::default(),
            started: now(),
            controls,
        }
    }

    fn take(&mut self, button: Button) -> Result<(), SendError<Control>> {
        let mut presses = self
            .held
            .event(self.started.elapsed(), Key::Media(button), Kind::Press);
        presses.try_for_each(|key| self.controls.send(Control::Key(key)))
    }

    /// How soon to call [`expire`](Self::expire), if nothing happens before.
    fn due(&self) -> Option<Duration> {
        let deadline = self.held.deadline();
        deadline.map(|at| at.saturating_sub(self.started.elapsed()))
    }

    /// Tells the press that was held back, if it is time.
    fn expire(&mut self) -> Result<(), SendError<Control>> {
        let due = self.held.expire(self.started.elapsed());
        due.map_or(Ok(()), |key| self.controls.send(Control::Key(key)))
    }
}

/// Shows the program on the bus.
fn present(shown: NowPlaying, press: Sender<Button>) -> zbus::Result<Connection> {
    let player = Player {
        shown,
        changes: 0,
        press,
    };
    let name = format!("{NAME}.instance{}", std::process::id());
    let bus = Builder::session()
        .serve_at(PATH, Root)
        .serve_at(PATH, player);
    join(bus.name(name))
}

/// Tells everybody who looks.
fn show(bus: &Connection, shown: NowPlaying) -> zbus::Result<()> {
    zbus::block_on(async {
        let player = bus.object_server().interface::<_, Player>(PATH).await?;
        let mut showing = player.get_mut().await;
        showing.changes += u64::from(showing.shown.title != shown.title);
        showing.shown = shown;
        let everybody = player.signal_emitter();
        showing.metadata_changed(everybody).await?;
        showing.playback_status_changed(everybody).await
    })
}

/// The program, as every player presents itself.
struct Root;

#[expect(clippy::unused_self, reason = "the bus asks an object")]
#[interface(name = "org.mpris.MediaPlayer2")]
impl Root {
    fn raise(&self) {}

    fn quit(&self) {}

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_quit(&self) -> bool {
        false
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_raise(&self) -> bool {
        false
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn has_track_list(&self) -> bool {
        false
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn identity(&self) -> &'static str {
        "Softback"
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn supported_uri_schemes(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn supported_mime_types(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The session, as a player.
struct Player {
    shown: NowPlaying,
    /// How often the title has changed: another movement is another track.
    changes: u64,
    press: Sender<Button>,
}

impl Player {
    fn press(&self, button: Button) {
        // Nobody listens when the session is over.
        let _ = self.press.send(button);
    }
}

#[expect(clippy::unused_self, reason = "the bus asks an object")]
#[interface(name = "org.mpris.MediaPlayer2.Player")]
impl Player {
    fn play_pause(&self) {
        self.press(Button::PlayPause);
    }

    fn play(&self) {
        self.press(Button::Play);
    }

    fn pause(&self) {
        self.press(Button::Pause);
    }

    fn stop(&self) {
        self.press(Button::Stop);
    }

    fn next(&self) {
        self.press(Button::Next);
    }

    fn previous(&self) {
        self.press(Button::Previous);
    }

    #[zbus(property)]
    fn playback_status(&self) -> &'static str {
        self.shown.status
    }

    #[zbus(property)]
    fn metadata(&self) -> HashMap<&'static str, Variant<'static>> {
        let track = format!("/softback/movement/{}", self.changes);
        let mut metadata = HashMap::from([
            ("xesam:title", (*self.shown.title).to_owned().into()),
            ("xesam:album", (*self.shown.routine).to_owned().into()),
            ("xesam:artist", vec!["Softback"].into()),
        ]);
        // Every path that is made so is one.
        if let Ok(track) = ObjectPath::try_from(track) {
            metadata.insert("mpris:trackid", track.into());
        }
        metadata
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn rate(&self) -> f64 {
        1.0
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn minimum_rate(&self) -> f64 {
        1.0
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn maximum_rate(&self) -> f64 {
        1.0
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn volume(&self) -> f64 {
        1.0
    }

    /// Not told: with waits and pauses it would only mislead.
    #[zbus(property(emits_changed_signal = "false"))]
    fn position(&self) -> i64 {
        0
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_go_next(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_go_previous(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_play(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_pause(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_seek(&self) -> bool {
        false
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn can_control(&self) -> bool {
        true
    }
}
