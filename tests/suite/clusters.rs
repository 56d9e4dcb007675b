//! Clusters and their pools: what is made, what is changed where it stands, what is made anew, and
//! what becomes of it when something goes wrong on the way.

use super::bench::{Bench, PROJECT, options, stack, visible};
use super::desk::text;
use leap_infra::apply::Options;
use leap_infra::model::{Place, Resource, ResourceId, Source, Stack};
use leap_infra::plan::{Action, Plan};
use leap_infra::providers::gcp::gke_cluster::Spec as ClusterSpec;
use leap_infra::providers::gcp::gke_node_pool::{Gpu, Limits, Spec as PoolSpec, make_name};
use leap_infra::sandbox::container::{Trouble, machines, set_quota, trouble};
use leap_infra::sandbox::{Action as Strike, Fault, Match};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const REGION: &str = "us-central1";

fn resource(kind: &str, name: &str, spec: serde_json::Value, parent: Option<&str>) -> Resource {
    let place = Place {
        project: PROJECT.into(),
        location: Some(REGION.into()),
        parent: parent.map(str::to_owned),
    };
    Resource {
        id: ResourceId::new("prod", kind, name),
        place,
        spec,
        manage: leap_infra::model::Manage::default(),
        needs: BTreeSet::new(),
        source: Source { file: "stack.yaml".into(), line: 1, column: 1 },
        notes: Vec::new(),
    }
}

fn cluster_with(change: impl FnOnce(&mut ClusterSpec)) -> Resource {
    let mut spec = ClusterSpec::new(REGION);
    spec.node_zones = vec!["us-central1-c".into()];
    spec.version = Some("1.35.3-gke.1943000".into());
    spec.network_policy = true;
    spec.workload_identity = Some(format!("{PROJECT}.svc.id.goog"));
    spec.logging = vec!["SYSTEM_COMPONENTS".into()];
    spec.monitoring = vec!["SYSTEM_COMPONENTS".into()];
    change(&mut spec);
    resource("gke-cluster", "hub", json!(spec.normal()), None)
}

fn cluster() -> Resource {
    cluster_with(|_| {})
}

/// A pool whose name follows from its machines.
fn pool_with(key: &str, change: impl FnOnce(&mut PoolSpec)) -> Resource {
    let mut spec = PoolSpec::new(REGION, "n2-highmem-4", Limits::total(0, 10));
    spec.zones = vec!["us-central1-c".into()];
    spec.gke_metadata = true;
    change(&mut spec);
    let spec = spec.normal();
    let name = make_name(&format!("hub/{key}"), &spec);
    resource("gke-node-pool", &name, json!(spec), Some("hub"))
}

fn pool(key: &str) -> Resource {
    pool_with(key, |_| {})
}

fn t4(spec: &mut PoolSpec) {
    spec.machine = "n1-standard-8".into();
    spec.limits = Limits::total(1, 10);
    spec.gpu = Some(Gpu {
        kind: "nvidia-tesla-t4".into(),
        count: 1,
        driver: "DEFAULT".into(),
        sharing: None,
        clients: None,
    });
}

/// The changing calls of the container API, without their paths.
fn changes(bench: &Bench) -> Vec<String> {
    let calls = bench.sandbox.calls();
    let calls = calls.into_iter().filter(|call| call.api == "container" && call.mutating);
    calls
        .map(|call| format!("{} {}", call.method.split(' ').next().unwrap(), call.resource))
        .collect()
}

async fn bench_with(stack: &Stack) -> Bench {
    let bench = Bench::new().await;
    bench.apply(stack).await;
    assert!(bench.plan(stack).await.is_empty());
    bench.sandbox.clear_calls();
    bench
}

/// Applies, and says how the only step that failed did.
async fn failure(bench: &Bench, stack: &Stack, options: &Options) -> String {
    let plan = bench.plan(stack).await;
    let report = bench.apply_in(stack, &plan, options).await.unwrap();
    let failed: Vec<String> = report.failed().map(|(_, error)| error.to_string()).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    failed[0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_made_with_its_pools_and_without_googles_own() {
    let wanted = stack([cluster(), pool("core"), pool_with("t4", t4)]);
    let bench = bench_with(&wanted).await;
    let world = bench.world();
    let pools: Vec<&String> = world.keys().filter(|key| key.starts_with("gke/pool/")).collect();
    assert_eq!(pools.len(), 2, "{pools:?}");
    assert!(pools.iter().all(|key| !key.ends_with("default-pool")));
    // What GKE copies onto machines makes nothing of ours of them.
    let machines = machines(bench.sandbox.world(), PROJECT).unwrap();
    assert_eq!(machines.len(), 1);
    assert!(machines[0].labels.contains_key("leap-infra-id"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_takes_as_many_calls_for_three_hundred_pools_as_for_one() {
    let calls = async |pools: usize| {
        let wanted: Vec<Resource> = (0..pools).map(|number| pool(&format!("p{number}"))).collect();
        let bench = Bench::with(leap_infra::sandbox::Behaviour::instant()).await;
        // Somebody made a cluster with just such pools: how it came to be does not matter here.
        let name = |it: &Resource| it.id.name.trim_start_matches("hub/").to_owned();
        let there: Vec<_> = wanted.iter().map(|it| json!({ "name": name(it) })).collect();
        let cluster = json!({
            "cluster": { "name": "hub", "releaseChannel": {}, "nodePools": there }
        });
        let parent = format!("v1/projects/{PROJECT}/locations/{REGION}/clusters");
        let url = format!("{}/{parent}", bench.sandbox.url());
        let answer = reqwest::Client::new().post(url).json(&cluster).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        bench.sandbox.clear_calls();
        assert_eq!(bench.plan(&stack(wanted)).await.refusals.len(), pools, "they are not ours");
        bench.sandbox.calls().iter().filter(|call| call.api == "container").count()
    };
    assert_eq!((calls(1).await, calls(300).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_machines_are_a_new_pool_that_is_there_before_the_old_one_goes() {
    let bench = bench_with(&stack([cluster(), pool("user")])).await;
    let wanted =
        stack([cluster(), pool_with("user", |spec| spec.machine = "n2-highmem-16".into())]);
    let plan = bench.plan(&wanted).await;
    insta::assert_snapshot!(text(&plan));
    let actions: Vec<Action> = plan.steps.iter().map(|step| step.action).collect();
    assert_eq!(actions, [Action::Create, Action::Delete]);
    bench.sandbox.clear_calls();
    bench.apply(&wanted).await;
    let verbs: Vec<String> =
        changes(&bench).iter().map(|call| call.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(verbs, ["POST", "PUT", "DELETE"], "made, cordoned, drained and deleted");
    assert!(bench.plan(&wanted).await.is_empty());
}

/// One edit, the step that one expects, and nothing left to do after it.
async fn edited(what: &str, before: [Resource; 2], after: [Resource; 2], expected: &[Action]) {
    let bench = bench_with(&stack(before)).await;
    let wanted = stack(after);
    let plan: Plan = bench.apply(&wanted).await;
    let actions: Vec<Action> = plan.steps.iter().map(|step| step.action).collect();
    assert_eq!(actions, expected, "{what}\n{}", text(&plan));
    assert!(bench.plan(&wanted).await.is_empty(), "{what}: something is left to do");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_setting_of_a_cluster_is_changed_where_it_stands() {
    type Edit = fn(&mut ClusterSpec);
    let edits: [(&str, Edit); 10] = [
        ("version", |spec| spec.version = Some("1.36".into())),
        ("channel and back", |spec| spec.autoscaling_profile = "OPTIMIZE_UTILIZATION".into()),
        ("zones", |spec| spec.node_zones.push("us-central1-a".into())),
        ("network policy", |spec| spec.network_policy = false),
        ("load balancing", |spec| spec.http_load_balancing = true),
        ("logging", |spec| spec.logging.push("WORKLOADS".into())),
        ("prometheus", |spec| spec.managed_prometheus = true),
        ("costs", |spec| spec.cost_allocation = true),
        ("labels", |spec| _ = spec.labels.insert("team".into(), "data".into())),
        ("protection", |spec| spec.protect = true),
    ];
    for (what, edit) in edits {
        let after = [cluster_with(edit), pool("core")];
        edited(what, [cluster(), pool("core")], after, &[Action::Update]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_setting_of_a_pool_is_changed_where_it_stands_or_makes_another_pool() {
    type Edit = fn(&mut PoolSpec);
    let (in_place, anew): (&[Action], &[Action]) =
        (&[Action::Update], &[Action::Create, Action::Delete]);
    let edits: [(&str, Edit, &[Action]); 9] = [
        ("limits", |spec| spec.limits = Limits::per_zone(1, 5), in_place),
        ("labels", |spec| _ = spec.labels.insert("a".into(), "b".into()), in_place),
        (
            "resource labels",
            |spec| _ = spec.resource_labels.insert("a".into(), "b".into()),
            in_place,
        ),
        ("tags", |spec| spec.tags.push("hub".into()), in_place),
        ("upkeep", |spec| spec.auto_repair = true, in_place),
        ("zones", |spec| spec.zones.push("us-central1-a".into()), in_place),
        ("kubelet", |spec| spec.single_process_oom_kill = Some(false), in_place),
        ("disk", |spec| spec.disk.size_gb = 50, anew),
        ("accelerators", t4, anew),
    ];
    for (what, edit, expected) in edits {
        let after = [cluster(), pool_with("user", edit)];
        edited(what, [cluster(), pool("user")], after, expected).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_whose_making_is_interrupted_is_taken_up_again_and_not_made_twice() {
    let wanted = stack([cluster(), pool("core")]);
    let bench = Bench::new().await;
    trouble(bench.sandbox.world(), "hub", Some(&Trouble::Stuck)).unwrap();
    let (plan, cancel) = (bench.plan(&wanted).await, CancellationToken::new());
    let run = bench.apply_with(&wanted, &plan, BTreeSet::new(), cancel.clone());
    let interrupt = async {
        while !bench.events.lock().unwrap().iter().any(|event| event.contains("waiting for")) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        cancel.cancel();
    };
    let (report, ()) = tokio::join!(run, interrupt);
    let report = report.unwrap();
    assert!(report.interrupted && report.done() == 0, "{report:?}");
    trouble(bench.sandbox.world(), "hub", None).unwrap();
    bench.apply(&wanted).await;
    let made = changes(&bench).into_iter().filter(|call| call == &format!("POST {PROJECT}"));
    assert_eq!(made.count(), 1);
    assert!(bench.plan(&wanted).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_call_leaves_no_second_cluster_and_nothing_half_made() {
    let wanted = stack([cluster(), pool("core")]);
    let bench = Bench::new().await;
    let start = bench.sandbox.snapshot().unwrap();
    bench.apply(&wanted).await;
    let (calls, arrival) = (bench.sandbox.calls().len() as u64, bench.world());
    for call in 1..=calls {
        // A crash before the next call leaves the same world as one after this one's effect.
        let then = Strike::CrashAfterEffect;
        bench.sandbox.set_faults(Vec::new());
        bench.sandbox.restore(&start).unwrap();
        let plan = bench.plan(&wanted).await;
        bench.sandbox.restore(&start).unwrap();
        let on = Match { call: Some(call), ..Match::default() };
        bench.sandbox.set_faults(vec![Fault { on, then: then.clone() }]);
        tokio::select! {
            _ = bench.apply_with(&wanted, &plan, BTreeSet::new(), Default::default()) => {}
            () = bench.crashed.notified() => {}
        }
        bench.sandbox.set_faults(Vec::new());
        bench.sandbox.clock().advance(Duration::from_secs(61));
        bench.apply(&wanted).await;
        assert!(bench.plan(&wanted).await.is_empty(), "call {call}, {then:?}");
        let world = visible(&bench.sandbox.snapshot().unwrap());
        assert_eq!(world, arrival, "call {call}, {then:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_requests_are_made_again() {
    let bench = Bench::new().await;
    let on = Match { method: Some("clusters".into()), nth: Some(2), ..Match::default() };
    let then = Strike::Status { code: 429, message: String::new(), retry_after_seconds: None };
    bench.sandbox.set_faults(vec![Fault { on, then }]);
    let wanted = stack([cluster()]);
    bench.apply(&wanted).await;
    assert!(bench.plan(&wanted).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_have_under_way_on_a_cluster_is_waited_for() {
    let bench = bench_with(&stack([cluster(), pool("core")])).await;
    let wanted = stack([cluster(), pool_with("core", |spec| spec.tags.push("hub".into()))]);
    let plan = bench.plan(&wanted).await;
    let parent = format!("projects/{PROJECT}/locations/{REGION}/clusters/hub");
    // Somebody else adds a pool between our plan and our apply.
    let url = format!("{}/v1/{parent}/nodePools", bench.sandbox.url());
    let theirs = json!({ "nodePool": { "name": "theirs", "initialNodeCount": 1 } });
    let answer = reqwest::Client::new().post(url).json(&theirs).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let url = format!("{}/v1/{parent}/nodePools", bench.sandbox.url());
    let second = json!({ "nodePool": { "name": "second", "initialNodeCount": 1 } });
    let refused = reqwest::Client::new().post(url).json(&second).send().await.unwrap();
    let refused: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(refused["error"]["status"], "FAILED_PRECONDITION");
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert!(bench.events.lock().unwrap().iter().any(|event| event.contains("create node pool")));
    assert!(bench.plan(&wanted).await.is_empty(), "theirs is not ours to touch");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_fails_at_its_end_says_why_and_can_be_tried_again() {
    let bench = bench_with(&stack([cluster()])).await;
    let wanted = stack([cluster(), pool_with("t4", t4)]);
    let name =
        wanted.resources().keys().find(|id| id.kind == "gke-node-pool").unwrap().name.clone();
    let stockout = Trouble::Fails {
        code: 8,
        condition: "GCE_STOCKOUT".into(),
        message: "the zone us-central1-c does not have enough resources".into(),
    };
    trouble(bench.sandbox.world(), &name, Some(&stockout)).unwrap();
    let plan = bench.plan(&wanted).await;
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    let why = report.failed().next().unwrap().1.to_string();
    assert!(why.contains("GCE_STOCKOUT: the zone us-central1-c does not have enough"), "{why}");
    assert!(why.ends_with("name more zones, or try again later"), "{why}");
    // The half-made pool was taken away again.
    assert!(!bench.world().keys().any(|key| key.starts_with("gke/pool/")));
    trouble(bench.sandbox.world(), &name, None).unwrap();
    bench.apply(&wanted).await;
    assert!(bench.plan(&wanted).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_that_never_ends_being_made_ends_the_step_in_time() {
    let bench = bench_with(&stack([cluster()])).await;
    let wanted = stack([cluster(), pool("user")]);
    let name =
        wanted.resources().keys().find(|id| id.kind == "gke-node-pool").unwrap().name.clone();
    trouble(bench.sandbox.world(), &name, Some(&Trouble::Stuck)).unwrap();
    let hasty = Options { step_timeout: Duration::from_millis(900), ..options() };
    let why = failure(&bench, &wanted, &hasty).await;
    assert!(why.ends_with("did not finish in time"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_that_is_used_up_is_no_question_of_permission() {
    let bench = bench_with(&stack([cluster()])).await;
    set_quota(bench.sandbox.world(), PROJECT, REGION, "NVIDIA_T4_GPUS", 0).unwrap();
    let why = failure(&bench, &stack([cluster(), pool_with("t4", t4)]), &options()).await;
    assert!(why.contains("was refused: Insufficient regional quota"), "{why}");
    assert!(why.contains("NVIDIA_T4_GPUS"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_is_protected_is_deleted_only_when_that_is_said() {
    let protected = || cluster_with(|spec| spec.protect = true);
    let mut bench = bench_with(&stack([protected(), pool("core")])).await;
    let nothing = stack([]);
    assert!(bench.plan(&nothing).await.is_refused());
    bench.allowances.delete.insert(ResourceId::new("prod", "gke-cluster", "hub"));
    bench.apply(&nothing).await;
    assert!(!bench.world().keys().any(|key| key.starts_with("gke/")), "{:?}", bench.world().keys());
}
