//! The grants that are declared on one bucket.

use serde::{Deserialize, Serialize};

/// The complete settings of our access on one bucket: only what we grant, never the whole
/// policy. The name of the resource is the name of the bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The grants, sorted and each once.
    pub grants: Vec<Grant>,
}

/// One member in one role, perhaps under a condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role, `roles/storage.objectViewer`.
    pub role: String,
    /// The member as IAM writes it, `group:writers@leap.example.org`, `allUsers`.
    pub member: String,
    /// When the grant holds; always, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// A condition on a grant.
/// <https://cloud.google.com/iam/docs/conditions-overview>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// A short name.
    pub title: String,
    /// The condition in the Common Expression Language.
    pub expression: String,
    /// What it is for; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl Spec {
    /// These grants, sorted and each once.
    pub fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let mut grants: Vec<Grant> = grants.into_iter().collect();
        grants.sort();
        grants.dedup();
        Self { grants }
    }
}

impl Grant {
    /// A grant without a condition.
    pub fn new(role: impl Into<String>, member: impl Into<String>) -> Self {
        Self { role: role.into(), member: member.into(), condition: None }
    }

    /// Whether anyone on the internet gets something by it.
    pub fn is_public(&self) -> bool {
        matches!(self.member.as_str(), "allUsers" | "allAuthenticatedUsers")
    }
}
