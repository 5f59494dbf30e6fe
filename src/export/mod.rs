//! A session as a file to listen to elsewhere: the same session and the same graph on a virtual clock, into an encoder.
//!
//! It is performed twice. The first time the voice makes its clips, and only the loudness and the places are kept; the
//! second time the same clips go, raised by one fixed gain, to an encoder. The performance, the gain and the encoder each
//! have a thread of their own. So nothing has to be kept in memory, however long the session is.

mod about;
mod all;
mod captions;
mod clips;
mod encoder;
mod error;
mod file;
mod format;
mod level;
mod m4b;
mod mp3;
mod mp4;
mod ogg;
mod opus;
pub(crate) mod page;
pub(crate) mod perform;
mod studio;
pub(crate) mod timeline;
mod wav;

pub(crate) use about::{About, Cover};
pub(crate) use all::{Done, make_all};
pub(crate) use captions::Captions;
pub(crate) use clips::Speaker;
pub(crate) use error::ExportError;
pub(crate) use format::Format;
pub(crate) use studio::{Made, Order, Progress, Studio, make};

#[cfg(test)]
mod tests;
