//! The settings of a cluster.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything about a cluster that is declared, and nothing that the server sees to by itself
/// (how many machines there are, its address, its certificates).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The region, or the zone of a zonal cluster. It cannot be changed.
    pub location: String,
    /// The zones of machines that say nothing themselves; empty as the server chooses.
    #[serde(default)]
    pub node_zones: Vec<String>,
    /// The version of the control plane, or its beginning; none as the server chooses.
    #[serde(default)]
    pub version: Option<String>,
    /// The channel that upgrades the cluster by itself (`REGULAR`); none: nobody but us.
    #[serde(default)]
    pub release_channel: Option<String>,
    /// The network. It cannot be changed.
    #[serde(default = "default_network")]
    pub network: String,
    /// The part of the network. It cannot be changed.
    #[serde(default = "default_network")]
    pub subnetwork: String,
    /// Machines without public addresses. It cannot be changed.
    #[serde(default)]
    pub private: Option<Private>,
    /// Whether policies between pods are kept to (Calico).
    #[serde(default)]
    pub network_policy: bool,
    /// Whether Google's load balancers can be made from inside.
    #[serde(default)]
    pub http_load_balancing: bool,
    /// Whether pods can be scaled by their use.
    #[serde(default)]
    pub horizontal_pod_autoscaling: bool,
    /// How soon idle machines go: `BALANCED` or `OPTIMIZE_UTILIZATION`.
    #[serde(default = "balanced")]
    pub autoscaling_profile: String,
    /// What pools that the server makes by itself may use in all; empty: it makes none.
    #[serde(default)]
    pub auto_provisioning: Vec<Limit>,
    /// The pool of identities of pods, `PROJECT.svc.id.goog`.
    #[serde(default)]
    pub workload_identity: Option<String>,
    /// What is logged, in the words of the API, sorted.
    #[serde(default)]
    pub logging: Vec<String>,
    /// What is measured, in the words of the API, sorted.
    #[serde(default)]
    pub monitoring: Vec<String>,
    /// Whether Google's Prometheus runs.
    #[serde(default)]
    pub managed_prometheus: bool,
    /// Whether what is billed says which namespace and which labels of pods it was for.
    #[serde(default)]
    pub cost_allocation: bool,
    /// When Google may work on the cluster.
    #[serde(default)]
    pub maintenance: Option<Maintenance>,
    /// Whether the pool is kept that Google makes with every cluster.
    #[serde(default)]
    pub default_pool: bool,
    /// Labels, beside those of the mark. GKE copies them to machines and disks.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether removing it must be said in so many words.
    #[serde(default)]
    pub protect: bool,
}

/// Machines without public addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Private {
    /// Whether the control plane has no public address either.
    pub endpoint: bool,
    /// The addresses of the control plane, `172.16.0.0/28`; empty as the server chooses.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub control_plane_range: String,
}

/// A limit of what the server may use for pools of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// `cpu`, `memory` (in GB), or a GPU.
    pub resource: String,
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
}

/// When Google may work on the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Maintenance {
    /// For four hours from this time of each day, `HH:MM` in UTC.
    Daily(String),
    /// In a window that comes again.
    Recurring {
        /// When it first begins, RFC 3339.
        start: String,
        /// When it first ends, RFC 3339.
        end: String,
        /// How it comes again, RFC 5545: `FREQ=WEEKLY;BYDAY=SA,SU`.
        recurrence: String,
    },
}

fn default_network() -> String {
    "default".to_owned()
}

fn balanced() -> String {
    "BALANCED".to_owned()
}

impl Spec {
    /// A cluster in a region or zone, everything else at its default.
    pub fn new(location: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            node_zones: Vec::new(),
            version: None,
            release_channel: None,
            network: default_network(),
            subnetwork: default_network(),
            private: None,
            network_policy: false,
            http_load_balancing: false,
            horizontal_pod_autoscaling: false,
            autoscaling_profile: balanced(),
            auto_provisioning: Vec::new(),
            workload_identity: None,
            logging: Vec::new(),
            monitoring: Vec::new(),
            managed_prometheus: false,
            cost_allocation: false,
            maintenance: None,
            default_pool: false,
            labels: BTreeMap::new(),
            protect: false,
        }
    }

    /// The same with everything in the order in which it is compared.
    #[must_use]
    pub fn normal(mut self) -> Self {
        self.node_zones.sort();
        self.auto_provisioning.sort();
        self.logging.sort();
        self.monitoring.sort();
        self
    }
}
