//! The settings of a node pool.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The key of the taint of pools on which nothing new starts.
pub const RETIRING: &str = "leap-infra-retiring";

/// Everything about a pool of machines that is declared; how many there are at the moment is the
/// autoscaler's business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The region or zone of the cluster.
    pub location: String,
    /// The type of the machines, `n2-highmem-4`. It cannot be changed.
    pub machine: String,
    /// How many machines there may be.
    pub limits: Limits,
    /// The disk that each machine starts from. It cannot be changed.
    pub disk: Disk,
    /// The system of the machines. It cannot be changed.
    #[serde(default = "image")]
    pub image: String,
    /// The accelerators of each machine. They cannot be changed.
    #[serde(default)]
    pub gpu: Option<Gpu>,
    /// The zones, sorted; empty as the cluster's.
    #[serde(default)]
    pub zones: Vec<String>,
    /// How the machines are paid for, and whether they may be taken away. It cannot be changed.
    #[serde(default)]
    pub market: Market,
    /// Who the machines are: an account's address. It cannot be changed.
    #[serde(default = "account")]
    pub service_account: String,
    /// What the machines' account may be used for. It cannot be changed.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Whether pods see GKE's metadata and not their machine's.
    #[serde(default)]
    pub gke_metadata: bool,
    /// Whether a container that is out of memory loses one process, and not all.
    #[serde(default)]
    pub single_process_oom_kill: Option<bool>,
    /// Labels of the machines inside Kubernetes.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What keeps pods away that do not tolerate it, sorted.
    #[serde(default)]
    pub taints: Vec<Taint>,
    /// Labels of the machines in Google Cloud, beside those of the mark.
    #[serde(default)]
    pub resource_labels: BTreeMap<String, String>,
    /// Network tags, sorted.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The version of the machines, or its beginning; none as the control plane's.
    #[serde(default)]
    pub version: Option<String>,
    /// Whether machines that do not answer are made anew.
    #[serde(default)]
    pub auto_repair: bool,
    /// Whether Google upgrades the machines by itself.
    #[serde(default)]
    pub auto_upgrade: bool,
}

/// How many machines there may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Whether the numbers are for each zone or for all of them.
    pub counted: Counted,
    /// The least.
    pub min: i32,
    /// The most.
    pub max: i32,
    /// Whether any zone will do, and not all alike.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_zone: bool,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// The machines of each zone.
    PerZone,
    /// All machines.
    Total,
}

/// The disk that a machine starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// `pd-standard`, `pd-balanced`, `pd-ssd` or `hyperdisk-balanced`.
    pub kind: String,
    /// Its size in GB.
    pub size_gb: i64,
    /// Reads and writes per second, for disks that are made to order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iops: Option<i64>,
    /// MiB per second, for disks that are made to order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<i64>,
}

/// The accelerators of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    /// Their type, `nvidia-tesla-t4`.
    pub kind: String,
    /// How many each machine has.
    pub count: i64,
    /// The driver that GKE installs: `DEFAULT`, `LATEST` or `INSTALLATION_DISABLED`.
    pub driver: String,
    /// How one is shared: `TIME_SHARING` or `MPS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<String>,
    /// Between how many containers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clients: Option<i64>,
}

/// How machines are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Market {
    /// At the full price, for as long as they are wanted.
    #[default]
    OnDemand,
    /// Cheaply, until Google wants them back.
    Spot,
    /// As spot, and for a day at most.
    Preemptible,
}

/// What keeps pods away that do not tolerate it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// `NO_SCHEDULE`, `PREFER_NO_SCHEDULE` or `NO_EXECUTE`.
    pub effect: String,
}

fn image() -> String {
    "COS_CONTAINERD".to_owned()
}

fn account() -> String {
    "default".to_owned()
}

fn scopes() -> Vec<String> {
    vec!["https://www.googleapis.com/auth/cloud-platform".to_owned()]
}

impl Limits {
    /// Limits for each zone.
    pub fn per_zone(min: i32, max: i32) -> Self {
        Self { counted: Counted::PerZone, min, max, any_zone: false }
    }

    /// Limits for all zones together.
    pub fn total(min: i32, max: i32) -> Self {
        Self { counted: Counted::Total, min, max, any_zone: true }
    }
}

impl Spec {
    /// A pool of such machines, everything else at its default.
    pub fn new(location: impl Into<String>, machine: impl Into<String>, limits: Limits) -> Self {
        Self {
            location: location.into(),
            machine: machine.into(),
            limits,
            disk: Disk { kind: "pd-balanced".into(), size_gb: 100, iops: None, throughput: None },
            image: image(),
            gpu: None,
            zones: Vec::new(),
            market: Market::OnDemand,
            service_account: account(),
            scopes: scopes(),
            gke_metadata: false,
            single_process_oom_kill: None,
            labels: BTreeMap::new(),
            taints: Vec::new(),
            resource_labels: BTreeMap::new(),
            tags: Vec::new(),
            version: None,
            auto_repair: false,
            auto_upgrade: false,
        }
    }

    /// The same with everything in the order in which it is compared.
    #[must_use]
    pub fn normal(mut self) -> Self {
        self.zones.sort();
        self.taints.sort();
        self.tags.sort();
        self.scopes.sort();
        self
    }

    /// What cannot be changed of machines that are there: a change of it makes another pool. A
    /// setting at its default is left out, so that one that is new changes no name.
    pub fn make(&self) -> Map<String, Value> {
        let plain = Self::new("", "", self.limits.clone());
        let all = |spec: &Self| serde_json::to_value(spec).unwrap_or_default();
        let (this, plain) = (all(self), all(&plain));
        FIXED
            .iter()
            .filter(|(field, _)| this[*field] != plain[*field])
            .map(|(field, _)| ((*field).to_owned(), this[*field].clone()))
            .collect()
    }
}

/// The settings that machines keep for good, with what a person calls them.
pub(super) const FIXED: [(&str, &str); 8] = [
    ("location", "location"),
    ("machine", "type"),
    ("disk", "disk"),
    ("image", "system"),
    ("gpu", "accelerators"),
    ("market", "way of being paid for"),
    ("service_account", "account"),
    ("scopes", "scopes"),
];
