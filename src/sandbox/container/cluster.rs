//! Clusters: making, showing and deleting them.

use serde_json::{Value, json};

use super::operation::{self, Begin, Effect};
use super::path::Place;
use super::record::{self, CLUSTERS};
use super::{defaults, pool, rule};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn list(world: &World, place: &Place) -> Result<Value, Refusal> {
    world.store.read(|view| {
        let prefix = record::within(CLUSTERS, place);
        let all = view.scan(&prefix, "");
        let all: Vec<Value> =
            all.map(|(key, cluster)| record::shown_cluster(view, key, cluster)).collect();
        Ok(json!({ "clusters": all }))
    })
}

pub(super) fn get(world: &World, place: &Place, name: &str) -> Result<Value, Refusal> {
    world.store.read(|view| {
        let cluster = record::cluster(view, place, name)?;
        Ok(record::shown_cluster(view, &record::cluster_key(place, name), &cluster))
    })
}

pub(super) fn create(world: &World, place: &Place, body: &Value) -> Result<Value, Refusal> {
    let mut cluster = body["cluster"].clone();
    let name = cluster["name"].as_str().unwrap_or_default().to_owned();
    rule::name(&name)?;
    rule::labels(&cluster["resourceLabels"])?;
    let pools = first_pools(&cluster)?;
    if let Some(fields) = cluster.as_object_mut() {
        fields.remove("nodePools");
        fields.remove("initialNodeCount");
    }
    defaults::cluster(place, &mut cluster, &world.clock.now().rfc3339())?;
    cluster["status"] = json!("PROVISIONING");
    world.store.transact(|tx| {
        let key = record::cluster_key(place, &name);
        if tx.value(&key).is_some() {
            let name = place.below(&format!("clusters/{name}"));
            return Err(Refusal::exists(format!("Already exists: {name}.")));
        }
        for mut made in pools {
            pool::complete(place, &cluster, &mut made)?;
            made["status"] = json!("RUNNING");
            let pool = made["name"].as_str().unwrap_or_default().to_owned();
            tx.put(record::pool_key(place, &name, &pool), made);
        }
        tx.put(key, cluster);
        let effect = Effect::Runs;
        let kind = "CREATE_CLUSTER";
        operation::begin(world, tx, Begin { place, cluster: &name, pool: None, kind, effect })
    })
}

/// The pools that a new cluster comes with: at least one.
fn first_pools(cluster: &Value) -> Result<Vec<Value>, Refusal> {
    let count = cluster["initialNodeCount"].as_u64().unwrap_or_default();
    let pools = cluster["nodePools"].as_array().cloned().unwrap_or_default();
    match (pools.is_empty(), count) {
        (true, 0) => {
            let message = "Cluster.initial_node_count must be greater than zero";
            Err(Refusal::invalid(message))
        }
        (true, count) => Ok(vec![defaults::default_pool(count)]),
        (false, _) => Ok(pools),
    }
}

pub(super) fn delete(world: &World, place: &Place, name: &str) -> Result<Value, Refusal> {
    world.store.transact(|tx| {
        let cluster = record::cluster(tx, place, name)?;
        operation::alone(tx, place, name)?;
        let mut cluster = (*cluster).clone();
        cluster["status"] = json!("STOPPING");
        tx.put(record::cluster_key(place, name), cluster);
        let (kind, effect) = ("DELETE_CLUSTER", Effect::Goes);
        operation::begin(world, tx, Begin { place, cluster: name, pool: None, kind, effect })
    })
}
