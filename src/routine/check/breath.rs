//! A movement's breath goes in and out by turns, is counted, and is followed by a rest.

use std::ops::Range;
use std::str::FromStr;

use jiff::SignedDuration;
use strum::VariantNames;

use super::{Checker, Kind, LineFile, MOST_REPETITIONS, Movement, MovementFile, Spanned};
use crate::base::{BreathPhase, Frames, Length, Pose, Posture, did_you_mean, nearest};

/// No rest, wait or delay is longer: a longer one is a slip of the pen, and leaves her in silence.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

impl Checker<'_> {
    pub(super) fn movement(&mut self, movement: Spanned<MovementFile>, on_feet: bool) -> Movement {
        let at = movement.span();
        let file = movement.into_inner();
        self.misses(
            file.lines.is_empty(),
            &at,
            "the movement has no lines",
            "add lines, or take it out",
        );
        if let Some(title) = &file.title {
            self.title(title);
        }
        let pose = self.named("pose", file.pose.as_ref(), on_feet, Pose::only);
        let only = |kind: Kind| kind.limits().only;
        let kind = self.named("kind", file.kind.as_ref(), on_feet, only);
        if !self.unread.torn {
            self.breath(&at, &file);
        }
        self.few_enough(kind, &file);
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
            at,
            kind,
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

    /// Its pose or its kind, if there is one of that name and she can be like that here.
    fn named<T: Copy + FromStr + VariantNames>(
        &mut self,
        what: &str,
        name: Option<&Spanned<String>>,
        on_feet: bool,
        only: impl Fn(T) -> Option<Posture>,
    ) -> Option<T> {
        let (at, name) = (name?.span(), name?.get_ref());
        let Ok(found) = name.parse::<T>() else {
            let meant = did_you_mean(name, T::VARIANTS);
            self.report(
                &at,
                format!("there is no {what} called \"{name}\"{meant}"),
                format!("choose one: {}", T::VARIANTS.join(", ")),
            );
            // So that what follows from a slip is no problem of its own.
            return nearest(name, T::VARIANTS)?.parse().ok();
        };
        let (is, here) = match only(found) {
            Some(Posture::Seated) if on_feet => ("a chair", "she stands"),
            Some(Posture::Standing) if !on_feet => ("a wall", "she sits"),
            _ => return Some(found),
        };
        self.report(
            &at,
            format!("the {what} \"{name}\" is for {is}, and {here} here"),
            "choose another, or take it out",
        );
        None
    }

    /// No more repetitions than its kind allows.
    fn few_enough(&mut self, kind: Option<Kind>, file: &MovementFile) {
        let (Some(kind), Some(repeat)) = (kind, &file.repeat) else {
            return;
        };
        let most = kind.limits().most;
        let often = repeat.get_ref().by_length();
        self.refuse(
            often.iter().any(|often| *often > most),
            &repeat.span(),
            format!("the kind \"{kind}\" is repeated {most} times at the most"),
            "choose a smaller number, or the kind that it is: no built-in routine does more of it",
        );
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
