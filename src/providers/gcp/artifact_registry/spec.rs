//! The settings of a registry: everything but what lies in it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The complete settings of a repository of Artifact Registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The region, or the multi-region (`us`). Cannot be changed.
    pub location: String,
    /// What lies in it, `DOCKER`. Cannot be changed.
    #[serde(default = "docker")]
    pub format: String,
    /// Whether it keeps things itself (`STANDARD_REPOSITORY`) or hands out those of others. Cannot
    /// be changed.
    #[serde(default = "standard")]
    pub mode: String,
    /// What it is for, in words.
    #[serde(default)]
    pub description: String,
    /// Whether a tag stays with the image that it was given to.
    #[serde(default)]
    pub immutable_tags: bool,
    /// What is deleted by itself, and what never is.
    #[serde(default)]
    pub cleanup: Cleanup,
    /// The labels that a person wrote; those of the mark are not among them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether removing the registry needs to be said twice. Kept on the registry as a label, so
    /// that it holds when the declaration is gone.
    #[serde(default)]
    pub protect: bool,
}

/// What is deleted by itself, and what never is.
/// <https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy-overview>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cleanup {
    /// So many of the newest versions of each image are kept, whatever else is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<i32>,
    /// Versions of this many days are deleted, with a tag or without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after_days: Option<i64>,
    /// Versions of this many days that have a tag are deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_tagged_after_days: Option<i64>,
    /// Versions of this many days that have no tag are deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_untagged_after_days: Option<i64>,
    /// Whether nothing is deleted yet, and what would be is only written to the audit log.
    #[serde(skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(it: &bool) -> bool {
    !it
}

fn docker() -> String {
    "DOCKER".to_owned()
}

fn standard() -> String {
    "STANDARD_REPOSITORY".to_owned()
}

impl Spec {
    /// A registry of images with nothing said about it.
    pub fn new(location: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            format: docker(),
            mode: standard(),
            description: String::new(),
            immutable_tags: false,
            cleanup: Cleanup::default(),
            labels: BTreeMap::new(),
            protect: false,
        }
    }
}

impl Cleanup {
    /// Whether it deletes anything.
    pub fn deletes(&self) -> bool {
        self.delete_after_days.is_some()
            || self.delete_tagged_after_days.is_some()
            || self.delete_untagged_after_days.is_some()
    }
}
