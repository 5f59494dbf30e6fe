//! The live driver: the session by the loudspeaker's clock, her keys, the voice, the screen.
//!
//! It decides nothing. Whatever reaches it becomes an input, whatever the session commands is
//! handed on. Sounds are queued ahead in the graph, so it may be late without being heard.

pub(crate) mod diary;
mod silence;
pub(crate) mod trial;
mod writer;

use std::io::{self, Write as _};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, never, select, unbounded};

use crate::audio::{Change, Graph, GraphCommand, GraphHandle, Output};
use crate::base::{Frames, Key, Moment, Utterance};
use crate::clock::now;
use crate::diary::{Diary, Kept, Unwritten, is_answer};
use crate::error::{Error, Outcome};
use crate::journal::{Journal, JournalError};
use crate::player::silence::{CUT_LOOK, LEAVE_PATIENCE, fall_silent};
use crate::player::{writer::Write, writer::Writer};
use crate::room::desktop::{Desktop, Showing};
use crate::room::keys::{self, Control};
use crate::room::screen::{Screen, Style};
use crate::room::sleep::Sleep;
use crate::room::terminal::{StderrGuard, Terminal};
use crate::session::{Command, Ending, Input, Note, Session, screening::Part};
use crate::settings::{Settings, file::VOLUMES, loudspeakers::Loudspeakers};
use crate::sounds::Sounds;
use crate::voice::{VoiceError, VoiceEvent, VoiceHandle, VoiceJob};

/// The screen's clock is looked at this often.
const LOOK: Duration = Duration::from_millis(250);

/// And this often while a breath is drawn: its bar is to move, not to jump.
const BREATH_LOOK: Duration = Duration::from_millis(100);

/// Never wait less: the loudspeaker's clock moves in periods.
const SHORTEST_WAIT: Duration = Duration::from_millis(4);

/// At its end the program waits no longer than this for the disk: one that sleeps has woken by then.
const DISK_PATIENCE: Duration = Duration::from_secs(10);

/// And movements go on no longer than this unless it is written that they have begun: a busy disk takes seconds.
const BEGUN_PATIENCE: Duration = Duration::from_secs(30);

/// Decibels in a step of the volume.
const VOLUME_STEP: i8 = 3;
/// The softest volume, in decibels.
const SOFTEST: i8 = *VOLUMES.start() as i8;

/// Plays a session to its end; without a journal only a routine that rests.
pub(crate) fn play(
    session: Session,
    settings: Settings,
    voice: VoiceHandle,
    kept: Option<(Diary, Journal)>,
) -> Result<Outcome, Error> {
    let style = Style::of_stdout(settings.plain.value);
    let terminal = Terminal::enter(style.draws())?;
    let _quiet = StderrGuard::new().map_err(Error::system("standard error cannot be set aside"))?;
    let (controls, controls_in) = unbounded();
    // Given back after all else, when it is quiet and the terminal is hers again: it may take a moment.
    let desktop = Desktop::open(&controls, settings.leave_music.value);
    let _keys = keys::spawn(controls).map_err(Error::system("keys cannot be read"))?;
    let (graph, graph_control) = Graph::new();
    let (diary, journal) = kept.unzip();
    let writer = Writer::spawn(journal).map_err(Error::system("nothing can be written"))?;
    let device = settings.device.as_ref().map(|device| device.value.clone());
    let mut player = Player {
        loudspeaker: settings.loudspeaker().to_owned(),
        output: Output::open(graph, settings.buffer.value, device)?,
        graph: graph_control,
        session,
        sounds: Sounds::default(),
        voice_events: voice.events.clone(),
        voice,
        rendering: None,
        voice_error: None,
        volume: settings.volume.value,
        loudspeakers: settings.loudspeakers,
        diary,
        writer,
        controls: controls_in,
        terminal,
        screen: Screen::new(style),
        sleep: Sleep::new(Moment::START),
        unwritten: None,
        look: LOOK,
        showing: desktop.showing(),
    };
    player.set_volume(0);
    let outcome = player.run();
    player.close(&outcome);
    let unwritten = player.unwritten.take();
    let moves = player.session.moves();
    let words: Vec<_> = player.session.closing_words().map(str::to_owned).collect();
    // A terminal that takes nothing has nobody before it, and must not be waited for.
    let reads = player.terminal.takes_output();
    let last = reads.then(|| player.screen.end(&words));
    let writer = player.leave();
    // Whatever fails from now on, and whatever has failed: she knows that it is over, and what to do.
    let _ = write!(io::stdout(), "{}", last.unwrap_or_default());
    for (line, error) in writer.finish(DISK_PATIENCE) {
        // Rest goes on without a journal, and so it ends without one.
        if moves || is_answer(&line) {
            return Err(error.into());
        }
    }
    unwritten.map_or(outcome, |error| Err(error.into()))
}

struct Player {
    session: Session,
    graph: GraphHandle,
    output: Output,
    sounds: Sounds,
    voice: VoiceHandle,
    /// The voice's events, until its thread is gone.
    voice_events: Receiver<VoiceEvent>,
    /// What the voice is working on.
    rendering: Option<Utterance>,
    voice_error: Option<VoiceError>,
    volume: i8,
    /// The name under which its volume is remembered.
    loudspeaker: String,
    loudspeakers: Loudspeakers,
    diary: Option<Diary>,
    writer: Writer,
    controls: Receiver<Control>,
    terminal: Terminal,
    screen: Screen,
    sleep: Sleep,
    /// Why an answer about pain is not in the journal.
    unwritten: Option<JournalError>,
    /// When to look at the clock again at the latest.
    look: Duration,
    showing: Showing,
}

impl Player {
    fn run(&mut self) -> Result<Outcome, Error> {
        loop {
            self.look();
            if let Some(ending) = self.obey() {
                return self.ended(ending);
            }
            // Whatever she wants comes before all that can wait.
            if let Ok(control) = self.controls.try_recv() {
                match self.control(control)? {
                    Some(outcome) => return Ok(outcome),
                    None => continue,
                }
            }
            self.keep_place();
            self.hear_of_the_disk()?;
            self.ask_for_speech();
            self.draw();
            self.show();
            select! {
                recv(self.controls) -> control => {
                    if let Some(outcome) = self.control(control.unwrap_or(Control::TerminalGone))? {
                        return Ok(outcome);
                    }
                }
                recv(self.voice_events) -> event => match event {
                    Ok(event) => self.voice_event(event),
                    Err(_) => self.voice_gone(),
                },
                default(self.wait()) => {}
            }
        }
    }

    /// Looks at the loudspeaker's clock, and tells the session.
    fn look(&mut self) {
        let moment = self.graph.now();
        if let Some(asleep) = self.sleep.woken(moment) {
            let asleep = Frames::from_seconds(asleep.as_secs_f64());
            self.session.handle(moment, Input::Woken { asleep });
            self.output.settle(moment.0);
        }
        match self.output.look(moment.0, self.graph.is_quiet()) {
            Some(Change::Lost(why)) => self.session.handle(moment, Input::DeviceLost(why)),
            Some(Change::Back) => self.session.handle(moment, Input::DeviceBack),
            None => {}
        }
        let (run, at) = self.graph.run();
        self.session.handle(moment, Input::Tick { run, at });
    }

    fn keep_place(&mut self) {
        if let Some(diary) = &mut self.diary {
            let (place, active) = self.session.place(self.graph.now());
            let new = diary.look(place, active.duration().as_secs(), diary::now);
            self.writer.write(new.map(Write::from));
        }
    }

    /// What has become of what was written.
    fn hear_of_the_disk(&mut self) -> Result<(), JournalError> {
        let moves = self.session.moves();
        let closing = matches!(self.session.part(), Part::Close(_));
        while let Some((line, error)) = self.writer.failed() {
            match Unwritten::of(&line, &self.session) {
                Unwritten::IsSaidToTheEnd => self.unwritten = Some(error),
                Unwritten::Ends => {
                    self.diary.iter_mut().for_each(Diary::forget_that_it_began);
                    return Err(error);
                }
                Unwritten::GoesOn => self.diary = None,
            }
        }
        let hangs = self.writer.hangs(BEGUN_PATIENCE);
        hangs.filter(|_| moves && !closing).map_or(Ok(()), Err)
    }

    /// Has written down how it has ended.
    fn close(&mut self, outcome: &Result<Outcome, Error>) {
        if let Some(diary) = self.diary.take() {
            self.write(diary.close(diary::ending(outcome), diary::now()));
        }
    }

    fn write(&mut self, kept: Vec<Kept>) {
        self.writer.write(kept.into_iter().map(Write::from));
    }

    fn wait(&self) -> Duration {
        if self.graph.run().0 < self.session.run() {
            return CUT_LOOK;
        }
        let moment = self.graph.now();
        let due = self.session.deadline(moment);
        let due = due.map_or(self.look, |due| due.since(moment).duration());
        let soon = due.clamp(SHORTEST_WAIT, self.look);
        soon.min(self.output.wait())
    }

    /// Carries out what the session wants; `Some` when it is over.
    fn obey(&mut self) -> Option<Ending> {
        while let Some(command) = self.session.poll() {
            match command {
                Command::Cut => self.tell(GraphCommand::Cut),
                Command::Play { at, sound } => {
                    if let Some(clip) = self.sounds.clip(&self.session, &sound) {
                        self.tell(GraphCommand::Play { at, clip });
                    }
                }
                Command::DropFrom(at) => self.tell(GraphCommand::DropFrom(at)),
                Command::Duck(down) => self.tell(GraphCommand::Duck(down)),
                Command::Volume(steps) => {
                    self.set_volume(steps);
                    let new = self.loudspeakers.keep(&self.loudspeaker, self.volume);
                    self.writer.write(new.map(Write::Loudspeakers));
                }
                Command::Speak { ticket, utterance } => {
                    self.job(VoiceJob::Speak { ticket, utterance });
                }
                Command::Hush => self.job(VoiceJob::Hush),
                Command::Note(Note::SoundRight) => {
                    let new = self.loudspeakers.check(&self.loudspeaker, self.volume);
                    self.writer.write(new.map(Write::Loudspeakers));
                }
                Command::Note(note) => {
                    if let Some(diary) = &mut self.diary {
                        let kept = diary.note(note, &self.session, diary::now());
                        self.write(kept);
                    }
                }
                Command::Finish(ending) => return Some(ending),
            }
        }
        None
    }

    fn tell(&self, command: GraphCommand) {
        // The graph takes hundreds of commands with every block. If it has taken none for that
        // long, the device is lost, which `look` finds out; then all of it begins anew.
        let _ = self.graph.send(command);
    }

    fn job(&mut self, job: VoiceJob) {
        // A voice that is gone has said why, or will be found gone by its channel.
        let _ = self.voice.jobs.try_send(job);
    }

    /// Gives the voice the most urgent sentence, one at a time: then what is urgent may change.
    fn ask_for_speech(&mut self) {
        if self.rendering.is_none()
            && let Some(wanted) = self.session.wanted().into_iter().next()
        {
            self.rendering = Some(wanted.clone());
            self.job(VoiceJob::Render(wanted));
        }
    }

    fn voice_event(&mut self, event: VoiceEvent) {
        let moment = self.graph.now();
        match event {
            VoiceEvent::Ready => {}
            VoiceEvent::Rendered {
                utterance,
                clip,
                length,
            } => {
                self.rendering = None;
                let rendered = Input::Rendered {
                    utterance,
                    clip,
                    length,
                };
                self.session.handle(moment, rendered);
            }
            VoiceEvent::Ended { ticket, lag } => {
                self.session.handle(moment, Input::Ended { ticket, lag });
            }
            VoiceEvent::Failed(error) => {
                self.voice_error = Some(error);
                self.session.handle(moment, Input::VoiceFailed);
            }
        }
    }

    /// The voice's thread has ended: whatever it said last is why.
    fn voice_gone(&mut self) {
        self.voice_events = never();
        let gone = || VoiceError::Service("has gone away".into());
        self.voice_error.get_or_insert_with(gone);
        self.session.handle(self.graph.now(), Input::VoiceFailed);
    }

    fn set_volume(&mut self, steps: i8) {
        self.volume = (self.volume + steps * VOLUME_STEP).clamp(SOFTEST, 0);
        self.tell(GraphCommand::volume(self.volume));
        // The service's own volume may be hers: nothing makes it louder before she does.
        if steps != 0 || self.volume != 0 {
            self.job(VoiceJob::Volume(self.volume));
        }
    }

    fn control(&mut self, control: Control) -> Result<Option<Outcome>, Error> {
        let moment = self.graph.now();
        match control {
            Control::Key(key) => self.session.handle(moment, Input::Key(key)),
            Control::Hold(held) => self.tell(GraphCommand::Hold(held)),
            Control::FocusLost => self.session.handle(moment, Input::FocusLost),
            Control::Suspend => {
                self.session.handle(moment, Input::Suspended);
                if let Some(ending) = self.obey() {
                    return self.ended(ending).map(Some);
                }
                self.fall_silent();
                Terminal::suspend().map_err(Error::system("the program cannot be suspended"))?;
            }
            Control::Resumed => {
                self.terminal.resume()?;
                self.screen.forget();
                self.output.settle(moment.0);
            }
            Control::Resized => {}
            Control::Terminated(signal) => return Ok(Some(self.end_by(signal))),
            Control::TerminalGone => return Ok(Some(self.end_by(signal_hook::consts::SIGHUP))),
        }
        Ok(None)
    }

    fn end_by(&mut self, signal: i32) -> Outcome {
        let ctrl_c = Input::Key(Key::CtrlC);
        self.session.handle(self.graph.now(), ctrl_c);
        self.obey();
        Outcome::Signal(signal)
    }

    fn ended(&mut self, ending: Ending) -> Result<Outcome, Error> {
        match ending {
            Ending::VoiceLost => {}
            Ending::DeviceLost => return Err(Error::SoundStopped),
            _ => return Ok(Outcome::Session(ending)),
        }
        let hung = || match self.rendering {
            Some(_) => VoiceError::Hung,
            None => VoiceError::Service("has stopped in the middle of a sentence".into()),
        };
        Err(self.voice_error.take().unwrap_or_else(hung).into())
    }

    fn draw(&mut self) {
        // A terminal that takes nothing, or is gone, must not keep the session waiting.
        if self.terminal.takes_output() {
            let view = self.session.view(self.heard());
            self.look = match view.breath {
                Some(_) if self.screen.draws() => BREATH_LOOK,
                _ => LOOK,
            };
            let size = Terminal::size();
            let _ = self.screen.draw(&mut self.terminal, &view, size);
        }
    }

    /// What the desktop shows of it.
    fn show(&mut self) {
        let view = self.session.view(self.heard());
        self.showing.show(self.session.title(), &view);
    }

    /// What is heard now was rendered up to two periods ago.
    fn heard(&self) -> Moment {
        let behind = 2 * u64::from(self.output.period());
        Moment(self.graph.now().0.saturating_sub(behind))
    }

    /// Everything ends in silence: what was faded has left the loudspeaker, and the service says nothing more.
    fn leave(mut self) -> Writer {
        self.fall_silent();
        let (jobs, _) = crossbeam_channel::bounded(0);
        self.voice.jobs = jobs;
        // A service goes on speaking unless its voice has had the time to say stop.
        let since = now();
        while since.elapsed() < LEAVE_PATIENCE {
            let event = self.voice.events.recv_timeout(SHORTEST_WAIT);
            if matches!(event, Err(RecvTimeoutError::Disconnected)) {
                break;
            }
        }
        self.writer
    }

    /// Waits until every cut is done and heard.
    fn fall_silent(&self) {
        fall_silent(&self.graph, &self.output, self.session.run());
    }
}

#[cfg(test)]
mod tests {
    mod diary;
    mod measured;
    mod performance;
    mod phonemes;
    mod samples;
    #[cfg(target_os = "linux")]
    mod soak;
    mod spelling;
    mod writer;
}
