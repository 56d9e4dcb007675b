//! The objects of a release against the live ones: what somebody changed behind Helm's back.

use super::apply::Here;
use crate::kind::ProviderError;
use crate::model::Scope;
use crate::providers::helm::redact;
use crate::providers::helm::release::Release;
use crate::providers::kubernetes::Reader;
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::compare::look;
use crate::providers::kubernetes::in_cluster::{is_waited_for, wait};
use crate::providers::kubernetes::types::Type;
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields that are not as Helm made them, by object and path, each in words.
pub(super) type Differing = BTreeMap<String, String>;

/// What an object is said to be that is not there.
const GONE: &str = "is not there";

/// The objects of a release that are not as it says: one list for each type and namespace. Where
/// Helm is not done with a release, there is nothing to compare with yet.
pub(super) async fn differing(
    reader: &Reader,
    scope: &Scope<'_>,
    cluster: &Cluster,
    release: &Release,
) -> Result<Differing, ProviderError> {
    let mut differing = Differing::new();
    if release.status != super::Status::Deployed {
        return Ok(differing);
    }
    for object in &release.objects {
        let Some(of) = Type::of(object) else { continue };
        let namespace = object["metadata"]["namespace"].as_str();
        let listed = reader.list(scope, cluster, &of, namespace).await?;
        let live = listed.iter().find(|live| is_it(object, live));
        let called = called(object, &of, release);
        match live {
            Some(live) => {
                let fields = fields(object, live).into_iter();
                differing.extend(fields.map(|(path, what)| (format!("{called}.{path}"), what)));
            }
            None if goes_by_itself(object) => {}
            None => _ = differing.insert(called, GONE.to_owned()),
        }
    }
    Ok(differing)
}

/// Waits until the objects of a release do what they are there for, as far as that can be told.
pub(super) async fn ready(here: &Here<'_>, release: &Release) -> Result<(), ProviderError> {
    for object in &release.objects {
        let Some(of) = Type::of(object).filter(is_waited_for) else { continue };
        let (namespace, name) = (&object["metadata"]["namespace"], &object["metadata"]["name"]);
        let name = name.as_str().unwrap_or_default();
        let writer = &here.writer.kubernetes;
        let target = writer.target(&here.cluster, &of, namespace.as_str(), name).await?;
        wait(writer, here.step, &target).await?;
    }
    Ok(())
}

/// What people call an object of a release.
fn called(object: &Value, of: &Type, release: &Release) -> String {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) if namespace != release.namespace => format!("{of}/{namespace}/{name}"),
        _ => format!("{of}/{name}"),
    }
}

fn is_it(object: &Value, live: &Value) -> bool {
    let (object, live) = (&object["metadata"], &live["metadata"]);
    let namespace = &live["namespace"];
    object["name"] == live["name"] && (namespace.is_null() || *namespace == object["namespace"])
}

/// Whether the cluster removes an object when it is done.
fn goes_by_itself(object: &Value) -> bool {
    object["kind"] == "Job" && !object["spec"]["ttlSecondsAfterFinished"].is_null()
}

/// The fields in which a live object differs from that of a release, in words.
fn fields(object: &Value, live: &Value) -> BTreeMap<String, String> {
    let (declared, seen) = (bare(object), bare(live));
    let seen = look(Some(&declared), &seen, live, |_| false).object;
    let mut told = BTreeMap::new();
    differ("", &declared, &seen, &mut told);
    told
}

/// An object without what every server writes into it.
fn bare(object: &Value) -> Value {
    let object_is_secret = Type::of(object) == Some(Type::secret());
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !["apiVersion", "kind", "status"].contains(&name.as_str()));
        if object_is_secret {
            // Of what is beside their values, only these are asked for.
            fields.retain(|name, _| name == "metadata");
        }
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|name, _| ["labels", "annotations"].contains(&name.as_str()));
        }
    }
    object
}

fn differ(path: &str, declared: &Value, live: &Value, told: &mut BTreeMap<String, String>) {
    match (declared, live) {
        _ if declared == live || declared.is_null() && live.is_null() => {}
        (Value::Object(declared), Value::Object(live)) => {
            for (name, value) in declared {
                let below = live.get(name).unwrap_or(&Value::Null);
                differ(&join(path, name), value, below, told);
            }
        }
        (Value::Array(declared), Value::Array(live)) if declared.len() == live.len() => {
            for (at, (declared, live)) in declared.iter().zip(live).enumerate() {
                let name = declared["name"].as_str().map_or_else(|| at.to_string(), str::to_owned);
                differ(&join(path, &name), declared, live, told);
            }
        }
        (declared, Value::Null) if is_nothing(declared) => {}
        _ => {
            let words = match live {
                Value::Null => format!("is gone; {} was deployed", shown(path, declared)),
                live => format!("is {}; {} was deployed", shown(path, live), shown(path, declared)),
            };
            told.insert(path.to_owned(), words);
        }
    }
}

fn shown(path: &str, value: &Value) -> String {
    match redact::shown_at(path, value) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Null => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment(replicas: u64, image: &str) -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "hub", "namespace": "prod", "labels": { "app": "hub" } },
            "spec": {
                "replicas": replicas,
                "template": { "spec": { "containers": [{ "name": "hub", "image": image }] } },
            },
        })
    }

    #[test]
    fn what_the_server_added_is_no_difference() {
        let mut live = deployment(1, "hub:1");
        live["spec"]["strategy"] = json!({ "type": "RollingUpdate" });
        live["metadata"]["annotations"] = json!({ "meta.helm.sh/release-name": "hub" });
        live["metadata"]["uid"] = json!("1");
        live["status"] = json!({ "replicas": 1 });
        assert_eq!(fields(&deployment(1, "hub:1"), &live), BTreeMap::new());
    }

    #[test]
    fn what_somebody_edited_is_told_by_its_place_with_both_values() {
        let told = fields(&deployment(1, "hub:1"), &deployment(3, "hub:2"));
        let told: Vec<String> = told.iter().map(|(path, what)| format!("{path} {what}")).collect();
        assert_eq!(
            told,
            [
                "spec.replicas is 3; 1 was deployed",
                "spec.template.spec.containers.hub.image is hub:2; hub:1 was deployed",
            ]
        );
    }
}
