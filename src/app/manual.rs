//! What the command line says of itself: completions for a shell, the manual pages.

use std::path::Path;
use std::{fs, io, iter};

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::print;
use crate::base::files::put_new_file;
use crate::cli::Cli;
use crate::error::{Error, Outcome};

pub(super) fn completions(shell: Shell) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "softback", &mut script);
    print(String::from_utf8_lossy(&script).trim_end())
}

pub(super) fn page() -> Result<Outcome, Error> {
    let page = rendered(&Man::new(command()));
    let page = page.map_err(Error::system("the manual page cannot be made"))?;
    print(String::from_utf8_lossy(&page).trim_end())
}

/// Writes the page of the program, and that of each command, into `folder`. What lies there already is not replaced.
pub(super) fn pages(folder: &Path) -> Result<Outcome, Error> {
    fs::create_dir_all(folder).map_err(Error::unwritable(folder))?;
    let program = command();
    let pages: Vec<_> = iter::once(&program)
        .chain(program.get_subcommands())
        .map(|command| Man::new(command.clone()))
        .collect();
    for page in &pages {
        let path = folder.join(page.get_filename());
        let written = rendered(page).and_then(|text| put_new_file(&path, &text));
        written.map_err(Error::unwritable(&path))?;
    }
    print(format_args!(
        "{} pages are in {}",
        pages.len(),
        folder.display()
    ))
}

/// All but `help`, which has no page.
fn command() -> Command {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

fn rendered(page: &Man) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok(text)
}
