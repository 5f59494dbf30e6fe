//! MP3, with the tags and chapters of ID3 in front (CHAP and CTOC).

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

use id3::frame::{Chapter as Chap, Comment, ExtendedText, Picture, PictureType, TableOfContents};
use id3::{Frame, Tag, TagLike, Version};
use rusty_mp3::{Error, Mp3Encoder, Mp3EncoderConfig};

use super::about::About;
use super::encoder::{Encoder, Recording};
use super::error::ExportError;
use super::timeline::Chapter;
use crate::base::SAMPLE_RATE;

/// On average. A variable rate, for at a constant one the encoder keeps all that it has made until the end.
const KBITS_A_SECOND: f32 = 80.0;

/// There are no offsets in bytes, only times.
const NO_OFFSET: u32 = u32::MAX;

pub(super) struct Mp3 {
    encoder: Mp3Encoder,
    file: BufWriter<File>,
    path: PathBuf,
    /// Where the sound begins, behind the tags.
    begin: u64,
}

impl Mp3 {
    pub(super) fn new(recording: Recording<'_>) -> Result<Self, ExportError> {
        let mut tags = Vec::new();
        let made =
            tag(recording.about, &recording.timeline.chapters).write_to(&mut tags, Version::Id3v24);
        made.map_err(|error| ExportError::Encoder(error.to_string()))?;
        let mut file = BufWriter::new(recording.file);
        let written = file.write_all(&tags);
        written.map_err(ExportError::unwritable(&recording.path))?;
        let encoder = Mp3Encoder::new(Mp3EncoderConfig {
            bitrate_kbps: 0,
            vbr_quality: Some(KBITS_A_SECOND),
        });
        Ok(Self {
            encoder,
            file,
            path: recording.path,
            begin: tags.len() as u64,
        })
    }

    fn drain(&mut self) -> Result<(), ExportError> {
        loop {
            match self.encoder.next_packet() {
                Ok(packet) => {
                    let written = self.file.write_all(&packet);
                    written.map_err(ExportError::unwritable(&self.path))?;
                }
                Err(Error::Again | Error::Eof) => return Ok(()),
                Err(error) => return Err(failed(&error)),
            }
        }
    }
}

impl Encoder for Mp3 {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        let pushed = self.encoder.push_pcm_f32(samples, 1, SAMPLE_RATE);
        pushed.map_err(|error| failed(&error))?;
        self.drain()
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.encoder.finish();
        self.drain()?;
        let Self {
            encoder,
            mut file,
            path,
            begin,
        } = *self;
        let mut written = Ok(());
        // The first frame says how long it all is, and what a player leaves out at either end.
        if let Some(first) = encoder.lame_tag_frame() {
            let begun = file.seek(SeekFrom::Start(begin));
            written = begun.and_then(|_| file.write_all(first));
        }
        let written = written.and_then(|()| file.flush());
        written.map_err(ExportError::unwritable(&path))
    }
}

fn failed(error: &Error) -> ExportError {
    ExportError::Encoder(error.to_string())
}

fn tag(about: &About, chapters: &[Chapter]) -> Tag {
    let mut tag = Tag::new();
    tag.set_title(&*about.title);
    tag.set_artist(about.artist);
    tag.set_album(about.artist);
    tag.set_genre("Audiobook");
    tag.set_text("TDRC", &*about.date);
    tag.add_frame(Comment {
        lang: "eng".into(),
        description: String::new(),
        text: about.comment.into(),
    });
    for (description, value) in about.own_tags() {
        tag.add_frame(ExtendedText {
            description: description.into(),
            value,
        });
    }
    if let Some(cover) = &about.cover {
        tag.add_frame(Picture {
            mime_type: cover.mime_type().into(),
            picture_type: PictureType::CoverFront,
            description: String::new(),
            data: cover.bytes().to_vec(),
        });
    }
    if !chapters.is_empty() {
        tag.add_frame(contents(chapters.len()));
    }
    for (chapter, number) in chapters.iter().zip(1..) {
        tag.add_frame(chap(chapter, number));
    }
    tag
}

fn id(number: usize) -> String {
    format!("chapter{number}")
}

fn contents(chapters: usize) -> TableOfContents {
    TableOfContents {
        element_id: "toc".into(),
        top_level: true,
        ordered: true,
        elements: (1..=chapters).map(id).collect(),
        frames: Vec::new(),
    }
}

fn chap(chapter: &Chapter, number: usize) -> Chap {
    Chap {
        element_id: id(number),
        start_time: chapter.from.millis() as u32,
        end_time: chapter.to.millis() as u32,
        start_offset: NO_OFFSET,
        end_offset: NO_OFFSET,
        frames: vec![Frame::text("TIT2", &*chapter.title)],
    }
}
