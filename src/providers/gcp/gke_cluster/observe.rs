//! Finds the clusters of a stack, and whatever bears a declared name where one is declared.

use crate::kind::Kind as _;
use crate::kind::ProviderError;
use crate::model::{Found, Observation, Owner, Place, Scope, Status, Transition, Version};
use crate::providers::gcp::Reader;
use crate::providers::gcp::container::operation;
use crate::providers::gcp::gke_cluster::{Cluster, Spec, leftover, owner, wire};
use google_cloud_container_v1::model::cluster::Status as LiveStatus;
use google_cloud_container_v1::model::{Cluster as Live, Operation};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut found: BTreeMap<String, Found<Spec>> = BTreeMap::new();
    for project in projects(scope) {
        for cluster in reader.clusters.clusters(scope, project).await?.iter() {
            let Some(one) = self::found(reader, scope, project, cluster).await? else { continue };
            // Names are unique only in their location: ours comes before somebody else's.
            let known = found.get(&one.name);
            if !known.is_some_and(|known| matches!(known.owner, Owner::Ours(_))) {
                found.insert(one.name.clone(), one);
            }
        }
    }
    Ok(Observation { found: found.into_values().collect(), ..Observation::default() })
}

/// Every project of a scope, once: its clusters are one list.
pub(crate) fn projects<'a>(scope: &'a Scope<'_>) -> BTreeSet<&'a str> {
    scope.places.iter().map(|place| place.project.as_str()).collect()
}

async fn found(
    reader: &Reader,
    scope: &Scope<'_>,
    project: &str,
    cluster: &Live,
) -> Result<Option<Found<Spec>>, ProviderError> {
    let owner = owner(cluster, scope.stack);
    let wanted = scope.wanted.get(cluster.name.as_str());
    let wanted = wanted.and_then(|wanted| Spec::deserialize(&wanted.spec).ok());
    let here = wanted.as_ref().is_some_and(|wanted| wanted.location == cluster.location);
    if !here && owner == Owner::Foreign {
        return Ok(None);
    }
    let operations = match is_resting(cluster) {
        true => Default::default(),
        false => reader.clusters.operations(project).await?,
    };
    let spec = wire::from_wire(cluster, wanted.as_ref());
    let ours = matches!(owner, Owner::Ours(_));
    let holds = match ours && leaves(&spec, wanted.as_ref(), here) {
        true => leftover::left_behind(reader, scope, project, cluster).await?,
        false => None,
    };
    let mut place = Place::project(project);
    place.location = Some(cluster.location.clone());
    Ok(Some(Found {
        name: cluster.name.clone(),
        place,
        owner,
        spec,
        version: Version(cluster.etag.clone()),
        status: status(cluster, &operations),
        holds,
    }))
}

/// Whether a cluster may have to go: nobody wants it any more, or only as another one.
fn leaves(spec: &Spec, wanted: Option<&Spec>, here: bool) -> bool {
    let replaced = |after| matches!(Cluster::transition(spec, after), Transition::Replace(_));
    !here || wanted.is_none_or(replaced)
}

/// Whether nothing is under way in a cluster, as far as it says itself.
fn is_resting(cluster: &Live) -> bool {
    cluster.status == LiveStatus::Running
}

#[expect(deprecated, reason = "conditions say less than the message")]
fn status(cluster: &Live, operations: &[Operation]) -> Status {
    if cluster.status == LiveStatus::Error {
        let why = format!("the cluster is in state ERROR: {}", cluster.status_message);
        return Status::Broken { why };
    }
    running(operations, &cluster.name)
}

/// The status of a thing about which one of these may be.
pub(crate) fn running(operations: &[Operation], name: &str) -> Status {
    let about = |one: &&Operation| {
        operation::is_running(one) && operation::target(one).as_deref() == Some(name)
    };
    match operations.iter().find(about) {
        Some(operation) => Status::InProgress { operation: operation.name.clone() },
        None => Status::Ready,
    }
}
