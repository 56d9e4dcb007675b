//! The types of what is written about what stands beside a hub: its release, Dask, pages, files
//! and seats that are kept ready.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The release of a hub, where it is not JupyterHub's own chart under its own name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The name of the release.
    #[serde(default)]
    pub name: Option<String>,
    /// The chart, as in `basehub`.
    #[serde(default)]
    pub chart: Option<String>,
    /// Where the chart is: the address of a repository, or of a registry that begins with `oci://`.
    #[serde(default)]
    pub repository: Option<String>,
    /// Its version.
    #[serde(default)]
    pub version: Option<String>,
    /// Where the chart takes the values of JupyterHub's chart, as in `basehub.jupyterhub`.
    #[serde(default)]
    pub values_under: Option<String>,
}

/// Clusters of Dask that people start from their servers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dask {
    /// The pool that the workers run on, by its key.
    pub workers_on: String,
    /// How many CPUs a worker can have; it has the same share of a machine's memory.
    #[serde(default = "sizes")]
    pub cpus: Vec<u32>,
    /// A cluster that does nothing goes after this time.
    #[serde(default = "half_an_hour")]
    #[schemars(extend("format" = "time-span"))]
    pub idle: String,
}

/// Images that people have built from a repository of theirs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Builds {
    /// The pool that they are built on, by its key.
    pub on: String,
    /// The registry that they are kept in, by its key in `registries`.
    pub registry: String,
    /// What may push images there, by the key in `secrets`: a configuration of Docker, as in
    /// `.docker/config.json`.
    pub credentials: String,
}

/// What stands on the page where people log in, and in the file that greets them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The heading; whose platform it is when not said.
    #[serde(default)]
    pub heading: Option<String>,
    /// What people read below it.
    #[serde(default)]
    pub text: Option<String>,
    /// Links, by what they are called.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Whether a file that greets people lies in their homes.
    #[serde(default)]
    pub welcome_file: bool,
}

/// A file in every server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtraFile {
    /// Where it is, as in `/etc/jupyter/notice.txt`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Seats that are kept ready for an event, so that nobody waits for a machine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Warm {
    /// What the event is called, in small letters and hyphens.
    #[schemars(extend("format" = "namespace"))]
    pub event: String,
    /// The profile that people will start.
    pub profile: String,
    /// What they will choose in it; the first when not said.
    #[serde(default)]
    pub choice: Option<String>,
    /// How many of them.
    #[schemars(range(min = 1, max = 1000))]
    pub seats: u32,
    /// From when on, as in `2027-03-12 09:00`.
    #[schemars(extend("format" = "moment"))]
    pub from: String,
    /// Until when.
    #[schemars(extend("format" = "moment"))]
    pub until: String,
    /// Whose time that is, as in `America/New_York`.
    #[serde(default = "utc")]
    pub timezone: String,
}

fn sizes() -> Vec<u32> {
    vec![1, 2, 4, 8, 16]
}

fn half_an_hour() -> String {
    "30 minutes".to_owned()
}

fn utc() -> String {
    "Etc/UTC".to_owned()
}

/// Who lets people in to a hub and signs its certificate, where others run that.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Through {
    /// The class of the ingress.
    #[schemars(extend("format" = "namespace"))]
    pub class: String,
    /// The issuer of certificates of the whole cluster.
    #[schemars(extend("format" = "namespace"))]
    pub issuer: String,
}
