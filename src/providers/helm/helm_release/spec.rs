//! The settings of a release.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The complete settings of a release: which chart, and with which values. What else Helm keeps of
/// it follows from these two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The place of its cluster, `projects/P/locations/L/clusters/C` or `context/NAME`.
    pub cluster: String,
    /// The chart.
    pub chart: Chart,
    /// What is said to the chart. Never a secret: charts take the name of one that exists.
    #[serde(default = "nothing")]
    pub values: Value,
    /// How Helm left it. Always `deployed` in a declaration.
    #[serde(default)]
    pub status: Status,
    /// Fields of its objects that are not as Helm made them, and objects that are not there, each in
    /// words. Always empty in a declaration.
    #[serde(default)]
    pub objects: BTreeMap<String, String>,
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

/// A chart, and where it is from. Helm keeps name and version of what it deployed, and not where it
/// was had: that is told by a label of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// Its name, `jupyterhub`.
    pub name: String,
    /// Its version, `4.2.0`.
    pub version: String,
    /// The repository that it is in, `https://hub.jupyter.org/helm-chart/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The registry that it is in, `oci://quay.io/charts/x`, the chart's name included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oci: Option<String>,
    /// The folder that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The SHA-256 of its archive, `sha256:…`, as `stack.lock` has it; of a folder that of what is
    /// in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Chart {
    /// Where it is from, on one line.
    pub fn source(&self) -> &str {
        let all = [&self.repository, &self.oci, &self.path];
        all.into_iter().flatten().next().map_or("", String::as_str)
    }
}

/// How Helm left a release.
/// <https://helm.sh/docs/helm/helm_status/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Everything was handed to the cluster.
    #[default]
    Deployed,
    /// It was not: an install, an upgrade or a rollback failed.
    Failed,
    /// A first install began, and has not ended.
    PendingInstall,
    /// An upgrade began, and has not ended.
    PendingUpgrade,
    /// A rollback began, and has not ended.
    PendingRollback,
    /// It is being removed, or was left so.
    Uninstalling,
    /// Its objects are gone, and only its history was kept.
    Uninstalled,
    /// A later revision took its place.
    Superseded,
    /// Helm itself cannot tell.
    Unknown,
}

impl Status {
    /// Whether Helm was at work on it when this was written, and lets nobody else begin.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingInstall | Self::PendingUpgrade | Self::PendingRollback)
    }

    /// As Helm writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Failed => "failed",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
            Self::Uninstalling => "uninstalling",
            Self::Uninstalled => "uninstalled",
            Self::Superseded => "superseded",
            Self::Unknown => "unknown",
        }
    }
}
