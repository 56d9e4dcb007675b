//! The settings of a bucket, and the message that they stand for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::super::message::{
    Bucket, CustomPlacementConfig, HierarchicalNamespace, ObjectRetention,
};
use super::condition::Lifecycle;
use super::part::*;
use crate::sandbox::refusal::Refusal;

/// What can be said of a bucket.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Settings {
    location: String,
    storage_class: String,
    labels: Option<BTreeMap<String, String>>,
    lifecycle: Option<Lifecycle>,
    cors: Option<Vec<Cors>>,
    default_event_based_hold: bool,
    website: Option<Website>,
    versioning: Option<Enabled>,
    logging: Option<Logging>,
    encryption: Option<Encryption>,
    billing: Option<Billing>,
    retention_policy: Option<Retention>,
    iam_configuration: Option<Access>,
    custom_placement_config: Option<Placement>,
    autoclass: Option<Autoclass>,
    hierarchical_namespace: Option<Enabled>,
    soft_delete_policy: Option<SoftDelete>,
    object_retention: Option<Mode>,
    rpo: Option<String>,
    #[serde(skip_serializing)]
    acl: Vec<Value>,
    #[serde(skip_serializing)]
    default_object_acl: Vec<Value>,
}

impl From<Bucket> for Settings {
    fn from(bucket: Bucket) -> Self {
        let cors: Vec<Cors> = bucket.cors.into_iter().map(Into::into).collect();
        let retention = bucket.object_retention.filter(|retention| retention.enabled);
        Self {
            location: bucket.location,
            storage_class: bucket.storage_class,
            labels: Some(bucket.labels).filter(|labels| !labels.is_empty()),
            lifecycle: bucket.lifecycle.map(Into::into),
            cors: Some(cors).filter(|cors| !cors.is_empty()),
            default_event_based_hold: bucket.default_event_based_hold,
            website: bucket.website.map(Into::into),
            versioning: bucket.versioning.map(Into::into),
            logging: bucket.logging.map(Into::into),
            encryption: bucket.encryption.map(Into::into),
            billing: bucket.billing.map(Into::into),
            retention_policy: bucket.retention_policy.map(Into::into),
            iam_configuration: bucket.iam_config.map(Into::into),
            custom_placement_config: bucket
                .custom_placement_config
                .map(|placement| Placement { data_locations: placement.data_locations }),
            autoclass: bucket.autoclass.map(Into::into),
            hierarchical_namespace: bucket
                .hierarchical_namespace
                .map(|namespace| Enabled { enabled: namespace.enabled }),
            soft_delete_policy: bucket.soft_delete_policy.map(Into::into),
            object_retention: retention.map(|ObjectRetention { .. }| Mode::enabled()),
            rpo: Some(bucket.rpo).filter(|rpo| !rpo.is_empty()),
            acl: Vec::new(),
            default_object_acl: Vec::new(),
        }
    }
}

impl TryFrom<Settings> for Bucket {
    type Error = Refusal;

    fn try_from(settings: Settings) -> Result<Self, Refusal> {
        let lists = |list: Vec<Value>| list.iter().map(|item| item.to_string().into()).collect();
        Ok(Self {
            location: settings.location,
            storage_class: settings.storage_class,
            labels: settings.labels.unwrap_or_default(),
            lifecycle: settings.lifecycle.map(TryInto::try_into).transpose()?,
            cors: settings.cors.unwrap_or_default().into_iter().map(Into::into).collect(),
            default_event_based_hold: settings.default_event_based_hold,
            website: settings.website.map(Into::into),
            versioning: settings.versioning.map(Into::into),
            logging: settings.logging.map(Into::into),
            encryption: settings.encryption.map(Into::into),
            billing: settings.billing.map(Into::into),
            retention_policy: settings.retention_policy.map(Into::into),
            iam_config: settings.iam_configuration.map(Into::into),
            custom_placement_config: settings.custom_placement_config.map(|placement| {
                CustomPlacementConfig { data_locations: placement.data_locations }
            }),
            autoclass: settings.autoclass.map(Into::into),
            hierarchical_namespace: settings
                .hierarchical_namespace
                .map(|namespace| HierarchicalNamespace { enabled: namespace.enabled }),
            soft_delete_policy: settings.soft_delete_policy.map(Into::into),
            rpo: settings.rpo.unwrap_or_default(),
            acl: lists(settings.acl),
            default_object_acl: lists(settings.default_object_acl),
            ..Self::default()
        })
    }
}
