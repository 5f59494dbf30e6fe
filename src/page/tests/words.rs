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
