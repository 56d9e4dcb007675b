//! What the release of a chart holds in outline, where the chart itself cannot be had: a choice of the
//! sandbox, and not what the chart would make.
//!
//! Of JupyterHub's chart (also where another one wraps it) these are the programs, their addresses
//! and the claim of the hub's database; of cert-manager's its types; of any other chart only its values,
//! in a ConfigMap. Whatever the values say is in it, so that another value is another object.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The chart of JupyterHub.
const JUPYTERHUB: &str = "jupyterhub";
/// The chart of cert-manager, and its types that others make objects of, with whether those are in
/// namespaces. <https://cert-manager.io/docs/reference/api-docs/>
const CERT_MANAGER: &str = "cert-manager";
const TYPES: [(&str, &str, &str); 3] = [
    ("Certificate", "certificates", "Namespaced"),
    ("ClusterIssuer", "clusterissuers", "Cluster"),
    ("Issuer", "issuers", "Namespaced"),
];

/// The objects of a release.
pub(super) fn objects(chart: &str, release: &str, version: &str, values: &Value) -> Vec<Value> {
    let labels = json!({
        "helm.sh/chart": format!("{chart}-{version}"), "app.kubernetes.io/instance": release,
    });
    let told = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": format!("{release}-values"), "labels": labels },
        "data": { "values": values.to_string() },
    });
    let mut objects = vec![told];
    if chart == CERT_MANAGER && values.pointer("/crds/enabled") == Some(&json!(true)) {
        objects.extend(TYPES.into_iter().map(definition));
    }
    if let Some(hub) = hub(chart, values) {
        objects.extend(jupyterhub(version, hub));
    }
    objects
}

/// The values of JupyterHub's chart, if it is in this one.
fn hub<'a>(chart: &str, values: &'a Value) -> Option<&'a Value> {
    if chart == JUPYTERHUB {
        return Some(values);
    }
    let below = |value: &'a Value| value.get(JUPYTERHUB);
    below(values).or_else(|| values.as_object()?.values().find_map(below))
}

/// <https://z2jh.jupyter.org/en/stable/administrator/architecture.html>
fn jupyterhub(version: &str, values: &Value) -> Vec<Value> {
    let digest = Sha256::digest(values.to_string().as_bytes());
    let digest = data_encoding::HEXLOWER.encode(&digest);
    let public = values.pointer("/proxy/service/type").and_then(Value::as_str);
    vec![
        json!({
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": { "name": "hub", "labels": labels("hub") },
            "data": { "values.yaml": data_encoding::BASE64.encode(values.to_string().as_bytes()) },
        }),
        json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": { "name": "hub-db-dir", "labels": labels("hub") },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": { "requests": { "storage": "1Gi" } },
            },
        }),
        deployment("hub", &format!("quay.io/jupyterhub/k8s-hub:{version}"), &digest),
        deployment("proxy", "quay.io/jupyterhub/configurable-http-proxy:4.6.3", "-"),
        service("hub", "hub", 8081, "ClusterIP"),
        service("proxy-api", "proxy", 8001, "ClusterIP"),
        service("proxy-public", "proxy", 80, public.unwrap_or("LoadBalancer")),
    ]
}

fn definition((kind, plural, scope): (&str, &str, &str)) -> Value {
    let group = "cert-manager.io";
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.{group}") },
        "spec": {
            "group": group,
            "names": {
                "kind": kind, "listKind": format!("{kind}List"), "plural": plural,
                "singular": kind.to_lowercase(),
            },
            "scope": scope,
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": schema },
            }],
        },
    })
}

fn labels(component: &str) -> Value {
    json!({ "app": JUPYTERHUB, "component": component })
}

fn deployment(name: &str, image: &str, digest: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": name, "labels": labels(name) },
        "spec": {
            "replicas": 1,
            "selector": { "matchLabels": labels(name) },
            "template": {
                "metadata": { "labels": labels(name), "annotations": { "checksum/values": digest } },
                "spec": { "containers": [{ "name": name, "image": image }] },
            },
        },
    })
}

fn service(name: &str, component: &str, port: u16, sort: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": name, "labels": labels(component) },
        "spec": {
            "type": sort,
            "selector": labels(component),
            "ports": [{ "name": "http", "port": port, "protocol": "TCP", "targetPort": port }],
        },
    })
}
