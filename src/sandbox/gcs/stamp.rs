//! What only the service says of a bucket: versions, times, and what can no longer be undone.

use std::time::Duration;

use super::message::{Bucket, RetentionPolicy, UniformBucketLevelAccess};
use super::record;
use crate::sandbox::Moment;
use crate::sandbox::refusal::Refusal;

/// How long uniform access can be turned off again:
/// <https://cloud.google.com/storage/docs/uniform-bucket-level-access#enabled-disabled>.
const UNDECIDED: Duration = Duration::from_hours(90 * 24);

/// Fills in what only the service says, and holds on to what cannot be undone.
pub(super) fn stamp(
    bucket: &mut Bucket,
    before: Option<&Bucket>,
    now: Moment,
) -> Result<(), Refusal> {
    stamp_access(bucket, before, now)?;
    stamp_retention(bucket, before, now)?;
    stamp_soft_delete(bucket, before, now);
    stamp_autoclass(bucket, before, now);
    match before {
        Some(before) => next_version(bucket, before, now),
        None => {
            bucket.create_time = Some(now.into());
            set_version(bucket, 1, now);
        }
    }
    Ok(())
}

/// Moves a bucket one version on from what it was.
pub(super) fn next_version(bucket: &mut Bucket, before: &Bucket, now: Moment) {
    set_version(bucket, before.metageneration + 1, now);
}

fn set_version(bucket: &mut Bucket, metageneration: i64, now: Moment) {
    bucket.metageneration = metageneration;
    bucket.etag = record::etag(metageneration);
    bucket.update_time = Some(now.into());
}

fn stamp_access(bucket: &mut Bucket, before: Option<&Bucket>, now: Moment) -> Result<(), Refusal> {
    let earlier = before.and_then(Bucket::uniform_access).filter(|uniform| uniform.enabled);
    let access = bucket.iam_config.get_or_insert_default();
    let uniform = access.uniform_bucket_level_access.get_or_insert_default();
    let locked = earlier
        .and_then(|earlier| earlier.lock_time)
        .is_some_and(|lock_time| Moment::from(lock_time) <= now);
    if locked && !uniform.enabled {
        return Err(Refusal::state(
            "Uniform bucket-level access is locked and cannot be disabled.",
        ));
    }
    uniform.lock_time = match (uniform.enabled, earlier) {
        (false, _) => None,
        (true, Some(earlier)) => earlier.lock_time,
        (true, None) => Some(now.plus(UNDECIDED).into()),
    };
    Ok(())
}

fn stamp_retention(
    bucket: &mut Bucket,
    before: Option<&Bucket>,
    now: Moment,
) -> Result<(), Refusal> {
    let earlier = before.and_then(|before| before.retention_policy.as_ref());
    let seconds = |policy: &RetentionPolicy| policy.retention_duration.map_or(0, |d| d.seconds);
    let wanted = bucket.retention_policy.as_ref().map_or(0, seconds);
    if earlier.is_some_and(|earlier| earlier.is_locked && wanted < seconds(earlier)) {
        return Err(Refusal::forbidden(format!(
            "Cannot reduce retention duration of a locked Retention Policy for bucket '{}'.",
            bucket.bucket_id
        )));
    }
    if let Some(policy) = &mut bucket.retention_policy {
        let kept = earlier.filter(|earlier| seconds(earlier) == wanted);
        policy.is_locked = earlier.is_some_and(|earlier| earlier.is_locked);
        policy.effective_time = kept.map_or(Some(now.into()), |kept| kept.effective_time);
    }
    Ok(())
}

fn stamp_soft_delete(bucket: &mut Bucket, before: Option<&Bucket>, now: Moment) {
    let earlier = before.and_then(|before| before.soft_delete_policy.as_ref());
    if let Some(policy) = &mut bucket.soft_delete_policy {
        let kept = earlier.filter(|e| e.retention_duration == policy.retention_duration);
        policy.effective_time = kept.map_or(Some(now.into()), |kept| kept.effective_time);
    }
}

fn stamp_autoclass(bucket: &mut Bucket, before: Option<&Bucket>, now: Moment) {
    let Some(autoclass) = &mut bucket.autoclass else { return };
    let earlier = before.and_then(|before| before.autoclass.as_ref());
    let class = autoclass.terminal_storage_class.get_or_insert_with(|| "NEARLINE".to_owned());
    let kept = earlier.filter(|earlier| earlier.terminal_storage_class.as_ref() == Some(class));
    autoclass.toggle_time = earlier.map_or(Some(now.into()), |earlier| earlier.toggle_time);
    autoclass.terminal_storage_class_update_time =
        kept.map_or(Some(now.into()), |kept| kept.terminal_storage_class_update_time);
}

impl Bucket {
    /// Returns the settings of uniform access.
    fn uniform_access(&self) -> Option<&UniformBucketLevelAccess> {
        self.iam_config.as_ref()?.uniform_bucket_level_access.as_ref()
    }

    /// Says whether access is by bucket only.
    pub(super) fn has_uniform_access(&self) -> bool {
        self.uniform_access().is_some_and(|uniform| uniform.enabled)
    }
}
