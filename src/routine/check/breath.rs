//! A movement's breath goes in and out by turns, is counted, and is followed by a rest.

use std::ops::Range;

use jiff::SignedDuration;
use strum::VariantNames;
use toml::Spanned;

use super::{Checker, LineFile, Movement, MovementFile};
use crate::base::{BreathPhase, Frames, Length, Pose, Posture, did_you_mean};

/// No rest, wait or delay is longer: a longer one is a slip of the pen, and leaves her in silence.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// A repetition is one breath or two; more than this of one movement is work, not ease.
const MOST_REPETITIONS: u32 = 12;

impl Checker<'_> {
    pub(super) fn movement(&mut self, movement: Spanned<MovementFile>, on_feet: bool) -> Movement {
        let at = movement.span();
        let file = movement.into_inner();
        self.refuse(
            file.lines.is_empty(),
            &at,
            "the movement has no lines",
            "add lines, or take it out",
        );
        if let Some(title) = &file.title {
            self.title(title);
        }
        let pose = file.pose.as_ref();
        let pose = pose.and_then(|pose| self.pose(pose, on_feet));
        self.breath(&at, &file);
        self.harmless(&file.lines);
        self.places.extend(file.place.clone());
        let rest = self.length(file.rest.as_ref());
        let lines = file.lines.into_iter().map(|line| self.line(line));
        Movement {
            lines: lines.collect(),
            title: file
                .title
                .map(Spanned::into_inner)
                .unwrap_or_default()
                .into(),
            pose,
            from: file.from.unwrap_or(Length::Five),
            repeat: file
                .repeat
                .map_or([0; 3], |repeat| repeat.into_inner().by_length()),
            rest,
            place: file.place.map(|place| place.into_inner().into()),
            sits_down: file.sits_down,
        }
    }

    /// Its picture, if there is one of that name and she can be like that here.
    fn pose(&mut self, name: &Spanned<String>, on_feet: bool) -> Option<Pose> {
        let (at, name) = (name.span(), name.get_ref());
        let Ok(pose) = name.parse::<Pose>() else {
            let meant = did_you_mean(name, Pose::VARIANTS);
            self.report(
                &at,
                format!("there is no pose called \"{name}\"{meant}"),
                format!("take it out, or choose one: {}", Pose::VARIANTS.join(", ")),
            );
            return None;
        };
        let (is, here) = match pose.only() {
            Some(Posture::Seated) if on_feet => ("a chair", "she stands"),
            Some(Posture::Standing) if !on_feet => ("a wall", "she sits"),
            _ => return Some(pose),
        };
        self.report(
            &at,
            format!("the pose \"{name}\" is for {is}, and {here} here"),
            "choose another, or take it out",
        );
        None
    }

    fn breath(&mut self, at: &Range<usize>, file: &MovementFile) {
        let phases: Vec<_> = file
            .lines
            .iter()
            .map(|line| line.get_ref().phase())
            .collect();
        let Some(first) = phases.iter().position(Option::is_some) else {
            if let Some(repeat) = &file.repeat {
                self.report(
                    &repeat.span(),
                    "nothing here can be repeated",
                    "`repeat` counts breaths: give two lines `in` and `out`, or take it out",
                );
            }
            return;
        };
        let together = phases[first..]
            .iter()
            .take_while(|phase| phase.is_some())
            .count();
        let breaths: Vec<_> = phases.iter().flatten().collect();
        self.refuse(
            together != breaths.len(),
            &file.lines[first].span(),
            "the breath is torn apart by other lines",
            "put all lines with `in` and `out` of a movement next to each other",
        );
        for (pair, line) in phases.windows(2).zip(&file.lines[1..]) {
            self.refuse(
                pair[1].is_some() && pair[0] == pair[1],
                &line.span(),
                "two halves of a breath in a row go the same way: the breath would be held",
                "let `in` and `out` take turns",
            );
        }
        self.refuse(
            breaths.first() == breaths.last(),
            at,
            "the breath does not come round: the last half goes the same way as the first",
            "let each repetition have as many `in` as `out`",
        );
        self.repetitions(at, file);
    }

    fn repetitions(&mut self, at: &Range<usize>, file: &MovementFile) {
        self.refuse(
            file.repeat.is_none(),
            at,
            "it is not said how often this breath is repeated",
            "add `repeat = 3`, or how often it is",
        );
        if let Some(repeat) = &file.repeat {
            let often = repeat.get_ref().by_length();
            self.refuse(
                !often
                    .iter()
                    .all(|often| (1..=MOST_REPETITIONS).contains(often)),
                &repeat.span(),
                format!("a movement is repeated 1 to {MOST_REPETITIONS} times"),
                "choose a smaller number: small and few is the point of it",
            );
        }
        self.refuse(
            file.rest
                .as_ref()
                .is_none_or(|rest| rest.get_ref().is_zero()),
            at,
            "no rest follows this movement",
            "add `rest = \"2s\"` or more: every movement is followed by a rest",
        );
    }

    pub(super) fn length(&mut self, length: Option<&Spanned<SignedDuration>>) -> Frames {
        let Some(written) = length else {
            return Frames::ZERO;
        };
        let length = *written.get_ref();
        let sound = !length.is_negative() && length <= LONGEST;
        self.refuse(
            !sound,
            &written.span(),
            "a length of time is between nothing and 15 minutes",
            "write it like \"2s\" or \"1m 30s\"",
        );
        if sound {
            Frames::from(length.unsigned_abs())
        } else {
            Frames::ZERO
        }
    }
}

impl LineFile {
    fn phase(&self) -> Option<BreathPhase> {
        match (&self.inhale, &self.exhale) {
            (Some(_), None) => Some(BreathPhase::In),
            (None, Some(_)) => Some(BreathPhase::Out),
            _ => None,
        }
    }
}
