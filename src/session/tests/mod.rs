//! The session under a virtual clock.

#[cfg(test)]
mod asked;
#[cfg(test)]
mod away;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod run;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod view;
#[cfg_attr(not(test), allow(dead_code, reason = "the fuzzer needs less of it"))]
pub(crate) mod virtual_room;
#[cfg(test)]
mod voice;
#[cfg(test)]
mod whole;
