//! WAV: 16 bits, with tags in `LIST INFO`, and chapters as cue points with labels.
//!
//! By hand, for hound, which has been finished for years, writes neither.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use super::about::About;
use super::encoder::{Encoder, Recording};
use super::error::ExportError;
use super::timeline::Timeline;
use crate::base::SAMPLE_RATE;

const BYTES_A_SAMPLE: u32 = 2;

pub(super) struct Wav {
    file: BufWriter<File>,
    path: PathBuf,
    noise: u32,
}

impl Wav {
    /// Writes all but the sound.
    pub(super) fn new(recording: Recording<'_>) -> Result<Self, ExportError> {
        let header = header(recording.about, recording.timeline).ok_or(ExportError::TooLong)?;
        let mut file = BufWriter::new(recording.file);
        let written = file.write_all(&header);
        written.map_err(ExportError::unwritable(&recording.path))?;
        Ok(Self {
            file,
            path: recording.path,
            noise: 1,
        })
    }

    /// To 16 bits, with noise of a triangular distribution, which leaves no trace of the steps. Silence stays silence.
    fn quantized(&mut self, sample: f32) -> i16 {
        if sample == 0.0 {
            return 0;
        }
        let noise = self.uniform() - self.uniform();
        (sample * f32::from(i16::MAX) + noise)
            .round()
            .clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
    }

    /// Marsaglia's xorshift, from 0 to 1: any noise will do, as long as it is the same each time.
    fn uniform(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        self.noise as f32 / u32::MAX as f32
    }
}

impl Encoder for Wav {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        let samples = samples.iter().map(|&sample| self.quantized(sample));
        let bytes: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
        let written = self.file.write_all(&bytes);
        written.map_err(ExportError::unwritable(&self.path))
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        let flushed = self.file.flush();
        flushed.map_err(ExportError::unwritable(&self.path))
    }
}

/// Everything in front of the samples; `None` if they are too many for the format.
fn header(about: &About, timeline: &Timeline) -> Option<Vec<u8>> {
    let data = u32::try_from(timeline.length.0)
        .ok()?
        .checked_mul(BYTES_A_SAMPLE)?;
    let mut body = b"WAVE".to_vec();
    body.extend(chunk(b"fmt ", &format()));
    body.extend(chunk(b"LIST", &info(about)));
    body.extend(chunk(b"cue ", &cues(timeline)));
    body.extend(chunk(b"LIST", &labels(timeline)));
    body.extend(b"data");
    body.extend(data.to_le_bytes());
    let size = u32::try_from(body.len()).ok()?.checked_add(data)?;
    let mut header = b"RIFF".to_vec();
    header.extend(size.to_le_bytes());
    header.extend(body);
    Some(header)
}

/// A chunk has an even length.
fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend((body.len() as u32).to_le_bytes());
    chunk.extend(body);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// PCM, one channel.
fn format() -> Vec<u8> {
    let mut format = [1_u16, 1].map(u16::to_le_bytes).concat();
    format.extend(SAMPLE_RATE.to_le_bytes());
    format.extend((SAMPLE_RATE * BYTES_A_SAMPLE).to_le_bytes());
    format.extend([BYTES_A_SAMPLE as u16, 16].map(u16::to_le_bytes).concat());
    format
}

fn info(about: &About) -> Vec<u8> {
    let own = about.own_tags().into_iter();
    let own = own.map(|(name, value)| format!("{}: {value}. ", name.to_lowercase()));
    let comment = own.collect::<String>() + about.comment;
    let mut info = b"INFO".to_vec();
    for (name, value) in [
        (b"INAM", &*about.title),
        (b"IART", about.artist),
        (b"ICRD", &*about.date),
        (b"ICMT", &*comment),
    ] {
        info.extend(chunk(name, &terminated(value)));
    }
    info
}

/// A point in the data for each chapter.
fn cues(timeline: &Timeline) -> Vec<u8> {
    let mut cues = (timeline.chapters.len() as u32).to_le_bytes().to_vec();
    for (chapter, number) in timeline.chapters.iter().zip(1_u32..) {
        let at = chapter.from.0 as u32;
        cues.extend([number, at].map(u32::to_le_bytes).concat());
        cues.extend(b"data");
        cues.extend([0, 0, at].map(u32::to_le_bytes).concat());
    }
    cues
}

fn labels(timeline: &Timeline) -> Vec<u8> {
    let mut labels = b"adtl".to_vec();
    for (chapter, number) in timeline.chapters.iter().zip(1_u32..) {
        let label = [&number.to_le_bytes()[..], &terminated(&chapter.title)].concat();
        labels.extend(chunk(b"labl", &label));
    }
    labels
}

fn terminated(text: &str) -> Vec<u8> {
    [text.as_bytes(), &[0]].concat()
}
