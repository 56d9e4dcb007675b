//! A hub that others deployed, on a real Kubernetes with the real Helm, and that becomes ours: its disk, its
//! keys, its address and the servers of its people are the same ones through all of it. `.ci/run releases`.

use super::super::bench::Bench;
use super::super::declared::PROJECT;
use super::super::project::folder::Folder;
use super::super::shell::TOP;
use super::rig::{Rig, kubeconfig, paths};
use leap_infra::cli::marks::Marks;
use leap_infra::model::Stack;
use leap_infra::plan::Action;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// The chart around the one around JupyterHub's, seen from the top of the repository.
const CHART: &str = "tests/real/chart-hub";

const RELEASE: &str = "prod:helm-release/rig/hub-prod/prod";

const HUB: Rig = Rig { space: "hub-prod" };

/// What must be the same ones all along. The chart knows nothing of the last two.
const KEPT: [&str; 5] = [
    "persistentvolumeclaim/hub-db-dir",
    "secret/hub",
    "service/proxy-public",
    "persistentvolumeclaim/claim-ada",
    "pod/jupyter-ada",
];

/// The declaration of the hub, whose idle servers end after so many seconds.
fn declared(seconds: u32) -> Stack {
    let cloud = format!("cloud: {{ project: {PROJECT}, region: us-central1 }}\nservices: []\n");
    let chart = format!("{TOP}/{CHART}");
    let kubernetes = format!(
        "kubernetes:
  namespaces:
    hub-prod: {{ cluster: context/rig, name: hub-prod }}
releases:
  hub:
    context: rig
    namespace: hub-prod
    name: prod
    chart: {{ name: daskhub, version: 0.1.0, path: {chart} }}
    values_under: basehub.jupyterhub
    values: {{ cull: {{ every: {seconds} }} }}
"
    );
    let folder = Folder::empty()
        .file("stack.yaml", format!("stack: demo\nprefix: demo\n{cloud}"))
        .file("environments/prod.yaml", "environment: prod\n")
        .file("kubernetes.yaml", kubernetes);
    folder.project().expand().unwrap()
}

/// What an operator has who never heard of us: a hub, and somebody at work on it.
fn deployed_by_others() {
    HUB.kubectl(&["create", "namespace", HUB.space], "");
    let values = json!({ "basehub": { "jupyterhub": { "cull": { "every": 600 } } } });
    let chart = format!("{TOP}/{CHART}");
    HUB.helm(&["upgrade", "--install", "prod", &chart, "-f", "-"], &values.to_string());
    HUB.kubectl(&["create", "-f", "-"], &person("ada").to_string());
}

/// The server of somebody, with the disk of its own, as the hub starts it.
fn person(login: &str) -> Value {
    let labels = json!({
        "app": "jupyterhub", "component": "singleuser-server", "hub.jupyter.org/username": login,
    });
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": { "name": format!("claim-{login}"), "labels": labels },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": { "requests": { "storage": "10Gi" } },
        },
    });
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": format!("jupyter-{login}"), "labels": labels },
        "spec": { "containers": [{ "name": "notebook", "image": "pangeo/pangeo-notebook:2026.06.04" }] },
    });
    json!({ "apiVersion": "v1", "kind": "List", "items": [claim, pod] })
}

/// What a machine of the cluster would do, until it is dropped: pods that are there run.
struct Machine(Arc<AtomicBool>, Option<thread::JoinHandle<()>>);

impl Machine {
    fn start() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let work = thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                run_pods();
                thread::sleep(Duration::from_millis(300));
            }
        });
        Self(over, Some(work))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        let _ = self.1.take().map(thread::JoinHandle::join);
    }
}

fn run_pods() {
    let list = HUB.get(&["pods"]);
    let waiting = list["items"].as_array().unwrap().iter();
    for pod in waiting.filter(|pod| pod["status"]["phase"] == "Pending") {
        let name = pod["metadata"]["name"].as_str().unwrap();
        let ready = json!({ "type": "Ready", "status": "True" });
        let status = json!({ "status": { "phase": "Running", "conditions": [ready] } });
        let status = status.to_string();
        HUB.perhaps(&["patch", "pod", name, "--subresource=status", "-p", &status]);
    }
}

/// The identities of what must stay, with its keys, its address and how often a pod restarted.
fn kept() -> Vec<Value> {
    let told = |of: &Value| {
        json!({
            "uid": of["metadata"]["uid"],
            "cookie": of["data"]["hub.config.JupyterHub.cookie_secret"],
            "address": of["spec"]["clusterIP"],
            "gone": of["metadata"]["deletionTimestamp"],
        })
    };
    KEPT.iter().map(|&what| told(&HUB.get(&[what]))).collect()
}

/// The pod of the hub itself: its identity, and what it was made of.
fn hub() -> (Value, Value) {
    let list = HUB.get(&["pods", "-l", "component=hub"]);
    let [pod] = list["items"].as_array().unwrap().as_slice() else { panic!("one hub: {list}") };
    let made_of = pod["metadata"]["annotations"]["checksum/values"].clone();
    (pod["metadata"]["uid"].clone(), made_of)
}

#[tokio::test]
#[ignore = "needs a real Kubernetes and a real Helm: `.ci/run releases`"]
async fn a_hub_that_runs_becomes_ours_and_nobody_at_work_on_it_notices() {
    let bench = Bench::new().await.beside(kubeconfig());
    deployed_by_others();
    let machine = Machine::start();
    HUB.kubectl(&["wait", "--for=condition=available", "deployment/hub", "--timeout=60s"], "");
    let (before, first) = (kept(), hub());
    assert_eq!(before[1]["cookie"].as_str().unwrap().len(), 88);
    assert!(before[2]["address"].as_str().unwrap().contains('.'));

    // It is taken in: a mark, no revision, no restart.
    let usual = declared(600);
    bench.mark(&usual, Marks::Adopt, &[RELEASE, "prod:kubernetes-namespace/rig/hub-prod"]).await;
    assert_eq!(HUB.listed(), ["prod 1 deployed"]);
    assert_eq!(paths(&bench.plan(&usual).await), [""; 0]);
    assert_eq!((kept(), hub()), (before.clone(), first.clone()));

    // A change of ours starts the hub anew, and nothing else.
    let other = declared(300);
    let plan = bench.apply(&other).await;
    assert_eq!(paths(&plan), ["values.basehub.jupyterhub.cull.every"]);
    assert!(plan.steps.iter().all(|step| step.action == Action::Update));
    assert_eq!(HUB.listed(), ["prod 2 deployed"]);
    assert_eq!(kept(), before);
    assert_ne!(hub(), first);

    // The way back is still Helm's; then we see what somebody did.
    HUB.helm(&["rollback", "prod", "1"], "");
    HUB.kubectl(&["rollout", "status", "deployment/hub", "--timeout=60s"], "");
    assert_eq!((kept(), hub().1), (before.clone(), first.1));
    assert_eq!(HUB.listed(), ["prod 3 deployed"]);
    assert_eq!(paths(&bench.plan(&usual).await), [""; 0]);
    assert_eq!(paths(&bench.plan(&other).await), ["values.basehub.jupyterhub.cull.every"]);
    bench.apply(&other).await;
    assert_eq!((HUB.listed(), kept()), (vec!["prod 4 deployed".to_owned()], before));
    assert_eq!(paths(&bench.plan(&other).await), [""; 0]);
    drop(machine);
    HUB.kubectl(&["delete", "namespace", HUB.space], "");
}
