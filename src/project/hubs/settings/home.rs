//! The types of what is written about homes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where people's homes are: on one disk, which the hub serves to its servers by NFS.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// The disk, by its key in `disks`, which says its size and its snapshots.
    pub disk: String,
    /// How much the home of each person may hold, whatever their categories give. When not said,
    /// everybody has the most that a category of theirs gives.
    #[serde(default)]
    #[schemars(extend("format" = "volume"))]
    pub quota: Option<String>,
    /// How much the homes of some people may hold, by their keys in `people`, as in `{ ada: 500 GB }`:
    /// the last word.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "volume" }))]
    pub quota_of: BTreeMap<String, String>,
    /// How many people are expected to have a home: the size of the disk is held against it.
    #[serde(default)]
    pub people: Option<u32>,
    /// Whether there is a folder that all can read and admins can write, `~/shared`.
    #[serde(default = "yes")]
    pub shared: bool,
    /// Whether admins see the homes of everybody, `~/allusers`.
    #[serde(default = "yes")]
    pub admins_see_all: bool,
}

fn yes() -> bool {
    true
}
