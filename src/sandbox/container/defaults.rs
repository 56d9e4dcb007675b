//! What the service adds to what it is asked for.
//!
//! <https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters>

use serde_json::{Value, json};

use super::path::Place;
use super::version;
use crate::sandbox::refusal::Refusal;

/// The scopes of machines that ask for none.
const SCOPES: [&str; 4] = [
    "https://www.googleapis.com/auth/devstorage.read_only",
    "https://www.googleapis.com/auth/logging.write",
    "https://www.googleapis.com/auth/monitoring",
    "https://www.googleapis.com/auth/servicecontrol",
];

/// Gives a field a value where it has none.
fn or(value: &mut Value, name: &str, default: Value) {
    if value[name].is_null() || value[name] == json!([]) || value[name] == json!("") {
        value[name] = default;
    }
}

/// The zones of a region, as far as the sandbox knows: the first three letters.
fn zones(place: &Place) -> Value {
    let region = place.region();
    match place.is_region() {
        true => json!(["a", "b", "c"].map(|letter| format!("{region}-{letter}"))),
        false => json!([place.location]),
    }
}

/// A cluster with all that the service says of it.
pub(super) fn cluster(place: &Place, cluster: &mut Value, now: &str) -> Result<(), Refusal> {
    let name = cluster["name"].as_str().unwrap_or_default().to_owned();
    let version = version::resolve(cluster["initialClusterVersion"].as_str().unwrap_or_default())?;
    cluster["initialClusterVersion"] = json!(version);
    cluster["currentMasterVersion"] = json!(version);
    cluster["currentNodeVersion"] = json!(version);
    cluster["location"] = json!(place.location);
    cluster["zone"] = json!(place.location);
    cluster["createTime"] = json!(now);
    cluster["endpoint"] = json!("203.0.113.10");
    let link = place.below(&format!("clusters/{name}"));
    cluster["selfLink"] = json!(format!("https://container.googleapis.com/v1/{link}"));
    or(cluster, "locations", zones(place));
    or(cluster, "network", json!("default"));
    or(cluster, "subnetwork", json!("default"));
    or(cluster, "clusterIpv4Cidr", json!("10.8.0.0/14"));
    or(cluster, "servicesIpv4Cidr", json!("34.118.224.0/20"));
    or(cluster, "ipAllocationPolicy", json!({ "useIpAliases": true }));
    or(cluster, "releaseChannel", json!({ "channel": "REGULAR" }));
    or(cluster, "autoscaling", json!({}));
    or(&mut cluster["autoscaling"], "autoscalingProfile", json!("BALANCED"));
    or(cluster, "databaseEncryption", json!({ "state": "DECRYPTED" }));
    or(cluster, "shieldedNodes", json!({ "enabled": true }));
    or(cluster, "masterAuth", json!({ "clusterCaCertificate": "LS0t" }));
    addons(cluster);
    observation(cluster);
    Ok(())
}

fn addons(cluster: &mut Value) {
    or(cluster, "addonsConfig", json!({}));
    let addons = &mut cluster["addonsConfig"];
    or(addons, "httpLoadBalancing", json!({}));
    or(addons, "horizontalPodAutoscaling", json!({}));
    or(addons, "kubernetesDashboard", json!({ "disabled": true }));
    or(addons, "networkPolicyConfig", json!({ "disabled": true }));
    or(addons, "gcePersistentDiskCsiDriverConfig", json!({ "enabled": true }));
}

/// What of a cluster is logged and watched.
fn observation(cluster: &mut Value) {
    let logs = json!(["SYSTEM_COMPONENTS", "WORKLOADS"]);
    or(cluster, "loggingConfig", json!({ "componentConfig": { "enableComponents": logs } }));
    let mut figures = json!(["SYSTEM_COMPONENTS"]);
    if cluster["monitoringConfig"].is_null() {
        figures = json!(["SYSTEM_COMPONENTS", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT"]);
    }
    or(cluster, "monitoringConfig", json!({ "managedPrometheusConfig": { "enabled": true } }));
    let components = json!({ "enableComponents": figures });
    or(&mut cluster["monitoringConfig"], "componentConfig", components);
    cluster["loggingService"] = json!("logging.googleapis.com/kubernetes");
    cluster["monitoringService"] = json!("monitoring.googleapis.com/kubernetes");
}

/// The pool that a cluster gets which asks for none.
pub(super) fn default_pool(count: u64) -> Value {
    json!({ "name": "default-pool", "initialNodeCount": count })
}

/// A pool with all that the service says of it.
pub(super) fn pool(place: &Place, cluster: &Value, pool: &mut Value) -> Result<(), Refusal> {
    let asked = pool["version"].as_str().unwrap_or_default();
    let newest = cluster["currentMasterVersion"].as_str().unwrap_or_default().to_owned();
    let version = if asked.is_empty() { newest.clone() } else { version::resolve(asked)?.into() };
    if version::newer(&version, &newest) {
        return Err(Refusal::invalid(format!(
            "Node version \"{version}\" must not be newer than the control plane's, \"{newest}\"."
        )));
    }
    pool["version"] = json!(version);
    or(pool, "config", json!({}));
    or(pool, "locations", cluster["locations"].clone());
    or(pool, "management", json!({}));
    or(pool, "upgradeSettings", json!({ "maxSurge": 1, "strategy": "SURGE" }));
    or(pool, "maxPodsConstraint", json!({ "maxPodsPerNode": "110" }));
    or(pool, "podIpv4CidrSize", json!(24));
    if pool["autoscaling"]["enabled"] == true {
        or(&mut pool["autoscaling"], "locationPolicy", json!("BALANCED"));
    }
    let name = pool["name"].as_str().unwrap_or_default();
    let link = place.below(&format!("clusters/{}/nodePools/{name}", text(cluster, "name")));
    pool["selfLink"] = json!(format!("https://container.googleapis.com/v1/{link}"));
    machines(cluster, &mut pool["config"]);
    Ok(())
}

fn machines(cluster: &Value, config: &mut Value) {
    or(config, "machineType", json!("e2-medium"));
    or(config, "imageType", json!("COS_CONTAINERD"));
    or(config, "diskType", json!("pd-balanced"));
    or(config, "diskSizeGb", json!(100));
    or(config, "oauthScopes", json!(SCOPES));
    or(config, "serviceAccount", json!("default"));
    or(config, "metadata", json!({ "disable-legacy-endpoints": "true" }));
    or(config, "shieldedInstanceConfig", json!({ "enableIntegrityMonitoring": true }));
    or(config, "windowsNodeConfig", json!({}));
    let mut disk =
        json!({ "diskType": config["diskType"], "sizeGb": text_of(&config["diskSizeGb"]) });
    for field in ["provisionedIops", "provisionedThroughput"] {
        if !config["bootDisk"][field].is_null() {
            disk[field] = config["bootDisk"][field].clone();
        }
    }
    config["bootDisk"] = disk;
    if cluster["workloadIdentityConfig"]["workloadPool"].is_string() {
        or(config, "workloadMetadataConfig", json!({ "mode": "GKE_METADATA" }));
    }
    or(config, "resourceLabels", json!({}));
    let spot = config["spot"] == true || config["preemptible"] == true;
    let model = if spot { "spot" } else { "on-demand" };
    config["resourceLabels"]["goog-gke-node-pool-provisioning-model"] = json!(model);
    let accelerators = config["accelerators"].as_array_mut();
    for accelerator in accelerators.into_iter().flatten() {
        let driver = json!({ "gpuDriverVersion": "DEFAULT" });
        or(accelerator, "gpuDriverInstallationConfig", driver);
    }
}

/// Numbers of 64 bits are texts in this JSON.
fn text_of(value: &Value) -> Value {
    value.as_u64().map_or_else(|| value.clone(), |number| json!(number.to_string()))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
