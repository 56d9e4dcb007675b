//! Finds the things of one kind: one list for each type and namespace.

use super::{InCluster, body, listed_in, owner};
use crate::kind::ProviderError;
use crate::model::{Found, NotCompared, Observation, Owner, Place, Scope, Status, Version};
use crate::providers::gcp::namesakes::sort_in;
use crate::providers::kubernetes::Reader;
use crate::providers::kubernetes::cluster::Cluster;
use futures::future::try_join_all;
use serde::Deserialize as _;
use serde_json::Value;

/// Everything of a kind that is ours, bears a declared name, or is nobody's.
pub(crate) async fn observe<K: InCluster>(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<K::Spec>, ProviderError> {
    let looks = scope.places.iter().filter_map(|place| {
        let (cluster, of, namespace) = listed_in(place)?;
        Some(async move {
            let live = reader.list(scope, &cluster, &of, namespace).await?;
            Ok::<_, ProviderError>((place, cluster, live))
        })
    });
    let mut observation = Observation::default();
    for (place, cluster, all) in try_join_all(looks).await? {
        // What is on its way out is as good as gone; whoever makes it again waits for that.
        let all = all.iter().filter(|it| K::is_one(it) && !body::has_finalizing(it));
        for live in all {
            let (found, remarks) = found::<K>(reader, scope, (place, &cluster), live).await;
            let told = |what| NotCompared { name: found.name.clone(), what };
            observation.not_compared.extend(remarks.into_iter().map(told));
            if found.owner != Owner::Foreign || counts(scope, &found.name, live) {
                sort_in(&mut observation, scope, K::NAME, found);
            }
        }
    }
    Ok(observation)
}

async fn found<K: InCluster>(
    reader: &Reader,
    scope: &Scope<'_>,
    (place, cluster): (&Place, &Cluster),
    live: &Value,
) -> (Found<K::Spec>, Vec<String>) {
    let name = K::name_of(cluster, live);
    let owner = owner(live, scope.stack, K::NAME, &name);
    let wanted = scope.wanted.get(name.as_str()).and_then(|it| K::Spec::deserialize(&it.spec).ok());
    let (spec, remarks) = match (&wanted, &owner) {
        (None, Owner::Foreign | Owner::OtherStack(_)) => (K::read_whole(cluster, live), Vec::new()),
        (None, Owner::Ours(_)) => (K::read(None, cluster, live), Vec::new()),
        (Some(wanted), _) => {
            let seen = K::read(Some(wanted), cluster, live);
            let seen = K::letting_be(seen, &ignored(scope, &name));
            K::finish(reader, wanted, live, seen).await
        }
    };
    let version = live["metadata"]["resourceVersion"].as_str().unwrap_or_default();
    let (place, version) = (place.clone(), Version(version.to_owned()));
    let status = Status::Ready;
    (Found { name, place, owner, spec, version, status, holds: None }, remarks)
}

/// The fields of a wanted thing that are let be.
fn ignored<'a>(scope: &Scope<'a>, name: &str) -> Vec<&'a str> {
    let Some(resource) = scope.wanted.get(name) else { return Vec::new() };
    let rules = scope.whole.ignores().iter().filter(|rule| rule.concerns(&resource.id));
    rules.map(|rule| rule.field.as_str()).collect()
}

/// Whether a thing that is nobody's is somebody's concern: what other objects or releases have in
/// their care, and what every namespace has, is not.
fn counts(scope: &Scope<'_>, name: &str, live: &Value) -> bool {
    let metadata = &live["metadata"];
    let cared_for = metadata["ownerReferences"].as_array().is_some_and(|all| !all.is_empty())
        || metadata["labels"]["app.kubernetes.io/managed-by"] == "Helm"
        || metadata["labels"]["owner"] == "helm";
    let usual = ["kube-root-ca.crt", "default", "kube-system", "kube-public", "kube-node-lease"];
    let usual = metadata["name"].as_str().is_some_and(|it| usual.contains(&it));
    scope.wanted.contains_key(name) || !(cared_for || usual)
}
