//! The settings of a secret: everything but its value.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The complete settings of a secret. Its values are versions, which are data and no settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The regions that hold it, sorted; Google chooses when there are none. Cannot be changed.
    #[serde(default)]
    pub locations: Vec<String>,
    /// Labels besides our own.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// When it goes with all its versions, in RFC 3339.
    #[serde(default)]
    pub expires: Option<String>,
    /// When Google reminds somebody to rotate it.
    #[serde(default)]
    pub rotation: Option<Rotation>,
}

/// Reminders to rotate a secret. Google sends a message; it makes no new version.
/// <https://cloud.google.com/secret-manager/docs/secret-rotation>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The seconds between two reminders.
    pub period_seconds: i64,
    /// The first of them, in RFC 3339; later ones follow by the period.
    pub first: String,
    /// Who is told: topics of Pub/Sub, `projects/P/topics/T`, sorted.
    pub topics: Vec<String>,
}
