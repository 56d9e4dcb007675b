//! Carries out one step on one secret.
//!
//! As with buckets: every change reads the secret first, checks whose it is and whether it is
//! still what the plan saw, and is sent for exactly that etag.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{Version, label};
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::secret::{Spec, check_adoptable, check_ours, wire};
use crate::providers::stale;
use google_cloud_secretmanager_v1::model::Secret as Live;
use std::collections::BTreeMap;

/// How often a change is tried when others keep changing the same secret.
const TRIES: usize = 5;

/// Makes a secret, its mark in the same call.
pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let (project, name) = (&step.place.project, &step.id.name);
    let secret = wire::to_wire(after, wire::labels(after, &step.mark, None));
    let failed = match writer.create_secret(project, name, secret).await {
        Ok(secret) => return Ok(Applied::at(Version(secret.etag))),
        Err(failed) if failed.reason == Reason::Exists => failed,
        Err(failed) => return Err(failed.into()),
    };
    // What we wanted, if the answer to an earlier call was lost; else somebody was faster.
    let Some(secret) = writer.secret(project, name).await? else { return Err(failed.into()) };
    check_ours(step, &secret)?;
    if wire::from_wire(&secret) != *after {
        return Err(ProviderError::Stale {
            what: format!("secret {name}"),
            field: "it".to_owned(),
            before: "not there".to_owned(),
            now: "made with other settings, by another run".to_owned(),
        });
    }
    let made = change(writer, step, secret, after, check_ours, None).await?;
    Ok(made.saying("was already there"))
}

/// Changes a secret where it stands.
pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let secret = writer.secret(&step.place.project, &step.id.name).await?;
    let secret = secret.ok_or_else(|| gone(step))?;
    let planned = Planned { before, after: Some(after), seen };
    change(writer, step, secret, after, check_ours, Some(planned)).await
}

/// Puts our mark on a secret that is nobody's, and changes nothing else.
pub(super) async fn adopt(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let secret = writer.secret(&step.place.project, &step.id.name).await?;
    let secret = secret.ok_or_else(|| gone(step))?;
    let planned = Planned { before: spec, after: None, seen };
    change(writer, step, secret, spec, check_adoptable, Some(planned)).await
}

/// Takes every label of ours off a secret.
pub(super) async fn disown(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let (project, name) = (&step.place.project, &step.id.name);
    let planned = Planned { before: spec, after: None, seen };
    let mut secret = writer.secret(project, name).await?;
    for _ in 0..TRIES {
        let Some(now) = secret else { return Ok(Applied::gone().saying("was already gone")) };
        let ours = |key: &String| key.starts_with(label::PREFIX);
        if !now.labels.keys().any(ours) {
            return Ok(Applied::at(Version(now.etag)).saying("was already handed back"));
        }
        check_ours(step, &now)?;
        planned.check(step, &now)?;
        let labels = now.labels.clone().into_iter().filter(|(key, _)| !ours(key));
        let body = Live::new().set_labels(labels);
        step.ensure_held(&format!("handing back secret {name}"))?;
        match writer.update_secret(project, name, body, &now.etag, vec!["labels"]).await {
            Ok(secret) => return Ok(Applied::at(Version(secret.etag))),
            Err(failed) => secret = moved_on(writer, step, &now, failed).await?,
        }
    }
    Err(busy(step))
}

/// What a plan relied on.
struct Planned<'a> {
    before: &'a Spec,
    after: Option<&'a Spec>,
    seen: &'a Version,
}

impl Planned<'_> {
    /// Checks that a secret is what the plan saw, or (an answer was lost) what it shall become.
    fn check(&self, step: &StepContext, secret: &Live) -> Result<(), ProviderError> {
        if secret.etag == self.seen.0 {
            return Ok(());
        }
        let live = wire::from_wire(secret);
        if live == *self.before || self.after == Some(&live) {
            return Ok(());
        }
        Err(stale::of(format!("secret {}", step.id.name), self.before, &live))
    }
}

/// Brings a secret to `after`, starting from how it was just read. `check` says whose it may be.
async fn change(
    writer: &Writer,
    step: &StepContext,
    mut secret: Live,
    after: &Spec,
    check: fn(&StepContext, &Live) -> Result<(), ProviderError>,
    planned: Option<Planned<'_>>,
) -> Result<Applied, ProviderError> {
    let (project, name) = (&step.place.project, &step.id.name);
    for _ in 0..TRIES {
        check(step, &secret)?;
        planned.as_ref().map_or(Ok(()), |planned| planned.check(step, &secret))?;
        let labels = wire::labels(after, &step.mark, Some(&secret));
        let mut fields = wire::changed_fields(&wire::from_wire(&secret), after);
        if labels != secret.labels.clone().into_iter().collect::<BTreeMap<_, _>>() {
            fields.push("labels");
        }
        if fields.is_empty() {
            return Ok(Applied::at(Version(secret.etag)).saying("was already so"));
        }
        let body = wire::annotations(&secret, wire::to_wire(after, labels));
        step.ensure_held(&format!("changing secret {name}"))?;
        match writer.update_secret(project, name, body, &secret.etag, fields).await {
            Ok(secret) => return Ok(Applied::at(Version(secret.etag))),
            Err(failed) => {
                let now = moved_on(writer, step, &secret, failed).await?;
                secret = now.ok_or_else(|| gone(step))?;
            }
        }
    }
    Err(busy(step))
}

/// Deletes a secret with all its versions. The plan was told so in words: it is protected.
pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let (project, name) = (&step.place.project, &step.id.name);
    let gone = || Applied::gone().saying("was already gone");
    let Some(mut secret) = writer.secret(project, name).await? else { return Ok(gone()) };
    let planned = Planned { before, after: None, seen };
    for _ in 0..TRIES {
        check_ours(step, &secret)?;
        planned.check(step, &secret)?;
        step.ensure_held(&format!("deleting secret {name}"))?;
        match writer.delete_secret(project, name, &secret.etag).await {
            Ok(()) => return Ok(Applied::gone()),
            Err(failed) => match moved_on(writer, step, &secret, failed).await? {
                Some(now) => secret = now,
                None => return Ok(gone()),
            },
        }
    }
    Err(busy(step))
}

/// The secret as it is now (none if it is gone), if `failed` only says that it has moved on since
/// it was read.
async fn moved_on(
    writer: &Writer,
    step: &StepContext,
    read: &Live,
    failed: CallFailed,
) -> Result<Option<Live>, ProviderError> {
    match failed.reason {
        Reason::Absent => return Ok(None),
        _ if failed.may_be_outrun() => {}
        _ => return Err(failed.into()),
    }
    let now = writer.secret(&step.place.project, &step.id.name).await?;
    let same = now.as_ref().is_some_and(|now| now.etag == read.etag);
    if same { Err(failed.into()) } else { Ok(now) }
}

fn gone(step: &StepContext) -> ProviderError {
    ProviderError::NotFound { what: format!("secret {}", step.id.name) }
}

fn busy(step: &StepContext) -> ProviderError {
    let what = format!("changing secret {}", step.id.name);
    ProviderError::Transient { what, why: "others keep changing it".to_owned(), retry_after: None }
}
