//! M4B: AAC-LC in MPEG-4. The sound is written as it comes; what a player has to know stands behind it.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

use syom::{AacError, EncodeOptions, EncodedFrame};

use super::about::About;
use super::encoder::{Encoder, Recording};
use super::error::ExportError;
use super::mp4::{self, Sound, Table};
use super::timeline::Chapter;
use crate::base::SAMPLE_RATE;

/// As good as speech and soft tones need it.
const BITS_A_SECOND: u32 = 80_000;

/// Frames of AAC that lie together: a second.
const IN_CHUNK: u32 = SAMPLE_RATE / mp4::AAC_FRAME;

pub(super) struct M4b {
    encoder: syom::Encoder,
    out: Out,
    titles: Table,
    about: About,
    chapters: Vec<Chapter>,
}

/// The file, with what is known of the frames in it.
struct Out {
    file: BufWriter<File>,
    path: PathBuf,
    /// Where the next byte goes.
    at: u32,
    /// Where the box begins that holds the sound.
    mdat: u32,
    table: Table,
}

impl M4b {
    pub(super) fn new(recording: Recording<'_>) -> Result<Self, ExportError> {
        let options = EncodeOptions::raw().with_bitrate_bps(BITS_A_SECOND);
        let encoder =
            syom::Encoder::new(SAMPLE_RATE, 1, &options).map_err(|error| failed(&error))?;
        let mut out = Out {
            file: BufWriter::new(recording.file),
            path: recording.path,
            at: 0,
            mdat: 0,
            table: Table {
                in_chunk: IN_CHUNK,
                ..Table::default()
            },
        };
        out.write(&mp4::ftyp())?;
        out.mdat = out.at;
        // Its size is written when it is known.
        out.write(&mp4::boxed(b"mdat", &[]))?;
        let titles = out.write_titles(&recording.timeline.chapters)?;
        Ok(Self {
            encoder,
            out,
            titles,
            about: recording.about.clone(),
            chapters: recording.timeline.chapters.clone(),
        })
    }
}

impl Encoder for M4b {
    fn write(&mut self, samples: &[f32]) -> Result<(), ExportError> {
        let Self { encoder, out, .. } = self;
        let mut written = Ok(());
        let fed = encoder.feed(&[samples], |frame| out.frame(&frame, &mut written));
        written?;
        fed.map(drop).map_err(|error| failed(&error))
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let Self {
            mut encoder,
            mut out,
            titles,
            about,
            chapters,
        } = *self;
        let mut written = Ok(());
        let finished = encoder.finish(|frame| out.frame(&frame, &mut written));
        written?;
        let info = finished.map_err(|error| failed(&error))?;
        let too_long = |_| ExportError::TooLong;
        let sound = Sound {
            table: std::mem::take(&mut out.table),
            config: encoder.asc().to_vec(),
            priming: u32::try_from(info.priming).map_err(too_long)?,
            length: u32::try_from(info.samples).map_err(too_long)?,
        };
        let end = out.at;
        out.write(&mp4::moov(&sound, &titles, &chapters, &about))?;
        out.patch_size(end)
    }
}

impl Out {
    fn write(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        let written = self.file.write_all(bytes);
        written.map_err(ExportError::unwritable(&self.path))?;
        let at = u64::from(self.at) + bytes.len() as u64;
        self.at = u32::try_from(at).map_err(|_| ExportError::TooLong)?;
        Ok(())
    }

    /// A frame of AAC; what goes wrong is left in `written`, for the encoder knows only errors of its own.
    fn frame(
        &mut self,
        frame: &EncodedFrame<'_>,
        written: &mut Result<(), ExportError>,
    ) -> syom::Result<()> {
        if self.table.sizes.len().is_multiple_of(IN_CHUNK as usize) {
            self.table.chunks.push(self.at);
        }
        self.table.sizes.push(frame.au.len() as u32);
        *written = self.write(frame.au);
        match written {
            Ok(()) => Ok(()),
            Err(_) => Err(AacError::encode("it could not be written")),
        }
    }

    /// The titles of the chapters, in a chunk in front of the sound.
    fn write_titles(&mut self, chapters: &[Chapter]) -> Result<Table, ExportError> {
        let titles = mp4::titles(chapters);
        let table = Table {
            sizes: titles.iter().map(|title| title.len() as u32).collect(),
            chunks: vec![self.at],
            in_chunk: titles.len() as u32,
        };
        self.write(&titles.concat())?;
        Ok(table)
    }

    /// The box with the sound ends at `end`.
    fn patch_size(mut self, end: u32) -> Result<(), ExportError> {
        let size = end - self.mdat;
        let patched = self.file.seek(SeekFrom::Start(self.mdat.into()));
        let patched = patched.and_then(|_| self.file.write_all(&size.to_be_bytes()));
        let patched = patched.and_then(|()| self.file.flush());
        patched.map_err(ExportError::unwritable(&self.path))
    }
}

fn failed(error: &AacError) -> ExportError {
    ExportError::Encoder(error.to_string())
}
