//! What is in a cluster, and in a namespace, from the beginning.

use serde_json::{Value, json};

use super::cluster::Cluster;
use super::failure::Failure;
use super::kind::{self, Type};
use super::{change, default};
use crate::sandbox::Transaction;

/// The namespaces of a new cluster.
const NAMESPACES: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];

/// The classes of disks, as Google Kubernetes Engine has them: their name and type of disk.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes#storageclasses>
const DISKS: &[(&str, &str)] =
    &[("premium-rwo", "pd-ssd"), ("standard", "pd-standard"), ("standard-rwo", "pd-balanced")];

/// Puts into a new cluster what every cluster has.
pub(super) fn furnish(cluster: &Cluster<'_>, tx: &mut Transaction<'_>) -> Result<(), Failure> {
    for name in NAMESPACES {
        let namespace = put(cluster, tx, ("", "Namespace"), None, named(name))?;
        if let Some((kind, namespace)) = namespace {
            comes_with(cluster, tx, kind, &namespace)?;
        }
    }
    for (name, disk) in DISKS {
        let mut class = json!({
            "metadata": { "name": name }, "provisioner": "pd.csi.storage.gke.io",
            "parameters": { "type": disk }, "reclaimPolicy": "Delete",
            "allowVolumeExpansion": true, "volumeBindingMode": "WaitForFirstConsumer",
        });
        if *name == "standard-rwo" {
            let word = "storageclass.kubernetes.io/is-default-class";
            class["metadata"]["annotations"] = json!({ word: "true" });
        }
        put(cluster, tx, ("storage.k8s.io", "StorageClass"), None, class)?;
    }
    let ports = json!([{ "name": "https", "port": 443, "targetPort": 443 }]);
    let service = json!({
        "metadata": { "name": "kubernetes" }, "spec": { "clusterIP": "10.96.0.1", "ports": ports },
    });
    put(cluster, tx, ("", "Service"), Some("default"), service).map(|_| ())
}

/// Puts beside a new object what comes with it.
pub(super) fn comes_with(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    kind: &Type,
    object: &Value,
) -> Result<(), Failure> {
    if !kind.is("", "Namespace") {
        return Ok(());
    }
    let name = object["metadata"]["name"].as_str();
    put(cluster, tx, ("", "ServiceAccount"), name, named("default"))?;
    let mut authority = named("kube-root-ca.crt");
    authority["data"] = json!({ "ca.crt": "the certificate of the sandbox's clusters\n" });
    put(cluster, tx, ("", "ConfigMap"), name, authority).map(|_| ())
}

fn named(name: &str) -> Value {
    json!({ "metadata": { "name": name } })
}

fn put(
    cluster: &Cluster<'_>,
    tx: &mut Transaction<'_>,
    (group, name): (&str, &str),
    namespace: Option<&str>,
    mut object: Value,
) -> Result<Option<(&'static Type, Value)>, Failure> {
    let Some(kind) = kind::of_kind(group, name) else { return Ok(None) };
    object["apiVersion"] = json!(kind.api_version());
    object["kind"] = json!(kind.kind);
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = json!(namespace);
    }
    change::begin(cluster, tx, kind, &mut object);
    default::complete(kind, &mut object, cluster.version(tx));
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    cluster.keep(tx, &cluster.key(kind, namespace, &name), &mut object)?;
    Ok(Some((kind, object)))
}
