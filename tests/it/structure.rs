//! The shape of the program: who may know whom.

use std::fs;
use std::path::{Path, PathBuf};

/// Every folder and what it may import of the others. Pure ones come first; only the drivers see all.
const MAY_IMPORT: [(&str, &[&str]); 9] = [
    ("base", &[]),
    ("routine", &["base"]),
    ("plan", &["base", "routine"]),
    ("session", &["base", "plan", "routine"]),
    ("journal", &["base"]),
    ("voice", &["base"]),
    ("settings", &["base", "routine", "voice"]),
    ("audio", &["base", "plan"]),
    ("room", &["base", "session"]),
];

/// Those that wire everything together.
const SEE_ALL: [&str; 7] = ["app", "cli", "doctor", "error", "lib", "main", "player"];

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
        if SEE_ALL.contains(&module) || name.contains("tests/") || name.ends_with("tests.rs") {
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
