//! A run by itself: to which frame each of its sounds belongs.

use crate::base::{Frames, SAFETY_RATE, Utterance};
use crate::plan::Cue;
use crate::session::run::{Begun, Run, Speaking, Wait};

const HORIZON: Frames = Frames::from_millis(30_000);
const FRAME: Frames = Frames(1);

const fn second(s: u64) -> Frames {
    Frames::from_millis(1000 * s)
}

fn said(text: &str) -> Utterance {
    Utterance::new(text, SAFETY_RATE)
}

/// A second beside the plan, and one of the plan.
fn run() -> Run {
    let begun = |start, main| Begun {
        start: second(start),
        end: second(start + 1),
        cue: Cue::Rest(second(1)),
        main,
    };
    Run {
        laid: [begun(0, None), begun(1, Some(7))].into(),
        cursor: second(2),
        ..Run::default()
    }
}

#[test]
fn a_cue_is_behind_her_when_it_has_ended() {
    for (at, before, all) in [
        (second(1) - FRAME, 1, 2),
        (second(1), 0, 1),
        (second(2) - FRAME, 0, 1),
        (second(2), 0, 0),
    ] {
        assert_eq!(run().remaining_before(at).len(), before, "{at:?}");
        assert_eq!(run().remaining(at).len(), all, "{at:?}");
    }
}

#[test]
fn what_remains_comes_when_it_would_have_come() {
    let run = Run {
        queue: [Cue::NotBefore(second(20)), Cue::Chime].into(),
        ..run()
    };
    let remaining = run.remaining(second(5));
    assert_eq!(remaining, [Cue::NotBefore(second(15)), Cue::Chime]);
}

#[test]
fn the_plan_goes_on_with_its_first_frame() {
    assert!(run().still_before(second(1) - FRAME));
    assert!(!run().still_before(second(1)));
}

/// However long it was thought to be.
#[test]
fn what_follows_a_sentence_follows_its_end() {
    for end in [second(5), second(2) - FRAME] {
        let mut run = run();
        run.said(end);
        assert_eq!(run.cursor, end);
        let ends: Vec<_> = run.laid.iter().map(|begun| begun.end).collect();
        assert_eq!(ends, [second(1), end]);
    }
}

#[test]
fn what_begins_where_it_is_dropped_from_is_dropped() {
    for (from, kept) in [(second(1), 1), (second(1) + FRAME, 2)] {
        let mut run = Run {
            words: [(second(0), said("In.")), (second(1), said("Out."))].into(),
            wait: Some(Wait {
                from: second(1),
                ..Wait::default()
            }),
            ..run()
        };
        run.drop_from(from, 9, Vec::new());
        assert_eq!([run.laid.len(), run.words.len()], [kept; 2], "{from:?}");
        assert_eq!(run.wait.is_some(), kept == 2, "{from:?}");
        assert_eq!((run.cursor, run.main), (from, 9));
    }
}

/// While a clip, a key or the service is waited for, it is not looked at for more to be laid.
#[test]
fn nothing_is_laid_behind_what_is_waited_for() {
    let plays = Run {
        at_cursor: true,
        ..run()
    };
    let due = |run: &Run| run.next_due(second(1), HORIZON);
    assert_eq!(due(&plays), Some(second(2)));
    let blocked = Run {
        blocked: true,
        ..plays.clone()
    };
    assert_eq!(due(&blocked), None);
    let wait = Wait {
        timeout: Some(second(20)),
        ..Wait::default()
    };
    let holds = Run {
        wait: Some(wait),
        ..plays.clone()
    };
    assert_eq!(due(&holds), Some(second(20)));
    let speaking = Speaking {
        ticket: 1,
        utterance: said("Hello."),
        since: second(0),
        timeout: second(9),
    };
    let speaks = Run {
        speaking: Some(speaking),
        ..plays
    };
    assert_eq!(due(&speaks), Some(second(9)));
}
