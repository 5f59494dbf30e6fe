//! Ogg Opus, with tags and chapters as comments (`CHAPTER000` and `CHAPTER000NAME`).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use opus_pure::{Error, OpusTags};

use super::about::{About, Cover};
use super::encoder::{Encoder, Recording};
use super::error::ExportError;
use super::opus::Stream;
use super::timeline::{Timeline, clock};

/// As good as speech and soft tones need it.
const BITS_A_SECOND: i32 = 32_000;

/// The kind of a picture that is the front cover (in FLAC's numbers).
const FRONT: u32 = 3;

pub(super) struct Ogg {
    stream: Stream<BufWriter<File>>,
    path: PathBuf,
}

impl Ogg {
    pub(super) fn new(recording: Recording<'_>) -> Result<Self, ExportError> {
        let tags = tags(recording.about, recording.timeline);
        let file = BufWriter::new(recording.file);
        let stream = tags.and_then(|tags| Stream::new(file, BITS_A_SECOND, tags));
        let stream = stream.map_err(|error| failed(&recording.path, error))?;
        Ok(Self {
            stream,
            path: recording.path,
        })
    }
}

impl Encoder for Ogg {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        let written = self.stream.write(samples);
        written.map_err(|error| failed(&self.path, error))
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let Self { stream, path } = *self;
        let mut file = stream.finish().map_err(|error| failed(&path, error))?;
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
