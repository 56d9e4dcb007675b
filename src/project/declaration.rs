//! All sections of the project file together: the type that a merged declaration must fit.
//!
//! A new section is one folder with its types, one field here, and its lines in the lists of
//! [`crate::project::sections`].

use crate::project::access::Access;
use crate::project::addresses::Address;
use crate::project::billing::Billing;
use crate::project::buckets::Bucket;
use crate::project::budget::Budget;
use crate::project::cloud::Cloud;
use crate::project::clusters::Cluster;
use crate::project::disks::Disk;
use crate::project::dns::Dns;
use crate::project::hubs::Hub;
use crate::project::identities::Identity;
use crate::project::ignore::Ignore;
use crate::project::monitoring::Monitoring;
use crate::project::objects::Kubernetes;
use crate::project::people::Person;
use crate::project::registries::Registry;
use crate::project::releases::Release;
use crate::project::secrets::Secret;
use crate::project::stack::Ledger;
use crate::project::uptime::Check;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A stack: everything that one institution declares, in as many files of one folder as it likes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The name of the stack, as in `leap`. Every object that belongs to the stack carries it,
    /// so it cannot be changed later.
    #[schemars(extend("format" = "stack-name", "examples" = ["leap"]))]
    pub stack: String,
    /// Whose platform this is, as in `LEAP, Columbia University`.
    #[serde(default)]
    pub institution: Option<String>,
    /// What every derived name begins with, as in `leap`: bucket names are shared with the whole
    /// world. It cannot be changed later.
    #[schemars(extend("format" = "prefix", "examples" = ["leap"]))]
    pub prefix: String,
    /// Whom to ask about this stack, as in `platform@leap.example.org`.
    #[serde(default)]
    pub contact: Option<String>,
    /// Where the lease and the history of applies are kept.
    #[serde(default)]
    pub ledger: Ledger,
    /// The cloud that everything is in.
    pub cloud: Cloud,
    /// The buckets, by a short key; the name in the cloud is `${prefix}-KEY${suffix}`.
    #[serde(default)]
    pub buckets: BTreeMap<String, Bucket>,
    /// The Kubernetes clusters, by a short key, with their pools of machines.
    #[serde(default)]
    pub clusters: BTreeMap<String, Cluster>,
    /// The disks, such as those of homes, by a short key; the name in the cloud is
    /// `${prefix}-KEY${suffix}`.
    #[serde(default)]
    pub disks: BTreeMap<String, Disk>,
    /// Static addresses, by a short key; the name in the cloud is `${prefix}-KEY${suffix}`.
    #[serde(default)]
    pub addresses: BTreeMap<String, Address>,
    /// The names under which people find the platform.
    #[serde(default)]
    pub dns: Dns,
    /// Web addresses that Google asks for every so often, by a short key; the name in the cloud is
    /// `${prefix}-KEY${suffix}`.
    #[serde(default)]
    pub uptime: BTreeMap<String, Check>,
    /// Registries of images and packages, by a short key; the name in the cloud is
    /// `${prefix}-KEY${suffix}`.
    #[serde(default)]
    pub registries: BTreeMap<String, Registry>,
    /// How much a project may have in each region, as in `us-central1: { NVIDIA_T4_GPUS: 8 }`: what
    /// is declared is held against it.
    #[serde(default)]
    pub quotas: BTreeMap<String, BTreeMap<String, u64>>,
    /// Accounts for programs, by a short key; the name in the cloud is `${prefix}-KEY${suffix}`.
    #[serde(default)]
    pub identities: BTreeMap<String, Identity>,
    /// APIs that the project must have enabled, as in `container.googleapis.com`, beside those that
    /// what is declared needs; `[]` for just these. When not said, none is enabled for you.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "api-name" }))]
    pub services: Option<Vec<String>>,
    /// How much everything may cost in a month.
    #[serde(default)]
    pub budget: Budget,
    /// Who pays, and where Google writes down what for.
    #[serde(default)]
    pub billing: Billing,
    /// Where secrets are kept, by a short key. Never a value.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// What is in clusters: namespaces, objects as manifests, and secrets.
    #[serde(default)]
    pub kubernetes: Kubernetes,
    /// The hubs that people work on, by a short key.
    #[serde(default)]
    pub hubs: BTreeMap<String, Hub>,
    /// What watches each cluster, tells of what is wrong there, and lets people in, by a short key.
    #[serde(default)]
    pub monitoring: BTreeMap<String, Monitoring>,
    /// Charts that Helm deploys, as they are, by a short key.
    #[serde(default)]
    pub releases: BTreeMap<String, Release>,
    /// Who people are, by a short key. It gives nobody anything.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// Categories of people, who is in them, and what they give.
    #[serde(default)]
    pub access: Option<Access>,
    /// Fields that others manage, each with the reason: neither planned nor called drift.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
}
