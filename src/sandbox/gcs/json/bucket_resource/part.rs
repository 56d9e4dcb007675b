//! The parts of a bucket's settings, each beside the message that it stands for.

use serde::{Deserialize, Serialize};

use super::super::super::message::{self, Duration};
use super::super::object_resource::rfc3339;
use super::Long;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Enabled {
    pub(super) enabled: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Cors {
    origin: Vec<String>,
    method: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    response_header: Vec<String>,
    max_age_seconds: i32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Website {
    main_page_suffix: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    not_found_page: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Logging {
    log_bucket: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    log_object_prefix: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Encryption {
    default_kms_key_name: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Billing {
    requester_pays: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Retention {
    retention_period: Long,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_time: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_locked: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Access {
    uniform_bucket_level_access: Option<Uniform>,
    /// What uniform access was called first; both names are written.
    bucket_policy_only: Option<Uniform>,
    #[serde(skip_serializing_if = "String::is_empty")]
    public_access_prevention: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Uniform {
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_time: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Placement {
    pub(super) data_locations: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Autoclass {
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    toggle_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terminal_storage_class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terminal_storage_class_update_time: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SoftDelete {
    retention_duration_seconds: Long,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_time: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Mode {
    mode: String,
}

impl Mode {
    /// There is no other.
    pub(super) fn enabled() -> Self {
        Self { mode: "Enabled".to_owned() }
    }
}

const BUCKET: &str = "projects/_/buckets/";

fn seconds(duration: Option<Duration>) -> Long {
    Long(duration.map_or(0, |duration| duration.seconds))
}

fn duration(seconds: Long) -> Option<Duration> {
    Some(Duration { seconds: seconds.0, nanos: 0 })
}

impl From<message::Versioning> for Enabled {
    fn from(versioning: message::Versioning) -> Self {
        Self { enabled: versioning.enabled }
    }
}

impl From<Enabled> for message::Versioning {
    fn from(versioning: Enabled) -> Self {
        Self { enabled: versioning.enabled }
    }
}

impl From<message::Cors> for Cors {
    fn from(cors: message::Cors) -> Self {
        let message::Cors { origin, method, response_header, max_age_seconds } = cors;
        Self { origin, method, response_header, max_age_seconds }
    }
}

impl From<Cors> for message::Cors {
    fn from(cors: Cors) -> Self {
        let Cors { origin, method, response_header, max_age_seconds } = cors;
        Self { origin, method, response_header, max_age_seconds }
    }
}

impl From<message::Website> for Website {
    fn from(website: message::Website) -> Self {
        let message::Website { main_page_suffix, not_found_page } = website;
        Self { main_page_suffix, not_found_page }
    }
}

impl From<Website> for message::Website {
    fn from(website: Website) -> Self {
        let Website { main_page_suffix, not_found_page } = website;
        Self { main_page_suffix, not_found_page }
    }
}

impl From<message::Logging> for Logging {
    fn from(logging: message::Logging) -> Self {
        let message::Logging { log_bucket, log_object_prefix } = logging;
        Self { log_bucket: log_bucket.trim_start_matches(BUCKET).to_owned(), log_object_prefix }
    }
}

impl From<Logging> for message::Logging {
    fn from(logging: Logging) -> Self {
        let Logging { log_bucket, log_object_prefix } = logging;
        Self { log_bucket: format!("{BUCKET}{log_bucket}"), log_object_prefix }
    }
}

impl From<message::Encryption> for Encryption {
    fn from(encryption: message::Encryption) -> Self {
        Self { default_kms_key_name: encryption.default_kms_key }
    }
}

impl From<Encryption> for message::Encryption {
    fn from(encryption: Encryption) -> Self {
        Self { default_kms_key: encryption.default_kms_key_name }
    }
}

impl From<message::Billing> for Billing {
    fn from(billing: message::Billing) -> Self {
        Self { requester_pays: billing.requester_pays }
    }
}

impl From<Billing> for message::Billing {
    fn from(billing: Billing) -> Self {
        Self { requester_pays: billing.requester_pays }
    }
}

impl From<message::RetentionPolicy> for Retention {
    fn from(policy: message::RetentionPolicy) -> Self {
        Self {
            retention_period: seconds(policy.retention_duration),
            effective_time: policy.effective_time.map(rfc3339),
            is_locked: policy.is_locked,
        }
    }
}

/// The rest is the service's to say.
impl From<Retention> for message::RetentionPolicy {
    fn from(policy: Retention) -> Self {
        Self { retention_duration: duration(policy.retention_period), ..Self::default() }
    }
}

impl From<message::IamConfig> for Access {
    fn from(access: message::IamConfig) -> Self {
        let uniform = access.uniform_bucket_level_access.map(|uniform| Uniform {
            enabled: uniform.enabled,
            locked_time: uniform.lock_time.map(rfc3339),
        });
        Self {
            uniform_bucket_level_access: uniform.clone(),
            bucket_policy_only: uniform,
            public_access_prevention: access.public_access_prevention,
        }
    }
}

/// When uniform access is locked is the service's to say.
impl From<Access> for message::IamConfig {
    fn from(access: Access) -> Self {
        let uniform = access.uniform_bucket_level_access.or(access.bucket_policy_only);
        Self {
            uniform_bucket_level_access: uniform.map(|uniform| message::UniformBucketLevelAccess {
                enabled: uniform.enabled,
                lock_time: None,
            }),
            public_access_prevention: access.public_access_prevention,
        }
    }
}

impl From<message::Autoclass> for Autoclass {
    fn from(autoclass: message::Autoclass) -> Self {
        let updated = autoclass.terminal_storage_class_update_time;
        Self {
            enabled: autoclass.enabled,
            toggle_time: autoclass.toggle_time.map(rfc3339),
            terminal_storage_class: autoclass.terminal_storage_class,
            terminal_storage_class_update_time: updated.map(rfc3339),
        }
    }
}

/// The rest is the service's to say.
impl From<Autoclass> for message::Autoclass {
    fn from(autoclass: Autoclass) -> Self {
        let Autoclass { enabled, terminal_storage_class, .. } = autoclass;
        Self { enabled, terminal_storage_class, ..Self::default() }
    }
}

impl From<message::SoftDeletePolicy> for SoftDelete {
    fn from(policy: message::SoftDeletePolicy) -> Self {
        Self {
            retention_duration_seconds: seconds(policy.retention_duration),
            effective_time: policy.effective_time.map(rfc3339),
        }
    }
}

/// The rest is the service's to say.
impl From<SoftDelete> for message::SoftDeletePolicy {
    fn from(policy: SoftDelete) -> Self {
        Self {
            retention_duration: duration(policy.retention_duration_seconds),
            effective_time: None,
        }
    }
}
