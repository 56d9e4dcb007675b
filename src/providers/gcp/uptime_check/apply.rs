//! Carries out one step on one check. The mark is in the call that makes it, and in each that changes
//! it.

use super::{Spec, calls, wire};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::description::Marks;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::ownership::check_ours;
use crate::providers::gcp::{Writer, stale};
use serde_json::{Value, json};

pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("creating {}", step.id.local());
    // The server would make a second one of the same name.
    if let Some(live) = calls::look(writer, step).await? {
        check_ours(&wire::owner(&live, &step.mark.stack), step)?;
        let now = wire::from_wire(&live);
        if now != *after {
            return Err(made_by_another(step));
        }
        return Ok(change(writer, step, &live, after).await?.saying("was already there"));
    }
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let mut check = wire::to_wire(after, &Value::Null);
    check["displayName"] = json!(step.id.name);
    check["userLabels"] = wire::marked(after, &step.mark);
    let made = calls::create(writer, step, &what, check).await?;
    Ok(Applied::at(wire::version(&made)))
}

fn made_by_another(step: &StepContext) -> ProviderError {
    ProviderError::Stale {
        what: step.id.local(),
        field: "it".to_owned(),
        before: "not there".to_owned(),
        now: "made with other settings, by another run".to_owned(),
    }
}

pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let live = calls::look(writer, step).await?;
    let live = live.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?;
    check_ours(&wire::owner(&live, &step.mark.stack), step)?;
    let now = wire::from_wire(&live);
    if now != *before && now != *after {
        return Err(stale::of(step.id.local(), before, &now));
    }
    change(writer, step, &live, after).await
}

/// Brings a live one of ours to `after`, mark included.
async fn change(
    writer: &Writer,
    step: &StepContext,
    live: &Value,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("changing {}", step.id.local());
    let labels = wire::marked(after, &step.mark);
    let mut mask = wire::changed(&wire::from_wire(live), after);
    if labels != live["userLabels"] {
        mask.push("userLabels");
    }
    if mask.is_empty() {
        return Ok(Applied::at(wire::version(live)));
    }
    let mut check = wire::to_wire(after, live);
    check["userLabels"] = labels;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let changed = calls::patch(writer, &what, live, &mask, check).await?;
    Ok(Applied::at(wire::version(&changed)))
}

pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("deleting {}", step.id.local());
    let gone = || Applied::gone().saying("was already gone");
    let Some(live) = calls::look(writer, step).await? else { return Ok(gone()) };
    check_ours(&wire::owner(&live, &step.mark.stack), step)?;
    let now = wire::from_wire(&live);
    if now != *before {
        return Err(stale::of(step.id.local(), before, &now));
    }
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    match calls::delete(writer, &what, &live).await {
        Ok(()) => Ok(Applied::gone()),
        Err(failed) if failed.reason == Reason::Absent => Ok(gone()),
        Err(failed) => Err(failed.into()),
    }
}

/// Puts our mark on what is nobody's.
pub(super) async fn adopt(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
) -> Result<Applied, ProviderError> {
    mark(writer, step, spec, Marks::On).await
}

/// Takes our mark off again.
pub(super) async fn disown(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
) -> Result<Applied, ProviderError> {
    mark(writer, step, spec, Marks::Off).await
}

async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let what = format!("marking {}", step.id.local());
    let Some(live) = calls::look(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let owner = wire::owner(&live, &step.mark.stack);
    if let Some(said) = marks.done(&owner, step)? {
        return Ok(Applied::at(wire::version(&live)).saying(said));
    }
    let now = wire::from_wire(&live);
    if now != *spec {
        return Err(stale::of(step.id.local(), spec, &now));
    }
    let mut check = live.clone();
    check["userLabels"] = json!(marks.labels(&wire::labels(&live), step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let marked = calls::patch(writer, &what, &live, &["userLabels"], check).await?;
    Ok(Applied::at(wire::version(&marked)))
}
