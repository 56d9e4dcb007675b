//! Carries out one step. The mark is in the call that makes a thing, and in each that changes it.

use super::{Monitored, calls, labels, marked, owner, version};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::providers::description::Marks;
use crate::providers::gcp::Writer;
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::Reason;
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use serde_json::{Value, json};

pub(super) async fn create<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("creating {}", step.id.local());
    // The server would make a second one of the same name.
    if let Some(live) = calls::look::<K>(writer, step).await? {
        check_ours(&owner::<K>(&step.place.project, &live, &step.mark.stack), step)?;
        let now = K::read(&live);
        if now != *after {
            return Err(stale::made_by_another(step.id.local()));
        }
        return Ok(change::<K>(writer, step, &live, after).await?.saying("was already there"));
    }
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let mut body = K::write(&step.id.name, after, &Value::Null);
    body["userLabels"] = marked::<K>(after, &step.mark);
    let made = calls::create::<K>(writer, step, &what, body).await?;
    Ok(Applied::at(version(&made)))
}

pub(super) async fn update<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    before: &K::Spec,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    let live = calls::look::<K>(writer, step).await?;
    let live = live.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?;
    check_ours(&owner::<K>(&step.place.project, &live, &step.mark.stack), step)?;
    let now = K::read(&live);
    stale::check(&step.id.local(), before, Some(after), &now)?;
    change::<K>(writer, step, &live, after).await
}

/// Brings a live one of ours to `after`, mark included.
async fn change<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    live: &Value,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("changing {}", step.id.local());
    let labels = marked::<K>(after, &step.mark);
    let mut mask = K::changed(&K::read(live), after);
    if labels != live["userLabels"] {
        mask.push("userLabels");
    }
    if mask.is_empty() {
        return Ok(Applied::at(version(live)));
    }
    let mut body = K::write(&step.id.name, after, live);
    body["userLabels"] = labels;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let changed = calls::patch(writer, &what, live, &mask, body).await?;
    Ok(Applied::at(version(&changed)))
}

pub(super) async fn delete<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    before: &K::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("deleting {}", step.id.local());
    let gone = || Applied::gone().saying("was already gone");
    let Some(live) = calls::look::<K>(writer, step).await? else { return Ok(gone()) };
    check_ours(&owner::<K>(&step.place.project, &live, &step.mark.stack), step)?;
    let now = K::read(&live);
    stale::check(&step.id.local(), before, None, &now)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    match calls::delete(writer, &what, &live).await {
        Ok(()) => Ok(Applied::gone()),
        Err(failed) if failed.reason == Reason::Absent => Ok(gone()),
        Err(failed) => Err(failed.into()),
    }
}

/// Puts our mark on what is nobody's.
pub(super) async fn adopt<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
) -> Result<Applied, ProviderError> {
    mark::<K>(writer, step, spec, Marks::On).await
}

/// Takes our mark off again.
pub(super) async fn disown<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
) -> Result<Applied, ProviderError> {
    mark::<K>(writer, step, spec, Marks::Off).await
}

async fn mark<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let what = format!("marking {}", step.id.local());
    let Some(live) = calls::look::<K>(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let owner = owner::<K>(&step.place.project, &live, &step.mark.stack);
    if let Some(said) = marks.done(&owner, step)? {
        return Ok(Applied::at(version(&live)).saying(said));
    }
    let now = K::read(&live);
    stale::check(&step.id.local(), spec, None, &now)?;
    let mut body = live.clone();
    body["userLabels"] = json!(marks.labels(&labels(&live), step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let marked = calls::patch(writer, &what, &live, &["userLabels"], body).await?;
    Ok(Applied::at(version(&marked)))
}
