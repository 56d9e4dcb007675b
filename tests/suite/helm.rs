//! Releases of Helm: made, changed, left half done, taken over and removed, with the program that
//! stands in for `helm` on the sandbox.

mod hands;
mod program;
mod real;
mod rig;
mod takeover;

use super::bench::{Bench, resource, stack};
use hands::{CLUSTER, Hands, PLACE};
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Manage, Place, Resource, Stack};
use leap_infra::plan::{Action, Plan};
use leap_infra::sandbox::{self, Fault, Match};
use serde_json::{Value, json};
use std::time::Duration;

/// The name of the release of these stories.
const HUB: &str = "sandbox-lab/hubs/hub";

fn place(parent: &str) -> Place {
    Place {
        project: "context".into(),
        location: None,
        parent: Some(format!("sandbox-lab/{parent}")),
    }
}

fn namespace() -> Resource {
    let spec = json!({ "cluster": PLACE, "labels": {}, "annotations": {} });
    let of = resource("prod", "kubernetes-namespace", "sandbox-lab/hubs", spec);
    Resource { place: place("-/v1/Namespace"), ..of }
}

fn release(version: &str, values: Value) -> Resource {
    let chart = json!({
        "name": "jupyterhub", "version": version, "repository": "https://charts.example.org",
    });
    let spec = json!({
        "cluster": PLACE, "chart": chart, "values": values, "status": "deployed", "objects": {},
    });
    let of = resource("prod", "helm-release", HUB, spec);
    Resource { place: place("releases"), ..of }
}

fn hub(version: &str, values: Value) -> Stack {
    stack([namespace(), release(version, values)])
}

fn usual() -> Stack {
    hub("4.2.0", json!({ "hub": { "replicas": 1 }, "cull": { "every": 600 } }))
}

/// The fields in which the release differs, with what is there and what shall be.
fn changes(plan: &Plan) -> Vec<String> {
    let step = plan.steps.iter().find(|step| step.id.name == HUB);
    let changes = step.into_iter().flat_map(|step| &step.changes);
    changes
        .map(|change| format!("{}: {} -> {}", change.path, change.before, change.after))
        .collect()
}

#[tokio::test]
async fn a_release_is_made_in_one_apply_with_its_namespace_and_then_there_is_nothing_to_do() {
    let bench = Bench::new().await;
    let plan = bench.apply(&usual()).await;
    let order: Vec<&str> = plan.steps.iter().map(|step| step.id.kind.as_str()).collect();
    assert_eq!(order, ["kubernetes-namespace", "helm-release"]);
    let hands = Hands::on(&bench);
    let objects = hands.names("apps/v1", "deployments").await;
    assert_eq!(objects, ["hub", "proxy"]);
    let kept = hands.revisions().await;
    assert_eq!(kept, [(1, "deployed".to_owned())]);
    assert!(bench.plan(&usual()).await.steps.is_empty());
}

#[tokio::test]
async fn another_value_shows_by_its_path_and_touches_nothing_else() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let other = hub("4.3.0", json!({ "hub": { "replicas": 1 }, "cull": { "every": 300 } }));
    let plan = bench.apply(&other).await;
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(
        changes(&plan),
        ["chart.version: \"4.2.0\" -> \"4.3.0\"", "values.cull.every: 600 -> 300"]
    );
    let kept = Hands::on(&bench).revisions().await;
    assert_eq!(kept, [(1, "superseded".to_owned()), (2, "deployed".to_owned())]);
    assert!(bench.plan(&other).await.steps.is_empty());
}

#[tokio::test]
async fn what_somebody_edits_with_kubectl_shows_as_drift_and_is_put_right() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let hands = Hands::on(&bench);
    hands.edit("apps/v1", "deployments", "hub", json!({ "spec": { "replicas": 3 } })).await;
    let plan = bench.plan(&usual()).await;
    let words = "\"is 3; 1 was deployed\"";
    assert_eq!(
        changes(&plan),
        [format!("objects[Deployment.apps/hub.spec.replicas]: {words} -> null")]
    );
    bench.apply(&usual()).await;
    assert_eq!(hands.object("apps/v1", "deployments", "hub").await["spec"]["replicas"], 1);
    assert!(bench.plan(&usual()).await.steps.is_empty());
}

#[tokio::test]
async fn an_object_that_somebody_removed_is_made_again() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let hands = Hands::on(&bench);
    hands.remove("v1", "services", "proxy-public").await;
    let plan = bench.apply(&usual()).await;
    assert_eq!(changes(&plan), ["objects.Service/proxy-public: \"is not there\" -> null"]);
    assert!(bench.plan(&usual()).await.steps.is_empty());
}

#[tokio::test]
async fn what_somebody_says_to_helm_by_hand_shows_as_drift_without_its_secrets() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let hands = Hands::on(&bench);
    let values = json!({
        "hub": { "replicas": 2, "config": { "GitHubOAuthenticator": { "client_secret": "canary" } } },
        "cull": { "every": 600 },
    });
    hands.upgrade("4.2.0", &values).await;
    let plan = bench.plan(&usual()).await;
    assert!(!serde_json::to_string(&plan).unwrap().contains("canary"));
    let told = changes(&plan);
    assert!(told.contains(&"values.hub.replicas: 2 -> 1".to_owned()), "{told:?}");
    assert!(told.iter().any(|it| it.contains("(not shown)")), "{told:?}");
    bench.apply(&usual()).await;
    assert!(bench.plan(&usual()).await.steps.is_empty());
}

#[tokio::test]
async fn a_release_that_was_left_in_the_middle_of_an_upgrade_is_rolled_back_first() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let hands = Hands::on(&bench);
    hands.leave("pending-upgrade").await;
    let plan = bench.apply(&usual()).await;
    assert_eq!(changes(&plan)[..1], ["status: \"pending-upgrade\" -> \"deployed\"".to_owned()]);
    let said = bench.events.lock().unwrap().join("\n");
    let words = "revision 2 was left pending-upgrade by a Helm that is gone: it was rolled back to \
                 revision 1 first";
    assert!(said.contains(words), "{said}");
    assert!(bench.plan(&usual()).await.steps.is_empty());
}

#[tokio::test]
async fn a_first_install_that_was_left_half_done_is_removed_and_made_anew() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let hands = Hands::on(&bench);
    hands.relabel(1, "pending-install").await;
    bench.apply(&usual()).await;
    let said = bench.events.lock().unwrap().join("\n");
    assert!(said.contains("it was removed, and installed anew"), "{said}");
    assert_eq!(hands.revisions().await, [(1, "deployed".to_owned())]);
    assert!(bench.plan(&usual()).await.steps.is_empty());
}

#[tokio::test]
async fn a_release_that_runs_already_is_taken_over_as_it_is() {
    let bench = Bench::new().await;
    bench.apply(&stack([namespace()])).await;
    let hands = Hands::on(&bench);
    let values = json!({ "hub": { "replicas": 1 }, "cull": { "every": 600 } });
    hands.upgrade("4.2.0", &values).await;
    let before = hands.object("apps/v1", "deployments", "hub").await;
    let plan = bench.plan(&usual()).await;
    assert!(plan.is_refused(), "somebody else's release is not changed without being asked");
    let plan = bench.mark(&usual(), Marks::Adopt, &[]).await;
    let adopted = |step: &&leap_infra::plan::Step| step.action == Action::Adopt;
    assert_eq!(plan.steps.iter().filter(adopted).count(), 1);
    assert!(bench.plan(&usual()).await.steps.is_empty());
    assert_eq!(hands.revisions().await, [(1, "deployed".to_owned())]);
    assert_eq!(hands.object("apps/v1", "deployments", "hub").await, before);
    let handed_back = Resource { manage: Manage::Observe, ..release("4.2.0", values) };
    let name = format!("helm-release/{HUB}");
    bench.mark(&stack([namespace(), handed_back]), Marks::Disown, &[&name]).await;
    assert!(bench.plan(&usual()).await.is_refused());
}

#[tokio::test]
async fn a_release_that_nobody_declares_any_more_is_uninstalled() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let plan = bench.apply(&stack([namespace()])).await;
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].action, Action::Delete);
    let hands = Hands::on(&bench);
    assert!(hands.revisions().await.is_empty());
    assert!(hands.names("apps/v1", "deployments").await.is_empty());
}

#[tokio::test]
async fn a_release_says_which_cluster_it_needs() {
    let gke = "projects/home-project/locations/us-central1/clusters/home";
    let spec = json!({ "cluster": gke, "chart": { "name": "x", "version": "1.0.0" } });
    let needs = Bench::registry();
    use leap_infra::model::Rules as _;
    let needs = needs.needs("helm-release", "home/hubs/hub", &spec);
    let needs: Vec<String> = needs.iter().map(|it| format!("{} {}", it.kind, it.name)).collect();
    assert_eq!(needs, ["gke-cluster home", "kubernetes-namespace home/hubs"]);
    assert_eq!(CLUSTER, "sandbox-lab");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_that_is_killed_at_any_call_is_repaired_by_running_again() {
    let bench = Bench::new().await;
    bench.apply(&usual()).await;
    let start = bench.sandbox.snapshot().unwrap();
    let other = hub("4.3.0", json!({ "hub": { "replicas": 1 }, "cull": { "every": 300 } }));
    let mut points = 0;
    for call in 1.. {
        bench.sandbox.set_faults(Vec::new());
        bench.sandbox.restore(&start).unwrap();
        let plan = bench.plan(&other).await;
        let on = Match { nth: Some(call), ..Match::default() };
        bench.sandbox.set_faults(vec![Fault { on, then: sandbox::Action::CrashBefore }]);
        let survived = tokio::select! {
            ended = bench.apply_plan(&other, &plan) => ended.is_ok_and(|it| it.is_complete()),
            () = bench.crashed.notified() => false,
        };
        bench.sandbox.set_faults(Vec::new());
        if survived {
            break;
        }
        // The lease of whoever died has ended by then.
        bench.sandbox.clock().advance(Duration::from_secs(70));
        bench.apply(&other).await;
        let rest = bench.plan(&other).await;
        assert!(rest.steps.is_empty(), "call {call}: {:?}", rest.steps);
        points += 1;
    }
    println!("crash points of an upgrade recovered: {points}");
    assert!(points > 30, "{points}");
}
