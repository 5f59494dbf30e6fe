//! A stream to a device: how it is opened and closed, and what its own threads see.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rodio::cpal::traits::DeviceTrait;
use rodio::cpal::{BufferSize, Error as DeviceFault, ErrorKind};
use rodio::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink};

use super::device::{self, DeviceError};
use super::period::Period;
use super::pull::{RATE, Shared, Watch};
use super::supervisor::Seen;
use crate::base::Remedy;
use crate::clock::{now, pause};

/// Usually closing takes a few milliseconds; to wait for those keeps an ordinary end tidy.
const CLOSING_PATIENCE: Duration = Duration::from_millis(200);

/// A device that complains more often than this is slowed down, or it would do nothing else.
const FAULTS_AT_ONCE: u32 = 200;

/// The loudspeaker could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error("no sound device can be opened: {0}")]
    Closed(String),
    /// The one that was asked for is not there.
    #[error(transparent)]
    NotFound(#[from] DeviceError),
}

impl Remedy for OutputError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::Closed(_) => Some(
                "Connect or switch on a loudspeaker, check that other programs can play sound, then start again;\n\
                 or make a file for a phone: `softback export -o session.m4b`".into(),
            ),
            Self::NotFound(error) => error.remedy(),
        }
    }
}

impl From<DeviceSinkError> for OutputError {
    fn from(error: DeviceSinkError) -> Self {
        // Its own text hides the cause.
        let cause = error.source().map(ToString::to_string);
        Self::Closed(cause.unwrap_or_else(|| error.to_string()))
    }
}

/// What was opened, or why not.
pub(super) type Opened<T> = Result<T, OutputError>;

pub(super) struct Stream {
    sink: MixerDeviceSink,
    watch: Arc<Watch>,
    pub(super) period: Period,
}

impl Stream {
    /// Opens the device called so, or the default one, with the period that comes nearest to the wish.
    pub(super) fn open(
        shared: Shared,
        puller: u64,
        wish: Period,
        device: Option<&str>,
    ) -> Opened<Self> {
        // By its name each time: it may have been away.
        let device = device::find(device)?.ok_or(DeviceSinkError::NoDevice)?;
        let watch = Arc::new(Watch::default());
        let usual = device.default_output_config();
        let usual = usual.map_err(DeviceSinkError::DefaultSinkConfigError)?;
        let builder = |size: BufferSize| {
            DeviceSinkBuilder::default()
                .with_device(device.clone())
                .with_supported_config(&usual)
                .with_buffer_size(size)
                .with_error_callback(count(watch.clone()))
        };
        // The graph's own rate first: then nothing is resampled.
        let open = |size| {
            let own = builder(size).with_sample_rate(RATE).open_stream();
            own.or_else(|_| builder(size).open_stream())
        };
        let mut opened = Err(DeviceSinkError::NoDevice);
        for size in wish.sizes(usual.buffer_size()) {
            opened = opened.or_else(|_| open(size));
        }
        let mut sink = opened?;
        sink.log_on_drop(false);
        let period = wish.come_true(*sink.config().buffer_size(), usual.buffer_size());
        let channels = sink.config().channel_count();
        let source = shared.source(puller, watch.clone(), channels);
        sink.mixer().add(source);
        Ok(Self {
            sink,
            watch,
            period,
        })
    }

    /// Frames a second that the device takes.
    pub(super) fn rate(&self) -> u32 {
        self.sink.config().sample_rate().get()
    }

    pub(super) fn underruns(&self) -> u32 {
        self.watch.underruns.load(Ordering::Relaxed)
    }

    pub(super) fn forget_underruns(&self) {
        self.watch.underruns.store(0, Ordering::Relaxed);
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            pulled: self.watch.pulled.load(Ordering::Relaxed),
            faults: self.watch.faults.load(Ordering::Relaxed),
            gone: self.watch.gone.load(Ordering::Relaxed),
        }
    }

    /// Closing a stream whose server hangs blocks for ever: that is left to a thread of its own.
    pub(super) fn close(self) -> Option<JoinHandle<()>> {
        let closing = thread::Builder::new().name("close".into());
        closing.spawn(move || drop(self.sink)).ok()
    }
}

/// Waits until it is closed, but not for ever.
pub(super) fn wait_for(closing: &JoinHandle<()>) {
    let since = now();
    while !closing.is_finished() && since.elapsed() < CLOSING_PATIENCE {
        pause(Duration::from_millis(2));
    }
}

/// Counts what goes wrong. It may be called hundreds of thousands of times a second by a dead
/// device, so it never prints or queues, and after a while it slows its caller down.
fn count(watch: Arc<Watch>) -> impl FnMut(DeviceFault) + Send + 'static {
    move |fault| {
        match fault.kind() {
            ErrorKind::Xrun => _ = watch.underruns.fetch_add(1, Ordering::Relaxed),
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => {
                watch.gone.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        if watch.faults.fetch_add(1, Ordering::Relaxed) > FAULTS_AT_ONCE {
            pause(Duration::from_millis(2));
        }
    }
}
