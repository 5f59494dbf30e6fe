//! A session under a virtual clock: the same session, graph and voice as before her, into a buffer.
//!
//! Nothing waits, so 22 minutes take as long as the voice needs, or a millisecond with a silent one.

use crossbeam_channel::unbounded;

use crate::audio::graph::{BLOCK, Graph, GraphCommand, GraphHandle};
use crate::base::{Key, Moment};
use crate::player::sounds::Sounds;
use crate::session::tests::virtual_room::willing;
use crate::session::{Command, Ending, Input, Session, Sound};
use crate::voice::{Voice, VoiceError, VoiceEvent, VoiceJob};

/// What became of a session under the virtual clock.
#[derive(Debug)]
pub struct Performance {
    /// Everything that would have left the loudspeaker: mono, 48 kHz.
    pub samples: Vec<f32>,
    /// Each sound that was queued, with the moment at which it was to begin.
    pub sounds: Vec<(Moment, Sound)>,
    pub ending: Ending,
}

/// Performs a session to its end. She presses `keys` at their moments, and at each wait she is [`willing`] at once.
pub fn perform(
    mut session: Session,
    voice: &mut impl Voice,
    keys: &[(Moment, Key)],
) -> Result<Performance, VoiceError> {
    let (graph, control) = Graph::new();
    let mut stage = Stage {
        graph: graph.without_floor(),
        control,
        sounds: Sounds::default(),
        performance: Performance {
            samples: Vec::new(),
            sounds: Vec::new(),
            ending: Ending::Interrupted,
        },
    };
    let mut keys = keys.iter().peekable();
    loop {
        stage.render_speech(&mut session, voice)?;
        if stage.obey(&mut session) {
            return Ok(stage.performance);
        }
        let now = stage.control.now();
        let (run, at) = stage.control.run();
        session.handle(now, Input::Tick { run, at });
        if let Some((_, key)) = keys.next_if(|(at, _)| *at <= now) {
            session.handle(now, Input::Key(*key));
        } else if session.waits(now) {
            session.handle(now, Input::Key(willing(session.question(now))));
        } else {
            let due = session.deadline(now).map_or(u64::MAX, |due| due.0);
            let key = keys.peek().map_or(u64::MAX, |(at, _)| at.0);
            stage.render_until(Moment(due.min(key)));
            let (run, at) = stage.control.run();
            session.handle(stage.control.now(), Input::Tick { run, at });
        }
    }
}

struct Stage {
    graph: Graph,
    control: GraphHandle,
    sounds: Sounds,
    performance: Performance,
}

impl Stage {
    /// Has the voice make everything that is wanted now: it is infinitely fast here.
    fn render_speech(
        &mut self,
        session: &mut Session,
        voice: &mut impl Voice,
    ) -> Result<(), VoiceError> {
        let (events_out, events) = unbounded();
        for wanted in session.wanted() {
            voice.handle(VoiceJob::Render(wanted), &events_out);
            for event in events.try_iter() {
                match event {
                    VoiceEvent::Rendered {
                        utterance,
                        clip,
                        length,
                    } => {
                        let rendered = Input::Rendered {
                            utterance,
                            clip,
                            length,
                        };
                        session.handle(self.control.now(), rendered);
                    }
                    VoiceEvent::Failed(error) => return Err(error),
                    VoiceEvent::Ready | VoiceEvent::Ended { .. } => {}
                }
            }
        }
        Ok(())
    }

    /// Carries out what the session wants; `true` when it is over.
    fn obey(&mut self, session: &mut Session) -> bool {
        let (mut runs, mut anchor) = self.control.run();
        while let Some(command) = session.poll() {
            let for_graph = match command {
                Command::Cut => {
                    self.send(GraphCommand::Cut);
                    let now = self.control.now();
                    self.performance.sounds.retain(|(begins, _)| *begins < now);
                    // Nothing of the next run is taken while the cut fades, so it is let through first.
                    while self.control.run().0 == runs {
                        self.render_until(Moment(self.control.now().0 + BLOCK as u64));
                    }
                    (runs, anchor) = self.control.run();
                    continue;
                }
                Command::Play { at, sound } => {
                    let Some(clip) = self.sounds.clip(session, &sound) else {
                        continue;
                    };
                    self.performance.sounds.push((anchor + at, sound));
                    GraphCommand::Play { at, clip }
                }
                Command::DropFrom(at) => {
                    self.performance
                        .sounds
                        .retain(|(begins, _)| *begins < anchor + at);
                    GraphCommand::DropFrom(at)
                }
                Command::Duck(down) => GraphCommand::Duck(down),
                Command::Finish(ending) => {
                    self.performance.ending = ending;
                    return true;
                }
                Command::Speak { .. } | Command::Hush | Command::Volume(_) | Command::Note(_) => {
                    continue;
                }
            };
            self.send(for_graph);
        }
        false
    }

    fn send(&mut self, mut command: GraphCommand) {
        // A full channel is emptied by the next block: under this clock nothing is ever late.
        while let Err(back) = self.control.send(command) {
            command = back;
            self.render_until(Moment(self.control.now().0 + 1));
        }
    }

    fn render_until(&mut self, until: Moment) {
        let frames = until.since(self.control.now()).0.clamp(1, 48_000) as usize;
        let begin = self.performance.samples.len();
        self.performance.samples.resize(begin + frames, 0.0);
        self.graph.render(&mut self.performance.samples[begin..]);
    }
}
