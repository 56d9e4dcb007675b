//! Server-side apply: who owns which field, and what becomes of it.

use kube::Error;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};

use super::kubernetes::{CLUSTER, client, get, of, send, told};
use super::*;

const APPLY: &str = "application/apply-patch+yaml";
const DEPLOYMENTS: &str = "apis/apps/v1/namespaces/default/deployments";

fn deployment(image: &str, replicas: Option<u64>) -> Value {
    let container = json!({ "name": "hub", "image": image, "ports": [{ "containerPort": 80 }] });
    let mut spec = json!({
        "selector": { "matchLabels": { "app": "hub" } },
        "template": {
            "metadata": { "labels": { "app": "hub" } }, "spec": { "containers": [container] },
        },
    });
    if let Some(replicas) = replicas {
        spec["replicas"] = json!(replicas);
    }
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "hub" }, "spec": spec })
}

async fn apply(bench: &Bench, manager: &str, force: bool, body: &Value) -> (u16, Value) {
    let path = format!("{CLUSTER}/{DEPLOYMENTS}/hub?fieldManager={manager}&force={force}");
    send(bench, "PATCH", &path, APPLY, body).await
}

#[tokio::test]
async fn what_is_applied_twice_changes_nothing_the_second_time() {
    let bench = Bench::new().await;
    let api: Api<DynamicObject> =
        Api::namespaced_with(client(&bench), "default", &of("apps", "Deployment"));
    let params = PatchParams::apply("leap-infra");
    let body = deployment("hub:1", Some(2));
    api.patch("hub", &params, &Patch::Apply(&body)).await.unwrap();
    let first = api.get("hub").await.unwrap();
    let second = api.patch("hub", &params, &Patch::Apply(&body)).await.unwrap();
    assert_eq!(first.metadata, second.metadata);
    assert_eq!(first.data["status"]["readyReplicas"], 2);
    assert_eq!(first.data["spec"]["strategy"]["type"], "RollingUpdate");
}

#[tokio::test]
async fn what_is_written_in_yaml_is_read_as_such() {
    let bench = Bench::new().await;
    let space = format!("{CLUSTER}/api/v1/namespaces/default/configmaps");
    let text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: motd }\ndata:\n  text: |\n    a\n";
    let (status, made) = send(&bench, "POST", &space, "application/yaml", text).await;
    assert_eq!((status, &made["data"]["text"]), (201, &json!("a\n")));
    let text = text.replace("    a", "    b");
    let path = format!("{space}/motd?fieldManager=leap-infra&force=true");
    let (status, applied) = send(&bench, "PATCH", &path, APPLY, &text).await;
    assert_eq!((status, &applied["data"]["text"]), (200, &json!("b\n")));
    let refused = send(&bench, "PATCH", &path, APPLY, "a: [b").await;
    assert_eq!((refused.0, &refused.1["reason"]), (400, &json!("BadRequest")));
}

#[tokio::test]
async fn fields_are_owned_by_whoever_declared_them() {
    let bench = Bench::new().await;
    assert_eq!(apply(&bench, "leap-infra", false, &deployment("hub:1", None)).await.0, 201);
    let (_, object) = get(&bench, &format!("{CLUSTER}/{DEPLOYMENTS}/hub")).await;
    let owner = &object["metadata"]["managedFields"][0];
    assert_eq!((&owner["manager"], &owner["operation"]), (&json!("leap-infra"), &json!("Apply")));
    let port = json!({ ".": {}, "f:containerPort": {} });
    let expected = json!({
        "f:selector": {},
        "f:template": {
            "f:metadata": { "f:labels": { "f:app": {} } },
            "f:spec": { "f:containers": { "k:{\"name\":\"hub\"}": {
                ".": {}, "f:name": {}, "f:image": {},
                "f:ports": { "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": port },
            } } },
        },
    });
    assert_eq!(owner["fieldsV1"]["f:spec"], expected);
}

#[tokio::test]
async fn a_field_that_another_manager_owns_is_a_conflict_by_name() {
    let bench = Bench::new().await;
    apply(&bench, "leap-infra", false, &deployment("hub:1", None)).await;
    let scale = json!({ "spec": { "replicas": 5 } });
    let path = format!("{CLUSTER}/{DEPLOYMENTS}/hub");
    let merge = "application/merge-patch+json";
    assert_eq!(send(&bench, "PATCH", &path, merge, &scale).await.0, 200);

    let refused = apply(&bench, "leap-infra", false, &deployment("hub:1", Some(2))).await;
    let words =
        "Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: .spec.replicas";
    assert_eq!(told(&refused), (409, "Conflict", words));
    let cause = &refused.1["details"]["causes"][0];
    assert_eq!(
        (&cause["reason"], &cause["field"]),
        (&json!("FieldManagerConflict"), &json!(".spec.replicas"))
    );
    // The same value is owned together.
    assert_eq!(apply(&bench, "leap-infra", false, &deployment("hub:1", Some(5))).await.0, 200);
    let (code, forced) = apply(&bench, "leap-infra", true, &deployment("hub:1", Some(2))).await;
    assert_eq!((code, &forced["spec"]["replicas"]), (200, &json!(2)));
    let owners = forced["metadata"]["managedFields"].as_array().unwrap();
    assert_eq!(owners.len(), 1);
}

#[tokio::test]
async fn what_is_no_longer_declared_goes_unless_others_declare_it_too() {
    let bench = Bench::new().await;
    let with = |labels: Value| {
        let mut body = deployment("hub:1", None);
        body["metadata"]["labels"] = labels;
        body
    };
    apply(&bench, "leap-infra", false, &with(json!({ "a": "1", "b": "2" }))).await;
    let other = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "hub", "labels": { "b": "2", "c": "3" } },
    });
    assert_eq!(apply(&bench, "other", false, &other).await.0, 200);
    let (_, after) = apply(&bench, "leap-infra", false, &with(json!({}))).await;
    assert_eq!(after["metadata"]["labels"], json!({ "b": "2", "c": "3" }));
}

#[tokio::test]
async fn containers_of_others_stay_and_ours_are_merged_by_name() {
    let bench = Bench::new().await;
    apply(&bench, "leap-infra", false, &deployment("hub:1", None)).await;
    let path = format!("{CLUSTER}/{DEPLOYMENTS}/hub");
    let sidecar = json!({ "spec": { "template": { "spec": { "containers": [
        { "name": "proxy", "image": "proxy:1" },
    ] } } } });
    let strategic = "application/strategic-merge-patch+json";
    assert_eq!(send(&bench, "PATCH", &path, strategic, &sidecar).await.0, 200);
    let (_, after) = apply(&bench, "leap-infra", false, &deployment("hub:2", None)).await;
    let containers = after["spec"]["template"]["spec"]["containers"].as_array().unwrap();
    let images: Vec<&str> = containers.iter().map(|it| it["image"].as_str().unwrap()).collect();
    // A strategic patch puts its own first, and applying leaves them there.
    assert_eq!(images, ["proxy:1", "hub:2"]);
    assert_eq!(after["metadata"]["generation"], 3);
}

#[tokio::test]
async fn a_selector_cannot_be_changed() {
    let bench = Bench::new().await;
    apply(&bench, "leap-infra", false, &deployment("hub:1", None)).await;
    let mut other = deployment("hub:1", None);
    other["spec"]["selector"]["matchLabels"]["app"] = json!("x");
    other["spec"]["template"]["metadata"]["labels"]["app"] = json!("x");
    let refused = apply(&bench, "leap-infra", false, &other).await;
    assert_eq!(refused.0, 422);
    let words = refused.1["message"].as_str().unwrap();
    assert!(
        words.starts_with("Deployment.apps \"hub\" is invalid: spec.selector: Invalid value: ")
    );
    assert!(words.ends_with(": field is immutable"));
}

#[tokio::test]
async fn applying_needs_a_name_for_who_owns_the_fields() {
    let bench = Bench::new().await;
    let api: Api<DynamicObject> =
        Api::namespaced_with(client(&bench), "default", &of("apps", "Deployment"));
    let body = deployment("hub:1", None);
    let error = api.patch("hub", &PatchParams::default(), &Patch::Apply(&body)).await.unwrap_err();
    let Error::Api(status) = error else { panic!("{error}") };
    assert_eq!(status.code, 422);
    assert!(status.message.contains("fieldManager: Required value: is required for apply patch"));
}
