//! What comes out of each kind of file is what went in: by other code than that which wrote it, where there is any.

use std::f32::consts::TAU;
use std::fs::{self, File};
use std::path::Path;

use ebur128::Mode;
use opus_pure::{MAX_PACKET_SAMPLES, OggOpusReader, Trim};
use rusty_mp3::Mp3Decoder;
use syom::DecodeOptions;

use super::about::{About, Cover};
use super::encoder::Recording;
use super::format::Format;
use super::level::Meter;
use super::timeline::{Chapter, Timeline};
use super::{Order, Speaker, Studio, make};
use crate::base::{Frames, Length, Pace, Posture, SAMPLE_RATE, VoiceAbility};
use crate::routine::{Companion, Form, ScreeningText, built_in};
use crate::session::{Programme, Repertoire, Session, screening::Terms};

/// A PNG of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

/// Something like speech: a tone that comes and goes, with overtones, and quiet between.
fn samples() -> Vec<f32> {
    let sample = |at: usize| {
        let t = at as f32 / SAMPLE_RATE as f32;
        let swell = (TAU * 1.5 * t).sin().max(0.0);
        let tone = (1..6).map(|n| (TAU * 170.0 * n as f32 * t).sin() / n as f32);
        0.2 * swell * tone.sum::<f32>()
    };
    (0..5 * SAMPLE_RATE as usize + 777).map(sample).collect()
}

fn timeline(length: usize) -> Timeline {
    let length = Frames(length as u64);
    let chapter = |from, to, title: &str| Chapter {
        from,
        to,
        title: title.into(),
    };
    Timeline {
        captions: Vec::new(),
        chapters: vec![
            chapter(Frames::ZERO, Frames::from_millis(1500), "Welcome"),
            chapter(Frames::from_millis(1500), length, "Ruhe \u{2013} Rest"),
        ],
        length,
    }
}

/// The bytes of a file with the samples in it.
fn encoded(format: Format, samples: &[f32]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    let file = File::create(&path).expect("a file");
    let about = About::example().with_cover(Cover::new(PNG.to_vec()));
    let timeline = timeline(samples.len());
    let encoder = format.encoder(Recording {
        file,
        path: path.clone(),
        about: &about,
        timeline: &timeline,
    });
    let mut encoder = encoder.unwrap_or_else(|error| panic!("{error}"));
    for piece in samples.chunks(1111) {
        encoder
            .write(piece)
            .unwrap_or_else(|error| panic!("{error}"));
    }
    encoder.finish().unwrap_or_else(|error| panic!("{error}"));
    fs::read(&path).expect("the file")
}

/// How far what came out is below what went in, in decibels; it has to be as long, and in its place.
#[track_caller]
fn distance(sent: &[f32], came: &[f32]) -> f64 {
    assert_eq!(sent.len(), came.len());
    let power = |samples: &mut dyn Iterator<Item = f32>| -> f64 {
        samples
            .map(|sample| f64::from(sample) * f64::from(sample))
            .sum()
    };
    let signal = power(&mut sent.iter().copied());
    let noise = power(&mut sent.iter().zip(came).map(|(sent, came)| sent - came));
    10.0 * (signal / noise.max(1e-30)).log10()
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

#[test]
fn an_m4b_decodes_to_what_went_in_and_holds_both_kinds_of_chapters() {
    let sent = samples();
    let bytes = encoded(Format::M4b, &sent);
    let decoded = syom::decode_with(&bytes, &DecodeOptions::unbounded()).expect("AAC");
    let distance = distance(&sent, &decoded.channels[0]);
    assert!(distance > 15.0, "{distance}");
    assert_eq!(&bytes[4..12], b"ftypM4B ");
    for part in [
        &b"chpl"[..],
        b"chap",
        b"encd",
        b"elst",
        b"\xa9nam",
        b"stik",
        b"org.softback",
        b"covr",
        PNG,
    ] {
        assert!(has(&bytes, part), "{}", String::from_utf8_lossy(part));
    }
    assert!(has(&bytes, b"\x07Welcome") && has(&bytes, b"\0\x07Welcome"));
    assert_eq!(bytes, encoded(Format::M4b, &sent));
}

#[test]
fn an_mp3_decodes_to_what_went_in_and_has_chapters_in_front() {
    let sent = samples();
    let bytes = encoded(Format::Mp3, &sent);
    let mut decoder = Mp3Decoder::new();
    decoder.push(&bytes);
    decoder.flush();
    let mut came = Vec::new();
    while let Ok(frame) = decoder.next_frame() {
        came.extend(frame.samples);
    }
    // This decoder plays the delay of 528 samples, its own of 529, and the frame that only says so.
    let begin = came.len().min(528 + 529 + 1152);
    let came = &came[begin..came.len().min(begin + sent.len())];
    let distance = distance(&sent, came);
    assert!(distance > 15.0, "{distance}");

    let tag = id3::Tag::read_from2(std::io::Cursor::new(&bytes)).expect("a tag");
    let chapters: Vec<_> = tag
        .chapters()
        .map(|it| (it.start_time, it.end_time))
        .collect();
    assert_eq!(chapters, [(0, 1500), (1500, 5016)]);
    let titles: Vec<_> = tag
        .chapters()
        .map(|it| it.frames[0].content().text().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(titles, ["Welcome", "Ruhe \u{2013} Rest"]);
    assert_eq!(
        tag.tables_of_contents().next().map(|it| it.elements.len()),
        Some(2)
    );
    assert_eq!(tag.pictures().next().map(|it| &*it.data), Some(PNG));
    assert_eq!(bytes, encoded(Format::Mp3, &sent));
}

#[test]
fn an_ogg_decodes_to_what_went_in_and_has_chapters_in_its_comments() {
    let sent = samples();
    let bytes = encoded(Format::Ogg, &sent);
    let mut reader = OggOpusReader::new(&bytes[..]).expect("Ogg");
    let mut decoder = reader
        .head()
        .decoder(SAMPLE_RATE.cast_signed())
        .expect("a decoder");
    let mut trim = Trim::new(reader.head(), SAMPLE_RATE.cast_signed(), 1).expect("a trim");
    let tags = reader.tags().clone();
    let mut block = vec![0.0; MAX_PACKET_SAMPLES];
    let mut came = Vec::new();
    while let Some(packet) = reader.read_packet().expect("a packet") {
        let size = decoder.decode(&packet.data, MAX_PACKET_SAMPLES, &mut block);
        let size = size.expect("sound");
        came.extend_from_slice(trim.keep(&packet, &block[..size]));
    }
    let distance = distance(&sent, &came);
    assert!(distance > 10.0, "{distance}");
    assert_eq!(tags.get("CHAPTER001"), Some("00:00:01.500"));
    assert_eq!(tags.get("CHAPTER001NAME"), Some("Ruhe \u{2013} Rest"));
    assert_eq!(tags.get("PACE"), Some("slow"));
    assert!(tags.get("METADATA_BLOCK_PICTURE").is_some());
    assert_eq!(bytes, encoded(Format::Ogg, &sent));
}

#[test]
fn a_wav_holds_what_went_in_and_labels_for_its_chapters() {
    let sent = samples();
    let bytes = encoded(Format::Wav, &sent);
    let size = u32::from_le_bytes(bytes[4..8].try_into().expect("four bytes"));
    assert_eq!(size as usize, bytes.len() - 8);
    let at = bytes.len() - 2 * sent.len();
    assert_eq!(&bytes[at - 8..at - 4], b"data");
    let (pairs, _) = bytes[at..].as_chunks();
    let came: Vec<_> = pairs
        .iter()
        .map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32767.0)
        .collect();
    let distance = distance(&sent, &came);
    assert!(distance > 70.0, "{distance}");
    for part in [
        &b"cue \x34\0\0\0\x02\0\0\0"[..],
        b"labl",
        b"Welcome\0",
        b"IART",
        b"Softback\0",
    ] {
        assert!(has(&bytes, part), "{}", String::from_utf8_lossy(part));
    }
    assert_eq!(bytes, encoded(Format::Wav, &sent));
}

/// A session of "rest", five minutes, in her own breath: with a voice it takes a moment.
fn rest() -> Session {
    let terms = Terms {
        form: Form::Recording,
        length: Some(Length::Five),
        ..Terms::FIRST
    };
    let repertoire = Repertoire {
        routine: ("rest".into(), built_in("rest").expect("built in")),
        gentle: None,
        screening: ScreeningText::built_in(),
        companion: Companion::built_in(),
    };
    let programme = Programme::new(&repertoire, terms);
    Session::new(programme, Pace::Own, VoiceAbility::Renders)
}

fn order(path: &Path) -> Order {
    Order {
        session: rest(),
        about: About::new("Rest", "2026-11-25", (Pace::Own, Posture::Seated, None)),
        format: Format::Wav,
        path: path.to_owned(),
        captions: None,
        force: false,
    }
}

#[test]
fn a_session_is_as_loud_as_it_should_be_and_its_captions_are_exact() {
    let folder = tempfile::tempdir().expect("a folder");
    let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let studio = Studio::new(Speaker::Heart(voice), folder.path(), 1).expect("space for it");
    let (path, captions) = (
        folder.path().join("rest.wav"),
        folder.path().join("rest.srt"),
    );
    let order = Order {
        captions: Some((super::Captions::Srt, captions.clone())),
        ..order(&path)
    };
    let made = make(&order, &studio, &|_| {}).unwrap_or_else(|error| panic!("{error}"));
    let bytes = fs::read(&path).expect("the file");
    let (pairs, _) = bytes[bytes.len() - 2 * made.length.0 as usize..].as_chunks();
    let came: Vec<_> = pairs
        .iter()
        .map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32767.0)
        .collect();
    let mut meter = Meter::new(Mode::I | Mode::TRUE_PEAK);
    meter.hear(&came);
    assert!(
        (meter.loudness() + 16.0).abs() <= 0.5,
        "{}",
        meter.loudness()
    );
    assert!(meter.true_peak() <= -1.0, "{}", meter.true_peak());

    let text = fs::read_to_string(&captions).expect("captions");
    let times = text.lines().filter_map(|line| line.split_once(" --> "));
    let ms = |time: &str| -> usize {
        let numbers: Vec<usize> = time
            .split([':', ','])
            .map(|it| it.parse().expect("a number"))
            .collect();
        ((numbers[0] * 60 + numbers[1]) * 60 + numbers[2]) * 1000 + numbers[3]
    };
    let loudest = |range: std::ops::Range<usize>| {
        came[range]
            .iter()
            .fold(0.0_f32, |top, it| top.max(it.abs()))
    };
    let mut seen = 0;
    for (from, to) in times.map(|(from, to)| (ms(from) * 48, ms(to) * 48)) {
        seen += 1;
        // A clip begins 10 ms before its first sound, so it is silent just before and at once audible.
        assert!(loudest(from.saturating_sub(480)..from) < 1e-3, "{from}");
        assert!(loudest(from..from + 4800) > 3e-3, "{from}");
        assert!(to <= came.len());
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn what_was_begun_and_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = Speaker::Heart(folder.path().join("no voice"));
    let studio = Studio::new(nowhere, folder.path(), 1).expect("space for it");
    let failed = make(&order(&folder.path().join("rest.wav")), &studio, &|_| {});
    assert!(failed.is_err());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
