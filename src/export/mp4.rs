//! The boxes of an M4B (ISO 14496-12, 14496-14, and Apple's `QuickTime` file format): one track of sound, its chapters
//! both as a track of text, for Apple's Books, and as Nero's list, for players on Android, and iTunes' tags.
//!
//! By hand: of the libraries that are kept up, mp4ameta edits files that somebody else has made, and none that makes
//! them knows chapters.

use super::about::{About, Cover, CoverKind};
use super::timeline::Chapter;
use crate::base::{Frames, SAMPLE_RATE};

/// Samples in a frame of AAC.
pub(super) const AAC_FRAME: u32 = 1024;

/// Nero's list has one byte for their number.
const MOST_IN_LIST: usize = 255;

/// Bytes of a box before what is in it: its size and its name.
const HEAD: usize = 8;

/// The longest title in it has 255 bytes; so may one of ours, in any alphabet.
const LONGEST_TITLE: usize = 255;

/// Every track counts in samples, and so does the whole.
const TIMESCALE: u32 = SAMPLE_RATE;

/// Nothing turned, nothing scaled.
const UNITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// "eng", five bits a letter.
const ENGLISH: u16 = 0x15c7;

/// Where samples of a track lie, and how large they are.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub samples: u32,
    /// In bytes, one for each sample; none for the sound, see [`Moov`].
    pub sizes: Vec<u32>,
    /// Where each chunk begins, in bytes of the file.
    pub chunks: Vec<u32>,
    /// Samples in each chunk but the last.
    pub in_chunk: u32,
}

/// A finished track of sound.
#[derive(Debug)]
pub(super) struct Sound {
    pub table: Table,
    /// All of its samples together.
    pub bytes: u64,
    /// The decoder's configuration.
    pub config: Vec<u8>,
    /// Samples that the decoder gives before the first of ours.
    pub priming: u32,
    /// What is to be heard, in samples.
    pub length: u32,
}

/// What opens the file.
pub(super) fn ftyp() -> Vec<u8> {
    boxed(
        b"ftyp",
        &[b"M4B ", &[0; 4], b"M4B ", b"M4A ", b"mp42", b"isom"],
    )
}

/// The chapters' titles, as samples of their track.
pub(super) fn titles(chapters: &[Chapter]) -> Vec<Vec<u8>> {
    // Apple's mark for UTF-8.
    let utf8 = boxed(b"encd", &[&[0, 0, 1, 0]]);
    let sample = |chapter: &Chapter| {
        let title = shortened(&chapter.title).as_bytes();
        [&(title.len() as u16).to_be_bytes()[..], title, &utf8].concat()
    };
    chapters.iter().map(sample).collect()
}

/// All that a player has to know before it plays, with a gap for the sizes of the sound's samples: there are so many
/// that nobody holds them in memory.
#[derive(Debug)]
pub(super) struct Moov {
    pub before: Vec<u8>,
    pub after: Vec<u8>,
}

impl Moov {
    pub(super) fn new(sound: &Sound, titles: &Table, chapters: &[Chapter], about: &About) -> Self {
        let mut before = moov(sound, titles, chapters, about);
        let gap = sound.table.samples * size_of::<u32>() as u32;
        let end = widen(
            &mut before,
            &[b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"],
            gap,
        );
        let after = before.split_off(end);
        Self { before, after }
    }
}

/// Lets each box of the path, of which the first of its name is meant, say that it is so much larger; where the last one
/// ends by now.
fn widen(bytes: &mut [u8], path: &[&[u8; 4]], more: u32) -> usize {
    let (mut at, mut end) = (0, bytes.len());
    for name in path {
        let size = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| bytes[at + byte]));
        while bytes[at + 4..at + HEAD] != **name {
            at += size(at) as usize;
        }
        let size = size(at);
        bytes[at..at + 4].copy_from_slice(&(size + more).to_be_bytes());
        (at, end) = (at + HEAD, at + size as usize);
    }
    end
}

fn moov(sound: &Sound, titles: &Table, chapters: &[Chapter], about: &About) -> Vec<u8> {
    let mvhd = full(
        b"mvhd",
        0,
        &[
            &[0; 8],
            &words(&[TIMESCALE, sound.length, 0x1_0000]),
            &0x0100_u16.to_be_bytes(),
            &[0; 10],
            &words(&UNITY),
            &[0; 24],
            &words(&[3]),
        ],
    );
    let tracks = [
        audio_track(sound, !chapters.is_empty()),
        chapter_track(sound, titles, chapters),
    ];
    let udta = boxed(b"udta", &[&nero(chapters), &meta(about)]);
    let [audio, text] = &tracks;
    let text = if chapters.is_empty() { &[][..] } else { text };
    boxed(b"moov", &[&mvhd, audio, text, &udta])
}

fn audio_track(sound: &Sound, has_chapters: bool) -> Vec<u8> {
    let frames = sound.table.samples;
    let edit = words(&[1, sound.length, sound.priming, 0x1_0000]);
    let edts = boxed(b"edts", &[&full(b"elst", 0, &[&edit])]);
    let chap = boxed(b"tref", &[&boxed(b"chap", &[&words(&[2])])]);
    let chap = if has_chapters { &chap[..] } else { &[] };
    let media = Media {
        handler: b"soun",
        header: full(b"smhd", 0, &[&[0; 4]]),
        entry: sound_entry(sound),
        times: vec![(frames, AAC_FRAME)],
        length: frames * AAC_FRAME,
    };
    // Enabled, in the movie, and in its preview.
    let tkhd = track_header(7, 1, sound.length, 0x0100);
    boxed(b"trak", &[&tkhd, &edts, chap, &media.mdia(&sound.table)])
}

/// It is not enabled: a player lists the titles, and does not draw them.
fn chapter_track(sound: &Sound, titles: &Table, chapters: &[Chapter]) -> Vec<u8> {
    let last = chapters.last().map_or(Frames::ZERO, |last| last.to);
    let media = Media {
        handler: b"text",
        header: text_header(),
        entry: text_entry(),
        times: chapters
            .iter()
            .map(|chapter| (1, (chapter.to - chapter.from).0 as u32))
            .collect(),
        length: last.0 as u32,
    };
    let tkhd = track_header(2, 2, sound.length, 0);
    boxed(b"trak", &[&tkhd, &media.mdia(titles)])
}

fn track_header(flags: u32, id: u32, length: u32, volume: u16) -> Vec<u8> {
    full(
        b"tkhd",
        flags,
        &[
            &[0; 8],
            &words(&[id, 0, length]),
            &[0; 12],
            &volume.to_be_bytes(),
            &[0; 2],
            &words(&UNITY),
            &[0; 8],
        ],
    )
}

struct Media {
    handler: &'static [u8; 4],
    /// The header of its kind of media.
    header: Vec<u8>,
    /// How a sample is to be read.
    entry: Vec<u8>,
    /// So many samples, each so long.
    times: Vec<(u32, u32)>,
    length: u32,
}

impl Media {
    fn mdia(&self, table: &Table) -> Vec<u8> {
        let times = words(&[TIMESCALE, self.length]);
        let mdhd = full(
            b"mdhd",
            0,
            &[&[0; 8], &times, &ENGLISH.to_be_bytes(), &[0; 2]],
        );
        let hdlr = full(b"hdlr", 0, &[&[0; 4], self.handler, &[0; 13]]);
        let here = full(b"url ", 1, &[]);
        let dinf = boxed(b"dinf", &[&full(b"dref", 0, &[&words(&[1]), &here])]);
        let minf = boxed(b"minf", &[&self.header, &dinf, &self.stbl(table)]);
        boxed(b"mdia", &[&mdhd, &hdlr, &minf])
    }

    fn stbl(&self, table: &Table) -> Vec<u8> {
        let entry = full(b"stsd", 0, &[&words(&[1]), &self.entry]);
        let times: Vec<u32> = self
            .times
            .iter()
            .flat_map(|&(count, each)| [count, each])
            .collect();
        let durations = full(
            b"stts",
            0,
            &[&words(&[self.times.len() as u32]), &words(&times)],
        );
        let in_chunks = table.in_chunks();
        let runs = full(
            b"stsc",
            0,
            &[&words(&[in_chunks.len() as u32 / 3]), &words(&in_chunks)],
        );
        let count = [0, table.samples];
        let sizes = full(b"stsz", 0, &[&words(&count), &words(&table.sizes)]);
        let count = [table.chunks.len() as u32];
        let places = full(b"stco", 0, &[&words(&count), &words(&table.chunks)]);
        boxed(b"stbl", &[&entry, &durations, &runs, &sizes, &places])
    }
}

impl Table {
    /// Which chunks hold how many samples, as triples: from this chunk on, so many, by the first entry.
    fn in_chunks(&self) -> Vec<u32> {
        let last = self.samples % self.in_chunk.max(1);
        let mut triples = vec![1, self.in_chunk, 1];
        if last != 0 {
            let chunks = self.chunks.len() as u32;
            if chunks == 1 {
                triples.clear();
            }
            triples.extend([chunks, last, 1]);
        }
        triples
    }
}

/// "mp4a", with the decoder's configuration.
fn sound_entry(sound: &Sound) -> Vec<u8> {
    let seconds = (u64::from(sound.length) / u64::from(SAMPLE_RATE)).max(1);
    let bits = u32::try_from(sound.bytes * 8 / seconds).unwrap_or(u32::MAX);
    let config = descriptor(5, &[&sound.config]);
    // MPEG-4 audio, a stream of sound.
    let decoder = descriptor(4, &[&[0x40, 0x15, 0, 0, 0], &words(&[bits, bits]), &config]);
    let stream = descriptor(3, &[&[0; 3], &decoder, &descriptor(6, &[&[2]])]);
    let esds = full(b"esds", 0, &[&stream]);
    let rate = words(&[SAMPLE_RATE << 16]);
    // One channel of 16 bits.
    let shape = [
        &[0; 6][..],
        &[0, 1],
        &[0; 8],
        &[0, 1, 0, 16],
        &[0; 4],
        &rate,
    ];
    boxed(b"mp4a", &[&shape.concat(), &esds])
}

fn descriptor(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    // All of ours are shorter than 128 bytes, which one byte can say.
    [&[tag, body.len() as u8][..], &body].concat()
}

/// The header of Apple's media of other kinds.
fn text_header() -> Vec<u8> {
    let gmin = full(
        b"gmin",
        0,
        &[&[0, 0x40], &[0x80, 0, 0x80, 0, 0x80, 0], &[0; 4]],
    );
    let text = boxed(b"text", &[&words(&UNITY)]);
    boxed(b"gmhd", &[&gmin, &text])
}

/// Plain text; a player that only lists it looks at none of this.
fn text_entry() -> Vec<u8> {
    let shape = [
        &[0; 6][..],
        &[0, 1],
        &[0; 8],
        &[0; 6],
        &[0; 8],
        &[0; 8],
        &[0; 4],
        &[0; 3],
        &[0; 6],
        &[0],
    ];
    boxed(b"text", &[&shape.concat()])
}

/// Nero's list: the beginning of each chapter in units of 100 ns, and its title.
fn nero(chapters: &[Chapter]) -> Vec<u8> {
    let listed = &chapters[..chapters.len().min(MOST_IN_LIST)];
    let mut list = vec![1, 0, 0, 0, 0, 0, 0, 0, listed.len() as u8];
    for chapter in listed {
        let title = shortened(&chapter.title).as_bytes();
        let at = u128::from(chapter.from.0) * 10_000_000 / u128::from(SAMPLE_RATE);
        list.extend((at as u64).to_be_bytes());
        list.push(title.len() as u8);
        list.extend(title);
    }
    boxed(b"chpl", &[&list])
}

/// As much of a title as fits, whole letters.
fn shortened(title: &str) -> &str {
    &title[..title.floor_char_boundary(LONGEST_TITLE)]
}

/// iTunes' tags.
fn meta(about: &About) -> Vec<u8> {
    let text = |name: &[u8], value: &str| tag(name, 1, value.as_bytes());
    let mut tags = [
        text(b"\xa9nam", &about.title),
        text(b"\xa9ART", about.artist),
        text(b"aART", about.artist),
        text(b"\xa9alb", about.artist),
        text(b"\xa9day", &about.date),
        text(b"\xa9cmt", about.comment),
        text(b"desc", about.comment),
        // An audiobook, without a gap.
        tag(b"stik", 21, &[2]),
        tag(b"pgap", 21, &[1]),
    ]
    .concat();
    for (name, value) in about.own_tags() {
        tags.extend(own_tag(name, &value));
    }
    tags.extend(about.cover.iter().flat_map(cover));
    let hdlr = full(b"hdlr", 0, &[&[0; 4], b"mdir", b"appl", &[0; 9]]);
    full(b"meta", 0, &[&hdlr, &boxed(b"ilst", &[&tags])])
}

fn cover(cover: &Cover) -> Vec<u8> {
    let kind = match cover.kind() {
        CoverKind::Jpeg => 13,
        CoverKind::Png => 14,
    };
    tag(b"covr", kind, cover.bytes())
}

fn tag(name: &[u8], kind: u32, value: &[u8]) -> Vec<u8> {
    boxed(name, &[&boxed(b"data", &[&words(&[kind, 0]), value])])
}

fn own_tag(name: &str, value: &str) -> Vec<u8> {
    let mean = full(b"mean", 0, &[b"org.softback"]);
    let name = full(b"name", 0, &[name.as_bytes()]);
    let data = boxed(b"data", &[&words(&[1, 0]), value.as_bytes()]);
    boxed(b"----", &[&mean, &name, &data])
}

pub(super) fn boxed(name: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let size: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(size + HEAD);
    out.extend(((size + HEAD) as u32).to_be_bytes());
    out.extend(name);
    for part in parts {
        out.extend(*part);
    }
    out
}

/// A box with a version, which is 0 in all of ours, and flags.
fn full(name: &[u8], flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let head = flags.to_be_bytes();
    let parts: Vec<&[u8]> = [&head[..]]
        .into_iter()
        .chain(parts.iter().copied())
        .collect();
    boxed(name, &parts)
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_told_of_with_their_last_one() {
        let table = |samples: u32, in_chunk: u32| Table {
            samples,
            sizes: Vec::new(),
            chunks: vec![0; samples.div_ceil(in_chunk) as usize],
            in_chunk,
        };
        assert_eq!(table(96, 48).in_chunks(), [1, 48, 1]);
        assert_eq!(table(100, 48).in_chunks(), [1, 48, 1, 3, 4, 1]);
        assert_eq!(table(5, 48).in_chunks(), [1, 5, 1]);
    }

    #[test]
    fn a_box_says_how_large_it_is() {
        let inner = full(b"url ", 1, &[]);
        assert_eq!(inner, b"\0\0\0\x0curl \0\0\0\x01");
        assert_eq!(boxed(b"dref", &[&inner]).len(), 8 + inner.len());
    }

    #[test]
    fn a_gap_is_made_where_a_box_ends_and_counts_in_each_box_around_it() {
        let inner = full(b"stsz", 0, &[&words(&[0, 2])]);
        let around = |inner: &[u8]| {
            boxed(
                b"moov",
                &[&boxed(b"mvhd", &[]), &boxed(b"stbl", &[inner, b"behind"])],
            )
        };
        let mut gap = around(&inner);
        let end = widen(&mut gap, &[b"moov", b"stbl", b"stsz"], 8);
        let after = gap.split_off(end);
        let filled = [&gap[..], &words(&[7, 9]), &after].concat();
        assert_eq!(filled, around(&full(b"stsz", 0, &[&words(&[0, 2, 7, 9])])));
    }

    #[test]
    fn long_titles_end_between_letters() {
        let long = "\u{e9}".repeat(200);
        assert_eq!(shortened(&long).chars().count(), 127);
        assert_eq!(shortened("Rest"), "Rest");
    }
}
