//! What is heard when: the sentences for captions, and the movements for chapters.

use std::sync::Arc;

use super::perform::Performance;
use crate::base::{Frames, Moment};
use crate::session::{Session, Sound};

/// A sentence or a word, from its first sample to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caption {
    pub from: Frames,
    pub to: Frames,
    pub text: Arc<str>,
}

/// A movement, up to the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chapter {
    pub from: Frames,
    pub to: Frames,
    pub title: Arc<str>,
}

/// All of a recording but its sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub captions: Vec<Caption>,
    pub chapters: Vec<Chapter>,
    pub length: Frames,
}

impl Timeline {
    /// What a performance was, with the headings that were seen on its way.
    pub(super) fn new(session: &Session, performance: &Performance, headings: Headings) -> Self {
        let length = performance.length;
        let said = performance.sounds.iter().filter_map(|(at, sound)| {
            let Sound::Speech(utterance) = sound else {
                return None;
            };
            let from = at.since(Moment::START);
            Some(Caption {
                from,
                to: (from + session.takes(utterance)).min(length),
                text: utterance.text().clone(),
            })
        });
        let mut captions: Vec<_> = said.collect();
        captions.sort_by_key(|caption| caption.from);
        Self {
            captions,
            chapters: headings.chapters(length),
            length,
        }
    }
}

/// The shortest chapter.
const SHORTEST: Frames = Frames::from_millis(1000);

/// The headings that a session went through, each with where it began.
#[derive(Clone, Debug, Default)]
pub(super) struct Headings(Vec<(Frames, Arc<str>)>);

impl Headings {
    /// The session is under this heading now.
    pub(super) fn see(&mut self, now: Moment, title: Arc<str>) {
        // What is over at once is no chapter: the next one takes its place.
        if let Some((_, last)) = self
            .0
            .last_mut()
            .filter(|(from, _)| now.since(Moment::START) < *from + SHORTEST)
        {
            *last = title;
        } else if self.0.last().is_none_or(|(_, last)| *last != title) {
            // The first one begins with the file.
            let from = if self.0.is_empty() {
                Frames::ZERO
            } else {
                now.since(Moment::START)
            };
            self.0.push((from, title));
        }
    }

    fn chapters(self, end: Frames) -> Vec<Chapter> {
        let ends = self.0.iter().skip(1).map(|(from, _)| *from).chain([end]);
        let ends: Vec<_> = ends.collect();
        let chapters = self.0.into_iter().zip(ends);
        chapters
            .map(|((from, title), to)| Chapter { from, to, title })
            .collect()
    }
}

/// "00:01:02.345".
pub(super) fn clock(at: Frames, point: char) -> String {
    let ms = at.millis();
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let (seconds, ms) = (ms / 1000 % 60, ms % 1000);
    format!("{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_lasts_until_another_one() {
        let mut headings = Headings::default();
        for (at, title) in [
            (40, "Welcome"),
            (5000, "Welcome"),
            (9600, "Release"),
            (10_000, "Rest"),
            (60_000, "Rest"),
        ] {
            headings.see(Moment(at * 10), title.into());
        }
        let chapter = |from, to, title: &str| Chapter {
            from: Frames(from),
            to: Frames(to),
            title: title.into(),
        };
        assert_eq!(
            headings.chapters(Frames(960_000)),
            [
                chapter(0, 96_000, "Welcome"),
                chapter(96_000, 960_000, "Rest")
            ]
        );
    }
}
