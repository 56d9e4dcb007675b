//! What things cost: estimates of declarations and plans, the guard of the budget, Google's bill,
//! and what takes room.

use super::shell::{Said, Shell, edit, leap};
use leap_infra::sandbox::{self, Clock, Sandbox};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const STACK: &str = "
stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1 }
billing: { export: demo_costs }
buckets:
  scratch: { delete_after_days: 7 }
  persistent: { expected: 2 TB }
  open: { public: read, expected: 1 TB, egress: 2 TB }
  paid-by-readers: { public: read, requester_pays: true, storage_class: nearline }
clusters:
  main:
    protect: false
    node_zones: [us-central1-c]
    pools:
      core: { role: core, machine: n2-highmem-4, nodes: { per_zone: 1..3 } }
      user: { role: user, machine: n2-highmem-16, nodes: { total: 0..10 }, spot: true }
";

/// A stack of one's own with one environment, and a terminal beside it.
struct Desk {
    folder: TempDir,
    shell: Shell,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("environments")).unwrap();
        fs::create_dir_all(folder.path().join("stack")).unwrap();
        fs::write(folder.path().join("environments/prod.yaml"), "environment: prod\n").unwrap();
        fs::write(folder.path().join("stack/stack.yaml"), STACK).unwrap();
        let shell = Shell::new(folder.path().join("stack"));
        Self { folder, shell }
    }

    fn towards(mut self, sandbox: &Sandbox) -> Self {
        self.shell = self.shell.towards(sandbox);
        self
    }

    fn edits(&self, from: &str, to: &str) {
        edit(&self.folder.path().join("stack/stack.yaml"), from, to);
    }

    fn ends(&self, line: &str, code: i32) -> Said {
        let said = self.shell.run(line);
        assert_eq!(said.code, Some(code), "{line}\n{}{}", said.stderr, said.stdout);
        said
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ends(line, 0).stdout).unwrap()
    }
}

async fn sandbox() -> Sandbox {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = Clock::virtual_at(1_790_000_000);
    sandbox::start(sandbox::Options { clock, ..sandbox::Options::default() }).await.unwrap()
}

async fn post(sandbox: &Sandbox, path: &str, body: impl Into<reqwest::Body>) {
    let request = reqwest::Client::new().post(format!("{}{path}", sandbox.url())).body(body);
    let answer = request.header("content-type", "application/json").send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
}

#[test]
fn the_leap_stack_says_what_it_costs_at_the_least_and_at_the_most() {
    let folder = leap();
    let shell = |columns: &str| Shell::new(folder.path()).with("COLUMNS", columns);
    let mut text = String::new();
    for (columns, line) in [
        ("80", "cost stacks/leap"),
        ("200", "cost stacks/leap -e shared --parts"),
        ("100", "cost stacks/leap -e prod --format markdown"),
        ("100", "cost stacks/leap -e prod --format csv"),
    ] {
        let said = shell(columns).succeed(line);
        text += &format!("$ leap-infra {line}   # {columns} columns\n{}", said.stdout);
        let wide = said.stdout.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(!line.ends_with("leap") || wide <= 80, "{wide} columns");
    }
    insta::assert_snapshot!("leap_cost", text);
}

#[test]
fn an_estimate_looks_at_no_cloud() {
    let desk = Desk::new();
    let bill = desk.json("cost --json");
    assert!(!desk.folder.path().join("stack/.leap-infra").exists());
    // 2 TB, and 1 TB of which 2 TB leave in a month; the first TB at 0.12 a GB, the rest at 0.11.
    let charges = bill["charges"].as_array().unwrap();
    let of = |name: &str| {
        let mut named = charges.iter().filter(|it| it["address"].as_str().unwrap().ends_with(name));
        named.next().unwrap()["span"].clone()
    };
    assert_eq!(of("/demo-persistent"), json!({ "floor": 40.96, "ceiling": 40.96 }));
    assert_eq!(of("/demo-open"), json!({ "floor": 256.0, "ceiling": 256.0 }));
    assert_eq!(of("/demo-paid-by-readers"), json!({ "floor": 0.0, "ceiling": 0.0 }));
    let sections =
        bill["by_section"]["shared"].as_object().or(bill["by_section"]["prod"].as_object());
    assert!(sections.unwrap().contains_key("clusters"), "{bill}");
    assert!(bill["not_counted"].as_str().unwrap().contains("discounts"));
    assert_eq!(bill["prices"]["machines"]["as_of"], "2026-11-25");
}

#[test]
fn a_plan_says_what_each_change_costs_and_what_all_of_it_costs_afterwards() {
    let desk = Desk::new();
    let mut text = String::new();
    let mut run = |line: &str| {
        let said = desk.ends(line, 0);
        text += &format!("$ leap-infra {line}\n{}\n", said.stdout);
    };
    run("plan --cost");
    desk.ends("apply --auto-approve", 0);
    desk.edits("total: 0..10", "total: 1..20");
    desk.edits("  persistent: { expected: 2 TB }\n", "");
    run("plan --cost --max-removals 1");
    run("plan --cost --format markdown --max-removals 1");
    insta::assert_snapshot!("plan_cost", text);

    let saved = desk.json("plan --cost --json --max-removals 1");
    let costs = &saved["costs"];
    let change = costs["changes"].as_object().unwrap();
    let pool = change.iter().find(|(id, _)| id.contains("/user")).unwrap().1;
    assert_eq!(pool["before"]["floor"], 0.0);
    assert!(pool["after"]["floor"].as_f64().unwrap() > 0.0, "{pool}");
    assert!(desk.json("plan --json --max-removals 1").get("costs").is_none());
}

#[test]
fn other_machines_cost_what_they_do_beside_what_the_old_ones_did() {
    let desk = Desk::new();
    desk.ends("apply --auto-approve", 0);
    desk.edits("machine: n2-highmem-16", "machine: n2-highmem-4");
    let costs = desk.json("plan --cost --json")["costs"].clone();
    let changes = costs["changes"].as_object().unwrap();
    let dollars = |value: &Value| value["ceiling"].as_f64().unwrap();
    assert_eq!(changes.len(), 1, "{costs}");
    let change = changes.values().next().unwrap();
    assert!(dollars(&change["after"]) < dollars(&change["before"]), "{change}");
    let saved = dollars(&change["before"]) - dollars(&change["after"]);
    let all = dollars(&costs["before"]) - dollars(&costs["after"]);
    assert!((saved - all).abs() < 0.005, "{costs}");
}

#[test]
fn a_plan_above_the_budget_is_refused_until_the_exact_words_are_said() {
    let desk = Desk::new();
    desk.edits("billing:", "budget: { refuse_above: 300 USD }\nbilling:");
    let refused = desk.ends("plan --out big.plan", 7);
    assert!(refused.stdout.contains("above the budget"), "{}", refused.stdout);
    assert!(refused.stdout.contains("`budget.refuse_above` is $300.00"), "{}", refused.stdout);
    let words = refused.words().join(" ");
    assert!(words.starts_with("--dangerous-cost "), "{words}");
    desk.ends("apply --auto-approve", 7);
    desk.ends("apply big.plan", 7);
    let less: i64 = words.rsplit(' ').next().unwrap().parse().unwrap();
    desk.ends(&format!("plan --dangerous-cost {}", less - 1), 7);

    desk.ends(&format!("apply --auto-approve {words} --reason workshop"), 0);
    assert!(desk.ends("history", 0).stdout.contains(&format!("overrode: {words}")));
    // What is there already is above the limit: that alone refuses nothing, nor does less of it.
    desk.ends("plan", 0);
    desk.edits("per_zone: 1..3", "per_zone: 0..3");
    desk.ends("apply --auto-approve", 0);
    desk.edits("per_zone: 0..3", "per_zone: 2..3");
    desk.ends("plan", 7);
    desk.ends("destroy --auto-approve", 0);
}

#[test]
fn a_refusal_by_the_budget_is_told_to_programs() {
    let desk = Desk::new();
    desk.edits("billing:", "budget: { refuse_above: 1 USD }\nbilling:");
    let said = desk.ends("apply --auto-approve --json", 7);
    let lines = said.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let guard = lines.into_iter().find(|line| line["type"] == "guard_refused").unwrap();
    assert_eq!(guard["budget"]["limit"], 1.0);
    assert!(guard["words"].as_str().unwrap().starts_with("--dangerous-cost "));
}

#[test]
fn prices_of_ones_own_take_the_place_of_those_that_are_shipped() {
    let desk = Desk::new();
    let tables = desk.folder.path().join("stack/tables/prices");
    fs::create_dir_all(&tables).unwrap();
    let fees = "as_of: '2026-11-02'\nsource: our contract\ncluster: 0\n\
                address: { least: 0, most: 0 }\nsecret_version: 0\nimages_gb: 0\n";
    fs::write(tables.join("fees.yaml"), fees).unwrap();
    assert_eq!(desk.json("cost --json")["prices"]["fees"]["source"], "our contract");
    fs::write(tables.join("fees.yaml"), "as_of: '2026-11-02'\nclutser: 1\n").unwrap();
    let said = desk.ends("cost", 4);
    assert!(said.stderr.contains("fees.yaml") && said.stderr.contains("line 2"), "{}", said.stderr);
}

#[test]
fn mistakes_about_money_are_found_before_anything_is_planned() {
    let desk = Desk::new();
    desk.edits(
        "billing: { export: demo_costs }",
        "budget: { refuse_above: $9000 }\nbilling: { export: \"demo:costs\", account: 12 }",
    );
    desk.edits("expected: 2 TB", "expected: 2 tebibytes");
    insta::assert_snapshot!(desk.ends("validate", 4).stderr);

    let desk = Desk::new();
    desk.edits("requester_pays: true", "requester_pays: true, egress: 1 TB");
    let warned = desk.ends("validate", 0).stderr;
    let words = "what leaves `demo-paid-by-readers` is paid for by whoever reads it";
    assert!(warned.contains(words), "{warned}");
}

fn row(namespace: &str, user: Option<&str>, cost: f64, month: &str) -> Value {
    let mut labels = vec![json!({ "key": "k8s-namespace", "value": namespace })];
    labels.extend(
        user.map(|user| json!({ "key": "k8s-label/hub.jupyter.org/username", "value": user })),
    );
    json!({ "json": { "labels": labels, "cost": cost, "currency": "USD",
        "credits": [{ "amount": -cost / 10.0 }], "invoice": { "month": month } } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_says_what_was_paid_by_hub_and_by_user() {
    let sandbox = sandbox().await;
    let desk = Desk::new().towards(&sandbox);
    let mut rows = vec![
        row("prod", Some("ada"), 120.0, "202610"),
        row("prod", Some("bob"), 30.5, "202610"),
        row("staging", Some("ada"), 2.0, "202610"),
        row("kube:unallocated", None, 400.0, "202610"),
        row("prod", Some("ada"), 9999.0, "202609"),
    ];
    // More people than fit on a page.
    rows.extend((0..150).map(|n| row("prod", Some(&format!("student-{n:03}")), 0.1, "202610")));
    let table = "/bigquery/v2/projects/demo-project/datasets/demo_costs/tables/gcp_billing_export_resource_v1_0";
    let body = json!({ "rows": rows }).to_string();
    post(&sandbox, &format!("{table}/insertAll"), body).await;
    tokio::task::spawn_blocking(move || {
        let hubs = "cost report --by hub --month 2026-10";
        let mut text = desk.ends(hubs, 0).stdout;
        text += &desk.ends(&format!("{hubs} --format markdown"), 0).stdout;
        insta::assert_snapshot!("cost_report", text);
        let users = desk.json("cost report --by user --month 2026-10 --json");
        let rows = users["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 153);
        assert_eq!((&rows[0]["user"], &rows[0]["paid"]), (&json!(""), &json!(360.0)));
        assert_eq!((&rows[1]["user"], &rows[1]["cost"]), (&json!("ada"), &json!(122.0)));
        assert!(
            desk.ends("cost report --by user --month 2026-10 --format csv", 0)
                .stdout
                .contains("\nbob,USD,30.50,-3.05,27.45\n")
        );
        assert!(
            desk.ends("cost report --month 2026-08", 0)
                .stdout
                .contains("Nothing was written down for 2026-08")
        );
        desk.edits("export: demo_costs", "export: elsewhere");
        assert!(desk.ends("cost report", 1).stderr.contains("elsewhere"));
        desk.edits("billing: { export: elsewhere }\n", "");
        assert!(
            desk.ends("cost report", 4).stderr.contains("billing: { export: PROJECT.DATASET }")
        );
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn usage_says_who_takes_room_and_leaves_scratch_out() {
    let sandbox = sandbox().await;
    let desk = Desk::new().towards(&sandbox);
    let desk = tokio::task::spawn_blocking(move || {
        let before = desk.ends("buckets usage", 0);
        assert!(before.stdout.contains("Not there (yet): demo-persistent."), "{}", before.stdout);
        desk.ends("apply --auto-approve", 0);
        desk
    })
    .await
    .unwrap();
    let put = |bucket: &'static str, name: &'static str, size: usize| {
        let path = format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}");
        let sandbox = &sandbox;
        async move { post(sandbox, &path, vec![0_u8; size]).await }
    };
    put("demo-persistent", "ada/a.zarr/0", 3000).await;
    put("demo-persistent", "ada/a.zarr/1", 3000).await;
    put("demo-persistent", "bob/notes.txt", 100).await;
    put("demo-persistent", "README.md", 10).await;
    put("demo-open", "ada/shared.nc", 2000).await;
    put("demo-scratch", "bob/tmp", 50_000).await;
    tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        for line in [
            "buckets usage",
            "buckets usage --over 0.001MB",
            "buckets usage --by class --format markdown",
            "buckets usage --by bucket --with-scratch --format csv",
            "buckets usage --bucket scratch",
        ] {
            text += &format!("$ leap-infra {line}\n{}\n", desk.ends(line, 0).stdout);
        }
        insta::assert_snapshot!("buckets_usage", text);
        let json = desk.json("buckets usage --json");
        assert_eq!(json["rows"][0]["user"], "ada");
        assert_eq!(json["rows"][0]["bytes"], 8000);
        assert_eq!(json["total"]["objects"], 5);
        assert!(
            desk.ends("buckets usage --bucket scrach", 1).stderr.contains("no bucket `scrach`")
        );
        assert_eq!(desk.shell.run("buckets usage --over lots").code, Some(1));
    })
    .await
    .unwrap();
    let asked = sandbox.calls();
    let lists =
        asked.iter().filter(|call| call.method.ends_with("/o") && call.method.starts_with("GET"));
    assert!(lists.count() > 5);
}
