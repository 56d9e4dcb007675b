//! What an object stands on: its cluster, its namespace, what it is told to need, and what its
//! manifest refers to.

use super::Spec;
use crate::model::Need;
use crate::providers::kubernetes::cluster::Cluster;
use serde_json::Value;
use std::collections::BTreeSet;

/// The kinds that an object may refer to.
const NAMESPACE: &str = "kubernetes-namespace";
const OBJECT: &str = "kubernetes-object";
const SECRET: &str = "kubernetes-secret";

/// How manifests refer to others of their namespace: the field, the field in it that has the name
/// (none where the field itself is the name), and what is referred to.
const REFERENCES: &[(&str, Option<&str>, &str)] = &[
    ("secretName", None, "Secret"),
    ("secretRef", Some("name"), "Secret"),
    ("secretKeyRef", Some("name"), "Secret"),
    ("imagePullSecrets", Some("name"), "Secret"),
    ("configMap", Some("name"), "ConfigMap"),
    ("configMapRef", Some("name"), "ConfigMap"),
    ("configMapKeyRef", Some("name"), "ConfigMap"),
    ("persistentVolumeClaim", Some("claimName"), "PersistentVolumeClaim"),
    ("serviceAccountName", None, "ServiceAccount"),
];

pub(super) fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
    let mut needs = BTreeSet::new();
    needs.extend(Cluster::parse(&spec.cluster).and_then(|cluster| cluster.need()));
    let cluster = name.split('/').next().unwrap_or_default();
    if let Some(namespace) = spec.manifest["metadata"]["namespace"].as_str() {
        let within = format!("{cluster}/{namespace}");
        refer(&within, &spec.manifest, &mut needs);
        needs.insert(Need::inside(NAMESPACE, within));
    }
    let told = spec.needs.iter().filter_map(|it| it.split_once('/'));
    needs.extend(told.map(|(kind, name)| Need::refers(kind, name)));
    needs.retain(|need| need.kind != OBJECT || need.name != name);
    needs
}

/// Adds what a value refers to in its namespace, `CLUSTER/NAMESPACE`.
fn refer(within: &str, value: &Value, needs: &mut BTreeSet<Need>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| refer(within, item, needs)),
        Value::Object(fields) => {
            for (field, below) in fields {
                let known = REFERENCES.iter().find(|(name, ..)| name == field);
                if let Some((_, inner, what)) = known {
                    needs.extend(
                        named(below, *inner).into_iter().map(|name| need(within, what, name)),
                    );
                }
                refer(within, below, needs);
            }
        }
        _ => {}
    }
}

/// The names in the value of a field that refers.
fn named<'a>(value: &'a Value, inner: Option<&str>) -> Vec<&'a str> {
    let one = |value: &'a Value| match inner {
        Some(field) => value[field].as_str(),
        None => value.as_str(),
    };
    match value {
        Value::Array(items) => items.iter().filter_map(one).collect(),
        _ => one(value).into_iter().collect(),
    }
}

fn need(within: &str, what: &str, name: &str) -> Need {
    match what {
        "Secret" => Need::refers(SECRET, format!("{within}/{name}")),
        _ => Need::refers(OBJECT, format!("{within}/{what}/{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deployment_stands_on_what_its_pods_use() {
        let manifest = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "hub", "namespace": "hubs" },
            "spec": { "template": { "spec": {
                "serviceAccountName": "hub",
                "volumes": [
                    { "name": "config", "configMap": { "name": "hub-config" } },
                    { "name": "db", "persistentVolumeClaim": { "claimName": "hub-db" } },
                ],
                "containers": [{ "name": "hub", "env": [
                    { "name": "KEY", "valueFrom": { "secretKeyRef": { "name": "hub", "key": "k" } } },
                ] }],
            } } },
        });
        let spec = Spec {
            needs: ["gcs-bucket/scratch".to_owned()].into(),
            ..Spec::new("projects/p/locations/l/clusters/leap", manifest)
        };
        let needs = needs("leap/hubs/Deployment.apps/hub", &spec);
        let all: Vec<String> =
            needs.iter().map(|need| format!("{}/{}", need.kind, need.name)).collect();
        assert_eq!(
            all,
            [
                "gcs-bucket/scratch",
                "gke-cluster/leap",
                "kubernetes-namespace/leap/hubs",
                "kubernetes-object/leap/hubs/ConfigMap/hub-config",
                "kubernetes-object/leap/hubs/PersistentVolumeClaim/hub-db",
                "kubernetes-object/leap/hubs/ServiceAccount/hub",
                "kubernetes-secret/leap/hubs/hub",
            ]
        );
    }
}
