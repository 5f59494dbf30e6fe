//! The number to call in an emergency, and only where it is known beyond doubt.
//!
//! A wrong number is worse than none. So hers, from the configuration, comes first; else locale and
//! time zone must both name the same country, for a laptop from abroad still has the locale of home,
//! and an English locale is used everywhere; else it is "your emergency number".

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::sync::LazyLock;

use serde::Deserialize;

pub(crate) use crate::base::EmergencyNumber;
use crate::base::UNKNOWN_NUMBER;
use crate::settings::{InForce, Origin};

/// Whom to call: her country's emergency number, if it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Emergency {
    pub number: Option<InForce<EmergencyNumber>>,
}

impl Emergency {
    /// The configured number; else that of the country which both `locale` (as in `LANG`) and
    /// `time_zone` (as in `TZ`) name; else none.
    pub(crate) fn resolve(
        config: Option<InForce<EmergencyNumber>>,
        locale: Option<&str>,
        time_zone: Option<&str>,
    ) -> Self {
        let by_country = || {
            let country = country_of_locale(locale?)?;
            let number = EmergencyNumber::checked(&country.number).ok()?;
            is_in(country, time_zone?).then(|| InForce::new(number, Origin::Surroundings))
        };
        let number = config.or_else(by_country);
        Self { number }
    }

    /// As it is said: "nine, nine, nine", or "your emergency number".
    pub(crate) fn spoken(&self) -> String {
        self.told(EmergencyNumber::spoken)
    }

    /// As it is shown: "999", or "your emergency number".
    pub(crate) fn shown(&self) -> String {
        self.told(ToString::to_string)
    }

    fn told(&self, told: fn(&EmergencyNumber) -> String) -> String {
        let number = self.number.as_ref();
        number.map_or_else(|| UNKNOWN_NUMBER.to_owned(), |number| told(&number.value))
    }
}

/// What holds for a country.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Country {
    number: String,
    zones: Vec<String>,
}

/// Countries by their two letters.
static COUNTRIES: LazyLock<BTreeMap<String, Country>> = LazyLock::new(|| {
    // Never met at run time: a test reads it.
    toml::from_str(include_str!("../../scripts/emergency.toml")).expect("the table is tested")
});

/// Each number of the table as it is said, and what is said where there is none.
#[cfg(test)]
pub(crate) fn all_spoken() -> std::collections::BTreeSet<String> {
    let numbers = COUNTRIES.values().map(|country| &country.number);
    let numbers = numbers.map(|number| EmergencyNumber::checked(number).expect("tested"));
    let spoken = numbers.map(|number| number.spoken());
    spoken.chain([UNKNOWN_NUMBER.to_owned()]).collect()
}

/// The country in a POSIX locale, `language_COUNTRY.charset@modifier`. None in "C" and "POSIX".
fn country_of_locale(locale: &str) -> Option<&'static Country> {
    let name = locale.split(['.', '@']).next()?;
    let (_, country) = name.split_once('_')?;
    COUNTRIES.get(country)
}

/// A time zone's name in the IANA database, without the colon or the path that may stand before it.
pub(crate) fn zone_name(zone: &str) -> &str {
    let name = zone.trim().trim_start_matches(':');
    name.rsplit_once("zoneinfo/").map_or(name, |(_, name)| name)
}

fn is_in(country: &Country, zone: &str) -> bool {
    let name = zone_name(zone);
    let plain = name.strip_prefix("posix/");
    let plain = plain.or_else(|| name.strip_prefix("right/"));
    let plain = plain.unwrap_or(name);
    country.zones.iter().any(|zone| zone == plain)
}

/// What the machine says about where it is, as it says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    pub lc_all: Option<String>,
    pub lc_telephone: Option<String>,
    pub lang: Option<String>,
    pub tz: Option<String>,
    /// Where the link `/etc/localtime` leads.
    pub localtime: Option<String>,
    /// What stands in `/etc/timezone`.
    pub timezone: Option<String>,
}

impl Surroundings {
    /// Asks the environment and the system.
    pub(crate) fn read() -> Self {
        let link = fs::read_link("/etc/localtime").ok();
        Self {
            lc_all: env::var("LC_ALL").ok(),
            lc_telephone: env::var("LC_TELEPHONE").ok(),
            lang: env::var("LANG").ok(),
            tz: env::var("TZ").ok(),
            localtime: link.map(|path| path.to_string_lossy().into_owned()),
            timezone: fs::read_to_string("/etc/timezone").ok(),
        }
    }

    /// The emergency number here.
    pub(crate) fn emergency(&self, config: Option<InForce<EmergencyNumber>>) -> Emergency {
        Emergency::resolve(config, self.locale(), self.time_zone())
    }

    /// `LC_ALL`, else the category, else `LANG`, in the order of POSIX (Base Definitions, 8.2);
    /// an empty one counts as not set.
    ///
    /// The category is `LC_TELEPHONE`, which says in which country one calls. `LC_MESSAGES` says in
    /// which language one reads, and many read English far from any English-speaking country.
    pub(crate) fn locale(&self) -> Option<&str> {
        first([&self.lc_all, &self.lc_telephone, &self.lang])
    }

    /// `TZ`, else the system's own zone.
    pub(crate) fn time_zone(&self) -> Option<&str> {
        first([&self.tz, &self.localtime, &self.timezone])
    }
}

/// The first that is set to something.
fn first(variables: [&Option<String>; 3]) -> Option<&str> {
    let mut set = variables.into_iter().flatten();
    set.find(|text| !text.is_empty()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(locale: &str, zone: &str, shown: &str) {
        let emergency = Emergency::resolve(None, Some(locale), Some(zone));
        assert_eq!(emergency.shown(), shown, "{locale} {zone}");
    }

    #[test]
    fn a_country_that_both_name_has_its_number() {
        for (locale, zone, shown) in [
            ("en_GB.UTF-8", "Europe/London", "999"),
            ("en_GB", "GB", "999"),
            ("en_GB.utf8", "Europe/Belfast", "999"),
            ("cy_GB.UTF-8", "GB-Eire", "999"),
            ("en_IE@euro", "Europe/Dublin", "999"),
            (
                "de_DE.UTF-8@euro",
                "/usr/share/zoneinfo/Europe/Berlin",
                "112",
            ),
            ("de_AT", "../usr/share/zoneinfo/Europe/Vienna", "144"),
            ("pt_PT", "Atlantic/Azores", "112"),
            ("nb_NO", "Europe/Oslo", "113"),
            ("de_CH", "Europe/Zurich", "144"),
            ("en_US.UTF-8", "US/Eastern", "911"),
            (
                "es_US.UTF-8",
                "/var/db/timezone/zoneinfo/America/Los_Angeles",
                "911",
            ),
            ("fr_CA", ":America/Montreal", "911"),
            ("en_AU", "Australia/Lord_Howe", "000"),
            ("mi_NZ", "posix/Pacific/Chatham", "111"),
            ("en_SG", "Asia/Singapore\n", "995"),
            ("en_IN.UTF-8", "Asia/Calcutta", "112"),
            ("th_TH", "Asia/Bangkok", "1669"),
        ] {
            check(locale, zone, shown);
        }
    }

    #[test]
    fn in_any_doubt_no_number_is_named() {
        for (locale, zone) in [
            ("en_GB.UTF-8", "Europe/Paris"),
            ("en_US.UTF-8", "Europe/London"),
            ("en_US.UTF-8", "America/Toronto"),
            ("en_US.UTF-8", "Asia/Kolkata"),
            ("en_ZA.UTF-8", "Africa/Johannesburg"),
            ("en_CA.UTF-8", "America/Iqaluit"),
            ("C", "Europe/London"),
            ("C.UTF-8", "Europe/London"),
            ("POSIX", "Europe/London"),
            ("en", "Europe/London"),
            ("en.UTF-8", "Europe/London"),
            ("en_XX", "Europe/London"),
            ("en_gb", "Europe/London"),
            ("", ""),
            ("en_GB.UTF-8", "UTC"),
            ("en_GB.UTF-8", "GMT0BST"),
            ("en_GB.UTF-8", "Etc/GMT"),
            ("en_GB.UTF-8", "London"),
            ("en_US.UTF-8", "EST5EDT"),
        ] {
            check(locale, zone, UNKNOWN_NUMBER);
        }
        for (locale, zone) in [
            (None, Some("Europe/London")),
            (Some("en_GB.UTF-8"), None),
            (None, None),
        ] {
            assert_eq!(Emergency::resolve(None, locale, zone), Emergency::default());
        }
        assert_eq!(Emergency::default().spoken(), UNKNOWN_NUMBER);
    }

    fn hers(number: &str) -> Option<InForce<EmergencyNumber>> {
        EmergencyNumber::checked(number).ok().map(InForce::flag)
    }

    #[test]
    fn hers_comes_first() {
        let hers = hers("112");
        let emergency = Emergency::resolve(hers, Some("en_GB"), Some("Europe/London"));
        assert_eq!(emergency.shown(), "112");
        assert_eq!(emergency.spoken(), "one, one, two");
    }

    #[test]
    fn the_table_is_sound() {
        let mut zones: Vec<&str> = Vec::new();
        // Reading it has checked that a country stands there once.
        assert_eq!(COUNTRIES.len(), 72);
        for (country, theirs) in &*COUNTRIES {
            assert!(country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase()));
            assert!(
                EmergencyNumber::checked(&theirs.number).is_ok(),
                "{country}"
            );
            zones.extend(theirs.zones.iter().map(String::as_str));
        }
        let all = zones.len();
        zones.sort_unstable();
        zones.dedup();
        assert_eq!(zones.len(), all, "a zone belongs to one country");
        let twice = toml::from_str::<BTreeMap<String, Country>>(
            "GB = { number = \"999\", zones = [] }\nGB = { number = \"112\", zones = [] }",
        );
        assert!(twice.is_err(), "a country stands here once");
    }

    /// Lists of emergency numbers disagree on these, or the number differs by region or network.
    #[test]
    fn no_number_is_named_where_one_may_be_wrong() {
        for country in [
            "AE", "AR", "DZ", "ET", "GH", "ID", "KE", "KR", "LK", "MA", "NG", "NP", "PE", "PK",
            "RS", "SA", "UA", "VE", "XK", "ZA",
        ] {
            assert!(!COUNTRIES.contains_key(country), "{country}");
        }
    }

    #[test]
    fn the_surroundings_are_asked_in_the_order_of_posix() {
        let mut around = Surroundings {
            lang: Some("en_US.UTF-8".into()),
            localtime: Some("/usr/share/zoneinfo/Europe/London".into()),
            timezone: Some("America/New_York\n".into()),
            ..Surroundings::default()
        };
        assert_eq!(around.emergency(None).shown(), UNKNOWN_NUMBER);
        around.lc_telephone = Some("en_GB.UTF-8".into());
        assert_eq!(around.emergency(None).shown(), "999");
        around.lc_all = Some(String::new());
        assert_eq!(around.emergency(None).shown(), "999");
        around.lc_all = Some("C".into());
        assert_eq!(around.emergency(None).shown(), UNKNOWN_NUMBER);
        around.lc_all = Some("en_US.UTF-8".into());
        assert_eq!(around.emergency(None).shown(), UNKNOWN_NUMBER);
        around.tz = Some("US/Pacific".into());
        assert_eq!(around.emergency(None).shown(), "911");
        around.tz = Some("UTC".into());
        assert_eq!(around.emergency(None).shown(), UNKNOWN_NUMBER);
        (around.tz, around.localtime) = (Some(String::new()), None);
        assert_eq!(around.emergency(None).shown(), "911");
        let hers = hers("112");
        assert_eq!(Surroundings::default().emergency(hers).shown(), "112");
    }

    #[test]
    fn a_zone_is_shown_by_its_name() {
        assert_eq!(
            zone_name("../usr/share/zoneinfo/Europe/London"),
            "Europe/London"
        );
        assert_eq!(zone_name(":Europe/London\n"), "Europe/London");
    }
}
