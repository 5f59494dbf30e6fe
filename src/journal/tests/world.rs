//! The limits, against a simple world that knows the true time.

use super::*;
use crate::journal::clock::ClockRun;
use crate::journal::rules::Closed;
use crate::journal::rules::Opening;

/// Something that happens, or is tried.
#[derive(Clone, Debug)]
enum Event {
    Wait(i64),
    /// The clock is set back, or forward.
    Shift(i64),
    /// The clock is put right.
    Correct,
    Zone(i64),
    /// A session with movement, if it may begin; it takes so long, and ends so. `None`: a crash.
    Move(i64, Option<(How, Hurt)>),
    Rest(i64, Option<(How, Hurt)>),
    /// A start with movement that an answer in the screening ends.
    SaysYes,
    /// The session that was cut off is picked up again, if it may be; it goes on for so long, and ends so.
    PickUp(i64, Option<(How, Hurt)>),
    /// An answer outside a session.
    Answer(Hurt),
    /// A line becomes unreadable, from a place within it on.
    Damage(usize, usize, bool),
    /// She has the journal deleted.
    Forget,
}

/// Something that truly happened, whatever the clock said.
#[derive(Clone, Copy, Debug)]
struct Truth {
    at: i64,
    zone: i64,
    /// What the clock showed.
    shown: i64,
    /// The sum of all that the clock had jumped forward until then.
    forward: i64,
    /// Its day was over when she had the journal deleted.
    gone: bool,
}

#[derive(Debug, Default)]
struct World {
    now: i64,
    lag: i64,
    zone: i64,
    forward: i64,
    lines: Vec<Vec<u8>>,
    modified: Option<i64>,
    begun: Vec<Truth>,
    hurt: Vec<Truth>,
    next: u64,
    /// When all questions were last passed, as the clock showed it, and in which line it stands; nothing if all of them
    /// are due since.
    passed: Option<(i64, usize)>,
    /// Where the last session with movement was left.
    left: Option<Left>,
    /// How many were picked up.
    picked_up: usize,
}

/// The days of two moments are the same, as the clocks go in `zone`.
fn same_day(one: i64, other: i64, zone: i64) -> bool {
    (one + zone).div_euclid(DAY) == (other + zone).div_euclid(DAY)
}

impl World {
    fn new() -> Self {
        Self {
            now: EPOCH,
            ..Self::default()
        }
    }

    fn shown(&self) -> i64 {
        self.now - self.lag
    }

    fn at(&self) -> At {
        moment(self.shown(), self.zone)
    }

    fn truth(&self) -> Truth {
        Truth {
            at: self.now,
            zone: self.zone,
            shown: self.shown(),
            forward: self.forward,
            gone: false,
        }
    }

    fn write(&mut self, entry: &Entry) {
        self.lines.push(serde_json::to_vec(entry).expect("JSON"));
        self.modified = Some(self.shown());
    }

    fn history(&self) -> History {
        let modified = self.modified.map(|at| moment(at, 0).timestamp);
        History::new(parse(&self.lines.join(&b'\n')), modified)
    }

    fn shift(&mut self, by: i64) {
        self.lag -= by;
        self.forward += by.max(0);
    }

    fn end(&mut self, id: u64, takes: i64, end: Option<(How, Hurt)>) {
        self.now += takes;
        let Some((how, hurt)) = end else { return };
        self.write(&ended(id, self.at(), how, hurt));
        self.hurts(hurt);
    }

    fn hurts(&mut self, hurt: Hurt) {
        if hurt == Hurt::Yes {
            self.hurt.push(self.truth());
        }
        if matches!(hurt, Hurt::Yes | Hurt::Unanswered) {
            self.passed = None;
        }
    }

    /// A start of either kind, as the program does it. Gives why movement is closed.
    fn begin(&mut self, movement: bool, takes: i64, end: Option<(How, Hurt)>) -> Option<Closed> {
        let opening = self.open();
        if !movement || opening.closed.is_none() {
            self.next += 1;
            if movement && opening.ask_all {
                self.passed = Some((self.shown(), self.lines.len()));
            }
            let mut start = started(self.next, self.at(), movement);
            if let Entry::Start(start) = &mut start {
                start.all_asked = opening.ask_all;
            }
            self.write(&start);
            if movement {
                self.begun.push(self.truth());
                self.leave();
            }
            self.end(self.next, takes, end);
        }
        opening.closed
    }

    /// What a start finds; it notes a clock that is behind.
    fn open(&mut self) -> Opening {
        let opening = self.history().opening(self.at(), TEXT);
        if opening.note_clock {
            let at = self.at();
            self.write(&Entry::Clock { v: V, at });
        }
        opening
    }

    /// She gets to another movement.
    fn leave(&mut self) {
        self.left = Some(Left {
            v: V,
            id: self.next,
            at: self.at(),
            place: LeftAt {
                movement: 2,
                title: "Shoulder rolls".into(),
            },
        });
    }

    /// Goes on with the last session, as the program does it: only with the very one, and never after pain.
    fn pick_up(&mut self, takes: i64, end: Option<(How, Hurt)>) {
        let (history, now) = (self.history(), self.at());
        let Some(left) = &self.left else { return };
        let Some(start) = history.pick_up(left, now, TEXT) else {
            return;
        };
        let begun = *self.begun.last().expect("a session was begun");
        assert_eq!(start.id, left.id, "{self:?}");
        assert!(self.hurt.iter().all(|hurt| hurt.at <= begun.at), "{self:?}");
        assert!((0..=30 * 60).contains(&(self.shown() - left.at.timestamp.as_second())));
        let id = start.id;
        self.write(&Entry::PickedUp { v: V, id, at: now });
        self.picked_up += 1;
        self.leave();
        self.end(id, takes, end);
    }

    fn damage(&mut self, line: usize, from: usize, zeros: bool) {
        let count = self.lines.len();
        if count == 0 {
            return;
        }
        let index = line % count;
        let line = &mut self.lines[index];
        let from = from % line.len();
        if zeros || from == 0 {
            line[from..].fill(0);
        } else {
            line.truncate(from);
        }
        self.passed = self.passed.filter(|(_, passed)| index < *passed);
    }

    /// All questions are due: they were not passed lately, or the clock has gone back since.
    fn all_are_due(&self) -> bool {
        let Some((shown, line)) = self.passed else {
            return true;
        };
        let lines = parse(&self.lines[line..].join(&b'\n'));
        let times = lines.iter().filter_map(Record::entry).map(Entry::at);
        let mut times: Vec<_> = times.map(|at| at.timestamp.as_second()).collect();
        times.push(self.shown());
        self.shown() - shown > 14 * DAY || !times.is_sorted()
    }

    fn forget(&mut self) {
        for index in 0..self.begun.len() {
            self.begun[index].gone |= !self.day(self.begun[index]);
        }
        for index in 0..self.hurt.len() {
            self.hurt[index].gone |= !self.day(self.hurt[index]);
        }
        self.passed = None;
        let kept = self.history().kept(self.at());
        self.lines.clear();
        for entry in &kept {
            self.write(entry);
        }
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Wait(seconds) => self.now += seconds,
            Event::Shift(by) => self.shift(by),
            Event::Correct => self.shift(self.lag),
            Event::Zone(zone) => self.zone = zone,
            Event::Move(takes, end) => {
                self.begin(true, takes, end);
            }
            Event::Rest(takes, end) => {
                self.begin(false, takes, end);
            }
            Event::SaysYes => {
                let _ = self.open();
                let at = self.at();
                self.write(&Entry::AskAll { v: V, at });
                self.passed = None;
            }
            Event::PickUp(takes, end) => self.pick_up(takes, end),
            Event::Answer(hurt) => {
                self.write(&answered(self.at(), hurt));
                self.hurts(hurt);
            }
            Event::Damage(line, from, zeros) => self.damage(line, from, zeros),
            Event::Forget => self.forget(),
        }
    }

    fn is_open(&self) -> bool {
        self.history().opening(self.at(), TEXT).closed.is_none()
    }

    /// It was the same day as now, truly: where it was, or where she is.
    fn today(&self, truth: Truth) -> bool {
        [truth.zone, self.zone]
            .iter()
            .any(|zone| same_day(truth.at, self.now, *zone))
    }

    /// It was the same day as now, by what the clock showed.
    fn today_as_shown(&self, truth: Truth) -> bool {
        [truth.zone, self.zone]
            .iter()
            .any(|zone| same_day(truth.shown, self.shown(), *zone))
    }

    /// It was the same day as now. What the clock got wrong when it happened can be known to be of
    /// today only if the clock shows so, too.
    fn day(&self, truth: Truth) -> bool {
        let right = truth.at == truth.shown;
        !truth.gone && self.today(truth) && (right || self.today_as_shown(truth))
    }

    /// Movement may truly begin: the rules, word for word.
    fn may_truly_move(&self) -> bool {
        self.begun.iter().filter(|truth| self.day(**truth)).count() < 2
            && self
                .begun
                .iter()
                .all(|truth| self.now - truth.at >= 4 * HOUR)
            && !self.hurt.iter().any(|truth| self.day(*truth))
            && self
                .hurt
                .iter()
                .all(|truth| self.now - truth.at >= 8 * HOUR)
    }
}

fn an_end() -> impl Strategy<Value = Option<(How, Hurt)>> {
    prop_oneof![
        4 => Just(Some((How::Done, Hurt::NotAsked))),
        1 => Just(Some((How::Stopped, Hurt::No))),
        1 => Just(Some((How::Stopped, Hurt::Yes))),
        1 => Just(Some((How::Interrupted, Hurt::NotAsked))),
        2 => Just(None),
    ]
}

fn a_wait() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => (0..2 * HOUR).prop_map(Event::Wait),
        4 => (2 * HOUR..6 * HOUR).prop_map(Event::Wait),
        // Just at the edge.
        2 => (4 * HOUR - 1..=4 * HOUR).prop_map(Event::Wait),
        2 => (6 * HOUR..30 * HOUR).prop_map(Event::Wait),
        1 => (2 * DAY..5 * DAY).prop_map(Event::Wait),
        1 => (13 * DAY..15 * DAY).prop_map(Event::Wait),
    ]
}

fn a_session() -> impl Strategy<Value = Event> {
    prop_oneof![
        5 => (0..2 * HOUR, an_end()).prop_map(|(takes, end)| Event::Move(takes, end)),
        2 => (0..HOUR, an_end()).prop_map(|(takes, end)| Event::Rest(takes, end)),
        3 => (0..HOUR, an_end()).prop_map(|(takes, end)| Event::PickUp(takes, end)),
        1 => prop_oneof![Just(Hurt::Yes), Just(Hurt::No), Just(Hurt::Unanswered)].prop_map(Event::Answer),
        1 => Just(Event::SaysYes),
    ]
}

fn a_zone() -> impl Strategy<Value = Event> {
    (-12_i64..=14).prop_map(|zone| Event::Zone(zone * HOUR))
}

/// How far a clock may be off: a dual boot, a wrong date, an empty battery.
fn an_error() -> impl Strategy<Value = i64> {
    prop_oneof![0..6 * HOUR, 0..3 * DAY, 0..30 * DAY, Just(20 * 365 * DAY)]
}

fn a_jump() -> impl Strategy<Value = Event> {
    (an_error(), any::<bool>()).prop_map(|(by, back)| Event::Shift(if back { -by } else { by }))
}

fn some_damage() -> impl Strategy<Value = Event> {
    // Mostly the last few lines: old ones no longer matter.
    (any::<bool>(), any::<usize>(), any::<usize>(), any::<bool>()).prop_map(
        |(last, line, from, zeros)| {
            Event::Damage(if last { usize::MAX } else { line }, from, zeros)
        },
    )
}

fn events(each: impl Strategy<Value = Event>) -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(each, 1..40)
}

proptest! {
    #![proptest_config(cases(3000))]

    /// Whatever happens to a clock that is never ahead, to the zone, and to the lines.
    #[test]
    fn a_clock_set_back_another_zone_and_damaged_lines_open_nothing(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            1 => an_error().prop_map(|by| Event::Shift(-by)),
            1 => a_zone(),
            1 => some_damage(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            if world.is_open() {
                prop_assert!(world.may_truly_move(), "{world:?}");
            }
            world.happen(event);
        }
    }

    /// The clock may show anything meanwhile, as long as it is right when it matters.
    #[test]
    fn a_clock_that_jumps_to_and_fro_between_opens_nothing(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            3 => a_jump(),
            1 => a_zone(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            let end = match event {
                Event::Move(_, end) | Event::PickUp(_, end) => *end,
                _ => None,
            };
            // A lie while she rests or is not there is kept; it is put right before the rest of it.
            if matches!(event, Event::Move(..) | Event::PickUp(..) | Event::Answer(_) | Event::Forget)
                || matches!(event, Event::Rest(_, Some((_, Hurt::Yes))))
                || end.is_some()
            {
                world.happen(&Event::Correct);
                if world.is_open() {
                    prop_assert!(world.may_truly_move(), "{world:?}");
                }
            }
            world.happen(event);
        }
    }

    /// Whatever the clock showed and whatever is damaged: deleting the journal opens nothing sooner, and nothing later.
    #[test]
    fn a_deleted_journal_closes_what_a_whole_one_would(
        events in events(prop_oneof![
            5 => a_session(),
            3 => a_wait(),
            3 => a_jump(),
            1 => a_zone(),
            1 => some_damage(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            world.happen(event);
        }
        let _ = world.open();
        let whole = world.history();
        let kept = whole.kept(world.at()).into_iter().map(Record::Entry);
        let deleted = History::new(kept.collect(), None);
        // What cannot be read is dated by deleting it, and what is known to be of a wrong date is gone, also when the
        // clock gets there.
        let is_trusted = ClockRun::new(&whole.records, world.at()).is_trusted(world.at());
        let only_now = is_trusted || whole.unreadable().next().is_some();
        let hours = if only_now { 1 } else { 5 * 24 };
        let later = (0..hours).map(|hour| moment(world.shown() + hour * HOUR, world.zone));
        let is_closed = |history: &History, now| history.opening(now, TEXT).closed.is_some();
        for now in later {
            prop_assert_eq!(is_closed(&deleted, now), is_closed(&whole, now), "{}: {:?} of {:?}", now, deleted, whole);
        }
    }

    /// Whatever happens, those of the day are never enough where all questions are due; and nothing but that asks them.
    #[test]
    fn all_questions_are_asked_where_they_are_due(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            1 => a_jump(),
            1 => Just(Event::Correct),
            1 => a_zone(),
            1 => some_damage(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            let opening = world.history().opening(world.at(), TEXT);
            prop_assert_eq!(opening.ask_all, world.all_are_due(), "{:?}", &world);
            world.happen(event);
        }
    }

    /// The oracle of [`World::pick_up`] is worth something only if sessions are picked up.
    #[test]
    fn some_sessions_are_picked_up(takes in 0..30_i64 * 60, end in an_end()) {
        let mut world = World::new();
        let well = end.is_none_or(|(how, hurt)| {
            how != How::Done && matches!(hurt, Hurt::No | Hurt::NotAsked)
        });
        world.happen(&Event::Move(takes, end));
        world.happen(&Event::PickUp(60, None));
        prop_assert_eq!(world.picked_up, usize::from(well));
        prop_assert_eq!(world.begun.len(), 1);
        world.happen(&Event::Wait(31 * 60));
        world.happen(&Event::PickUp(60, None));
        prop_assert_eq!(world.picked_up, usize::from(well), "too late");
    }

    /// A jump forward cannot be told from time that has passed: it opens as much as it jumps, and no more.
    #[test]
    fn a_clock_set_forward_opens_no_more_than_it_jumps(
        events in events(prop_oneof![
            5 => a_session(),
            5 => a_wait(),
            3 => a_jump(),
            1 => Just(Event::Correct),
            1 => a_zone(),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            if world.is_open() {
                for truth in &world.begun {
                    let jumped = world.forward - truth.forward;
                    prop_assert!(world.now - truth.at + jumped >= 4 * HOUR, "{world:?}");
                }
            }
            world.happen(event);
        }
    }

    /// With a right clock in one place the rules are kept, and nothing else is: rest is always open,
    /// and movement whenever the rules allow it.
    #[test]
    fn a_right_clock_closes_no_more_than_the_rules(
        events in events(prop_oneof![5 => a_session(), 5 => a_wait(), 1 => Just(Event::Forget)])
    ) {
        let mut world = World::new();
        for event in &events {
            let history = world.history();
            let Opening { closed, note_clock, .. } = history.opening(world.at(), TEXT);
            let may = world.may_truly_move();
            prop_assert_eq!(closed.is_none(), may, "{:?}", &world);
            prop_assert!(!note_clock);
            if let Some(closed) = closed {
                // It opens when it says, and not a second sooner.
                let opens = closed.opens.timestamp.as_second();
                let open_at = |at| history.opening(moment(at, 0), TEXT).closed.is_none();
                prop_assert!(open_at(opens) && !open_at(opens - 1));
            }
            world.happen(event);
        }
    }

    /// However wrong the clock was and whatever is damaged, it is over some days after.
    #[test]
    fn nothing_locks_her_out_for_ever(
        events in events(prop_oneof![
            5 => a_session(),
            3 => a_wait(),
            2 => a_jump(),
            1 => Just(Event::Correct),
            1 => a_zone(),
            1 => some_damage(),
            1 => Just(Event::Forget),
        ])
    ) {
        let mut world = World::new();
        for event in &events {
            world.happen(event);
        }
        world.happen(&Event::Correct);
        let days = (0..9).take_while(|_| {
            world.now += DAY;
            world.begin(true, 0, None).is_some()
        });
        prop_assert!(days.count() < 9, "{world:?}");
    }
}
