//! Before a movement the care that its kind needs is said, in every session that it belongs to; and after the last one,
//! whom to call for what, and how to stand up.

use std::collections::HashSet;

use super::{Checker, Form, Line, LineKind, Movement, Section};
use crate::base::{Length, Posture};

/// How and how long she does it, and on which day. A recording says what is said one by one.
type Session = (Posture, Length, Form);

/// What is said when she has moved, whatever else the closing says: a test holds it to the built-in one. The last of it ends the session.
pub(super) const CLOSING: [&str; 4] = [
    "For chest pain, trouble breathing, or new weakness or numbness, call {EMERGENCY}.",
    "For a bad headache, bleeding, leaking, tightenings that keep coming, or a baby who moves less, call your maternity \
     unit.",
    "When you get up, hold on to something firm, and stand slowly.",
    "The session is over. Well done, and take good care.",
];

impl Checker<'_> {
    pub(super) fn says_its_care(&mut self, sections: &[Section]) {
        for posture in Posture::ALL {
            for length in Length::ALL {
                for form in [Form::OneByOne, Form::Day] {
                    let session = (posture, length, form);
                    self.says_its_care_in(sections, session);
                    self.closes_in(sections, session);
                }
            }
        }
    }

    /// The last section moves her no more, and says what each [`CLOSING`] says.
    fn closes_in(&mut self, sections: &[Section], session: Session) {
        let (posture, length, _) = session;
        let mut said = sections.iter().filter(|section| section.said_in(posture));
        let moved = said.clone().any(|section| self.more_than_breath(section));
        let Some(closing) = said.next_back().filter(|_| moved) else {
            return;
        };
        let movements = closing.movements.iter();
        let lines = movements.filter(|movement| movement.belongs_to(length));
        let said: Vec<_> = lines
            .flat_map(|movement| surely_said(&movement.lines, session))
            .collect();
        let missed = CLOSING.iter().find(|sentence| !said.contains(sentence));
        let ends = said.last() == CLOSING.last();
        if let Some(sentence) = missed.or(CLOSING.last().filter(|_| !ends)) {
            self.report(
                &closing.at,
                format!("the last section does not say, in every session: \"{sentence}\""),
                "end with a section that says only `part = \"closing\"`; or say in one of your own whom to call for \
                 what, how to get up, and last that the session is over, each word for word",
            );
        }
        self.refuse(
            self.more_than_breath(closing),
            &closing.at,
            "she would move in the last section, and not come to rest",
            "put a section behind it that says only `part = \"closing\"`",
        );
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
                let lines = &movement.lines;
                let breath = lines.iter().position(Line::breathes);
                let (before, after) = lines.split_at(breath.unwrap_or(lines.len()));
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
