//! What a file says of itself: its tags, and its cover.

use crate::base::{Length, Pace, Posture};

/// A picture for the front, as PNG or JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    bytes: Vec<u8>,
    kind: CoverKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoverKind {
    Png,
    Jpeg,
}

impl Cover {
    /// A picture from the bytes of its file; `None` if it is neither PNG nor JPEG.
    pub(crate) fn new(bytes: Vec<u8>) -> Option<Self> {
        let kind = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            CoverKind::Png
        } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            CoverKind::Jpeg
        } else {
            return None;
        };
        Some(Self { bytes, kind })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) const fn kind(&self) -> CoverKind {
        self.kind
    }

    /// As in "image/png".
    pub(super) const fn mime_type(&self) -> &'static str {
        match self.kind {
            CoverKind::Png => "image/png",
            CoverKind::Jpeg => "image/jpeg",
        }
    }
}

/// The tags of a file. All of it comes from the text and from what was asked for, so that the same input makes the same
/// bytes.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub title: String,
    pub artist: &'static str,
    /// The day of the text: YYYY-MM-DD.
    pub date: String,
    pub pace: Pace,
    pub posture: Posture,
    /// Where the routine has no lengths, none.
    pub length: Option<Length>,
    pub comment: &'static str,
    pub cover: Option<Cover>,
}

/// What stands in every file: it may go on to somebody who has never seen the notice.
const COMMENT: &str = "Development preview, not for use: no midwife, doctor or physiotherapist has reviewed the text yet. \
                       Gentle movement and rest for a healthy pregnancy; not medical advice. Stop at once if anything \
                       hurts or feels wrong.";

impl About {
    /// The tags of a routine of that title; `date` is the day of the text.
    pub(crate) fn new(
        title: &str,
        date: &str,
        (pace, posture, length): (Pace, Posture, Option<Length>),
    ) -> Self {
        Self {
            title: title.to_owned(),
            artist: "Softback",
            date: date.to_owned(),
            pace,
            posture,
            length,
            comment: COMMENT,
            cover: None,
        }
    }

    /// With a picture for the front.
    #[must_use]
    pub(crate) fn with_cover(mut self, cover: Option<Cover>) -> Self {
        self.cover = cover;
        self
    }

    /// What no container has a name for, each with the name that it gets here.
    pub(super) fn own_tags(&self) -> Vec<(&'static str, String)> {
        let length = self.length.map(|length| format!("{length} minutes"));
        let tags = [
            ("PACE", Some(self.pace.to_string())),
            ("POSTURE", Some(self.posture.to_string())),
            ("LENGTH", length),
        ];
        let said = tags.into_iter();
        said.filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// One for tests.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn example() -> Self {
        let how = (Pace::Slow, Posture::Seated, Some(Length::Five));
        Self::new("Soft routine", "2026-11-25", how)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_a_png_or_a_jpeg() {
        let png = Cover::new(b"\x89PNG\r\n\x1a\n....".to_vec()).expect("a PNG");
        assert_eq!((png.kind(), png.mime_type()), (CoverKind::Png, "image/png"));
        let jpeg = Cover::new(vec![0xff, 0xd8, 0xff, 0xe0]).expect("a JPEG");
        assert_eq!(jpeg.mime_type(), "image/jpeg");
        assert_eq!(Cover::new(b"<svg/>".to_vec()), None);
    }

    #[test]
    fn how_it_is_done_stands_in_the_tags() {
        let tags = About::example().own_tags();
        let tag = |name, value: &str| (name, value.to_owned());
        assert_eq!(
            tags,
            [
                tag("PACE", "slow"),
                tag("POSTURE", "seated"),
                tag("LENGTH", "5 minutes")
            ]
        );
    }
}
