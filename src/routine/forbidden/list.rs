//! The list as it is written for people, in `scripts/forbidden.toml`, as regular expressions over plain words.

use std::collections::BTreeMap;
use std::ops::Range;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use serde::Deserialize;

use super::negation::{Negation, NegationFile};
use super::text::{EDGES, Text, Word};

/// A word that may or may not stand after a negation, in a [`Text`].
pub(super) const WORD: &str = "[ !][a-z0-9]+";

/// What a pattern may begin with: a word, or the edge of a clause.
const STARTS: [char; 5] = [' ', ',', ';', '.', '?'];

/// Lists of words, by their names.
type Lists = BTreeMap<String, Vec<String>>;

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
    /// Keys of the list of sources.
    pub source: Vec<String>,
    /// Each word that a pattern names is a group.
    patterns: Regex,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    #[expect(dead_code, reason = "written for whoever reads the file")]
    version: u32,
    words: Lists,
    negation: NegationFile,
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
        let rules = file.rule.into_iter().map(|rule| {
            let refuse = rule.refuse.iter().map(|pattern| (pattern, "[,;]"));
            let across = rule.across.iter().map(|pattern| (pattern, "[,;.?]"));
            let patterns = refuse
                .chain(across)
                .map(|(pattern, edge)| regex_of(pattern, edge, &file.words, &file.negation.words))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|wrong| format!("rule \"{}\": {wrong}", rule.id))?;
            // A rule without patterns finds nothing.
            let patterns = if patterns.is_empty() {
                "[a&&b]".into()
            } else {
                patterns.join("|")
            };
            Ok(Rule {
                patterns: longest(&patterns).map_err(|error| error.to_string())?,
                id: rule.id,
                reason: rule.reason,
                instead: rule.instead,
                source: rule.source,
            })
        });
        Ok(Self {
            rules: rules.collect::<Result<_, String>>()?,
            negation: Negation::new(&file.negation),
        })
    }
}

/// Of all ways to match at one place it finds the longest.
fn longest(pattern: &str) -> Result<Regex, Box<regex_automata::meta::BuildError>> {
    let longest = Config::new()
        .match_kind(MatchKind::All)
        .onepass(false)
        .dfa(false)
        .backtrack(false)
        .auto_prefilter(false);
    let ascii = syntax::Config::new().unicode(false).utf8(false);
    Regex::builder()
        .configure(longest)
        .syntax(ascii)
        .build(pattern)
        .map_err(Box::new)
}

/// A pattern as a regular expression that goes over an `edge`, but no other.
fn regex_of(pattern: &str, edge: &str, words: &Lists, not: &[String]) -> Result<String, String> {
    let parts: Vec<_> = pattern.split(' ').collect();
    let is_gap = |part: Option<&&str>| part.is_none_or(|part| part.starts_with(['.', '~']));
    if is_gap(parts.first()) || is_gap(parts.last()) || parts.iter().all(|part| *part == "END") {
        return Err(format!(
            "\"{pattern}\" begins with a word or END, ends with a word or END, and names a word"
        ));
    }
    // What a pattern calls forbidden because of a negation is not excused by one.
    let is_not = |word: &str| not.iter().any(|not| word.trim_matches('\'') == not);
    let negates = pattern.split([' ', '|']).any(is_not);
    let before = if negates { "[ !]" } else { " " };
    let mut regex = String::new();
    for (index, part) in parts.iter().enumerate() {
        let most = part.trim_start_matches(['.', '~']);
        let most = most
            .parse::<u32>()
            .map_err(|_| format!("\"{part}\" is no gap: write \"..\", \"..2\" or \"~3\""));
        let piece = match part.as_bytes() {
            b"END" => "[,;.?]".to_owned(),
            b".." => format!("(?:(?:{WORD}){{0,7}}|(?:{edge}?{WORD}){{0,5}}{edge}?)"),
            [b'.', ..] => format!("(?:{edge}?{WORD}){{0,{}}}{edge}?", most?),
            [b'~', ..] => format!("(?:{WORD}){{0,{}}}", most?),
            _ => {
                let follows =
                    index > 0 && !is_gap(parts.get(index - 1)) && parts[index - 1] != "END";
                let edge = if follows {
                    format!("{edge}?")
                } else {
                    String::new()
                };
                format!("{edge}({before}(?:{})\\b)", forms_of(part, words)?)
            }
        };
        regex.push_str(&piece);
    }
    Ok(regex)
}

/// `press|'dug'|<neck>` as a regular expression of every form of each.
fn forms_of(choices: &str, words: &Lists) -> Result<String, String> {
    let mut forms = Vec::new();
    for choice in choices.split('|') {
        match choice
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
        {
            Some(name) => {
                let listed = words.get(name);
                let listed = listed.ok_or_else(|| format!("there is no list of words <{name}>"))?;
                for word in listed {
                    forms.push(form_of(word)?);
                }
            }
            None => forms.push(form_of(choice)?),
        }
    }
    Ok(forms.join("|"))
}

/// press → presses, pressed, pressing, presser; pop → popped, popping; bounce → bouncing; try → tried. A word in
/// quotes has no other form.
fn form_of(word: &str) -> Result<String, String> {
    let quoted = word
        .strip_prefix('\'')
        .and_then(|word| word.strip_suffix('\''));
    let stem = quoted.unwrap_or(word);
    let plain = stem
        .bytes()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    let Some((before, last)) = stem
        .split_at_checked(stem.len().wrapping_sub(1))
        .filter(|_| plain)
    else {
        return Err(format!(
            "\"{word}\" is no word: letters or digits only, no apostrophe; END stands alone"
        ));
    };
    let changed = match last {
        _ if quoted.is_some() => return Ok(stem.to_owned()),
        "e" => format!("|{before}ing"),
        "y" => format!("|{before}ie[sd]"),
        _ => String::new(),
    };
    Ok(format!(
        "{stem}(?:e?[sd]|ing|ers?|{last}(?:ed|ing|ers?))?{changed}"
    ))
}

impl Rule {
    /// Whatever says what this rule forbids, each time: its first word, where the shortest way to say it ends, and
    /// where the longest does.
    pub(super) fn find<'t>(&self, text: &'t Text, negation: &Negation) -> Vec<[&'t Word; 3]> {
        let (mut spoken, mut prohibited) = (Vec::new(), Vec::new());
        for (start, _) in text.plain.match_indices(STARTS) {
            self.find_at(start, text, negation, &mut spoken, &mut prohibited);
        }
        // What lies within a prohibition of one clause is prohibited with it: "do not lie (flat on your back)".
        let covered = |inner: &Range<usize>| {
            prohibited.iter().any(|outer: &Range<usize>| {
                let edges = text.plain[outer.clone()].contains(EDGES);
                !edges && outer.start <= inner.start && inner.end <= outer.end
            })
        };
        let spoken = spoken.into_iter().filter(|(whole, _)| !covered(whole));
        let word = |end| &text.words[text.words.partition_point(|word| word.at < end) - 1];
        spoken
            .map(|(whole, nearest)| [word(whole.start + 1), word(nearest), word(whole.end)])
            .collect()
    }

    /// Tries each way in which it begins at `start`, the longest first, until one is no prohibition.
    fn find_at(
        &self,
        start: usize,
        text: &Text,
        negation: &Negation,
        spoken: &mut Vec<(Range<usize>, usize)>,
        prohibited: &mut Vec<Range<usize>>,
    ) {
        fn from(plain: &str, start: usize) -> Input<'_> {
            Input::new(plain).range(start..).anchored(Anchored::Yes)
        }
        if !self.patterns.is_match(from(&text.plain, start)) {
            return;
        }
        let mut plain = text.plain.clone();
        let mut groups = self.patterns.create_captures();
        loop {
            self.patterns.captures(from(&plain, start), &mut groups);
            let named: Vec<_> = groups.iter().skip(1).flatten().collect();
            let (Some(first), Some(last)) = (named.first(), named.last()) else {
                return;
            };
            let whole = first.start..last.end;
            match negation.governs(&text.plain, &named) {
                Some(at) if plain[at..].starts_with(' ') => {
                    prohibited.push(whole);
                    plain.replace_range(at..=at, "!");
                }
                _ => {
                    let nearest = self
                        .patterns
                        .search_half(&from(&plain, start).earliest(true));
                    let nearest = nearest.map_or(whole.end, |end| end.offset());
                    return spoken.push((whole, nearest));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "version = 1\nwords = { neck = [\"neck\"] }\n[negation]\nwords = []\npairs = []\nsmall = []\nturns = []\nconditions = []\nweakens = []\nexceptions = []\n[[rule]]\nid = \"r\"\nreason = \"\"\ninstead = \"\"\nsource = []\n";

    #[test]
    fn a_word_stands_for_its_forms() {
        let form = |stem: &str, word: &str| {
            let forms = longest(&format!("^(?:{})$", form_of(stem).unwrap()));
            forms.unwrap().is_match(word)
        };
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
