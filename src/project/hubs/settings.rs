//! The types of what is written about a hub: who may log in, what its servers are, and what it is
//! made of. `settings/` has those of profiles, homes, logins and of what runs beside a hub.

mod beside;
mod home;
mod login;
mod profile;

pub use beside::{Builds, Dask, ExtraFile, Page, Release, Through, Warm};
pub use home::Home;
pub use login::{CiLogon, Dummy, GitHub, Login};
pub use profile::{Choice, Choices, Image, Limit, Profile};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A hub. One that names a `cluster` is made; any other is somebody else's, and stands here so that
/// `access` can refer to it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// The environments that have this hub, as in `[prod]`; each one but `shared` when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The hub, by its key, whose settings hold wherever this one says nothing.
    #[serde(default)]
    pub like: Option<String>,
    /// Where it is found, as in `leap.example.org`.
    #[schemars(extend("format" = "hub-domain"))]
    pub domain: String,
    /// The cluster that it runs in, by its key.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Whether it is deployed from here. Where others still deploy it, what it would be can be looked
    /// at all the same.
    #[serde(default = "yes")]
    pub deploy: bool,
    /// The namespace of the cluster; the key of the hub when not said.
    #[serde(default)]
    #[schemars(extend("format" = "namespace"))]
    pub namespace: Option<String>,
    /// The versions of the charts, as in `{ jupyterhub: 4.3.3 }`; those that this program was made
    /// with when not said.
    #[serde(default)]
    pub charts: BTreeMap<String, String>,
    /// The release, where it is not JupyterHub's own chart under its own name.
    #[serde(default)]
    pub release: Option<Release>,
    /// Who lets people in to it and signs its certificate, where `monitoring` does not say so of its
    /// cluster: somebody else's, as in `{ class: nginx, issuer: letsencrypt-prod }`.
    #[serde(default)]
    pub through: Option<Through>,
    /// How people log in.
    #[serde(default)]
    pub login_with: Option<Login>,
    /// People, by their keys in `people`, who may see and enter the servers of everybody.
    #[serde(default)]
    pub admins: Vec<String>,
    /// Which account of the cloud the servers of people act as; none when not said.
    #[serde(default)]
    pub identity: Option<Account>,
    /// Where people's homes are; they have none when not said, and what they write is lost.
    #[serde(default)]
    pub home: Option<Home>,
    /// Variables of every server: a text, in which `$(JUPYTERHUB_USER)` is the person, or a bucket,
    /// `bucket:scratch`. Each bucket of the hub's identity has one without being named here:
    /// `SCRATCH_BUCKET`.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// How many servers each person may have beside the usual one; none when not said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100))]
    pub named_servers: Option<u32>,
    /// When idle servers and kernels go.
    #[serde(default)]
    pub cull: Cull,
    /// How long a server may take to start.
    #[serde(default = "ten_minutes")]
    #[schemars(extend("format" = "time-span"))]
    pub start_within: String,
    /// How many servers may be starting at the same time.
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1000))]
    pub starting_at_once: u32,
    /// What the hub itself may use, as in `{ memory: 1 GB, cpu: 1 }`.
    #[serde(default)]
    pub room: Room,
    /// Clusters of Dask that people start; none when not said.
    #[serde(default)]
    pub dask: Option<Dask>,
    /// Images that people have built from a repository of theirs; none when not said.
    #[serde(default)]
    pub builds: Option<Builds>,
    /// The images that people choose from, by a short key, in this order.
    #[serde(default)]
    pub images: BTreeMap<String, Image>,
    /// What a server can be, by a short key, as people choose it when they start one.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
    /// What stands on the page where people log in.
    #[serde(default)]
    pub page: Page,
    /// Files in every server, by their names.
    #[serde(default)]
    pub files: BTreeMap<String, ExtraFile>,
    /// Seats that are kept ready for an event.
    #[serde(default)]
    pub warm: Vec<Warm>,
    /// Values of the chart that nothing here stands for: laid over all others, last.
    #[serde(default)]
    pub values: BTreeMap<String, Value>,
}

/// When idle servers and kernels go.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cull {
    /// A kernel that does nothing goes after this time.
    #[serde(default = "hour")]
    #[schemars(extend("format" = "time-span"))]
    pub kernel_idle: String,
    /// A server that nobody uses goes after this time.
    #[serde(default = "hour")]
    #[schemars(extend("format" = "time-span"))]
    pub server_idle: String,
    /// A server goes after this time, used or not; never when not said.
    #[serde(default)]
    #[schemars(extend("format" = "time-span"))]
    pub server_age: Option<String>,
}

/// What the hub itself may use.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// The most memory, half of which is set aside for it.
    #[serde(default = "gigabyte")]
    #[schemars(extend("format" = "volume"))]
    pub memory: String,
    /// The most CPUs, a tenth of which is set aside for it.
    #[serde(default = "one")]
    #[schemars(range(min = 0.1, max = 64))]
    pub cpu: f64,
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

impl Default for Cull {
    fn default() -> Self {
        Self { kernel_idle: hour(), server_idle: hour(), server_age: None }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self { memory: gigabyte(), cpu: one() }
    }
}

impl Hub {
    /// The images that can be chosen in a profile, by their keys.
    pub(crate) fn images_of<'a>(
        &'a self,
        profile: &'a Profile,
    ) -> impl Iterator<Item = (&'a str, &'a Image)> {
        let here = |key: &String| profile.images.as_ref().is_none_or(|some| some.contains(key));
        let images = self.images.iter().filter(move |(key, _)| here(key));
        images.map(|(key, image)| (key.as_str(), image))
    }

    /// What can be opened in a profile, each with the image that has it.
    pub(crate) fn apps(&self, profile: &str) -> Vec<(&str, &str)> {
        let Some(profile) = self.profiles.get(profile) else { return Vec::new() };
        let apps = self
            .images_of(profile)
            .flat_map(|(key, image)| image.apps.iter().map(move |app| (app.as_str(), key)));
        apps.collect()
    }
}

fn yes() -> bool {
    true
}

fn ten_minutes() -> String {
    "10 minutes".to_owned()
}

fn hour() -> String {
    "1 hour".to_owned()
}

fn gigabyte() -> String {
    "1 GB".to_owned()
}

fn one() -> f64 {
    1.0
}

fn hundred() -> u32 {
    100
}
