//! The answer, in words and as JSON.

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

use super::Trouble;
use crate::audio::device::Device;

/// How it is with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::IntoStaticStr)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "lowercase")]
pub(super) enum Status {
    /// As it should be.
    Ok,
    /// Not as it should be, but a session does without.
    Note,
    /// Not as it should be, and a session needs it.
    #[strum(to_string = "not ok")]
    Bad,
}

/// One thing, looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Check {
    #[serde(skip)]
    pub name: &'static str,
    pub status: Status,
    /// How it is, in a line.
    pub says: String,
    /// What to do, where something is to be done.
    pub remedy: Option<String>,
    #[serde(serialize_with = "as_map")]
    pub facts: Facts,
}

type Facts = Vec<(&'static str, Value)>;

impl Check {
    pub(super) fn new(name: &'static str, verdict: (Status, Trouble), facts: Facts) -> Self {
        let (status, Trouble { what: says, remedy }) = verdict;
        Self {
            name,
            status,
            says,
            remedy,
            facts,
        }
    }
}

/// What the doctor says.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub(crate) struct Report(pub(super) Vec<Check>);

impl Report {
    /// Whether everything is there that a session needs.
    pub(crate) fn is_ready(&self) -> bool {
        self.missing().next().is_none()
    }

    /// As one JSON object. A key that is there will stay, with the same meaning.
    pub(crate) fn to_json(&self) -> String {
        pretty(self)
    }

    fn missing(&self) -> impl Iterator<Item = &'static str> {
        let bad = self.0.iter().filter(|check| check.status == Status::Bad);
        bad.map(|check| check.name)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.0 {
            let (status, name): (&str, _) = (check.status.into(), check.name);
            writeln!(f, "{status:7} {name:15} {}", check.says)?;
            if let Some(remedy) = &check.remedy {
                writeln!(f, "{:23} {remedy}", "")?;
            }
        }
        let missing = self.missing().collect::<Vec<_>>().join(", ");
        if missing.is_empty() {
            f.write_str("\nEverything that a session needs is there.")
        } else {
            write!(f, "\nA session needs what is not ok: {missing}.")
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("softback", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("ready", &self.is_ready())?;
        for check in &self.0 {
            map.serialize_entry(&check.name.replace(' ', "_"), check)?;
        }
        map.end()
    }
}

fn as_map<S: Serializer>(facts: &Facts, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(facts.iter().map(|(name, value)| (name, value)))
}

/// The sound devices in words, one a line.
pub(crate) fn render_devices(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "There is no sound device.".to_owned();
    }
    let width = devices.iter().map(|device| device.name.chars().count());
    let width = width.max().unwrap_or(0);
    let lines = devices.iter().map(|device| {
        let default = if device.is_default {
            ", the default"
        } else {
            ""
        };
        let rates = match device.rates {
            Some((lowest, highest)) if lowest == highest => format!("{lowest} Hz"),
            Some((lowest, highest)) => format!("{lowest} to {highest} Hz"),
            None => "does not open now".to_owned(),
        };
        format!(
            "{:width$}  {}{default}; {rates}",
            device.name, device.description
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The sound devices as one JSON array.
pub(crate) fn devices_to_json(devices: &[Device]) -> String {
    let devices = devices.iter().map(|device| {
        json!({
            "name": device.name,
            "description": device.description,
            "default": device.is_default,
            "opens": device.rates.is_some(),
            "lowest_rate_hz": device.rates.map(|(lowest, _)| lowest),
            "highest_rate_hz": device.rates.map(|(_, highest)| highest),
        })
    });
    pretty(&devices.collect::<Vec<_>>())
}

fn pretty(value: &impl Serialize) -> String {
    // Maps with text as keys, and no number but finite ones: nothing in them can fail.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn devices_are_shown_one_a_line() {
        let device = |name: &str, rates| Device {
            name: name.to_owned(),
            description: "A speaker".to_owned(),
            is_default: name == "default",
            rates,
        };
        let devices = [
            device("default", Some((44_100, 192_000))),
            device("hdmi:CARD=HDMI,DEV=3", Some((48_000, 48_000))),
            device("pulse", None),
        ];
        insta::assert_snapshot!(render_devices(&devices), @r#"
        default               A speaker, the default; 44100 to 192000 Hz
        hdmi:CARD=HDMI,DEV=3  A speaker; 48000 Hz
        pulse                 A speaker; does not open now
        "#);
        assert_eq!(render_devices(&[]), "There is no sound device.");
        let json: Value = serde_json::from_str(&devices_to_json(&devices)).unwrap();
        assert_eq!(json[0]["default"], true);
        assert_eq!(json[1]["lowest_rate_hz"], 48_000);
        assert_eq!(json[2]["opens"], false);
    }
}
