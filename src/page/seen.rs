//! What can be seen of a session, for the page.

use super::answer::{Answers, Breath, Part, Unheard, View};
use crate::base::{Moment, Remedy};
use crate::session::Session;
use crate::session::view::{BreathView, PartView};

/// The session as it is at `now`.
pub(super) fn view(session: &Session, now: Moment) -> View {
    let seen = session.view(now);
    let question = match seen.part {
        PartView::Before { question } => question,
        _ => None,
    };
    let (number, _) = session.place(now).0.unzip();
    let (_, posture) = session.chosen();
    View {
        phase: seen.phase,
        part: part(seen.part),
        question,
        waits: seen.waits,
        answers: session.question(now).map(|question| Answers {
            yes: question.yes,
            no: question.no,
        }),
        leading: seen.leading,
        sentence: seen.sentence.to_string(),
        sentences_begun: seen.sentences_begun,
        unheard: seen.unheard.map(|why| Unheard {
            why: why.to_string(),
            remedy: why.remedy(),
        }),
        title: session.title().to_string(),
        section: seen.section.to_string(),
        movement: seen.movement.to_string(),
        number,
        movements: session.movements(),
        posture,
        pace: seen.pace,
        length: session.length(),
        breath: seen.breath.map(|breath| breath_at(breath, now)),
        elapsed: seen.elapsed.0,
        left: seen.left.0,
    }
}

const fn part(part: PartView) -> Part {
    match part {
        PartView::Before { .. } => Part::Before,
        PartView::Routine => Part::Routine,
        PartView::Close => Part::Close,
        PartView::Over => Part::Over,
    }
}

fn breath_at(breath: BreathView, now: Moment) -> Breath {
    Breath {
        phase: breath.phase,
        began: now.0.saturating_sub(breath.gone.0),
        length: breath.length.0,
        repetition: breath.repetition,
        of: breath.of,
        breaths: breath.breaths,
        inhale: breath.lengths.inhale.0,
        exhale: breath.lengths.exhale.0,
    }
}
