//! What a secret remembers of its values, in an annotation: where each came from, and its imprint.

use crate::model::secret::{Imprint, Reference};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The annotation.
pub(super) const KEPT: &str = "leap-infra/secrets";

/// What a secret remembers of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its type, which lists of names do not show.
    #[serde(rename = "type")]
    pub(super) sort: String,
    /// What it remembers of each key.
    pub(super) data: BTreeMap<String, From>,
}

/// Where a value came from, and its imprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct From {
    /// Where it was kept.
    pub(super) from: Reference,
    /// The imprint.
    imprint: String,
}

impl Kept {
    /// What a live secret remembers; nothing where we did not write it.
    pub(super) fn read(live: &Value) -> Self {
        let text = live["metadata"]["annotations"][KEPT].as_str().unwrap_or_default();
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As an annotation holds it.
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From {
    pub(super) fn new(from: &Reference, imprint: &Imprint) -> Self {
        Self { from: from.clone(), imprint: imprint.to_string() }
    }

    /// The imprint, if it is one.
    pub(super) fn imprint(&self) -> Option<Imprint> {
        self.imprint.parse().ok()
    }
}
