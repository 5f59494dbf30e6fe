//! Making audio files: Softback's export beside ffmpeg, which encodes the same sound.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cost::{Cost, cost};
use crate::lab::{Dir, Lab};
use crate::stage::softback;
use crate::table::{Report, mib, times};

/// Each format with what ffmpeg needs for the same kind of file at the same rate.
const FORMATS: [(&str, &[&str]); 3] = [
    ("m4b", &["-c:a", "aac", "-b:a", "50k", "-f", "mp4"]),
    ("ogg", &["-c:a", "libopus", "-b:a", "32k", "-f", "ogg"]),
    ("mp3", &["-c:a", "libmp3lame", "-b:a", "80k", "-f", "mp3"]),
];

/// What was made.
pub struct Made {
    pub m4b: PathBuf,
    pub wav: PathBuf,
}

fn export(dir: &Dir, session: &[&str], path: &Path) -> Cost {
    let mut command = Command::new(softback());
    command
        .arg("export")
        .args(session)
        .args(["--force", "--voice", "heart", "-o"]);
    command.arg(path).env_clear().env("HOME", dir.path());
    let heart = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/voices/heart");
    cost(command.env("SOFTBACK_VOICE_DIR", heart))
}

fn encode(lab: &Lab, wav: &Path, options: &[&str], path: &Path) -> Cost {
    let mut command = Command::new(lab.file("FFMPEG"));
    command.env("LD_LIBRARY_PATH", lab.file("LD_LIBRARY_PATH"));
    command
        .args(["-y", "-loglevel", "error", "-i"])
        .arg(wav)
        .args(options);
    cost(command.arg(path))
}

/// Makes each file, and says what it has cost.
pub fn compare(report: &mut Report, lab: &Lab, dir: &Dir, session: &[&str]) -> Made {
    let file = |name: &str| dir.path().join(name);
    let wav = file("session.wav");
    let raw = export(dir, session, &wav);
    let mut rows = Vec::new();
    for (format, options) in FORMATS {
        let whole = export(dir, session, &file("session").with_extension(format));
        let encodes = (whole.work - raw.work).max(0.01);
        let mut row = vec![
            format.to_owned(),
            format!("{:.1} s", whole.work),
            format!("{encodes:.1} s"),
            mib(whole.memory),
        ];
        if lab.has("FFMPEG") {
            let other = encode(lab, &wav, options, &file("other").with_extension(format));
            row.extend([
                format!("{:.1} s", other.work),
                mib(other.memory),
                times(encodes, other.work),
            ]);
        }
        rows.push(row);
    }
    let how = format!(
        "Processor time, and the most memory in MiB. An export speaks the whole session, listens to it for its \
         loudness, and encodes it: of \"{}\", a WAV takes all of that but the encoding, in {:.1} s ({:.1} s by the \
         clock) and {} MiB. What a compressed file takes beyond that is what its encoder takes. ffmpeg encodes the \
         same WAV in the same format at the same rate.",
        session.join(" "),
        raw.work,
        raw.seconds,
        mib(raw.memory),
    );
    let head = [
        "file",
        "export",
        "of it encoding",
        "MiB",
        "ffmpeg",
        "MiB",
        "times, encoding",
    ];
    report.table("Making a file", &how, &head, &rows);
    Made {
        m4b: file("session.m4b"),
        wav,
    }
}
