//! The files of a page, put together from their parts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::clips::{Pack, Place};
use super::pictures::Pictures;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(
    include_str!("graph.js"),
    include_str!("player.js"),
    include_str!("page.js")
);
const WORKER: &str = include_str!("worker.js");
const ICON: &[u8] = include_bytes!("icon.svg");
const ICON_192: &[u8] = include_bytes!("icon-192.png");
const ICON_512: &[u8] = include_bytes!("icon-512.png");

/// The core and the clips, by the names under which the driver looks for them.
const CORE: &str = "softback.wasm";
pub(super) const CLIPS: &str = "clips.bin";

/// A file of a site: its name, and what it holds.
pub(crate) type File = (&'static str, Vec<u8>);

/// What a page says and holds.
pub(super) struct Parts<'a> {
    pub core: &'a [u8],
    pub pack: Pack,
    pub texts: Texts,
    pub data: Data,
}

/// The pieces of HTML that differ from page to page.
pub(super) struct Texts {
    pub notice: String,
    pub choices: String,
    pub pictures: String,
    /// What she says of the number to call.
    pub emergency: String,
}

/// What the driver reads.
#[derive(Serialize)]
pub(super) struct Data {
    pub title: String,
    /// The routine's name, as the journal keeps it.
    pub routine: String,
    /// The text of its file, unless it is built in.
    pub text: Option<String>,
    /// It holds movement.
    pub moves: bool,
    /// The digits of the emergency number.
    pub emergency: Option<String>,
    pub pictures: Pictures,
}

/// Why nothing with movement begins, by the core's word for it.
const CLOSED: [(&str, &str); 6] = [
    (
        "locked",
        "Something hurt: the movements are closed, so that your back can settle.",
    ),
    (
        "two-today",
        "There have been two sessions today, and that is the most for one day.",
    ),
    ("too-soon", "The last session was less than four hours ago."),
    (
        "unreadable",
        "What this browser keeps cannot be read, so the movements are closed for now.",
    ),
    (
        "clock-behind",
        "The clock may be wrong, so the movements are closed for now.",
    ),
    (
        "no-storage",
        "This browser keeps nothing here, so nobody would count: only a page of rest begins.",
    ),
];

/// What the driver reads, with what is only known when all of it is put together.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    data: &'a Data,
    clips: &'a BTreeMap<String, Place>,
    closed: BTreeMap<&'a str, &'a str>,
    site: bool,
}

impl Parts<'_> {
    /// One file with everything in it.
    pub(super) fn file(&self) -> Vec<u8> {
        let block = |name: &str, bytes: &[u8]| {
            let bytes = BASE64.encode(bytes);
            format!("<script type=\"application/octet-stream\" id=\"{name}\">{bytes}</script>\n")
        };
        let blobs = block(CORE, self.core) + &block(CLIPS, &self.pack.bytes);
        let icon = format!("data:image/svg+xml;base64,{}", BASE64.encode(ICON));
        let links = format!("<link rel=\"icon\" href=\"{icon}\">");
        self.html(&links, &blobs, false).into_bytes()
    }

    /// A folder with everything in it, `index.html` first.
    pub(super) fn site(&self) -> Vec<File> {
        let links = "<link rel=\"icon\" href=\"icon.svg\">\n\
                     <link rel=\"apple-touch-icon\" href=\"icon-192.png\">\n\
                     <link rel=\"manifest\" href=\"manifest.webmanifest\">";
        let mut files = vec![
            ("index.html", self.html(links, "", true).into_bytes()),
            ("manifest.webmanifest", self.manifest().into_bytes()),
            ("icon.svg", ICON.to_vec()),
            ("icon-192.png", ICON_192.to_vec()),
            ("icon-512.png", ICON_512.to_vec()),
            (CORE, self.core.to_vec()),
            (CLIPS, self.pack.bytes.clone()),
        ];
        files.push(("worker.js", self.worker(&files).into_bytes()));
        files
    }

    fn html(&self, links: &str, blobs: &str, site: bool) -> String {
        let Self { data, texts, .. } = self;
        let whole = Whole {
            data,
            clips: &self.pack.places,
            closed: CLOSED.into(),
            site,
        };
        let audio = format!("{}.m4b", data.routine);
        fill(
            TEMPLATE,
            &[
                ("POLICY", &policy(site)),
                ("LINKS", links),
                ("TITLE", &escaped(&data.title)),
                ("STYLE", STYLE),
                ("AUDIO", &escaped(&audio)),
                ("ROUTINE", &escaped(&data.routine)),
                ("NOTICE", &texts.notice),
                ("PICTURES", &texts.pictures),
                ("CHOICES", &texts.choices),
                ("EMERGENCY", &escaped(&texts.emergency)),
                (
                    "QUIET",
                    &format!("data:audio/wav;base64,{}", BASE64.encode(quiet())),
                ),
                ("DATA", &json(&whole)),
                ("BLOBS", blobs),
                ("SCRIPT", SCRIPT),
            ],
        )
    }

    fn manifest(&self) -> String {
        let icon = |file: &str, sizes: &str| serde_json::json!({"src": file, "sizes": sizes, "type": "image/png", "purpose": "any maskable"});
        let title = &self.data.title;
        let manifest = serde_json::json!({
            "name": format!("Softback: {title}"),
            "short_name": "Softback",
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": "#f6f3ee",
            "theme_color": "#f6f3ee",
            "icons": [icon("icon-192.png", "192x192"), icon("icon-512.png", "512x512")],
        });
        manifest.to_string()
    }

    /// The service worker keeps every file; another content is another version.
    fn worker(&self, files: &[File]) -> String {
        let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
        let mut hash = Sha256::new();
        for (name, bytes) in files {
            hash.update(name);
            hash.update(bytes);
        }
        let version = BASE64.encode(&hash.finalize()[..9]);
        let names = json(&[&["./"], &names[..]].concat());
        fill(
            WORKER,
            &[
                ("NAME", &self.data.routine),
                ("VERSION", &version),
                ("FILES", &names),
            ],
        )
    }
}

/// What the browser may do: run this script and no other, and ask nobody for anything; a site, only itself.
fn policy(site: bool) -> String {
    let hash = |text: &str| BASE64.encode(Sha256::digest(text));
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    let mut policy = format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-{script}' 'wasm-unsafe-eval'; \
         style-src 'sha256-{style}'; media-src data:; img-src 'self' data:"
    );
    if site {
        policy += "; connect-src 'self'; worker-src 'self'; manifest-src 'self'";
    }
    policy
}

/// Six seconds of next to nothing, as a WAV: what plays less than five gets no buttons of a headset.
fn quiet() -> Vec<u8> {
    const RATE: u32 = 8000;
    let samples = (0..6 * RATE).flat_map(|frame| [1_i16, -1][frame as usize % 2].to_le_bytes());
    let samples: Vec<u8> = samples.collect();
    let length = samples.len() as u32;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    // Mono, 16 bits.
    for number in [16, 1 << 16 | 1, RATE, 2 * RATE, 16 << 16 | 2] {
        wav.extend(u32::to_le_bytes(number));
    }
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend(samples);
    wav
}

/// `template` with each `{{NAME}}` replaced, in one pass: what is put in is not looked into.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let named = values.iter().find_map(|(name, value)| {
            let rest = piece.strip_prefix(name)?.strip_prefix("}}")?;
            Some((value, rest))
        });
        match named {
            Some((value, rest)) => filled.extend([value, rest]),
            None => filled.extend(["{{", piece]),
        }
    }
    filled
}

/// As text between tags, or in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// JSON that may stand in a script element: no tag can end there.
fn json(value: &impl Serialize) -> String {
    // Texts and numbers alone cannot fail.
    let text = serde_json::to_string(value).unwrap_or_default();
    text.replace('<', "\\u003c")
}

/// The paragraphs of a plain text, and its lists.
pub(super) fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.trim().split("\n\n") {
        let (before, items) = match paragraph.split_once("\n  - ") {
            Some((before, items)) => (before, items.split("\n  - ").collect()),
            None => (paragraph, Vec::new()),
        };
        // A string takes whatever is written to it.
        let _ = writeln!(html, "<p>{}</p>", escaped(&joined(before)));
        if !items.is_empty() {
            html += "<ul>";
            for item in items {
                let _ = write!(html, "<li>{}</li>", escaped(&joined(item)));
            }
            html += "</ul>\n";
        }
    }
    html
}

/// Lines, joined to one.
fn joined(lines: &str) -> String {
    lines.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts<'static> {
        Parts {
            core: b"\0asm",
            pack: Pack {
                bytes: b"OggS".to_vec(),
                places: BTreeMap::from([("137 Hello.".to_owned(), Place(0, 4, 48_000))]),
            },
            texts: Texts {
                notice: paragraphs(
                    "Stop at once.\n\nDo not use it if\n  - you\n    must not\n  - so",
                ),
                choices: String::new(),
                pictures: String::new(),
                emergency: "I will hear: call 999.".to_owned(),
            },
            data: Data {
                title: "Hers & </script>".to_owned(),
                routine: "hers".to_owned(),
                text: None,
                moves: true,
                emergency: Some("999".to_owned()),
                pictures: BTreeMap::new(),
            },
        }
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn one_file_holds_everything_and_nothing_is_left_to_be_filled_in() {
        let page = text(parts().file());
        assert!(!page.contains("{{"), "{page}");
        assert!(page.contains(&BASE64.encode(b"\0asm")) && page.contains(&BASE64.encode(b"OggS")));
        assert!(page.contains(r#""137 Hello.":[0,4,48000]"#));
        assert!(page.contains("<ul><li>you must not</li><li>so</li></ul>"));
        assert!(page.contains("call 999") && page.contains("hers.m4b"));
        // Her title ends no element.
        assert!(page.contains("Hers &amp; &lt;/script&gt; - Softback"));
        assert!(page.contains(r"Hers & \u003c/script>"));
        // Nothing in it is asked of anybody.
        for asks in ["src=\"http", "href=\"http", "@import", "url("] {
            assert!(!page.contains(asks), "{asks}");
        }
    }

    #[test]
    fn the_policy_knows_the_script_and_the_style_as_they_are_in_the_page() {
        let page = text(parts().file());
        let policy = page.split("Content-Security-Policy\" content=\"").nth(1);
        let policy = policy.and_then(|rest| rest.split('"').next()).expect("one");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
            let inside = page
                .split(open)
                .nth(1)
                .and_then(|rest| rest.split(close).next());
            let hash = BASE64.encode(Sha256::digest(inside.expect("one")));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{open}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("connect-src"));
    }

    #[test]
    fn a_site_is_kept_whole_and_anew_when_anything_in_it_changes() {
        let site = parts().site();
        let worker = |site: &[File]| {
            let (_, worker) = site
                .iter()
                .find(|(name, _)| *name == "worker.js")
                .expect("one");
            text(worker.clone())
        };
        let first = worker(&site);
        assert!(!first.contains("{{"));
        for (name, _) in site.iter().filter(|(name, _)| *name != "worker.js") {
            assert!(first.contains(&format!("\"{name}\"")), "{name}");
        }
        let mut other = parts();
        other.pack.bytes.push(0);
        assert_ne!(worker(&other.site()), first);
        assert_eq!(
            worker(&parts().site()),
            first,
            "the same input, the same bytes"
        );
    }

    #[test]
    fn the_driver_is_small() {
        let lines = SCRIPT.lines().map(str::trim);
        let code = lines.filter(|line| {
            !line.is_empty() && !["//", "/*", "*"].iter().any(|mark| line.starts_with(mark))
        });
        let code = code.count();
        assert!(code < 600, "{code} lines");
    }
}
