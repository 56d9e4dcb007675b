//! The bucket, as `google.storage.v2` sends it.
//!
//! Fields and numbers: <https://github.com/googleapis/googleapis/blob/master/google/storage/v2/storage.proto>.
//! The same structs, as JSON, are what the store keeps.

use std::collections::BTreeMap;

use prost::Message;
use serde::{Deserialize, Serialize};

use super::common::{Date, Duration, Timestamp};

/// A bucket. Access control lists are only looked at to refuse them.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Bucket {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) bucket_id: String,
    #[prost(string, tag = "29")]
    pub(crate) etag: String,
    #[prost(string, tag = "3")]
    pub(crate) project: String,
    #[prost(int64, tag = "4")]
    pub(crate) metageneration: i64,
    #[prost(string, tag = "5")]
    pub(crate) location: String,
    #[prost(string, tag = "6")]
    pub(crate) location_type: String,
    #[prost(string, tag = "7")]
    pub(crate) storage_class: String,
    #[prost(string, tag = "27")]
    pub(crate) rpo: String,
    #[serde(skip)]
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub(crate) acl: Vec<Vec<u8>>,
    #[serde(skip)]
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub(crate) default_object_acl: Vec<Vec<u8>>,
    #[prost(message, optional, tag = "10")]
    pub(crate) lifecycle: Option<Lifecycle>,
    #[prost(message, optional, tag = "11")]
    pub(crate) create_time: Option<Timestamp>,
    #[prost(message, repeated, tag = "12")]
    pub(crate) cors: Vec<Cors>,
    #[prost(message, optional, tag = "13")]
    pub(crate) update_time: Option<Timestamp>,
    #[prost(bool, tag = "14")]
    pub(crate) default_event_based_hold: bool,
    #[prost(btree_map = "string, string", tag = "15")]
    pub(crate) labels: BTreeMap<String, String>,
    #[prost(message, optional, tag = "16")]
    pub(crate) website: Option<Website>,
    #[prost(message, optional, tag = "17")]
    pub(crate) versioning: Option<Versioning>,
    #[prost(message, optional, tag = "18")]
    pub(crate) logging: Option<Logging>,
    #[prost(message, optional, tag = "20")]
    pub(crate) encryption: Option<Encryption>,
    #[prost(message, optional, tag = "21")]
    pub(crate) billing: Option<Billing>,
    #[prost(message, optional, tag = "22")]
    pub(crate) retention_policy: Option<RetentionPolicy>,
    #[prost(message, optional, tag = "23")]
    pub(crate) iam_config: Option<IamConfig>,
    #[prost(bool, tag = "25")]
    pub(crate) satisfies_pzs: bool,
    #[prost(message, optional, tag = "26")]
    pub(crate) custom_placement_config: Option<CustomPlacementConfig>,
    #[prost(message, optional, tag = "28")]
    pub(crate) autoclass: Option<Autoclass>,
    #[prost(message, optional, tag = "32")]
    pub(crate) hierarchical_namespace: Option<HierarchicalNamespace>,
    #[prost(message, optional, tag = "31")]
    pub(crate) soft_delete_policy: Option<SoftDeletePolicy>,
    #[prost(message, optional, tag = "33")]
    pub(crate) object_retention: Option<ObjectRetention>,
    #[prost(message, optional, tag = "38")]
    pub(crate) ip_filter: Option<IpFilter>,
}

/// Who pays for requests.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Billing {
    #[prost(bool, tag = "1")]
    pub(crate) requester_pays: bool,
}

/// What pages of other sites may do.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cors {
    #[prost(string, repeated, tag = "1")]
    pub(crate) origin: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) method: Vec<String>,
    #[prost(string, repeated, tag = "3")]
    pub(crate) response_header: Vec<String>,
    #[prost(int32, tag = "4")]
    pub(crate) max_age_seconds: i32,
}

/// The default key.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Encryption {
    #[prost(string, tag = "1")]
    pub(crate) default_kms_key: String,
}

/// How access is decided.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct IamConfig {
    #[prost(message, optional, tag = "1")]
    pub(crate) uniform_bucket_level_access: Option<UniformBucketLevelAccess>,
    #[prost(string, tag = "3")]
    pub(crate) public_access_prevention: String,
}

/// Access by bucket only, not by object.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct UniformBucketLevelAccess {
    #[prost(bool, tag = "1")]
    pub(crate) enabled: bool,
    #[prost(message, optional, tag = "2")]
    pub(crate) lock_time: Option<Timestamp>,
}

/// What happens to objects by themselves.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lifecycle {
    #[prost(message, repeated, tag = "1")]
    pub(crate) rule: Vec<Rule>,
}

/// One lifecycle rule.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Rule {
    #[prost(message, optional, tag = "1")]
    pub(crate) action: Option<RuleAction>,
    #[prost(message, optional, tag = "2")]
    pub(crate) condition: Option<Condition>,
}

/// What a rule does.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RuleAction {
    #[prost(string, tag = "1")]
    pub(crate) r#type: String,
    #[prost(string, tag = "2")]
    pub(crate) storage_class: String,
}

/// When a rule does it: all that is given must hold.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Condition {
    #[prost(int32, optional, tag = "1")]
    pub(crate) age_days: Option<i32>,
    #[prost(message, optional, tag = "2")]
    pub(crate) created_before: Option<Date>,
    #[prost(bool, optional, tag = "3")]
    pub(crate) is_live: Option<bool>,
    #[prost(int32, optional, tag = "4")]
    pub(crate) num_newer_versions: Option<i32>,
    #[prost(string, repeated, tag = "5")]
    pub(crate) matches_storage_class: Vec<String>,
    #[prost(int32, optional, tag = "7")]
    pub(crate) days_since_custom_time: Option<i32>,
    #[prost(message, optional, tag = "8")]
    pub(crate) custom_time_before: Option<Date>,
    #[prost(int32, optional, tag = "9")]
    pub(crate) days_since_noncurrent_time: Option<i32>,
    #[prost(message, optional, tag = "10")]
    pub(crate) noncurrent_time_before: Option<Date>,
    #[prost(string, repeated, tag = "11")]
    pub(crate) matches_prefix: Vec<String>,
    #[prost(string, repeated, tag = "12")]
    pub(crate) matches_suffix: Vec<String>,
}

/// Where usage logs go.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Logging {
    #[prost(string, tag = "1")]
    pub(crate) log_bucket: String,
    #[prost(string, tag = "2")]
    pub(crate) log_object_prefix: String,
}

/// Whether objects may have a retention of their own.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ObjectRetention {
    #[prost(bool, tag = "1")]
    pub(crate) enabled: bool,
}

/// How long objects cannot be deleted.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RetentionPolicy {
    #[prost(message, optional, tag = "1")]
    pub(crate) effective_time: Option<Timestamp>,
    #[prost(bool, tag = "2")]
    pub(crate) is_locked: bool,
    #[prost(message, optional, tag = "4")]
    pub(crate) retention_duration: Option<Duration>,
}

/// How long deleted objects can be brought back.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SoftDeletePolicy {
    #[prost(message, optional, tag = "1")]
    pub(crate) retention_duration: Option<Duration>,
    #[prost(message, optional, tag = "2")]
    pub(crate) effective_time: Option<Timestamp>,
}

/// Whether old versions are kept.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Versioning {
    #[prost(bool, tag = "1")]
    pub(crate) enabled: bool,
}

/// The pages of a site.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Website {
    #[prost(string, tag = "1")]
    pub(crate) main_page_suffix: String,
    #[prost(string, tag = "2")]
    pub(crate) not_found_page: String,
}

/// The two regions of a dual region of one's own.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CustomPlacementConfig {
    #[prost(string, repeated, tag = "1")]
    pub(crate) data_locations: Vec<String>,
}

/// Storage classes chosen by access.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Autoclass {
    #[prost(bool, tag = "1")]
    pub(crate) enabled: bool,
    #[prost(message, optional, tag = "2")]
    pub(crate) toggle_time: Option<Timestamp>,
    #[prost(string, optional, tag = "3")]
    pub(crate) terminal_storage_class: Option<String>,
    #[prost(message, optional, tag = "4")]
    pub(crate) terminal_storage_class_update_time: Option<Timestamp>,
}

/// Whether folders are real.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct HierarchicalNamespace {
    #[prost(bool, tag = "1")]
    pub(crate) enabled: bool,
}

/// Which networks may reach it.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct IpFilter {
    #[prost(string, optional, tag = "1")]
    pub(crate) mode: Option<String>,
    #[prost(message, optional, tag = "2")]
    pub(crate) public_network_source: Option<PublicNetworkSource>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) vpc_network_sources: Vec<VpcNetworkSource>,
    #[prost(bool, tag = "4")]
    pub(crate) allow_cross_org_vpcs: bool,
    #[prost(bool, optional, tag = "5")]
    pub(crate) allow_all_service_agent_access: Option<bool>,
}

/// Ranges of public addresses.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PublicNetworkSource {
    #[prost(string, repeated, tag = "1")]
    pub(crate) allowed_ip_cidr_ranges: Vec<String>,
}

/// Ranges within a network.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct VpcNetworkSource {
    #[prost(string, optional, tag = "1")]
    pub(crate) network: Option<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) allowed_ip_cidr_ranges: Vec<String>,
}
