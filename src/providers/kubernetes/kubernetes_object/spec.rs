//! The settings of an object.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The complete settings of an object: what its manifest says. Fields that a manifest does not say
/// are left to the server and to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The cluster, `projects/P/locations/L/clusters/C` or `context/NAME`.
    pub cluster: String,
    /// The manifest, with `apiVersion`, `kind` and `metadata.name`, without status.
    pub manifest: Value,
    /// What must exist first, as `kind/name`; kept in an annotation.
    #[serde(default)]
    pub needs: BTreeSet<String>,
    /// What becomes of fields that another program manages and that differ from the manifest.
    #[serde(default)]
    pub others: Others,
    /// Who else manages which fields that differ. Always empty in a declaration.
    #[serde(default)]
    pub managed_by: BTreeMap<String, String>,
}

/// What becomes of fields that another program manages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Others {
    /// Nothing is planned: a person has to decide whose they are.
    #[default]
    Respect,
    /// They become ours.
    Override,
}

impl Spec {
    /// The settings of what a manifest says.
    pub fn new(cluster: impl Into<String>, manifest: Value) -> Self {
        let (needs, managed_by) = (BTreeSet::new(), BTreeMap::new());
        Self { cluster: cluster.into(), manifest, needs, others: Others::default(), managed_by }
    }
}
