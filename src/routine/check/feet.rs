//! Whoever stands does so briefly, for one posture's sake, and is told to sit down again.

use std::ops::Range;

use super::{
    Checker, Companion, Form, Line, Manner, Movement, Section, SectionFile, times_on_feet,
};
use crate::base::{Estimate, Frames, Length, Pace, Posture};

/// She stands no longer than this by the plan (ACOG804: no long motionless standing; the figure is a house rule).
const LONGEST_STANDING_BY_PLAN: Frames = Frames::from_millis(300_000);

impl Checker<'_> {
    pub(super) fn stands_once(&mut self, at: &Range<usize>, file: &SectionFile) {
        self.refuse(
            file.on_feet != (file.posture == Some(Posture::Standing)),
            at,
            "a section for her feet, and for one posture only",
            "write both `on_feet = true` and `posture = \"standing\"`, so that the time on her feet is counted",
        );
        let slower = file
            .no_faster_than
            .is_some_and(|pace| pace != Pace::Standard);
        self.refuse(
            file.on_feet && slower,
            at,
            "she would stand for longer than at the standard pace",
            "take `no_faster_than` out: long standing makes light in the head [ACOG804, SWAY]",
        );
    }

    /// Whoever stands is told to sit down before anything seated comes, and before the end.
    pub(super) fn sits_down(&mut self, sections: &[Section]) {
        let mut stands: Option<&Section> = None;
        for section in said_to_her(sections) {
            for movement in &section.movements {
                match stands {
                    _ if movement.surely_sits_down() => stands = None,
                    Some(standing) if !section.on_feet => {
                        self.stays_standing(standing);
                        stands = None;
                    }
                    _ => stands = Some(section).filter(|_| section.on_feet),
                }
            }
        }
        if let Some(standing) = stands {
            self.stays_standing(standing);
        }
    }

    fn stays_standing(&mut self, section: &Section) {
        self.report(
            &section.at,
            "she stands up and is not told to sit down before what comes next",
            "end the section with a movement that has `sits_down = true` and a line that tells her, said \
             at every session: it is said when she has stood for long enough, too [SWAY, ACOG804]",
        );
    }

    /// The longest form of the routine keeps her on her feet for five minutes at most.
    pub(super) fn stands_briefly(&mut self, sections: &[Section]) {
        if !sections.iter().any(|section| section.on_feet) {
            return;
        }
        let companion = Companion::built_in();
        let says = |line: &Line| {
            line.said_in(Posture::Standing)
                && line.said_in_form(Form::OneByOne)
                && line.said_in_round(1)
        };
        // Whichever session has the most of a movement: no length is let off.
        let time = |section: &Section, movement: &Movement| {
            let times = Length::ALL.map(|length| {
                let manner = Manner {
                    pace: section.pace(Pace::Standard),
                    length,
                    ..Manner::safety(&companion)
                };
                manner.time(movement, says, &Estimate)
            });
            times.into_iter().max().unwrap_or_default()
        };
        let movements = said_to_her(sections).flat_map(|section| {
            let said = section.movements.iter();
            let said = said.filter(|movement| movement.lines.iter().any(says));
            said.map(|movement| {
                let stands = section.on_feet && !movement.sits_down;
                (&section.at, stands, time(section, movement))
            })
        });
        for (at, time) in times_on_feet(movements) {
            self.refuse(
                time > LONGEST_STANDING_BY_PLAN,
                at,
                format!("she would stand for {time}, and 5 minutes are the most"),
                "leave movements out, count fewer breaths, or let her sit down sooner: long standing \
                 makes light in the head [ACOG804, SWAY]",
            );
        }
    }
}

/// The sections that are said to whoever chose to stand.
fn said_to_her(sections: &[Section]) -> impl Iterator<Item = &Section> {
    let standing = |section: &&Section| section.said_in(Posture::Standing);
    sections.iter().filter(standing)
}

impl Movement {
    /// Whether it tells her to sit down at every session.
    fn surely_sits_down(&self) -> bool {
        let always = |line: &Line| {
            line.said_in(Posture::Standing) && line.form.is_none() && line.round.is_none()
        };
        self.sits_down && self.lines.iter().any(always)
    }
}
