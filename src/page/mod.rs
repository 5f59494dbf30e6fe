//! The page in a browser: one more driver of the same session. It decides nothing.
//!
//! Text in, text out, so that whatever hosts the core needs to know no type of it: a request is JSON, and so is its
//! answer. The page has the clock, the clips, the storage and her hands; from here come the commands at their frames, the
//! lines for the journal, and what is to be seen. `wasm/` is its way into a browser.

mod answer;
pub(crate) mod clips;
mod cues;
mod request;
mod seen;
mod stage;
mod start;

use answer::{Failure, json};
use request::Request;
use stage::Stage;

/// At most one session, and what the page asks of it.
#[derive(Default)]
pub struct Page {
    stage: Option<Stage>,
}

impl Page {
    /// Without a session yet.
    pub const fn new() -> Self {
        Self { stage: None }
    }

    /// Answers a request, as JSON; whatever is wrong with it is an answer, too.
    pub fn call(&mut self, request: &[u8]) -> Vec<u8> {
        let request = serde_json::from_slice(request).map_err(Failure::NoRequest);
        let answer = request.and_then(|request| self.answer(request));
        answer.unwrap_or_else(|failure| json(&failure.told()))
    }

    /// The samples of a cue that a command names: little-endian floats, mono, at 48 kHz. None of what is no cue.
    pub fn sound(request: &[u8]) -> Vec<u8> {
        cues::samples(request)
    }

    fn answer(&mut self, request: Request) -> Result<Vec<u8>, Failure> {
        match request {
            Request::Clips(asked) => Ok(json(&start::clips(&asked)?)),
            Request::Opening(asked) => Ok(json(&start::opening(&asked))),
            Request::Start(asked) => {
                let (stage, answer) = start::start(*asked)?;
                self.stage = Some(stage);
                Ok(json(&answer))
            }
            Request::Handle { now, time, input } => {
                let stage = self.stage.as_mut().ok_or(Failure::NoSession)?;
                Ok(json(&stage.handle(now, time, input)))
            }
            Request::Look { heard } => {
                let stage = self.stage.as_ref().ok_or(Failure::NoSession)?;
                Ok(json(&stage.look(heard)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
