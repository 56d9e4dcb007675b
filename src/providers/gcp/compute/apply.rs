//! Carries out one step on a disk, a schedule or an address.
//!
//! The API has no version but the fingerprint of labels, so everything is read just before it is
//! changed, and the lease has to last. Parts are changed one after the other, the mark's digest
//! last: whoever is interrupted in between finds the rest on the next run.

use super::observe::version;
use super::operation::{self, CallOrStep, request_id};
use super::{COMPUTE, Computed, Edit, scope};
use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::model::SpecMark;
use crate::providers::description::Marks;
use crate::providers::gcp::Writer;
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::rest::RestCall;
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use http::Method;
use serde_json::Value;

/// More calls than any change takes.
const MOST_EDITS: usize = 12;

/// How often a change is tried when others keep changing the same labels.
const TRIES: usize = 5;

/// Carries out a step.
pub(crate) async fn apply<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    change: Change<K::Spec>,
) -> Result<Applied, ProviderError> {
    match change {
        Change::Create { after } => create::<K>(writer, step, &after).await,
        Change::Update { before, after, .. } => {
            finish::<K>(writer, step, Some(&before), &after).await
        }
        Change::Wait { after, .. } => finish::<K>(writer, step, None, &after).await,
        Change::Delete { before, .. } => delete::<K>(writer, step, &before).await,
        Change::Adopt { spec, .. } => mark::<K>(writer, step, &spec, Marks::On).await,
        Change::Disown { spec, .. } => mark::<K>(writer, step, &spec, Marks::Off).await,
    }
}

fn within<K: Computed>(step: &StepContext, spec: &K::Spec) -> String {
    format!("projects/{}/{}", step.place.project, scope(K::location(spec)))
}

fn path<K: Computed>(step: &StepContext, spec: &K::Spec) -> String {
    format!("{}/{}/{}", within::<K>(step, spec), K::COLLECTION, step.id.name)
}

async fn create<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("creating {}", step.id.local());
    let within = within::<K>(step, after);
    let call = RestCall::change(&what, Method::POST, format!("{within}/{}", K::COLLECTION));
    let call = call.with("requestId", request_id(step)).sending(K::body(after, step));
    let begun = match writer.rest.call(COMPUTE, &call).await {
        Ok(operation) => operation::wait(&writer.rest, step, &what, &within, operation).await,
        Err(failed) => Err(failed.into()),
    };
    match begun {
        Ok(()) => finish::<K>(writer, step, None, after).await,
        Err(CallOrStep::Call(failed)) if failed.reason == Reason::Exists => {
            let Some(live) = look::<K>(writer, step, after).await? else {
                return Err(failed.into());
            };
            // On its way out: its name will be free.
            if live["status"] == "DELETING" {
                let why = "one of this name is still being deleted".to_owned();
                return Err(ProviderError::Transient { what, why, retry_after: None });
            }
            let begun = ours::<K>(&live, step)? == SpecMark::Unfinished;
            if !begun && K::read(&live, Some(after)) != *after {
                return Err(stale::made_by_another(step.id.local()));
            }
            let applied = finish::<K>(writer, step, None, after).await?;
            Ok(Applied { version: applied.version, remark: Some("was already there".to_owned()) })
        }
        Err(why) => Err(why.into()),
    }
}

/// Brings a thing to `after`, call by call, its mark last.
async fn finish<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    before: Option<&K::Spec>,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    for _ in 0..MOST_EDITS {
        let live = rested::<K>(writer, step, after).await?;
        ours::<K>(&live, step)?;
        if let Some(before) = before {
            let now = K::lenient(K::read(&live, Some(after)), after);
            stale::unless_between(&step.id.local(), before, after, &now)?;
        }
        let Some(edit) = K::next(&live, after, step) else {
            return Ok(Applied::at(version(&live)));
        };
        carry_out::<K>(writer, step, after, edit).await?;
    }
    Err(stale::busy(step.id.local()))
}

/// Makes one call and waits for what it begins. Labels that were changed in between are read again.
async fn carry_out<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
    edit: Edit,
) -> Result<(), ProviderError> {
    let Edit { doing, method, below, query, body } = edit;
    let what = format!("{doing} {}", step.id.local());
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let path = format!("{}{below}", path::<K>(step, spec));
    let call = RestCall { query, ..RestCall::change(&what, method, path) }.sending(body);
    let outcome = match writer.rest.call(COMPUTE, &call).await {
        Ok(operation) => {
            operation::wait(&writer.rest, step, &what, &within::<K>(step, spec), operation).await
        }
        Err(failed) => Err(failed.into()),
    };
    match outcome {
        Err(CallOrStep::Call(failed)) if failed.reason == Reason::Precondition => Ok(()),
        outcome => Ok(outcome?),
    }
}

async fn delete<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    before: &K::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("deleting {}", step.id.local());
    let gone = || Applied::gone().saying("was already gone");
    let Some(live) = staying::<K>(writer, step, before).await? else { return Ok(gone()) };
    ours::<K>(&live, step)?;
    let now = K::read(&live, Some(before));
    stale::check(&step.id.local(), before, None, &now)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let within = within::<K>(step, before);
    let call = RestCall::change(&what, Method::DELETE, path::<K>(step, before));
    let call = call.with("requestId", request_id(step));
    match writer.rest.call(COMPUTE, &call).await {
        Ok(operation) => {
            operation::wait(&writer.rest, step, &what, &within, operation).await?;
            Ok(Applied::gone())
        }
        Err(failed) if failed.reason == Reason::Absent => Ok(gone()),
        Err(failed) => Err(failed.into()),
    }
}

/// What does not go by itself: a deletion that was begun before is waited for, and may fail.
async fn staying<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
) -> Result<Option<Value>, ProviderError> {
    loop {
        match look::<K>(writer, step, spec).await? {
            Some(live) if live["status"] == "DELETING" => {
                let what = format!("waiting for {} to be gone", step.id.local());
                (step.progress)(&what);
                step.pause(&what).await?;
            }
            other => return Ok(other),
        }
    }
}

/// Puts our mark on what is nobody's, or takes it off again.
async fn mark<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    for _ in 0..TRIES {
        let Some(live) = look::<K>(writer, step, spec).await? else {
            return Ok(Applied::gone().saying("was already gone"));
        };
        if let Some(said) = marks.done(&K::owner(&live, &step.mark.stack), step)? {
            return Ok(Applied::at(version(&live)).saying(said));
        }
        let now = K::read(&live, Some(spec));
        stale::check(&step.id.local(), spec, None, &now)?;
        carry_out::<K>(writer, step, spec, K::remark(&live, step, marks)).await?;
    }
    Err(stale::busy(step.id.local()))
}

/// The thing as it is now.
async fn look<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
) -> Result<Option<Value>, ProviderError> {
    let what = step.id.local();
    match writer.rest.call(COMPUTE, &RestCall::get(&what, path::<K>(step, spec))).await {
        Ok(live) => Ok(Some(live)),
        Err(failed) if failed.reason == Reason::Absent => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

/// The thing once it is made.
async fn rested<K: Computed>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
) -> Result<Value, ProviderError> {
    loop {
        let live = look::<K>(writer, step, spec).await?;
        let live = live.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?;
        let status = live["status"].as_str().unwrap_or_default();
        if !["CREATING", "RESERVING", "RESTORING"].contains(&status) {
            return Ok(live);
        }
        let words = format!("waiting for {}, which is {}", step.id.local(), status.to_lowercase());
        (step.progress)(&words);
        step.pause(&words).await?;
    }
}

/// What the mark says of the last step on a thing, which must be ours.
fn ours<K: Computed>(live: &Value, step: &StepContext) -> Result<SpecMark, ProviderError> {
    let owner = K::owner(live, &step.mark.stack);
    check_ours(&owner, step).map(|mark| mark.spec.clone())
}
