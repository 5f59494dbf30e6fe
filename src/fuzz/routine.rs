use super::problems::lie_in;
use crate::base::{Length, Pace, Posture};
use crate::plan::{Plan, Setting};
use crate::routine::{Companion, Form, Routine};

/// A routine file: it can be laid out, or each of its problems has a place in it.
pub fn routine(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Routine::parse("routine.toml", &text) {
        Ok(routine) => is_laid_out(&routine),
        Err(problems) => lie_in(&text, &problems),
    }
}

fn is_laid_out(routine: &Routine) {
    let companion = Companion::built_in();
    let paced = Pace::ALL.into_iter();
    let paced = paced.flat_map(|pace| Posture::ALL.map(|posture| (pace, posture)));
    let lengths = Length::ALL.into_iter().zip(Form::ALL).cycle();
    for ((pace, posture), (length, form)) in paced.zip(lengths) {
        let setting = Setting {
            pace,
            posture,
            length,
            form,
        };
        is_sound(&Plan::compile(routine, &companion, setting));
    }
}

/// Whatever a cue or a movement names is there, and no time runs backwards.
fn is_sound(plan: &Plan) {
    for (index, planned) in plan.cues.iter().enumerate() {
        assert!(planned.restart <= index, "{planned:?}");
        assert!(planned.movement < plan.movements.len(), "{planned:?}");
    }
    let firsts = plan.movements.iter().map(|movement| movement.first);
    assert!(firsts.is_sorted());
    assert!(plan.begun <= plan.cues.len());
    assert!(plan.total() <= plan.whole());
    assert!(plan.timed().all(|cue| cue.begins <= plan.whole()));
    assert_eq!(plan.to_string().is_empty(), plan.cues.is_empty());
}
