//! Where things lie: the voice's folder, looked for in a stated order.

use std::env;
use std::path::{Path, PathBuf};

use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};

use crate::base::Remedy;
use crate::voice::VoiceError;

/// The environment variable that names the voice's folder.
pub(crate) const VOICE_DIR_VARIABLE: &str = "SOFTBACK_VOICE_DIR";

/// A file that every folder with the voice has.
const MARK: &str = "hibari.onnx";

/// How far above the program a checkout's `audio/voices` is looked for: it lies in `target/release`.
const CHECKOUT_DEPTH: usize = 4;

/// The folder of the built-in voice: as named by the flag, else by the environment, else in the
/// user's data directory, beside the program, or in the checkout that it was built in.
pub(crate) fn voice_dir(flag: Option<&Path>) -> Result<PathBuf, VoiceError> {
    let named = flag.map(Path::to_path_buf);
    let set = env::var_os(VOICE_DIR_VARIABLE).filter(|folder| !folder.is_empty());
    let named = named.or_else(|| set.map(PathBuf::from));
    let places = named.map_or_else(places, |named| vec![named]);
    if let Some(found) = places.iter().find(|place| place.join(MARK).is_file()) {
        return Ok(found.clone());
    }
    let places: Vec<_> = places.iter().map(|place| place.to_string_lossy()).collect();
    Err(VoiceError::NotInstalled {
        looked_in: places.join(", "),
        service_answers: false,
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
    let program = env::current_exe().unwrap_or_default();
    let beside = program.parent().map(|folder| folder.join("voices/heart"));
    let checkout = program
        .ancestors()
        .skip(1)
        .take(CHECKOUT_DEPTH)
        .map(|folder| folder.join("audio/voices/heart"))
        .filter(|folder| folder.is_dir());
    data.into_iter().chain(beside).chain(checkout).collect()
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
