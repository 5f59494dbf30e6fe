//! What the program is linked with, and under which licences.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};

/// Crates that name their licence in a file alone: the file begins with these words, which were read.
const NAMED_IN_A_FILE: [(&str, &str); 1] =
    [("WTFPL", "DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE")];

/// The rule, as `make deny` reads it.
#[derive(Deserialize)]
struct Rule {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

/// A crate that may be under others, too.
#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

impl Licences {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
        let text = fs::read_to_string(path).expect("the rule");
        let rule: Rule = toml::from_str(&text).expect("the rule can be read");
        rule.licenses
    }

    /// Whether it may be linked under this licence.
    fn allow(&self, name: &str, licence: &str) -> bool {
        let expression = Expression::parse_mode(licence, ParseMode::LAX).expect("an expression");
        let own = self.exceptions.iter().filter(|own| own.name == name);
        let names = self.allow.iter().chain(own.flat_map(|own| &own.allow));
        let licensees = names.map(|name| Licensee::parse(name).expect("a licence"));
        let licensees: Vec<_> = licensees.collect();
        expression.evaluate(|asked| licensees.iter().any(|licensee| licensee.satisfies(asked)))
    }
}

/// The licence of a package that names it in a file alone.
fn named_in_a_file(package: &Value) -> Option<&'static str> {
    let file = package["license_file"].as_str()?;
    let path = Path::new(package["manifest_path"].as_str()?).with_file_name(file);
    let text = fs::read_to_string(path).expect("its licence");
    let mut known = NAMED_IN_A_FILE.iter();
    let named = known.find(|(_, words)| text.trim_start().starts_with(words));
    named.map(|(licence, _)| *licence)
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
    let licences = Licences::read();
    for id in linked {
        let package = packages
            .iter()
            .find(|package| package["id"] == *id)
            .expect("a package");
        let licence = package["license"].as_str();
        let licence = licence.or_else(|| named_in_a_file(package));
        let name = package["name"].as_str().expect("a name");
        let fits = licence.is_some_and(|licence| licences.allow(name, licence));
        assert!(fits, "{name}: {licence:?}");
    }
}

#[test]
fn the_gpl_is_refused() {
    let licences = Licences::read();
    assert!(licences.allow("any", "LGPL-2.1 OR MIT/Apache-2.0"));
    for licence in [
        "GPL-3.0-or-later",
        "LGPL-2.1",
        "AGPL-3.0",
        "MIT AND GPL-2.0-only",
        "ISC",
    ] {
        assert!(!licences.allow("any", licence), "{licence}");
    }
    assert!(licences.allow("libloading", "ISC"));
}

/// libasound and libspeechd are under the LGPL. It asks that they can be replaced: so they are linked
/// dynamically, and the system ships them, never this project. Softback itself starts where there is no libspeechd.
#[cfg(all(target_os = "linux", feature = "system-voice"))]
#[test]
fn the_systems_libraries_are_linked_dynamically() {
    let linked = |program| {
        let linked = Command::new("ldd").arg(program).output().expect("ldd");
        String::from_utf8_lossy(&linked.stdout).into_owned()
    };
    let softback = linked(env!("CARGO_BIN_EXE_softback"));
    assert!(softback.contains("libasound.so"), "{softback}");
    assert!(!softback.contains("libspeechd"), "{softback}");
    let speaker = linked(env!("CARGO_BIN_EXE_softback-system-voice"));
    assert!(speaker.contains("libspeechd.so"), "{speaker}");
}
