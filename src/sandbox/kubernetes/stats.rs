//! What a kubelet tells of the volumes of its pods. Nothing runs here, so how full a volume is
//! stands in an annotation of it: `sandbox.leap-infra/filled: 90 of 100`, in GiB.
//!
//! <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>

use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::cluster::Cluster;
use super::failure::Failure;
use super::kind;
use crate::sandbox::Transaction;

/// Where it stands how full a volume is.
const FILLED: &str = "sandbox.leap-infra/filled";

/// How a path says it, below a machine.
pub(super) const SUMMARY: &str = "proxy/stats/summary";

/// The summary of a machine.
pub(super) fn summary(call: &Call<'_>) -> Result<Response, Failure> {
    let (key, name) = (call.key()?, call.name()?);
    let cluster = call.cluster;
    cluster.world.store.read(|view| {
        if cluster.find(view, &key)?.is_none() {
            return Err(Failure::not_found(&call.kind, name));
        }
        let Some(of) = kind::of_kind("", "Pod") else { return Err(Failure::unknown()) };
        let mut pods = cluster.all(view, &cluster.within(of, None), "")?;
        pods.retain(|pod| pod.object["spec"]["nodeName"] == name);
        let told: Result<Vec<Value>, Failure> =
            pods.iter().map(|pod| told(cluster, view, &pod.object)).collect();
        Ok(answer::ok(json!({ "node": { "nodeName": name }, "pods": told? })))
    })
}

fn told(cluster: &Cluster<'_>, view: &Transaction<'_>, pod: &Value) -> Result<Value, Failure> {
    let metadata = &pod["metadata"];
    let mut volumes = Vec::new();
    for volume in pod["spec"]["volumes"].as_array().into_iter().flatten() {
        let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() else { continue };
        let namespace = metadata["namespace"].as_str();
        let Some((used, size)) = filled(cluster, view, namespace, claim)? else { continue };
        volumes.push(json!({
            "name": volume["name"],
            "pvcRef": { "name": claim, "namespace": namespace },
            "usedBytes": used << 30,
            "availableBytes": size.saturating_sub(used) << 30,
            "capacityBytes": size << 30,
        }));
    }
    let reference = json!({
        "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
    });
    Ok(json!({ "podRef": reference, "volume": volumes }))
}

/// How full the volume of a claim is, in GiB.
fn filled(
    cluster: &Cluster<'_>,
    view: &Transaction<'_>,
    namespace: Option<&str>,
    claim: &str,
) -> Result<Option<(u64, u64)>, Failure> {
    let claims = kind::of_kind("", "PersistentVolumeClaim");
    let (Some(claims), Some(volumes)) = (claims, kind::of_kind("", "PersistentVolume")) else {
        return Ok(None);
    };
    let Some(claim) = cluster.find(view, &cluster.key(claims, namespace, claim))? else {
        return Ok(None);
    };
    let name = claim.object["spec"]["volumeName"].as_str().unwrap_or_default();
    let Some(volume) = cluster.find(view, &cluster.key(volumes, None, name))? else {
        return Ok(None);
    };
    let said = volume.object["metadata"]["annotations"][FILLED].as_str().unwrap_or_default();
    let numbers = said.split_once(" of ");
    Ok(numbers.and_then(|(used, size)| Some((used.parse().ok()?, size.parse().ok()?))))
}
