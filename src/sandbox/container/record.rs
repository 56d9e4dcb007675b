//! How clusters and pools lie in the store: as they go over the wire.

use std::sync::Arc;

use serde_json::{Value, json};

use super::path::Place;
use crate::sandbox::Transaction;
use crate::sandbox::refusal::Refusal;

pub(super) const OPERATIONS: &str = "gke/operation/";
pub(super) const CLUSTERS: &str = "gke/cluster/";
pub(super) const POOLS: &str = "gke/pool/";

pub(super) fn cluster_key(place: &Place, cluster: &str) -> String {
    format!("{CLUSTERS}{}/{}/{cluster}", place.project, place.location)
}

/// The prefix of the keys of a cluster's pools.
pub(super) fn pools_key(place: &Place, cluster: &str) -> String {
    format!("{POOLS}{}/{}/{cluster}/", place.project, place.location)
}

pub(super) fn pool_key(place: &Place, cluster: &str, pool: &str) -> String {
    format!("{}{pool}", pools_key(place, cluster))
}

/// The prefix of what is in a place; every location for `-`.
pub(super) fn within(kind: &str, place: &Place) -> String {
    match place.location.as_str() {
        "-" => format!("{kind}{}/", place.project),
        location => format!("{kind}{}/{location}/", place.project),
    }
}

pub(super) fn cluster(
    view: &Transaction<'_>,
    place: &Place,
    name: &str,
) -> Result<Arc<Value>, Refusal> {
    let missing = || {
        let name = place.below(&format!("clusters/{name}"));
        Refusal::not_found(format!("Not found: {name}."))
    };
    view.value(&cluster_key(place, name)).ok_or_else(missing)
}

pub(super) fn pool(
    view: &Transaction<'_>,
    place: &Place,
    cluster_name: &str,
    name: &str,
) -> Result<Arc<Value>, Refusal> {
    cluster(view, place, cluster_name)?;
    let missing = || {
        let name = place.below(&format!("clusters/{cluster_name}/nodePools/{name}"));
        Refusal::not_found(format!("Not found: {name}."))
    };
    view.value(&pool_key(place, cluster_name, name)).ok_or_else(missing)
}

/// A pool as it is shown: with its entity tag.
pub(super) fn shown_pool(pool: &Value) -> Value {
    let mut shown = pool.clone();
    shown["etag"] = json!(etag(pool));
    shown
}

/// A cluster as it is shown: with its pools, entity tag and fingerprint of labels.
pub(super) fn shown_cluster(view: &Transaction<'_>, key: &str, cluster: &Value) -> Value {
    let mut shown = cluster.clone();
    let pools = format!("{POOLS}{}/", key.trim_start_matches(CLUSTERS));
    let pools: Vec<Value> = view.scan(&pools, "").map(|(_, pool)| shown_pool(pool)).collect();
    shown["currentNodeCount"] = json!(pools.iter().map(count).sum::<u64>());
    if let Some(first) = pools.first() {
        shown["nodeConfig"] = first["config"].clone();
    }
    shown["nodePools"] = json!(pools);
    shown["etag"] = json!(etag(cluster));
    shown["labelFingerprint"] = json!(fingerprint(cluster));
    shown
}

/// How many machines a pool had when it was made: nothing here makes it grow.
pub(super) fn count(pool: &Value) -> u64 {
    let zones = pool["locations"].as_array().map_or(0, Vec::len) as u64;
    pool["initialNodeCount"].as_u64().unwrap_or_default() * zones
}

/// The entity tag: it changes whenever anything else does.
pub(super) fn etag(value: &Value) -> String {
    format!("{:08x}", crc32c::crc32c(value.to_string().as_bytes()))
}

/// The fingerprint of a cluster's labels.
pub(super) fn fingerprint(cluster: &Value) -> String {
    let labels = cluster.get("resourceLabels").unwrap_or(&Value::Null);
    format!("{:08x}", crc32c::crc32c(labels.to_string().as_bytes()))
}
