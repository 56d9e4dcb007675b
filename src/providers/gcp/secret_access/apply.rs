//! Carries out one step on the access on one secret: the label first, then all grants in one
//! read-modify-write of the policy, then what the label says.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::SpecMark;
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::policy::{self, Holder, Shift};
use crate::providers::gcp::secret::check_ours;
use crate::providers::gcp::secret_access::{ACCESS, Spec, grants};
use google_cloud_iam_v1::model::Policy;
use google_cloud_secretmanager_v1::model::Secret;

/// How often a change is tried when others keep changing the same secret or policy.
const TRIES: usize = 8;

/// The policy of one secret.
struct OnSecret<'a> {
    writer: &'a Writer,
    project: &'a str,
    name: &'a str,
}

impl<'a> OnSecret<'a> {
    fn of(writer: &'a Writer, step: &'a StepContext) -> Self {
        Self { writer, project: &step.place.project, name: &step.id.name }
    }
}

impl Holder for OnSecret<'_> {
    fn what(&self) -> String {
        format!("secret {}", self.name)
    }

    async fn read(&self) -> Result<Option<Policy>, CallFailed> {
        self.writer.secret_policy(self.project, self.name).await
    }

    async fn write(&self, policy: Policy) -> Result<Policy, CallFailed> {
        self.writer.set_secret_policy(self.project, self.name, policy).await
    }
}

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
    let shift = Shift::new(&grants(&before), &grants(&after));
    let policy = shift.carry_out(&OnSecret::of(writer, step), step).await?;
    let policy = policy.ok_or_else(|| gone(step))?;
    let secret = ours(writer, step).await?.ok_or_else(|| gone(step))?;
    label(writer, step, secret, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(policy::version(&policy)))
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
        let shift = Shift::new(&grants(&before), &policy::Spec::default());
        shift.carry_out(&OnSecret::of(writer, step), step).await?;
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
    let policy = policy::granting(&OnSecret::of(writer, step), &grants(&spec)).await?;
    label(writer, step, secret, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(policy::version(&policy)))
}

/// Takes the label off; what was granted stays granted.
pub(super) async fn disown(writer: &Writer, step: &StepContext) -> Result<Applied, ProviderError> {
    match ours(writer, step).await? {
        None => Ok(Applied::gone().saying("the secret was already gone")),
        Some(secret) => label(writer, step, secret, None).await.map(|()| Applied::gone()),
    }
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
