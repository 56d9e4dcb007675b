//! The types of what is written about a hub.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A hub, as far as access refers to it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// The environments that have this hub, as in `[prod]`; each one but `shared` when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// Where it is found, as in `leap.example.org`.
    #[schemars(extend("format" = "hub-domain"))]
    pub domain: String,
    /// Which account of the cloud the servers of people act as; none when not said.
    #[serde(default)]
    pub identity: Option<Account>,
    /// What a server can be, by a short key, as people choose it when they start one.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
}

/// Which account of the cloud the servers of a hub act as.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Whether everybody on the hub acts as the same account.
    pub per: Per,
    /// The identity, by its key, with `per: hub`.
    #[serde(default)]
    pub account: Option<String>,
    /// The identity of each category, by the key of the category, with `per: category`. Who is in
    /// none of them acts as nobody.
    #[serde(default)]
    pub accounts: BTreeMap<String, String>,
}

/// Who shares an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Everybody on the hub.
    Hub,
    /// Everybody in a category.
    Category,
}

/// Something that a server can be.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What people see; the key when not said.
    #[serde(default)]
    pub title: Option<String>,
    /// What can be chosen in it, as in `[8 GB, 16 GB]` or `[t4, l4]`; nothing when not said.
    #[serde(default)]
    pub choices: Vec<String>,
}
