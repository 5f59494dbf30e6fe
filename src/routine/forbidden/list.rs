//! The list as it is written for people, in `scripts/forbidden.toml`, made ready for matching.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A plain `..` in a pattern: at most this many words within a clause …
const GAP_WITHIN: usize = 7;

/// … and this many where the gap reaches into the next clause.
const GAP_ACROSS: usize = 5;

#[derive(Debug)]
pub(super) struct List {
    pub rules: Vec<Rule>,
    pub negation: Negation,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub id: String,
    /// Why it may not be spoken.
    pub reason: String,
    /// What may be said in its place.
    pub instead: String,
    /// The sources, as keys of the project's list of sources.
    pub source: Vec<String>,
    pub(super) patterns: Vec<Pattern>,
}

/// Words in a row that meet a rule.
#[derive(Debug)]
pub(super) struct Pattern {
    pub parts: Vec<Part>,
    /// It may reach into the next sentence, and into the next line of a movement.
    pub across: bool,
}

/// One part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// One word, any of these.
    Word(Vec<Form>),
    /// At most this many words: within a clause, and across its end, if it may reach there at all.
    Gap {
        within: usize,
        across: Option<usize>,
    },
    /// Where a clause ends and the next one begins.
    Edge,
}

/// A word of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Form {
    text: String,
    exact: bool,
}

/// How a forbidden thing may be spoken of: by telling her not to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Negation {
    pub words: Vec<String>,
    pub pairs: Vec<[String; 2]>,
    pub small: Vec<String>,
    pub turns: Vec<String>,
    pub conditions: Vec<String>,
    pub weakens: Vec<String>,
    pub exceptions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    #[expect(dead_code, reason = "written for whoever reads the file")]
    version: u32,
    words: BTreeMap<String, Vec<String>>,
    negation: Negation,
    rule: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    reason: String,
    instead: String,
    source: Vec<String>,
    refuse: Vec<String>,
    #[serde(default)]
    across: Vec<String>,
}

impl List {
    /// Reads the list; says in words what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: ListFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let rules = file
            .rule
            .into_iter()
            .map(|rule| rule.ready(&file.words))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            rules,
            negation: file.negation,
        })
    }
}

impl RuleFile {
    fn ready(self, words: &BTreeMap<String, Vec<String>>) -> Result<Rule, String> {
        let refuse = self.refuse.iter().map(|pattern| (pattern, false));
        let across = self.across.iter().map(|pattern| (pattern, true));
        let patterns = refuse
            .chain(across)
            .map(|(pattern, across)| parse_pattern(pattern, across, words))
            .collect::<Result<_, _>>()
            .map_err(|wrong| format!("rule \"{}\": {wrong}", self.id))?;
        Ok(Rule {
            id: self.id,
            reason: self.reason,
            instead: self.instead,
            source: self.source,
            patterns,
        })
    }
}

fn parse_pattern(
    pattern: &str,
    across: bool,
    words: &BTreeMap<String, Vec<String>>,
) -> Result<Pattern, String> {
    let parts: Vec<Part> = pattern
        .split_whitespace()
        .map(|part| parse_part(part, words))
        .collect::<Result<_, _>>()?;
    let bounded = !matches!(parts.first(), None | Some(Part::Gap { .. }))
        && !matches!(parts.last(), None | Some(Part::Gap { .. }));
    if bounded && parts.iter().any(|part| matches!(part, Part::Word(_))) {
        Ok(Pattern { parts, across })
    } else {
        Err(format!(
            "\"{pattern}\" begins with a word or END, ends with a word or END, and names a word"
        ))
    }
}

fn parse_part(part: &str, words: &BTreeMap<String, Vec<String>>) -> Result<Part, String> {
    if part == "END" {
        return Ok(Part::Edge);
    }
    if let Some(most) = part.strip_prefix('~') {
        return most
            .parse()
            .map(|within| Part::Gap {
                within,
                across: None,
            })
            .map_err(|_| format!("\"{part}\" is no gap: write \"~3\""));
    }
    if let Some(most) = part.strip_prefix("..") {
        return gap(most).ok_or_else(|| format!("\"{part}\" is no gap: write \"..\" or \"..3\""));
    }
    let mut forms = Vec::new();
    for choice in part.split('|') {
        match choice
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
        {
            Some(name) => {
                let listed = words
                    .get(name)
                    .ok_or_else(|| format!("there is no list of words <{name}>"))?;
                for word in listed {
                    forms.push(Form::parse(word)?);
                }
            }
            None => forms.push(Form::parse(choice)?),
        }
    }
    Ok(Part::Word(forms))
}

fn gap(most: &str) -> Option<Part> {
    let (within, across) = if most.is_empty() {
        (GAP_WITHIN, GAP_ACROSS)
    } else {
        let most = most.parse().ok()?;
        (most, most)
    };
    Some(Part::Gap {
        within,
        across: Some(across),
    })
}

impl Form {
    fn parse(word: &str) -> Result<Self, String> {
        let quoted = word
            .strip_prefix('\'')
            .and_then(|word| word.strip_suffix('\''));
        let text = quoted.unwrap_or(word);
        if text.is_empty()
            || text == "END"
            || !text.bytes().all(|letter| letter.is_ascii_alphanumeric())
        {
            return Err(format!(
                "\"{word}\" is no word: letters or digits only, no apostrophe; END stands alone"
            ));
        }
        Ok(Self {
            text: text.to_ascii_lowercase(),
            exact: quoted.is_some(),
        })
    }

    /// Is `word` this one, or, unless it is meant exactly, one of its forms?
    pub(super) fn is(&self, word: &str) -> bool {
        word == self.text || (!self.exact && is_form(word, &self.text))
    }
}

/// press → presses, pressed, pressing, presser; pop → popped, popping; bounce → bouncing; try → tried.
fn is_form(word: &str, stem: &str) -> bool {
    const ENDINGS: [&str; 7] = ["s", "es", "ed", "d", "ing", "er", "ers"];
    const AFTER_DOUBLED: [&str; 4] = ["ed", "ing", "er", "ers"];
    let (before, last) = stem.split_at(stem.len() - 1);
    let Some(ending) = word.strip_prefix(before) else {
        return false;
    };
    let regular = ending.strip_prefix(last).is_some_and(|ending| {
        let doubled = ending.strip_prefix(last);
        ENDINGS.contains(&ending) || doubled.is_some_and(|ending| AFTER_DOUBLED.contains(&ending))
    });
    let changed = match last {
        "e" => ending == "ing",
        "y" => ["ies", "ied"].contains(&ending),
        _ => false,
    };
    regular || changed
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "version = 1\nwords = { neck = [\"neck\"] }\n[negation]\nwords = []\npairs = []\nsmall = []\nturns = []\nconditions = []\nweakens = []\nexceptions = []\n[[rule]]\nid = \"r\"\nreason = \"\"\ninstead = \"\"\nsource = []\n";

    #[test]
    fn a_word_stands_for_its_forms() {
        let form = |stem: &str, word: &str| Form::parse(stem).unwrap().is(word);
        for (stem, word) in [
            ("press", "presses"),
            ("pop", "popping"),
            ("bounce", "bouncing"),
            ("bounce", "bounced"),
            ("try", "tried"),
            ("crack", "cracker"),
        ] {
            assert!(form(stem, word), "{stem} {word}");
        }
        for (stem, word) in [
            ("heal", "health"),
            ("pop", "popular"),
            ("'breath'", "breathing"),
            ("press", "pres"),
        ] {
            assert!(!form(stem, word), "{stem} {word}");
        }
    }

    #[test]
    fn a_list_that_is_wrong_says_so() {
        for (pattern, message) in [
            ("press .. <nek>", "no list of words <nek>"),
            (".. neck", "begins with a word"),
            ("END", "names a word"),
            ("press ~ neck", "is no gap"),
            ("press ..", "ends with a word"),
            ("press ..x neck", "is no gap"),
            ("don't press", "is no word"),
            ("press || neck", "is no word"),
            ("press neck|END", "is no word"),
        ] {
            let error = List::parse(&format!("{HEAD}refuse = [\"{pattern}\"]")).unwrap_err();
            assert!(error.contains(message), "{pattern}: {error}");
        }
        assert!(List::parse(&format!("{HEAD}refuse = [\"press .. <neck> END\"]")).is_ok());
    }
}
