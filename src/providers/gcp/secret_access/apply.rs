//! Carries out one step on the access on one secret: the label first, then all grants in one
//! read-modify-write of the policy, then what the label says.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{SpecMark, Version};
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::policy::{self, Grant};
use crate::providers::gcp::secret::check_ours;
use crate::providers::gcp::secret_access::{ACCESS, ACCESSOR, Spec, grants};
use data_encoding::BASE64;
use google_cloud_iam_v1::model::Policy;
use google_cloud_secretmanager_v1::model::Secret;
use std::collections::BTreeSet;

/// How often a change is tried when others keep changing the same secret or policy.
const TRIES: usize = 8;

/// Changes our grants on a secret, the first ones included.
pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: Spec,
    after: Spec,
) -> Result<Applied, ProviderError> {
    let secret = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    // Also when a digest is there: whoever is interrupted now shall be seen to have been.
    label(writer, step, secret, Some(SpecMark::Unfinished.as_label())).await?;
    let policy = shift(writer, step, &before, &after).await?.ok_or_else(|| gone(step))?;
    let secret = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    label(writer, step, secret, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(Version(BASE64.encode(&policy.etag))))
}

/// Takes back our grants on a secret.
pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: Spec,
) -> Result<Applied, ProviderError> {
    let gone = || Applied::gone().saying("the secret was already gone");
    if ours(writer, step).await?.is_none() {
        return Ok(gone());
    }
    if !before.accessors.is_empty() {
        shift(writer, step, &before, &Spec::default()).await?;
    }
    let Some(secret) = ours(writer, step).await? else { return Ok(gone()) };
    label(writer, step, secret, None).await?;
    Ok(Applied::gone())
}

/// Makes grants ours that are there already: only the label is written.
pub(super) async fn adopt(
    writer: &Writer,
    step: &StepContext,
    spec: Spec,
) -> Result<Applied, ProviderError> {
    let secret = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    let policy = writer.secret_policy(&step.place.project, &step.id.name).await?;
    let policy = policy.ok_or_else(|| gone(step))?;
    let live = policy::grants(&policy);
    if let Some(lost) = grants(&spec.accessors).difference(&live).next() {
        return Err(no_longer_granted(&step.id.name, lost));
    }
    label(writer, step, secret, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(Version(BASE64.encode(&policy.etag))))
}

/// Takes the label off; what was granted stays granted.
pub(super) async fn disown(writer: &Writer, step: &StepContext) -> Result<Applied, ProviderError> {
    match ours(writer, step).await? {
        None => Ok(Applied::gone().saying("the secret was already gone")),
        Some(secret) => label(writer, step, secret, None).await.map(|()| Applied::gone()),
    }
}

fn no_longer_granted(secret: &str, lost: &Grant) -> ProviderError {
    ProviderError::Stale {
        what: format!("the access on secret {secret}"),
        field: ACCESSOR.to_owned(),
        before: format!("granted to {}", lost.member),
        now: "not granted".to_owned(),
    }
}

/// Changes the policy; none if the secret is gone.
async fn shift(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Option<Policy>, ProviderError> {
    let (project, name) = (&step.place.project, &step.id.name);
    let mut last = None;
    for _ in 0..TRIES {
        let Some(mut policy) = writer.secret_policy(project, name).await? else { return Ok(None) };
        if let Some((etag, failed)) = last.take()
            && policy.etag == etag
        {
            // Nobody was faster: the policy itself is refused.
            return Err(failed);
        }
        if !adjust(name, &mut policy, &grants(&before.accessors), &grants(&after.accessors))? {
            return Ok(Some(policy));
        }
        let etag = policy.etag.clone();
        step.ensure_held(&format!("changing the access on secret {name}"))?;
        match writer.set_secret_policy(project, name, policy).await {
            Ok(policy) => return Ok(Some(policy)),
            Err(failed) if failed.reason == Reason::Absent => return Ok(None),
            Err(failed) if failed.may_be_outrun() => last = Some((etag, failed.into())),
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(busy(step))
}

/// Changes a policy as it was just read; false if it is as it shall be.
fn adjust(
    name: &str,
    policy: &mut Policy,
    before: &BTreeSet<Grant>,
    after: &BTreeSet<Grant>,
) -> Result<bool, ProviderError> {
    let live = policy::grants(policy);
    let add: BTreeSet<Grant> = after.difference(&live).cloned().collect();
    let leaving = before.difference(after);
    let remove: BTreeSet<Grant> = leaving.filter(|it| live.contains(it)).cloned().collect();
    if add.is_empty() && remove.is_empty() {
        return Ok(false);
    }
    if let Some(lost) = before.difference(&live).next() {
        return Err(no_longer_granted(name, lost));
    }
    policy::change(policy, &add, &remove);
    Ok(true)
}

/// The secret as it is now, if it exists; refused unless it is ours.
async fn ours(writer: &Writer, step: &StepContext) -> Result<Option<Secret>, ProviderError> {
    let secret = writer.secret(&step.place.project, &step.id.name).await?;
    secret.iter().try_for_each(|secret| check_ours(step, secret))?;
    Ok(secret)
}

/// Sets the label of a secret that was just read, or removes it.
async fn label(
    writer: &Writer,
    step: &StepContext,
    mut secret: Secret,
    value: Option<&str>,
) -> Result<(), ProviderError> {
    let (project, name) = (&step.place.project, &step.id.name);
    for _ in 0..TRIES {
        if secret.labels.get(ACCESS).map(String::as_str) == value {
            return Ok(());
        }
        let mut labels = secret.labels.clone();
        match value {
            Some(value) => labels.insert(ACCESS.to_owned(), value.to_owned()),
            None => labels.remove(ACCESS),
        };
        let body = Secret::new().set_labels(labels);
        step.ensure_held(&format!("labelling secret {name}"))?;
        match writer.update_secret(project, name, body, &secret.etag, vec!["labels"]).await {
            Ok(_) => return Ok(()),
            Err(failed) if failed.may_be_outrun() => {
                let now = ours(writer, step).await?.ok_or_else(|| gone(step))?;
                if now.etag == secret.etag {
                    return Err(failed.into());
                }
                secret = now;
            }
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(busy(step))
}

fn gone(step: &StepContext) -> ProviderError {
    ProviderError::NotFound { what: format!("secret {}", step.id.name) }
}

fn busy(step: &StepContext) -> ProviderError {
    let what = format!("changing the access on secret {}", step.id.name);
    ProviderError::Transient { what, why: "others keep changing it".to_owned(), retry_after: None }
}
