use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use google_cloud_gax::error::rpc::Code;

use super::*;
use crate::sandbox::{Action, Fault, Label, Match, OnCrash, Turn};

fn on(method: &str, then: Action) -> Vec<Fault> {
    vec![Fault { on: Match { method: Some(method.into()), ..Match::default() }, then }]
}

/// Counts the crashes that it is told of.
fn counter() -> (Arc<AtomicU64>, OnCrash) {
    let crashes = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&crashes);
    let on_crash = move || {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    (crashes, Arc::new(on_crash))
}

#[tokio::test]
async fn a_status_fault_answers_instead_of_the_api() {
    let bench = Bench::new().await;
    let busy = Action::Status { code: 503, message: String::new(), retry_after_seconds: Some(3) };
    let on = Match { method: Some("CreateBucket".into()), nth: Some(2), ..Match::default() };
    bench.sandbox.set_faults(vec![Fault { on, then: busy }]);
    bench.create("b-1", Bucket::new()).await.unwrap();
    assert_eq!(refusal(bench.create("b-2", Bucket::new()).await).0, Code::Unavailable);
    assert_eq!(refusal(bench.get("b-2").await).0, Code::NotFound);
    bench.create("b-2", Bucket::new()).await.unwrap();
}

#[tokio::test]
async fn a_status_fault_speaks_json_to_http() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let limit = Action::Status { code: 429, message: "slow".into(), retry_after_seconds: None };
    bench.sandbox.set_faults(on("POST /upload/storage/v1/b/{bucket}/o", limit));
    let request = bench.storage.write_object(path("scratch"), "a", "x");
    let error = request.send_buffered().await.unwrap_err();
    assert_eq!(error.http_status_code(), Some(429));
    let last = bench.sandbox.calls().pop().unwrap();
    assert_eq!((&*last.resource, &*last.status, last.mutating), ("scratch/a", "429", true));
}

#[tokio::test]
async fn a_cut_before_the_effect_leaves_nothing() {
    let bench = Bench::new().await;
    bench.sandbox.set_faults(on("CreateBucket", Action::CutBefore));
    assert!(soon(bench.create("scratch", Bucket::new())).await.is_err());
    bench.sandbox.set_faults(Vec::new());
    assert_eq!(refusal(bench.get("scratch").await).0, Code::NotFound);
}

#[tokio::test]
async fn a_cut_after_the_effect_loses_only_the_answer() {
    let bench = Bench::new().await;
    bench.sandbox.set_faults(on("CreateBucket", Action::CutAfter));
    assert!(soon(bench.create("scratch", Bucket::new())).await.is_err());
    bench.sandbox.set_faults(Vec::new());
    bench.get("scratch").await.unwrap();
}

#[tokio::test]
async fn a_cut_reaches_http_one_as_well() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    bench.sandbox.set_faults(on("POST /upload/storage/v1/b/{bucket}/o", Action::CutAfter));
    let write = bench.storage.write_object(path("scratch"), "a", "x").send_buffered();
    let error = soon(write).await.unwrap_err();
    assert_eq!(error.http_status_code(), None, "{error:?}");
    let get = bench.control.get_object().set_bucket(path("scratch")).set_object("a");
    get.send().await.unwrap();
}

#[tokio::test]
async fn a_caller_that_dies_after_the_effect_never_hears_of_it() {
    let (crashes, on_crash) = counter();
    let options = Options { on_crash: Some(on_crash), ..Options::default() };
    let bench = Bench::with(options).await;
    bench.sandbox.set_faults(on("CreateBucket", Action::CrashAfterEffect));
    assert!(hangs(bench.create("b-1", Bucket::new())).await);
    assert!(hangs(bench.create("b-2", Bucket::new())).await, "the dead make no calls");
    bench.sandbox.set_faults(Vec::new());
    bench.get("b-1").await.unwrap();
    assert_eq!(refusal(bench.get("b-2").await).0, Code::NotFound);
    assert_eq!(crashes.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_caller_that_dies_after_the_answer_dies_at_its_next_call() {
    let (crashes, on_crash) = counter();
    let options = Options { on_crash: Some(on_crash), ..Options::default() };
    let bench = Bench::with(options).await;
    let on = Match { call: Some(1), ..Match::default() };
    bench.sandbox.set_faults(vec![Fault { on, then: Action::CrashAfter }]);
    bench.create("b-1", Bucket::new()).await.unwrap();
    assert_eq!(crashes.load(Ordering::SeqCst), 0);
    assert!(hangs(bench.create("b-2", Bucket::new())).await);
    assert_eq!(crashes.load(Ordering::SeqCst), 1);
    bench.sandbox.set_faults(Vec::new());
    assert_eq!(refusal(bench.get("b-2").await).0, Code::NotFound);
}

#[tokio::test]
async fn a_doomed_caller_that_makes_two_calls_at_once_dies_once() {
    let (crashes, on_crash) = counter();
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let turn: Turn = Arc::new(move |label: &Label| {
        let (both, look) = (Arc::clone(&both), label.method.ends_with("GetBucket"));
        Box::pin(async move {
            if look {
                both.wait().await;
            }
            Box::new(()) as Box<dyn Send>
        })
    });
    let options = Options { on_crash: Some(on_crash), turn: Some(turn), ..Options::default() };
    let bench = Bench::with(options).await;
    let on = Match { call: Some(1), ..Match::default() };
    bench.sandbox.set_faults(vec![Fault { on, then: Action::CrashAfter }]);
    bench.create("b-1", Bucket::new()).await.unwrap();
    assert_eq!(tokio::join!(hangs(bench.get("b-1")), hangs(bench.get("b-2"))), (true, true));
    assert_eq!(crashes.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_the_dead_sent_does_not_happen_in_the_next_life() {
    let bench = Bench::new().await;
    let slow = Match { resource: Some("slow".into()), ..Match::default() };
    let mut faults = on("GetBucket", Action::CrashBefore);
    faults.push(Fault { on: slow, then: Action::Delay { ms: 300 } });
    bench.sandbox.set_faults(faults);
    // It keeps its connection: what stops it must be the sandbox.
    let bucket = Bucket::new().set_project("projects/leap");
    let create = bench.control.create_bucket().set_parent("projects/_").set_bucket_id("slow");
    let sent = tokio::spawn(create.set_bucket(bucket).send());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(hangs(bench.get("any")).await);
    bench.sandbox.set_faults(Vec::new());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(refusal(bench.get("slow").await).0, Code::NotFound);
    assert!(!sent.is_finished());
}

#[tokio::test]
async fn a_snapshot_brings_the_world_back() {
    let bench = Bench::new().await;
    bench.create("b-1", Bucket::new()).await.unwrap();
    let snapshot = bench.sandbox.snapshot().unwrap();
    let then = bench.sandbox.clock().now();
    bench.create("b-2", Bucket::new()).await.unwrap();
    bench.sandbox.set_faults(on("GetBucket", Action::CrashBefore));
    assert!(hangs(bench.get("b-1")).await);

    bench.sandbox.restore(&snapshot).unwrap();
    bench.sandbox.set_faults(Vec::new());
    assert_eq!(bench.sandbox.clock().now(), then);
    assert!(bench.sandbox.calls().is_empty());
    bench.get("b-1").await.unwrap();
    assert_eq!(refusal(bench.get("b-2").await).0, Code::NotFound);
}
