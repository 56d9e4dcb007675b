//! What is in clusters: namespaces, objects and secrets, from nothing, changed by others, and gone.

mod rehearsal;
mod rights;

use super::bench::{Bench, PROJECT, stack};
use super::desk::text;
use leap_infra::kind::ProviderError;
use leap_infra::model::secret::Reference;
use leap_infra::model::{Ignore, Manage, Place, Resource, ResourceId, Source, Stack};
use leap_infra::plan::{Action, Origin, Plan, Refused};
use leap_infra::providers::gcp::gke_cluster::Spec as ClusterSpec;
use leap_infra::providers::kubernetes::{
    kubernetes_namespace as namespace, kubernetes_object as object, kubernetes_secret as secret,
};
use leap_infra::sandbox::{Action as Strike, Fault, Match};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;

/// A cluster that is always there.
pub const LAB: &str = "context/sandbox-lab";

fn made(kind: &str, name: &str, place: Option<Place>, spec: Value) -> Resource {
    Resource {
        id: ResourceId::new("prod", kind, name),
        place: place.unwrap(),
        spec,
        manage: Manage::default(),
        needs: BTreeSet::new(),
        source: Source { file: "stack.yaml".into(), line: 1, column: 1 },
        notes: Vec::new(),
    }
}

pub fn space_in(cluster: &str, name: &str) -> Resource {
    let spec = namespace::Spec {
        cluster: cluster.to_owned(),
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
    };
    let name = namespace::namespace_name(cluster, name);
    made("kubernetes-namespace", &name, namespace::place(cluster), json!(spec))
}

pub fn object_in(cluster: &str, manifest: Value) -> Resource {
    let (name, place) =
        (object::object_name(cluster, &manifest), object::place(cluster, &manifest));
    let spec = object::Spec::new(cluster, manifest);
    made("kubernetes-object", &name.unwrap(), place, json!(spec))
}

pub fn secret_in(cluster: &str, name: &str, keys: &[(&str, &str)]) -> Resource {
    let from = |file: &str| Reference::File(file.to_owned());
    let data = keys.iter().map(|(key, file)| ((*key).to_owned(), from(file))).collect();
    let spec = secret::Spec::new(cluster, data);
    let name = secret::secret_name(cluster, "hubs", name);
    made("kubernetes-secret", &name, secret::place(cluster, "hubs"), json!(spec))
}

pub fn map(name: &str, data: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": "hubs" }, "data": data,
    })
}

pub fn deployment(replicas: u64, memory: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "proxy", "namespace": "hubs" },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": "proxy" } },
            "template": {
                "metadata": { "labels": { "app": "proxy" } },
                "spec": { "containers": [{
                    "name": "proxy", "image": "proxy:1", "ports": [{ "containerPort": 8000 }],
                    "resources": { "requests": { "cpu": 0.5 }, "limits": { "memory": memory } },
                }] },
            },
        },
    })
}

pub fn lab(objects: impl IntoIterator<Item = Value>) -> Stack {
    let objects = objects.into_iter().map(|manifest| object_in(LAB, manifest));
    stack(std::iter::once(space_in(LAB, "hubs")).chain(objects))
}

/// Somebody else at the server of the lab.
async fn by(bench: &Bench, who: &str, how: &str, path: &str, body: &Value) -> Value {
    let content = match how {
        "apply" => "application/apply-patch+yaml",
        _ => "application/merge-patch+json",
    };
    let url = format!("{}/kubernetes/context/lab{path}?fieldManager={who}", bench.sandbox.url());
    let force = if how == "apply" { "&force=true" } else { "" };
    let request = reqwest::Client::new().patch(format!("{url}{force}"));
    let request = request.header("content-type", content).body(body.to_string());
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert!(status.is_success(), "{answer}");
    answer
}

async fn live(bench: &Bench, path: &str) -> Value {
    let url = format!("{}/kubernetes/context/lab{path}", bench.sandbox.url());
    let answer = reqwest::Client::new().get(url).send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

const PROXY: &str = "/apis/apps/v1/namespaces/hubs/deployments/proxy";
const MOTD: &str = "/api/v1/namespaces/hubs/configmaps/motd";

fn on_one_line(plan: &Plan) -> String {
    text(plan).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_and_what_is_in_it_come_in_one_apply_and_go_in_one() {
    let bench = Bench::new().await;
    let path = format!("projects/{PROJECT}/locations/us-central1/clusters/hub");
    let cluster = Resource {
        place: Place { location: Some("us-central1".into()), ..Place::project(PROJECT) },
        ..made(
            "gke-cluster",
            "hub",
            Some(Place::project(PROJECT)),
            json!(ClusterSpec::new("us-central1").normal()),
        )
    };
    let all = || {
        stack([
            cluster.clone(),
            space_in(&path, "hubs"),
            object_in(&path, map("motd", &json!({ "text": "hello" }))),
            object_in(&path, deployment(1, "1Gi")),
        ])
    };
    let plan = bench.apply(&all()).await;
    let order: Vec<&str> = plan.steps.iter().map(|step| step.id.kind.as_str()).collect();
    assert_eq!(order[..2], ["gke-cluster", "kubernetes-namespace"]);
    assert!(bench.plan(&all()).await.is_empty(), "{}", text(&bench.plan(&all()).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_applied_is_not_planned_again_however_it_is_written() {
    let bench = Bench::new().await;
    bench.apply(&lab([map("motd", &json!({ "text": "hello" })), deployment(2, "1Gi")])).await;
    // A server writes `500m` and fills in dozens of fields.
    let again = lab([map("motd", &json!({ "text": "hello" })), deployment(2, "1024Mi")]);
    let plan = bench.plan(&again).await;
    // The digest of the declaration is another one, and nothing differs.
    assert!(plan.is_empty(), "{}", text(&plan));
    let proxy = live(&bench, PROXY).await;
    assert_eq!(proxy["status"]["availableReplicas"], 2);
    assert_eq!(proxy["metadata"]["labels"]["leap-infra-env"], "prod");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_edit_is_drift_and_is_put_right() {
    let bench = Bench::new().await;
    let declared = || lab([deployment(2, "1Gi")]);
    bench.apply(&declared()).await;
    by(&bench, "kubectl-edit", "merge", PROXY, &json!({ "spec": { "replicas": 5 } })).await;
    let plan = bench.plan(&declared()).await;
    assert_eq!(plan.steps[0].action, Action::Update);
    assert_eq!(plan.steps[0].origin, Origin::Drift);
    assert_eq!(plan.steps[0].changes[0].path, "manifest.spec.replicas");
    bench.apply(&declared()).await;
    assert_eq!(live(&bench, PROXY).await["spec"]["replicas"], 2);
    assert!(bench.plan(&declared()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_program_manages_is_refused_by_name_and_field_until_it_is_said_whose_it_is() {
    let bench = Bench::new().await;
    let declared = || lab([deployment(2, "1Gi")]);
    bench.apply(&declared()).await;
    let body = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "proxy" },
        "spec": { "replicas": 5 },
    });
    by(&bench, "argocd", "apply", PROXY, &body).await;
    let plan = bench.plan(&declared()).await;
    let Refused::Impossible(why) = &plan.refusals[0].why else { panic!("{}", text(&plan)) };
    assert!(why.contains("spec.replicas (argocd)"), "{why}");
    // Either it is left to the other …
    let mut left = deployment(2, "1Gi");
    left["spec"].as_object_mut().unwrap().remove("replicas");
    assert!(bench.plan(&lab([left])).await.is_empty());
    // … or it is taken.
    let mut taken = object_in(LAB, deployment(2, "1Gi"));
    taken.spec["others"] = json!("override");
    let taken = || stack([space_in(LAB, "hubs"), taken.clone()]);
    bench.apply(&taken()).await;
    assert_eq!(live(&bench, PROXY).await["spec"]["replicas"], 2);
    assert!(bench.plan(&taken()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_is_let_be_is_no_conflict_and_the_rest_of_the_object_stays_ours() {
    let bench = Bench::new().await;
    let declared = |memory: &str| {
        lab([deployment(2, memory)]).ignoring(vec![Ignore {
            env: "prod".into(),
            resource: "kubernetes-object".into(),
            field: "manifest.spec.replicas".into(),
            reason: "an autoscaler knows better".into(),
            source: Source { file: "stack.yaml".into(), line: 1, column: 1 },
        }])
    };
    bench.apply(&declared("1Gi")).await;
    let body = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "proxy" },
        "spec": { "replicas": 5 },
    });
    by(&bench, "autoscaler", "apply", PROXY, &body).await;
    let plan = bench.plan(&declared("1Gi")).await;
    assert!(plan.is_empty(), "{}", text(&plan));
    assert_eq!(plan.ignored[0].field, "manifest.spec.replicas");
    bench.apply(&declared("2Gi")).await;
    let spec = &live(&bench, PROXY).await["spec"];
    assert_eq!(spec["replicas"], 5);
    let limits = &spec["template"]["spec"]["containers"][0]["resources"]["limits"];
    assert_eq!(limits["memory"], "2Gi");
    // Whoever scales it goes on to do so.
    by(&bench, "autoscaler", "apply", PROXY, &body).await;
    assert!(bench.plan(&declared("2Gi")).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_is_no_longer_declared_is_taken_away_and_those_of_others_stay() {
    let bench = Bench::new().await;
    bench.apply(&lab([map("motd", &json!({ "text": "hello", "old": "x" }))])).await;
    by(&bench, "kubectl-patch", "merge", MOTD, &json!({ "data": { "theirs": "y" } })).await;
    let declared = || lab([map("motd", &json!({ "text": "hello" }))]);
    let plan = bench.plan(&declared()).await;
    assert_eq!(plan.steps[0].changes[0].path, "manifest.data.old");
    assert_eq!(plan.steps[0].origin, Origin::Pending);
    bench.apply(&declared()).await;
    assert_eq!(live(&bench, MOTD).await["data"], json!({ "text": "hello", "theirs": "y" }));
    assert!(bench.plan(&declared()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_is_no_longer_declared_is_found_by_its_mark_and_pruned() {
    let bench = Bench::new().await;
    bench.apply(&lab([map("motd", &json!({})), deployment(1, "1Gi")])).await;
    let plan = bench.apply(&lab([deployment(1, "1Gi")])).await;
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].action, Action::Delete);
    assert_eq!(live(&bench, MOTD).await["reason"], "NotFound");
    // The last one of its type and namespace, too: the ledger remembers where we wrote.
    bench.apply(&lab([])).await;
    assert_eq!(live(&bench, PROXY).await["reason"], "NotFound");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_selector_is_fixed_and_what_people_keep_is_protected() {
    let bench = Bench::new().await;
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": { "name": "home", "namespace": "hubs" },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": "10Gi" } },
        },
    });
    bench.apply(&lab([claim, deployment(1, "1Gi")])).await;
    let mut other = deployment(1, "1Gi");
    other["spec"]["selector"]["matchLabels"]["app"] = json!("other");
    other["spec"]["template"]["metadata"]["labels"]["app"] = json!("other");
    let plan = bench.plan(&lab([other])).await;
    let why: Vec<&Refused> = plan.refusals.iter().map(|it| &it.why).collect();
    assert!(why.iter().any(|it| matches!(it, Refused::Replacement { .. })), "{why:?}");
    assert!(why.iter().any(|it| matches!(it, Refused::Protected(_))), "{why:?}");
    let plan = bench.plan(&stack([])).await;
    let told = on_one_line(&plan);
    assert!(told.contains("everything in it goes with it"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_objects_in_a_namespace_are_seen_with_lists_alone() {
    let bench = Bench::new().await;
    let maps =
        |count: u32| (0..count).map(|at| map(&format!("m{at}"), &json!({ "n": at.to_string() })));
    bench.apply(&lab(maps(500))).await;
    let declared = lab(maps(500));
    bench.sandbox.clear_calls();
    assert!(bench.plan(&declared).await.is_empty());
    let calls = bench.sandbox.calls().into_iter().filter(|call| call.api == "kubernetes");
    let calls: Vec<String> = calls.map(|call| call.method).collect();
    // Two lists, and what the server serves.
    assert_eq!(calls.len(), 3, "{calls:#?}");
    assert!(calls.iter().all(|call| call.starts_with("GET ") && !call.contains("{name}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_looked_at_stops_the_plan_and_is_never_taken_to_be_absent() {
    let bench = Bench::new().await;
    let declared = || lab([map("motd", &json!({}))]);
    bench.apply(&declared()).await;
    let on = Match { method: Some("GET *configmaps".into()), ..Match::default() };
    let message = "configmaps is forbidden".to_owned();
    let then = Strike::Status { code: 403, message, retry_after_seconds: None };
    bench.sandbox.set_faults(vec![Fault { on, then }]);
    let errors = bench.try_plan(&declared()).await.unwrap_err();
    assert!(matches!(&errors[0], ProviderError::Unreadable { .. }), "{errors:?}");
    assert!(errors[0].is_permission());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_known_by_an_imprint_and_its_value_is_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.txt");
    std::fs::write(&file, "canary-4711").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let from = file.to_str().unwrap().to_owned();
    let bench = Bench::new().await;
    let declared = || stack([space_in(LAB, "hubs"), secret_in(LAB, "hub", &[("key", &from)])]);
    let plan = bench.apply(&declared()).await;
    assert!(!text(&plan).contains("canary"));
    const HUB: &str = "/api/v1/namespaces/hubs/secrets/hub";
    let kept = live(&bench, HUB).await;
    assert_eq!(kept["data"]["key"], "Y2FuYXJ5LTQ3MTE=");
    assert!(!kept["metadata"].to_string().contains("canary"));
    assert!(bench.plan(&declared()).await.is_empty());

    // Another value where it is kept.
    std::fs::write(&file, "canary-4712").unwrap();
    let plan = bench.plan(&declared()).await;
    let told = on_one_line(&plan);
    assert!(told.contains("secret: changed") && !told.contains("canary"), "{told}");
    bench.apply(&declared()).await;
    assert!(bench.plan(&declared()).await.is_empty());

    // Another value in the cluster.
    by(&bench, "kubectl-edit", "merge", HUB, &json!({ "data": { "key": "eA==" } })).await;
    let told = on_one_line(&bench.plan(&declared()).await);
    assert!(told.contains("written by kubectl-edit"), "{told}");
    bench.apply(&declared()).await;
    assert_eq!(live(&bench, HUB).await["data"]["key"], "Y2FuYXJ5LTQ3MTI=");

    // Whoever plans elsewhere cannot read it, and that is no change.
    std::fs::remove_file(&file).unwrap();
    let plan = bench.plan(&declared()).await;
    assert!(plan.is_empty());
    let told = on_one_line(&plan);
    assert!(told.contains("key: secret: not compared"), "{told}");
}
