//! The program: what was asked for, done; then the exit code.

use std::process::ExitCode;

use clap::Parser;
use softback::app;
use softback::cli::Cli;
use softback::error::Outcome;

fn main() -> ExitCode {
    let outcome = app::run(Cli::parse());
    if let Outcome::Failed(error) = &outcome {
        eprintln!("softback: {error}");
    }
    outcome.into()
}
