//! What must hold whatever comes in. `tests/fuzz` makes up the bytes, and what it has found is kept there as seeds, which
//! every run of the tests goes through.

mod captions;
mod journal;
mod problems;
mod routine;
mod session;
mod settings;

pub use captions::captions;
pub use journal::journal;
pub use routine::routine;
pub use session::session;
pub use settings::settings;

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[track_caller]
    fn hold_for_the_seeds(name: &str, holds: fn(&[u8])) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/seeds");
        let seeds = fs::read_dir(format!("{folder}/{name}")).expect("a folder of seeds");
        let mut tried = 0;
        for seed in seeds {
            holds(&fs::read(seed.expect("an entry").path()).expect("a seed"));
            tried += 1;
        }
        assert!(tried > 2, "{name} has {tried} seeds");
    }

    #[test]
    fn captions_can_be_read_back() {
        hold_for_the_seeds("captions", captions);
    }

    #[test]
    fn any_journal_is_read_and_forgetting_it_opens_nothing() {
        hold_for_the_seeds("journal", journal);
    }

    #[test]
    fn any_routine_file_is_a_plan_or_a_list_of_places() {
        hold_for_the_seeds("routine", routine);
    }

    #[test]
    fn whatever_happens_in_a_session_it_is_silent_when_asked_to_and_ends() {
        hold_for_the_seeds("session", session);
    }

    #[test]
    fn any_settings_file_is_read_or_a_list_of_places() {
        hold_for_the_seeds("settings", settings);
    }
}
