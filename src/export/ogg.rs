//! Ogg Opus, with tags and chapters as comments (`CHAPTER000` and `CHAPTER000NAME`).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use opus_pure::{
    Application, Error, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead, OpusTags,
};

use super::about::{About, Cover};
use super::encoder::{Encoder, Recording};
use super::error::ExportError;
use super::timeline::{Timeline, clock};
use crate::base::SAMPLE_RATE;

/// As good as speech and soft tones need it.
const BITS_A_SECOND: i32 = 32_000;

/// Samples in a packet: 20 ms.
const PACKET: usize = SAMPLE_RATE as usize / 50;

/// "soft": it stands in each page. Any number does, as long as it is the same each time.
const SERIAL: u32 = 0x736f_6674;

/// The kind of a picture that is the front cover (in FLAC's numbers).
const FRONT: u32 = 3;

pub(super) struct Ogg {
    encoder: OpusEncoder,
    writer: OggOpusWriter<BufWriter<File>>,
    /// Samples that are no whole packet yet.
    rest: Vec<f32>,
    packet: Vec<u8>,
    /// Where the sound ends, in samples from the first of the stream: what is padding behind it is not played.
    end: u64,
    /// Samples that the encoder is behind.
    behind: usize,
    path: PathBuf,
}

impl Ogg {
    pub(super) fn new(recording: Recording<'_>) -> Result<Self, ExportError> {
        let encoder = OpusEncoder::new(SAMPLE_RATE.cast_signed(), 1, Application::Audio);
        let mut encoder = encoder.map_err(|error| failed(&recording.path, error))?;
        encoder.bitrate_bps = BITS_A_SECOND;
        let head = OpusHead::for_encoder(&encoder, SAMPLE_RATE);
        let behind = usize::from(head.pre_skip);
        let tags = tags(recording.about, recording.timeline)
            .map_err(|error| failed(&recording.path, error))?;
        let writer = OggOpusWriter::with_serial(BufWriter::new(recording.file), head, tags, SERIAL);
        Ok(Self {
            encoder,
            writer: writer.map_err(|error| failed(&recording.path, error))?,
            rest: Vec::new(),
            packet: vec![0; MAX_PACKET_BYTES],
            end: behind as u64,
            behind,
            path: recording.path,
        })
    }

    /// Encodes what is whole; of the last packet, only what is sound counts.
    fn encode(&mut self, is_last: bool) -> Result<(), Error> {
        let whole = self.rest.len() / PACKET;
        for (number, samples) in self.rest.chunks_exact(PACKET).enumerate() {
            let size = self.encoder.encode(samples, PACKET, &mut self.packet)?;
            let packet = &self.packet[..size];
            if is_last && number + 1 == whole {
                let left = self.end.saturating_sub(self.writer.granule() as u64);
                self.writer
                    .write_packet_with_duration(packet, left as u32)?;
            } else {
                self.writer.write_packet(packet)?;
            }
        }
        self.rest.drain(..whole * PACKET);
        Ok(())
    }
}

impl Encoder for Ogg {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        self.rest.extend_from_slice(samples);
        self.end += samples.len() as u64;
        self.encode(false)
            .map_err(|error| failed(&self.path, error))
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        // The last samples are still in the encoder, and leave it with as much silence behind them.
        let padded = (self.rest.len() + self.behind).next_multiple_of(PACKET);
        self.rest.resize(padded, 0.0);
        let encoded = self.encode(true);
        encoded.map_err(|error| failed(&self.path, error))?;
        let Self { writer, path, .. } = *self;
        let mut file = writer.finish().map_err(|error| failed(&path, error))?;
        file.flush().map_err(ExportError::unwritable(&path))
    }
}

fn failed(path: &Path, error: Error) -> ExportError {
    match error {
        Error::Io(cause) => ExportError::unwritable(path)(cause),
        error => ExportError::Encoder(error.to_string()),
    }
}

fn tags(about: &About, timeline: &Timeline) -> Result<OpusTags, Error> {
    let mut tags = OpusTags::new();
    tags.push("TITLE", &about.title)?;
    tags.push("ARTIST", about.artist)?;
    tags.push("ALBUM", about.artist)?;
    tags.push("DATE", &about.date)?;
    tags.push("DESCRIPTION", about.comment)?;
    for (name, value) in about.own_tags() {
        tags.push(name, &value)?;
    }
    if let Some(cover) = &about.cover {
        tags.push(
            "METADATA_BLOCK_PICTURE",
            &BASE64_STANDARD.encode(picture(cover)),
        )?;
    }
    for (number, chapter) in timeline.chapters.iter().enumerate() {
        let name = format!("CHAPTER{number:03}");
        tags.push(&name, &clock(chapter.from, '.'))?;
        tags.push(&format!("{name}NAME"), &chapter.title)?;
    }
    Ok(tags)
}

/// A picture as FLAC has it; its size in pixels may be left to the picture itself.
fn picture(cover: &Cover) -> Vec<u8> {
    let mime_type = cover.mime_type();
    let mut picture = Vec::new();
    picture.extend(FRONT.to_be_bytes());
    picture.extend((mime_type.len() as u32).to_be_bytes());
    picture.extend(mime_type.bytes());
    // No description; width, height, depth and colours are not said.
    picture.extend([0; 5 * size_of::<u32>()]);
    picture.extend((cover.bytes().len() as u32).to_be_bytes());
    picture.extend(cover.bytes());
    picture
}
