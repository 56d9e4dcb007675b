//! The types of what is written about uptime checks.

use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A check that Google makes of a web address, as in
/// `{ url: https://hub.leap.example.org/hub/health }`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The environments that have this check, as in `[prod]`; every environment but `shared` when
    /// not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this check had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// What is asked for, as in `https://hub.leap.example.org/hub/health`.
    #[schemars(extend("format" = "web-address"))]
    pub url: String,
    /// How often it is asked: `1 minute`, `5 minutes`, `10 minutes` or `15 minutes`.
    #[serde(default = "five_minutes")]
    #[schemars(extend("format" = "time-span"))]
    pub every: String,
    /// How long an answer may take, as in `10 seconds`; a minute at most.
    #[serde(default = "ten_seconds")]
    #[schemars(extend("format" = "time-span"))]
    pub timeout: String,
    /// From where it is asked, as in `[usa, europe, asia_pacific]`; three places at least, of which
    /// `usa` alone has as many. From everywhere when not said.
    #[serde(default)]
    pub from: Vec<Region>,
    /// What a good answer is; anything that is no error when not said.
    #[serde(default)]
    pub expects: Expects,
    /// Whether the certificate must be good.
    #[serde(default = "yes")]
    pub check_certificate: bool,
    /// Whether it is not asked for now.
    #[serde(default)]
    pub paused: bool,
    /// Labels on the check.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
}

fn five_minutes() -> String {
    "5 minutes".to_owned()
}

fn ten_seconds() -> String {
    "10 seconds".to_owned()
}

fn yes() -> bool {
    true
}

/// What a good answer is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expects {
    /// A text that stands in it.
    #[serde(default)]
    pub text: Option<String>,
    /// Its status, as in `[200, 401]`; one from 200 to 299 when not said.
    #[serde(default)]
    #[schemars(inner(range(min = 100, max = 599)))]
    pub status: Vec<u16>,
}

/// A part of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Three places in the United States.
    Usa,
    /// One of them.
    UsaOregon,
    /// One of them.
    UsaIowa,
    /// One of them.
    UsaVirginia,
    /// Europe.
    Europe,
    /// South America.
    SouthAmerica,
    /// Asia and the Pacific.
    AsiaPacific,
}

impl Region {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Usa,
        Self::UsaOregon,
        Self::UsaIowa,
        Self::UsaVirginia,
        Self::Europe,
        Self::SouthAmerica,
        Self::AsiaPacific,
    ];

    /// The region as the API names it.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Usa => "USA",
            Self::UsaOregon => "USA_OREGON",
            Self::UsaIowa => "USA_IOWA",
            Self::UsaVirginia => "USA_VIRGINIA",
            Self::Europe => "EUROPE",
            Self::SouthAmerica => "SOUTH_AMERICA",
            Self::AsiaPacific => "ASIA_PACIFIC",
        }
    }

    /// From how many places it asks.
    pub(super) fn places(self) -> u64 {
        if self == Self::Usa { 3 } else { 1 }
    }
}
