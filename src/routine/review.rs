//! Whose words a routine speaks, and who has reviewed them.
//!
//! A file says itself who has reviewed it, and nobody can check that. What is checked is that the words are still those
//! that were reviewed.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::kind::Kind;
use super::known::Known;
use super::model::{Line, LineKind, Movement, Routine, Section, Standing};
use super::respelled::Respelled;
use crate::base::{BreathPhase, Frames, Length};

/// A rest so many times as long as Softback's longest is still one of Softback's, and so is a short one wherever it
/// stands (house figures).
const LONGER_REST: u64 = 2;
const SHORT_REST: Frames = Frames::from_millis(5000);

/// What a file says of its review.
pub(super) struct Review {
    pub by: String,
    pub on: Date,
    /// The mark of each line, in order.
    pub marks: Vec<String>,
}

/// A line as it is reviewed: its words, and what decides when they are said and what is done.
pub(crate) struct Reviewed {
    pub id: Arc<str>,
    pub told: String,
}

impl Reviewed {
    fn of(words: &Respelled, section: &Section, movement: &Movement, line: &Line) -> Self {
        let kind = match line.kind {
            LineKind::Say => "say",
            LineKind::Breath(BreathPhase::In) => "in",
            LineKind::Breath(BreathPhase::Out) => "out",
            LineKind::Ready => "ready",
            LineKind::Ask(_) => "ask",
        };
        let [five, ten, twenty] = movement.repeat;
        let repeat = (twenty > 0).then(|| format!("{five}, {ten}, {twenty} times"));
        let from =
            (movement.from > Length::Five).then(|| format!("from {} minutes", movement.from));
        let quoted =
            |what: &str, said: &Option<String>| Some(format!("{what} \"{}\"", said.as_ref()?));
        let texts = [Some(&line.text), line.recorded.as_ref(), line.word.as_ref()];
        let heard = texts.into_iter().flatten();
        let heard: Vec<_> = heard.filter_map(|text| words.heard(text)).collect();
        let heard = (!heard.is_empty()).then(|| heard.join(" "));
        // Some rests are held: how long is the reviewer's to see.
        let rest = |what: &str, rest: Frames| {
            (rest > Frames::ZERO).then(|| format!("{what} {} ms", rest.millis()))
        };
        let more = [
            rest("rest", line.rest),
            rest("rest at the end", movement.rest),
            quoted("heard as", &heard),
            quoted("recorded", &line.recorded),
            quoted("word", &line.word),
            movement.kind.map(|kind| kind.to_string()),
            repeat,
            from,
            section.on_feet.then(|| "on her feet".to_owned()),
            line.when.or(section.posture).map(|only| only.to_string()),
            line.form.map(|form| form.to_string()),
            line.round.map(|round| format!("round {round}")),
            line.toned.then(|| "toned".to_owned()),
        ];
        let mut told = format!("{kind} \"{}\"", line.text);
        for part in more.into_iter().flatten() {
            // A string takes whatever is written.
            let _ = write!(told, ", {part}");
        }
        Self {
            id: line.id.clone(),
            told,
        }
    }

    /// Its id and the beginning of its hash: enough to see a slip of the pen, and nobody else can be kept out.
    pub(crate) fn mark(&self) -> String {
        let hash = Sha256::digest(&self.told);
        let hash = hash[..4].iter().map(|byte| format!("{byte:02x}"));
        format!("{}:{}", self.id, hash.collect::<String>())
    }
}

impl Routine {
    /// Its lines as they are reviewed, in order.
    pub(crate) fn reviewed(&self) -> impl Iterator<Item = Reviewed> {
        self.movements().flat_map(move |(section, movement)| {
            let lines = movement.lines.iter();
            lines.map(move |line| Reviewed::of(&self.words, section, movement, line))
        })
    }

    fn movements(&self) -> impl Iterator<Item = (&Section, &Movement)> {
        let sections = self.sections.iter();
        sections.flat_map(|section| section.movements.iter().map(move |it| (section, it)))
    }
}

/// The standing of a routine that is not built in.
pub(super) fn standing(routine: &Routine, known: &Known, review: Option<Review>) -> Standing {
    let doubts = match &review {
        Some(review) => changes(review, &routine.reviewed().collect::<Vec<_>>()),
        None if routine.only_rests() => Vec::new(),
        None => unknown(routine, known),
    };
    match review {
        _ if !doubts.is_empty() => Standing::Unreviewed(doubts),
        Some(Review { by, on, .. }) => Standing::Reviewed { by, on },
        None => Standing::Known,
    }
}

/// What has changed since the review.
fn changes(review: &Review, lines: &[Reviewed]) -> Vec<String> {
    let ids = review.marks.iter().map(|mark| id_of(mark));
    let (marks, were): (HashSet<_>, HashSet<_>) = (review.marks.iter().collect(), ids.collect());
    let are: HashSet<_> = lines.iter().map(|line| &*line.id).collect();
    let mut changes = Vec::new();
    for line in lines.iter().filter(|line| !marks.contains(&line.mark())) {
        let was_there = were.contains(&*line.id);
        let how = if was_there { "has changed" } else { "is new" };
        changes.push(format!("{} {how}: {}", line.id, line.told));
    }
    let ids = review.marks.iter().map(|mark| id_of(mark));
    let gone = ids.filter(|id| !are.contains(id));
    changes.extend(gone.map(|id| format!("{id} has been taken out")));
    let in_order = lines
        .iter()
        .map(Reviewed::mark)
        .eq(review.marks.iter().cloned());
    if changes.is_empty() && !in_order {
        changes.push("the lines stand in another order".to_owned());
    }
    changes
}

fn id_of(mark: &str) -> &str {
    mark.rsplit_once(':').map_or(mark, |(id, _)| id)
}

/// What in it no built-in routine has.
fn unknown(routine: &Routine, known: &Known) -> Vec<String> {
    let movements = routine.movements();
    let doubts = movements.flat_map(|(_, movement)| {
        let lines = movement.lines.iter();
        let lines = lines.filter_map(|line| unknown_line(known, movement.kind, line));
        no_kind(movement)
            .into_iter()
            .chain(lines)
            .chain(long_end(known, movement))
    });
    doubts.collect()
}

/// A breath that is held to no limit.
fn no_kind(movement: &Movement) -> Option<String> {
    let line = movement.lines.iter().find(|line| line.breathes())?;
    movement.kind.is_none().then(|| {
        format!(
            "the movement with {} has no kind, so no limit and no word of care was looked for: give it its `kind`",
            line.id
        )
    })
}

/// What is not Softback's of a line: its words, where they stand, or how long they are done.
fn unknown_line(known: &Known, kind: Option<Kind>, line: &Line) -> Option<String> {
    let Line { id, text, rest, .. } = line;
    let said = [Some(text), line.recorded.as_ref(), line.word.as_ref()];
    if let Some(new) = said.into_iter().flatten().find(|said| !known.says(said)) {
        return Some(format!("{id} is not Softback's: \"{new}\""));
    }
    if let Some(kind) = kind.filter(|kind| line.breathes() && !known.does(*kind, line)) {
        let way = if line.kind == LineKind::Breath(BreathPhase::In) {
            "in"
        } else {
            "out"
        };
        return Some(format!(
            "{id} is not what Softback does on the breath {way} in the kind \"{kind}\": \"{text}\""
        ));
    }
    longer(id, *rest, known.rest(text)?)
}

/// A rest at the end of a movement that is longer than those of its kind.
fn long_end(known: &Known, movement: &Movement) -> Option<String> {
    let longest = known.rest_at_the_end(movement.kind?)?;
    let line = movement.lines.iter().find(|line| line.breathes())?;
    let what = format!("the movement with {}", line.id);
    longer(&what, movement.rest, longest)
}

/// She may be holding something meanwhile.
fn longer(what: &str, rest: Frames, longest: Frames) -> Option<String> {
    let doubt = rest > SHORT_REST && rest.0 > longest.0 * LONGER_REST;
    let [rest, longest] = [rest, longest].map(Frames::seconds);
    doubt.then(|| format!("{what} rests for {rest} s, and Softback for {longest} s at the most"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::{built_in, built_in_names};

    const HEAD: &str = "title = \"T\"\nlanguage = \"en\"\nversion = 1\n";
    const RULES: &str = "[[section]]\npart = \"rules\"\n[[section]]\npart = \"warm-up\"\n";
    const ROLLS: &str = "[[section]]\ntitle = \"S\"\n[[section.movement]]\nkind = \"shoulder-roll\"\nrepeat = 4\n\
                         rest = \"2s\"\nlines = [\n\
                         { id = \"A1\", say = \"Now we will roll your shoulders.\", source = [\"house\"] },\n\
                         { id = \"A2\", in = \"Lift your shoulders up.\", source = [\"house\"] },\n\
                         { id = \"A3\", out = \"Roll them back and down.\", source = [\"house\"] },\n]\n\
                         [[section]]\npart = \"closing\"\n";

    fn parsed(head: &str, sections: &str) -> Routine {
        let text = format!("{HEAD}{head}{sections}");
        Routine::parse("hers.toml", &text).unwrap_or_else(|wrong| panic!("{wrong}"))
    }

    /// The head of a file whose reviewer saw these lines.
    fn signed(routine: &Routine) -> String {
        let marks: Vec<_> = routine.reviewed().map(|line| line.mark()).collect();
        format!("reviewed_by = \"Jo\"\nreviewed_on = 2026-11-29\nreviewed = {marks:?}\n")
    }

    #[track_caller]
    fn doubts(routine: &Routine) -> String {
        match routine.standing() {
            Standing::Unreviewed(doubts) => doubts.join("\n"),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_built_in_is_ours_and_a_copy_of_it_is_made_of_our_sentences() {
        for name in built_in_names() {
            assert_eq!(
                *built_in(name).expect("its name").standing(),
                Standing::Ours
            );
        }
        let routine = parsed("", &format!("{RULES}{ROLLS}"));
        assert_eq!(*routine.standing(), Standing::Known);
        for text in [
            include_str!("../../scripts/en/upper-back.toml"),
            include_str!("../../scripts/en/gentle.toml"),
            include_str!("../../scripts/en/rest.toml"),
        ] {
            let copy = Routine::parse("hers.toml", text).unwrap_or_else(|wrong| panic!("{wrong}"));
            assert_eq!(*copy.standing(), Standing::Known);
        }
    }

    #[test]
    fn another_sentence_no_kind_or_another_kind_is_unreviewed() {
        let all = format!("{RULES}{ROLLS}");
        let changed = |from: &str, to: &str| parsed("", &all.replacen(from, to, 1));
        let new = changed(
            "Now we will roll your shoulders.",
            "We roll your shoulders.",
        );
        assert_eq!(
            doubts(&new),
            "A1 is not Softback's: \"We roll your shoulders.\""
        );
        let no_kind = changed("kind = \"shoulder-roll\"\n", "");
        assert!(
            doubts(&no_kind).starts_with("the movement with A2 has no kind, so no limit"),
            "{no_kind:?}"
        );
        // The limits of a breath are not those of a turn.
        let other = changed("kind = \"shoulder-roll\"", "kind = \"breath\"");
        assert!(
            doubts(&other)
                .contains("A3 is not what Softback does on the breath out in the kind \"breath\""),
            "{other:?}"
        );
        let word = changed("down.\", source", "down.\", word = \"Down.\", source");
        assert_eq!(doubts(&word), "A3 is not Softback's: \"Down.\"");
        // Rest moves nothing, so it needs no kind.
        let breath = ROLLS
            .replace("[[section]]\npart = \"closing\"\n", "")
            .replace("kind = \"shoulder-roll\"\n", "")
            .replace(
                "Now we will roll your shoulders.",
                "Rest your hands where they feel good.",
            )
            .replace("Lift your shoulders up.", "Breathe in softly.")
            .replace("Roll them back and down.", "Breathe out slowly.");
        assert_eq!(*parsed("", &breath).standing(), Standing::Known);
    }

    #[test]
    fn a_breath_the_other_way_round_or_a_longer_rest_is_unreviewed() {
        let all = format!("{RULES}{ROLLS}");
        let swapped = all
            .replacen("Lift your shoulders up.", "Roll.", 1)
            .replacen("Roll them back and down.", "Lift your shoulders up.", 1)
            .replacen("Roll.", "Roll them back and down.", 1);
        assert_eq!(
            doubts(&parsed("", &swapped)),
            "A2 is not what Softback does on the breath in in the kind \"shoulder-roll\": \"Roll them back and down.\"\n\
             A3 is not what Softback does on the breath out in the kind \"shoulder-roll\": \"Lift your shoulders up.\""
        );
        let rested_for = |rest: &str| {
            let line = format!("your shoulders.\", rest = \"{rest}\", source");
            all.replacen("your shoulders.\", source", &line, 1)
        };
        let rested = rested_for("5m");
        assert_eq!(
            doubts(&parsed("", &rested)),
            "A1 rests for 300 s, and Softback for 1 s at the most"
        );
        let short = rested_for("5s");
        assert_eq!(*parsed("", &short).standing(), Standing::Known);
        let ended = all.replacen("rest = \"2s\"", "rest = \"5m\"", 1);
        let ended = doubts(&parsed("", &ended));
        assert!(
            ended.starts_with("the movement with A2 rests for 300 s"),
            "{ended}"
        );
    }

    #[test]
    fn a_review_holds_until_a_line_changes_and_says_which() {
        let mine = format!("{RULES}{ROLLS}").replace(
            "Now we will roll your shoulders.",
            "We roll your shoulders.",
        );
        let head = signed(&parsed("", &mine));
        let reviewed = parsed(&head, &mine);
        assert_eq!(
            reviewed.standing().to_string(),
            "reviewed by Jo on 2026-11-29"
        );
        let after = |from: &str, to: &str| {
            let changed = mine.replacen(from, to, 1);
            assert_ne!(changed, mine, "{from:?}");
            doubts(&parsed(&head, &changed))
        };
        let word = after("We roll your", "We will roll your");
        assert!(
            word.starts_with("A1 has changed: say \"We will roll your shoulders.\""),
            "{word}"
        );
        assert_eq!(word.lines().count(), 1, "{word}");
        // What is done counts for all lines of the movement.
        for (from, to) in [
            ("repeat = 4", "repeat = [2, 4, 4]"),
            ("rest = \"2s\"", "rest = \"5m\""),
            ("title = \"S\"", "title = \"S\"\nposture = \"seated\""),
        ] {
            assert_eq!(after(from, to).lines().count(), 3);
        }
        assert!(after("kind = \"shoulder-roll\"\n", "").contains("A3 has changed"));
        let line = "{ id = \"A1\", say = \"We roll your shoulders.\", source = [\"house\"] },\n";
        assert_eq!(after(line, ""), "A1 has been taken out");
        let more = after(line, &[line, &line.replace("A1", "A0")].concat());
        assert!(more.starts_with("A0 is new: say \"We roll"), "{more}");
        let moved = line
            .replace("We roll your", "Now we will roll your")
            .replace("A1", "A0");
        let two = mine.replacen(line, &[line, &moved].concat(), 1);
        let head = signed(&parsed("", &two));
        let turned = parsed(&head, &mine.replacen(line, &[&moved, line].concat(), 1));
        assert_eq!(doubts(&turned), "the lines stand in another order");
        // So is how it is heard.
        let glides = mine.replacen("We roll", "We glide", 1);
        let with = |review: &str, heard: &str| {
            let head = format!("new_words = [\"glide\"]\n{review}[words]\nglide = \"{heard}\"\n");
            parsed(&head, &glides)
        };
        let review = signed(&with("", "glyde"));
        assert_eq!(
            with(&review, "glyde").standing().to_string(),
            "reviewed by Jo on 2026-11-29"
        );
        let gleed = doubts(&with(&review, "gleed"));
        assert!(gleed.starts_with("A1 has changed: "), "{gleed}");
        assert!(
            gleed.contains("heard as \"We gleed your shoulders.\""),
            "{gleed}"
        );
        assert_eq!(gleed.lines().count(), 1, "{gleed}");
        // Its title is no word of it.
        let titled = parsed(&head, &two.replace("title = \"S\"", "title = \"T\""));
        assert_eq!(
            titled.standing().to_string(),
            "reviewed by Jo on 2026-11-29"
        );
    }
}
