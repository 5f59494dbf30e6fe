//! What the command line says of itself: completions for a shell, the manual page.

use clap::CommandFactory;
use clap_complete::Shell;

use super::print;
use crate::cli::Cli;
use crate::error::{Error, Outcome};

pub(super) fn completions(shell: Shell) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "softback", &mut script);
    print(String::from_utf8_lossy(&script).trim_end())
}

pub(super) fn page() -> Result<Outcome, Error> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(Error::system("the manual page cannot be made"))?;
    print(String::from_utf8_lossy(&page).trim_end())
}
