//! A loudspeaker that nobody hears, with a microphone before it: a private sound server with a sink
//! that leads nowhere but keeps time as a sound card does, and a recorder on its monitor.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use softback::parts::SAMPLE_RATE;

use crate::clock::{now, wait_until};
use crate::lab::{Dir, Environment, Lab, Process, knows_the_loudspeaker};

/// How long anything of the lab may take to get going on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A sink that nobody listens to begins with a block of two seconds: so somebody listens for longer before it is used.
const LISTEN_FIRST: usize = 5 * SAMPLE_RATE as usize / 2;

/// The sink. Without rewinding it begins at once, as a sound card does, and not with a block of two seconds.
const SINK: &str = "sink_name=speaker rate=48000 channels=2 format=float32le norewinds=1";

/// How many homes there are.
static HOMES: AtomicUsize = AtomicUsize::new(0);

/// So far around a time the pieces of a recording say what time it is.
const NEAR: Duration = Duration::from_secs(3);

/// A private sound server with one sink, which is the default device of programs in its [`environment`](Self::environment).
pub struct Loudspeaker {
    // In this order: the server ends before its directory goes.
    server: Process,
    dir: Dir,
    lab: Lab,
}

impl Loudspeaker {
    /// Switches it on; `None` on a system without a [`Lab`].
    pub fn start() -> Option<Self> {
        let lab = Lab::find()?;
        let dir = Dir::new();
        let socket = dir.path().join("native");
        set_up(&dir);
        // The distribution's definitions of plug-ins first, then ours.
        dir.file(
            "alsa.conf",
            &format!(
                "</usr/share/alsa/alsa.conf>\n\
                 pcm_type.pulse {{ lib \"{}\" }}\n\
                 ctl_type.pulse {{ lib \"{}\" }}\n\
                 pcm.!default {{ type pulse server \"unix:{socket}\" }}\n\
                 ctl.!default {{ type pulse server \"unix:{socket}\" }}\n",
                lab.file("ALSA_PLUGIN_PULSE"),
                lab.file("ALSA_PLUGIN_PULSE_CTL"),
                socket = socket.display(),
            ),
        );
        let speaker = Self {
            server: serve(&lab, &dir),
            dir,
            lab,
        };
        speaker.answers();
        Some(speaker)
    }

    /// Waits until the server answers.
    fn answers(&self) {
        let socket = self.dir.path().join("native");
        let answers = wait_until(PATIENCE, || UnixStream::connect(&socket).ok());
        assert!(
            answers.is_some(),
            "the sound server does not start: {}",
            self.log()
        );
    }

    /// The loudspeaker goes, and nothing is left to play to.
    pub fn unplug(&self) {
        self.control(&["unload-module", "module-null-sink"]);
    }

    /// It is there again.
    pub fn plug(&self) {
        let sink = ["load-module", "module-null-sink", SINK];
        self.control(&sink.join(" ").split(' ').collect::<Vec<_>>());
    }

    /// Tells or asks the server something, as `pactl` does; its answer.
    pub fn control(&self, words: &[&str]) -> String {
        let answer = self.try_control(words);
        answer.unwrap_or_else(|| panic!("{words:?}: {}", self.log()))
    }

    /// The same; `None` if the server refuses.
    pub fn try_control(&self, words: &[&str]) -> Option<String> {
        let mut pactl = self.lab.command("PACTL", &self.environment());
        let asked = pactl.args(words).stdout(Stdio::piped()).output();
        let Output { status, stdout, .. } = asked.expect("pactl");
        let answer = || String::from_utf8_lossy(&stdout).trim().to_owned();
        status.success().then(answer)
    }

    /// The server dies.
    pub fn kill(&mut self) {
        self.server.end();
    }

    /// It is started anew, where it was.
    pub fn restart(&mut self) {
        set_up(&self.dir);
        self.server = serve(&self.lab, &self.dir);
        self.answers();
    }

    /// The server stands still, or goes on.
    pub fn freeze(&self, still: bool) {
        let signal = if still { Signal::STOP } else { Signal::CONT };
        kill_process(Pid::from_child(&self.server.0), signal).expect("it runs");
    }

    /// What a program must find in its environment to be heard here and nowhere else. Each has a home,
    /// and so a journal, of its own: sessions keep one another from starting.
    pub fn environment(&self) -> Environment {
        let mut environment = private(&self.lab, &self.dir);
        environment.push(("ALSA_CONFIG_PATH", self.dir.path().join("alsa.conf").into()));
        environment
    }

    /// The sound server, to be ill-treated.
    pub fn server(&self) -> Pid {
        Pid::from_child(&self.server.0)
    }

    /// The lab that it came from.
    pub const fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Begins to record, and returns when the loudspeaker is ready to be used.
    pub fn record(&self) -> Recorder {
        let recorder = self.begin_to_record();
        let ready = wait_until(PATIENCE, || {
            (recorder.tape().samples.len() > LISTEN_FIRST).then_some(())
        });
        assert!(ready.is_some(), "nothing can be recorded: {}", self.log());
        recorder
    }

    /// Begins to record.
    pub fn begin_to_record(&self) -> Recorder {
        self.begin_to_record_channel("mono")
    }

    /// Begins to record one channel: "front-left", "front-right", or both in one, which is "mono".
    pub fn begin_to_record_channel(&self, channel: &str) -> Recorder {
        let mut parec = self.lab.command("PAREC", &self.environment());
        parec
            .args([
                "--raw",
                "--device=speaker.monitor",
                "--latency-msec=5",
                "--format=float32le",
                "--channels=1",
            ])
            .arg(format!("--channel-map={channel}"))
            .arg(format!("--rate={SAMPLE_RATE}"))
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut parec);
        let sound = process.0.stdout.take().expect("its standard output");
        let tape = Arc::new(Mutex::new(Tape::default()));
        thread::spawn({
            let tape = tape.clone();
            move || keep(sound, &tape)
        });
        Recorder {
            _process: process,
            tape,
        }
    }

    /// What the server has complained of.
    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

/// Writes down what the server is to begin with.
fn set_up(dir: &Dir) {
    let socket = dir.path().join("native");
    dir.file(
        "setup.pa",
        &format!(
            "load-module module-native-protocol-unix auth-anonymous=1 socket={}\n\
             load-module module-null-sink {SINK}\n\
             set-default-sink speaker\n",
            socket.display()
        ),
    );
}

/// Starts the sound server as the file "setup.pa" says.
fn serve(lab: &Lab, dir: &Dir) -> Process {
    let mut server = lab.command("PULSEAUDIO", &private(lab, dir));
    server
        .args([
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--disable-shm=yes",
            "--exit-idle-time=-1",
        ])
        // As it runs by default where people use it: a sound server that has to wait for its turn
        // interrupts every program, and no program could do anything about it.
        .args(["--high-priority=yes", "--realtime=yes"])
        .arg("--log-level=notice")
        .arg(format!(
            "--log-target=file:{}",
            dir.path().join("log").display()
        ))
        .arg(format!("--dl-search-path={}", lab.file("PULSE_MODULES")))
        .arg("-F")
        .arg(dir.path().join("setup.pa"));
    Process::start(&mut server)
}

/// An environment in which nothing of this machine's own sound and settings is seen.
fn private(lab: &Lab, dir: &Dir) -> Environment {
    let server = format!("unix:{}", dir.path().join("native").display());
    let home = format!("home{}", HOMES.fetch_add(1, Ordering::Relaxed));
    let home = dir.sub(&home);
    knows_the_loudspeaker(&home);
    vec![
        ("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH").into()),
        ("HOME", home.into()),
        ("XDG_RUNTIME_DIR", dir.sub("run").into()),
        ("PULSE_RUNTIME_PATH", dir.sub("pulse").into()),
        ("PULSE_STATE_PATH", dir.sub("pulse").into()),
        ("PULSE_SERVER", server.into()),
        (
            "DBUS_SYSTEM_BUS_ADDRESS",
            "unix:path=/nonexistent/bus".into(),
        ),
        ("PATH", "/usr/bin:/bin".into()),
    ]
}

/// What has been recorded so far, and when each piece arrived.
#[derive(Default)]
struct Tape {
    samples: Vec<f32>,
    /// After each piece: when it arrived, and how many samples there were then.
    arrivals: Vec<(Instant, usize)>,
}

/// Writes pieces of sound to the tape as they come.
fn keep(mut sound: impl Read, tape: &Mutex<Tape>) {
    let mut buffer = [0; 1 << 14];
    let mut waiting = Vec::new();
    while let Ok(length @ 1..) = sound.read(&mut buffer) {
        let arrived = now();
        waiting.extend_from_slice(&buffer[..length]);
        let whole = waiting.len() / 4 * 4;
        let mut tape = lock(tape);
        let samples = waiting[..whole]
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        tape.samples.extend(samples);
        waiting.drain(..whole);
        let length = tape.samples.len();
        tape.arrivals.push((arrived, length));
    }
}

fn lock(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

fn length_of(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE))
}

/// A recorder that runs until it is dropped.
pub struct Recorder {
    _process: Process,
    tape: Arc<Mutex<Tape>>,
}

impl Recorder {
    fn tape(&self) -> MutexGuard<'_, Tape> {
        lock(&self.tape)
    }

    /// A copy of all that has been heard so far.
    pub fn heard(&self) -> Recording {
        let tape = self.tape();
        Recording {
            samples: tape.samples.clone(),
            arrivals: tape.arrivals.clone(),
        }
    }

    /// Takes away what has been heard since the last time: of a recording that is too long to be kept.
    pub fn take(&self) -> Vec<f32> {
        let mut tape = self.tape();
        tape.arrivals.clear();
        std::mem::take(&mut tape.samples)
    }

    /// How many samples there are now.
    pub fn now(&self) -> usize {
        self.tape().samples.len()
    }

    /// Waits until `look` finds something in what was recorded from sample `from` on, and returns it.
    /// It is shown pieces that end later and later.
    pub fn wait_for<T>(
        &self,
        from: usize,
        patience: Duration,
        mut look: impl FnMut(&[f32]) -> Option<T>,
    ) -> Option<T> {
        wait_until(patience, || {
            let piece = self.tape().samples.get(from..)?.to_vec();
            look(&piece)
        })
    }
}

/// Sound, and when it left the loudspeaker.
pub struct Recording {
    /// Its samples.
    pub samples: Vec<f32>,
    arrivals: Vec<(Instant, usize)>,
}

impl Recording {
    /// The sample that left the loudspeaker at this time.
    pub fn at(&self, time: Instant) -> usize {
        // Pieces come more or less late, so the early ones tell the truth: but not the earliest of
        // all, for when a program comes or goes the server may hand out a piece ahead of time. And
        // only those near by, for after an interruption the count of samples has lost some time.
        let near = |arrived: Instant| {
            let ago = time.saturating_duration_since(arrived);
            let ahead = arrived.saturating_duration_since(time);
            ago < NEAR && ahead < NEAR
        };
        let near = self.arrivals.iter().filter(|(arrived, _)| near(*arrived));
        let begin = |&(arrived, length): &(Instant, usize)| {
            let begin = arrived.checked_sub(length_of(length));
            begin.expect("the clock began before the recording")
        };
        let mut begins: Vec<Instant> = near.map(begin).collect();
        begins.sort_unstable();
        let begin = begins.get(begins.len() / 100);
        let since = time.saturating_duration_since(*begin.expect("it recorded then"));
        (since.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize
    }
}
