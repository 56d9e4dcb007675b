//! Finds the pools of a stack, and whatever bears a declared name, in the list of clusters.

use crate::kind::ProviderError;
use crate::model::{Found, Observation, Owner, Place, Scope, Status, Version};
use crate::providers::gcp::Reader;
use crate::providers::gcp::gke_cluster::observe::{projects, running};
use crate::providers::gcp::gke_cluster::{self, DEFAULT_POOL};
use crate::providers::gcp::gke_node_pool::{Spec, owner, wire};
use google_cloud_container_v1::model::node_pool::Status as LiveStatus;
use google_cloud_container_v1::model::{Cluster, NodePool as Live, Operation};
use serde::Deserialize as _;
use std::collections::BTreeSet;

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    for project in projects(scope) {
        let clusters = reader.clusters.clusters(scope, project).await?;
        let resting = |pool: &Live| pool.status == LiveStatus::Running;
        let operations = match clusters.iter().flat_map(|it| &it.node_pools).all(resting) {
            true => Default::default(),
            false => reader.clusters.operations(project).await?,
        };
        for cluster in clusters.iter() {
            for pool in &cluster.node_pools {
                let one = found(scope, project, cluster, pool, &operations);
                sort(scope, cluster, pool, one, &mut observation);
            }
        }
    }
    let names: BTreeSet<&str> = observation.found.iter().map(|it| it.name.as_str()).collect();
    observation.strangers.retain(|one| !names.contains(one.name.as_str()));
    Ok(observation)
}

/// Puts a pool where it belongs: names are unique only in their location.
fn sort(
    scope: &Scope<'_>,
    cluster: &Cluster,
    pool: &Live,
    one: Found<Spec>,
    observation: &mut Observation<Spec>,
) {
    let wanted = scope.wanted.get(one.name.as_str());
    let here = wanted.is_some_and(|it| it.spec["location"] == cluster.location.as_str());
    if here || matches!(one.owner, Owner::Ours(_)) {
        observation.found.push(one);
    } else if wanted.is_none() && is_strange(&one, pool) {
        observation.strangers.push(stranger(one, cluster, pool));
    }
}

fn found(
    scope: &Scope<'_>,
    project: &str,
    cluster: &Cluster,
    pool: &Live,
    operations: &[Operation],
) -> Found<Spec> {
    let name = format!("{}/{}", cluster.name, pool.name);
    let remembered = scope.claims.get(name.as_str()).copied();
    let owner = owner(scope.stack, &name, pool, remembered);
    let wanted = scope.wanted.get(name.as_str());
    let wanted = wanted.and_then(|wanted| Spec::deserialize(&wanted.spec).ok());
    let place = Place {
        project: project.to_owned(),
        location: Some(cluster.location.clone()),
        parent: Some(cluster.name.clone()),
    };
    let status = status(&name, pool, operations);
    let spec = wire::from_wire(&cluster.location, pool, wanted.as_ref());
    let version = Version(pool.etag.clone());
    Found { name, place, owner, spec, version, status, holds: None }
}

/// Whether a pool was made by somebody who is nobody: not by another stack, nor by Google.
fn is_strange(found: &Found<Spec>, pool: &Live) -> bool {
    let made = pool.autoscaling.as_ref().is_some_and(|it| it.autoprovisioned);
    found.owner == Owner::Foreign && !made && pool.name != DEFAULT_POOL
}

/// What is nobody's has the version that it has, unless Google sees to that.
fn stranger(found: Found<Spec>, cluster: &Cluster, pool: &Live) -> Found<Spec> {
    let version = gke_cluster::upgraded_by_us(cluster).then(|| pool.version.clone());
    Found { spec: Spec { version, ..found.spec }, ..found }
}

#[expect(deprecated, reason = "conditions say less than the message")]
fn status(name: &str, pool: &Live, operations: &[Operation]) -> Status {
    if pool.status == LiveStatus::Error {
        let why = format!("the pool is in state ERROR: {}", pool.status_message);
        return Status::Broken { why };
    }
    running(operations, name)
}
