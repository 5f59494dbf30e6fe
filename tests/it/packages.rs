//! The packages, as far as they can be judged without building them: `make deb` and `make tarball` do that.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use toml::{Table, Value};

use crate::lab::Dir;
use crate::stage::softback;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn table(path: &str) -> Table {
    read(path).parse().expect("TOML")
}

/// The files of the package: where each comes from, and where it goes.
fn assets() -> Vec<(String, String)> {
    let manifest = table("Cargo.toml");
    let assets = &manifest["package"]["metadata"]["deb"]["assets"];
    let assets = assets.as_array().expect("a list").iter();
    let word = |asset: &Value, at: usize| asset[at].as_str().expect("a path").to_owned();
    let assets: Vec<_> = assets.map(|it| (word(it, 0), word(it, 1))).collect();
    assert!(assets.len() > 10);
    assets
}

/// Files that a pattern with one star in its last part stands for.
fn found(pattern: &str) -> usize {
    let (folder, name) = pattern.rsplit_once('/').unwrap_or((".", pattern));
    let (begins, ends) = name.split_once('*').unwrap_or((name, ""));
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let fits = |name: &str| match name.strip_prefix(begins) {
        Some(rest) if pattern.contains('*') => rest.ends_with(ends),
        rest => rest == Some(""),
    };
    names.filter(|name| name.to_str().is_some_and(fits)).count()
}

#[test]
fn every_file_of_the_package_is_there_or_made_for_it() {
    let script = read(".ci/package");
    for (source, _) in assets() {
        if let Some(made) = source.strip_prefix("target/package/") {
            let made = made.trim_end_matches("/*");
            let named = format!("\"$out/{made}\"");
            assert!(script.contains(&named), "{source} is not made");
        } else if !source.starts_with("target/release/") {
            assert!(found(&source) > 0, "{source} is not there");
        }
    }
}

/// A pattern for the voice would take in whatever else lies there.
#[test]
fn the_voice_goes_in_whole() {
    let pinned = read(".ci/voice.sha256");
    let pinned = pinned
        .lines()
        .filter_map(|line| line.split_whitespace().last());
    let sources: BTreeSet<_> = assets().into_iter().map(|(source, _)| source).collect();
    let voice = sources
        .iter()
        .filter_map(|source| source.strip_prefix("audio/voices/heart/"));
    assert_eq!(pinned.collect::<BTreeSet<_>>(), voice.collect());
}

#[test]
fn crates_are_passed_on_under_what_may_be_linked() {
    let strings = |list: &Value| {
        let list = list.as_array().expect("a list").iter();
        let strings = list.map(|it| it.as_str().expect("a licence").to_owned());
        strings.collect::<BTreeSet<_>>()
    };
    let (rule, used) = (table("deny.toml"), table("packages/about.toml"));
    assert_eq!(
        strings(&rule["licenses"]["allow"]),
        strings(&used["accepted"])
    );
}

#[test]
fn the_manual_names_the_packages_as_they_are_made() {
    let manual = read("docs/packages.md");
    let version = env!("CARGO_PKG_VERSION");
    for name in [
        format!("softback_{version}-1_amd64.deb"),
        format!("softback-{version}-x86_64.tar.gz"),
    ] {
        assert!(manual.contains(&name), "{name}");
    }
}

#[test]
fn every_page_that_the_manual_refers_to_is_written() {
    let dir = Dir::new();
    let folder = dir.path().join("man");
    let mut command = Command::new(softback());
    command.arg("man").arg("--pages").arg(&folder).env_clear();
    let write = |command: &mut Command| command.output().expect("it runs").status.success();
    assert!(write(&mut command));
    let page = fs::read_to_string(folder.join("softback.1")).expect("its page");
    let lines = page.lines().filter_map(|line| line.strip_suffix("(1)"));
    let named: Vec<_> = lines.map(|name| name.replace("\\-", "-")).collect();
    assert!(named.len() > 10, "{page}");
    for name in named {
        let path = folder.join(format!("{name}.1"));
        assert!(path.is_file(), "{}", path.display());
    }
    assert!(!write(&mut command), "it has replaced them");
}
