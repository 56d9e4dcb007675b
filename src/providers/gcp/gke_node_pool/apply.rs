//! Carries out one step on one pool, part by part.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::Version;
use crate::providers::description::Marks;
use crate::providers::gcp::container::{At, Hand, operation};
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::gke_node_pool::part::Part;
use crate::providers::gcp::gke_node_pool::{Spec, Taint, owner, parts, wire};
use crate::providers::ownership;
use crate::providers::stale;
use google_cloud_container_v1::model::node_pool::Status;
use google_cloud_container_v1::model::{
    NodePool as Live, NodeTaints, Operation, ResourceLabels, UpdateNodePoolRequest,
};

/// The taint on a pool that is on its way out: nothing new starts there.
const LEAVING: &str = "leap-infra-leaving";

/// Makes a pool, its mark in the same call.
pub(super) async fn create(
    hand: &Hand,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let (at, pool) = at(step, after);
    let cluster = hand.cluster(&at).await?;
    let zones = match after.zones.len() {
        0 => cluster.map_or(1, |cluster| cluster.locations.len()),
        some => some,
    };
    let body = wire::to_wire(pool, after, &step.mark, zones);
    let begun = begin_once_alone(hand, step, &at, body).await;
    match begun {
        Ok(operation) => {
            let done = operation::wait(hand, step, &at, &operation.name).await;
            if let Err(error) = done {
                return Err(clear_away(hand, step, &at, error).await);
            }
        }
        Err(Begun::Exists) => {
            operation::settle(hand, step, &at).await?;
            let now = now(&live(hand, step, &at).await?, after);
            if now.make() != after.make() {
                return Err(made_by_another(&step.id.name));
            }
            return Ok(finish(hand, step, &at, None, after).await?.saying("was already there"));
        }
        Err(Begun::Failed(error)) => return Err(error),
    }
    finish(hand, step, &at, None, after).await
}

/// Why a creation did not begin.
enum Begun {
    /// There is such a pool.
    Exists,
    /// Anything else.
    Failed(ProviderError),
}

impl From<ProviderError> for Begun {
    fn from(error: ProviderError) -> Self {
        Self::Failed(error)
    }
}

async fn begin_once_alone(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    body: Live,
) -> Result<Operation, Begun> {
    let what = format!("creating node pool {}", step.id.name);
    loop {
        operation::settle(hand, step, at).await?;
        step.ensure_held(&what)?;
        match hand.create_pool(at, body.clone()).await {
            Ok(operation) => return Ok(operation),
            Err(failed) if failed.reason == Reason::Exists => return Err(Begun::Exists),
            Err(failed) if operation::is_busy(&failed) => {
                (step.progress)(&format!("{what} waits: {}", failed.why()));
                step.pause(&what).await?;
            }
            Err(failed) => return Err(Begun::Failed(failed.into())),
        }
    }
}

fn made_by_another(name: &str) -> ProviderError {
    ProviderError::Stale {
        what: format!("node pool {name}"),
        field: "it".to_owned(),
        before: "not there".to_owned(),
        now: "made with other machines, by another run".to_owned(),
    }
}

/// A pool that could not be made stays there and does not work: it is taken away again, so that
/// the next run can make it. The error stays what it was.
async fn clear_away(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    error: ProviderError,
) -> ProviderError {
    let failed = matches!(error, ProviderError::Refused { .. });
    if failed && live(hand, step, at).await.is_ok_and(|live| live.status == Status::Error) {
        let pool = parts(&step.id.name).1;
        let what = format!("clearing node pool {} away", step.id.name);
        _ = operation::change(hand, step, at, &what, || hand.delete_pool(at, pool)).await;
    }
    error
}

/// Changes a pool where it stands.
pub(super) async fn update(
    hand: &Hand,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let (at, _) = at(step, after);
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
    let (at, pool) = at(step, after);
    operation::wait(hand, step, &at, running).await?;
    match hand.pool(&at, pool).await? {
        Some(_) => finish(hand, step, &at, None, after).await,
        // It was on its way out.
        None => create(hand, step, after).await,
    }
}

async fn finish(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    planned: Option<(&Spec, &Version)>,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let mut changed = false;
    loop {
        let live = live(hand, step, at).await?;
        let now = now(&live, after);
        if let Some((before, _)) = planned.filter(|(_, seen)| live.etag != seen.0) {
            stale::unless_between(&format!("node pool {name}"), before, after, &now)?;
        }
        let Some(part) = Part::first(&now, after) else {
            let applied = Applied::at(Version(live.etag));
            let idle = planned.is_some() && !changed;
            return Ok(if idle { applied.saying("was already so") } else { applied });
        };
        let (what, mark) = (part.words(name), &step.mark);
        operation::change(hand, step, at, &what, || part.begin(hand, at, &live, after, mark))
            .await?;
        changed = true;
    }
}

/// Puts our labels on a pool that is nobody's, or takes them off again; no machine restarts.
pub(super) async fn mark(
    hand: &Hand,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let ((at, pool), name) = (at(step, spec), &step.id.name);
    operation::settle(hand, step, &at).await?;
    let Some(live) = hand.pool(&at, pool).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    if let Some(said) = marks.done(&owner(&step.mark.stack, name, &live, None), step)? {
        return Ok(Applied::at(Version(live.etag)).saying(said));
    }
    let now = now(&live, spec);
    stale::check(&format!("node pool {name}"), spec, None, &now)?;
    let before = live.config.as_ref().map(|config| config.resource_labels.clone());
    let labels = marks.labels(&before.unwrap_or_default(), step);
    let what = format!("labelling node pool {name}");
    let begin = || {
        let update = UpdateNodePoolRequest::new().set_etag(&live.etag);
        let labels = ResourceLabels::new().set_labels(&labels);
        hand.update_pool(&at, pool, update.set_resource_labels(labels))
    };
    operation::change(hand, step, &at, &what, begin).await?;
    let live = hand.pool(&at, pool).await?;
    Ok(live.map_or_else(Applied::gone, |live| Applied::at(Version(live.etag))))
}

/// Cordons a pool, so that nothing new starts there, and deletes it: the server drains its
/// machines one after the other before they go.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/node-pools#deleting_a_node_pool>
pub(super) async fn delete(
    hand: &Hand,
    step: &StepContext,
    before: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let ((at, pool), name) = (at(step, before), &step.id.name);
    operation::settle(hand, step, &at).await?;
    let Some(mut live) = hand.pool(&at, pool).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    check_ours(step, &live)?;
    let mut now = now(&live, before);
    let cordoned = now.taints.iter().any(|taint| taint.key == LEAVING);
    now.taints.retain(|taint| taint.key != LEAVING);
    if live.etag != seen.0 {
        stale::unless_between(&format!("node pool {name}"), before, before, &now)?;
    }
    if !cordoned {
        let what = format!("cordoning node pool {name}");
        operation::change(hand, step, &at, &what, || cordon(hand, &at, &live)).await?;
        let Some(cordoned) = hand.pool(&at, pool).await? else { return Ok(Applied::gone()) };
        live = cordoned;
        check_ours(step, &live)?;
    }
    let what = format!("draining and deleting node pool {name}");
    operation::change(hand, step, &at, &what, || hand.delete_pool(&at, &live.name)).await?;
    Ok(Applied::gone())
}

async fn cordon(
    hand: &Hand,
    at: &At,
    live: &Live,
) -> Result<Operation, crate::providers::gcp::error::CallFailed> {
    let (value, effect) = ("true".to_owned(), "NO_SCHEDULE".to_owned());
    let leaving = wire::taint(&Taint { key: LEAVING.to_owned(), value, effect });
    let taints = live.config.iter().flat_map(|config| config.taints.clone()).chain([leaving]);
    let update = UpdateNodePoolRequest::new().set_etag(&live.etag);
    let update = update.set_taints(NodeTaints::new().set_taints(taints));
    hand.update_pool(at, &live.name, update).await
}

fn at<'a>(step: &'a StepContext, spec: &Spec) -> (At, &'a str) {
    let (cluster, pool) = parts(&step.id.name);
    (At::new(&step.place, &spec.location, cluster), pool)
}

fn now(live: &Live, wanted: &Spec) -> Spec {
    wire::from_wire(&wanted.location, live, Some(wanted))
}

/// The pool as it is now, if it is ours.
async fn live(hand: &Hand, step: &StepContext, at: &At) -> Result<Live, ProviderError> {
    let gone = || ProviderError::NotFound { what: format!("node pool {}", step.id.name) };
    let live = hand.pool(at, parts(&step.id.name).1).await?.ok_or_else(gone)?;
    check_ours(step, &live)?;
    Ok(live)
}

fn check_ours(step: &StepContext, live: &Live) -> Result<(), ProviderError> {
    ownership::check_ours(&owner(&step.mark.stack, &step.id.name, live, None), step).map(drop)
}
