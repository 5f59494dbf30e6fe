//! A trial for the author of a routine: a few sentences, one after the other, and nothing else. Any key is silence, and
//! its end.
//!
//! It asks nothing and leads nobody: there are no tones, no breath is counted, and it is over in two minutes.

use std::io::{self, Write as _};
use std::time::Duration;

use crossbeam_channel::{Receiver, select, unbounded};

use super::silence::fall_silent;
use crate::audio::{Change, Graph, GraphCommand, GraphHandle, Output};
use crate::base::{Clip, Frames, Key, Utterance, printable_on};
use crate::error::{Error, Outcome};
use crate::plan::WAKE_UP;
use crate::room::keys::{self, Control};
use crate::room::terminal::{StderrGuard, Terminal};
use crate::session::Ending;
use crate::settings::Settings;
use crate::voice::{VoiceError, VoiceEvent, VoiceHandle, VoiceJob};

/// Between two sentences, whatever rest is written there: so nobody can do the moves along.
const PAUSE: Frames = Frames::from_millis(1000);

/// No trial is longer, but for a single line that is.
const LONGEST: Frames = Frames::from_millis(120_000);

/// No more sentences are made: with the pause after each, no more fit.
const MOST: usize = 120;

/// The device is looked after, and the sentence that begins is shown, this often.
const LOOK: Duration = Duration::from_millis(50);

/// What no more than two minutes hold is left out.
const LEFT_OUT: &str =
    "(The rest is left out: a trial is two minutes at most. --from tries a line.)";

/// Says these one after the other: the first, that it is a trial, and what is tried.
pub(crate) fn hear(
    title: &str,
    said: Vec<Utterance>,
    settings: &Settings,
    voice: VoiceHandle,
) -> Result<Outcome, Error> {
    let terminal = Terminal::enter(false)?;
    let _quiet = StderrGuard::new().map_err(Error::system("standard error cannot be set aside"))?;
    let (controls, controls_in) = unbounded();
    let _keys = keys::spawn(controls).map_err(Error::system("keys cannot be read"))?;
    let (graph, control) = Graph::new();
    let device = settings.device.as_ref().map(|device| device.value.clone());
    let mut trial = Trial {
        output: Output::open(graph, settings.buffer.value, device)?,
        graph: control,
        controls: controls_in,
        voice,
        terminal,
        score: Score::new(said),
        shown: 0,
    };
    trial.tell(GraphCommand::volume(settings.volume.value));
    trial.print(&format!("A trial of \"{title}\". Any key ends it."));
    let outcome = trial.run();
    trial.tell(GraphCommand::Cut);
    fall_silent(&trial.graph, &trial.output, trial.score.cuts + 1);
    outcome
}

struct Trial {
    graph: GraphHandle,
    output: Output,
    controls: Receiver<Control>,
    voice: VoiceHandle,
    terminal: Terminal,
    score: Score,
    /// How many sentences have been shown.
    shown: usize,
}

impl Trial {
    fn run(&mut self) -> Result<Outcome, Error> {
        self.ask_for_speech();
        loop {
            let now = self.graph.now();
            if let Some(Change::Lost(why)) = self.output.look(now.0, self.graph.is_quiet()) {
                return Err(why.into());
            }
            if let Some(at) = self.at() {
                self.show(at);
                if at >= self.score.end() {
                    return Ok(Outcome::Done);
                }
            }
            select! {
                recv(self.controls) -> control => {
                    let control = control.unwrap_or(Control::TerminalGone);
                    if let Some(outcome) = self.control(control) {
                        return Ok(outcome);
                    }
                }
                recv(self.voice.events) -> event => {
                    let gone = VoiceError::Service("has gone away".into());
                    self.voice_event(event.unwrap_or(VoiceEvent::Failed(gone)))?;
                }
                default(LOOK.min(self.output.wait())) => {}
            }
        }
    }

    /// How long ago the first sentence was due, once it sounds; less what the device still holds.
    fn at(&self) -> Option<Frames> {
        let (run, begun) = self.graph.run();
        let held = Frames(2 * u64::from(self.output.period()));
        let plays = self.score.cuts > 0 && run >= self.score.cuts;
        plays.then(|| self.graph.now().since(begun) - held)
    }

    /// What ends it, if this does: whatever she presses.
    fn control(&self, control: Control) -> Option<Outcome> {
        match control {
            Control::Key(Key::CtrlC) => Some(Outcome::Session(Ending::Interrupted)),
            Control::Key(_) | Control::Suspend => Some(Outcome::Session(Ending::Stopped)),
            Control::Terminated(signal) => Some(Outcome::Signal(signal)),
            Control::TerminalGone => Some(Outcome::Signal(signal_hook::consts::SIGHUP)),
            Control::Hold(held) => {
                self.tell(GraphCommand::Hold(held));
                None
            }
            Control::Resumed | Control::Resized | Control::FocusLost => None,
        }
    }

    fn voice_event(&mut self, event: VoiceEvent) -> Result<(), VoiceError> {
        match event {
            VoiceEvent::Failed(error) => return Err(error),
            VoiceEvent::Rendered { clip, length, .. } => {
                self.score.made.push((clip, length));
                self.ask_for_speech();
            }
            VoiceEvent::Ready | VoiceEvent::Ended { .. } => {}
        }
        Ok(())
    }

    /// Has the next sentence made; when all are, they sound.
    fn ask_for_speech(&mut self) {
        if let Some(next) = self.score.said.get(self.score.made.len()) {
            // A voice that is gone is found gone by its channel.
            let _ = self.voice.jobs.try_send(VoiceJob::Render(next.clone()));
            return;
        }
        for command in self.score.begin() {
            self.tell(command);
        }
    }

    /// Shows each sentence as it begins.
    fn show(&mut self, at: Frames) {
        while self
            .score
            .starts
            .get(self.shown)
            .is_some_and(|start| *start <= at)
        {
            let text = self.score.said[self.shown].text().clone();
            self.shown += 1;
            self.print(&text);
            if self.shown == self.score.starts.len() && self.shown < self.score.said.len() {
                self.print(LEFT_OUT);
            }
        }
    }

    /// A terminal that hangs is not waited for.
    fn print(&mut self, text: &str) {
        let text = printable_on(&io::stdout(), text);
        let _ = writeln!(self.terminal, "{text}");
        let _ = self.terminal.flush();
    }

    fn tell(&self, command: GraphCommand) {
        // The graph takes hundreds of commands with every block: if it takes none, the device is lost.
        let _ = self.graph.send(command);
    }
}

/// What is said, when.
struct Score {
    said: Vec<Utterance>,
    /// Their clips, and how long they last: as many as have been made.
    made: Vec<(Clip, Frames)>,
    /// When each of them begins, once all are made.
    starts: Vec<Frames>,
    /// How many cuts there have been.
    cuts: u64,
}

impl Score {
    fn new(mut said: Vec<Utterance>) -> Self {
        said.truncate(MOST);
        Self {
            said,
            made: Vec::new(),
            starts: Vec::new(),
            cuts: 0,
        }
    }

    /// Lays them out, and says how they come to sound.
    fn begin(&mut self) -> Vec<GraphCommand> {
        let lengths: Vec<_> = self.made.iter().map(|(_, length)| *length).collect();
        self.starts = starts(&lengths);
        self.cuts += 1;
        // The cut begins a run: the graph has counted frames since the device was opened.
        let mut commands = vec![GraphCommand::Cut];
        let clips = self.made.iter().map(|(clip, _)| clip.clone());
        let plays = self.starts.iter().zip(clips);
        commands.extend(plays.map(|(&at, clip)| GraphCommand::Play { at, clip }));
        commands
    }

    /// When all of it is out.
    fn end(&self) -> Frames {
        let last = self.starts.iter().zip(&self.made).next_back();
        last.map_or(Frames::ZERO, |(start, (_, length))| *start + *length)
    }
}

/// When each sentence begins: one after the other. What would end too late is left out, but for the first that is tried.
fn starts(lengths: &[Frames]) -> Vec<Frames> {
    let mut next = WAKE_UP;
    let laid = lengths.iter().enumerate().map_while(|(number, length)| {
        let start = next;
        next = start + *length + PAUSE;
        (number < 2 || start + *length <= LONGEST).then_some(start)
    });
    laid.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::graph::BLOCK;
    use crate::base::{FADE, SAFETY_RATE};

    const SECOND: usize = 48_000;

    fn second() -> Frames {
        Frames(SECOND as u64)
    }

    #[test]
    fn one_comes_after_the_other_and_all_within_two_minutes() {
        let laid = starts(&[second(); 100]);
        assert!((50..MOST).contains(&laid.len()));
        for pair in laid.windows(2) {
            assert_eq!(pair[1] - pair[0], second() + PAUSE);
        }
        let last = laid[laid.len() - 1] + second();
        assert!(last <= LONGEST && last + PAUSE + second() > LONGEST);
        // One line that is longer is heard all the same.
        let long = LONGEST + LONGEST;
        assert_eq!(starts(&[second(), long, second()]).len(), 2);
        // However short they are, there is room for all of them in the graph.
        assert!(starts(&[Frames(1); 2 * MOST]).len() <= MOST);
    }

    /// Two sentences of a second each, as they leave the graph, cut at this frame.
    fn heard(cut: Option<usize>) -> Vec<f32> {
        let say = |text| Utterance::new(text, SAFETY_RATE);
        let mut score = Score::new(vec![say("One."), say("Two.")]);
        let swell = |at: usize| (std::f32::consts::PI * at as f32 / SECOND as f32).sin();
        let tone = |at: usize| 0.3 * swell(at) * (at as f32 * 0.05).sin();
        let clip = Clip::speech((0..SECOND).map(tone).collect());
        score.made = vec![(clip.clone(), second()), (clip, second())];
        let (graph, control) = Graph::new();
        let mut graph = graph.without_floor();
        let mut samples = vec![0.0; 10 * SECOND];
        // The device was opened a while ago.
        graph.render(&mut samples[..SECOND]);
        for command in score.begin() {
            control.send(command).expect("room in the channel");
        }
        let (before, after) = samples[SECOND..].split_at_mut(cut.unwrap_or_default());
        graph.render(before);
        if cut.is_some() {
            control
                .send(GraphCommand::Cut)
                .expect("room in the channel");
        }
        graph.render(after);
        samples
    }

    fn largest_step(samples: &[f32]) -> f32 {
        let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0, f32::max)
    }

    #[test]
    fn a_cut_is_silence_without_a_click_and_nothing_comes_after_it() {
        let whole = heard(None);
        let sounds = |samples: &[f32]| samples.iter().any(|sample| sample.abs() > 0.01);
        let first = SECOND + WAKE_UP.0 as usize;
        let second = first + SECOND + PAUSE.0 as usize;
        assert!(!sounds(&whole[..first]) && sounds(&whole[first..second - PAUSE.0 as usize]));
        assert!(!sounds(&whole[second - PAUSE.0 as usize..second]));
        assert!(sounds(&whole[second..second + SECOND]));
        assert!(!sounds(&whole[second + SECOND..]));
        let at = WAKE_UP.0 as usize + SECOND / 2;
        let cut = heard(Some(at));
        let silent = SECOND + at + FADE.0 as usize + BLOCK;
        assert!(sounds(&cut[first..SECOND + at]));
        assert!(!cut[silent..].iter().any(|sample| *sample != 0.0));
        assert!(largest_step(&cut) <= largest_step(&whole) * 1.2);
    }
}
