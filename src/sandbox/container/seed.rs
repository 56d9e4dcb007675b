//! What a test puts there past the API: other people's clusters, trouble, quotas; and what can be
//! seen of the machines that a real cluster would have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::path::Place;
use super::record::{self, CLUSTERS, POOLS};
use super::{defaults, pool};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{StoreError, Transaction, World};

/// A cluster that somebody else made.
#[derive(Clone, Debug, Default)]
pub struct SeedCluster {
    /// Its project.
    pub project: String,
    /// Its region or zone.
    pub location: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// What becomes of every operation on a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It never ends.
    Stuck,
    /// It ends in failure.
    Fails {
        /// The canonical code, 8 for resources that are exhausted.
        code: u16,
        /// The condition, `GCE_STOCKOUT`.
        condition: String,
        /// What the cloud says.
        message: String,
    },
}

/// A machine that a real cluster would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub zone: String,
    /// Its labels: those of its cluster, copied, and those of its pool.
    pub labels: BTreeMap<String, String>,
}

/// Puts a cluster there with its default pool.
///
/// # Errors
/// When the store refuses, or the service would.
pub fn seed_cluster(world: &World, seed: SeedCluster) -> Result<(), StoreError> {
    let SeedCluster { project, location, name, labels } = seed;
    let place = Place { project, location };
    let mut cluster = json!({ "name": name, "resourceLabels": labels, "status": "RUNNING" });
    let mut first = defaults::default_pool(1);
    world.store.transact(|tx| {
        let made = defaults::cluster(&place, &mut cluster, "2026-01-01T00:00:00Z")
            .and_then(|()| pool::complete(&place, &cluster, &mut first));
        if made.is_ok() {
            first["status"] = json!("RUNNING");
            tx.put(record::pool_key(&place, &name, "default-pool"), first);
            tx.put(record::cluster_key(&place, &name), cluster);
        }
        Ok(())
    })
}

/// Says what becomes of every operation on a cluster (`leap-cluster`) or a pool
/// (`leap-cluster/core-pool`) from now on; nothing unusual for none.
///
/// # Errors
/// When the store refuses.
pub fn trouble(world: &World, target: &str, trouble: Option<&Trouble>) -> Result<(), StoreError> {
    world.store.transact(|tx| {
        match trouble {
            Some(trouble) => tx.put(trouble_key(target), json!([trouble])),
            None => tx.remove(&trouble_key(target)),
        }
        Ok(())
    })
}

/// Says how many of something a region lets a project have: `NVIDIA_T4_GPUS`, `CPUS`.
///
/// # Errors
/// When the store refuses.
pub fn set_quota(
    world: &World,
    project: &str,
    region: &str,
    metric: &str,
    limit: u64,
) -> Result<(), StoreError> {
    world.store.transact(|tx| {
        tx.put(format!("gke/quota/{project}/{region}/{metric}"), json!(limit));
        Ok(())
    })
}

fn trouble_key(target: &str) -> String {
    format!("gke/trouble/{target}")
}

impl Trouble {
    /// The trouble that a thing with this key is in.
    pub(super) fn of(view: &Transaction<'_>, key: &str) -> Result<Option<Self>, Refusal> {
        let parts: Vec<&str> = key.split('/').collect();
        let Some(name) = parts.get(4..).map(|rest| rest.join("/")) else { return Ok(None) };
        let Some(value) = view.value(&trouble_key(&name)) else { return Ok(None) };
        Ok(Some(Self::deserialize(&value[0])?))
    }
}

/// Refuses a pool whose first machines have more GPUs than the region's quota leaves.
pub(super) fn within_quota(
    view: &Transaction<'_>,
    place: &Place,
    pool: &Value,
) -> Result<(), Refusal> {
    let Some(gpu) = pool["config"]["accelerators"].get(0) else { return Ok(()) };
    let kind = gpu["acceleratorType"].as_str().unwrap_or_default();
    let short = kind.trim_start_matches("nvidia-").trim_start_matches("tesla-");
    let metric = format!("NVIDIA_{}_GPUS", short.to_uppercase().replace('-', "_"));
    let (project, region) = (&place.project, place.region());
    let limit = view.value(&format!("gke/quota/{project}/{region}/{metric}"));
    let Some(limit) = limit.and_then(|limit| limit.as_u64()) else { return Ok(()) };
    let each = &gpu["acceleratorCount"];
    let each = each.as_u64().or_else(|| each.as_str()?.parse().ok()).unwrap_or(1);
    let asked = each * record::count(pool);
    if asked <= limit {
        return Ok(());
    }
    let message = format!(
        "Insufficient regional quota to satisfy request: resource \"{metric}\": request requires \
         '{asked}.0' and is short '{}.0'. project has a quota of '{limit}.0' with '{limit}.0' \
         available.",
        asked - limit
    );
    Err(Refusal::forbidden(message))
}

/// The machines that the clusters of a project would have, with the labels that they would carry.
///
/// # Errors
/// When the store cannot be read.
pub fn machines(world: &World, project: &str) -> Result<Vec<Machine>, StoreError> {
    world.store.read(|view| {
        let mut machines = Vec::new();
        for (key, pool) in view.scan(&format!("{POOLS}{project}/"), "") {
            let rest = key.trim_start_matches(POOLS);
            let Some((cluster, name)) = rest.rsplit_once('/') else { continue };
            let owner = view.value(&format!("{CLUSTERS}{cluster}"));
            let mut labels = texts(owner.as_deref().map(|owner| &owner["resourceLabels"]));
            labels.extend(texts(Some(&pool["config"]["resourceLabels"])));
            let cluster = cluster.rsplit('/').next().unwrap_or_default();
            let each = pool["initialNodeCount"].as_u64().unwrap_or_default();
            for zone in pool["locations"].as_array().into_iter().flatten() {
                let zone = zone.as_str().unwrap_or_default().to_owned();
                machines.extend((0..each).map(|number| Machine {
                    name: format!("gke-{cluster}-{name}-{number}"),
                    zone: zone.clone(),
                    labels: labels.clone(),
                }));
            }
        }
        Ok(machines)
    })
}

fn texts(labels: Option<&Value>) -> BTreeMap<String, String> {
    let labels = labels.and_then(Value::as_object).into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels.map(|(key, value)| (key.clone(), text(value))).collect()
}
