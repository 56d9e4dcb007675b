//! Carries out one step on the access on one bucket: the label first, then all grants in one
//! read-modify-write of the policy, then what the label says.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{SpecMark, Version};
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::gcs_bucket::not_ours;
use crate::providers::gcp::gcs_bucket_access::{ACCESS, Grant, Spec, etag, policy};
use google_cloud_iam_v1::model::Policy;
use google_cloud_storage::model::Bucket;
use std::collections::BTreeSet;

/// How often a change is tried when others keep changing the same bucket or policy.
const TRIES: usize = 8;

/// From which grants of ours to which.
struct Shift {
    before: BTreeSet<Grant>,
    after: BTreeSet<Grant>,
}

/// Makes the first grants on a bucket.
pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: Spec,
) -> Result<Applied, ProviderError> {
    update(writer, step, Spec::default(), after).await
}

/// Changes our grants on a bucket.
pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: Spec,
    after: Spec,
) -> Result<Applied, ProviderError> {
    let bucket = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    // Also when a digest is there: whoever is interrupted now shall be seen to have been.
    label(writer, step, bucket, Some(SpecMark::Unfinished.as_label())).await?;
    let shift = Shift::new(before, after);
    let policy = shift.carry_out(writer, step).await?.ok_or_else(|| gone(step))?;
    // Read again: a change of the policy moves the bucket's metageneration on.
    let bucket = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    label(writer, step, bucket, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(Version(etag(&policy))))
}

/// Takes back our grants on a bucket.
pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: Spec,
) -> Result<Applied, ProviderError> {
    let gone = || Applied::gone().saying("the bucket was already gone");
    if ours(writer, step).await?.is_none() {
        return Ok(gone());
    }
    if !before.grants.is_empty() {
        Shift::new(before, Spec::default()).carry_out(writer, step).await?;
    }
    let Some(bucket) = ours(writer, step).await? else { return Ok(gone()) };
    label(writer, step, bucket, None).await?;
    Ok(Applied::gone())
}

/// Makes grants that are there already ours: the label says so, and the policy stays as it is.
pub(super) async fn adopt(
    writer: &Writer,
    step: &StepContext,
    spec: Spec,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let bucket = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    let policy = writer.policy(name).await?.ok_or_else(|| gone(step))?;
    let live = policy::grants(&policy);
    if let Some(lost) = spec.grants.iter().find(|grant| !live.contains(grant)) {
        return Err(no_longer_granted(name, lost));
    }
    label(writer, step, bucket, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(Version(etag(&policy))))
}

/// Takes the label off; what was granted stays granted.
pub(super) async fn disown(writer: &Writer, step: &StepContext) -> Result<Applied, ProviderError> {
    match ours(writer, step).await? {
        None => Ok(Applied::gone().saying("the bucket was already gone")),
        Some(bucket) => label(writer, step, bucket, None).await.map(|_| Applied::gone()),
    }
}

fn no_longer_granted(bucket: &str, lost: &Grant) -> ProviderError {
    ProviderError::Stale {
        what: format!("the access on bucket {bucket}"),
        field: lost.role.clone(),
        before: format!("granted to {}", lost.member),
        now: "not granted".to_owned(),
    }
}

impl Shift {
    fn new(before: Spec, after: Spec) -> Self {
        let set = |spec: Spec| spec.grants.into_iter().collect();
        Self { before: set(before), after: set(after) }
    }

    /// Changes the policy; none if the bucket is gone.
    async fn carry_out(
        &self,
        writer: &Writer,
        step: &StepContext,
    ) -> Result<Option<Policy>, ProviderError> {
        let name = &step.id.name;
        let mut last = None;
        for _ in 0..TRIES {
            let Some(mut policy) = writer.policy(name).await? else { return Ok(None) };
            if let Some((etag, failed)) = last.take()
                && policy.etag == etag
            {
                // Nobody was faster: the policy itself is refused.
                return Err(failed);
            }
            if !self.adjust(name, &mut policy)? {
                return Ok(Some(policy));
            }
            let etag = policy.etag.clone();
            step.ensure_held(&format!("changing the access on bucket {name}"))?;
            match writer.set_policy(name, policy).await {
                Ok(policy) => return Ok(Some(policy)),
                Err(failed) if failed.reason == Reason::Absent => return Ok(None),
                Err(failed) if failed.may_be_outrun() => last = Some((etag, failed.into())),
                Err(failed) => return Err(failed.into()),
            }
        }
        Err(busy(step))
    }

    /// Changes a policy as it was just read; false if it is as it shall be.
    fn adjust(&self, name: &str, policy: &mut Policy) -> Result<bool, ProviderError> {
        let live = policy::grants(policy);
        let add: BTreeSet<Grant> = self.after.difference(&live).cloned().collect();
        let leaving = self.before.difference(&self.after);
        let remove: BTreeSet<Grant> = leaving.filter(|it| live.contains(it)).cloned().collect();
        if add.is_empty() && remove.is_empty() {
            return Ok(false);
        }
        if let Some(lost) = self.before.difference(&live).next() {
            return Err(no_longer_granted(name, lost));
        }
        policy::change(policy, &add, &remove);
        Ok(true)
    }
}

/// The bucket as it is now, if it exists; refused unless it is ours.
async fn ours(writer: &Writer, step: &StepContext) -> Result<Option<Bucket>, ProviderError> {
    let bucket = writer.bucket(&step.id.name).await?;
    match bucket.as_ref().and_then(|it| not_ours(it, &step.mark.stack, &step.id.env)) {
        Some(why) => Err(ProviderError::Taken { name: step.id.name.clone(), why }),
        None => Ok(bucket),
    }
}

/// Sets the label of a bucket that was just read, or removes it.
async fn label(
    writer: &Writer,
    step: &StepContext,
    mut bucket: Bucket,
    value: Option<&str>,
) -> Result<Bucket, ProviderError> {
    let name = &step.id.name;
    for _ in 0..TRIES {
        if bucket.labels.get(ACCESS).map(String::as_str) == value {
            return Ok(bucket);
        }
        let mut labels = bucket.labels.clone();
        match value {
            Some(value) => labels.insert(ACCESS.to_owned(), value.to_owned()),
            None => labels.remove(ACCESS),
        };
        let body = Bucket::new().set_labels(labels);
        step.ensure_held(&format!("labelling bucket {name}"))?;
        match writer.update(name, bucket.metageneration, body, vec!["labels"]).await {
            Ok(bucket) => return Ok(bucket),
            Err(failed) if failed.reason == Reason::Precondition => {
                bucket = ours(writer, step).await?.ok_or_else(|| gone(step))?;
            }
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(busy(step))
}

fn gone(step: &StepContext) -> ProviderError {
    ProviderError::NotFound { what: format!("bucket {}", step.id.name) }
}

fn busy(step: &StepContext) -> ProviderError {
    let what = format!("changing the access on bucket {}", step.id.name);
    ProviderError::Transient { what, why: "others keep changing it".to_owned(), retry_after: None }
}
