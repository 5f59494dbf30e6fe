//! A routine to look at: a picture of each movement, as files.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::print;
use crate::base::files::{LONGEST_TEXT, put_new_file, read_plain};
use crate::error::{Error, Outcome};
use crate::picture;
use crate::plan::Plan;

/// The most letters of a title in the name of a file.
const LONGEST_NAME: usize = 60;

/// Writes the pictures of a plan into `folder`. Those that lie there already stay as they are; if anything else has one
/// of their names, none is written.
pub(super) fn write(plan: &Plan, folder: &Path) -> Result<Outcome, Error> {
    let pictures = pictures(plan);
    if pictures.is_empty() {
        return Err(Error::NoPicture {
            title: plan.title.to_string(),
        });
    }
    fs::create_dir_all(folder).map_err(Error::unwritable(folder))?;
    let mut missing = Vec::new();
    for (name, picture) in &pictures {
        let path = folder.join(name);
        if !lies_there(&path, picture).map_err(Error::unwritable(&path))? {
            missing.push((path, picture));
        }
    }
    for (path, picture) in missing {
        put_new_file(&path, picture.as_bytes()).map_err(Error::unwritable(&path))?;
    }
    let folder = folder.display();
    match pictures.len() {
        1 => print(format_args!("1 picture is in {folder}")),
        many => print(format_args!("{many} pictures are in {folder}")),
    }
}

/// Whether just this lies at `path`; an error if something else does.
fn lies_there(path: &Path, picture: &str) -> io::Result<bool> {
    match read_plain(path, LONGEST_TEXT) {
        Ok(bytes) if bytes == picture.as_bytes() => Ok(true),
        Ok(_) => Err(io::Error::new(
            ErrorKind::AlreadyExists,
            "something else lies there",
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The name of each file and its picture, in order.
fn pictures(plan: &Plan) -> Vec<(String, String)> {
    let movements = plan.movements_once();
    let pictured = movements.filter_map(|movement| Some((movement.name(), movement.pictured()?)));
    let numbered = pictured.zip(1..);
    numbered
        .map(|((title, (pose, posture)), number)| {
            let name = format!("{number:02}-{}.svg", file_name(title));
            (name, picture::of(pose, posture))
        })
        .collect()
}

/// A title in letters that every file system takes.
fn file_name(title: &str) -> String {
    let plain = title.to_lowercase();
    let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let mut name = words.join("-");
    name.truncate(LONGEST_NAME);
    match name.trim_end_matches('-') {
        "" => "movement".into(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Length, Pace, Posture};
    use crate::plan::Setting;
    use crate::routine::{Companion, Routine, built_in, built_in_names};

    fn names(routine: &Routine, posture: Posture, length: Length) -> Vec<String> {
        let setting = Setting {
            length,
            ..Setting::new(Pace::Standard, posture)
        };
        let plan = Plan::compile(routine, &Companion::built_in(), setting);
        pictures(&plan).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn every_movement_has_a_picture_but_the_keys() {
        for name in built_in_names() {
            let routine = built_in(name).expect("built in");
            for posture in Posture::ALL {
                let plan = Plan::compile(
                    &routine,
                    &Companion::built_in(),
                    Setting::new(Pace::Standard, posture),
                );
                let bare = plan.movements.iter().filter(|it| it.pose.is_none());
                let bare: Vec<_> = bare.map(|movement| &*movement.title).collect();
                assert!(
                    bare.iter().all(|title| ["", "The keys"].contains(title)) && bare.len() <= 3,
                    "{name}: {bare:?}"
                );
            }
        }
    }

    #[test]
    fn files_are_numbered_and_follow_the_length_and_the_posture() {
        let routine = built_in("upper-back").expect("built in");
        let sits = names(&routine, Posture::Seated, Length::Twenty);
        assert_eq!(sits[0], "01-sitting.svg");
        assert_eq!(sits[2], "03-your-breath.svg");
        // Once, whatever comes again in a second round.
        let presses = sits.iter().filter(|name| name.contains("press-left"));
        assert_eq!(
            presses.collect::<Vec<_>>(),
            ["12-a-soft-press-left-shoulder.svg"]
        );
        assert!(names(&routine, Posture::Seated, Length::Five).len() < sits.len());
        let stands = names(&routine, Posture::Standing, Length::Twenty);
        assert!(
            stands
                .iter()
                .any(|name| name.ends_with("-arms-up-the-wall.svg"))
        );
        assert!(
            !sits
                .iter()
                .any(|name| name.ends_with("-arms-up-the-wall.svg"))
        );
    }

    #[test]
    fn a_title_in_any_letters_gives_a_plain_name() {
        assert_eq!(file_name("Sit, or lie/stand ../.."), "sit-or-lie-stand");
        assert_eq!(file_name("\u{e4}\u{e4}"), "movement");
        assert_eq!(file_name(&"rest ".repeat(30)), ["rest"; 12].join("-"));
    }
}
