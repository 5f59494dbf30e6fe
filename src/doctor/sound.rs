//! Asks the sound device: whether it takes sound, and how soon it is silent.
//!
//! The time until silence is measured as far as the graph goes, through the real device: from the command until the end
//! of the fade is rendered. What the device may still hold then is computed with both of its periods full, so the sum is
//! an upper bound.

use std::time::Duration;

use super::Trouble;
use crate::audio::{Graph, GraphCommand, GraphHandle, Output};
use crate::base::{Clip, DEFAULT_DEVICE, Frames, Moment, SAMPLE_RATE, Unheard};
use crate::clock::{now, pause};

/// An open device that takes sound.
#[derive(Debug)]
pub(super) struct Sound {
    pub device: String,
    pub rate: u32,
    /// Frames in a period; the device holds two.
    pub period: u32,
    pub silences: Vec<Silence>,
    pub underruns: u32,
    /// What the sound server says of the stream: that it can be heard, or why not.
    pub heard: Option<Result<(), Unheard>>,
    /// How long underruns were counted.
    pub watched: Duration,
}

impl Sound {
    /// What the device holds.
    pub(super) fn ring(&self) -> Duration {
        ring(self.period, self.rate)
    }
}

/// How one sound was silenced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    /// From the command until the fade was seen to be rendered, by the clock.
    pub rendered: Duration,
    /// What the device may have held then, with all its buffer full: computed, so that the sum is an upper bound.
    pub held: Duration,
}

impl Silence {
    pub(super) fn whole(&self) -> Duration {
        self.rendered + self.held
    }
}

/// How often the sound is silenced, to find out how long that takes.
const CUTS: u32 = 5;

/// A device that takes no sound for this long takes none.
const STALLED: Duration = Duration::from_secs(3);

/// A stream that begins reports harmless faults for about a second.
const SETTLING: Moment = Moment(SAMPLE_RATE as u64);

/// Plays what nobody hears, and silences it as a key would.
pub(super) fn sound(device: Option<String>, period: u32) -> Result<Sound, Trouble> {
    let (graph, control) = Graph::new();
    let name = device.clone().unwrap_or_else(|| DEFAULT_DEVICE.to_owned());
    let mut output = Output::open(graph, period, device)?;
    let measured = measured(&control, &mut output);
    let heard = output.heard();
    let (silences, watched) = measured.ok_or_else(|| stalled(&name, heard))?;
    Ok(Sound {
        device: name,
        // A device may take another rate and period than was asked for.
        rate: output.rate(),
        period: output.period(),
        silences,
        underruns: output.underruns(),
        heard,
        watched,
    })
}

/// What is wrong with a device that takes no sound. The server often knows: an output that it made up may stand still.
fn stalled(name: &str, heard: Option<Result<(), Unheard>>) -> Trouble {
    let known = heard.and_then(Result::err).map(Trouble::from);
    known.unwrap_or_else(|| {
        Trouble::new(
            format!("the sound device \"{name}\" opens but takes no sound"),
            "See that no other program has it to itself, and restart the desktop's sound server",
        )
    })
}

/// Silences the device again and again, and says how long that took; `None` if it takes no sound.
fn measured(control: &GraphHandle, output: &mut Output) -> Option<(Vec<Silence>, Duration)> {
    wait_until(|| control.now() >= SETTLING)?;
    output.settle(control.now().0);
    let begun = now();
    let ring = ring(output.period(), output.rate());
    cut(control)?;
    let silences = (0..CUTS).map(|turn| silenced(control, ring, turn));
    let silences: Option<_> = silences.collect();
    Some((silences?, begun.elapsed()))
}

fn ring(period: u32, rate: u32) -> Duration {
    Duration::from_secs(2 * u64::from(period)) / rate
}

/// Begins to whisper, waits, and measures from the command to the end of the fade.
fn silenced(control: &GraphHandle, ring: Duration, turn: u32) -> Option<Silence> {
    let (at, clip) = (Frames::ZERO, whisper());
    control.send(GraphCommand::Play { at, clip }).ok()?;
    let begun = control.now();
    wait_until(|| control.now().since(begun) > Frames::from_millis(200))?;
    // A key may come at any place in a period.
    pause(Duration::from_millis(3) * turn);
    let pressed = now();
    let silent = cut(control)?;
    let rendered = pressed.elapsed();
    let held = ring.saturating_sub(control.now().since(silent).duration());
    Some(Silence { rendered, held })
}

/// Cuts, and waits until that is done; from when on there is silence.
fn cut(control: &GraphHandle) -> Option<Moment> {
    let (runs, _) = control.run();
    control.send(GraphCommand::Cut).ok()?;
    wait_until(|| control.run().0 > runs)?;
    Some(control.run().1)
}

/// A second of a low tone at -80 dBFS, which nobody hears: it is there to be faded.
fn whisper() -> Clip {
    const PEAK: f32 = 1e-4;
    const HERTZ: f32 = 200.0;
    let turn = std::f32::consts::TAU * HERTZ / SAMPLE_RATE as f32;
    let wave = (0..SAMPLE_RATE).map(|frame| PEAK * (turn * frame as f32).sin());
    Clip::cue(wave.collect())
}

/// Looks again and again, until it is so; `None` if it is not for too long.
fn wait_until(so: impl Fn() -> bool) -> Option<()> {
    let begun = now();
    while !so() {
        if begun.elapsed() > STALLED {
            return None;
        }
        pause(Duration::from_micros(500));
    }
    Some(())
}
