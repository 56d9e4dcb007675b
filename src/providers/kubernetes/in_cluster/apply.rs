//! Carries out one step: by server-side apply, at the version that was read.
//!
//! What is waited for bears the mark *unfinished* until it does what it is there for, so that a run
//! which ends before that is taken up by the next.

use super::ready::{Readiness, is_waited_for, readiness};
use super::{Content, InCluster, Located, body, owner};
use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::model::{Mark, SpecMark, Version};
use crate::providers::description::Marks;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::kubernetes::Writer;
use crate::providers::kubernetes::client::CALL_TIMEOUT;
use crate::providers::kubernetes::writer::{Owned, Target};
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use serde_json::{Map, Value, json};

/// Carries out one step.
pub(crate) async fn apply<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    change: Change<K::Spec>,
) -> Result<Applied, ProviderError> {
    match change {
        Change::Create { after } => create::<K>(writer, step, &after).await,
        Change::Update { before, after, .. } => update::<K>(writer, step, &before, &after).await,
        Change::Delete { before, .. } => delete::<K>(writer, step, &before).await,
        Change::Adopt { spec, .. } => mark::<K>(writer, step, &spec, Marks::On).await,
        Change::Disown { spec, .. } => mark::<K>(writer, step, &spec, Marks::Off).await,
        Change::Wait { .. } => Err(step.nothing_to_wait_for("objects in clusters")),
    }
}

async fn create<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    let at = target::<K>(writer, step, after).await?;
    let Some(live) = gone_or_there(writer, step, &at).await? else {
        let what = format!("creating {}", step.id.local());
        // An object that somebody makes in this moment would be applied to.
        step.ensure_lease(&what, CALL_TIMEOUT)?;
        return bring::<K>(writer, step, &at, after, None).await;
    };
    let owner = owner(&live, &step.mark.stack, K::NAME, &step.id.name);
    let mark = check_ours(&owner, step)?;
    let as_wanted = K::read(Some(after), &at.cluster, &live) == *after;
    match (as_wanted, &mark.spec) {
        (true, _) | (false, SpecMark::Unfinished) => {
            let done = bring::<K>(writer, step, &at, after, Some(&live)).await?;
            Ok(done.saying("was already there"))
        }
        (false, SpecMark::Applied(_)) => Err(stale::made_by_another(step.id.local())),
    }
}

async fn update<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    before: &K::Spec,
    after: &K::Spec,
) -> Result<Applied, ProviderError> {
    let at = target::<K>(writer, step, after).await?;
    let live = writer.find(&at).await?.filter(|live| !body::has_finalizing(live));
    let live = live.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?;
    check_ours(&owner(&live, &step.mark.stack, K::NAME, &step.id.name), step)?;
    let now = K::read(Some(after), &at.cluster, &live);
    stale::check(&step.id.local(), &K::ground(before.clone()), Some(after), &now)?;
    step.ensure_held(&format!("changing {}", step.id.local()))?;
    bring::<K>(writer, step, &at, after, Some(&live)).await
}

/// Applies, waits until that shows, and says in the mark that it is done.
async fn bring<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    at: &Target,
    after: &K::Spec,
    live: Option<&Value>,
) -> Result<Applied, ProviderError> {
    let content = K::content(step, &step.id.name, after).await?;
    let finished = body::marked(content.manifest.clone(), &step.mark);
    let waited = is_waited_for(&at.of);
    let first = match waited {
        true => {
            let mark = Mark { spec: SpecMark::Unfinished, ..step.mark.clone() };
            body::marked(content.manifest.clone(), &mark)
        }
        false => finished.clone(),
    };
    // What others own was looked at: the plan says what is taken from whom, and the version that
    // was read is the one that is changed.
    let (first, owned) = match live {
        Some(live) => (body::at_version(first, live), Owned::Taken),
        None => (first, Owned::Respected),
    };
    let hidden = |failed: CallFailed| hiding(failed, &content);
    let answer = writer.apply(at, first, owned).await.map_err(hidden)?;
    if !waited {
        return Ok(Applied::at(version(&answer)));
    }
    wait(writer, step, at).await?;
    let answer = writer.apply(at, finished, Owned::Respected).await.map_err(hidden)?;
    Ok(Applied::at(version(&answer)))
}

/// What the server said, without the values that it was sent.
fn hiding(failed: CallFailed, content: &Content) -> ProviderError {
    content.hidden.iter().fold(failed, |failed, value| failed.hiding(value)).into()
}

/// Waits until an object does what it is there for.
pub(crate) async fn wait(
    writer: &Writer,
    step: &StepContext,
    at: &Target,
) -> Result<(), ProviderError> {
    loop {
        let live = writer.find(at).await?;
        let live = live.ok_or_else(|| ProviderError::NotFound { what: at.to_string() })?;
        match readiness(&at.of, &live) {
            Readiness::Ready => return Ok(()),
            Readiness::Failed(why) => {
                return Err(ProviderError::Refused { what: format!("{at}"), why });
            }
            Readiness::NotYet(how) => {
                let what = format!("{at} ({how})");
                (step.progress)(&format!("waiting for {what}"));
                step.pause(&what).await?;
            }
        }
    }
}

async fn delete<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    before: &K::Spec,
) -> Result<Applied, ProviderError> {
    let gone = || Applied::gone().saying("was already gone");
    let Located { cluster, of, namespace, name } = located::<K>(step, before)?;
    let at = match writer.served(&cluster, &of, namespace.as_deref(), &name).await {
        Ok(Some(at)) => at,
        // With its type, everything of it went.
        Ok(None) => return Ok(gone()),
        Err(failed) if failed.reason == Reason::Absent => return Ok(gone()),
        Err(failed) => return Err(failed.into()),
    };
    let Some(live) = writer.find(&at).await? else { return Ok(gone()) };
    if !body::has_finalizing(&live) {
        check_ours(&owner(&live, &step.mark.stack, K::NAME, &step.id.name), step)?;
        let now = K::read(Some(before), &at.cluster, &live);
        stale::check(&step.id.local(), &K::ground(before.clone()), None, &now)?;
        step.ensure_held(&format!("deleting {}", step.id.local()))?;
        writer.delete(&at, &live).await?;
    }
    match gone_or_there(writer, step, &at).await? {
        None => Ok(Applied::gone()),
        Some(_) => Err(stale::made_by_another(step.id.local())),
    }
}

/// An object, or none once what is on its way out is gone.
async fn gone_or_there(
    writer: &Writer,
    step: &StepContext,
    at: &Target,
) -> Result<Option<Value>, ProviderError> {
    loop {
        let live = match writer.find(at).await? {
            Some(live) if body::has_finalizing(&live) => live,
            other => return Ok(other),
        };
        let what = match finalizers(&live) {
            Some(who) => format!("the removal of {at}, for which {who} must see to something"),
            None => format!("the removal of {at}"),
        };
        (step.progress)(&format!("waiting for {what}"));
        step.pause(&what).await?;
    }
}

fn finalizers(live: &Value) -> Option<String> {
    let all = live["metadata"]["finalizers"].as_array()?;
    let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}

/// Puts our mark on, or takes it off, and changes nothing else.
async fn mark<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let at = target::<K>(writer, step, spec).await?;
    let Some(live) = writer.find(&at).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let owner = owner(&live, &step.mark.stack, K::NAME, &step.id.name);
    if let Some(said) = marks.done(&owner, step)? {
        return Ok(Applied::at(version(&live)).saying(said));
    }
    let now = K::read(Some(spec), &at.cluster, &live);
    stale::check(&step.id.local(), &K::ground(spec.clone()), None, &now)?;
    step.ensure_held(&format!("marking {}", step.id.local()))?;
    let fields = json!({ "metadata": { "labels": labels(step, marks) } });
    let answer = writer.merge(&at, body::at_version(fields, &live)).await?;
    Ok(Applied::at(version(&answer)))
}

/// The labels of the mark, or nothing in the place of each.
fn labels(step: &StepContext, marks: Marks) -> Map<String, Value> {
    let all = step.mark.labels().into_iter();
    let one = |(name, value): (String, String)| match marks {
        Marks::On => (name, json!(value)),
        Marks::Off => (name, Value::Null),
    };
    all.map(one).collect()
}

async fn target<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    spec: &K::Spec,
) -> Result<Target, ProviderError> {
    let Located { cluster, of, namespace, name } = located::<K>(step, spec)?;
    writer.target(&cluster, &of, namespace.as_deref(), &name).await
}

fn located<K: InCluster>(step: &StepContext, spec: &K::Spec) -> Result<Located, ProviderError> {
    K::located(&step.id.name, spec).ok_or_else(|| ProviderError::Unexpected {
        what: step.id.to_string(),
        why: "its name says no place in a cluster".to_owned(),
    })
}

fn version(live: &Value) -> Version {
    Version(live["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned())
}
