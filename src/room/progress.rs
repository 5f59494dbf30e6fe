//! How much of a long piece of work is done: a bar on a terminal, with the time that is left, and nothing elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Steps of the bar.
const STEPS: u64 = 1000;

/// A bar, on standard error.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// At its beginning. Where standard error is no terminal, nothing is ever drawn.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("  {bar:30} {percent:>3} %  {eta} left");
        // The template is tested, so that the usual bar never has to do.
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("## "),
        );
        bar.enable_steady_tick(Duration::from_millis(500));
        Self(bar)
    }

    /// So much is done, from 0 to 1.
    pub(crate) fn advance(&self, done: f64) {
        self.0.set_position((done * STEPS as f64) as u64);
    }

    /// Prints something above it.
    pub(crate) fn above(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }

    /// Takes it away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
