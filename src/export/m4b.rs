//! M4B: AAC-LC in MPEG-4. The sound is written as it comes; what a player has to know stands behind it.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

use syom::{AacError, EncodeOptions, EncodedFrame};

use super::about::About;
use super::encoder::{Encoder, Recording};
use super::error::ExportError;
use super::mp4::{self, Moov, Sound, Table};
use super::timeline::Chapter;
use crate::base::SAMPLE_RATE;
use crate::base::files::folder_of;

/// From 0 to 10: its noise stays just where the sound itself covers it, however many bits that takes. A given number of
/// bits a second would have to be looked for in each frame, which takes twice as long.
const QUALITY: u8 = 5;

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
    /// The size of each frame: there are 170,000 in an hour, so they wait on the disk, in a file without a name.
    sizes: BufWriter<File>,
}

impl M4b {
    pub(super) fn new(recording: Recording<'_>) -> Result<Self, ExportError> {
        let options = EncodeOptions::raw().with_quality(QUALITY);
        let encoder =
            syom::Encoder::new(SAMPLE_RATE, 1, &options).map_err(|error| failed(&error))?;
        let sizes = tempfile::tempfile_in(folder_of(&recording.path));
        let sizes = sizes.map_err(ExportError::unwritable(&recording.path))?;
        let mut out = Out {
            file: BufWriter::new(recording.file),
            path: recording.path,
            at: 0,
            mdat: 0,
            table: Table {
                in_chunk: IN_CHUNK,
                ..Table::default()
            },
            sizes: BufWriter::new(sizes),
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
        let end = out.at;
        let sound = Sound {
            table: std::mem::take(&mut out.table),
            bytes: info.bytes,
            config: encoder.asc().to_vec(),
            priming: u32::try_from(info.priming).map_err(too_long)?,
            length: u32::try_from(info.samples).map_err(too_long)?,
        };
        let moov = Moov::new(&sound, &titles, &chapters, &about);
        out.write(&moov.before)?;
        out.write_sizes()?;
        out.write(&moov.after)?;
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
        if self.table.samples.is_multiple_of(IN_CHUNK) {
            self.table.chunks.push(self.at);
        }
        self.table.samples += 1;
        let size = (frame.au.len() as u32).to_be_bytes();
        let kept = self.sizes.write_all(&size);
        let kept = kept.map_err(ExportError::unwritable(&self.path));
        *written = kept.and_then(|()| self.write(frame.au));
        match written {
            Ok(()) => Ok(()),
            Err(_) => Err(AacError::encode("it could not be written")),
        }
    }

    /// The titles of the chapters, in a chunk in front of the sound.
    fn write_titles(&mut self, chapters: &[Chapter]) -> Result<Table, ExportError> {
        let titles = mp4::titles(chapters);
        let table = Table {
            samples: titles.len() as u32,
            sizes: titles.iter().map(|title| title.len() as u32).collect(),
            chunks: vec![self.at],
            in_chunk: titles.len() as u32,
        };
        self.write(&titles.concat())?;
        Ok(table)
    }

    /// The sizes of all frames, as they are wanted in the file.
    fn write_sizes(&mut self) -> Result<(), ExportError> {
        let rewound = self.sizes.rewind();
        let copied = rewound.and_then(|()| io::copy(self.sizes.get_mut(), &mut self.file));
        copied
            .map(drop)
            .map_err(ExportError::unwritable(&self.path))
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
