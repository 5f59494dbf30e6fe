//! Captions beside the sound: `WebVTT`, `SubRip`, and lyrics.

use std::fmt::Write as _;
use std::path::Path;

use strum::{Display, EnumString, VariantNames};

use super::about::About;
use super::error::ExportError;
use super::format::by_ending;
use super::timeline::{Timeline, clock};
use crate::base::Frames;

/// A kind of captions, by the ending of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantNames)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
pub(crate) enum Captions {
    Vtt,
    Srt,
    Lrc,
}

impl Captions {
    /// The kind that the name of the file asks for.
    pub(crate) fn of(path: &Path) -> Result<Self, ExportError> {
        by_ending(path)
    }

    /// The whole file.
    pub(crate) fn text(self, timeline: &Timeline, about: &About) -> String {
        match self {
            Self::Vtt => vtt(timeline),
            Self::Srt => srt(timeline),
            Self::Lrc => lrc(timeline, about),
        }
    }
}

/// <https://www.w3.org/TR/webvtt1/>.
fn vtt(timeline: &Timeline) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for caption in &timeline.captions {
        let (from, to) = (clock(caption.from, '.'), clock(caption.to, '.'));
        let said = caption.text.replace('&', "&amp;").replace('<', "&lt;");
        // A string takes whatever is written to it.
        let _ = write!(text, "\n{from} --> {to}\n{}\n", said.replace('>', "&gt;"));
    }
    text
}

fn srt(timeline: &Timeline) -> String {
    let mut text = String::new();
    for (number, caption) in timeline.captions.iter().enumerate() {
        let (from, to) = (clock(caption.from, ','), clock(caption.to, ','));
        let _ = write!(
            text,
            "{}\n{from} --> {to}\n{}\n\n",
            number + 1,
            caption.text
        );
    }
    text
}

/// Lyrics know no end of a line: an empty one stands where there is quiet.
fn lrc(timeline: &Timeline, about: &About) -> String {
    let mut text = format!("[ti:{}]\n[ar:{}]\n", about.title, about.artist);
    let next = timeline.captions.iter().skip(1).map(|next| Some(next.from));
    for (caption, next) in timeline.captions.iter().zip(next.chain([None])) {
        let _ = writeln!(text, "[{}]{}", minutes(caption.from), caption.text);
        if next.is_none_or(|next| next.millis() > caption.to.millis()) {
            let _ = writeln!(text, "[{}]", minutes(caption.to));
        }
    }
    text
}

/// "01:02.345", also beyond an hour.
fn minutes(at: Frames) -> String {
    let ms = at.millis();
    let (minutes, seconds, ms) = (ms / 60_000, ms / 1000 % 60, ms % 1000);
    format!("{minutes:02}:{seconds:02}.{ms:03}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::timeline::Caption;

    fn timeline() -> Timeline {
        let caption = |from, to, text: &str| Caption {
            from: Frames::from_millis(from),
            to: Frames::from_millis(to),
            text: text.into(),
        };
        Timeline {
            captions: vec![
                caption(700, 2345, "Hello, and welcome."),
                caption(2345, 3000, "In & out <now>."),
                caption(3_723_004, 3_724_000, "Out."),
            ],
            length: Frames::from_millis(3_800_000),
            chapters: Vec::new(),
        }
    }

    #[test]
    fn every_kind_is_written_as_it_is_defined() {
        let text = |kind: Captions| kind.text(&timeline(), &About::example());
        assert_eq!(
            text(Captions::Vtt),
            "WEBVTT\n\n00:00:00.700 --> 00:00:02.345\nHello, and welcome.\n\n\
             00:00:02.345 --> 00:00:03.000\nIn &amp; out &lt;now&gt;.\n\n\
             01:02:03.004 --> 01:02:04.000\nOut.\n"
        );
        assert_eq!(
            text(Captions::Srt),
            "1\n00:00:00,700 --> 00:00:02,345\nHello, and welcome.\n\n\
             2\n00:00:02,345 --> 00:00:03,000\nIn & out <now>.\n\n\
             3\n01:02:03,004 --> 01:02:04,000\nOut.\n\n"
        );
        assert_eq!(
            text(Captions::Lrc),
            "[ti:Soft routine]\n[ar:Softback]\n[00:00.700]Hello, and welcome.\n\
             [00:02.345]In & out <now>.\n[00:03.000]\n[62:03.004]Out.\n[62:04.000]\n"
        );
    }

    #[test]
    fn the_ending_says_which_kind() {
        assert_eq!(Captions::of(Path::new("a/b.VTT")).unwrap(), Captions::Vtt);
        let refused = Captions::of(Path::new("a.txt"));
        assert!(matches!(refused, Err(ExportError::UnknownEnding { .. })));
    }
}
