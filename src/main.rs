//! The program: what was asked for, done; then the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    softback::run()
}
