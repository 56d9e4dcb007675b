//! Stories of what is seen of an object.

use super::*;
use serde_json::{Value, json};

fn seen(declared: &Value, live: &Value) -> Looked {
    look(Some(declared), live, live, |who| who.name == "leap-infra")
}

fn managed(by: &str, operation: &str, fields: &Value) -> Value {
    json!({ "manager": by, "operation": operation, "fieldsV1": fields })
}

/// A deployment of ours, as a server fills it in.
fn deployment() -> Value {
    json!({
        "metadata": { "managedFields": [managed("leap-infra", "Apply", &json!({
            "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { "f:containers": {
                "k:{\"name\":\"hub\"}": {
                    ".": {}, "f:name": {}, "f:image": {},
                    "f:resources": { "f:limits": { "f:memory": {} } },
                },
            } } } },
        }))] },
        "spec": {
            "replicas": 1, "revisionHistoryLimit": 10,
            "template": { "spec": { "containers": [
                { "name": "sidecar", "image": "mesh" },
                {
                    "name": "hub", "image": "hub:1", "imagePullPolicy": "Always",
                    "resources": { "limits": { "memory": "1Gi" } },
                },
            ] } },
        },
    })
}

fn declared() -> Value {
    json!({ "spec": { "replicas": 1, "template": { "spec": { "containers": [
        { "name": "hub", "image": "hub:1", "resources": { "limits": { "memory": "1024Mi" } } },
    ] } } } })
}

#[test]
fn defaults_of_the_server_and_containers_of_others_are_no_difference() {
    assert_eq!(seen(&declared(), &deployment()).object, declared());
}

#[test]
fn what_we_own_and_no_longer_declare_is_seen() {
    let mut without = declared();
    without["spec"].as_object_mut().unwrap().remove("replicas");
    without["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({});
    let looked = seen(&without, &deployment());
    assert_eq!(looked.object["spec"]["replicas"], 1);
    let container = &looked.object["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["resources"], json!({ "limits": { "memory": "1Gi" } }));
    let orphan = look(None, &deployment(), &deployment(), |who| who.name == "leap-infra");
    let container = &orphan.object["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["image"], "hub:1");
    assert_eq!(container.get("imagePullPolicy"), None);
}

#[test]
fn what_a_person_wrote_is_a_difference_and_what_another_program_manages_a_conflict() {
    let by = |who: &str, operation: &str| {
        let mut live = deployment();
        live["spec"]["replicas"] = json!(3);
        let fields = json!({ "f:spec": { "f:replicas": {} } });
        live["metadata"]["managedFields"]
            .as_array_mut()
            .unwrap()
            .push(managed(who, operation, &fields));
        seen(&declared(), &live)
    };
    let edited = by("kubectl-edit", "Update");
    assert_eq!(edited.object["spec"]["replicas"], 3);
    assert!(edited.conflicts.is_empty());
    let applied = by("argocd", "Apply");
    let conflict = ("spec.replicas".to_owned(), "argocd".to_owned());
    assert_eq!(applied.conflicts.into_iter().collect::<Vec<_>>(), [conflict]);
}

#[test]
fn what_another_put_into_a_map_that_is_one_whole_is_seen() {
    let live = json!({
        "metadata": { "managedFields": [managed("kubectl-edit", "Update", &json!({
            "f:spec": { "f:nodeSelector": {} },
        }))] },
        "spec": { "nodeSelector": { "pool": "core", "zone": "b" } },
    });
    let declared = json!({ "spec": { "nodeSelector": { "pool": "core" } } });
    assert_eq!(seen(&declared, &live).object["spec"], live["spec"]);
}

#[test]
fn lists_without_keys_are_compared_one_by_one() {
    let live = json!({ "rules": [{ "verbs": ["get", "list"], "apiGroups": [""] }] });
    assert_eq!(seen(&live, &live).object, live);
    let fewer = json!({ "rules": [{ "verbs": ["get"], "apiGroups": [""] }] });
    assert_eq!(seen(&fewer, &live).object, live);
}

#[test]
fn what_is_empty_may_be_left_out_by_the_server() {
    let declared = json!({ "data": {}, "immutable": false, "spec": { "value": "" } });
    assert_eq!(seen(&declared, &json!({ "spec": {} })).object, declared);
}

#[test]
fn values_of_a_set_are_ours_one_by_one() {
    let live = json!({
        "metadata": {
            "finalizers": ["a", "b", "c"],
            "managedFields": [managed("leap-infra", "Apply", &json!({
                "f:metadata": { "f:finalizers": { "v:\"a\"": {}, "v:\"b\"": {} } },
            }))],
        },
    });
    let declared = json!({ "metadata": { "finalizers": ["a"] } });
    assert_eq!(seen(&declared, &live).object["metadata"]["finalizers"], json!(["a", "b"]));
}
