//! The settings of a namespace.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The complete settings of a namespace. Labels and annotations that others put there are left
/// alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The cluster, `projects/P/locations/L/clusters/C` or `context/NAME`.
    pub cluster: String,
    /// Labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}
