//! The Kubernetes API at the wire, and as an independent client sees it.

use http::header::{CONTENT_TYPE, USER_AGENT};
use kube::api::{Api, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Client, Config};
use serde_json::{Value, json};

use super::*;
use crate::sandbox::container::{SeedCluster, seed_cluster};

/// A cluster that always is there.
pub(super) const CLUSTER: &str = "/kubernetes/context/leap";

pub(super) fn configs(namespace: &str) -> String {
    format!("{CLUSTER}/api/v1/namespaces/{namespace}/configmaps")
}

pub(super) fn config(name: &str, labels: Value) -> Value {
    json!({ "metadata": { "name": name, "labels": labels }, "data": { "a": "1" } })
}

/// A body of some type, from somebody.
pub(super) async fn send(
    bench: &Bench,
    method: &str,
    path: &str,
    media: &str,
    body: &(impl ToString + ?Sized),
) -> (u16, Value) {
    let url = format!("{}{path}", bench.sandbox.url());
    let request = reqwest::Client::new().request(method.parse().unwrap(), url);
    let request = request.header(CONTENT_TYPE, media).header(USER_AGENT, "kubectl/v1.33");
    let answer = request.body(body.to_string()).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

pub(super) async fn get(bench: &Bench, path: &str) -> (u16, Value) {
    bench.call("GET", path, Value::Null).await
}

/// What a refusal says: its status, its reason and its words.
pub(super) fn told(answer: &(u16, Value)) -> (u16, &str, &str) {
    let text = |field: &str| answer.1[field].as_str().unwrap_or_default();
    (answer.0, text("reason"), text("message"))
}

pub(super) fn client(bench: &Bench) -> Client {
    let url = format!("{}{CLUSTER}", bench.sandbox.url());
    Client::try_from(Config::new(url.parse().unwrap())).unwrap()
}

pub(super) fn of(group: &str, kind: &str) -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, "v1", kind))
}

#[tokio::test]
async fn a_cluster_tells_what_types_it_knows() {
    let bench = Bench::new().await;
    let client = client(&bench);
    assert_eq!(client.apiserver_version().await.unwrap().minor, "33");
    let groups = client.list_api_groups().await.unwrap().groups;
    assert!(groups.iter().any(|group| group.name == "rbac.authorization.k8s.io"));
    let apps = client.list_api_group_resources("apps/v1").await.unwrap().resources;
    let deployment = apps.iter().find(|it| it.name == "deployments").unwrap();
    assert!(deployment.namespaced && deployment.kind == "Deployment");
    assert!(apps.iter().any(|it| it.name == "deployments/status"));
    let (_, described) = get(&bench, &format!("{CLUSTER}/openapi/v3")).await;
    let there = described["paths"]["apis/apps/v1"]["serverRelativeURL"].as_str().unwrap();
    assert!(get(&bench, there).await.1["paths"].as_object().unwrap().len() > 3);
    let unknown = get(&bench, &format!("{CLUSTER}/apis/apps/v1/things")).await;
    let words = "the server could not find the requested resource";
    assert_eq!(told(&unknown), (404, "NotFound", words));
    assert_eq!(get(&bench, &format!("{CLUSTER}/apis/example.org/v1/things")).await.0, 404);
}

#[tokio::test]
async fn an_object_is_made_read_changed_and_deleted() {
    let bench = Bench::new().await;
    let api: Api<DynamicObject> =
        Api::namespaced_with(client(&bench), "default", &of("", "ConfigMap"));
    let new: DynamicObject = serde_json::from_value(config("hub", json!({}))).unwrap();
    let made = api.create(&PostParams::default(), &new).await.unwrap();
    assert!(made.metadata.uid.is_some() && made.metadata.creation_timestamp.is_some());

    let mut changed = made.clone();
    changed.data["data"]["a"] = json!("2");
    let changed = api.replace("hub", &PostParams::default(), &changed).await.unwrap();
    assert_ne!(changed.metadata.resource_version, made.metadata.resource_version);
    assert_eq!(api.get("hub").await.unwrap().data["data"]["a"], "2");

    let stale = api.replace("hub", &PostParams::default(), &made).await.unwrap_err();
    assert!(stale.to_string().contains("the object has been modified"), "{stale}");
    api.delete("hub", &Default::default()).await.unwrap();
    assert!(api.get_opt("hub").await.unwrap().is_none());
}

#[tokio::test]
async fn what_changes_nothing_leaves_the_version_as_it_is() {
    let bench = Bench::new().await;
    let path = configs("default");
    let (_, made) = bench.call("POST", &path, config("hub", json!({}))).await;
    let (code, again) = bench.call("PUT", &format!("{path}/hub"), made.clone()).await;
    assert_eq!((code, &again["metadata"]), (200, &made["metadata"]));
}

#[tokio::test]
async fn lists_are_selected_by_label_and_come_in_pages() {
    let bench = Bench::new().await;
    for number in 0..5 {
        let tier = if number % 2 == 0 { "even" } else { "odd" };
        let config = config(&format!("c{number}"), json!({ "tier": tier }));
        assert_eq!(bench.call("POST", &configs("default"), config).await.0, 201);
    }
    let api: Api<DynamicObject> =
        Api::namespaced_with(client(&bench), "default", &of("", "ConfigMap"));
    let even = api.list(&ListParams::default().labels("tier=even")).await.unwrap();
    assert_eq!(even.items.len(), 3);
    let all = format!("{CLUSTER}/api/v1/configmaps?labelSelector=tier&limit=2");
    let (_, first) = get(&bench, &all).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let token = first["metadata"]["continue"].as_str().unwrap();
    let (_, second) = get(&bench, &format!("{all}&continue={token}")).await;
    assert_eq!(second["items"][0]["metadata"]["name"], "c2");
    assert_eq!(second["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
    let (_, named) =
        get(&bench, &format!("{}?fieldSelector=metadata.name=c4", configs("default"))).await;
    assert_eq!(named["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_in_the_words_of_the_server() {
    let bench = Bench::new().await;
    let missing = bench.call("POST", &configs("none"), config("hub", json!({}))).await;
    assert_eq!(told(&missing), (404, "NotFound", "namespaces \"none\" not found"));
    bench.call("POST", &configs("default"), config("hub", json!({}))).await;
    let twice = bench.call("POST", &configs("default"), config("hub", json!({}))).await;
    assert_eq!(told(&twice), (409, "AlreadyExists", "configmaps \"hub\" already exists"));
    assert_eq!(twice.1["details"]["kind"], "configmaps");
    let wrong =
        bench.call("POST", &configs("default"), config("Hub!", json!({ "a b": "c" }))).await;
    assert_eq!((wrong.0, &wrong.1["reason"]), (422, &json!("Invalid")));
    let fields =
        [&wrong.1["details"]["causes"][0]["field"], &wrong.1["details"]["causes"][1]["field"]];
    assert_eq!(fields, ["metadata.name", "metadata.labels"]);
    let deployments = format!("{CLUSTER}/apis/apps/v1/namespaces/default/deployments");
    let none = get(&bench, &format!("{deployments}/hub")).await;
    assert_eq!(told(&none), (404, "NotFound", "deployments.apps \"hub\" not found"));
}

#[tokio::test]
async fn a_namespace_goes_with_what_is_in_it_and_takes_nothing_new_meanwhile() {
    let lag = Behaviour { operation_time: Duration::from_secs(5), ..Behaviour::instant() };
    let clock = Clock::virtual_at(START);
    let options = Options { clock, behaviour: lag, ..Options::default() };
    let bench = Bench::at(start(options).await.unwrap()).await;
    let namespaces = format!("{CLUSTER}/api/v1/namespaces");
    bench.call("POST", &namespaces, json!({ "metadata": { "name": "hub" } })).await;
    bench.call("POST", &configs("hub"), config("a", json!({}))).await;
    let (_, going) = bench.call("DELETE", &format!("{namespaces}/hub"), Value::Null).await;
    assert_eq!(going["status"]["phase"], "Terminating");
    let new = bench.call("POST", &configs("hub"), config("b", json!({}))).await;
    let words = "configmaps \"b\" is forbidden: unable to create new content in namespace hub because it \
                 is being terminated";
    assert_eq!(told(&new), (403, "Forbidden", words));
    assert_eq!(get(&bench, &format!("{}/a", configs("hub"))).await.0, 200);
    bench.sandbox.clock().advance(Duration::from_secs(5));
    assert_eq!(get(&bench, &format!("{namespaces}/hub")).await.0, 404);
    assert_eq!(get(&bench, &format!("{}/a", configs("hub"))).await.0, 404);
    let kept = bench.call("DELETE", &format!("{namespaces}/default"), Value::Null).await;
    let words = "namespaces \"default\" is forbidden: this namespace may not be deleted";
    assert_eq!(told(&kept), (403, "Forbidden", words));
}

#[tokio::test]
async fn what_is_in_a_cluster_goes_with_it() {
    let bench = Bench::new().await;
    let clusters = "/v1/projects/leap/locations/us-central1/clusters";
    let inside = "/kubernetes/projects/leap/locations/us-central1/clusters/hub/api/v1/namespaces";
    assert_eq!(get(&bench, inside).await.0, 404);
    let seed = || SeedCluster {
        project: "leap".to_owned(),
        location: "us-central1".to_owned(),
        name: "hub".to_owned(),
        ..SeedCluster::default()
    };
    seed_cluster(bench.sandbox.world(), seed()).unwrap();
    bench.call("POST", inside, json!({ "metadata": { "name": "x" } })).await;
    assert_eq!(get(&bench, &format!("{inside}/x")).await.0, 200);
    bench.call("DELETE", &format!("{clusters}/hub"), Value::Null).await;
    assert_eq!(get(&bench, inside).await.0, 404);
    seed_cluster(bench.sandbox.world(), seed()).unwrap();
    assert_eq!(get(&bench, &format!("{inside}/x")).await.0, 404);
    assert_eq!(get(&bench, &format!("{inside}/default")).await.0, 200);
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_and_keeps_nothing() {
    let bench = Bench::new().await;
    let api: Api<DynamicObject> =
        Api::namespaced_with(client(&bench), "default", &of("", "ConfigMap"));
    let mut declared = config("hub", json!({}));
    (declared["apiVersion"], declared["kind"]) = (json!("v1"), json!("ConfigMap"));
    let dry = PatchParams::apply("leap-infra").dry_run();
    let would = api.patch("hub", &dry, &Patch::Apply(&declared)).await.unwrap();
    assert!(would.metadata.uid.is_some());
    assert!(api.get_opt("hub").await.unwrap().is_none());
    let mutating = bench.sandbox.calls().into_iter().filter(|call| call.mutating).count();
    assert_eq!(mutating, 0);
}

#[tokio::test]
async fn secrets_do_not_lie_in_the_sandboxs_files_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    let bench = Bench::with(options).await;
    let path = format!("{CLUSTER}/api/v1/namespaces/default/secrets");
    let secret =
        json!({ "metadata": { "name": "s" }, "stringData": { "token": "canary-in-clear" } });
    let (_, made) = bench.call("POST", &path, secret).await;
    let encoded = data_encoding::BASE64.encode(b"canary-in-clear");
    assert_eq!((&made["data"]["token"], &made["type"]), (&json!(encoded), &json!("Opaque")));
    assert!(made.get("stringData").is_none());
    assert_eq!(bench.call("DELETE", &format!("{path}/s"), Value::Null).await.0, 200);
    let journal = std::fs::read_to_string(folder.path().join("journal.jsonl")).unwrap();
    assert!(!journal.contains("canary") && !journal.contains(&encoded));
}

#[tokio::test]
async fn whoever_asks_is_told_what_they_may_do() {
    let bench = Bench::new().await;
    let review = |context: &str, what: &str| {
        format!("/kubernetes/context/{context}/apis/authorization.k8s.io/v1/{what}")
    };
    let one = |verb: &str| {
        json!({ "spec": { "resourceAttributes": {
            "verb": verb, "resource": "configmaps", "namespace": "hubs",
        } } })
    };
    for (context, list, patch) in
        [("lab", true, true), ("reader-lab", true, false), ("blind-lab", false, false)]
    {
        for (verb, allowed) in [("list", list), ("patch", patch)] {
            let path = review(context, "selfsubjectaccessreviews");
            let (status, answer) = bench.call("POST", &path, one(verb)).await;
            assert_eq!(status, 201, "{answer}");
            assert_eq!(answer["status"]["allowed"], allowed, "{verb} in {context}");
        }
    }
    let path = review("reader-lab", "selfsubjectrulesreviews");
    let (_, answer) = bench.call("POST", &path, json!({ "spec": { "namespace": "hubs" } })).await;
    let rules = &answer["status"]["resourceRules"];
    assert_eq!(rules[0]["verbs"], json!(["get", "list", "watch"]));

    let path = configs("hubs").replace("/leap/", "/reader-lab/");
    let refused = bench.call("POST", &path, config("a", json!({}))).await;
    let (status, reason, message) = told(&refused);
    assert_eq!((status, reason), (403, "Forbidden"));
    assert!(
        message.ends_with(
            "cannot create resource \"configmaps\" in API group \"\" in the namespace \"hubs\""
        ),
        "{message}"
    );
}
