//! What a run of a program costs, seen from outside.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::clock::{now, wait};

/// What a run of a program took.
#[derive(Clone, Copy)]
pub struct Cost {
    pub seconds: f64,
    /// Of all processors together, in seconds.
    pub work: f64,
    /// At its peak, in kilobytes.
    pub memory: u64,
}

/// Runs it to its end, which must be a good one.
pub fn cost(command: &mut Command) -> Cost {
    let begun = now();
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = quiet.spawn().expect("it runs");
    let process = Path::new("/proc").join(child.id().to_string());
    let (mut memory, mut work) = (0, 0.0);
    loop {
        memory = peak(&process).unwrap_or(memory);
        work = worked(&process).unwrap_or(work);
        if let Some(status) = child.try_wait().expect("it is ours") {
            assert!(status.success(), "{command:?}: {status}");
            break;
        }
        wait(Duration::from_millis(5));
    }
    Cost {
        seconds: begun.elapsed().as_secs_f64(),
        work,
        memory,
    }
}

/// What it held at most so far, in kilobytes.
pub fn peak(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How long processors have worked for it so far, in seconds: the system counts in hundredths.
fn worked(process: &Path) -> Option<f64> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (_, behind_name) = stat.rsplit_once(')')?;
    let times = behind_name.split_whitespace().skip(11).take(2);
    times
        .map(|time| Some(time.parse::<f64>().ok()? / 100.0))
        .sum()
}
