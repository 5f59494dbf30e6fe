//! Many sentences, said by as many voices as there are processors.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Voice, VoiceError, render};
use crate::base::{Clip, Frames, Utterance};

/// What `keep` makes of each clip and its length, in the order of `said`. `open` opens a voice, on whichever thread;
/// `progress` is told how much is done, from 0 to 1.
pub(crate) fn say_all<V: Voice, T: Send, E: From<VoiceError> + Send>(
    said: &[Utterance],
    open: impl Fn() -> Result<V, E> + Sync,
    keep: impl Fn(Clip, Frames) -> Result<T, E> + Sync,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Vec<T>, E> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let say = || {
        let mut voice = open()?;
        let mut kept = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(utterance) = said.get(number) else {
                return Ok(kept);
            };
            let (clip, length) = render(&mut voice, utterance)?;
            kept.push((number, keep(clip, length)?));
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress(done as f64 / said.len() as f64);
        }
    };
    let work = || {
        // Where one has failed, no other begins another sentence.
        say().inspect_err(|_| next.store(said.len(), Ordering::Relaxed))
    };
    let voices = thread::available_parallelism().map_or(1, NonZero::get);
    let mut all = thread::scope(|scope| {
        let voices = 0..voices.min(said.len());
        let voices: Vec<_> = voices.map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for voice in voices {
            let kept: Result<Vec<_>, E> = voice.join().unwrap_or_else(|panic| resume_unwind(panic));
            all.extend(kept?);
        }
        Ok::<_, E>(all)
    })?;
    all.sort_unstable_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, kept)| kept).collect())
}
