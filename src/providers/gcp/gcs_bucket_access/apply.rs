//! Carries out one step on the access on one bucket: the label first, then all grants in one
//! read-modify-write of the policy, then what the label says.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::SpecMark;
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::gcs_bucket::check_ours;
use crate::providers::gcp::gcs_bucket_access::{ACCESS, Spec};
use crate::providers::gcp::policy::{self, Holder, Shift};
use google_cloud_iam_v1::model::Policy;
use google_cloud_storage::model::Bucket;

/// How often a change is tried when others keep changing the same bucket or policy.
const TRIES: usize = 8;

/// The policy of one bucket.
struct OnBucket<'a> {
    writer: &'a Writer,
    name: &'a str,
}

impl Holder for OnBucket<'_> {
    fn what(&self) -> String {
        format!("bucket {}", self.name)
    }

    async fn read(&self) -> Result<Option<Policy>, CallFailed> {
        self.writer.policy(self.name).await
    }

    async fn write(&self, policy: Policy) -> Result<Policy, CallFailed> {
        self.writer.set_policy(self.name, policy).await
    }
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
    let holder = OnBucket { writer, name: &step.id.name };
    let shift = Shift::new(&before, &after);
    let policy = shift.carry_out(&holder, step).await?.ok_or_else(|| gone(step))?;
    // Read again: a change of the policy moves the bucket's metageneration on.
    let bucket = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    label(writer, step, bucket, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(policy::version(&policy)))
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
        let holder = OnBucket { writer, name: &step.id.name };
        Shift::new(&before, &Spec::default()).carry_out(&holder, step).await?;
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
    let bucket = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    let policy = policy::granting(&OnBucket { writer, name: &step.id.name }, &spec).await?;
    label(writer, step, bucket, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(policy::version(&policy)))
}

/// Takes the label off; what was granted stays granted.
pub(super) async fn disown(writer: &Writer, step: &StepContext) -> Result<Applied, ProviderError> {
    match ours(writer, step).await? {
        None => Ok(Applied::gone().saying("the bucket was already gone")),
        Some(bucket) => label(writer, step, bucket, None).await.map(|_| Applied::gone()),
    }
}

/// The bucket as it is now, if it exists; refused unless it is ours.
async fn ours(writer: &Writer, step: &StepContext) -> Result<Option<Bucket>, ProviderError> {
    let bucket = writer.bucket(&step.id.name).await?;
    bucket.iter().try_for_each(|bucket| check_ours(step, bucket))?;
    Ok(bucket)
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
