//! The types of what is written about a cluster and its pools.

use super::hardware::{Disk, Gpu};
use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A Kubernetes cluster. `main: { pools: { core: … } }` is a regional cluster of which only this
/// stack decides the version.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The environments that have this cluster; `shared` when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this cluster had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far the cluster and its pools are managed: `observe` looks and never touches, `mark` may mark it as ours and changes
    /// nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// Whether the control plane stands in all zones of the region, or only in `cloud.zone`. It
    /// cannot be changed.
    #[serde(default = "yes")]
    pub regional: bool,
    /// The zones of machines that say nothing themselves; as Google chooses when not said.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "zone" }))]
    pub node_zones: Vec<String>,
    /// The version of Kubernetes: one for all, or one for the control plane and one for each role.
    #[serde(default)]
    pub version: Option<Version>,
    /// Who upgrades the cluster: Google, by this channel; only this stack when not said.
    #[serde(default)]
    pub release_channel: Option<ReleaseChannel>,
    /// The network. It cannot be changed.
    #[serde(default = "default_network")]
    pub network: String,
    /// The part of the network. It cannot be changed.
    #[serde(default = "default_network")]
    pub subnetwork: String,
    /// Machines without public addresses. It cannot be changed.
    #[serde(default)]
    pub private: Option<Private>,
    /// What keeps policies between pods; nothing when not said.
    #[serde(default)]
    pub network_policy: Option<NetworkPolicy>,
    /// How soon idle machines go.
    #[serde(default)]
    pub autoscaling_profile: Profile,
    /// What pools that Google makes by itself may use in all, as in `{ cpu: 0..64, memory: 0..256 }`
    /// (memory in GB); it makes none when not said.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "node-range" }))]
    pub node_auto_provisioning: BTreeMap<String, String>,
    /// Whether pods can be somebody in Google Cloud without a key.
    #[serde(default = "yes")]
    pub workload_identity: bool,
    /// What is logged: `system_components`, `workloads`, `apiserver`, `scheduler`,
    /// `controller_manager`.
    #[serde(default = "logged")]
    pub logging: Vec<String>,
    /// What is measured: `system_components`, `storage`, `pod`, `kubelet`, `cadvisor`, `dcgm` and
    /// others.
    #[serde(default = "measured")]
    pub monitoring: Vec<String>,
    /// Whether Google's Prometheus runs.
    #[serde(default)]
    pub managed_prometheus: bool,
    /// Whether what is billed says which hub and which person it was for, by namespaces and labels
    /// of pods: `cost report --by` reads it from the export of bills.
    #[serde(default)]
    pub cost_allocation: bool,
    /// Whether Google's load balancers can be made from inside.
    #[serde(default)]
    pub http_load_balancing: bool,
    /// Whether pods can be scaled by their use.
    #[serde(default)]
    pub horizontal_pod_autoscaling: bool,
    /// When Google may work on the cluster; at any time when not said.
    #[serde(default)]
    pub maintenance: Option<Maintenance>,
    /// Whether the pool is kept that Google makes with every cluster.
    #[serde(default)]
    pub keep_default_pool: bool,
    /// Who the machines are, an account's address; the project's default account when not said.
    #[serde(default)]
    pub service_account: Option<String>,
    /// The registries that the machines pull images from, by key: their account may then read what
    /// the registries of that project hold.
    #[serde(default)]
    pub registries: Vec<String>,
    /// Whether a container that is out of memory loses one process, and not all; as Kubernetes does
    /// by default when not said. A pool may say otherwise.
    #[serde(default)]
    pub single_process_oom_kill: Option<bool>,
    /// Labels, beside those of `cloud.labels`.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
    /// Whether removing the cluster must be said in so many words.
    #[serde(default = "yes")]
    pub protect: bool,
    /// The pools of machines, by a short key.
    #[serde(default)]
    pub pools: BTreeMap<String, Pool>,
}

/// Machines of one sort. `t4: { role: user, machine: n1-standard-8, gpu: nvidia-tesla-t4, nodes: {
/// total: 0..10 } }` is a pool for notebooks with a GPU each; labels, taints and the rest follow
/// from the role.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// The name in the cloud. When not said it is the key and four characters for the sort of
    /// machine, so that a pool of other machines can be made before the old one goes.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this pool had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// What the machines are for. Labels, taints, metadata and disk follow from it.
    pub role: Role,
    /// The type of the machines, as in `n2-highmem-4`.
    pub machine: String,
    /// The accelerators of each machine, as in `nvidia-tesla-t4`.
    #[serde(default)]
    pub gpu: Option<Gpu>,
    /// How many machines there may be: `{ total: 0..100 }` in all zones together, or `{ per_zone:
    /// 1..5 }` in each.
    pub nodes: Nodes,
    /// How many machines are always kept ready; the least of `nodes` when not said.
    #[serde(default)]
    pub warm: Option<u32>,
    /// The zones; those of the cluster when not said.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "zone" }))]
    pub zones: Vec<String>,
    /// The disk that each machine starts from, as in `30 GB`; as the role says when not said.
    #[serde(default)]
    pub disk: Option<Disk>,
    /// Whether the machines are cheap and may be taken away at any time.
    #[serde(default)]
    pub spot: bool,
    /// As spot, and for a day at most.
    #[serde(default)]
    pub preemptible: bool,
    /// The version of the machines; that of the role or of the cluster when not said.
    #[serde(default)]
    #[schemars(extend("format" = "kubernetes-version"))]
    pub version: Option<String>,
    /// The community that the machines are for, and nobody else.
    #[serde(default)]
    #[schemars(extend("format" = "label-value"))]
    pub community: Option<String>,
    /// Whether nothing new may start here: the pool is kept until it is empty.
    #[serde(default)]
    pub retiring: bool,
    /// Who the machines are; that of the cluster when not said.
    #[serde(default)]
    pub service_account: Option<String>,
    /// Whether a container that is out of memory loses one process, and not all.
    #[serde(default)]
    pub single_process_oom_kill: Option<bool>,
    /// More labels of the machines inside Kubernetes.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// More taints, as in `dedicated=models:NO_SCHEDULE`.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "taint" }))]
    pub taints: Vec<String>,
    /// More labels of the machines in Google Cloud.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub resource_labels: BTreeMap<String, String>,
    /// Network tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether machines that do not answer are made anew.
    #[serde(default = "yes")]
    pub auto_repair: bool,
    /// Whether Google upgrades the machines by itself; where the cluster has a release channel it
    /// must.
    #[serde(default)]
    pub auto_upgrade: Option<bool>,
}

fn yes() -> bool {
    true
}

fn default_network() -> String {
    "default".to_owned()
}

fn logged() -> Vec<String> {
    ["system_components", "workloads"].map(str::to_owned).into()
}

fn measured() -> Vec<String> {
    vec!["system_components".to_owned()]
}

/// What machines are for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What the platform itself needs.
    Core,
    /// People's notebooks.
    User,
    /// Workers of Dask clusters.
    DaskWorker,
    /// The building of images.
    Build,
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Version {
    /// One for all.
    One(#[schemars(extend("format" = "kubernetes-version"))] String),
    /// One for the control plane, and one for each role.
    Each(RoleVersions),
}

/// Versions by what they are for; nothing follows the control plane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RoleVersions {
    /// The control plane.
    #[serde(rename = "control_plane")]
    pub control_plane: Option<String>,
    /// Pools with the role `core`.
    pub core: Option<String>,
    /// Pools with the role `user`.
    pub user: Option<String>,
    /// Pools with the role `dask-worker`.
    pub dask_worker: Option<String>,
    /// Pools with the role `build`.
    pub build: Option<String>,
}

/// A channel by which Google upgrades clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseChannel {
    /// As soon as possible.
    Rapid,
    /// After some months.
    Regular,
    /// After that.
    Stable,
    /// For two years.
    Extended,
}

/// Machines without public addresses.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Private {
    /// Whether the control plane has no public address either.
    pub endpoint: bool,
    /// The addresses of the control plane, as in `172.16.0.0/28`.
    pub control_plane_range: Option<String>,
}

/// What keeps policies between pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NetworkPolicy {
    /// Calico.
    Calico,
}

/// How soon idle machines go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// After a while.
    #[default]
    Balanced,
    /// As soon as possible.
    OptimizeUtilization,
}

/// When Google may work on the cluster.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Maintenance {
    /// For four hours of each day.
    Daily {
        /// From when, in UTC, as in `08:00`.
        daily_at: String,
    },
    /// In a window that comes again.
    Recurring {
        /// When it first begins, as in `2026-01-03T08:00:00Z`.
        start: String,
        /// When it first ends.
        end: String,
        /// How it comes again, as in `FREQ=WEEKLY;BYDAY=SA,SU`.
        repeat: String,
    },
}

/// How many machines there may be; one of the two.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Nodes {
    /// In all zones together, as in `0..100`.
    #[schemars(extend("format" = "node-range"))]
    pub total: Option<String>,
    /// In each zone, as in `1..5`.
    #[schemars(extend("format" = "node-range"))]
    pub per_zone: Option<String>,
}
