//! What the program is linked with, and under which licences.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};

/// A crate must be usable under some of these alone. No GPL of any kind: the program is MIT or Apache-2.0,
/// and whoever builds it may ship it so.
const ALLOWED: [&str; 5] = ["Apache-2.0", "BSD-3-Clause", "MIT", "Unicode-3.0", "Zlib"];

/// Crates that name their licence in a file alone: the file begins with these words, which were read.
const NAMED_IN_A_FILE: [(&str, &str); 1] = [(
    "language-tokenizer",
    "DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE",
)];

fn allowed(licence: &str) -> bool {
    let expression = Expression::parse_mode(licence, ParseMode::LAX).expect("an SPDX expression");
    let licensees = ALLOWED.map(|name| Licensee::parse(name).expect("a licence"));
    expression.evaluate(|asked| licensees.iter().any(|licensee| licensee.satisfies(asked)))
}

fn named_in_a_file(package: &Value) -> bool {
    let named = NAMED_IN_A_FILE
        .iter()
        .find(|(name, _)| package["name"] == *name);
    let file = package["license_file"]
        .as_str()
        .zip(package["manifest_path"].as_str());
    named
        .zip(file)
        .is_some_and(|((_, words), (file, manifest))| {
            let text =
                fs::read_to_string(Path::new(manifest).with_file_name(file)).expect("its licence");
            text.trim_start().starts_with(words)
        })
}

/// Cargo's word on the packages, for this machine and with every feature.
fn metadata() -> Value {
    let asked = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--all-features", "--filter-platform=host-tuple"])
        .output()
        .expect("cargo");
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    serde_json::from_slice(&asked.stdout).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

#[test]
fn every_crate_that_is_linked_is_under_a_licence_that_allows_it() {
    let metadata = metadata();
    let packages = list(&metadata["packages"]);
    let nodes = list(&metadata["resolve"]["nodes"]);
    let mut linked = vec![&metadata["resolve"]["root"]];
    let mut at = 0;
    while let Some(&id) = linked.get(at) {
        at += 1;
        let node = nodes.iter().find(|node| node["id"] == *id).expect("a node");
        for dependency in list(&node["deps"]) {
            let normal = list(&dependency["dep_kinds"])
                .iter()
                .any(|kind| kind["kind"].is_null());
            if normal && !linked.contains(&&dependency["pkg"]) {
                linked.push(&dependency["pkg"]);
            }
        }
    }
    assert!(linked.len() > 100, "only {} crates", linked.len());
    for id in linked {
        let package = packages
            .iter()
            .find(|package| package["id"] == *id)
            .expect("a package");
        let fits = package["license"]
            .as_str()
            .map_or_else(|| named_in_a_file(package), allowed);
        assert!(fits, "{}: {}", package["name"], package["license"]);
    }
}

#[test]
fn the_gpl_is_refused() {
    assert!(allowed("LGPL-2.1 OR MIT/Apache-2.0"));
    for licence in [
        "GPL-3.0-or-later",
        "LGPL-2.1",
        "AGPL-3.0",
        "MIT AND GPL-2.0-only",
    ] {
        assert!(!allowed(licence), "{licence}");
    }
}

/// libasound and libspeechd are under the LGPL. It asks that they can be replaced: so they are linked
/// dynamically, and the system ships them, never this project.
#[cfg(all(target_os = "linux", feature = "system-voice"))]
#[test]
fn the_systems_libraries_are_linked_dynamically() {
    let program = env!("CARGO_BIN_EXE_softback");
    let linked = Command::new("ldd").arg(program).output().expect("ldd");
    let linked = String::from_utf8_lossy(&linked.stdout);
    for library in ["libasound.so", "libspeechd.so"] {
        assert!(linked.contains(library), "{library} is not in:\n{linked}");
    }
}
