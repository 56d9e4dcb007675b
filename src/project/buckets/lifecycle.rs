//! `lifecycle`: what happens to objects as they grow old.

use crate::providers::gcp::gcs_bucket::{LifecycleAction, LifecycleCondition, LifecycleRule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to objects, and when. Each rule does one thing: `delete`, `abort_uploads` or
/// `move_to`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Deletes objects, as in `delete: { after_days: 30, prefixes: [tmp/] }`.
    Delete(When),
    /// Gives up uploads in parts that were never finished, as in `abort_uploads: { after_days: 3 }`.
    AbortUploads(AbortUploads),
    /// Moves objects to a cheaper class, as in `move_to: { class: nearline, after_days: 90 }`.
    MoveTo(MoveTo),
}

/// When a rule acts: all of these at once, and at least one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The object is this many days old.
    pub after_days: Option<u32>,
    /// The object was overwritten or deleted this many days ago (with `versioning`).
    pub noncurrent_after_days: Option<u32>,
    /// This many newer versions exist (with `versioning`).
    #[schemars(range(min = 1))]
    pub newer_versions: Option<u32>,
    /// The object is the current version (`true`) or an older one (`false`).
    pub live: Option<bool>,
    /// The object was made before this day, as in `2026-01-31`.
    #[schemars(extend("format" = "day"))]
    pub created_before: Option<String>,
    /// The name begins with one of these, as in `tmp/`.
    pub prefixes: Vec<String>,
    /// The name ends with one of these, as in `.log`.
    pub suffixes: Vec<String>,
    /// The object is of one of these classes.
    pub storage_classes: Vec<StorageClass>,
}

/// When unfinished uploads are given up.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbortUploads {
    /// The upload began this many days ago.
    pub after_days: u32,
    /// The name begins with one of these, as in `tmp/`.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// The name ends with one of these, as in `.log`.
    #[serde(default)]
    pub suffixes: Vec<String>,
}

/// Where objects are moved, and when: `class`, and at least one condition.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
// serde cannot deny unknown fields beside a flattened group; the schema can.
#[schemars(extend("additionalProperties" = false))]
pub struct MoveTo {
    /// The class that objects are moved to.
    pub class: StorageClass,
    /// When they are moved.
    #[serde(flatten)]
    pub when: When,
}

/// How objects are stored: the rarer they are read, the cheaper to keep and the dearer to read.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StorageClass {
    /// Read often.
    #[default]
    Standard,
    /// Read less than once a month.
    Nearline,
    /// Read less than once a quarter.
    Coldline,
    /// Read less than once a year.
    Archive,
}

impl StorageClass {
    /// The name that the API uses.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Nearline => "NEARLINE",
            Self::Coldline => "COLDLINE",
            Self::Archive => "ARCHIVE",
        }
    }
}

impl When {
    /// Whether no condition is given at all.
    pub fn is_empty(&self) -> bool {
        self.condition() == LifecycleCondition::default()
    }

    fn condition(&self) -> LifecycleCondition {
        let Self {
            after_days,
            noncurrent_after_days,
            newer_versions,
            live,
            created_before,
            prefixes,
            suffixes,
            storage_classes,
        } = self.clone();
        LifecycleCondition {
            age_days: after_days,
            days_since_noncurrent: noncurrent_after_days,
            newer_versions,
            live,
            created_before,
            prefixes,
            suffixes,
            storage_classes: storage_classes
                .iter()
                .map(|class| class.api_name().to_owned())
                .collect(),
        }
    }
}

impl Rule {
    /// The rule as the bucket carries it.
    pub fn rule(&self) -> LifecycleRule {
        match self {
            Self::Delete(when) => {
                LifecycleRule { action: LifecycleAction::Delete, condition: when.condition() }
            }
            Self::AbortUploads(AbortUploads { after_days, prefixes, suffixes }) => {
                let when = When {
                    after_days: Some(*after_days),
                    prefixes: prefixes.clone(),
                    suffixes: suffixes.clone(),
                    ..When::default()
                };
                LifecycleRule { action: LifecycleAction::AbortUpload, condition: when.condition() }
            }
            Self::MoveTo(MoveTo { class, when }) => LifecycleRule {
                action: LifecycleAction::SetStorageClass(class.api_name().to_owned()),
                condition: when.condition(),
            },
        }
    }
}
