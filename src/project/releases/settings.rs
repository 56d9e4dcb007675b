//! The types of what is written about a release.

use crate::project::managed::Manage;
use crate::providers::helm::helm_release;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A chart that Helm deploys, with its values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The environments that have this release, as in `[prod]`; every environment but `shared` when
    /// not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// What Helm calls it; its key when not said.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this release had before it was renamed here: what Helm calls it stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// The cluster that it is in, by the key of a declared one, as in `main`; the only one that is
    /// declared when not said.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The context of your kubeconfig that leads to its cluster, in place of a declared one.
    #[serde(default)]
    pub context: Option<String>,
    /// The namespace that it is in, as in `support`.
    pub namespace: String,
    /// The chart.
    pub chart: Chart,
    /// What is said to the chart. Never a secret, and no reference to one: charts take the name of a
    /// Secret that exists.
    #[serde(default)]
    pub values: Map<String, Value>,
    /// What must be there first, as in `[bucket:scratch, release:ingress]`: keys of other sections with
    /// their type. Its cluster is known without that.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The keys below which the chart takes these values, where it wraps another one, as in
    /// `jupyterhub` or `basehub.jupyterhub`.
    #[serde(default)]
    pub values_under: Option<String>,
}

/// A chart and where it is: in a repository, in a registry, or in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// Its name, as in `ingress-nginx`.
    pub name: String,
    /// Its version, as in `4.11.1`: one, and no range of them.
    pub version: String,
    /// The address of the repository that it is in, as in `https://hub.jupyter.org/helm-chart/`.
    #[serde(default)]
    pub repository: Option<String>,
    /// The address of the registry that it is in, the chart's name included, as in
    /// `oci://quay.io/charts/dask`.
    #[serde(default)]
    pub oci: Option<String>,
    /// The folder that it is in, seen from that of the stack, as in `charts/public`.
    #[serde(default)]
    pub path: Option<String>,
}

impl Chart {
    /// The chart as a release is made of it, with the digest that was locked.
    pub(crate) fn locked(&self, digest: Option<String>) -> helm_release::Chart {
        let Self { name, version, repository, oci, path } = self.clone();
        helm_release::Chart { name, version, repository, oci, path, digest }
    }
}
