//! Sound devices by name: which there are, and which one is meant.
//!
//! By hand, for cpal knows a device by its exact identifier alone, and no crate looks for one as a person names it.

use std::time::Duration;

use rodio::cpal::traits::{DeviceTrait, HostTrait};
use rodio::cpal::{self, SupportedStreamConfigRange as Range, default_host};

use super::server;
use crate::base::{DEFAULT_DEVICE, Remedy, did_you_mean};
use crate::clock::within;

/// How long the first session with a device may wait to hear about its channels.
const ANSWER: Duration = Duration::from_secs(2);

/// An output device, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    /// By what it is asked for.
    pub name: String,
    /// What the system calls it.
    pub description: String,
    /// Whether it is the one that is used unless another is named.
    pub is_default: bool,
    /// The lowest and the highest rate, in frames a second; `None` if it does not open now.
    pub rates: Option<(u32, u32)>,
}

/// No device is meant by a name, or more than one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DeviceError {
    #[error("there is no sound device called \"{name}\"{suggestion}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// ": did you mean …?", or nothing.
        suggestion: String,
        known: String,
    },
    #[error("\"{name}\" may be any of these sound devices: {like}")]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The names of those that fit.
        like: String,
    },
}

impl Remedy for DeviceError {
    fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::Unknown { known, .. } => {
                format!("The devices are {known}; `softback doctor --devices` describes them")
            }
            Self::Ambiguous { .. } => "Write more of the name".to_owned(),
        })
    }
}

/// The output devices that are of use, the default first. Each is opened for a moment: that makes no
/// sound, but may take for ever where a sound server hangs.
pub(crate) fn list() -> Vec<Device> {
    let device = |(place, known): (usize, Candidate)| Device {
        rates: rates(&known.device),
        is_default: place == 0 && known.name == DEFAULT_DEVICE,
        name: known.name,
        description: known.description,
    };
    let shown = all().into_iter().filter(Candidate::is_useful);
    shown.enumerate().map(device).collect()
}

/// The output device called `name`: exactly, or else the only one of use whose name or description
/// holds it in whatever case; without a name, the default one. `Ok(None)` where there is none at all.
pub(crate) fn find(name: Option<&str>) -> Result<Option<cpal::Device>, DeviceError> {
    let Some(name) = name.filter(|name| *name != DEFAULT_DEVICE) else {
        return Ok(default_host().default_output_device());
    };
    let mut all = all();
    let meant = pick(&all, name)?;
    Ok(Some(all.swap_remove(meant).device))
}

/// Whether left and right are the same on the device called `name`: it has one channel. A sound server takes two all
/// the same, and has to be asked. Whoever does not answer soon is taken for one with two.
pub(crate) fn is_mono(name: Option<&str>) -> bool {
    let name = name.map(str::to_owned);
    let ask = move || {
        let by_default = name.as_deref().is_none_or(|name| name == DEFAULT_DEVICE);
        let device = find(name.as_deref()).ok().flatten();
        let ranges =
            device.and_then(|device| Some(device.supported_output_configs().ok()?.collect()));
        let ranges: Vec<_> = ranges.unwrap_or_default();
        let most = ranges.iter().map(Range::channels).max();
        most == Some(1) || by_default && server::is_mono()
    };
    within(ANSWER, ask).unwrap_or_default()
}

/// Its name for `--device`, where that can be known.
pub(crate) fn name_of(device: &cpal::Device) -> String {
    // Only ALSA's names can be typed: other systems give numbers.
    if cfg!(target_os = "linux") {
        device.id().map(|id| id.id().to_owned()).unwrap_or_default()
    } else {
        let description = device.description();
        description.map_or_else(|_| String::new(), |words| words.name().to_owned())
    }
}

/// A device, and what it may be called.
struct Candidate<D = cpal::Device> {
    name: String,
    description: String,
    device: D,
}

fn all() -> Vec<Candidate> {
    let host = default_host();
    let default = host.default_output_device();
    let default = default.map(|device| (DEFAULT_DEVICE.to_owned(), device));
    let others = host.output_devices().into_iter().flatten();
    let others = others.map(|device| (name_of(&device), device));
    let mut known: Vec<Candidate> = Vec::new();
    for (name, device) in default.into_iter().chain(others) {
        // Some systems name one in several ways.
        if !name.is_empty() && known.iter().all(|known| known.name != name) {
            let description = described(&device);
            known.push(Candidate {
                name,
                description,
                device,
            });
        }
    }
    known
}

/// What the system says of it, on one line.
fn described(device: &cpal::Device) -> String {
    let Ok(words) = device.description() else {
        return String::new();
    };
    let more: Vec<_> = words.extended().collect();
    if more.is_empty() {
        words.name().to_owned()
    } else {
        more.join(", ")
    }
}

impl<D> Candidate<D> {
    /// ALSA lists every plug-in and every way to wire a card. Of use are sound servers, what she has
    /// defined herself, and each card's outputs in the form that takes any rate, under the card's
    /// name and not its number.
    fn is_useful(&self) -> bool {
        const FORMS: [&str; 3] = ["sysdefault", "plughw", "hdmi"];
        const PLUGINS: &str =
            "a52 dca jack lavrate null oss samplerate speex speexrate sysdefault upmix vdownmix";
        if !cfg!(target_os = "linux") {
            return true;
        }
        match self.name.split_once(":CARD=") {
            Some((form, card)) => FORMS.contains(&form) && !card.starts_with(char::is_numeric),
            None => PLUGINS.split(' ').all(|plugin| plugin != self.name),
        }
    }

    fn holds(&self, part: &str) -> bool {
        let texts = [&self.name, &self.description];
        texts.iter().any(|text| text.to_lowercase().contains(part))
    }
}

/// The place of the one that is meant.
fn pick<D>(all: &[Candidate<D>], name: &str) -> Result<usize, DeviceError> {
    let exact = |text: fn(&Candidate<D>) -> &str| all.iter().position(|known| text(known) == name);
    if let Some(place) = exact(|known| &known.name).or_else(|| exact(|known| &known.description)) {
        return Ok(place);
    }
    let part = name.to_lowercase();
    let useful = all
        .iter()
        .enumerate()
        .filter(|(_, known)| known.is_useful());
    let (places, known): (Vec<_>, Vec<_>) = useful.map(|(at, known)| (at, &*known.name)).unzip();
    let mut like = places;
    like.retain(|place| all[*place].holds(&part));
    let name = name.to_owned();
    match like[..] {
        [place] => Ok(place),
        [] => Err(DeviceError::Unknown {
            suggestion: did_you_mean(&name, &known),
            known: known.join(", "),
            name,
        }),
        _ => {
            let like: Vec<_> = like.iter().map(|place| &*all[*place].name).collect();
            let like = like.join(", ");
            Err(DeviceError::Ambiguous { name, like })
        }
    }
}

fn rates(device: &cpal::Device) -> Option<(u32, u32)> {
    let ranges: Vec<_> = device.supported_output_configs().ok()?.collect();
    let lowest = ranges.iter().map(Range::min_sample_rate).min()?;
    let highest = ranges.iter().map(Range::max_sample_rate).max()?;
    Some((lowest, highest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(list: &[(&str, &str)]) -> Vec<Candidate<()>> {
        list.iter()
            .map(|(name, description)| Candidate {
                name: (*name).to_owned(),
                description: (*description).to_owned(),
                device: (),
            })
            .collect()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn of_what_alsa_lists_the_useful_remains() {
        for (name, useful) in [
            ("default", true),
            ("pipewire", true),
            ("sysdefault:CARD=PCH", true),
            ("plughw:CARD=PCH,DEV=0", true),
            ("hdmi:CARD=HDMI,DEV=3", true),
            ("plughw:CARD=0,DEV=0", false),
            ("hw:CARD=PCH,DEV=0", false),
            ("surround51:CARD=PCH,DEV=0", false),
            ("null", false),
            ("jack", false),
            ("samplerate", false),
            ("kitchen", true),
        ] {
            assert_eq!(known(&[(name, "")])[0].is_useful(), useful, "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_found_by_its_name_or_by_what_only_it_is_called() {
        let all = known(&[
            ("default", "Default Audio Device"),
            ("null", "Discard all samples"),
            ("plughw:CARD=PCH,DEV=0", "HDA Intel PCH, ALC257 Analog"),
            ("hw:CARD=PCH,DEV=0", "HDA Intel PCH, ALC257 Analog, direct"),
            ("plughw:CARD=Kitchen,DEV=0", "USB Speaker, USB Audio"),
        ]);
        let pick = |name| pick(&all, name);
        assert_eq!(pick("hw:CARD=PCH,DEV=0"), Ok(3));
        assert_eq!(pick("null"), Ok(1));
        assert_eq!(pick("USB Speaker, USB Audio"), Ok(4));
        assert_eq!(pick("kitchen"), Ok(4));
        assert_eq!(pick("analog"), Ok(2));
        let several = pick("audio").unwrap_err().told();
        assert!(
            several.contains("default, plughw:CARD=Kitchen"),
            "{several}"
        );
        let none = pick("defualt").unwrap_err().told();
        assert!(none.contains("did you mean \"default\"?"), "{none}");
        assert!(
            none.contains("The devices are default, plughw:CARD=PCH,DEV=0, plughw"),
            "{none}"
        );
        let none = pick("discard").unwrap_err().told();
        assert!(!none.contains("null"), "{none}");
    }

    #[test]
    fn without_any_device_the_list_of_them_is_empty() {
        assert!(matches!(
            pick::<()>(&[], "speaker"),
            Err(DeviceError::Unknown { known, .. }) if known.is_empty()
        ));
    }
}
