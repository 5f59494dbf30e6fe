//! The sound, sample by sample, under a virtual clock: the graph by itself, and a whole session with the built-in voice.

use std::collections::HashMap;
use std::path::Path;

use crate::audio::cue::Cues;
use crate::audio::graph::{BLOCK, Graph, GraphCommand, GraphHandle};
use crate::base::{
    BreathPhase, Clip, FADE, Frames, LIST_PAUSE, Moment, Pace, SAMPLE_RATE, Utterance, VoiceAbility,
};
use crate::plan::{CHIME, YOUR_TURN};
use crate::player::tests::performance::{Performance, perform};
use crate::routine::{Companion, ScreeningText, built_in};
use crate::session::screening::Terms;
use crate::session::{Ending, Programme, Repertoire, Session, Sound};
use crate::voice::{Heart, Voice, VoiceEvent, VoiceJob};
use assert_no_alloc::{assert_no_alloc, violation_count};
use crossbeam_channel::{Sender, unbounded};
use ebur128::{Channel, EbuR128, Mode};

fn graph() -> (Graph, GraphHandle) {
    let (graph, control) = Graph::new();
    (graph.without_floor(), control)
}

fn tone(seconds: f64, level: f32) -> Vec<f32> {
    (0..(seconds * 48_000.0) as usize)
        .map(|frame| level * (frame as f32 * 0.05).sin())
        .collect()
}

fn send(control: &GraphHandle, command: GraphCommand) {
    control.send(command).expect("room in the channel");
}

fn play(control: &GraphHandle, at: u64, clip: Clip) {
    let at = Frames(at);
    send(control, GraphCommand::Play { at, clip });
}

fn render(graph: &mut Graph, frames: usize) -> Vec<f32> {
    let mut out = vec![0.0; frames];
    graph.render(&mut out);
    out
}

fn largest_step(samples: &[f32]) -> f32 {
    let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak, sample| peak.max(sample.abs()))
}

fn is_silent(samples: &[f32]) -> bool {
    samples.iter().all(|&sample| sample.abs() < f32::EPSILON)
}

// ---- the graph ----

#[test]
fn a_clip_sounds_at_its_very_frame() {
    let (mut graph, control) = graph();
    play(&control, 1001, Clip::cue(vec![0.25, 0.5]));
    play(&control, 1003, Clip::cue(vec![0.125]));
    let out = render(&mut graph, 2000);
    assert_eq!(
        format!("{:?}", &out[1000..1005]),
        "[0.0, 0.25, 0.5, 0.125, 0.0]"
    );
    assert_eq!(control.now(), Moment(2000));
}

#[test]
fn a_cut_is_silence_after_the_fade_and_makes_no_click() {
    let (mut graph, control) = graph();
    play(&control, 0, Clip::cue(tone(2.0, 0.4)));
    play(&control, 60_000, Clip::cue(tone(2.0, 0.4)));
    let before = render(&mut graph, 24_000);
    send(&control, GraphCommand::Cut);
    let after = render(&mut graph, 100_000);
    let fade = FADE.0 as usize + BLOCK;
    assert!(peak(&after[..200]) > 0.3, "it fades, it is not chopped off");
    assert!(
        is_silent(&after[fade..]),
        "nothing that was queued is heard"
    );
    assert!(largest_step(&after) <= largest_step(&before) * 1.2);
    assert_eq!(control.run().0, 1);
}

#[test]
fn a_new_run_begins_when_the_cut_is_done() {
    let (mut graph, control) = graph();
    play(&control, 0, Clip::cue(tone(1.0, 0.4)));
    render(&mut graph, 12_000);
    send(&control, GraphCommand::Cut);
    play(&control, 0, Clip::cue(vec![0.5; 10]));
    let after = render(&mut graph, 4096);
    let (run, anchor) = control.run();
    assert_eq!(run, 1);
    let begins = anchor.since(Moment(12_000)).0 as usize;
    let fade = FADE.0 as usize;
    assert!((fade..fade + BLOCK).contains(&begins), "{begins}");
    assert!(
        after[begins..begins + 10]
            .iter()
            .all(|sample| *sample > 0.49)
    );
    // In silence there is nothing to fade: the next run begins at once.
    render(&mut graph, 4096);
    let now = control.now();
    send(&control, GraphCommand::Cut);
    render(&mut graph, BLOCK);
    assert_eq!(control.run(), (2, now));
}

#[test]
fn cues_duck_under_speech_and_come_back() {
    let (mut graph, control) = graph();
    play(&control, 0, Clip::cue(tone(6.0, 0.2)));
    play(&control, 96_000, Clip::speech(vec![0.0; 48_000]));
    let out = render(&mut graph, 288_000);
    let level = |from: usize| peak(&out[from..from + 4800]) / 0.2;
    assert!(level(48_000) > 0.99);
    assert!((0.3..0.4).contains(&level(130_000)), "{}", level(130_000));
    assert!(level(260_000) > 0.95);
    assert!(largest_step(&out) < 0.02);
}

#[test]
fn dropping_the_future_leaves_the_present() {
    let (mut graph, control) = graph();
    play(&control, 0, Clip::cue(vec![0.1; 1000]));
    play(&control, 1000, Clip::cue(vec![0.2; 1000]));
    send(&control, GraphCommand::DropFrom(Frames(1000)));
    let out = render(&mut graph, 3000);
    assert!(out[999] > 0.09);
    assert!(is_silent(&out[1000..]));
}

#[test]
fn dropping_from_the_end_of_time_drops_nothing() {
    let (mut graph, control) = graph();
    render(&mut graph, 3000);
    send(&control, GraphCommand::Cut);
    play(&control, 0, Clip::cue(vec![0.1; 1000]));
    send(&control, GraphCommand::DropFrom(Frames(u64::MAX)));
    let out = render(&mut graph, 2000);
    assert!(control.run().1 > Moment::START);
    assert!(out[999] > 0.09);
}

#[test]
fn the_noise_floor_is_there_and_far_below_hearing() {
    let (mut graph, _control) = Graph::new();
    let peak = peak(&render(&mut graph, 48_000));
    assert!(peak > 1e-5 && peak < 1e-4, "{peak}");
}

#[test]
fn the_callback_neither_allocates_nor_frees() {
    let (mut graph, control) = Graph::new();
    let cues = Cues::built_in();
    let clip = cues.breath(BreathPhase::In, Frames::from_millis(300));
    let mut block = vec![0.0; 512];
    for round in 0..200_u64 {
        play(&control, 0, clip.clone());
        // The graph is the last to hold this one: freeing it in the callback would be seen.
        play(&control, 2000, Clip::speech(tone(0.05, 0.2)));
        send(&control, GraphCommand::Duck(round % 2 == 0));
        send(&control, GraphCommand::Volume(0.5));
        send(&control, GraphCommand::DropFrom(Frames(4000)));
        for _ in 0..8 {
            assert_no_alloc(|| graph.render(&mut block));
        }
        if round % 3 == 0 {
            send(&control, GraphCommand::Cut);
        }
    }
    assert_eq!(violation_count(), 0);
}

#[test]
fn the_guard_against_allocations_can_see_one() {
    // On a thread of its own: violations are counted by thread.
    let seen = std::thread::spawn(|| {
        assert_no_alloc(|| drop(std::hint::black_box(vec![1_u8; 100])));
        violation_count()
    });
    assert!(seen.join().expect("a thread") > 0);
}

// ---- a whole session ----

/// A sound of a performance, in samples from and to.
struct Placed<'a> {
    from: usize,
    to: usize,
    sound: &'a Sound,
}

impl Placed<'_> {
    fn is_speech(&self) -> bool {
        matches!(self.sound, Sound::Speech(_))
    }
}

/// The built-in voice, and every clip that it has made.
struct Remembering {
    heart: Heart,
    clips: HashMap<Utterance, Clip>,
}

impl Voice for Remembering {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        let (own, made) = unbounded();
        self.heart.handle(job, &own);
        for event in made.try_iter() {
            if let VoiceEvent::Rendered {
                utterance, clip, ..
            } = &event
            {
                self.clips.insert(utterance.clone(), clip.clone());
            }
            events.send(event).expect("someone listens");
        }
    }
}

fn whole_session() -> (Performance, HashMap<Utterance, Clip>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    let heart = Heart::open(&folder).unwrap_or_else(|error| panic!("{error}"));
    let routine = built_in("upper-back").expect("built in");
    let repertoire = Repertoire {
        routine: ("upper-back".into(), routine),
        gentle: None,
        screening: ScreeningText::built_in(),
        companion: Companion::built_in(),
    };
    let programme = Programme::new(&repertoire, Terms::FIRST);
    let session = Session::new(programme, Pace::Standard, VoiceAbility::Renders);
    let mut voice = Remembering {
        heart,
        clips: HashMap::new(),
    };
    let performance = perform(session, &mut voice, &[]);
    (
        performance.unwrap_or_else(|error| panic!("{error}")),
        voice.clips,
    )
}

#[test]
fn a_whole_session_is_exact_and_clean() {
    let (performance, clips) = whole_session();
    assert_eq!(performance.ending, Ending::Done);
    let mut placed: Vec<_> = performance
        .sounds
        .iter()
        .map(|(at, sound)| {
            let length = match sound {
                Sound::Speech(utterance) => clips[utterance].length(),
                Sound::Breath { length, .. } => *length,
                Sound::YourTurn | Sound::Presence => YOUR_TURN,
                Sound::Chime => CHIME,
            };
            let from = at.0 as usize;
            let to = from + length.0 as usize;
            Placed { from, to, sound }
        })
        .collect();
    placed.sort_by_key(|placed| placed.from);
    clips_are_clean(&clips);
    speech_keeps_its_pace(&clips);
    sentences_keep_clear(&placed);
    breaths_are_exact(&placed, &performance.samples);
    levels_are_kept(&placed, &performance.samples);
    rests_are_silent(&placed, &performance.samples);
}

/// Every clip begins and ends at zero, and sentences are alike in loudness.
fn clips_are_clean(clips: &HashMap<Utterance, Clip>) {
    assert!(clips.len() > 100);
    let mut sentences = 0;
    for (utterance, clip) in clips {
        let text = utterance.text();
        let ends =
            [clip.samples.first(), clip.samples.last()].map(|end| end.copied().unwrap_or(1.0));
        assert!(is_silent(&ends), "{text}");
        let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::I | Mode::TRUE_PEAK).expect("a meter");
        meter
            .set_channel(0, Channel::DualMono)
            .expect("one channel");
        meter.add_frames_f32(&clip.samples).expect("samples");
        let true_peak = 20.0 * meter.true_peak(0).expect("a peak").log10();
        assert!(true_peak <= -2.95, "{text}: {true_peak} dBTP");
        let sounds = |sample: &&f32| sample.abs() > 0.01;
        if clip.samples.iter().filter(sounds).count() > SAMPLE_RATE as usize {
            let lufs = meter.loudness_global().expect("loudness");
            assert!((-20.0..=-18.0).contains(&lufs), "{text}: {lufs} LUFS");
            sentences += 1;
        }
    }
    assert!(
        sentences > 50,
        "only {sentences} were long enough to be measured"
    );
}

/// The sentences of each rate, taken together, hold as many words a minute as they should.
fn speech_keeps_its_pace(clips: &HashMap<Utterance, Clip>) {
    for rate in [137, 120] {
        let said: Vec<_> = clips
            .iter()
            .filter(|(said, _)| said.rate().0 == rate && said.text().split_whitespace().count() > 2)
            .collect();
        let words: usize = said
            .iter()
            .map(|(said, _)| said.text().split_whitespace().count())
            .sum();
        // The pauses in a list are not speech.
        let spoken = said.iter().map(|(said, clip)| {
            let pauses = said.sentences().count() as u64 - 1;
            clip.length() - Frames(pauses * LIST_PAUSE.0)
        });
        let length: Frames = spoken.sum();
        let measured = words as f64 / (length.seconds() / 60.0);
        assert!(
            (measured / f64::from(rate) - 1.0).abs() < 0.05,
            "{rate}: {measured}"
        );
    }
}

/// No two sentences overlap, and none runs into the next cue.
fn sentences_keep_clear(placed: &[Placed]) {
    let speech: Vec<_> = placed.iter().filter(|placed| placed.is_speech()).collect();
    for pair in speech.windows(2) {
        assert!(
            pair[0].to <= pair[1].from,
            "{:?} into {:?}",
            pair[0].sound,
            pair[1].sound
        );
    }
    for cue in placed.iter().filter(|placed| !placed.is_speech()) {
        for said in &speech {
            let clear = said.from >= cue.from || said.to <= cue.from;
            assert!(clear, "{:?} into {:?}", said.sound, cue.sound);
        }
    }
}

/// Each phase is exactly as long as the pace says, onset to onset, and each rest as long as it is
/// written; and the samples say so too.
fn breaths_are_exact(placed: &[Placed], samples: &[f32]) {
    let breaths: Vec<_> = placed
        .iter()
        .filter(|placed| matches!(placed.sound, Sound::Breath { .. }))
        .collect();
    let joined: Vec<_> = breaths
        .windows(2)
        .filter(|pair| pair[0].to == pair[1].from)
        .collect();
    assert!(
        joined.len() > 100,
        "only {} phases follow another",
        joined.len()
    );
    for pair in breaths.windows(2) {
        let apart = pair[1].from - pair[0].to;
        assert!(
            apart == 0 || apart > 96_000,
            "a gap of {apart} frames in a breath"
        );
    }
    for pair in joined {
        let onset = pair[1].from;
        // The sound touches zero at that very sample, and has grown again a quarter of a second later.
        assert!(is_silent(&samples[onset..=onset]), "at {onset}");
        assert!(peak(&samples[onset + 12_000..onset + 24_000]) > 0.005);
    }
    rests_are_exact(placed);
}

/// After each sentence that is followed by another comes the rest that is planned between them.
fn rests_are_exact(placed: &[Placed]) {
    let gap = |first: &str, second: &str| -> usize {
        let find = |words: &str| {
            let said = |placed: &&Placed| matches!(placed.sound, Sound::Speech(said) if said.text().starts_with(words));
            placed
                .iter()
                .find(said)
                .unwrap_or_else(|| panic!("{words} is said"))
        };
        find(second).from - find(first).to
    };
    assert_eq!(gap("Hello, and", "The space bar pauses"), 33_600);
    assert_eq!(gap("The space bar pauses", "First, ten safety"), 28_800);
    assert_eq!(
        gap("Sit tall, and keep", "Let your breastbone draw"),
        96_000
    );
    // The closing is never faster than slow: its rests are 1.15 times as long.
    assert_eq!(gap("Feel how you", "Let your shoulders be heavy"), 331_200);
    assert_eq!(gap("Rest here, and I", "Now move your fingers"), 2_484_000);
}

/// Nothing louder than -3 dBFS anywhere; outside speech no step that could click.
fn levels_are_kept(placed: &[Placed], samples: &[f32]) {
    assert!(
        peak(samples) <= 10_f32.powf(-3.0 / 20.0),
        "a peak of {}",
        peak(samples)
    );
    let speaks = covered(
        placed.iter().filter(|placed| placed.is_speech()),
        samples.len(),
    );
    let step = samples
        .windows(2)
        .zip(&speaks)
        .filter(|(_, speaks)| !**speaks)
        .map(|(pair, _)| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max);
    assert!(step <= 0.02, "a step of {step}");
}

/// Where nothing was placed nothing is heard.
fn rests_are_silent(placed: &[Placed], samples: &[f32]) {
    let sounds = covered(placed.iter(), samples.len());
    let heard = samples
        .iter()
        .zip(&sounds)
        .filter(|(sample, sounds)| !**sounds && sample.abs() > 1e-6);
    assert_eq!(heard.count(), 0);
    assert!(
        is_silent(&samples[..33_600]),
        "0.7 s to wake the loudspeaker"
    );
    let quiet = sounds.iter().filter(|sounds| !**sounds).count() as f64 / sounds.len() as f64;
    assert!(quiet > 0.2, "only {quiet} of the session is quiet");
}

fn covered<'a>(placed: impl Iterator<Item = &'a Placed<'a>>, length: usize) -> Vec<bool> {
    let mut covered = vec![false; length];
    for placed in placed {
        covered[placed.from.min(length)..placed.to.min(length)].fill(true);
    }
    covered
}

/// Escape may be the beginning of another key: it is silent at once, and nothing is lost when it was.
#[test]
fn a_hold_makes_no_click_and_ends_by_itself_or_with_a_cut() {
    let begin = || {
        let (mut graph, control) = graph();
        play(&control, 0, Clip::cue(tone(2.0, 0.4)));
        render(&mut graph, 12_000);
        send(&control, GraphCommand::Hold(true));
        let out = render(&mut graph, 2400);
        assert!(largest_step(&out) <= 0.4 * 0.05 + 0.001, "a click");
        assert!(is_silent(&out[480..]));
        (graph, control)
    };
    // Let go: it is heard again at the place that it has come to meanwhile.
    let (mut graph, control) = begin();
    send(&control, GraphCommand::Hold(false));
    let out = render(&mut graph, 2400);
    assert!(largest_step(&out) <= 0.4 * 0.05 + 0.001, "a click");
    assert_eq!(out[480..], tone(2.0, 0.4)[14_880..16_800]);
    // Nobody lets go.
    let (mut graph, _control) = begin();
    let out = render(&mut graph, 14_400);
    assert!(is_silent(&out[..9000]));
    assert!(peak(&out[11_000..]) > 0.39);
    // Cut: the next run begins as loud as ever.
    let (mut graph, control) = begin();
    send(&control, GraphCommand::Cut);
    play(&control, 0, Clip::cue(vec![0.25, 0.5]));
    let out = render(&mut graph, 960);
    let first = out
        .iter()
        .position(|sample| *sample > 0.0)
        .expect("a sound");
    assert!(first <= 640, "{first}");
    assert_eq!(out[first..first + 2], [0.25, 0.5]);
}
