//! Carries out one step on one registry.
//!
//! The API has no version, so a registry is read just before it is changed, and the lease has to
//! last. One call changes everything that differs, the mark's digest with it: there is no half way
//! to be found on.

use super::calls::At;
use super::cleanup::Policies;
use super::operation;
use super::{Spec, wire};
use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::providers::description::Marks;
use crate::providers::gcp::Writer;
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use google_cloud_artifactregistry_v1::model::Repository;
use std::collections::BTreeMap;

/// Carries out a step.
pub(super) async fn apply(
    writer: &Writer,
    step: &StepContext,
    change: Change<Spec>,
) -> Result<Applied, ProviderError> {
    match change {
        Change::Create { after } => create(writer, step, &after).await,
        Change::Update { before, after, .. } => update(writer, step, &before, &after).await,
        Change::Delete { before, .. } => delete(writer, step, &before).await,
        Change::Adopt { spec, .. } => mark(writer, step, &spec, Marks::On).await,
        Change::Disown { spec, .. } => mark(writer, step, &spec, Marks::Off).await,
        Change::Wait { .. } => Err(step.nothing_to_wait_for("registries, once they are listed,")),
    }
}

fn at(step: &StepContext, spec: &Spec) -> At {
    let (project, location) = (step.place.project.clone(), spec.location.clone());
    At { project, location, name: step.id.name.clone() }
}

/// Makes a registry, its mark in the same call.
async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let (at, what) = (at(step, after), format!("creating {}", step.id.local()));
    let wanted = wire::to_wire(after, wire::labels(after, &step.mark, None), &Policies::new());
    step.ensure_held(&what)?;
    let failed = match writer.create_registry(&at, wanted).await {
        Ok(operation) => match operation::wait(writer, step, &what, operation).await? {
            None => return made(writer, step, &at).await,
            Some(failed) => failed,
        },
        Err(failed) => failed,
    };
    if failed.reason != Reason::Exists {
        return Err(failed.into());
    }
    found_there(writer, step, after, &at, failed).await
}

/// What we wanted, if the answer to an earlier call was lost; else somebody was faster.
async fn found_there(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
    at: &At,
    failed: CallFailed,
) -> Result<Applied, ProviderError> {
    let Some(live) = writer.registry(at).await? else {
        // It is still being made, or still on its way out.
        let (what, why) = (format!("creating {}", step.id.local()), failed.why().to_owned());
        return Err(ProviderError::Transient { what, why, retry_after: None });
    };
    check_ours(&wire::owner(&live, &step.mark.stack), step)?;
    if wire::from_wire(&live).0 != *after {
        return Err(stale::made_by_another(step.id.local()));
    }
    Ok(change(writer, step, &live, after).await?.saying("was already there"))
}

async fn made(writer: &Writer, step: &StepContext, at: &At) -> Result<Applied, ProviderError> {
    let live = writer.registry(at).await?.ok_or_else(|| gone(step))?;
    Ok(Applied::at(wire::version(&live)))
}

async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let live = writer.registry(&at(step, after)).await?.ok_or_else(|| gone(step))?;
    check_ours(&wire::owner(&live, &step.mark.stack), step)?;
    let now = wire::from_wire(&live).0;
    stale::check(&step.id.local(), before, Some(after), &now)?;
    change(writer, step, &live, after).await
}

/// Brings a registry to `after`, from how it was just read, in one call.
async fn change(
    writer: &Writer,
    step: &StepContext,
    live: &Repository,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let (now, others) = wire::from_wire(live);
    let labels = wire::labels(after, &step.mark, Some(live));
    let mut fields = wire::changed_fields(&now, after);
    if labels != wire::all_labels(live) {
        fields.push("labels");
    }
    if fields.is_empty() {
        return Ok(Applied::at(wire::version(live)).saying("was already so"));
    }
    step.ensure_lease(&format!("changing {}", step.id.local()), CALL_TIMEOUT)?;
    let wanted = wire::to_wire(after, labels, &others);
    let changed = writer.update_registry(&at(step, after), wanted, fields).await?;
    Ok(Applied::at(wire::version(&changed)))
}

/// Deletes an empty registry: whatever somebody put there since the plan stays, and so does it.
async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let (at, what) = (at(step, before), format!("deleting {}", step.id.local()));
    let was_gone = || Applied::gone().saying("was already gone");
    let Some(live) = writer.registry(&at).await? else { return Ok(was_gone()) };
    check_ours(&wire::owner(&live, &step.mark.stack), step)?;
    let now = wire::from_wire(&live).0;
    stale::check(&step.id.local(), before, None, &now)?;
    if let Some(holds) = writer.registry_holds(&at, live.size_bytes).await? {
        let why = format!("it {holds}, and deleting it would delete them: empty it first");
        return Err(ProviderError::Refused { what, why });
    }
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let failed = match writer.delete_registry(&at).await {
        Ok(operation) => operation::wait(writer, step, &what, operation).await?,
        Err(failed) => Some(failed),
    };
    match failed {
        None => Ok(Applied::gone()),
        Some(failed) if failed.reason == Reason::Absent => Ok(was_gone()),
        Some(failed) => Err(failed.into()),
    }
}

/// Puts our mark on what is nobody's, or takes it off again. Nothing else changes.
async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let at = at(step, spec);
    let Some(live) = writer.registry(&at).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    if let Some(said) = marks.done(&wire::owner(&live, &step.mark.stack), step)? {
        return Ok(Applied::at(wire::version(&live)).saying(said));
    }
    let now = wire::from_wire(&live).0;
    stale::check(&step.id.local(), spec, None, &now)?;
    let labels: BTreeMap<String, String> = marks.labels(&wire::all_labels(&live), step);
    step.ensure_lease(&format!("marking {}", step.id.local()), CALL_TIMEOUT)?;
    let body = Repository::new().set_labels(labels);
    let changed = writer.update_registry(&at, body, vec!["labels"]).await?;
    Ok(Applied::at(wire::version(&changed)))
}

fn gone(step: &StepContext) -> ProviderError {
    ProviderError::NotFound { what: step.id.local() }
}
