//! Before a movement the care that its kind needs is said, in every session that it belongs to.

use std::collections::HashSet;

use super::{Checker, Form, Line, LineKind, Movement, Section};
use crate::base::{Length, Posture};

/// How and how long she does it, and on which day. A recording says what is said one by one.
type Session = (Posture, Length, Form);

impl Checker<'_> {
    pub(super) fn says_its_care(&mut self, sections: &[Section]) {
        for posture in Posture::ALL {
            for length in Length::ALL {
                for form in [Form::OneByOne, Form::Day] {
                    self.says_its_care_in(sections, (posture, length, form));
                }
            }
        }
    }

    fn says_its_care_in(&mut self, sections: &[Section], session: Session) {
        let (posture, length, _) = session;
        let mut said = HashSet::new();
        for section in sections.iter().filter(|section| section.said_in(posture)) {
            let movements = section.movements.iter();
            let done = movements.filter(|movement| {
                let said = movement.lines.iter().any(|line| line.said_in(posture));
                movement.belongs_to(length) && said
            });
            for movement in done {
                let breath = movement.lines.iter().position(Line::breathes);
                let (before, after) = movement
                    .lines
                    .split_at(breath.unwrap_or(movement.lines.len()));
                let own: HashSet<_> = surely_said(before, session).collect();
                said.extend(&own);
                self.needs_care(movement, section.on_feet, &own, &said);
                said.extend(surely_said(after, session));
            }
        }
    }

    /// `own` is what is said in the movement before its breath, and `said` all that is said before that.
    fn needs_care(
        &mut self,
        movement: &Movement,
        on_feet: bool,
        own: &HashSet<&str>,
        said: &HashSet<&str>,
    ) {
        let Some(kind) = movement.kind else { return };
        for care in kind.care(on_feet) {
            let (said, when) = if care.each_time {
                (own, "in it, for each side anew")
            } else {
                (said, "before it")
            };
            self.refuse(
                !care.one_of.iter().any(|sentence| said.contains(sentence)),
                &movement.at,
                format!("a movement of the kind \"{kind}\" is done without its word of care"),
                format!(
                    "say {when}, at every session that has it: \"{}\"",
                    care.one_of.join("\" or \"")
                ),
            );
        }
    }
}

/// The sentences that are said in such a session at every pace, in every round, and in a recording alike.
fn surely_said(lines: &[Line], (posture, _, form): Session) -> impl Iterator<Item = &str> {
    let said = move |line: &&Line| {
        let always = line.round.is_none() && !line.toned && line.recorded.is_none();
        let says = line.kind == LineKind::Say && always;
        says && line.said_in(posture) && line.said_in_form(form)
    };
    lines.iter().filter(said).map(|line| line.text.as_str())
}
