//! A platform's controllers in small: what becomes of objects by themselves, a while after they were
//! made or changed.
//!
//! Workloads become ready, claims are bound, load balancers get an address, jobs end well. Nothing
//! runs: there are no pods but those that somebody makes.

use serde_json::{Value, json};

use super::cluster::{Cluster, Found};
use super::delete::Belongings;
use super::failure::Failure;
use super::kind::{self, Type};
use super::{change, delete, namespace};
use crate::sandbox::Transaction;

/// The types that something becomes of.
const LIVELY: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("", "PersistentVolumeClaim"),
    ("", "Pod"),
    ("", "Service"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("batch", "Job"),
    ("networking.k8s.io", "Ingress"),
];

/// Has the controllers look at an object in a while, if they ever do.
pub(super) fn watch(cluster: &Cluster<'_>, tx: &mut Transaction<'_>, kind: &Type, key: &str) {
    if LIVELY.iter().any(|(group, name)| kind.is(group, name)) {
        cluster.later(tx, key);
    }
}

/// Lets the controllers look at an object.
pub(super) fn act(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    key: &str,
) -> Result<(), Failure> {
    let Some(found) = cluster.find(tx, key)? else { return Ok(()) };
    let Some(kind) = cluster.kind_of(tx, &found.object) else { return Ok(()) };
    if !found.object["metadata"]["deletionTimestamp"].is_null() {
        return goes(cluster, tx, &kind, found);
    }
    if stuck(cluster, tx, key) {
        return Ok(());
    }
    let mut object = found.object.clone();
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("apps", "DaemonSet") => daemon(&mut object),
        ("apps", _) => replicated(&mut object, &kind, &cluster.world.clock.now().rfc3339()),
        ("batch", "Job") => job(&mut object, &cluster.world.clock.now().rfc3339()),
        ("", "Pod") => pod(&mut object),
        ("", "PersistentVolumeClaim") => bind(cluster, tx, &mut object)?,
        ("", "Service") | ("networking.k8s.io", "Ingress") => address(&mut object, key),
        _ => {}
    }
    if object == found.object {
        return Ok(());
    }
    cluster.keep(tx, key, &mut object)
}

/// Whether a test wants an object never to become ready.
fn stuck(cluster: &Cluster<'_>, tx: &Transaction<'_>, key: &str) -> bool {
    tx.value(&cluster.trouble(key)).is_some()
}

fn goes(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    kind: &Type,
    mut found: Found,
) -> Result<(), Failure> {
    if kind.is("", "Namespace") {
        return namespace::empty(cluster, tx, found);
    }
    if !kind.is("", "PersistentVolumeClaim") {
        return Ok(());
    }
    if let Some(held) = found.object["metadata"]["finalizers"].as_array_mut() {
        held.retain(|it| it != "kubernetes.io/pvc-protection");
    }
    if !change::is_released(kind, &found.object) {
        return cluster.keep(tx, &found.key, &mut found.object);
    }
    let volume = found.object["spec"]["volumeName"].as_str().unwrap_or_default();
    if let Some(of) = kind::of_kind("", "PersistentVolume")
        && let Some(volume) = cluster.find(tx, &cluster.key(of, None, volume))?
        && volume.object["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
    {
        cluster.drop(tx, &volume)?;
    }
    delete::release(cluster, tx, kind, &found, Belongings::Go)
}

fn condition(kind: &str, status: &str, reason: &str, now: &str) -> Value {
    json!({
        "type": kind, "status": status, "reason": reason,
        "lastTransitionTime": now, "lastUpdateTime": now,
    })
}

/// Deployments, stateful sets and replica sets.
fn replicated(object: &mut Value, kind: &Type, now: &str) {
    let count = object["spec"]["replicas"].as_u64().unwrap_or(1);
    let mut status = json!({
        "observedGeneration": object["metadata"]["generation"],
        "replicas": count, "readyReplicas": count, "availableReplicas": count,
    });
    match kind.kind.as_str() {
        "Deployment" => {
            status["updatedReplicas"] = json!(count);
            status["conditions"] = json!([
                condition("Available", "True", "MinimumReplicasAvailable", now),
                condition("Progressing", "True", "NewReplicaSetAvailable", now),
            ]);
            let revision = &mut object["metadata"]["annotations"];
            if revision["deployment.kubernetes.io/revision"].is_null() {
                revision["deployment.kubernetes.io/revision"] = json!("1");
            }
        }
        "StatefulSet" => {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            let text = object["spec"]["template"].to_string();
            let revision = format!("{name}-{:08x}", crc32c::crc32c(text.as_bytes()));
            status["updatedReplicas"] = json!(count);
            status["currentReplicas"] = json!(count);
            status["currentRevision"] = json!(revision);
            status["updateRevision"] = json!(revision);
            status["collisionCount"] = json!(0);
        }
        _ => {}
    }
    // What is as it was keeps the time at which it became so.
    let timeless = |status: &Value| {
        let mut status = status.clone();
        if let Some(fields) = status.as_object_mut() {
            fields.remove("conditions");
        }
        status
    };
    if timeless(&status) != timeless(&object["status"]) {
        object["status"] = status;
    }
}

fn daemon(object: &mut Value) {
    let count = 1;
    object["status"] = json!({
        "observedGeneration": object["metadata"]["generation"],
        "currentNumberScheduled": count, "desiredNumberScheduled": count, "numberReady": count,
        "numberAvailable": count, "updatedNumberScheduled": count, "numberMisscheduled": 0,
    });
}

fn job(object: &mut Value, now: &str) {
    let ended = !object["status"]["completionTime"].is_null();
    if ended || object["spec"]["suspend"] == true {
        return;
    }
    object["status"] = json!({
        "startTime": now, "completionTime": now,
        "succeeded": object["spec"]["completions"].as_u64().unwrap_or(1),
        "ready": 0, "terminating": 0, "uncountedTerminatedPods": {},
        "conditions": [condition("Complete", "True", "CompletionsReached", now)],
    });
}

fn pod(object: &mut Value) {
    let ready = ["PodScheduled", "Initialized", "ContainersReady", "Ready"]
        .map(|kind| json!({ "type": kind, "status": "True" }));
    let containers = object["spec"]["containers"].as_array().into_iter().flatten();
    let states: Vec<Value> = containers
        .map(|container| {
            json!({
                "name": container["name"], "image": container["image"], "ready": true,
                "restartCount": 0, "started": true, "state": { "running": {} },
            })
        })
        .collect();
    object["status"] = json!({
        "phase": "Running", "containerStatuses": states,
        "conditions": ready,
    });
}

/// A claim gets a volume of its size; one that is bound grows.
fn bind(cluster: &Cluster<'_>, tx: &mut Transaction<'_>, claim: &mut Value) -> Result<(), Failure> {
    let size = claim["spec"]["resources"]["requests"]["storage"].clone();
    let name = match claim["spec"]["volumeName"].as_str() {
        Some(name) => name.to_owned(),
        None => format!("pvc-{}", claim["metadata"]["uid"].as_str().unwrap_or_default()),
    };
    let Some(of) = kind::of_kind("", "PersistentVolume") else { return Ok(()) };
    let key = cluster.key(of, None, &name);
    let earlier = cluster.find(tx, &key)?.map(|found| found.object);
    let mut volume = match earlier.clone() {
        Some(volume) => volume,
        None => volume_of(cluster, tx, of, &name, claim),
    };
    if volume["spec"]["capacity"]["storage"] != size {
        volume["spec"]["capacity"]["storage"] = size.clone();
    }
    if earlier.as_ref() != Some(&volume) {
        cluster.keep(tx, &key, &mut volume)?;
    }
    claim["spec"]["volumeName"] = json!(name);
    claim["status"] = json!({
        "phase": "Bound", "accessModes": claim["spec"]["accessModes"],
        "capacity": { "storage": size },
    });
    Ok(())
}

fn volume_of(
    cluster: &Cluster<'_>,
    tx: &Transaction<'_>,
    kind: &Type,
    name: &str,
    claim: &Value,
) -> Value {
    let metadata = &claim["metadata"];
    let mut volume = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": { "name": name },
        "spec": {
            "accessModes": claim["spec"]["accessModes"], "capacity": {},
            "claimRef": {
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "uid": metadata["uid"],
                "namespace": metadata["namespace"], "name": metadata["name"],
            },
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": claim["spec"]["storageClassName"],
            "volumeMode": claim["spec"]["volumeMode"],
            "csi": { "driver": "pd.csi.storage.gke.io", "volumeHandle": format!("disks/{name}") },
        },
    });
    change::begin(cluster, tx, kind, &mut volume);
    volume["status"] = json!({ "phase": "Bound" });
    volume
}

/// What is reached from outside gets an address that always is the same.
fn address(object: &mut Value, key: &str) {
    let balanced = object["spec"]["type"] == "LoadBalancer" || object["kind"] == "Ingress";
    if !balanced {
        if object["kind"] == "Service" && object["status"]["loadBalancer"].is_null() {
            object["status"]["loadBalancer"] = json!({});
        }
        return;
    }
    let number = crc32c::crc32c(key.as_bytes());
    let drawn = format!("203.0.113.{}", number % 254 + 1);
    let asked = object["spec"]["loadBalancerIP"].as_str().unwrap_or(&drawn);
    object["status"]["loadBalancer"] = json!({ "ingress": [{ "ip": asked }] });
}
