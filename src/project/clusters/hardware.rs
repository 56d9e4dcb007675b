//! The types of what is written about the disk and the accelerators of a machine.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The disk that a machine starts from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Disk {
    /// Its size, as in `30 GB`.
    Size(#[schemars(extend("format" = "gigabytes"))] String),
    /// More than its size.
    Full(DiskSettings),
}

/// A disk in full.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiskSettings {
    /// As in `pd-balanced`, `pd-ssd` or `hyperdisk-balanced`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// As in `100 GB`.
    #[schemars(extend("format" = "gigabytes"))]
    pub size: String,
    /// Reads and writes per second, for disks that are made to order.
    #[serde(default)]
    pub iops: Option<u32>,
    /// MiB per second, for disks that are made to order.
    #[serde(default)]
    pub throughput: Option<u32>,
}

/// The accelerators of a machine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Gpu {
    /// One of this type, as in `nvidia-tesla-t4`; as many as the machine's type has, where that
    /// says it.
    One(String),
    /// More than the type.
    Full(GpuSettings),
}

/// Accelerators in full.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GpuSettings {
    /// As in `nvidia-tesla-t4`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many each machine has.
    #[serde(default)]
    #[schemars(range(min = 1, max = 16))]
    pub count: Option<u32>,
    /// The driver that is installed: `default`, `latest` or `none`.
    #[serde(default)]
    pub driver: Option<Driver>,
    /// How one is shared between containers.
    #[serde(default)]
    pub shared: Option<Sharing>,
    /// Between how many.
    #[serde(default)]
    #[schemars(range(min = 2, max = 48))]
    pub clients: Option<u32>,
}

/// The driver of an accelerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// The one that goes with the machine's version.
    Default,
    /// The newest.
    Latest,
    /// None: you install it.
    None,
}

/// How an accelerator is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// One after the other, in short turns.
    TimeSharing,
    /// At the same time (MPS).
    Mps,
}
