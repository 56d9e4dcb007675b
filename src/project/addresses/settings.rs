//! The types of what is written about a static address.

use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A static address, to which names lead. `hub: {}` is one in the region of the stack. Only its
/// labels can be changed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The environments that have this address, as in `[prod]`; `shared` (else the first) when not
    /// said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this address had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// Whether it is for load balancers of the whole world, and not of the region of the stack.
    #[serde(default)]
    pub global: bool,
    /// How traffic gets there.
    #[serde(default)]
    pub tier: Tier,
    /// Labels on the address.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
}

/// How traffic gets to an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// By Google's own network, for as long as possible.
    #[default]
    Premium,
    /// By the internet. It is cheaper, and not for global addresses.
    Standard,
}

impl Tier {
    /// The tier as the API names it.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Premium => "PREMIUM",
            Self::Standard => "STANDARD",
        }
    }
}
