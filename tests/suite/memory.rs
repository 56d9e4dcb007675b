//! What the ledger remembers may be lost, or written by a newer release; and what cannot be read is
//! never taken to be absent. Only reports come of it, never a wrong deletion.

use super::bench::{Bench, access, bucket, bucket_with, resource, stack};
use leap_infra::model::{Resource, Stack};
use leap_infra::plan::{Action as Does, Plan};
use leap_infra::providers::gcp::permissions::READ_METHODS;
use leap_infra::providers::gcp::secret;
use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
use leap_infra::sandbox::{Action, Fault, Match, StoreError};
use serde_json::{Value, json};
use std::time::Duration;

const READERS: (&str, &str) = ("roles/storage.objectViewer", "group:readers@leap.example.org");
const WRITERS: (&str, &str) = ("roles/storage.admin", "group:writers@leap.example.org");
const GRACE: &str = "user:grace@leap.example.org";
const LEDGER: &str = "gcs/object/home-leap-infra/";

fn before() -> Stack {
    stack([bucket("a-data"), access("a-data", &[READERS, WRITERS]), bucket("b-data")])
}

/// A grant fewer, a bucket fewer, something new and something changed.
fn wanted() -> Stack {
    let kept = bucket_with("a-data", |spec| spec.delete_after_days = Some(30));
    stack([kept, access("a-data", &[WRITERS]), bucket_with("new-archive", |s| s.versioning = true)])
}

/// A platform that was applied, with somebody else's bucket and grant in it.
async fn platform() -> Bench {
    let bench = Bench::new().await;
    let stranger = SeedBucket {
        name: "their-data".into(),
        project: super::bench::PROJECT.into(),
        ..SeedBucket::default()
    };
    seed_bucket(bench.sandbox.world(), stranger).unwrap();
    bench.apply(&before()).await;
    let iam = format!("{}/storage/v1/b/a-data/iam", bench.sandbox.url());
    let client = reqwest::Client::new();
    let text = client.get(&iam).send().await.unwrap().text().await.unwrap();
    let mut policy: Value = serde_json::from_str(&text).unwrap();
    let grant = json!({ "role": "roles/storage.objectViewer", "members": [GRACE] });
    policy["bindings"].as_array_mut().unwrap().push(grant);
    let put = client.put(&iam).body(policy.to_string()).send().await.unwrap();
    assert!(put.status().is_success());
    bench.sandbox.clock().advance(Duration::from_secs(5));
    bench
}

/// The keys of the ledger's objects in the sandbox.
fn kept(bench: &Bench) -> Vec<String> {
    let snapshot = bench.sandbox.snapshot().unwrap();
    let keys = snapshot.entries().map(|(key, _)| key.to_owned());
    keys.filter(|key| key.starts_with(LEDGER)).collect()
}

fn forget(bench: &Bench, keys: &[String]) {
    let lost = bench.sandbox.store().transact::<(), StoreError>(|transaction| {
        keys.iter().for_each(|key| transaction.remove(key));
        Ok(())
    });
    lost.unwrap();
}

/// Every object by itself, and all of them.
fn losses(bench: &Bench) -> Vec<Vec<String>> {
    let keys = kept(bench);
    assert!(keys.len() > 1, "{keys:?}");
    keys.iter().map(|key| vec![key.clone()]).chain([keys.clone()]).collect()
}

/// Nothing is deleted but what is ours and no longer declared.
fn deletes_only_ours(plan: &Plan, at: &str) {
    let deleted = plan.steps.iter().filter(|step| step.action == Does::Delete);
    let deleted: Vec<String> = deleted.map(|step| step.id.local()).collect();
    assert_eq!(deleted, ["gcs-bucket/b-data"], "{at}");
}

/// What others made is there, what is declared is there, and nothing is left to do.
async fn all_is_well(bench: &Bench, at: &str) {
    let world = bench.world();
    assert!(world.contains_key("gcs/bucket/their-data"), "{at}");
    let policy = world["gcs/policy/a-data"].to_string();
    assert!(policy.contains(GRACE) && policy.contains(WRITERS.1), "{at}: {policy}");
    let plan = bench.plan(&wanted()).await;
    assert!(plan.is_empty(), "{at}: {plan:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_lost_before_planning_costs_reports_and_no_deletion() {
    let bench = platform().await;
    let start = bench.sandbox.snapshot().unwrap();
    for lost in losses(&bench) {
        let at = format!("without {lost:?}");
        bench.sandbox.restore(&start).unwrap();
        forget(&bench, &lost);
        let plan = bench.plan(&wanted()).await;
        deletes_only_ours(&plan, &at);
        bench.apply(&wanted()).await;
        all_is_well(&bench, &at).await;
        // Whose the readers' grant was is what nobody remembers now: then it is kept, and said.
        let policy = bench.world()["gcs/policy/a-data"].to_string();
        let reported = plan.unknown.iter().any(|unknown| unknown.what.contains(READERS.1));
        let forgotten = lost.iter().any(|key| key.ends_with("prod/records.json"));
        assert_eq!((policy.contains(READERS.1), reported), (forgotten, forgotten), "{at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_lost_between_plan_and_apply_costs_no_deletion_either() {
    let bench = platform().await;
    let start = bench.sandbox.snapshot().unwrap();
    for lost in losses(&bench) {
        let at = format!("without {lost:?}");
        bench.sandbox.restore(&start).unwrap();
        let plan = bench.plan(&wanted()).await;
        forget(&bench, &lost);
        // Whether it goes on or is refused: the next one ends well.
        drop(bench.apply_plan(&wanted(), &plan).await);
        bench.sandbox.clock().advance(Duration::from_secs(61));
        bench.apply(&wanted()).await;
        all_is_well(&bench, &at).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_lost_at_any_call_of_an_apply_costs_no_deletion_either() {
    let bench = platform().await;
    let start = bench.sandbox.snapshot().unwrap();
    let plan = bench.plan(&wanted()).await;
    bench.sandbox.restore(&start).unwrap();
    assert!(bench.apply_plan(&wanted(), &plan).await.unwrap().is_complete());
    let calls = bench.sandbox.calls().len() as u64;
    assert!(calls > 15, "{calls}");
    for call in 1..=calls {
        for name in ["prod/records.json", "prod/lease.json"] {
            let at = format!("{name} lost at call {call}");
            bench.sandbox.restore(&start).unwrap();
            let on = Match { call: Some(call), ..Match::default() };
            let key = format!("{LEDGER}{name}");
            let then = Action::Meanwhile { key, value: None };
            bench.sandbox.set_faults(vec![Fault { on, then }]);
            drop(bench.apply_plan(&wanted(), &plan).await);
            bench.sandbox.set_faults(Vec::new());
            bench.sandbox.clock().advance(Duration::from_secs(61));
            bench.apply(&wanted()).await;
            all_is_well(&bench, &at).await;
        }
    }
}

fn object(bench: &Bench, name: &str) -> String {
    let name = name.replace('/', "%2F");
    format!("{}/storage/v1/b/home-leap-infra/o/{name}?alt=media", bench.sandbox.url())
}

async fn read(bench: &Bench, name: &str) -> Value {
    let text = reqwest::get(object(bench, name)).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn write(bench: &Bench, name: &str, content: &Value) {
    let url = bench.sandbox.url();
    let url = format!("{url}/upload/storage/v1/b/home-leap-infra/o?uploadType=media&name={name}");
    let sent = reqwest::Client::new().post(url).body(content.to_string()).send().await.unwrap();
    assert!(sent.status().is_success());
}

#[tokio::test]
async fn what_a_newer_release_keeps_in_the_ledger_is_written_back_as_it_was() {
    let bench = platform().await;
    let mut records = read(&bench, "prod/records.json").await;
    records["costs"] = json!({ "last_month": "1234 USD" });
    write(&bench, "prod/records.json", &records).await;
    bench.apply(&wanted()).await;
    let now = read(&bench, "prod/records.json").await;
    assert_eq!(now["costs"], records["costs"]);
    assert_ne!(now["claims"], records["claims"], "the apply wrote its own part");
    all_is_well(&bench, "beside a newer release").await;
}

#[tokio::test]
async fn records_that_cannot_be_understood_stop_the_plan_and_are_left_alone() {
    let bench = platform().await;
    let strange = json!({ "format": 9, "footprint": "elsewhere", "claims": [] });
    write(&bench, "prod/records.json", &strange).await;
    let ledger = bench.ledger(&bench.connection().await, &wanted());
    let why = ledger.recall(&["prod".to_owned()]).await.unwrap_err().to_string();
    assert!(why.contains("prod/records.json"), "{why}");
    assert_eq!(read(&bench, "prod/records.json").await, strange);
}

fn oauth() -> Resource {
    resource("prod", "secret", "home-oauth", json!(secret::Spec::default()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_read_is_never_planned_as_if_it_were_absent() {
    let bench = platform().await;
    let full = || {
        let shared = access("a-data", &[READERS, WRITERS]);
        stack([bucket("a-data"), shared, bucket("b-data"), oauth()])
    };
    bench.apply(&full()).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let elsewhere = |method: &str| method.ends_with("GetObject") || method.contains("{object}");
    let mut struck = 0;
    for read in READ_METHODS.iter().filter(|read| !elsewhere(read.method)) {
        for (code, hidden) in [(403, false), (404, true)] {
            // A thing that is looked up by its name and is not there is not there.
            if hidden && !read.permission.ends_with(".list") {
                continue;
            }
            let on = Match { method: Some(read.method.into()), ..Match::default() };
            let then = Action::Status { code, message: "no".into(), retry_after_seconds: None };
            bench.sandbox.set_faults(vec![Fault { on, then }]);
            for wanted in [full(), stack([bucket("n-data")]), stack([])] {
                let at = format!("{} answers {code}", read.method);
                match bench.try_plan(&wanted).await {
                    Err(errors) => {
                        struck += 1;
                        assert!(
                            errors.iter().any(|error| error.is_permission()),
                            "{at}: {errors:?}"
                        );
                    }
                    // Not asked, or a name of which is said that it may be somebody else's.
                    Ok(plan) => {
                        bench.sandbox.set_faults(Vec::new());
                        let calm = bench.plan(&wanted).await;
                        assert!(plan.is_refused() || plan == calm, "{at}: {plan:#?}");
                        let on = Match { method: Some(read.method.into()), ..Match::default() };
                        let message = "no".into();
                        let then = Action::Status { code, message, retry_after_seconds: None };
                        bench.sandbox.set_faults(vec![Fault { on, then }]);
                    }
                }
            }
        }
    }
    assert!(struck >= 12, "only {struck} looks were refused");
}
