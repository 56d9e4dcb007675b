//! Node pools: making, showing and deleting them.

use serde_json::{Value, json};

use super::operation::{self, Begin, Effect};
use super::path::Place;
use super::{defaults, record, rule, seed};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn list(world: &World, place: &Place, cluster: &str) -> Result<Value, Refusal> {
    world.store.read(|view| {
        record::cluster(view, place, cluster)?;
        let prefix = record::pools_key(place, cluster);
        let all: Vec<Value> =
            view.scan(&prefix, "").map(|(_, pool)| record::shown_pool(pool)).collect();
        Ok(json!({ "nodePools": all }))
    })
}

pub(super) fn get(
    world: &World,
    place: &Place,
    cluster: &str,
    name: &str,
) -> Result<Value, Refusal> {
    world.store.read(|view| Ok(record::shown_pool(&*record::pool(view, place, cluster, name)?)))
}

/// Checks a pool and adds what the service adds.
pub(super) fn complete(place: &Place, cluster: &Value, pool: &mut Value) -> Result<(), Refusal> {
    rule::name(pool["name"].as_str().unwrap_or_default())?;
    rule::autoscaling(&pool["autoscaling"])?;
    defaults::pool(place, cluster, pool)?;
    rule::config(&pool["config"])?;
    let channel = cluster["releaseChannel"]["channel"].as_str().unwrap_or_default();
    let manual = ["", "UNSPECIFIED"].contains(&channel);
    if !manual && pool["name"] != "default-pool" && pool["management"]["autoUpgrade"] != true {
        return Err(Refusal::invalid(format!(
            "Auto_upgrade must be true when release channel {channel} is set."
        )));
    }
    Ok(())
}

pub(super) fn create(
    world: &World,
    place: &Place,
    cluster_name: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    let mut pool = body["nodePool"].clone();
    let name = pool["name"].as_str().unwrap_or_default().to_owned();
    world.store.transact(|tx| {
        let cluster = record::cluster(tx, place, cluster_name)?;
        let key = record::pool_key(place, cluster_name, &name);
        if tx.value(&key).is_some() {
            let name = place.below(&format!("clusters/{cluster_name}/nodePools/{name}"));
            return Err(Refusal::exists(format!("Already exists: {name}.")));
        }
        operation::alone(tx, place, cluster_name)?;
        complete(place, &cluster, &mut pool)?;
        seed::within_quota(tx, place, &pool)?;
        pool["status"] = json!("PROVISIONING");
        tx.put(key, pool);
        busy(tx, place, cluster_name)?;
        let (kind, effect, pool) = ("CREATE_NODE_POOL", Effect::Runs, Some(name.as_str()));
        operation::begin(world, tx, Begin { place, cluster: cluster_name, pool, kind, effect })
    })
}

pub(super) fn delete(
    world: &World,
    place: &Place,
    cluster: &str,
    name: &str,
) -> Result<Value, Refusal> {
    world.store.transact(|tx| {
        let mut pool = (*record::pool(tx, place, cluster, name)?).clone();
        operation::alone(tx, place, cluster)?;
        pool["status"] = json!("STOPPING");
        tx.put(record::pool_key(place, cluster, name), pool);
        busy(tx, place, cluster)?;
        let (kind, effect, pool) = ("DELETE_NODE_POOL", Effect::Goes, Some(name));
        operation::begin(world, tx, Begin { place, cluster, pool, kind, effect })
    })
}

/// A cluster is at work while a pool of it is.
pub(super) fn busy(
    tx: &mut crate::sandbox::Transaction<'_>,
    place: &Place,
    name: &str,
) -> Result<(), Refusal> {
    let mut cluster = (*record::cluster(tx, place, name)?).clone();
    cluster["status"] = json!("RECONCILING");
    tx.put(record::cluster_key(place, name), cluster);
    Ok(())
}
