//! What a bucket's settings may be.
//!
//! Checks them, and brings them into the form in which the real service
//! returns them. What needs the time or the earlier state is in `bucket`.

use std::collections::BTreeMap;

use super::message::{Bucket, Duration, IamConfig, RetentionPolicy, SoftDeletePolicy};
use super::{lifecycle, location};
use crate::sandbox::refusal::Refusal;

/// Classes that objects can have; the last three are of old, and still accepted.
const CLASSES: &[&str] = &[
    "STANDARD",
    "NEARLINE",
    "COLDLINE",
    "ARCHIVE",
    "MULTI_REGIONAL",
    "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
];
const DAY: i64 = 86_400;
/// <https://cloud.google.com/storage/docs/bucket-lock#retention-policy>: at most a hundred years.
const LONGEST_RETENTION: i64 = 3_155_760_000;

/// Checks and completes the settings of a bucket, whose place is settled.
pub(super) fn settle(bucket: &mut Bucket) -> Result<(), Refusal> {
    if bucket.storage_class.is_empty() {
        bucket.storage_class = "STANDARD".to_owned();
    }
    check_class(&bucket.storage_class)?;
    check_labels(&bucket.labels)?;
    location::settle_replication(bucket)?;
    settle_access(bucket.iam_config.get_or_insert_default())?;
    settle_soft_delete(bucket.soft_delete_policy.get_or_insert_default())?;
    bucket.retention_policy.as_ref().map_or(Ok(()), check_retention)?;
    lifecycle::check(bucket.lifecycle.as_ref())?;
    check_logging(bucket)?;
    drop_empty(bucket);
    Ok(())
}

pub(super) fn check_class(class: &str) -> Result<(), Refusal> {
    if CLASSES.contains(&class) {
        Ok(())
    } else {
        Err(Refusal::invalid(format!("Invalid storage class: '{class}'")))
    }
}

/// <https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels>
fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let letter = |c: char| c.is_alphabetic() && !c.is_uppercase();
    let inside = |c: char| letter(c) || c.is_numeric() || matches!(c, '-' | '_');
    for (key, value) in labels {
        if !key.starts_with(letter) || !key.chars().all(inside) || key.chars().count() > 63 {
            return Err(Refusal::invalid(format!("Invalid label key: '{key}'")));
        }
        if !value.chars().all(inside) || value.chars().count() > 63 {
            return Err(Refusal::invalid(format!("Invalid label value: '{value}'")));
        }
    }
    if labels.len() > 64 {
        return Err(Refusal::invalid("Too many labels: at most 64 are allowed."));
    }
    Ok(())
}

fn settle_access(access: &mut IamConfig) -> Result<(), Refusal> {
    access.uniform_bucket_level_access.get_or_insert_default();
    match access.public_access_prevention.as_str() {
        "" | "unspecified" => access.public_access_prevention = "inherited".to_owned(),
        "inherited" | "enforced" => {}
        other => {
            let message = format!("Invalid public access prevention value: '{other}'");
            return Err(Refusal::invalid(message));
        }
    }
    Ok(())
}

/// <https://cloud.google.com/storage/docs/soft-delete>: seven days unless said, 0 or 7 to 90.
fn settle_soft_delete(policy: &mut SoftDeletePolicy) -> Result<(), Refusal> {
    let duration = policy.retention_duration.get_or_insert(Duration { seconds: 7 * DAY, nanos: 0 });
    match duration.seconds {
        0 => Ok(()),
        seconds if (7 * DAY..=90 * DAY).contains(&seconds) => Ok(()),
        _ => Err(Refusal::invalid(
            "Soft delete retention duration must be 0 or between 7 and 90 days.",
        )),
    }
}

fn check_retention(policy: &RetentionPolicy) -> Result<(), Refusal> {
    let seconds = policy.retention_duration.map_or(0, |duration| duration.seconds);
    if (1..=LONGEST_RETENTION).contains(&seconds) {
        Ok(())
    } else {
        Err(Refusal::invalid("Retention period must be between 1 second and 100 years."))
    }
}

fn check_logging(bucket: &Bucket) -> Result<(), Refusal> {
    let Some(logging) = bucket.logging.as_ref().filter(|l| !l.log_bucket.is_empty()) else {
        return Ok(());
    };
    match logging.log_bucket.split('/').collect::<Vec<_>>()[..] {
        ["projects", project, "buckets", name] if !project.is_empty() && !name.is_empty() => Ok(()),
        _ => Err(Refusal::invalid(format!("Invalid log bucket: '{}'", logging.log_bucket))),
    }
}

/// What says nothing is not returned.
fn drop_empty(bucket: &mut Bucket) {
    bucket.lifecycle.take_if(|lifecycle| lifecycle.rule.is_empty());
    bucket.logging.take_if(|logging| logging.log_bucket.is_empty());
    bucket
        .website
        .take_if(|site| site.main_page_suffix.is_empty() && site.not_found_page.is_empty());
    bucket.encryption.take_if(|encryption| encryption.default_kms_key.is_empty());
    bucket.autoclass.take_if(|autoclass| !autoclass.enabled);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_bucket_gets_the_defaults() {
        let mut bucket = Bucket { location_type: "region".into(), ..Bucket::default() };
        settle(&mut bucket).unwrap();
        assert_eq!(bucket.storage_class, "STANDARD");
        assert_eq!(bucket.iam_config.unwrap().public_access_prevention, "inherited");
        let soft_delete = bucket.soft_delete_policy.unwrap().retention_duration.unwrap();
        assert_eq!(soft_delete.seconds, 604_800);
    }

    #[test]
    fn labels_follow_the_rules() {
        let with = |key: &str, value: &str| check_labels(&[(key.into(), value.into())].into());
        assert!(with("leap-infra-stack", "leap_1").is_ok());
        assert!(with("größe", "").is_ok());
        assert!(with("Team", "x").is_err());
        assert!(with("1st", "x").is_err());
        assert!(with("team", "A").is_err());
        assert!(with(&"k".repeat(64), "x").is_err());
        let many = (0..65).map(|n| (format!("k{n}"), String::new())).collect();
        assert!(check_labels(&many).is_err());
    }

    #[test]
    fn soft_delete_is_off_or_a_week_at_least() {
        let with = |days: i64| {
            let retention_duration = Some(Duration { seconds: days * DAY, nanos: 0 });
            settle_soft_delete(&mut SoftDeletePolicy { retention_duration, effective_time: None })
        };
        assert_eq!(
            [0, 1, 7, 90, 91].map(|days| with(days).is_ok()),
            [true, false, true, true, false]
        );
    }
}
