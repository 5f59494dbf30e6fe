//! A session under a virtual clock: the same session, graph and cues as before her, handed on as samples.
//!
//! Nothing waits and nothing is kept, so an hour takes as long as the voice needs, or a moment with a silent one.

use crate::audio::graph::{BLOCK, Graph, GraphCommand, GraphHandle};
use crate::base::{Clip, Frames, Key, Moment, SAMPLE_RATE, Utterance};
use crate::session::{Command, Ending, Input, Session, Sound};
use crate::sounds::Sounds;

/// At most so many frames are rendered at a time: one second.
const CHUNK: u64 = SAMPLE_RATE as u64;

/// Who is there while a session is performed.
pub(crate) trait Listener {
    type Error;

    /// What the voice makes of it, and how long that takes to say.
    fn clip(&mut self, utterance: &Utterance) -> Result<(Clip, Frames), Self::Error>;

    /// The next samples that leave the loudspeaker: mono, at [`SAMPLE_RATE`].
    fn hear(&mut self, samples: &[f32]) -> Result<(), Self::Error>;

    /// The key that is pressed now.
    fn key(&mut self, session: &Session, now: Moment) -> Result<Option<Key>, Self::Error>;

    /// When a key is pressed next, whatever is going on.
    fn next_key(&self) -> Option<Moment> {
        None
    }
}

/// What became of a session under the virtual clock.
#[derive(Debug)]
pub(crate) struct Performance {
    /// Each sound that was queued, with the moment at which it was to begin.
    pub sounds: Vec<(Moment, Sound)>,
    pub ending: Ending,
    pub length: Frames,
}

/// Performs a session to its end.
pub(crate) fn perform<L: Listener>(
    session: &mut Session,
    listener: &mut L,
) -> Result<Performance, L::Error> {
    let (graph, control) = Graph::new();
    let mut stage = Stage {
        graph: graph.without_floor(),
        control,
        listener,
        made: Sounds::default(),
        sounds: Vec::new(),
        block: Vec::new(),
    };
    loop {
        stage.render_speech(session)?;
        if let Some(ending) = stage.obey(session)? {
            return Ok(Performance {
                sounds: stage.sounds,
                ending,
                length: stage.control.now().since(Moment::START),
            });
        }
        let now = stage.tick(session);
        if let Some(key) = stage.listener.key(session, now)? {
            session.handle(now, Input::Key(key));
        } else {
            let due = session.deadline(now).into_iter();
            let next = due.chain(stage.listener.next_key()).min();
            stage.render_until(next.unwrap_or(Moment(u64::MAX)))?;
            stage.tick(session);
        }
    }
}

struct Stage<'a, L> {
    graph: Graph,
    control: GraphHandle,
    listener: &'a mut L,
    made: Sounds,
    sounds: Vec<(Moment, Sound)>,
    block: Vec<f32>,
}

impl<L: Listener> Stage<'_, L> {
    /// Tells the session the time, and returns it.
    fn tick(&self, session: &mut Session) -> Moment {
        let now = self.control.now();
        let (run, at) = self.control.run();
        session.handle(now, Input::Tick { run, at });
        now
    }

    /// Has the voice make everything that is wanted now: it is infinitely fast here.
    fn render_speech(&mut self, session: &mut Session) -> Result<(), L::Error> {
        for utterance in session.wanted() {
            let (clip, length) = self.listener.clip(&utterance)?;
            let rendered = Input::Rendered {
                utterance,
                clip,
                length,
            };
            session.handle(self.control.now(), rendered);
        }
        Ok(())
    }

    /// Carries out what the session wants; its ending, when it is over.
    fn obey(&mut self, session: &mut Session) -> Result<Option<Ending>, L::Error> {
        let (mut runs, mut anchor) = self.control.run();
        while let Some(command) = session.poll() {
            let for_graph = match command {
                Command::Cut => {
                    self.send(GraphCommand::Cut)?;
                    let now = self.control.now();
                    self.sounds.retain(|(begins, _)| *begins < now);
                    // Nothing of the next run is taken while the cut fades, so it is let through first.
                    while self.control.run().0 == runs {
                        self.render_until(Moment(self.control.now().0 + BLOCK as u64))?;
                    }
                    (runs, anchor) = self.control.run();
                    continue;
                }
                Command::Play { at, sound } => {
                    let Some(clip) = self.made.clip(session, &sound) else {
                        continue;
                    };
                    self.sounds.push((anchor + at, sound));
                    GraphCommand::Play { at, clip }
                }
                Command::DropFrom(at) => {
                    self.sounds.retain(|(begins, _)| *begins < anchor + at);
                    GraphCommand::DropFrom(at)
                }
                Command::Duck(down) => GraphCommand::Duck(down),
                Command::Finish(ending) => return Ok(Some(ending)),
                Command::Speak { .. } | Command::Hush | Command::Volume(_) | Command::Note(_) => {
                    continue;
                }
            };
            self.send(for_graph)?;
        }
        Ok(None)
    }

    fn send(&mut self, mut command: GraphCommand) -> Result<(), L::Error> {
        // A full channel is emptied by the next block: under this clock nothing is ever late.
        while let Err(back) = self.control.send(command) {
            command = back;
            self.render_until(Moment(self.control.now().0 + 1))?;
        }
        Ok(())
    }

    fn render_until(&mut self, until: Moment) -> Result<(), L::Error> {
        let frames = until.since(self.control.now()).0.clamp(1, CHUNK) as usize;
        self.block.resize(frames, 0.0);
        self.graph.render(&mut self.block);
        self.listener.hear(&self.block)
    }
}
