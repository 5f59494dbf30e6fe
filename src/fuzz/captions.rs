use crate::base::{Frames, is_shown};
use crate::export::timeline::{Caption, Timeline};
use crate::export::{About, Captions};

/// A caption as a player reads it: from and to in milliseconds, and the words.
type Read = (u64, u64, String);

/// Captions, one from each line of the input, whose first bytes are its times: whoever reads any kind of file finds all
/// of them again.
pub fn captions(bytes: &[u8]) {
    let mut end = 0;
    let lines = bytes.split(|byte| *byte == b'\n');
    let captions = lines.filter_map(|line| {
        let (times, text) = line.split_first_chunk::<3>()?;
        let [waits, lasts, long] = times.map(u64::from);
        let from = end + waits;
        // An hour at the most, so that hours come, too.
        end = from + lasts + long * long * 55;
        let text = sentence(text)?.as_str().into();
        let (from, to) = (Frames::from_millis(from), Frames::from_millis(end));
        Some(Caption { from, to, text })
    });
    let captions: Vec<_> = captions.collect();
    let timeline = Timeline {
        length: Frames::from_millis(end),
        captions,
        chapters: Vec::new(),
    };
    let expected = timeline.captions.iter();
    let expected = expected.map(|it| (it.from.millis(), it.to.millis(), it.text.to_string()));
    let expected: Vec<Read> = expected.collect();
    let written = |kind: Captions| kind.text(&timeline, &About::example());
    assert_eq!(cues(&written(Captions::Vtt), '.', unescaped), expected);
    assert_eq!(cues(&written(Captions::Srt), ',', str::to_owned), expected);
    assert_eq!(lyrics(&written(Captions::Lrc)), begins(&expected));
}

/// Any, of signs that can be shown; only brackets stand in none.
fn sentence(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let shown = |sign: &char| is_shown(*sign) && !matches!(sign, '[' | ']');
    let text: String = text.chars().filter(shown).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Blocks with a line of times each, and the words behind it.
fn cues(text: &str, point: char, plain: fn(&str) -> String) -> Vec<Read> {
    let blocks = text.split("\n\n").filter_map(|block| {
        let mut lines = block.trim_matches('\n').lines();
        let (from, to) = lines.find_map(|line| line.split_once(" --> "))?;
        let words: Vec<_> = lines.collect();
        Some((
            clock(from, point),
            clock(to, point),
            plain(&words.join("\n")),
        ))
    });
    blocks.collect()
}

/// "00:01:02.345", or without the hours, in milliseconds.
fn clock(text: &str, point: char) -> u64 {
    let (whole, ms) = text.split_once(point).expect("a point in a time");
    let number = |digits: &str| digits.parse::<u64>().expect("a number in a time");
    let seconds = whole
        .split(':')
        .fold(0, |sum, part| sum * 60 + number(part));
    seconds * 1000 + number(ms)
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

/// The lines with words.
fn lyrics(text: &str) -> Vec<(u64, String)> {
    let timed = text.lines().skip(2).map(|line| {
        let (at, words) = line.split_once(']').expect("a time before the words");
        (clock(at.trim_start_matches('['), '.'), words.to_owned())
    });
    timed.filter(|(_, words)| !words.is_empty()).collect()
}

fn begins(captions: &[Read]) -> Vec<(u64, String)> {
    let begins = captions
        .iter()
        .map(|(from, _, words)| (*from, words.clone()));
    begins.collect()
}
