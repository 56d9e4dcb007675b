//! The settings of a bucket.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The complete settings of a bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Where the data lives, in capitals as the API gives it: `US-CENTRAL1`, `NAM4`, `US`.
    /// Cannot be changed once the bucket exists.
    pub location: String,
    /// The two regions of a dual-region bucket of one's own choice, sorted; else empty.
    /// Cannot be changed once the bucket exists.
    #[serde(default)]
    pub placement: Vec<String>,
    /// The class of objects that name none: `STANDARD`, `NEARLINE`, `COLDLINE`, `ARCHIVE`.
    #[serde(default = "standard")]
    pub storage_class: String,
    /// Whether access is granted on the bucket alone (no access lists on objects).
    /// Cannot be undone 90 days after it was turned on.
    #[serde(default)]
    pub uniform_access: bool,
    /// Whether grants to everyone are impossible on this bucket.
    #[serde(default)]
    pub public_access_prevention: PublicAccessPrevention,
    /// Whether overwritten and deleted objects are kept as noncurrent versions.
    #[serde(default)]
    pub versioning: bool,
    /// Deletes objects of this age, in days.
    #[serde(default)]
    pub delete_after_days: Option<u32>,
    /// Every other lifecycle rule, sorted.
    #[serde(default)]
    pub lifecycle: Vec<LifecycleRule>,
    /// How long deleted objects can be restored, in days: 0 (off) or 7 to 90.
    #[serde(default = "soft_delete_default")]
    pub soft_delete_days: u32,
    /// How long objects cannot be deleted or replaced.
    #[serde(default)]
    pub retention: Option<Retention>,
    /// What pages of other origins may read with a browser.
    #[serde(default)]
    pub cors: Vec<CorsRule>,
    /// Whether whoever reads pays for it.
    #[serde(default)]
    pub requester_pays: bool,
    /// Where usage logs are written.
    #[serde(default)]
    pub logging: Option<Logging>,
    /// What a web server in front of the bucket serves.
    #[serde(default)]
    pub website: Option<Website>,
    /// The labels that a person wrote; those of the mark are not among them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Whether removing the bucket needs to be said twice. Kept on the bucket as a label, so
    /// that it holds when the declaration is gone.
    #[serde(default)]
    pub protect: bool,
}

/// Whether grants to `allUsers` and `allAuthenticatedUsers` are impossible.
/// <https://cloud.google.com/storage/docs/public-access-prevention>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicAccessPrevention {
    /// As the organisation's policy says.
    #[default]
    Inherited,
    /// Impossible.
    Enforced,
}

/// What happens to objects, and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRule {
    /// What happens.
    pub action: LifecycleAction,
    /// When: all of these at once.
    pub condition: LifecycleCondition,
}

/// What a lifecycle rule does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleAction {
    /// Deletes the object.
    Delete,
    /// Gives up an upload in parts that was never finished.
    AbortUpload,
    /// Moves the object to this class.
    SetStorageClass(String),
}

/// When a lifecycle rule acts; what is not given does not matter.
/// <https://cloud.google.com/storage/docs/lifecycle#conditions>
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifecycleCondition {
    /// The object is this many days old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u32>,
    /// The object became noncurrent this many days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_since_noncurrent: Option<u32>,
    /// This many newer versions exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_versions: Option<u32>,
    /// The object is the live version (true) or a noncurrent one (false).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<bool>,
    /// The object was made before this date, `2026-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_before: Option<String>,
    /// The name starts with one of these, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<String>,
    /// The name ends with one of these, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suffixes: Vec<String>,
    /// The object is of one of these classes, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub storage_classes: Vec<String>,
}

/// How long objects cannot be deleted or replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// From the object's creation, in seconds.
    pub seconds: i64,
    /// Whether the policy itself can no longer be shortened or removed. Only ever observed:
    /// locking is for ever, and leap-infra does not do it.
    #[serde(default)]
    pub locked: bool,
}

/// What pages of other origins may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorsRule {
    /// The origins, `https://catalog.leap.example.org` or `*`.
    pub origins: Vec<String>,
    /// The methods, `GET`, `HEAD`.
    pub methods: Vec<String>,
    /// The response headers that a page may see.
    pub response_headers: Vec<String>,
    /// For how long a browser may remember this, in seconds.
    pub max_age_seconds: i32,
}

/// Where usage logs are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// The bucket that takes the logs, by its name in the cloud.
    pub bucket: String,
    /// What the names of the log objects start with.
    pub prefix: String,
}

/// What a web server in front of the bucket serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Website {
    /// Served for a folder, `index.html`.
    pub index: String,
    /// Served when there is no such object, `404.html`; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub not_found: String,
}

/// The storage class of a bucket that names none.
fn standard() -> String {
    "STANDARD".to_owned()
}

/// What Cloud Storage itself does with a new bucket.
/// <https://cloud.google.com/storage/docs/soft-delete>
fn soft_delete_default() -> u32 {
    7
}

impl Spec {
    /// The settings of a new bucket in `location` of which nothing else is said.
    pub fn new(location: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            placement: Vec::new(),
            storage_class: standard(),
            uniform_access: false,
            public_access_prevention: PublicAccessPrevention::default(),
            versioning: false,
            delete_after_days: None,
            lifecycle: Vec::new(),
            soft_delete_days: soft_delete_default(),
            retention: None,
            cors: Vec::new(),
            requester_pays: false,
            logging: None,
            website: None,
            labels: BTreeMap::new(),
            protect: false,
        }
    }

    /// The one way to write these settings: of the rules that only delete by age the soonest
    /// becomes `delete_after_days`, everything unordered is sorted, locations are in capitals.
    /// Declared and observed specs both go through here, so that equal means equal.
    #[must_use]
    pub fn normal(mut self) -> Self {
        self.location = self.location.to_uppercase();
        self.placement.iter_mut().for_each(|region| *region = region.to_uppercase());
        self.placement.sort();
        let short = self.delete_after_days.take().map(LifecycleRule::delete_by_age);
        self.lifecycle.extend(short);
        for rule in &mut self.lifecycle {
            let LifecycleCondition { prefixes, suffixes, storage_classes, .. } =
                &mut rule.condition;
            [prefixes, suffixes, storage_classes].into_iter().for_each(|list| list.sort());
        }
        self.lifecycle.sort();
        self.lifecycle.dedup();
        let plain = self.lifecycle.iter().position(|rule| rule.only_deletes_by_age().is_some());
        if let Some(position) = plain {
            self.delete_after_days = self.lifecycle.remove(position).only_deletes_by_age();
        }
        self
    }
}

impl LifecycleRule {
    /// The age, if this rule deletes by age and has no other condition.
    pub fn only_deletes_by_age(&self) -> Option<u32> {
        let age_days = self.condition.age_days;
        let plain = LifecycleCondition { age_days, ..LifecycleCondition::default() };
        (self.action == LifecycleAction::Delete && self.condition == plain).then_some(age_days)?
    }

    /// The rule that deletes objects of this age.
    pub fn delete_by_age(days: u32) -> Self {
        let condition =
            LifecycleCondition { age_days: Some(days), ..LifecycleCondition::default() };
        Self { action: LifecycleAction::Delete, condition }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_rule_and_the_short_form_are_the_same_setting() {
        let short = Spec { delete_after_days: Some(7), ..Spec::new("US") };
        let long = Spec { lifecycle: vec![LifecycleRule::delete_by_age(7)], ..Spec::new("US") };
        assert_eq!(short.normal(), long.normal());
    }
}
