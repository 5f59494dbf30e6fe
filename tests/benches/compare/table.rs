//! What is written down: tables in Markdown, each with a sentence on how it was measured.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::lab::Lab;

#[derive(Default)]
pub struct Report(String);

impl Report {
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What this is, and on which machine.
    pub fn begin(&mut self, lab: &Lab) {
        self.add("# Performance\n");
        self.add(
            "Softback beside other programs that do a part of what it does. `make compare` writes this page anew: \
             everything on it is of one run, on one virtual loudspeaker, by the same meters, and only the ratios \
             mean anything on another machine. \"Times\" is Softback's figure divided by the other's.\n",
        );
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let programs = [
            ("MPV", "--version"),
            ("FFMPEG", "-version"),
            ("ESPEAK", "--version"),
        ];
        let programs = programs.into_iter().filter(|(name, _)| lab.has(name));
        let versions: Vec<_> = programs
            .map(|(name, ask)| version(lab, name, ask))
            .collect();
        self.add(&format!(
            "Softback {}, {cores} cores ({}); {}. Others were at work on the machine meanwhile: its load was {} at the \
             beginning.",
            env!("CARGO_PKG_VERSION"),
            processor(),
            versions.join("; "),
            load(),
        ));
    }

    /// How busy the machine was.
    pub fn end(&mut self) {
        self.add(&format!(
            "\nAt the end of the run the load of the machine was {}.",
            load()
        ));
    }

    /// A table, under its heading, with what is to be known of it.
    pub fn table(&mut self, title: &str, how: &str, head: &[&str], rows: &[Vec<String>]) {
        self.add(&format!("\n## {title}\n\n{how}\n"));
        self.row(head.iter().copied());
        self.row(head.iter().map(|_| "---"));
        for row in rows {
            self.row(row.iter().map(String::as_str));
        }
    }

    fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        let cells: Vec<_> = cells.collect();
        self.add(&format!("| {} |", cells.join(" | ")));
    }

    /// It is seen at once, too.
    fn add(&mut self, line: &str) {
        println!("{line}");
        // A string takes whatever is written to it.
        let _ = writeln!(self.0, "{line}");
    }
}

/// The first words that a program says of itself.
fn version(lab: &Lab, name: &str, ask: &str) -> String {
    let mut command = Command::new(lab.file(name));
    command.env("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH"));
    command.env("ESPEAK_DATA_PATH", lab.file("ESPEAK_DATA_PATH"));
    let told = command.arg(ask).output().expect("it runs").stdout;
    let told = String::from_utf8_lossy(&told);
    let line = told.lines().next().unwrap_or_default();
    let line = line.split(" Copyright").next().unwrap_or_default();
    line.split("  Data").next().unwrap_or_default().to_owned()
}

fn processor() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    model
        .unwrap_or("unknown")
        .trim_matches([' ', '\t', ':'])
        .to_owned()
}

/// Of the last minute.
fn load() -> String {
    let told = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split(' ').next().unwrap_or_default().to_owned()
}

/// Softback's figure beside another's, unless that is too small for the meter.
pub fn times(ours: f64, other: f64) -> String {
    if other < 1e-3 {
        return "–".into();
    }
    format!("{:.2}", ours / other)
}

/// In megabytes, of kilobytes.
pub fn mib(kilobytes: u64) -> String {
    format!("{:.1}", kilobytes as f64 / 1024.0)
}
