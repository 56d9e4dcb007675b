//! The settings of a variable that the workflows of a repository read.

use serde::{Deserialize, Serialize};

/// The complete settings of a variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What workflows read; no secret, and at most 48 KiB.
    pub value: String,
}
