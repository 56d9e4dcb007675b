//! Finds the clusters of a stack, and whatever bears a declared name where one is declared.

use crate::kind::Kind as _;
use crate::kind::ProviderError;
use crate::model::{
    Depth, Found, Observation, Owner, Place, Scope, Status, Transition, UnknownOwner, Version,
};
use crate::providers::gcp::Reader;
use crate::providers::gcp::container::operation;
use crate::providers::gcp::gke_cluster::{Cluster, Spec, leftover, owner, wire, wordless};
use google_cloud_container_v1::model::cluster::Status as LiveStatus;
use google_cloud_container_v1::model::{Cluster as Live, Operation};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut found: BTreeMap<String, Found<Spec>> = BTreeMap::new();
    let (mut strangers, mut unknown) = (Vec::new(), Vec::new());
    for project in projects(scope) {
        for cluster in reader.clusters.clusters(scope, project).await?.iter() {
            if is_strange(scope, cluster) {
                strangers.push(stranger(project, cluster));
                unknown.extend(self::unknown(scope, cluster));
                continue;
            }
            let Some(one) = self::found(reader, scope, project, cluster).await? else { continue };
            // Names are unique only in their location: ours comes before somebody else's.
            let known = found.get(&one.name);
            if !known.is_some_and(|known| matches!(known.owner, Owner::Ours(_))) {
                found.insert(one.name.clone(), one);
            }
        }
    }
    strangers.retain(|one| !found.contains_key(&one.name));
    let found = found.into_values().collect();
    Ok(Observation { found, strangers, unknown, ..Observation::default() })
}

/// Whether a cluster is nobody's and stands in nobody's way.
fn is_strange(scope: &Scope<'_>, cluster: &Live) -> bool {
    !scope.wanted.contains_key(cluster.name.as_str())
        && owner(cluster, scope.stack) == Owner::Foreign
}

/// What is nobody's has the version that it has, unless Google sees to that.
fn stranger(project: &str, cluster: &Live) -> Found<Spec> {
    let spec = wire::from_wire(cluster, None);
    let version = spec.release_channel.is_none().then(|| cluster.current_master_version.clone());
    Found {
        name: cluster.name.clone(),
        place: place(project, cluster),
        owner: Owner::Foreign,
        spec: Spec { version, ..spec },
        version: Version(cluster.etag.clone()),
        status: status(cluster, &[]),
        holds: None,
    }
}

/// What of a stranger the settings have no words for, where somebody wants to know.
fn unknown(scope: &Scope<'_>, cluster: &Live) -> Vec<UnknownOwner> {
    let said = if scope.depth == Depth::Whole { wordless::of(cluster) } else { Vec::new() };
    let unknown = |what| {
        let (name, env) = (cluster.name.clone(), String::new());
        UnknownOwner { name, env, what, public: false }
    };
    said.into_iter().map(unknown).collect()
}

fn place(project: &str, cluster: &Live) -> Place {
    Place { location: Some(cluster.location.clone()), ..Place::project(project) }
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
    Ok(Some(Found {
        name: cluster.name.clone(),
        place: place(project, cluster),
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
