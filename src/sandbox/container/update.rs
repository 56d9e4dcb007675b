//! Changes of what is there: each method changes one thing, and none while another is under way.

use serde_json::{Value, json};

use super::operation::{self, Begin, Effect};
use super::path::Place;
use super::{pool, record, rule, version};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World};

/// `UpdateCluster`: at most one desired thing at a time.
pub(super) fn cluster(
    world: &World,
    place: &Place,
    name: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    let update = body["update"].as_object().cloned().unwrap_or_default();
    let desired: Vec<&String> = update.keys().filter(|key| key.starts_with("desired")).collect();
    let [desired] = desired.as_slice() else {
        return Err(Refusal::invalid("Must specify exactly one update."));
    };
    let value = &update[desired.as_str()];
    change_cluster(world, place, name, "UPDATE_CLUSTER", |cluster| {
        let tag = update.get("etag").and_then(Value::as_str).unwrap_or_default();
        same_tag(tag, cluster)?;
        Ok(match desired.as_str() {
            "desiredMasterVersion" => {
                let asked = value.as_str().unwrap_or_default();
                json!({ "currentMasterVersion": version::resolve(asked)? })
            }
            "desiredLocations" => json!({ "locations": value }),
            "desiredAddonsConfig" => {
                json!({ "addonsConfig": merged(&cluster["addonsConfig"], value) })
            }
            "desiredClusterAutoscaling" => {
                json!({ "autoscaling": merged(&cluster["autoscaling"], value) })
            }
            "desiredReleaseChannel" => json!({ "releaseChannel": value }),
            "desiredCostManagementConfig" => json!({ "costManagementConfig": value }),
            "desiredLoggingConfig" => json!({ "loggingConfig": value }),
            "desiredMonitoringConfig" => {
                json!({ "monitoringConfig": merged(&cluster["monitoringConfig"], value) })
            }
            "desiredWorkloadIdentityConfig" => json!({ "workloadIdentityConfig": value }),
            other => {
                let message = format!("the sandbox does not have the update {other}");
                return Err(Refusal::unimplemented(message));
            }
        })
    })
}

/// `:setResourceLabels` and its like.
pub(super) fn cluster_verb(
    world: &World,
    place: &Place,
    name: &str,
    verb: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    match verb {
        "setResourceLabels" => change_cluster(world, place, name, "SET_LABELS", |cluster| {
            rule::labels(&body["resourceLabels"])?;
            let given = body["labelFingerprint"].as_str().unwrap_or_default();
            if given != record::fingerprint(cluster) {
                let message = "Labels could not be set due to fingerprint mismatch.";
                return Err(Refusal::state(message));
            }
            let labels = body.get("resourceLabels").cloned().unwrap_or_else(|| json!({}));
            Ok(json!({ "resourceLabels": labels }))
        }),
        "setNetworkPolicy" => change_cluster(world, place, name, "SET_NETWORK_POLICY", |cluster| {
            let off = &cluster["addonsConfig"]["networkPolicyConfig"]["disabled"];
            if body["networkPolicy"]["enabled"] == true && *off == true {
                return Err(Refusal::invalid(
                    "Network policy addon must be enabled before it is enabled for nodes.",
                ));
            }
            Ok(json!({ "networkPolicy": body["networkPolicy"] }))
        }),
        "setMaintenancePolicy" => {
            change_cluster(world, place, name, "SET_MAINTENANCE_POLICY", |_| {
                Ok(json!({ "maintenancePolicy": body["maintenancePolicy"] }))
            })
        }
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}

fn change_cluster(
    world: &World,
    place: &Place,
    name: &str,
    kind: &'static str,
    change: impl FnOnce(&Value) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    world.store.transact(|tx| {
        let cluster = record::cluster(tx, place, name)?;
        operation::alone(tx, place, name)?;
        let effect = Effect::Becomes(change(&cluster)?);
        pool::busy(tx, place, name)?;
        operation::begin(world, tx, Begin { place, cluster: name, pool: None, kind, effect })
    })
}

/// `UpdateNodePool`: what is given takes the place of what is there.
pub(super) fn pool(
    world: &World,
    place: &Place,
    cluster: &str,
    name: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    let (kind, at) = ("UPGRADE_NODES", (place, cluster, name));
    change_pool(world, at, kind, |pool, owner| {
        same_tag(body["etag"].as_str().unwrap_or_default(), pool)?;
        let mut config = pool["config"].clone();
        let mut fields = json!({});
        for (field, value) in body.as_object().into_iter().flatten() {
            match field.as_str() {
                "labels" => config["labels"] = within(value, "labels", json!({})),
                "resourceLabels" => {
                    config["resourceLabels"] = resource_labels(pool, value);
                }
                "taints" => config["taints"] = within(value, "taints", json!([])),
                "tags" => config["tags"] = within(value, "tags", json!([])),
                "workloadMetadataConfig" | "kubeletConfig" => config[field] = value.clone(),
                "locations" => fields["locations"] = value.clone(),
                "upgradeSettings" => fields["upgradeSettings"] = value.clone(),
                "nodeVersion" => fields["version"] = node_version(owner, value)?,
                "imageType" if *value == config["imageType"] => {}
                "etag" | "name" | "projectId" | "zone" | "clusterId" | "nodePoolId" => {}
                other => {
                    let message = format!("the sandbox does not change {other} of a node pool");
                    return Err(Refusal::unimplemented(message));
                }
            }
        }
        rule::config(&config)?;
        fields["config"] = config;
        Ok(fields)
    })
}

/// `:setAutoscaling` and `:setManagement`.
pub(super) fn pool_verb(
    world: &World,
    place: &Place,
    cluster: &str,
    name: &str,
    verb: &str,
    body: &Value,
) -> Result<Value, Refusal> {
    let at = (place, cluster, name);
    match verb {
        "setAutoscaling" => change_pool(world, at, "UPDATE_CLUSTER", |pool, _| {
            rule::autoscaling(&body["autoscaling"])?;
            let mut limits = body["autoscaling"].clone();
            if limits["enabled"] == true && limits["locationPolicy"].is_null() {
                limits["locationPolicy"] = pool["autoscaling"]["locationPolicy"].clone();
            }
            Ok(json!({ "autoscaling": limits }))
        }),
        "setManagement" => change_pool(world, at, "SET_NODE_POOL_MANAGEMENT", |_, _| {
            Ok(json!({ "management": body["management"] }))
        }),
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}

fn change_pool(
    world: &World,
    (place, cluster, name): (&Place, &str, &str),
    kind: &'static str,
    change: impl FnOnce(&Value, &Value) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    world.store.transact(|tx: &mut Transaction<'_>| {
        let owner = record::cluster(tx, place, cluster)?;
        let pool = record::pool(tx, place, cluster, name)?;
        operation::alone(tx, place, cluster)?;
        let effect = Effect::Becomes(change(&pool, &owner)?);
        let mut pool = (*pool).clone();
        pool["status"] = json!("RECONCILING");
        tx.put(record::pool_key(place, cluster, name), pool);
        pool::busy(tx, place, cluster)?;
        operation::begin(world, tx, Begin { place, cluster, pool: Some(name), kind, effect })
    })
}

fn same_tag(given: &str, thing: &Value) -> Result<(), Refusal> {
    if given.is_empty() || given == record::etag(thing) {
        return Ok(());
    }
    Err(Refusal::aborted("The etag does not match: the resource has been modified."))
}

/// What a wrapper holds: an empty one empties the field.
fn within(wrapper: &Value, name: &str, empty: Value) -> Value {
    wrapper.get(name).cloned().unwrap_or(empty)
}

/// The service's own labels stay.
fn resource_labels(pool: &Value, given: &Value) -> Value {
    let mut labels = within(given, "labels", json!({}));
    let before = pool["config"]["resourceLabels"].as_object().into_iter().flatten();
    for (key, value) in before.filter(|(key, _)| key.starts_with("goog-")) {
        labels[key] = value.clone();
    }
    labels
}

fn node_version(cluster: &Value, asked: &Value) -> Result<Value, Refusal> {
    let newest = cluster["currentMasterVersion"].as_str().unwrap_or_default();
    let version = version::resolve(asked.as_str().unwrap_or_default())?;
    if version::newer(version, newest) {
        return Err(Refusal::invalid(format!(
            "Node version \"{version}\" must not be newer than the control plane's, \"{newest}\"."
        )));
    }
    Ok(json!(version))
}

/// The given fields over those that are there.
fn merged(before: &Value, given: &Value) -> Value {
    let mut merged = before.clone();
    for (name, value) in given.as_object().into_iter().flatten() {
        merged[name] = value.clone();
    }
    merged
}
