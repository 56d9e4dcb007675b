//! The types of what is written about a disk.

use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A disk of Compute Engine, such as that of the homes. `home: { size: 500 GB }` is one in
/// `cloud.zone` for each environment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// The environments that have this disk, as in `[staging, prod]`; every environment but
    /// `shared` when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said. It cannot be changed.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this disk had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far the disk and its schedule are managed: `observe` looks and never touches, `mark` may
    /// mark them as ours and changes nothing else, `full` makes them what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// How large it is, as in `500 GB`. It can grow and never shrinks. A TB is 1024 GB.
    #[schemars(extend("format" = "disk-size"))]
    pub size: String,
    /// What it is made of, as in `pd-balanced`, `pd-ssd` or `hyperdisk-balanced`. It cannot be
    /// changed.
    #[serde(default = "balanced", rename = "type")]
    pub kind: String,
    /// The zone, as in `us-central1-c`; `cloud.zone` when not said. It cannot be changed.
    #[serde(default)]
    #[schemars(extend("format" = "zone"))]
    pub zone: Option<String>,
    /// Two zones of the region, for a disk that survives the loss of one. It cannot be changed.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "zone" }))]
    pub replicas: Vec<String>,
    /// Reads and writes per second, for types that are made to order.
    #[serde(default)]
    pub iops: Option<u64>,
    /// MiB per second, for types that are made to order.
    #[serde(default)]
    pub throughput: Option<u64>,
    /// When copies of it are taken, as in `{ every: day, at: "04:00", keep: 14 days }`; never when
    /// not said.
    #[serde(default)]
    pub snapshots: Option<Snapshots>,
    /// Labels on the disk.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
    /// Whether deleting it needs to be said twice.
    #[serde(default = "yes")]
    pub protect: bool,
}

/// When snapshots of a disk are taken, and for how long they are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshots {
    /// How often: `day`, `hour`, `6 hours`, or days of the week as in `monday, thursday`.
    #[schemars(extend("format" = "rhythm"))]
    pub every: String,
    /// The full hour at which one begins, in UTC, as in `04:00`.
    #[serde(default = "midnight")]
    #[schemars(extend("format" = "full-hour"))]
    pub at: String,
    /// For how many days each is kept, as in `14 days`.
    #[schemars(extend("format" = "time-span"))]
    pub keep: String,
    /// Whether they outlive the disk: once it is gone they are kept until somebody deletes them.
    #[serde(default = "yes")]
    pub outlive_disk: bool,
    /// Where they are kept, as in `us` or `us-central1`; near the disk when not said. It cannot be
    /// changed.
    #[serde(default)]
    #[schemars(extend("format" = "location"))]
    pub kept_in: Option<String>,
    /// Labels on each of them.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
    /// The name of the schedule in the cloud; that of the disk and `-snapshot-schedule` when not
    /// said. Disks of one environment that say the same name and the same times share it.
    #[serde(default)]
    pub name: Option<String>,
}

fn balanced() -> String {
    "pd-balanced".to_owned()
}

fn yes() -> bool {
    true
}

fn midnight() -> String {
    "00:00".to_owned()
}
