//! The network: phonemes in, the parts of a spectrum out, one frame every 12.5 ms.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use rten::{NodeId, ThreadPool, Value};

use super::{LoadError, SpeechError, network::Network};

/// Frequencies in a frame: half the vocoder's window, and the one in the middle.
pub(super) const BINS: usize = 601;

/// What the network says about one phrase. Each part but the pitch holds [`BINS`] rows of
/// `pitch.len()` frames, one row a frequency.
#[derive(Clone)]
pub(super) struct Frames {
    /// Natural logarithm of the harmonics' gain.
    pub harmonic_gain: Vec<f32>,
    /// The harmonics' phase: half a turn times its hyperbolic tangent.
    pub harmonic_phase: Vec<f32>,
    /// Natural logarithm of the noise's gain.
    pub noise_gain: Vec<f32>,
    /// Natural logarithm of the free part's magnitude.
    pub free_gain: Vec<f32>,
    /// Phase of the free part in radians.
    pub free_phase: Vec<f32>,
    /// Pitch in Hz, 0 where the voice is silent or whispers.
    pub pitch: Vec<f32>,
}

pub(super) struct Acoustic {
    network: Network,
    /// The phonemes' numbers, and the speed.
    inputs: [NodeId; 2],
    outputs: [NodeId; 6],
}

impl Acoustic {
    pub(super) fn load(path: &Path, threads: Arc<ThreadPool>) -> Result<Self, LoadError> {
        let network = Network::load(path, threads)?;
        Ok(Self {
            inputs: network.nodes(path, ["ids", "speed"])?,
            outputs: network.nodes(path, ["lh", "theta", "ln", "lr", "phi", "f0"])?,
            network,
        })
    }

    /// Runs the network on phoneme ids; durations are divided by `speed`.
    pub(super) fn frames(&self, ids: Vec<i32>, speed: f32) -> Result<Frames, SpeechError> {
        let frames = self.run(ids, speed);
        frames.map_err(|error| format!("the voice's network failed: {error}"))
    }

    fn run(&self, ids: Vec<i32>, speed: f32) -> Result<Frames, Box<dyn Error>> {
        let ids = Value::from_shape([1, ids.len()], ids)?.into();
        let speed = Value::from_shape([1], vec![speed])?.into();
        let inputs = self.inputs.into_iter().zip([ids, speed]).collect();
        let [lh, theta, ln, lr, phi, f0] = self.network.run(inputs, self.outputs)?;
        let (_, pitch) = f0.into_shape_vec::<f32, 2>()?;
        let spectrum = |part| spectrum(part, pitch.len());
        Ok(Frames {
            harmonic_gain: spectrum(lh)?,
            harmonic_phase: spectrum(theta)?,
            noise_gain: spectrum(ln)?,
            free_gain: spectrum(lr)?,
            free_phase: spectrum(phi)?,
            pitch,
        })
    }
}

/// A part of the spectrum of so many `frames`.
fn spectrum(part: Value, frames: usize) -> Result<Vec<f32>, Box<dyn Error>> {
    match part.into_shape_vec::<f32, 3>()? {
        (shape, values) if shape == [1, BINS, frames] => Ok(values),
        (shape, _) => Err(format!("a part of the spectrum has the shape {shape:?}").into()),
    }
}
