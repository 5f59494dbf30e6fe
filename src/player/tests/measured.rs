//! The times that `softback show --exact` tells are those of the session.

use crossbeam_channel::Sender;

use crate::base::{Clip, Frames, Length, Pace, Posture, SpeechLengths, Utterance, VoiceAbility};
use crate::plan::{Cue, Plan, Setting};
use crate::player::tests::performance::perform;
use crate::routine::{Companion, Form, ScreeningText, built_in};
use crate::session::screening::Terms;
use crate::session::{Programme, Repertoire, Session, Sound};
use crate::voice::{Voice, VoiceEvent, VoiceJob};

/// Takes its own time for each letter.
struct Slow;

impl SpeechLengths for Slow {
    fn length(&self, utterance: &Utterance) -> Frames {
        Frames(4321 * utterance.text().len() as u64 + 17)
    }
}

impl Voice for Slow {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        if let VoiceJob::Render(utterance) = job {
            let length = self.length(&utterance);
            let clip = Clip::speech(vec![0.0; length.0 as usize]);
            let rendered = VoiceEvent::Rendered {
                utterance,
                clip,
                length,
            };
            events.send(rendered).expect("someone listens");
        }
    }
}

#[test]
fn the_times_of_a_measured_plan_are_those_of_the_session() {
    let setting = Setting {
        length: Length::Five,
        ..Setting::new(Pace::Standard, Posture::Seated)
    };
    let (routine, companion) = (built_in("rest").expect("built in"), Companion::built_in());
    let plan = Plan::compile(&routine, &companion, setting).measured(&Slow);
    let repertoire = Repertoire {
        routine: ("rest".into(), routine),
        gentle: None,
        screening: ScreeningText::built_in(),
        companion,
    };
    let terms = Terms {
        form: Form::OneByOne,
        length: Some(setting.length),
        posture: Some(setting.posture),
        ..Terms::FIRST
    };
    let programme = Programme::new(&repertoire, terms);
    let session = Session::new(programme, setting.pace, VoiceAbility::Renders);
    let performance = perform(session, &mut Slow, &[]).expect("it can be said");
    let mut heard = performance
        .sounds
        .iter()
        .filter_map(|(at, sound)| match sound {
            Sound::Speech(said) => Some((said, at.0)),
            _ => None,
        });
    let mut compared = 0;
    let mut before = None;
    for cue in plan.timed() {
        let Some(said) = cue.planned.cue.sentence() else {
            continue;
        };
        let (_, at) = heard.find(|(heard, _)| *heard == said).expect("it is said");
        // Behind a wait it depends on her how long it takes.
        if let Some((planned, heard)) = before {
            assert_eq!(cue.begins.0 - planned, at - heard, "{}", said.text());
            compared += 1;
        }
        let waits = matches!(cue.planned.cue, Cue::Ready(_) | Cue::Ask(..));
        before = (!waits).then_some((cue.begins.0, at));
    }
    assert!(compared > 10, "{compared}");
}
