//! The settings of a bucket, ours and the API's. Pure.
//!
//! What a spec has no word for (encryption keys, Autoclass, turbo replication …) is never sent,
//! and updates name the fields that they change, so it stays as it is.

use crate::model::{Mark, label};
use crate::providers::gcp::gcs_bucket::{
    CorsRule, Logging, PublicAccessPrevention, Retention, Spec, Website, lifecycle,
};
use google_cloud_storage::model::Bucket;
use google_cloud_storage::model::bucket as wire;
use google_cloud_storage::model::bucket::iam_config::UniformBucketLevelAccess;
use google_cloud_storage::model::bucket::lifecycle::Rule;
use google_cloud_wkt::Duration;
use std::collections::BTreeMap;

/// The label that says `protect: true` when the declaration is gone.
pub(crate) const PROTECT: &str = "leap-infra-protect";

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
const ENFORCED: &str = "enforced";
const INHERITED: &str = "inherited";

/// The name of a bucket, as people say it.
pub(crate) fn name(bucket: &Bucket) -> &str {
    bucket.name.rsplit('/').next().unwrap_or(&bucket.name)
}

/// Everything that a spec says, as the API takes it. `kept` are lifecycle rules to keep besides.
pub(crate) fn to_wire(spec: &Spec, labels: BTreeMap<String, String>, kept: Vec<Rule>) -> Bucket {
    let Spec {
        location,
        placement,
        storage_class,
        uniform_access,
        public_access_prevention,
        versioning,
        delete_after_days: _, // with the lifecycle
        lifecycle: _,
        soft_delete_days,
        retention,
        cors,
        requester_pays,
        logging,
        website,
        labels: _, // handed in, together with those of the mark
        protect: _,
    } = spec;
    let placement = (!placement.is_empty())
        .then(|| wire::CustomPlacementConfig::new().set_data_locations(placement));
    Bucket::new()
        .set_location(location)
        .set_or_clear_custom_placement_config(placement)
        .set_storage_class(storage_class)
        .set_iam_config(iam_config(*uniform_access, *public_access_prevention))
        .set_versioning(wire::Versioning::new().set_enabled(*versioning))
        .set_or_clear_lifecycle(lifecycle::to_wire(spec, kept))
        .set_soft_delete_policy(soft_delete(*soft_delete_days))
        .set_or_clear_retention_policy(retention.as_ref().map(retention_to_wire))
        .set_cors(cors.iter().map(cors_to_wire))
        .set_billing(wire::Billing::new().set_requester_pays(*requester_pays))
        .set_or_clear_logging(logging.as_ref().map(logging_to_wire))
        .set_or_clear_website(website.as_ref().map(website_to_wire))
        .set_labels(labels)
}

/// The settings of a live bucket, server defaults made explicit, and the lifecycle rules that a
/// spec cannot say.
pub(crate) fn from_wire(bucket: &Bucket) -> (Spec, Vec<Rule>) {
    let (lifecycle, others) = lifecycle::from_wire(bucket.lifecycle.as_ref());
    let placement = bucket.custom_placement_config.as_ref();
    let iam = bucket.iam_config.as_ref();
    let uniform = iam.and_then(|iam| iam.uniform_bucket_level_access.as_ref());
    let prevention = iam.map(|iam| prevention_from_wire(&iam.public_access_prevention));
    let spec = Spec {
        location: bucket.location.to_uppercase(),
        placement: placement.map(|it| upper(&it.data_locations)).unwrap_or_default(),
        storage_class: bucket.storage_class.clone(),
        uniform_access: uniform.is_some_and(|uniform| uniform.enabled),
        public_access_prevention: prevention.unwrap_or_default(),
        versioning: bucket.versioning.as_ref().is_some_and(|versioning| versioning.enabled),
        delete_after_days: None,
        lifecycle,
        soft_delete_days: soft_delete_from_wire(bucket.soft_delete_policy.as_ref()),
        retention: bucket.retention_policy.as_ref().map(retention_from_wire),
        cors: bucket.cors.iter().map(cors_from_wire).collect(),
        requester_pays: bucket.billing.as_ref().is_some_and(|billing| billing.requester_pays),
        logging: bucket.logging.as_ref().and_then(logging_from_wire),
        website: bucket.website.as_ref().and_then(website_from_wire),
        labels: persons_labels(bucket),
        protect: bucket.labels.get(PROTECT).is_some_and(|value| value == "true"),
    };
    (spec.normal(), others)
}

/// The labels of a bucket with this spec and mark. Labels of ours that are neither (that of
/// [`super::super::gcs_bucket_access`]) stay as they are on the `live` bucket.
pub(crate) fn labels(spec: &Spec, mark: &Mark, live: Option<&Bucket>) -> BTreeMap<String, String> {
    let ours = |(key, _): &(&String, &String)| key.starts_with(label::PREFIX) && *key != PROTECT;
    let kept = live.into_iter().flat_map(|bucket| bucket.labels.iter().filter(ours));
    let mut labels: BTreeMap<String, String> =
        kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    labels.extend(spec.labels.clone());
    labels.extend(spec.protect.then(|| (PROTECT.to_owned(), "true".to_owned())));
    labels.extend(mark.labels());
    labels
}

/// The fields that an update from one spec to another names. `location` and `placement` are not
/// among them: a bucket cannot move.
pub(crate) fn changed_fields(before: &Spec, after: &Spec) -> Vec<&'static str> {
    let Spec {
        location: _,
        placement: _,
        storage_class,
        uniform_access,
        public_access_prevention,
        versioning,
        delete_after_days,
        lifecycle,
        soft_delete_days,
        retention,
        cors,
        requester_pays,
        logging,
        website,
        labels: _, // compared with those of the mark
        protect: _,
    } = after;
    let prevention = public_access_prevention;
    let iam =
        (uniform_access, prevention) != (&before.uniform_access, &before.public_access_prevention);
    let rules = (delete_after_days, lifecycle) != (&before.delete_after_days, &before.lifecycle);
    let changed = [
        ("storage_class", *storage_class != before.storage_class),
        ("iam_config", iam),
        ("versioning", *versioning != before.versioning),
        ("lifecycle", rules),
        ("soft_delete_policy", *soft_delete_days != before.soft_delete_days),
        ("retention_policy", *retention != before.retention),
        ("cors", *cors != before.cors),
        ("billing", *requester_pays != before.requester_pays),
        ("logging", *logging != before.logging),
        ("website", *website != before.website),
    ];
    changed.into_iter().filter(|(_, changed)| *changed).map(|(path, _)| path).collect()
}

fn persons_labels(bucket: &Bucket) -> BTreeMap<String, String> {
    let theirs = bucket.labels.iter().filter(|(key, _)| !key.starts_with(label::PREFIX));
    theirs.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn upper(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.to_uppercase()).collect()
}

fn iam_config(uniform: bool, prevention: PublicAccessPrevention) -> wire::IamConfig {
    let prevention = match prevention {
        PublicAccessPrevention::Inherited => INHERITED,
        PublicAccessPrevention::Enforced => ENFORCED,
    };
    wire::IamConfig::new()
        .set_uniform_bucket_level_access(UniformBucketLevelAccess::new().set_enabled(uniform))
        .set_public_access_prevention(prevention)
}

/// Buckets made before the setting existed say nothing, or `unspecified`.
fn prevention_from_wire(text: &str) -> PublicAccessPrevention {
    if text.eq_ignore_ascii_case(ENFORCED) {
        PublicAccessPrevention::Enforced
    } else {
        PublicAccessPrevention::Inherited
    }
}

fn soft_delete(days: u32) -> wire::SoftDeletePolicy {
    wire::SoftDeletePolicy::new().set_retention_duration(seconds(i64::from(days) * SECONDS_PER_DAY))
}

/// No policy, like one of no duration, means that nothing is kept. Part of a day counts as one.
fn soft_delete_from_wire(policy: Option<&wire::SoftDeletePolicy>) -> u32 {
    let duration = policy.and_then(|policy| policy.retention_duration);
    let seconds = duration.map_or(0, |duration| duration.seconds());
    let days = (seconds + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY;
    u32::try_from(days).unwrap_or(0)
}

fn seconds(seconds: i64) -> Duration {
    Duration::clamp(seconds, 0)
}

/// `locked` is not sent: locking is a call of its own, which nothing here makes.
fn retention_to_wire(retention: &Retention) -> wire::RetentionPolicy {
    let Retention { seconds: duration, locked: _ } = retention;
    wire::RetentionPolicy::new().set_retention_duration(seconds(*duration))
}

fn retention_from_wire(policy: &wire::RetentionPolicy) -> Retention {
    let seconds = policy.retention_duration.map_or(0, |duration| duration.seconds());
    Retention { seconds, locked: policy.is_locked }
}

fn cors_to_wire(rule: &CorsRule) -> wire::Cors {
    let CorsRule { origins, methods, response_headers, max_age_seconds } = rule;
    wire::Cors::new()
        .set_origin(origins)
        .set_method(methods)
        .set_response_header(response_headers)
        .set_max_age_seconds(*max_age_seconds)
}

fn cors_from_wire(rule: &wire::Cors) -> CorsRule {
    CorsRule {
        origins: rule.origin.clone(),
        methods: rule.method.clone(),
        response_headers: rule.response_header.clone(),
        max_age_seconds: rule.max_age_seconds,
    }
}

fn logging_to_wire(logging: &Logging) -> wire::Logging {
    let Logging { bucket, prefix } = logging;
    wire::Logging::new()
        .set_log_bucket(crate::providers::gcp::calls::path(bucket))
        .set_log_object_prefix(prefix)
}

fn logging_from_wire(logging: &wire::Logging) -> Option<Logging> {
    let bucket = logging.log_bucket.rsplit('/').next()?.to_owned();
    let prefix = logging.log_object_prefix.clone();
    (!bucket.is_empty()).then_some(Logging { bucket, prefix })
}

fn website_to_wire(website: &Website) -> wire::Website {
    let Website { index, not_found } = website;
    wire::Website::new().set_main_page_suffix(index).set_not_found_page(not_found)
}

fn website_from_wire(website: &wire::Website) -> Option<Website> {
    let index = website.main_page_suffix.clone();
    let not_found = website.not_found_page.clone();
    (!index.is_empty() || !not_found.is_empty()).then_some(Website { index, not_found })
}
