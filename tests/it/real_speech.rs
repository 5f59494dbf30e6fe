//! The real speech-dispatcher with espeak-ng, private, speaking through a loudspeaker.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::clock::wait_until;
use crate::lab::{Dir, Process};
use crate::loudspeaker::Loudspeaker;
use crate::stage::PATIENCE;

/// The service; it ends with the test.
pub struct RealSpeech {
    _process: Process,
    dir: Dir,
}

impl RealSpeech {
    /// Starts it, and waits until it listens.
    pub fn start(speaker: &Loudspeaker) -> Self {
        let dir = Dir::new();
        let lab = speaker.lab();
        let settings = dir.sub("settings");
        let modules = dir.sub("settings/modules");
        let espeak = Path::new(lab.file("SPEECHD_CONFIG")).join("modules/espeak-ng.conf");
        fs::copy(espeak, modules.join("espeak-ng.conf")).expect("its settings");
        dir.file(
            "settings/speechd.conf",
            &format!(
                "CommunicationMethod \"unix_socket\"\nSocketPath \"default\"\nLogLevel 3\nLogDir \"{}\"\n\
                 DefaultRate 0\nDefaultVolume 100\nDefaultLanguage \"en-US\"\nAudioOutputMethod \"pulse\"\n\
                 AddModule \"espeak-ng\" \"sd_espeak-ng\" \"espeak-ng.conf\"\nDefaultModule espeak-ng\n",
                dir.path().join("log").display()
            ),
        );
        let mut environment = speaker.environment();
        for name in ["SPEECHD_PLUGIN_DIR", "ESPEAK_DATA_PATH"] {
            environment.push((name, lab.file(name).into()));
        }
        let mut command: Command = lab.command("SPEECH_DISPATCHER", &environment);
        command
            .args([
                "--run-single",
                "--timeout",
                "0",
                "--communication-method",
                "unix_socket",
            ])
            .arg("--config-dir")
            .arg(&settings)
            .arg("--module-dir")
            .arg(lab.file("SPEECHD_MODULES_DIR"))
            .arg("--socket-path")
            .arg(dir.path().join("speech.sock"))
            .arg("--pid-file")
            .arg(dir.path().join("pid"))
            .stderr(Stdio::null());
        let service = Self {
            _process: Process::start(&mut command),
            dir,
        };
        let socket = service.dir.path().join("speech.sock");
        let there = wait_until(PATIENCE, || socket.exists().then_some(()));
        assert!(there.is_some(), "no speech service: {}", service.log());
        service
    }

    /// What a program needs in its environment to be spoken for by it.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        let socket = self.dir.path().join("speech.sock");
        [
            (
                "SPEECHD_ADDRESS",
                format!("unix_socket:{}", socket.display()),
            ),
            ("SPEECHD_CMD", "false".into()),
        ]
    }

    /// What it has written down.
    pub fn log(&self) -> String {
        let log = self.dir.path().join("log/speech-dispatcher.log");
        fs::read_to_string(log).unwrap_or_default()
    }
}
