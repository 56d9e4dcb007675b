//! What of an object is a declaration's business, and what is the mark's or the server's.

use super::NEEDS;
use crate::model::{Mark, label};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What `kubectl apply` keeps of what it was given.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The annotations that we write for ourselves begin with this.
const OWN: &str = "leap-infra/";

/// A live object without its status, what the server keeps beside it, and our own marks.
pub(crate) fn bare(live: &Value) -> Value {
    let mut object = live.clone();
    let Some(fields) = object.as_object_mut() else { return object };
    fields.remove("status");
    if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
        let kept = ["name", "namespace", "labels", "annotations", "finalizers", "ownerReferences"];
        metadata.retain(|name, _| kept.contains(&name.as_str()));
        without(metadata, "labels", |name| name.starts_with(label::PREFIX));
        without(metadata, "annotations", |name| name.starts_with(OWN) || name == LAST_APPLIED);
    }
    object
}

fn without(metadata: &mut Map<String, Value>, field: &str, goes: impl Fn(&str) -> bool) {
    let Some(all) = metadata.get_mut(field).and_then(Value::as_object_mut) else { return };
    all.retain(|name, _| !goes(name));
    if all.is_empty() {
        metadata.remove(field);
    }
}

/// Whether an object is on its way out.
pub(crate) fn has_finalizing(live: &Value) -> bool {
    live["metadata"]["deletionTimestamp"].is_string()
}

/// What an object says that it needs, as `kind/name`.
pub(crate) fn needs_of(live: &Value) -> BTreeSet<String> {
    let text = live["metadata"]["annotations"][NEEDS].as_str().unwrap_or_default();
    text.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// A manifest with what it needs.
pub(crate) fn needing(mut manifest: Value, needs: &BTreeSet<String>) -> Value {
    if !needs.is_empty() {
        let all: Vec<&str> = needs.iter().map(String::as_str).collect();
        within(&mut manifest, "annotations").insert(NEEDS.to_owned(), json!(all.join(" ")));
    }
    manifest
}

/// A manifest with a mark.
pub(super) fn marked(mut manifest: Value, mark: &Mark) -> Value {
    let labels = mark.labels().into_iter().map(|(name, value)| (name, json!(value)));
    within(&mut manifest, "labels").extend(labels);
    manifest
}

/// The same with the version that it is meant for.
pub(super) fn at_version(mut manifest: Value, live: &Value) -> Value {
    manifest["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"].clone();
    manifest
}

/// A map in the metadata of an object.
pub(crate) fn within<'a>(object: &'a mut Value, field: &str) -> &'a mut Map<String, Value> {
    let map = &mut object["metadata"][field];
    if !map.is_object() {
        *map = Value::Object(Map::new());
    }
    // It was just made one.
    map.as_object_mut().expect("it is a map")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ResourceId, SpecMark};

    #[test]
    fn marks_and_what_the_server_keeps_are_no_part_of_the_settings() {
        let manifest = json!({ "kind": "ConfigMap", "metadata": { "name": "x" }, "data": {} });
        let id = ResourceId::new("prod", "kubernetes-object", "leap/hubs/ConfigMap/x");
        let mark = Mark::new("leap", &id, SpecMark::Unfinished);
        let needs = ["gcs-bucket/scratch".to_owned()].into();
        let mut live = marked(needing(manifest.clone(), &needs), &mark);
        live["metadata"]["uid"] = json!("1-2");
        live["status"] = json!({});
        assert_eq!(bare(&live), manifest);
        assert_eq!(needs_of(&live), needs);
    }
}
