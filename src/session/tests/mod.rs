//! The session under a virtual clock.

mod asked;
mod away;
mod recorded;
mod truth;
mod view;
pub(crate) mod virtual_room;
mod voice;
mod whole;
