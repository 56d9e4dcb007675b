//! The settings of a secret in a cluster.

use crate::model::secret::Reference;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The type of secrets that hold anything.
pub const OPAQUE: &str = "Opaque";

/// The complete settings of a secret: where its values are kept, and never what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The cluster, `projects/P/locations/L/clusters/C` or `context/NAME`.
    pub cluster: String,
    /// What sort of secret it is, `Opaque`.
    #[serde(rename = "type", default = "opaque")]
    pub sort: String,
    /// Where the value of each key is kept.
    pub data: BTreeMap<String, Reference>,
    /// The keys that do not hold what they should, and why. Always empty in a declaration.
    #[serde(default)]
    pub differing: BTreeMap<String, String>,
}

fn opaque() -> String {
    OPAQUE.to_owned()
}

impl Spec {
    /// An opaque secret with these values.
    pub fn new(cluster: impl Into<String>, data: BTreeMap<String, Reference>) -> Self {
        Self { cluster: cluster.into(), sort: opaque(), data, differing: BTreeMap::new() }
    }
}
