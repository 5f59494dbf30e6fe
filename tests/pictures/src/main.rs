//! `softback-pictures FROM TO`: each SVG below the folder FROM becomes a PNG at the same place below TO, with the hash
//! of its SVG in it, by which a test knows what it was made from.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, io};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Family, Query};
use resvg::usvg::{Options, Tree};
use sha2::{Digest, Sha256};

/// The one that the drawings name.
const FONT: &str = "DejaVu Sans";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = arguments.as_slice() else {
        return Err("usage: softback-pictures FROM TO".into());
    };
    let options = with_fonts()?;
    for drawing in drawings(from)? {
        let picture = to.join(drawing.strip_prefix(from)?).with_extension("png");
        if let Some(folder) = picture.parent() {
            fs::create_dir_all(folder)?;
        }
        make(&drawing, &picture, &options)?;
        println!("{}", picture.display());
    }
    Ok(())
}

fn with_fonts() -> Result<Options<'static>, Box<dyn Error>> {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    let asked = Query {
        families: &[Family::Name(FONT)],
        ..Query::default()
    };
    if fonts.query(&asked).is_none() {
        return Err(format!(
            "the font {FONT} is not on this machine: on Debian, apt install fonts-dejavu-core"
        )
        .into());
    }
    Ok(Options {
        fontdb: Arc::new(fonts),
        ..Options::default()
    })
}

/// Every SVG below a folder.
fn drawings(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(drawings(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "svg") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn make(drawing: &Path, picture: &Path, options: &Options) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(drawing)?;
    let tree = Tree::from_str(&text, options)?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it has no size")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    let mark: String = Sha256::digest(&text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut encoder = png::Encoder::new(File::create(picture)?, size.width(), size.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder.add_text_chunk("Drawn-From".into(), mark)?;
    // What is drawn has a ground without holes.
    let opaque = pixels.data().chunks_exact(4).flat_map(|pixel| &pixel[..3]);
    let opaque: Vec<u8> = opaque.copied().collect();
    encoder.write_header()?.write_image_data(&opaque)?;
    Ok(())
}
