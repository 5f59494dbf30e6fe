//! Her settings: shown, or a file to begin with.

use super::print;
use crate::error::{Error, Outcome};
use crate::settings::{Settings, file, flags::Flags, paths};

pub(super) fn show() -> Result<Outcome, Error> {
    let settings = Settings::read(&Flags::default())?;
    print(settings.render(&paths::config_file()?))
}

pub(super) fn init() -> Result<Outcome, Error> {
    let path = paths::config_file()?;
    file::init(&path)?;
    print(format_args!(
        "{} is written: everything in it is explained, nothing is changed yet",
        path.display()
    ))
}
