//! Disks, their snapshot schedules and static addresses in the engine, from the declaration to the
//! cloud; what a cluster leaves behind; what the doctor asks the compute API.

use super::bench::{Bench, PROJECT, resource, stack};
use super::desk::text;
use super::shell::{Said, Shell};
use insta::assert_snapshot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Manage, Resource, ResourceId};
use leap_infra::plan::Refused;
use leap_infra::providers::gcp::gke_cluster::Spec as ClusterSpec;
use leap_infra::providers::gcp::{gce_address, gce_disk, gce_snapshot_policy};
use leap_infra::sandbox::compute::{change, seed, use_by};
use leap_infra::sandbox::{self, Clock, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A disk in a zone that follows a schedule, if one is named.
pub fn disk(
    name: &str,
    size_gb: u64,
    snapshots: Option<&str>,
    labels: &[(&str, &str)],
) -> Resource {
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let spec = gce_disk::Spec {
        location: "us-central1-c".into(),
        replicas: Vec::new(),
        kind: "pd-balanced".into(),
        size_gb,
        iops: None,
        throughput: None,
        snapshots: snapshots.map(str::to_owned),
        labels: labels.collect(),
        protect: false,
    };
    resource("prod", "gce-disk", name, json!(spec))
}

/// A snapshot schedule.
pub fn schedule(name: &str, every: &str) -> Resource {
    let spec = gce_snapshot_policy::Spec {
        region: "us-central1".into(),
        every: every.into(),
        at: "04:00".into(),
        keep_days: 14,
        outlive_disk: true,
        kept_in: None,
        labels: Default::default(),
    };
    resource("prod", "gce-snapshot-policy", name, json!(spec))
}

/// A static address in a region, or a global one.
pub fn address(name: &str, place: &str, label: Option<&str>) -> Resource {
    let labels = label.map(|label| ("team".to_owned(), label.to_owned())).into_iter().collect();
    let spec = gce_address::Spec { labels, ..gce_address::Spec::new(place, "PREMIUM") };
    resource("prod", "gce-address", name, json!(spec))
}

fn thing(kind: &str, name: &str) -> String {
    let place = if kind == "disks" { "zones/us-central1-c" } else { "regions/us-central1" };
    format!("projects/{PROJECT}/{place}/{kind}/{name}")
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The changing calls of the compute API: their last words, and what they are about.
fn changes(bench: &Bench) -> Vec<String> {
    let calls = bench.sandbox.calls();
    let calls = calls.into_iter().filter(|call| call.api == "compute" && call.mutating);
    calls.map(|call| format!("{} {}", call.method, call.resource)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_is_made_after_its_schedule_and_goes_before_it() {
    let bench = Bench::new().await;
    let all = || stack([disk("home", 100, Some("home-times"), &[]), schedule("home-times", "day")]);
    let plan = bench.apply(&all()).await;
    let made: Vec<&str> = plan.steps.iter().map(|step| step.id.name.as_str()).collect();
    assert_eq!(made, ["home-times", "home"]);
    assert!(bench.plan(&all()).await.is_empty());
    let other = stack([disk("home", 100, Some("home-new"), &[]), schedule("home-new", "6 hours")]);
    let plan = bench.apply(&other).await;
    let order: Vec<&str> = plan.steps.iter().map(|step| step.id.name.as_str()).collect();
    assert_eq!(order, ["home-new", "home", "home-times"], "made, moved on to, taken away");
    let gone = bench.apply(&stack([])).await;
    let order: Vec<&str> = gone.steps.iter().map(|step| step.id.name.as_str()).collect();
    assert_eq!(order, ["home", "home-new"]);
    assert!(!bench.world().keys().any(|key| key.starts_with("compute/")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_would_shrink_is_refused_without_a_call() {
    let bench = Bench::new().await;
    bench.apply(&stack([disk("home", 100, None, &[])])).await;
    bench.sandbox.clear_calls();
    let plan = bench.plan(&stack([disk("home", 50, None, &[])])).await;
    assert!(plan.is_refused());
    assert!(matches!(&plan.refusals[0].why, Refused::Impossible(why) if why.contains("shrink")));
    assert!(changes(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_somebody_let_grow_is_drift_that_is_refused_and_said_by_its_size() {
    let bench = Bench::new().await;
    let wanted = || stack([disk("home", 100, None, &[])]);
    bench.apply(&wanted()).await;
    change(bench.sandbox.world(), &thing("disks", "home"), &json!({ "sizeGb": "300" })).unwrap();
    let plan = bench.plan(&wanted()).await;
    assert!(plan.is_refused());
    let told = on_one_line(&text(&plan));
    assert!(told.contains("say `300 GB` or more"), "{told}");
    assert!(bench.plan(&stack([disk("home", 300, None, &[])])).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_type_is_another_disk_which_must_be_said() {
    let mut bench = Bench::new().await;
    bench.apply(&stack([disk("home", 100, None, &[])])).await;
    let mut other = disk("home", 100, None, &[]);
    other.spec["type"] = json!("pd-ssd");
    let other = stack([other]);
    let plan = bench.plan(&other).await;
    assert!(matches!(&plan.refusals[0].why, Refused::Replacement { .. }));
    bench.allowances.replace.insert(ResourceId::new("prod", "gce-disk", "home"));
    bench.apply(&other).await;
    assert!(bench.plan(&other).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_attached_or_used_stays_and_the_plan_says_by_what() {
    let bench = Bench::new().await;
    let all = [disk("home", 100, None, &[]), address("home-ip", "us-central1", None)];
    bench.apply(&stack(all)).await;
    let machine = format!("projects/{PROJECT}/zones/us-central1-c/instances/nfs");
    use_by(bench.sandbox.world(), &thing("disks", "home"), &machine).unwrap();
    use_by(bench.sandbox.world(), &thing("addresses", "home-ip"), &thing("forwardingRules", "lb"))
        .unwrap();
    let plan = bench.plan(&stack([])).await;
    assert_eq!(plan.refusals.len(), 2);
    let told = text(&plan);
    assert!(told.contains("is attached to nfs") && told.contains("is used by lb"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_is_adopted_and_handed_back_without_any_other_change() {
    let bench = Bench::new().await;
    let all = || {
        [
            disk("home", 100, Some("home-times"), &[("team", "hub")]),
            schedule("home-times", "monday"),
            address("home-ip", "global", Some("hub")),
        ]
    };
    bench.apply(&stack(all())).await;
    let marked = bench.world();
    let let_be = || stack(all().map(|one| Resource { manage: Manage::Observe, ..one }));
    bench.mark(&let_be(), Marks::Disown, &["*"]).await;
    let world = bench.world();
    let disk = world.iter().find(|(key, _)| key.ends_with("/home")).unwrap().1;
    assert_eq!(disk["labels"], json!({ "team": "hub" }));
    bench.mark(&stack(all()), Marks::Adopt, &[]).await;
    assert!(bench.plan(&stack(all())).await.is_empty());
    assert_eq!(bench.world(), marked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_does_not_go_while_it_would_leave_volumes_and_load_balancers_behind() {
    let bench = Bench::new().await;
    let mut spec = ClusterSpec::new("us-central1");
    spec.node_zones = vec!["us-central1-c".into()];
    spec.protect = false;
    bench.apply(&stack([resource("prod", "gke-cluster", "hub", json!(spec.normal()))])).await;
    let world = bench.sandbox.world();
    let labels = json!({ "goog-k8s-cluster-name": "hub", "goog-gke-volume": "" });
    let volume = json!({ "sizeGb": "500", "status": "READY", "labels": labels });
    seed(world, &thing("disks", "pvc-prometheus"), volume).unwrap();
    let rule = json!({
        "IPAddress": "198.18.0.7",
        "description": "{\"kubernetes.io/service-name\":\"support/ingress\"}",
    });
    seed(world, &thing("forwardingRules", "a1b2"), rule).unwrap();
    let plan = bench.plan(&stack([])).await;
    let told = on_one_line(&text(&plan));
    let words = "leaves behind the volumes pvc-prometheus (500 GB) and the load balancers a1b2 (198.18.0.7)";
    assert!(told.contains(words), "{told}");
    assert!(plan.is_refused());
}

/// A folder with a stack, and a sandbox of its own.
struct Desk {
    folder: TempDir,
    sandbox: Sandbox,
    shell: Shell,
}

impl Desk {
    async fn new(declared: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            sandbox::Options { clock: Clock::virtual_at(1_790_000_000), ..Default::default() };
        let sandbox = sandbox::start(options).await.unwrap();
        let shell = Shell::new(folder.path()).towards(&sandbox);
        let cloud = "{ project: lab-project, region: us-central1, zone: us-central1-c }";
        let stack = format!("stack: lab\nprefix: lab\ncloud: {cloud}\n{declared}");
        std::fs::write(folder.path().join("stack.yaml"), stack).unwrap();
        Self { folder, sandbox, shell }
    }

    fn succeed(&self, line: &str) -> Said {
        self.sandbox.clock().advance(std::time::Duration::from_secs(5));
        let said = self.shell.run(line);
        assert_eq!(said.code, Some(0), "{line}\n{}{}", said.stderr, said.stdout);
        said
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(file)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_discovered_adopted_and_then_nothing_is_left_to_do() {
    let desk = Desk::new("").await;
    let world = desk.sandbox.world();
    let at = |place: &str| format!("projects/lab-project/{place}");
    let schedule = json!({
        "schedule": { "dailySchedule": { "daysInCycle": 1, "startTime": "00:00" } },
        "retentionPolicy": { "maxRetentionDays": 5, "onSourceDiskDelete": "KEEP_AUTO_SNAPSHOTS" },
    });
    let policy = at("regions/us-central1/resourcePolicies/homes-snapshot-schedule");
    let value = json!({ "kind": "compute#resourcePolicy", "snapshotSchedulePolicy": schedule });
    seed(world, &policy, value).unwrap();
    let disk = json!({
        "kind": "compute#disk", "sizeGb": "4650", "status": "READY", "labels": { "team": "hub" },
        "type": at("zones/us-central1-c/diskTypes/pd-balanced"), "resourcePolicies": [policy],
    });
    seed(world, &at("zones/us-central1-c/disks/hub-nfs-homedirs"), disk).unwrap();
    let address = json!({
        "kind": "compute#address", "address": "198.18.0.9", "status": "RESERVED",
        "addressType": "EXTERNAL", "networkTier": "PREMIUM",
    });
    seed(world, &at("regions/us-central1/addresses/lab-hub"), address).unwrap();
    desk.succeed("discover --into found.yaml");
    assert_snapshot!(desk.read("found.yaml"));
    desk.succeed("adopt --all --auto-approve");
    let plan = desk.succeed("plan --detailed-exitcode");
    assert!(plan.is_nothing_to_do(), "{}", plan.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_holds_quotas_against_those_of_the_region() {
    let desk =
        Desk::new("quotas: { us-central1: { NVIDIA_T4_GPUS: 8, NVIDIA_L4_GPUS: 99 } }\n").await;
    let said = desk.shell.run("doctor --quotas");
    assert_eq!(said.code, Some(1));
    assert_snapshot!(said.stdout, @"
    lab (prod) on the sandbox

    us-central1 in lab-project
      NVIDIA_L4_GPUS   99 declared, and it is 16: declare 16, or ask Google for more
      NVIDIA_T4_GPUS   8 declared, and it is 16
    ");
    let json: Value =
        serde_json::from_str(&desk.shell.run("doctor --quotas --json").stdout).unwrap();
    assert_eq!(json["quotas"][0]["real"], 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_tables_take_the_place_of_those_that_are_shipped() {
    let pools = "core: { role: core, machine: n2-highmem-4, nodes: { per_zone: 1..3 } }\n      l4: { role: user, machine: g2-standard-4, gpu: nvidia-l4, nodes: { total: 0..2 } }";
    let cluster =
        format!("clusters:\n  main:\n    node_zones: [us-central1-c]\n    pools:\n      {pools}\n");
    let desk = Desk::new(&cluster).await;
    let said = desk.succeed("doctor --refresh-tables");
    assert!(said.stdout.contains("10 machine types and 3 accelerators"), "{}", said.stdout);
    let gpus: Value = serde_json::from_str(&desk.read("tables/gpus.json")).unwrap();
    assert_eq!(gpus["gpus"]["nvidia-tesla-t4"]["machines"], json!({ "n1-": [1, 2, 4] }));
    assert_eq!(gpus["gpus"]["nvidia-l4"]["machines"]["g2-standard-24"], json!([2]));
    assert_eq!(gpus["gpus"]["nvidia-l4"]["quota"], "NVIDIA_L4_GPUS");
    // They are what the declaration is held against from now on.
    desk.succeed("validate");
    let stack = desk.read("stack.yaml");
    let wrong = stack.replace("n2-highmem-4", "n2-highmem-8");
    std::fs::write(desk.folder.path().join("stack.yaml"), wrong).unwrap();
    let said = desk.shell.run("validate");
    assert_eq!(said.code, Some(4), "{}{}", said.stdout, said.stderr);
    let told = on_one_line(&said.stderr);
    assert!(told.contains("(the sandbox, where machines are made up)"), "{told}");
}
