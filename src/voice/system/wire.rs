//! What Softback and the program that speaks for it say to each other: a line of JSON each.

use serde::{Deserialize, Serialize};

/// From Softback. Each is answered by [`Report::Done`] or [`Report::Refused`].
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    Say {
        /// The number under which its end is told.
        ticket: u64,
        text: String,
        /// On the service's own scale.
        rate: f32,
        /// On the service's own scale; as it is, where nobody has said.
        volume: Option<f32>,
    },
    Hush,
}

/// To Softback.
#[derive(Debug, Serialize, Deserialize)]
pub enum Report {
    /// It is connected, and takes orders.
    Ready(Scales),
    Done,
    /// The service is not there, or has said no to an order; and why.
    Refused(String),
    /// The service has said it to the end.
    Ended(u64),
    /// The service has broken it off.
    Stopped(u64),
}

/// The numbers in which the service counts.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Scales {
    pub slowest: f32,
    pub usual_rate: f32,
    pub fastest: f32,
    pub silent: f32,
    pub full_volume: f32,
}

/// A message as a line, with its end.
pub fn line(message: &impl Serialize) -> String {
    // Strings and numbers always become JSON.
    serde_json::to_string(message).unwrap_or_default() + "\n"
}
