//! Carries out one step on one cluster.
//!
//! Everything that is changed is read first; whose it is, and whether it is what the plan saw, is
//! checked before every call. Parts are changed one after the other, the labels with the digest
//! last: whoever is interrupted in between finds the rest on the next run.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{Mark, SpecMark, Version};
use crate::providers::description::Marks;
use crate::providers::gcp::container::{At, Hand, operation};
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::gke_cluster::part::Part;
use crate::providers::gcp::gke_cluster::{Spec, owner, wire};
use crate::providers::ownership;
use crate::providers::stale;
use google_cloud_container_v1::model::Cluster as Live;
use google_cloud_container_v1::model::cluster::Status;

/// Makes a cluster, its mark in the same call; then removes the pool that came with it.
pub(super) async fn create(
    hand: &Hand,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let at = at(step, &after.location);
    let mark = Mark { spec: SpecMark::Unfinished, ..step.mark.clone() };
    let cluster = wire::to_wire(&step.id.name, after, &wire::labels(after, &mark, None));
    let begun = match hand.create(&at, cluster).await {
        Ok(operation) => operation::wait(hand, step, &at, &operation.name).await,
        Err(failed) if failed.reason == Reason::Exists => {
            let live = live(hand, step, &at).await?;
            let began = wire::from_wire(&live, Some(after));
            let unfinished = live.resource_labels.get(crate::model::label::SPEC);
            if unfinished.is_some_and(|spec| spec != mark.spec.as_label()) && began != *after {
                return Err(stale::made_by_another(format!("cluster {}", step.id.name)));
            }
            operation::settle(hand, step, &at).await
        }
        Err(failed) => return Err(failed.into()),
    };
    if let Err(error) = begun {
        return Err(clear_away(hand, step, &at, error).await);
    }
    finish(hand, step, &at, None, after).await
}

/// A cluster that could not be made stays there and does not work: it is taken away again, so
/// that the next run can make it. The error stays what it was.
async fn clear_away(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    error: ProviderError,
) -> ProviderError {
    let failed = matches!(error, ProviderError::Refused { .. });
    if failed && live(hand, step, at).await.is_ok_and(|live| live.status == Status::Error) {
        let what = format!("clearing cluster {} away", at.cluster);
        _ = operation::change(hand, step, at, &what, || hand.delete(at)).await;
    }
    error
}

/// Changes a cluster where it stands.
pub(super) async fn update(
    hand: &Hand,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let at = at(step, &after.location);
    operation::settle(hand, step, &at).await?;
    finish(hand, step, &at, Some((before, seen)), after).await
}

/// Waits for what is under way, and then for the rest.
pub(super) async fn wait(
    hand: &Hand,
    step: &StepContext,
    after: &Spec,
    running: &str,
) -> Result<Applied, ProviderError> {
    let at = at(step, &after.location);
    operation::wait(hand, step, &at, running).await?;
    match hand.cluster(&at).await? {
        Some(_) => finish(hand, step, &at, None, after).await,
        // It was on its way out.
        None => create(hand, step, after).await,
    }
}

/// Brings a cluster to `after`, part by part, and then writes the labels.
async fn finish(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    planned: Option<(&Spec, &Version)>,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let mut changed = false;
    loop {
        let live = live(hand, step, at).await?;
        if let Some((before, _)) = planned.filter(|(_, seen)| live.etag != seen.0) {
            let now = wire::from_wire(&live, Some(after));
            stale::unless_between(&format!("cluster {}", at.cluster), before, after, &now)?;
        }
        let Some(part) = Part::first(&live, after) else {
            return label(hand, step, at, &live, after, changed).await;
        };
        let what = part.words(&at.cluster);
        operation::change(hand, step, at, &what, || part.begin(hand, at, &live, after)).await?;
        changed = true;
    }
}

async fn label(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    live: &Live,
    after: &Spec,
    changed: bool,
) -> Result<Applied, ProviderError> {
    let labels = wire::labels(after, &step.mark, Some(live));
    let same = labels.len() == live.resource_labels.len()
        && labels.iter().all(|(key, value)| live.resource_labels.get(key) == Some(value));
    if same {
        let applied = Applied::at(Version(live.etag.clone()));
        return Ok(if changed { applied } else { applied.saying("was already so") });
    }
    let (what, print) = (format!("labelling cluster {}", at.cluster), &live.label_fingerprint);
    operation::change(hand, step, at, &what, || hand.set_labels(at, &labels, print)).await?;
    let live = self::live(hand, step, at).await?;
    Ok(Applied::at(Version(live.etag)))
}

/// Puts our labels on a cluster that is nobody's, or takes them off again.
pub(super) async fn mark(
    hand: &Hand,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let at = at(step, &spec.location);
    operation::settle(hand, step, &at).await?;
    let Some(live) = hand.cluster(&at).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    if let Some(said) = marks.done(&owner(&live, &step.mark.stack), step)? {
        return Ok(Applied::at(Version(live.etag)).saying(said));
    }
    let now = wire::from_wire(&live, Some(spec));
    stale::check(&format!("cluster {}", at.cluster), spec, None, &now)?;
    let labels = marks.labels(&live.resource_labels, step);
    let (what, print) = (format!("labelling cluster {}", at.cluster), &live.label_fingerprint);
    operation::change(hand, step, &at, &what, || hand.set_labels(&at, &labels, print)).await?;
    let live = hand.cluster(&at).await?;
    Ok(live.map_or_else(Applied::gone, |live| Applied::at(Version(live.etag))))
}

/// Deletes a cluster, with everything in it.
pub(super) async fn delete(
    hand: &Hand,
    step: &StepContext,
    before: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let at = at(step, &before.location);
    operation::settle(hand, step, &at).await?;
    let Some(live) = hand.cluster(&at).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    check_ours(step, &live)?;
    if live.etag != seen.0 {
        let now = wire::from_wire(&live, Some(before));
        stale::unless_between(&format!("cluster {}", at.cluster), before, before, &now)?;
    }
    let what = format!("deleting cluster {}", at.cluster);
    operation::change(hand, step, &at, &what, || hand.delete(&at)).await?;
    Ok(Applied::gone())
}

fn at(step: &StepContext, location: &str) -> At {
    At::new(&step.place, location, &step.id.name)
}

/// The cluster as it is now, if it is ours.
async fn live(hand: &Hand, step: &StepContext, at: &At) -> Result<Live, ProviderError> {
    let gone = || ProviderError::NotFound { what: format!("cluster {}", at.cluster) };
    let live = hand.cluster(at).await?.ok_or_else(gone)?;
    check_ours(step, &live)?;
    Ok(live)
}

fn check_ours(step: &StepContext, live: &Live) -> Result<(), ProviderError> {
    let stack = &step.mark.stack;
    let owner = ownership::as_labelled(owner(live, stack), &live.resource_labels, stack);
    ownership::check_ours(&owner, step).map(drop)
}
