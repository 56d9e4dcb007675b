//! Finds the pools of a stack, and whatever bears a declared name, in the list of clusters.

use crate::kind::ProviderError;
use crate::model::{Found, Observation, Owner, Place, Scope, Status, Version};
use crate::providers::gcp::Reader;
use crate::providers::gcp::gke_cluster::observe::{projects, running};
use crate::providers::gcp::gke_node_pool::{Spec, owner, wire};
use google_cloud_container_v1::model::node_pool::Status as LiveStatus;
use google_cloud_container_v1::model::{Cluster, NodePool as Live, Operation};
use serde::Deserialize as _;

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
            let pools = cluster.node_pools.iter();
            let found = pools.filter_map(|pool| found(scope, project, cluster, pool, &operations));
            observation.found.extend(found);
        }
    }
    Ok(observation)
}

fn found(
    scope: &Scope<'_>,
    project: &str,
    cluster: &Cluster,
    pool: &Live,
    operations: &[Operation],
) -> Option<Found<Spec>> {
    let name = format!("{}/{}", cluster.name, pool.name);
    let remembered = scope.claims.get(name.as_str()).copied();
    let owner = owner(scope.stack, &name, pool, remembered);
    let wanted = scope.wanted.get(name.as_str());
    let wanted = wanted.and_then(|wanted| Spec::deserialize(&wanted.spec).ok());
    let here = wanted.as_ref().is_some_and(|wanted| wanted.location == cluster.location);
    if !here && owner == Owner::Foreign {
        return None;
    }
    let place = Place {
        project: project.to_owned(),
        location: Some(cluster.location.clone()),
        parent: Some(cluster.name.clone()),
    };
    let status = status(&name, pool, operations);
    let spec = wire::from_wire(&cluster.location, pool, wanted.as_ref());
    let version = Version(pool.etag.clone());
    Some(Found { name, place, owner, spec, version, status, holds: None })
}

#[expect(deprecated, reason = "conditions say less than the message")]
fn status(name: &str, pool: &Live, operations: &[Operation]) -> Status {
    if pool.status == LiveStatus::Error {
        let why = format!("the pool is in state ERROR: {}", pool.status_message);
        return Status::Broken { why };
    }
    running(operations, name)
}
