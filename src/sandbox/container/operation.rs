//! Operations: they take time, one at a time on each cluster, and may fail at their end.

use serde_json::{Value, json};

use super::path::Place;
use super::record::{self, CLUSTERS, OPERATIONS, POOLS};
use super::seed::Trouble;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, World, kubernetes};

/// How many ended operations of a location are remembered.
const KEPT: usize = 50;

/// What an operation does to a thing once it ends.
pub(super) enum Effect {
    /// It is made and runs.
    Runs,
    /// These fields take the place of those that are there.
    Becomes(Value),
    /// It is gone, with everything in it.
    Goes,
}

/// An operation that begins.
pub(super) struct Begin<'a> {
    pub(super) place: &'a Place,
    pub(super) cluster: &'a str,
    /// The pool that it is about; the cluster itself without one.
    pub(super) pool: Option<&'a str>,
    pub(super) kind: &'static str,
    pub(super) effect: Effect,
}

/// Refuses a change while another is under way on the cluster.
/// <https://cloud.google.com/kubernetes-engine/docs/troubleshooting/operations>
pub(super) fn alone(view: &Transaction<'_>, place: &Place, cluster: &str) -> Result<(), Refusal> {
    let prefix = record::within(OPERATIONS, place);
    let mut running = view.scan(&prefix, "").map(|(_, value)| value);
    let running = running
        .find(|record| record["cluster"] == cluster && record["operation"]["status"] != "DONE");
    running.map_or(Ok(()), |record| {
        let name = record["operation"]["name"].as_str().unwrap_or_default();
        Err(Refusal::state(format!("Cluster is running incompatible operation {name}.")))
    })
}

/// Begins an operation, and shows it.
pub(super) fn begin(
    world: &World,
    tx: &mut Transaction<'_>,
    begin: Begin<'_>,
) -> Result<Value, Refusal> {
    let Begin { place, cluster, pool, kind, effect } = begin;
    forget(tx, place);
    let now = world.clock.now();
    let number =
        tx.value("gke/operations").and_then(|count| count.as_u64()).unwrap_or_default() + 1;
    tx.put("gke/operations", json!(number));
    let name = format!("operation-{number:08}");
    let target = match pool {
        Some(pool) => format!("clusters/{cluster}/nodePools/{pool}"),
        None => format!("clusters/{cluster}"),
    };
    let link = |below: &str| format!("https://container.googleapis.com/v1/{}", place.below(below));
    let operation = json!({
        "name": name,
        "zone": place.location,
        "location": place.location,
        "operationType": kind,
        "status": "RUNNING",
        "selfLink": link(&format!("operations/{name}")),
        "targetLink": link(&target),
        "startTime": now.rfc3339(),
    });
    let key = match pool {
        Some(pool) => record::pool_key(place, cluster, pool),
        None => record::cluster_key(place, cluster),
    };
    let (then, fields) = match effect {
        Effect::Runs => ("runs", Value::Null),
        Effect::Becomes(fields) => ("becomes", fields),
        Effect::Goes => ("goes", Value::Null),
    };
    let ends = now.plus(world.behaviour.operation_time).0;
    let record = json!({
        "operation": operation, "cluster": cluster, "key": key, "ends": ends,
        "then": then, "fields": fields,
    });
    tx.put(format!("{OPERATIONS}{}/{}/{name}", place.project, place.location), record);
    Ok(operation)
}

/// Forgets what ended long ago: the newest few are kept for those who still ask how they ended.
fn forget(tx: &mut Transaction<'_>, place: &Place) {
    let prefix = record::within(OPERATIONS, place);
    let ended = tx.scan(&prefix, "");
    let ended = ended.filter(|(_, record)| record["operation"]["status"] == "DONE");
    let ended: Vec<String> = ended.map(|(key, _)| key.to_owned()).collect();
    let old = ended.len().saturating_sub(KEPT);
    ended[..old].iter().for_each(|key| tx.remove(key));
}

/// Lets everything happen whose time has come.
pub(super) fn settle(world: &World) -> Result<(), Refusal> {
    let now = world.clock.now();
    let due = |record: &Value| {
        record["operation"]["status"] != "DONE"
            && record["ends"].as_i64().is_some_and(|end| end <= now.0)
    };
    let waiting = world
        .store
        .read(|view| Ok::<_, Refusal>(view.scan(OPERATIONS, "").any(|(_, record)| due(record))))?;
    if !waiting {
        return Ok(());
    }
    world.store.transact(|tx| {
        let ended: Vec<(String, Value)> = tx
            .scan(OPERATIONS, "")
            .filter(|(_, record)| due(record))
            .map(|(key, record)| (key.to_owned(), record.clone()))
            .collect();
        ended.into_iter().try_for_each(|(key, record)| end(tx, now, &key, record))
    })
}

fn end(tx: &mut Transaction<'_>, now: Moment, key: &str, mut record: Value) -> Result<(), Refusal> {
    let thing = record["key"].as_str().unwrap_or_default().to_owned();
    match Trouble::of(tx, &thing)? {
        Some(Trouble::Stuck) => return Ok(()),
        // What does not work can still be deleted.
        Some(trouble) if record["then"] != "goes" => fail(tx, &thing, &mut record, &trouble),
        _ => succeed(tx, &thing, &record),
    }
    // The cluster rests again, unless it is the cluster that failed.
    let cluster = cluster_of(&thing);
    if let Some(value) = tx.value(&cluster).filter(|value| value["status"] == "RECONCILING") {
        let mut value = (*value).clone();
        value["status"] = json!("RUNNING");
        tx.put(cluster, value);
    }
    record["operation"]["status"] = json!("DONE");
    record["operation"]["endTime"] = json!(now.rfc3339());
    tx.put(key, record);
    Ok(())
}

fn succeed(tx: &mut Transaction<'_>, key: &str, record: &Value) {
    if record["then"] == "goes" {
        tx.remove(key);
        if key.starts_with(CLUSTERS) {
            let pools = format!("{POOLS}{}/", key.trim_start_matches(CLUSTERS));
            let pools: Vec<String> = tx.scan(&pools, "").map(|(key, _)| key.to_owned()).collect();
            pools.iter().for_each(|pool| tx.remove(pool));
            contents(key).iter().for_each(|place| kubernetes::forget(tx, place));
        }
        return;
    }
    let Some(value) = tx.value(key) else { return };
    let mut value = (*value).clone();
    value["status"] = json!("RUNNING");
    for (name, field) in record["fields"].as_object().into_iter().flatten() {
        value[name] = field.clone();
    }
    tx.put(key, value);
}

/// Where what is in a cluster lies.
fn contents(key: &str) -> Option<String> {
    let mut parts = key.strip_prefix(CLUSTERS)?.split('/');
    let (project, location, cluster) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("projects/{project}/locations/{location}/clusters/{cluster}"))
}

fn fail(tx: &mut Transaction<'_>, key: &str, record: &mut Value, trouble: &Trouble) {
    let Trouble::Fails { code, condition, message } = trouble else { return };
    record["operation"]["error"] = json!({ "code": code, "message": message });
    record["operation"]["statusMessage"] = json!(message);
    let conditions = json!([{ "code": condition, "message": message }]);
    let list = if key.starts_with(POOLS) { "nodepoolConditions" } else { "clusterConditions" };
    record["operation"][list] = conditions.clone();
    let Some(value) = tx.value(key) else { return };
    let mut value = (*value).clone();
    // What was being made does not work; what worked before still does.
    let made = record["then"] == "runs";
    value["status"] = json!(if made { "ERROR" } else { "RUNNING" });
    if made {
        value["statusMessage"] = json!(message);
        value["conditions"] = conditions;
    }
    tx.put(key, value);
}

/// The key of the cluster that a thing is, or is in.
fn cluster_of(key: &str) -> String {
    match key.strip_prefix(POOLS) {
        Some(rest) => {
            let rest = rest.rsplit_once('/').map_or(rest, |(cluster, _)| cluster);
            format!("{CLUSTERS}{rest}")
        }
        None => key.to_owned(),
    }
}

pub(super) fn get(world: &World, place: &Place, name: &str) -> Result<Value, Refusal> {
    let key = format!("{OPERATIONS}{}/{}/{name}", place.project, place.location);
    world.store.read(|view| {
        let missing = || {
            let name = place.below(&format!("operations/{name}"));
            Refusal::not_found(format!("Not found: {name}."))
        };
        Ok(view.value(&key).ok_or_else(missing)?["operation"].clone())
    })
}

pub(super) fn list(world: &World, place: &Place) -> Result<Value, Refusal> {
    world.store.read(|view| {
        let prefix = record::within(OPERATIONS, place);
        let all = view.scan(&prefix, "");
        let all: Vec<Value> = all.map(|(_, record)| record["operation"].clone()).collect();
        Ok(json!({ "operations": all }))
    })
}
