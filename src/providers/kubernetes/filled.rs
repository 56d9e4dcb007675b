//! How full a disk is that something in a cluster has mounted, as the kubelet of its machine counts.
//!
//! Google tells of a disk how large it is and how much is read and written, and not how much of the
//! file system on it is used. The kubelet does, of every volume of a pod, and the server of the
//! cluster passes the question on. Planning never comes here: it takes the right to ask kubelets.

use crate::kind::ProviderError;
use crate::providers::failed::CallFailed;
use crate::providers::kubernetes::client::{Call, Connection};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::types::part;
use serde_json::Value;

/// How full a file system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// What is used, in bytes.
    pub used: u64,
    /// What there is, in bytes.
    pub size: u64,
}

impl Filled {
    /// The part that is free, in percent.
    pub fn free_percent(&self) -> f64 {
        match self.size {
            0 => 0.0,
            size => 100.0 - 100.0 * self.used as f64 / size as f64,
        }
    }
}

/// Which claim of which namespace.
struct Claim {
    namespace: String,
    name: String,
}

/// How full the disk of this volume, `projects/P/zones/Z/disks/D`, is; nothing where nothing that
/// runs has it.
///
/// # Errors
/// When it cannot be told.
pub async fn filled(
    connection: &Connection,
    cluster: &Cluster,
    volume: &str,
) -> Result<Option<Filled>, ProviderError> {
    let look = Look { connection, cluster };
    let volumes = look.all("the volumes of the cluster", "/api/v1/persistentvolumes").await?;
    let Some(claim) = volumes.iter().find_map(|it| claim_of(it, volume)) else { return Ok(None) };
    let path = format!("/api/v1/namespaces/{}/pods", part(&claim.namespace));
    let pods = look.all(&format!("the pods of {}", claim.namespace), &path).await?;
    let uses = |pod: &&Value| {
        let mut volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
        volumes.any(|it| it["persistentVolumeClaim"]["claimName"] == *claim.name)
    };
    let machines = pods.iter().filter(uses).filter_map(|pod| pod["spec"]["nodeName"].as_str());
    for machine in machines {
        let path = format!("/api/v1/nodes/{}/proxy/stats/summary", part(machine));
        let told = look.ask(&format!("the volumes of the machine {machine}"), &path).await?;
        if let Some(filled) = read(&told, &claim) {
            return Ok(Some(filled));
        }
    }
    Ok(None)
}

/// One cluster to look into.
struct Look<'a> {
    connection: &'a Connection,
    cluster: &'a Cluster,
}

impl Look<'_> {
    async fn ask(&self, what: &str, path: &str) -> Result<Value, CallFailed> {
        let call = Call::get(what, path);
        let send = || self.connection.send(self.cluster, &call);
        self.connection.retry.run(what, None, send).await
    }

    async fn all(&self, what: &str, path: &str) -> Result<Vec<Value>, CallFailed> {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let mut page = self.ask(what, &format!("{path}?limit=500{next}")).await?;
            if let Value::Array(items) = page["items"].take() {
                all.extend(items);
            }
            match page["metadata"]["continue"].as_str() {
                None | Some("") => return Ok(all),
                Some(token) => next = format!("&continue={}", part(token)),
            }
        }
    }
}

/// The claim that has a volume on this disk.
fn claim_of(volume: &Value, disk: &str) -> Option<Claim> {
    let spec = &volume["spec"];
    let text = |field: &str| Some(spec["claimRef"][field].as_str()?.to_owned());
    let here = spec["csi"]["volumeHandle"] == disk;
    Some(Claim { namespace: text("namespace")?, name: text("name")? }).filter(|_| here)
}

/// What a kubelet says of the volume of a claim.
/// <https://kubernetes.io/docs/reference/instrumentation/node-metrics/>
fn read(told: &Value, claim: &Claim) -> Option<Filled> {
    let pods = told["pods"].as_array().into_iter().flatten();
    let volumes = pods.flat_map(|pod| pod["volume"].as_array().into_iter().flatten());
    let is_it = |it: &&Value| {
        it["pvcRef"]["namespace"] == *claim.namespace && it["pvcRef"]["name"] == *claim.name
    };
    let found = volumes.into_iter().find(is_it)?;
    Some(Filled { used: found["usedBytes"].as_u64()?, size: found["capacityBytes"].as_u64()? })
}
