//! The mixer graph: a queue of clips at exact frames, ducking, volume, and the fade that silences everything.
//!
//! One owner, one reader: the device's callback (or an export) pulls blocks with [`Graph::render`] and
//! never waits, nor allocates. Commands come through a bounded channel; finished clips go back
//! through another, to be freed elsewhere. Time is counted in rendered frames.

use std::f32::consts::PI;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::base::{Clip, ClipKind, FADE, Frames, Moment, SAMPLE_RATE, Side};

/// Frames in a block: commands are taken, and ducking decided, once a block (2.7 ms).
pub(crate) const BLOCK: usize = 128;

/// Sounds that can be queued at a time; a session queues a few dozen.
const SLOTS: usize = 128;

/// A hold ends by itself after this, should nobody say what becomes of it.
const LONGEST_HOLD: Frames = Frames::from_millis(250);

/// Commands that can wait for the next block.
const COMMANDS: usize = 512;

/// Cues under speech, as a factor: about 9 dB down.
const DUCKED: f32 = 0.35;

/// How fast cues duck and come back, in seconds to 1/e: down before the first vowel, up without a jump.
const DUCK_DOWN: f32 = 0.03;
const DUCK_UP: f32 = 0.25;

/// How fast a change of volume is followed, in seconds to 1/e.
const VOLUME_GLIDE: f32 = 0.05;

/// Peak of the noise that keeps Bluetooth links awake through a rest: -84 dBFS, far below hearing.
const FLOOR: f32 = 6.3e-5;

/// Left and right alike.
const BOTH: [f32; 2] = [1.0, 1.0];

/// What the graph is told.
#[derive(Debug)]
pub(crate) enum GraphCommand {
    /// Fade out everything and drop the queue. The next run begins when that is done.
    Cut,
    /// Play a clip, this many frames after the run began.
    Play {
        /// Frames since the run began.
        at: Frames,
        clip: Clip,
    },
    /// Drop everything of this run that begins at or after this; what has begun already fades.
    DropFrom(Frames),
    /// Lower the cues, for someone else is speaking; or raise them again.
    Duck(bool),
    /// The volume, as a factor: see [`GraphCommand::volume`].
    Volume(f32),
    /// Silence before it is known whether a cut follows: what sounds goes on unheard. `false`: none does, so it is
    /// heard again.
    Hold(bool),
}

impl GraphCommand {
    /// As loud as this, in decibels from the full level (0) down.
    pub(crate) fn volume(decibels: i8) -> Self {
        Self::Volume(10_f32.powf(f32::from(decibels) / 20.0))
    }
}

/// It is quiet when nothing sounds for this long before and after: longer than what the device holds, and than
/// opening it takes.
const SOON: Frames = Frames::from_millis(150);

/// What the graph tells, readable from any thread at any time.
#[derive(Debug, Default)]
struct Shared {
    frames: AtomicU64,
    /// Cuts done: the one count of them.
    runs: AtomicU64,
    /// When the present run began.
    anchor: AtomicU64,
    /// Nothing sounds, has sounded a moment ago, or will in a moment.
    quiet: AtomicBool,
}

/// The other end of a graph: tells it what sounds, and sees where it is.
#[derive(Debug)]
pub(crate) struct GraphHandle {
    commands: Sender<GraphCommand>,
    finished: Receiver<Clip>,
    shared: Arc<Shared>,
}

impl GraphHandle {
    /// Hands a command to the graph, without waiting.
    ///
    /// # Errors
    /// Gives the command back when the channel is full, because the graph has taken none for long.
    pub(crate) fn send(&self, command: GraphCommand) -> Result<(), GraphCommand> {
        while self.finished.try_recv().is_ok() {}
        let sent = self.commands.try_send(command);
        sent.map_err(TrySendError::into_inner)
    }

    /// How much has been rendered. What is heard is up to two periods of the device behind.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.shared.frames.load(Ordering::Acquire))
    }

    /// Whether a short interruption of the device would not be heard now.
    pub(crate) fn is_quiet(&self) -> bool {
        self.shared.quiet.load(Ordering::Relaxed)
    }

    /// The number of cuts done, and when the run after the last of them began.
    pub(crate) fn run(&self) -> (u64, Moment) {
        // `runs` is published last: whoever sees it sees its anchor, or a later one, which the
        // next look will then put right.
        let runs = self.shared.runs.load(Ordering::Acquire);
        (runs, Moment(self.shared.anchor.load(Ordering::Acquire)))
    }
}

/// A queued clip.
#[derive(Debug)]
struct Item {
    at: Moment,
    clip: Clip,
    /// Frames of fade left, when it has to go before its end.
    fading: Option<u32>,
}

impl Item {
    fn ends(&self) -> Moment {
        self.at + self.clip.length()
    }
}

#[derive(Debug)]
pub(crate) struct Graph {
    commands: Receiver<GraphCommand>,
    finished: Sender<Clip>,
    shared: Arc<Shared>,
    items: Vec<Item>,
    now: Moment,
    /// When something last sounded, or was about to.
    sounded: Moment,
    anchor: Moment,
    /// Everything fades; then the queue is dropped and a run begins.
    cutting: bool,
    ducked_by_others: bool,
    duck: f32,
    volume: f32,
    volume_goal: f32,
    /// Until when it is held silent.
    held_until: Moment,
    /// How far it has faded for that, in frames: [`FADE`] is silence.
    hold: u64,
    noise: u32,
    /// How much of the block rendered last goes to the left and to the right.
    balance: [f32; 2],
    /// The noise floor sounds only towards a device: a file needs none.
    floor: f32,
}

impl Graph {
    /// A graph for a device, and its control.
    pub(crate) fn new() -> (Self, GraphHandle) {
        let (commands, commands_in) = bounded(COMMANDS);
        let (finished, finished_in) = bounded(COMMANDS);
        let shared = Arc::new(Shared::default());
        let graph = Self {
            commands: commands_in,
            finished,
            shared: shared.clone(),
            items: Vec::with_capacity(SLOTS),
            now: Moment::START,
            sounded: Moment::START,
            anchor: Moment::START,
            cutting: false,
            ducked_by_others: false,
            duck: 1.0,
            volume: 1.0,
            volume_goal: 1.0,
            held_until: Moment::START,
            hold: 0,
            noise: 1,
            balance: BOTH,
            floor: FLOOR,
        };
        let control = GraphHandle {
            commands,
            finished: finished_in,
            shared,
        };
        (graph, control)
    }

    /// Without the noise floor: for files and for tests that look for exact silence.
    #[must_use]
    pub(crate) fn without_floor(mut self) -> Self {
        self.floor = 0.0;
        self
    }

    /// Fills `out` (mono, any length) with the next frames.
    pub(crate) fn render(&mut self, out: &mut [f32]) {
        for block in out.chunks_mut(BLOCK) {
            self.render_block(block);
        }
    }

    /// How much of the [`BLOCK`] rendered last goes to the left and to the right: all of it to both,
    /// unless a clip from one side sounds. The queue itself stays mono: a side belongs to a sentence, and only the
    /// sound check has any, so no two sounds are ever placed at once.
    pub(crate) const fn balance(&self) -> [f32; 2] {
        self.balance
    }

    fn render_block(&mut self, out: &mut [f32]) {
        self.obey();
        // Clips begin and end at zero and a rest is between them, so this may change at once.
        self.balance = match self.sounding_from(out.len()) {
            None => BOTH,
            Some(Side::Left) => [1.0, 0.0],
            Some(Side::Right) => [0.0, 1.0],
        };
        out.fill(0.0);
        let speech = self.mix(out, ClipKind::Cue);
        self.duck_cues(out, speech);
        self.mix(out, ClipKind::Speech);
        glide_to(&mut self.volume, self.volume_goal, VOLUME_GLIDE, out);
        self.hold(out);
        self.add_floor(out);
        self.now = self.now + Frames(out.len() as u64);
        self.let_go();
        self.shared.frames.store(self.now.0, Ordering::Release);
    }

    /// Takes commands. While a cut fades, the next run's commands wait in the channel.
    fn obey(&mut self) {
        while !self.cutting {
            match self.commands.try_recv() {
                Ok(GraphCommand::Cut) => self.cut(),
                Ok(GraphCommand::Play { at, clip }) => self.queue(at, clip),
                Ok(GraphCommand::DropFrom(at)) => self.drop_from(self.anchor + at),
                Ok(GraphCommand::Duck(down)) => self.ducked_by_others = down,
                Ok(GraphCommand::Volume(factor)) => self.volume_goal = factor,
                Ok(GraphCommand::Hold(true)) => self.held_until = self.now + LONGEST_HOLD,
                Ok(GraphCommand::Hold(false)) => self.held_until = self.now,
                Err(_) => return,
            }
        }
    }

    fn cut(&mut self) {
        self.drop_from(Moment::START);
        if self.items.is_empty() {
            self.begin_run();
        } else {
            self.cutting = true;
        }
    }

    fn begin_run(&mut self) {
        self.cutting = false;
        // Nothing sounds now, so it may be as loud as ever at once.
        self.hold = 0;
        self.held_until = self.now;
        self.anchor = self.now;
        self.shared.anchor.store(self.anchor.0, Ordering::Release);
        self.shared.runs.fetch_add(1, Ordering::Release);
    }

    fn queue(&mut self, at: Frames, clip: Clip) {
        // Nothing to be heard, or no room: a session queues far fewer than there are slots.
        if clip.samples.is_empty() || self.items.len() == SLOTS {
            return drop_elsewhere(&self.finished, clip);
        }
        let (at, fading) = (self.anchor + at, None);
        self.items.push(Item { at, clip, fading });
    }

    /// What has not begun goes at once; what sounds fades.
    fn drop_from(&mut self, from: Moment) {
        let now = self.now;
        self.drop_where(|item| item.at >= from.max(now));
        for item in self.items.iter_mut().filter(|item| item.at >= from) {
            item.fading.get_or_insert(FADE.0 as u32);
        }
    }

    fn drop_where(&mut self, over: impl Fn(&Item) -> bool) {
        for item in self.items.extract_if(.., |item| over(item)) {
            drop_elsewhere(&self.finished, item.clip);
        }
    }

    /// Adds every clip of this kind to `out`; whether any speech sounds in this block.
    fn mix(&mut self, out: &mut [f32], kind: ClipKind) -> bool {
        let mut speech = false;
        let (begin, end) = (self.now.0, self.now.0 + out.len() as u64);
        for item in &mut self.items {
            if item.at.0 >= end || item.ends().0 <= begin {
                continue;
            }
            speech |= item.clip.kind == ClipKind::Speech;
            if item.clip.kind == kind {
                add(item, out, begin);
            }
        }
        speech
    }

    /// The side from which something sounds in the next `frames`.
    fn sounding_from(&self, frames: usize) -> Option<Side> {
        let end = self.now.0 + frames as u64;
        let mut sounding = self.items.iter().filter(|item| item.at.0 < end);
        sounding.find_map(|item| item.clip.side)
    }

    fn duck_cues(&mut self, out: &mut [f32], speech: bool) {
        let ducked = speech || self.ducked_by_others;
        let goal = if ducked { DUCKED } else { 1.0 };
        let glide = if goal < self.duck { DUCK_DOWN } else { DUCK_UP };
        glide_to(&mut self.duck, goal, glide, out);
    }

    /// Fades out for a hold, and in after it.
    fn hold(&mut self, out: &mut [f32]) {
        let held = self.now < self.held_until;
        if !held && self.hold == 0 {
            return;
        }
        let step = if held { 1 } else { -1 };
        for sample in out {
            self.hold = self.hold.saturating_add_signed(step).min(FADE.0);
            *sample *= raised_cosine(1.0 - self.hold as f32 / FADE.0 as f32);
        }
    }

    fn add_floor(&mut self, out: &mut [f32]) {
        if self.floor == 0.0 {
            return;
        }
        for sample in out {
            // Marsaglia's xorshift: any noise will do.
            self.noise ^= self.noise << 13;
            self.noise ^= self.noise >> 17;
            self.noise ^= self.noise << 5;
            *sample += (self.noise as f32 / u32::MAX as f32 * 2.0 - 1.0) * self.floor;
        }
    }

    /// Sends what has sounded to its end back, to be freed elsewhere.
    fn let_go(&mut self) {
        let now = self.now;
        self.drop_where(|item| item.ends() <= now || item.fading == Some(0));
        if self.items.iter().any(|item| item.at < now + SOON) {
            self.sounded = now;
        }
        let quiet = now.since(self.sounded) > SOON;
        self.shared.quiet.store(quiet, Ordering::Relaxed);
        if self.cutting && self.items.is_empty() {
            self.begin_run();
        }
    }
}

/// Adds one clip to a block that begins at the frame `begin`.
fn add(item: &mut Item, out: &mut [f32], begin: u64) {
    let skip = item.at.0.saturating_sub(begin) as usize;
    let from = begin.saturating_sub(item.at.0) as usize;
    let samples = item.clip.samples[from..].iter();
    for (out, sample) in out[skip..].iter_mut().zip(samples) {
        let gain = item.fading.as_mut().map_or(1.0, |left| {
            let gain = raised_cosine(*left as f32 / FADE.0 as f32);
            *left = left.saturating_sub(1);
            gain
        });
        *out += sample * gain;
    }
}

/// The gain at `place` of a fade, from 0 (silent) to 1: no corner at either end, so no click.
fn raised_cosine(place: f32) -> f32 {
    0.5 - 0.5 * (PI * place).cos()
}

/// Moves `value` towards `goal` with the time constant `seconds`, and scales `out` by it on the way.
fn glide_to(value: &mut f32, goal: f32, seconds: f32, out: &mut [f32]) {
    if (*value - goal).abs() < 1e-4 {
        *value = goal;
    }
    // Set exactly to it, or never moved from it.
    #[expect(clippy::float_cmp, reason = "both were set to it")]
    let untouched = *value == 1.0 && goal == 1.0;
    if untouched {
        return;
    }
    let step = 1.0 / (seconds * SAMPLE_RATE as f32);
    for sample in out {
        *value += (goal - *value) * step;
        *sample *= *value;
    }
}

/// Hands a clip back. Should nobody have collected for very long, it is freed here after all: late is better than lost.
fn drop_elsewhere(finished: &Sender<Clip>, clip: Clip) {
    let _ = finished.try_send(clip);
}
