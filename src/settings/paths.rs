//! Where things lie: the voice's folder, and the program that asks the desktop's own, looked for in a stated order.

use std::env;
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};

use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};

use crate::base::Remedy;
use crate::voice::{SPEAKER, VoiceError};

/// The environment variable that names the voice's folder.
pub(crate) const VOICE_DIR_VARIABLE: &str = "SOFTBACK_VOICE_DIR";

/// A file that every folder with the voice has.
const MARK: &str = "hibari.onnx";

/// How far above the program a checkout's `audio/voices` is looked for: it lies in `target/release`.
const CHECKOUT_DEPTH: usize = 4;

/// The folder of the built-in voice: as named by the flag, else by the environment, else in the
/// user's data directory, beside the program, where it is installed, or in the checkout that it was built in.
pub(crate) fn voice_dir(flag: Option<&Path>) -> Result<PathBuf, VoiceError> {
    let named = flag.map(Path::to_path_buf);
    let set = env::var_os(VOICE_DIR_VARIABLE).filter(|folder| !folder.is_empty());
    let named = named.or_else(|| set.map(PathBuf::from));
    let places = named.map_or_else(places, |named| vec![named]);
    if let Some(found) = places.iter().find(|place| place.join(MARK).is_file()) {
        return Ok(found.clone());
    }
    Err(VoiceError::NotInstalled {
        looked_in: listed(&places),
        service_answers: false,
    })
}

fn listed(places: &[PathBuf]) -> String {
    let places: Vec<_> = places.iter().map(|place| place.to_string_lossy()).collect();
    places.join(", ")
}

/// The program that speaks through the desktop's speech service: beside this one, or where it is installed.
pub(crate) fn speaker() -> Result<PathBuf, VoiceError> {
    let name = format!("{SPEAKER}{EXE_SUFFIX}");
    let places = [
        beside().map(|folder| folder.join(&name)),
        installed("libexec").map(|folder| folder.join(&name)),
    ];
    let places: Vec<_> = places.into_iter().flatten().collect();
    let found = places.iter().find(|place| place.is_file()).cloned();
    found.ok_or_else(|| VoiceError::NoSpeaker {
        looked_for: listed(&places),
    })
}

/// There is no home directory, so nothing of hers can be found or kept.
#[derive(Debug, thiserror::Error)]
#[error("there is no home directory: {0}")]
pub(crate) struct NoHome(String);

impl Remedy for NoHome {
    fn remedy(&self) -> Option<String> {
        Some("Set HOME to a folder of yours, then start again".into())
    }
}

/// Where her settings lie.
pub(crate) fn config_file() -> Result<PathBuf, NoHome> {
    Ok(strategy()?.in_config_dir("config.toml"))
}

/// Where the journal lies.
pub(crate) fn journal_file() -> Result<PathBuf, NoHome> {
    state_file("journal.jsonl")
}

/// Where the file lies that remembers each loudspeaker.
pub(crate) fn loudspeakers_file() -> Result<PathBuf, NoHome> {
    state_file("loudspeakers.json")
}

/// Where routines of her own lie.
pub(crate) fn routines_folder() -> Result<PathBuf, NoHome> {
    Ok(strategy()?.in_data_dir("routines"))
}

fn state_file(name: &str) -> Result<PathBuf, NoHome> {
    let strategy = strategy()?;
    // On systems without a folder for state, it lies among the data.
    let in_state = strategy.in_state_dir(name);
    Ok(in_state.unwrap_or_else(|| strategy.in_data_dir(name)))
}

fn strategy() -> Result<impl AppStrategy, NoHome> {
    choose_app_strategy(AppStrategyArgs {
        top_level_domain: "org".into(),
        author: "softback".into(),
        app_name: "softback".into(),
    })
    .map_err(|error| NoHome(error.to_string()))
}

fn places() -> Vec<PathBuf> {
    let data = strategy().map(|strategy| strategy.in_data_dir("voices/heart"));
    let beside = beside().map(|folder| folder.join("voices/heart"));
    let installed = installed("share").map(|folder| folder.join("voices/heart"));
    let program = program();
    let checkout = program
        .ancestors()
        .skip(1)
        .take(CHECKOUT_DEPTH)
        .map(|folder| folder.join("audio/voices/heart"))
        .filter(|folder| folder.is_dir());
    let found = data.into_iter().chain(beside).chain(installed);
    found.chain(checkout).collect()
}

fn program() -> PathBuf {
    env::current_exe().unwrap_or_default()
}

fn beside() -> Option<PathBuf> {
    program().parent().map(Path::to_path_buf)
}

/// A folder of what a package installs, `/usr/share/softback` or the like: only there where the program lies in `bin`.
fn installed(kind: &str) -> Option<PathBuf> {
    let bin = beside().filter(|folder| folder.ends_with("bin"))?;
    Some(bin.parent()?.join(kind).join("softback"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_voice_is_named_in_the_error() {
        let error = voice_dir(Some(Path::new("/nowhere/heart")))
            .unwrap_err()
            .told();
        assert!(error.contains("looked in /nowhere/heart\n"), "{error}");
        assert!(error.contains("make setup"), "{error}");
    }
}
