//! Many files at once, on all processors. What was made from the same input before is left as it is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{env, thread};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::clips::Speaker;
use super::error::ExportError;
use super::studio::{Made, Order, Progress, Studio, make};
use crate::base::files::{LONGEST_RECORD, read_plain, replace_file};

/// What was made in a folder, and from what, stands in this file beside it.
const RECORD: &str = "softback-export.json";

/// What became of an order.
#[derive(Debug)]
pub(crate) enum Done {
    Made(Made),
    /// It is there already, made from the same input.
    Unchanged,
}

/// What is known of a file that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// The hash of all that it was made from.
    input: String,
    /// The hashes of what was made: the sound, and its captions.
    output: Vec<String>,
}

type Record = BTreeMap<String, Entry>;

/// Makes all of them in `folder`; `told` hears of each as soon as it is there. The first error ends it.
pub(crate) fn make_all(
    orders: Vec<Order>,
    studio: &Studio,
    folder: &Path,
    told: &(dyn Fn(&Path, &Done) + Sync),
    progress: Progress<'_>,
) -> Result<(), ExportError> {
    let shelf = Shelf {
        folder,
        ingredients: ingredients(&studio.speaker).map_err(ExportError::unwritable(folder))?,
        record: Mutex::new(read(folder)),
        share: 1.0 / orders.len().max(1) as f64,
        done: Mutex::new(0.0),
    };
    let orders = Mutex::new(orders.into_iter());
    let work = || {
        loop {
            let next = orders.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(order) = next else { return Ok(()) };
            let path = order.path.clone();
            let done = shelf.make(order, studio, progress).inspect_err(|_| {
                // The others finish what they have begun.
                let mut left = orders.lock().unwrap_or_else(PoisonError::into_inner);
                left.by_ref().for_each(drop);
            })?;
            told(&path, &done);
        }
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(|worker| {
            let ended = worker.join();
            ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect()
    })
}

struct Shelf<'a> {
    folder: &'a Path,
    /// The hash of what every file is made with.
    ingredients: String,
    record: Mutex<Record>,
    /// How much of the whole is one file.
    share: f64,
    done: Mutex<f64>,
}

impl Shelf<'_> {
    fn make(
        &self,
        mut order: Order,
        studio: &Studio,
        progress: Progress<'_>,
    ) -> Result<Done, ExportError> {
        let input = self.input(&order);
        let name = name_of(&order.path);
        let known = self
            .record
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
            .cloned();
        let ours = known.is_some_and(|known| {
            let untouched = output(&order).is_ok_and(|output| output == known.output);
            // What we have made, and nobody has changed since, may be made anew.
            order.force |= untouched;
            untouched && known.input == input
        });
        if ours {
            self.advance(1.0, progress);
            return Ok(Done::Unchanged);
        }
        let before = Mutex::new(0.0);
        let made = make(&order, studio, &|part| {
            let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
            self.advance((part - *before).max(0.0), progress);
            *before = before.max(part);
        })?;
        let output = output(&order).map_err(ExportError::unwritable(&order.path))?;
        self.keep(name, Entry { input, output })?;
        Ok(Done::Made(made))
    }

    /// The hash of everything that decides what the file will be.
    fn input(&self, order: &Order) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.ingredients);
        for plan in order.session.plans() {
            hash.update(plan.to_string());
        }
        hash.update(format!(
            "{:?} {} {:?}",
            order.about, order.format, order.captions
        ));
        hex(hash)
    }

    /// After each file, so that an interruption loses none.
    fn keep(&self, name: String, entry: Entry) -> Result<(), ExportError> {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.insert(name, entry);
        let path = self.folder.join(RECORD);
        let text = serde_json::to_vec_pretty(&*record).map_err(io::Error::from);
        let written = text.and_then(|text| replace_file(&path, &text));
        written.map_err(ExportError::unwritable(&path))
    }

    fn advance(&self, part: f64, progress: Progress<'_>) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += part * self.share;
        progress(*done);
    }
}

/// What is known of the folder. What cannot be read counts as nothing: then all is made anew, over nothing that is not
/// ours.
fn read(folder: &Path) -> Record {
    let text = read_plain(&folder.join(RECORD), LONGEST_RECORD);
    let record = text
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok());
    record.unwrap_or_default()
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The hashes of the files that the order names.
fn output(order: &Order) -> io::Result<Vec<String>> {
    let captions = order.captions.iter().map(|(_, path)| path);
    [&order.path]
        .into_iter()
        .chain(captions)
        .map(|path| hash_of(path))
        .collect()
}

/// The hash of the program itself and of the voice.
fn ingredients(speaker: &Speaker) -> io::Result<String> {
    let mut files = vec![env::current_exe()?];
    if let Speaker::Heart(folder) = speaker {
        let inside = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let inside: io::Result<Vec<PathBuf>> = inside.collect();
        files.extend(inside?.into_iter().filter(|path| path.is_file()));
    }
    files[1..].sort();
    let hashes: io::Result<Vec<_>> = files.iter().map(|path| hash_of(path)).collect();
    Ok(format!("{speaker:?} {}", hashes?.concat()))
}

fn hash_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(hash)),
            read => hash.update(&piece[..read]),
        }
    }
}

fn hex(hash: Sha256) -> String {
    let bytes = hash.finalize();
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
