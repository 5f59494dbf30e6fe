//! The voice's clips, each made once, by as many voices as there are processors, and kept on the disk: hours of them
//! need no more memory than a minute.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::error::ExportError;
use crossbeam_channel::Sender;

use crate::base::{Clip, Frames, Utterance};
use crate::voice::{self, Heart, Silent, Voice, VoiceError, VoiceEvent, VoiceJob};

/// Which voice speaks.
#[derive(Clone, Debug)]
pub(crate) enum Speaker {
    /// The built-in one, from its folder.
    Heart(PathBuf),
    Silent,
}

impl Speaker {
    /// A voice to work with, on whichever thread.
    pub(super) fn voice(&self) -> Speaking {
        Speaking {
            speaker: self.clone(),
            voice: None,
        }
    }

    fn open(&self) -> Result<Box<dyn Voice>, VoiceError> {
        Ok(match self {
            Self::Heart(folder) => Box::new(Heart::open(folder)?),
            Self::Silent => Box::new(Silent),
        })
    }
}

/// A voice that is loaded with its first job: where every clip is there already, there is none.
pub(super) struct Speaking {
    speaker: Speaker,
    voice: Option<Box<dyn Voice>>,
}

impl Speaking {
    fn voice(&mut self) -> Result<&mut dyn Voice, VoiceError> {
        let voice = match self.voice.take() {
            Some(voice) => voice,
            None => self.speaker.open()?,
        };
        Ok(self.voice.insert(voice).as_mut())
    }
}

impl Voice for Speaking {
    fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
        match self.voice() {
            Ok(voice) => voice.handle(job, events),
            // A closed channel means that the program is ending.
            Err(error) => drop(events.send(VoiceEvent::Failed(error))),
        }
    }
}

/// Where a clip lies in the file.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    samples: usize,
    /// How long it takes to say; longer than the clip for a voice that makes no sound.
    length: Frames,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// A voice is at work on it.
    Making,
    Kept(Place),
}

#[derive(Debug, Default)]
struct Stock {
    clips: HashMap<Utterance, State>,
    end: u64,
}

/// All clips that were made, for every thread.
#[derive(Debug)]
pub(super) struct Clips {
    /// It has no name, so it is gone with the program, however that ends.
    file: File,
    folder: PathBuf,
    stock: Mutex<Stock>,
    changed: Condvar,
}

impl Clips {
    /// None yet; they will lie on the disk of this folder.
    pub(super) fn new(folder: &Path) -> Result<Self, ExportError> {
        ExportError::unless_folder(folder)?;
        let file = tempfile::tempfile_in(folder);
        Ok(Self {
            file: file.map_err(ExportError::unwritable(folder))?,
            folder: folder.to_owned(),
            stock: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    /// The clip, and how long it takes to say: made by `voice`, unless it was made before, or is just being made.
    pub(super) fn clip(
        &self,
        utterance: &Utterance,
        voice: &mut dyn Voice,
    ) -> Result<(Clip, Frames), ExportError> {
        let mut stock = self.lock();
        loop {
            match stock.clips.get(utterance) {
                Some(State::Kept(place)) => {
                    let place = *place;
                    drop(stock);
                    return self.read(place);
                }
                Some(State::Making) => {
                    let waited = self.changed.wait(stock);
                    stock = waited.unwrap_or_else(PoisonError::into_inner);
                }
                None => break,
            }
        }
        let claim = self.claim(stock, utterance);
        claim.fulfil(voice)
    }

    /// Makes it, if nobody has or does.
    pub(super) fn prepare(
        &self,
        utterance: &Utterance,
        voice: &mut dyn Voice,
    ) -> Result<(), ExportError> {
        let stock = self.lock();
        if stock.clips.contains_key(utterance) {
            return Ok(());
        }
        self.claim(stock, utterance).fulfil(voice).map(drop)
    }

    fn claim<'a>(
        &'a self,
        mut stock: MutexGuard<'_, Stock>,
        utterance: &'a Utterance,
    ) -> Claim<'a> {
        stock.clips.insert(utterance.clone(), State::Making);
        Claim {
            clips: self,
            utterance,
            place: None,
        }
    }

    fn write(&self, clip: &Clip, length: Frames) -> Result<Place, ExportError> {
        let samples = clip.samples.iter().copied();
        let bytes: Vec<u8> = samples.flat_map(f32::to_le_bytes).collect();
        let offset = {
            let mut stock = self.lock();
            let offset = stock.end;
            stock.end += bytes.len() as u64;
            offset
        };
        let written = self.file.write_all_at(&bytes, offset);
        written.map_err(ExportError::unwritable(&self.folder))?;
        Ok(Place {
            offset,
            samples: clip.samples.len(),
            length,
        })
    }

    fn read(&self, place: Place) -> Result<(Clip, Frames), ExportError> {
        let mut bytes = vec![0; place.samples * size_of::<f32>()];
        let read = self.file.read_exact_at(&mut bytes, place.offset);
        read.map_err(ExportError::unwritable(&self.folder))?;
        let (samples, _) = bytes.as_chunks();
        let samples = samples.iter().copied().map(f32::from_le_bytes).collect();
        Ok((Clip::speech(samples), place.length))
    }

    fn lock(&self) -> MutexGuard<'_, Stock> {
        // Every change is one assignment: a thread that panicked has left nothing half done.
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clip that is being made. However that ends, nobody waits for it any longer.
struct Claim<'a> {
    clips: &'a Clips,
    utterance: &'a Utterance,
    place: Option<Place>,
}

impl Claim<'_> {
    fn fulfil(mut self, voice: &mut dyn Voice) -> Result<(Clip, Frames), ExportError> {
        let (clip, length) = voice::render(voice, self.utterance)?;
        self.place = Some(self.clips.write(&clip, length)?);
        Ok((clip, length))
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut stock = self.clips.lock();
        // Whoever waits for what has failed tries it himself then, and meets the same error.
        match self.place {
            Some(place) => stock
                .clips
                .insert(self.utterance.clone(), State::Kept(place)),
            None => stock.clips.remove(self.utterance),
        };
        self.clips.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::base::SAFETY_RATE;

    /// Makes a sample of each letter, and counts what it has made; "?" is more than it can say.
    #[derive(Default)]
    struct Letters(usize);

    impl Voice for Letters {
        fn handle(&mut self, job: VoiceJob, events: &Sender<VoiceEvent>) {
            let VoiceJob::Render(utterance) = job else {
                return;
            };
            self.0 += 1;
            let text = utterance.text().clone();
            let event = if text.contains('?') {
                VoiceEvent::Failed(VoiceError::Hung)
            } else {
                let clip = Clip::speech(text.bytes().map(f32::from).collect());
                let length = clip.length();
                VoiceEvent::Rendered {
                    utterance,
                    clip,
                    length,
                }
            };
            events.send(event).expect("someone listens");
        }
    }

    fn say(text: &str) -> Utterance {
        Utterance::new(text, SAFETY_RATE)
    }

    #[test]
    fn each_clip_is_made_once_by_whoever_is_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let clips = Clips::new(folder.path()).expect("space for it");
        let texts: Vec<_> = (0..40)
            .map(|number| say(&format!("Number {number}.")))
            .collect();
        let work = || {
            let mut voice = Letters::default();
            for text in &texts {
                let (clip, length) = clips.clip(text, &mut voice).expect("it can be said");
                let expected: Vec<_> = text.text().bytes().map(f32::from).collect();
                assert_eq!(*clip.samples, *expected);
                assert_eq!(length, clip.length());
            }
            voice.0
        };
        let made: usize = thread::scope(|scope| {
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
            let made = workers
                .into_iter()
                .map(|worker| worker.join().expect("no panic"));
            made.sum()
        });
        assert_eq!(made, texts.len());
    }

    #[test]
    fn what_cannot_be_said_is_an_error_for_everyone() {
        let folder = tempfile::tempdir().expect("a folder");
        let clips = Clips::new(folder.path()).expect("space for it");
        let mut voice = Letters::default();
        assert!(clips.prepare(&say("Why?"), &mut voice).is_err());
        assert!(clips.clip(&say("Why?"), &mut voice).is_err());
        assert!(clips.clip(&say("Yes."), &mut voice).is_ok());
        assert_eq!(voice.0, 3);
    }
}
