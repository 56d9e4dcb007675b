//! One line of LEAP's own declaration is changed: the plan that one expects, and nothing left to do
//! once it has been applied.

use super::bench::Bench;
use super::desk::text;
use leap_infra::model::Stack;
use leap_infra::plan::Plan;
use leap_infra::project::load;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A file of the stack, what stands in it, and what somebody writes instead.
type Edit = (&'static str, &'static str, &'static str);

const EDITS: &[Edit] = &[
    // Buckets.
    ("buckets", "delete_after_days: 7\n", "delete_after_days: 14\n"),
    ("buckets", "delete_after_days: 30", "delete_after_days: 60"),
    ("buckets", "- group:bucket-writers@leap.example.org\n", "- group:editors@leap.example.org\n"),
    ("buckets", "      read: [\"identity:hub\"]\n", ""),
    ("buckets", "requester_pays: true", "requester_pays: false"),
    ("buckets", "index: index.html", "index: home.html"),
    ("buckets", "    in: [prod]\n    public: read\n", "    in: [prod]\n"),
    ("buckets", "  usage-logs:  ", "  more: { in: [prod] }\n\n  usage-logs:  "),
    // The cluster.
    ("clusters", "node_zones: [us-central1-c]", "node_zones: [us-central1-b, us-central1-c]"),
    ("clusters", "version: 1.35.3-gke.1943000", "version: 1.36.1-gke.1204000"),
    ("clusters", "    network_policy: calico\n", ""),
    ("clusters", "optimize_utilization", "balanced"),
    ("clusters", "    single_process_oom_kill: false ", "    single_process_oom_kill: true "),
    ("clusters", "    pools:\n", "    labels: { team: data }\n    pools:\n"),
    ("clusters", "    pools:\n", "    logging: [system_components]\n    pools:\n"),
    ("clusters", "    pools:\n", "    managed_prometheus: true\n    pools:\n"),
    ("clusters", "    pools:\n", "    protect: false\n    pools:\n"),
    ("clusters", "regional: true", "regional: false"),
    // Its pools.
    ("clusters", "per_zone: 1..5", "per_zone: 1..8"),
    ("clusters", "per_zone: 1..5", "total: 1..5"),
    ("clusters", "total: 0..100 }, warm: 1 }", "total: 0..100 }, warm: 2 }"),
    ("clusters", "community: public", "community: visitors"),
    ("clusters", "machine: g2-standard-4", "machine: g2-standard-4\n        retiring: true"),
    ("clusters", "machine: g2-standard-4", "machine: g2-standard-4\n        tags: [gpu]"),
    ("clusters", "machine: g2-standard-4", "machine: g2-standard-8"),
    ("clusters", "name: nb-gpu-l4-a\n", "name: nb-gpu-l4-b\n"),
    ("clusters", "        name: nb-gpu-l4-a\n", ""),
    (
        "clusters",
        "nb-gpu-t4\n        role: user",
        "nb-gpu-t4\n        spot: true\n        role: user",
    ),
    ("clusters", "disk: 30 GB", "disk: 50 GB"),
    (
        "clusters",
        "zones: [us-central1-a, us-central1-b, us-central1-c]\n",
        "zones: [us-central1-a, us-central1-b]\n",
    ),
    (
        "clusters",
        "      dask:\n",
        "      small: { role: user, machine: n2-highmem-2, nodes: { total: 0..4 } }\n      dask:\n",
    ),
    // Accounts.
    ("identities", "      - roles/monitoring.viewer\n", ""),
    ("identities", "roles: [roles/monitoring.viewer]", "roles: [roles/browser]"),
    ("identities", "requester_pays: true ", "requester_pays: false "),
    ("identities", "repository: leap-stc/infrastructure", "repository: leap-stc/platform"),
    ("identities", "branch: main", "environment: prod"),
    ("identities", "support/support-grafana", "monitoring/grafana"),
    ("identities", "  - file.googleapis.com\n", "  - dns.googleapis.com\n"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_edit_of_the_leap_stack_gives_the_plan_that_one_expects() {
    let before = Copied::of("stacks/leap");
    let bench = Bench::new().await;
    bench.apply(&before.stack()).await;
    assert!(bench.plan(&before.stack()).await.is_empty());
    let start = bench.sandbox.snapshot().unwrap();
    let mut told = String::new();
    for (file, from, to) in EDITS {
        let after = Copied::of("stacks/leap");
        after.edit(file, from, to);
        let wanted = after.stack();
        bench.sandbox.restore(&start).unwrap();
        let plan = bench.plan(&wanted).await;
        assert!(!plan.is_empty(), "{from} -> {to}: nothing happens");
        told += &format!("## {file}: {} -> {}\n{}\n", from.trim(), to.trim(), text(&plan));
        follow(&bench, &wanted, &plan).await;
    }
    insta::assert_snapshot!(told);
}

/// Carries out what no guard refuses, after which nothing is left.
async fn follow(bench: &Bench, wanted: &Stack, plan: &Plan) {
    if !plan.refusals.is_empty() {
        return;
    }
    let report = bench.apply_plan(wanted, plan).await.unwrap();
    assert!(report.is_complete(), "{report:#?}");
    let left = bench.plan(wanted).await;
    assert!(left.is_empty(), "left to do after\n{}\n{}", text(plan), text(&left));
}

/// A copy of a stack, with the environments beside it.
struct Copied {
    folder: TempDir,
    stack: PathBuf,
}

impl Copied {
    fn of(stack: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (folder, stack) = (TempDir::new().unwrap(), PathBuf::from(stack));
        for part in [&stack, Path::new("environments")] {
            let into = folder.path().join(part);
            fs::create_dir_all(&into).unwrap();
            for entry in fs::read_dir(root.join(part)).unwrap().flatten() {
                if entry.path().extension().is_some_and(|end| end == "yaml") {
                    fs::copy(entry.path(), into.join(entry.file_name())).unwrap();
                }
            }
        }
        Self { folder, stack }
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join(&self.stack).join(format!("{file}.yaml"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not say {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn stack(&self) -> Stack {
        let project = load(&self.folder.path().join(&self.stack), &self.stack);
        project.and_then(|project| project.expand()).unwrap_or_else(|problems| {
            panic!("{problems:#?}");
        })
    }
}
