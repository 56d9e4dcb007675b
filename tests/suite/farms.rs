//! Clusters and pools as others made them, whatever they look like: what `discover` writes of them
//! is a declaration, and taken in it leaves nothing to do.

use super::bench::{Bench, PROJECT, resource, stack};
use super::law::law_on;
use insta::assert_snapshot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Place, Resource, Stack};
use leap_infra::project;
use leap_infra::providers::gcp::gke_cluster::{Limit, Maintenance, Private, Spec as ClusterSpec};
use leap_infra::providers::gcp::gke_node_pool::{
    Disk, Gpu, Limits, Market, RETIRING, Spec as PoolSpec, Taint, make_name,
};
use serde_json::json;
use std::time::Duration;

const REGION: &str = "us-central1";

/// What a cluster looks like, in switches; each pool likewise.
type Farm = (u16, Vec<u32>);

/// How many farms the law is tried on; more with PROPTEST_CASES.
const FARMS: u32 = 6;

fn on(switches: u32, which: u32) -> bool {
    switches >> which & 1 == 1
}

fn in_region(kind: &str, name: &str, spec: serde_json::Value, parent: Option<&str>) -> Resource {
    let location = Some(REGION.to_owned());
    let place = Place { location, parent: parent.map(str::to_owned), ..Place::project(PROJECT) };
    Resource { place, ..resource("prod", kind, name, spec) }
}

fn cluster(switches: u16) -> Resource {
    let on = |which| on(switches.into(), which);
    let mut spec = ClusterSpec::new(REGION);
    spec.node_zones = ["us-central1-a", "us-central1-c"].map(str::to_owned).into();
    spec.release_channel = on(0).then(|| "STABLE".to_owned());
    spec.version = (!on(0)).then(|| "1.35.3-gke.1943000".to_owned());
    spec.network_policy = on(1);
    spec.private =
        on(2).then(|| Private { endpoint: on(3), control_plane_range: "172.16.0.0/28".to_owned() });
    spec.http_load_balancing = on(4);
    spec.cost_allocation = on(5);
    spec.managed_prometheus = on(6);
    spec.workload_identity = on(7).then(|| format!("{PROJECT}.svc.id.goog"));
    spec.maintenance = on(8).then(|| Maintenance::Daily("08:00".to_owned()));
    spec.labels = on(9).then(|| ("team".to_owned(), "ice".to_owned())).into_iter().collect();
    if on(10) {
        spec.auto_provisioning = vec![Limit { resource: "cpu".to_owned(), min: 0, max: 64 }];
    }
    spec.logging = ["SYSTEM_COMPONENTS", "WORKLOADS"].map(str::to_owned).into();
    spec.monitoring = vec!["SYSTEM_COMPONENTS".to_owned()];
    if on(11) {
        spec.monitoring.push("STORAGE".to_owned());
        spec.autoscaling_profile = "OPTIMIZE_UTILIZATION".to_owned();
    }
    in_region("gke-cluster", "farm-field", json!(spec.normal()), None)
}

/// The labels and taints of the four roles, as they should be or nearly.
const ROLES: [(&str, &str, Option<&str>); 4] = [
    ("hub.jupyter.org/node-purpose", "core", None),
    ("hub.jupyter.org/node-purpose", "user", Some("hub.jupyter.org_dedicated")),
    ("k8s.dask.org/node-purpose", "worker", Some("k8s.dask.org_dedicated")),
    ("hub.jupyter.org/node-purpose", "build", Some("hub.jupyter.org_dedicated")),
];

fn taint(key: &str, value: &str) -> Taint {
    Taint { key: key.to_owned(), value: value.to_owned(), effect: "NO_SCHEDULE".to_owned() }
}

fn pool(at: usize, switches: u32, channel: bool, identities: bool) -> Resource {
    let on = |which| on(switches, which);
    let limits = if on(0) { Limits::total(0, 9) } else { Limits::per_zone(1, 3) };
    let machine = if on(1) { "n1-standard-8" } else { "n2-highmem-4" };
    let mut spec = PoolSpec::new(REGION, machine, limits);
    spec.limits.any_zone = on(2);
    let (label, value, tainted) = ROLES[usize::from(on(3)) + 2 * usize::from(on(4))];
    spec.labels.insert(label.to_owned(), value.to_owned());
    spec.taints.extend(tainted.filter(|_| on(5)).map(|key| taint(key, value)));
    if on(1) && on(6) {
        spec.gpu = Some(Gpu {
            kind: "nvidia-tesla-t4".to_owned(),
            count: if on(7) { 2 } else { 1 },
            driver: if on(8) { "LATEST" } else { "DEFAULT" }.to_owned(),
            sharing: on(9).then(|| "TIME_SHARING".to_owned()),
            clients: on(9).then_some(4),
        });
    }
    if on(10) {
        spec.labels.insert("2i2c.org/community".to_owned(), "ice".to_owned());
        spec.taints.extend(on(11).then(|| taint("2i2c.org/community", "ice")));
    }
    spec.taints.extend(on(12).then(|| taint(RETIRING, "true")));
    spec.taints.extend(on(13).then(|| taint("dedicated", "models")));
    spec.market = if on(14) { Market::Spot } else { Market::OnDemand };
    if on(15) {
        let kind = if on(16) { "pd-ssd" } else { "pd-balanced" }.to_owned();
        spec.disk = Disk { kind, size_gb: 50, iops: None, throughput: None };
    }
    if on(17) {
        spec.resource_labels.insert("cost".to_owned(), "ice".to_owned());
        spec.tags = vec!["inside".to_owned()];
    }
    spec.zones = vec!["us-central1-a".to_owned()];
    spec.zones.extend((!on(18)).then(|| "us-central1-c".to_owned()));
    spec.single_process_oom_kill = on(19).then_some(on(20));
    spec.auto_repair = on(21);
    spec.auto_upgrade = channel || on(22);
    spec.gke_metadata = identities;
    spec.image = if on(23) { "UBUNTU_CONTAINERD" } else { "COS_CONTAINERD" }.to_owned();
    let spec = spec.normal();
    let begin = format!("farm-field/pool-{at}");
    let name = if on(24) { make_name(&begin, &spec) } else { begin };
    in_region("gke-node-pool", &name, json!(spec), Some("farm-field"))
}

fn grown((switches, pools): &Farm) -> Stack {
    let on = |which| on((*switches).into(), which);
    let pools = pools.iter().enumerate().map(|(at, it)| pool(at, *it, on(0), on(7)));
    stack([cluster(*switches)].into_iter().chain(pools))
}

/// What is written of a farm that somebody made; that it is a declaration, and that nothing is left
/// to do once it was taken in.
async fn discovered(farm: &Farm) -> String {
    let bench = Bench::new().await;
    bench.apply(&grown(farm)).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    bench.mark(&stack([]), Marks::Disown, &["*"]).await;
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).unwrap();
    let cloud = format!("cloud: {{ project: {PROJECT}, region: {REGION} }}");
    write("stack.yaml", &format!("stack: home\nprefix: farm\n{cloud}\n"));
    let load = || project::load(folder.path(), folder.path());
    let declared = load().unwrap();
    let text = declared.discover(&bench.everything().await, &["prod".to_owned()]).text.unwrap();
    write("found.yaml", &text);
    let found = load().unwrap_or_else(|problems| panic!("{:?}\n{text}", problems.list));
    let found = found.expand().unwrap();
    bench.mark(&found, Marks::Adopt, &[]).await;
    let plan = bench.plan(&found).await;
    assert!(plan.is_empty(), "{plan:#?}\n{text}");
    text
}

#[test]
fn whatever_a_cluster_looks_like_it_is_discovered_adopted_and_then_left_alone() {
    let pools = proptest::collection::vec(0..1_u32 << 25, 1..4);
    law_on(FARMS, (0..1_u16 << 12, pools), |farm| async move {
        discovered(&farm).await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_there_is_no_word_for_is_a_comment() {
    let plain = 1 << 0 | 1 << 2 | 1 << 5 | 1 << 21;
    let odd = 1 << 1 | 1 << 4 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 23;
    assert_snapshot!(discovered(&(0b1000_0100, vec![plain, odd, 1 << 24])).await);
}
