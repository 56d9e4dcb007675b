//! Grants: what our kinds own of an IAM policy.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The complete settings of our access on one thing: only what we grant, never the whole
/// policy. The name of the resource says which thing it is.
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

    /// What is claimed inside a policy that others write to as well, one text for each grant.
    pub fn claims(&self) -> BTreeSet<String> {
        self.grants.iter().map(Grant::claim).collect()
    }

    /// The grants as a set.
    pub fn set(&self) -> BTreeSet<Grant> {
        self.grants.iter().cloned().collect()
    }
}

impl Grant {
    /// A grant without a condition.
    pub fn new(role: impl Into<String>, member: impl Into<String>) -> Self {
        Self { role: role.into(), member: member.into(), condition: None }
    }

    /// The grant as one text, for the ledger.
    pub fn claim(&self) -> String {
        // Cannot fail: texts only. An empty claim matches no grant.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The service account that it is to, if it is to one.
    pub fn account(&self) -> Option<&str> {
        self.member.strip_prefix("serviceAccount:")
    }

    /// The grant that this was before its member was deleted: policies keep such members as
    /// `deleted:serviceAccount:ADDRESS?uid=NUMBER`, and nobody gets anything by them any more.
    /// <https://cloud.google.com/iam/docs/policies#handling-deleted-members>
    pub(crate) fn while_it_lived(&self) -> Option<Self> {
        let (member, _) = self.member.strip_prefix("deleted:")?.split_once("?uid=")?;
        Some(Self { member: member.to_owned(), ..self.clone() })
    }

    /// Whether anyone on the internet gets something by it.
    pub fn is_public(&self) -> bool {
        matches!(self.member.as_str(), "allUsers" | "allAuthenticatedUsers")
    }
}
