//! The types of what is written about homes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where people's homes are: on one disk, which the hub serves to its servers by NFS.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// The disk, by its key in `disks`, which says its size and its snapshots.
    pub disk: String,
    /// How much the home of each person may hold; the most that a category with a login here gives
    /// when not said.
    #[serde(default)]
    #[schemars(extend("format" = "volume"))]
    pub quota: Option<String>,
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
