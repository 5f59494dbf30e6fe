//! On a screen that she touches nothing is said of a keyboard.

use super::Tab;
use serde_json::json;

/// What a clip says, in small letters; without its rate.
fn clips(hands: &str) -> Vec<String> {
    let mut tab = Tab::new("rest");
    let mut all = Vec::new();
    for routine in ["upper-back", "gentle", "rest"] {
        let clips = tab.ask(&json!({
            "do": "clips", "routine": routine, "choose": routine == "upper-back",
            "paces": ["standard", "own"], "hands": [hands], "emergencies": [null],
        }));
        let clips = clips["clips"].as_object().expect("clips").keys();
        all.extend(clips.map(|key| key.to_lowercase()));
    }
    all
}

#[test]
fn who_touches_a_screen_hears_of_no_key() {
    let of_keys = |said: &String| {
        let mut words = said.split(|letter: char| !letter.is_alphabetic());
        words.any(|word| {
            matches!(
                word,
                "key"
                    | "keys"
                    | "keyboard"
                    | "arrow"
                    | "bar"
                    | "escape"
                    | "enter"
                    | "tab"
                    | "window"
            )
        })
    };
    let heard: Vec<_> = clips("touch").into_iter().filter(of_keys).collect();
    assert!(heard.is_empty(), "{heard:#?}");
    assert!(clips("keys").iter().any(of_keys));
}

#[test]
fn no_stop_rule_is_lost_on_a_screen() {
    let [keys, touch] = ["keys", "touch"].map(clips);
    let warns =
        |said: &&String| said.contains("hurts") || said.contains("dizzy") || said.contains("call");
    assert_eq!(
        keys.iter().filter(warns).count(),
        touch.iter().filter(warns).count()
    );
    let stops = |said: &&String| said.contains("keep your finger");
    assert!(touch.iter().filter(stops).count() >= 5, "{touch:#?}");
}

#[test]
fn what_nobody_has_reviewed_is_asked_about_on_a_screen_too() {
    let gentle = include_str!("../../../scripts/en/gentle.toml");
    let text = gentle.replace("Wrap your arms round your own", "Wrap your arms round your");
    let mut tab = Tab::new("gentle");
    let clips = tab.ask(&json!({
        "do": "clips", "routine": "hers.toml", "text": text, "paces": ["standard"], "hands": ["touch"],
        "emergencies": [null],
    }));
    let clips = clips["clips"].as_object().expect("clips");
    let asks = "Press the upper half to go on with it, or the lower half to leave it.";
    assert!(clips.keys().any(|key| key.ends_with(asks)));
    for (clip, length) in clips {
        let length = length.as_u64().expect("frames");
        tab.clips.insert(clip.clone(), length);
    }
    for (key, ending) in [("no", Some("declined")), ("yes", None)] {
        tab.start("hers.toml", &json!({ "text": text, "hands": "touch" }));
        assert_eq!(tab.last["view"]["section"], "Your routine: unreviewed");
        tab.play_until(Tab::waits);
        assert_eq!(tab.last["view"]["sentence"], asks);
        tab.press(key);
        for _ in 0..40 {
            if tab.ending().is_none() && !tab.waits() {
                tab.pass(48_000);
            }
        }
        assert_eq!(tab.ending().as_deref(), ending, "{}", tab.last);
    }
}
