//! The shape of the program: who may know whom.

use std::fs;
use std::path::{Path, PathBuf};

/// Every module and what it may import of this crate. Pure ones come first; only drivers see all.
const MAY_IMPORT: [(&str, &[&str]); 23] = [
    ("time", &[]),
    ("pace", &["time"]),
    ("diagnostic", &[]),
    ("utterance", &["pace", "time"]),
    ("clip", &["time", "utterance"]),
    ("routine", &["diagnostic", "pace", "time", "utterance"]),
    ("plan", &["pace", "routine", "time", "utterance"]),
    ("limit", &[]),
    ("journal", &["limit"]),
    ("emergency", &[]),
    ("config", &["diagnostic", "emergency", "pace", "routine"]),
    ("screening", &["routine"]),
    (
        "session",
        &["pace", "plan", "routine", "screening", "time", "utterance"],
    ),
    ("voice", &["clip", "pace", "time", "utterance"]),
    (
        "audio",
        &["clip", "diagnostic", "pace", "plan", "time", "utterance"],
    ),
    (
        "sounds",
        &["audio", "clip", "pace", "session", "time", "utterance"],
    ),
    ("screen", &["pace", "session", "time"]),
    ("loudspeakers", &[]),
    ("sleep", &["time"]),
    ("terminal", &[]),
    ("keys", &["session", "terminal"]),
    ("desktop", &["keys", "session"]),
    ("paths", &["voice"]),
];

/// Those that wire everything together.
const SEE_ALL: [&str; 9] = [
    "app", "cli", "diary", "doctor", "error", "export", "lib", "main", "player",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn imports_go_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 20);
    for file in files {
        let name = file
            .strip_prefix(&src)
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        let module = name.split(['/', '.']).next().unwrap_or_default();
        if SEE_ALL.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| *known == module) else {
            panic!("{name}: say in this test what the module may import");
        };
        let text = fs::read_to_string(&file).expect("a source file");
        // Tests inside a module may use whatever they need.
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
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
