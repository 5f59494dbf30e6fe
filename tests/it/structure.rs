//! The shape of the program: who may know whom.
//!
//! `cargo modules dependencies --acyclic` tells circles, too, but takes the whole of rust-analyzer to be built.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Every folder and what it may import of the others. Pure ones come first; only the drivers see all.
const MAY_IMPORT: [(&str, &[&str]); 15] = [
    ("base", &[]),
    ("picture", &["base"]),
    ("clock", &[]),
    ("routine", &["base"]),
    ("plan", &["base", "routine"]),
    ("session", &["base", "plan", "routine"]),
    ("journal", &["base"]),
    ("diary", &["base", "journal", "session"]),
    (
        "prepare",
        &["base", "journal", "plan", "routine", "session"],
    ),
    (
        "page",
        &[
            "audio", "base", "diary", "journal", "plan", "prepare", "routine", "session",
        ],
    ),
    ("voice", &["base"]),
    ("system_voice", &[]),
    ("settings", &["base", "routine", "voice"]),
    ("audio", &["base", "clock", "plan"]),
    ("room", &["base", "clock", "session"]),
];

/// Those that wire everything together.
const SEE_ALL: [&str; 10] = [
    "app", "cli", "doctor", "error", "export", "fuzz", "lib", "main", "player", "sounds",
];

/// Folders whose `mod.rs` both defines what its files share and calls them. In all others not even that
/// makes a circle.
const DOORS: [&str; 12] = [
    "app",
    "doctor",
    "plan",
    "room/desktop",
    "room/screen",
    "routine/check",
    "session",
    "settings",
    "voice",
    "voice/neural",
    "voice/shape",
    "voice/system",
];

/// The program's own files, without those of tests: their names from `src` on, and their text.
fn sources() -> Vec<(PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !path.ends_with("tests.rs")
            {
                let text = fs::read_to_string(&path).expect("a source file");
                // Tests inside a module may use whatever they need.
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let name = path.strip_prefix(&src).expect("inside");
                found.push((name.to_owned(), code.to_owned()));
            }
        }
    }
    assert!(found.len() > 20);
    found
}

#[test]
fn imports_go_one_way() {
    for (name, code) in sources() {
        let name = name.to_string_lossy();
        let asks_the_time = code.contains("clippy::disallowed_methods");
        assert_eq!(asks_the_time, name == "clock.rs", "{name}");
        let module = name.split(['/', '.']).next().unwrap_or_default();
        if SEE_ALL.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == module) else {
            panic!("{name}: say in this test what the module may import");
        };
        for import in code.split("crate::").skip(1) {
            let end = import
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(import.len());
            let imported = &import[..end];
            assert!(
                imported == module || allowed.contains(&imported),
                "{name} may not import {imported:?}"
            );
        }
    }
}

/// The names of a module, from the root on; or a path, as it is written.
type Names = Vec<String>;

/// What a file says of others.
#[derive(Default)]
struct Mentions {
    /// Every path, those of `use` included.
    paths: Vec<Names>,
    /// What each `use` binds: a name, and the path that it stands for.
    bound: Vec<(String, Names)>,
}

impl Mentions {
    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match (&tokens[at], tokens.get(at + 1)) {
                // `pub(crate)` is no path.
                (TokenTree::Ident(word), Some(TokenTree::Group(_))) if word == "pub" => at += 2,
                (TokenTree::Ident(word), _) if word == "use" => {
                    at = self.path(&tokens, at + 1, &[], true);
                }
                (TokenTree::Ident(_), _) => at = self.path(&tokens, at, &[], false),
                (TokenTree::Group(group), _) => {
                    self.walk(group.stream());
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads a path that goes on from `before`; after `use` it may be a tree of them. Returns where it ends.
    fn path(&mut self, tokens: &[TokenTree], at: usize, before: &[String], binds: bool) -> usize {
        let is =
            |token: &TokenTree, sign| matches!(token, TokenTree::Punct(it) if it.as_char() == sign);
        let mut path = before.to_vec();
        let mut at = at;
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(name)) => path.push(name.to_string()),
                Some(TokenTree::Group(group)) if binds && group.delimiter() == Delimiter::Brace => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    for tree in inside.split(|token| is(token, ',')) {
                        self.path(tree, 0, &path, true);
                    }
                    return at + 1;
                }
                // A star, or the types of a call.
                _ => break,
            }
            at += 1;
            let goes_on = tokens.get(at..at + 2);
            if !goes_on.is_some_and(|two| two.iter().all(|token| is(token, ':'))) {
                break;
            }
            at += 2;
        }
        if binds {
            let name = match tokens.get(at..at + 2) {
                Some([TokenTree::Ident(word), TokenTree::Ident(name)]) if word == "as" => {
                    Some(name.to_string())
                }
                _ => path.last().cloned(),
            };
            self.bound.extend(name.map(|name| (name, path.clone())));
        }
        self.paths.push(path);
        at.max(1)
    }
}

/// The module that a path in `from` leads to. What a module on the way has only by `use` is looked for
/// where it has it from, so that passing things on makes no circle.
fn leads_to(
    modules: &BTreeMap<Names, Mentions>,
    from: &Names,
    path: &[String],
    depth: usize,
) -> Option<Names> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    let (mut module, rest) = match path.first()?.as_str() {
        "crate" => (Names::new(), &path[1..]),
        "self" => (from.clone(), &path[1..]),
        _ => (from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..]),
    };
    // A name that stands alone is a module of this one, or brought by `use`, or none of ours.
    let alone = rest.len() == path.len();
    for (number, name) in rest.iter().enumerate() {
        let mut inner = module.clone();
        inner.push(name.clone());
        if modules.contains_key(&inner) {
            module = inner;
            continue;
        }
        let bound = &modules.get(&module)?.bound;
        let bound = bound.iter().find(|(known, _)| known == name);
        if let Some((_, brought)) = bound.filter(|(_, brought)| brought != path && depth < 8) {
            let path: Names = brought.iter().chain(&rest[number + 1..]).cloned().collect();
            return leads_to(modules, &module, &path, depth + 1);
        }
        return (number > 0 || !alone).then_some(module);
    }
    Some(module)
}

/// Of the members of a folder, each with those that it imports, those that are in a circle or between two.
fn in_circles(mut imports: BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    loop {
        let before = imports.len();
        let imported: BTreeSet<String> = imports.values().flatten().cloned().collect();
        imports.retain(|member, _| imported.contains(member));
        let members: BTreeSet<String> = imports.keys().cloned().collect();
        imports.retain(|_, others| !others.is_disjoint(&members));
        if imports.len() == before {
            return members.into_iter().collect();
        }
    }
}

#[test]
fn no_files_of_a_folder_import_each_other_in_a_circle() {
    let mut modules = BTreeMap::new();
    for (name, code) in sources() {
        let parts = name.with_extension("");
        let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
        let mut module: Names = parts.collect();
        module.pop_if(|last| last == "mod" || last == "lib");
        let mut mentions = Mentions::default();
        mentions.walk(code.parse().expect("Rust"));
        modules.insert(module, mentions);
    }
    let mut folders: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, mentions) in &modules {
        let targets = mentions.paths.iter();
        for to in targets.filter_map(|path| leads_to(&modules, from, path, 0)) {
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            let folder = from[..shared].join("/");
            let member = |names: &Names| names.get(shared).map_or("mod", String::as_str).to_owned();
            let (from, to) = (member(from), member(&to));
            let door = DOORS.contains(&&*folder) && (from == "mod" || to == "mod");
            if from != to && !door {
                let imports = folders.entry(folder).or_default();
                imports.entry(from).or_default().insert(to);
            }
        }
    }
    assert!(folders.len() > 10, "few imports were seen: {folders:?}");
    for (folder, imports) in folders {
        let circle = in_circles(imports.clone());
        assert!(
            circle.is_empty(),
            "in src/{folder}, {circle:?} import each other: {imports:?}"
        );
    }
}
