//! What an apply does when things go wrong, and what it remembers: on the real kinds, against the
//! sandbox.

use super::bench::{
    Bench, PROJECT, access, bucket, bucket_with, grant_by_hand, loom, options, resource, stack,
};
use super::cue::making;
use leap_infra::apply::{ApplyError, Report, StepResult};
use leap_infra::kind::ProviderError;
use leap_infra::ledger::{Holder, LeaseError, Presence};
use leap_infra::model::{Place, Resource, Stack};
use leap_infra::sandbox::{Action, Fault, Match};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const READERS: (&str, &str) = ("roles/storage.objectViewer", "group:readers@leap.example.org");
const WRITERS: (&str, &str) = ("roles/storage.admin", "group:writers@leap.example.org");

fn refuse(method: &str, resource: &str, code: u16) -> Fault {
    let on =
        Match { method: Some(method.into()), resource: Some(resource.into()), ..Match::default() };
    Fault {
        on,
        then: Action::Status { code, message: "not today".into(), retry_after_seconds: None },
    }
}

fn ends(report: &Report) -> Vec<String> {
    let end = |end: &StepResult| match end {
        StepResult::Done(_) => "done".to_owned(),
        StepResult::Failed(error) => format!("failed: {error}"),
        StepResult::Blocked(by) => format!("blocked by {by}"),
        StepResult::BlockedBy { env } => format!("{env} did not end well"),
        StepResult::NotBegun => "not begun".to_owned(),
    };
    report.steps.iter().map(|(id, _, result)| format!("{id}: {}", end(result))).collect()
}

#[tokio::test]
async fn a_failed_step_skips_only_what_waits_for_it() {
    let bench = Bench::new().await;
    let wanted = stack([bucket("a-data"), access("a-data", &[READERS]), bucket("b-data")]);
    let plan = bench.plan(&wanted).await;
    bench.sandbox.set_faults(vec![refuse("CreateBucket", "*a-data*", 400)]);
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert_eq!(
        ends(&report),
        [
            "prod:gcs-bucket/a-data: failed: creating bucket a-data was refused: not today",
            "prod:gcs-bucket/b-data: done",
            "prod:gcs-bucket-access/a-data: blocked by prod:gcs-bucket/a-data",
        ]
    );
}

#[tokio::test]
async fn production_is_not_touched_when_staging_did_not_end_well() {
    let bench = Bench::new().await;
    let in_env = |env: &str, name: &str| Resource {
        id: leap_infra::model::ResourceId::new(env, "gcs-bucket", name),
        ..bucket(name)
    };
    let environments = vec!["staging".to_owned(), "prod".to_owned()];
    let resources = [in_env("staging", "b-staging"), in_env("prod", "a-prod")];
    let wanted = Stack::new("home", environments, resources).unwrap();
    let plan = bench.plan(&wanted).await;
    bench.sandbox.set_faults(vec![refuse("CreateBucket", "*b-staging*", 400)]);
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert_eq!(ends(&report)[1], "prod:gcs-bucket/a-prod: staging did not end well");
    assert!(!bench.world().contains_key("gcs/bucket/a-prod"));
}

#[tokio::test]
async fn what_fails_for_now_is_tried_again_and_told() {
    let bench = Bench::new().await;
    let wanted = stack([bucket("a-data")]);
    let plan = bench.plan(&wanted).await;
    let mut fault = refuse("CreateBucket", "*a-data*", 503);
    fault.on.times = Some(2);
    bench.sandbox.set_faults(vec![fault]);
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert!(report.is_complete());
    let events = bench.events.lock().unwrap().clone();
    let retries: Vec<_> = events.iter().filter(|event| event.contains("attempt")).collect();
    assert_eq!(
        retries,
        ["prod:gcs-bucket/a-data: attempt 1 failed", "prod:gcs-bucket/a-data: attempt 2 failed"]
    );
}

#[tokio::test]
async fn a_list_that_fails_for_now_is_asked_for_again() {
    let bench = Bench::new().await;
    let mut fault = refuse("ListBuckets", "*", 503);
    fault.on.times = Some(2);
    bench.sandbox.set_faults(vec![fault]);
    assert_eq!(bench.plan(&stack([bucket("a-data")])).await.steps.len(), 1);
}

#[tokio::test]
async fn what_may_not_be_read_is_neither_there_nor_not_there() {
    let bench = Bench::new().await;
    bench.sandbox.set_faults(vec![refuse("ListBuckets", "*", 403)]);
    let errors = bench.try_plan(&stack([bucket("a-data")])).await.unwrap_err();
    assert!(errors.iter().all(ProviderError::is_permission), "{errors:?}");
}

#[tokio::test]
async fn what_changed_after_the_plan_is_not_overwritten() {
    let bench = Bench::new().await;
    bench.apply(&stack([bucket("a-data"), bucket("b-data")])).await;
    let days = |name: &str, days| bucket_with(name, |spec| spec.delete_after_days = Some(days));
    let wanted = stack([days("a-data", 30), days("b-data", 30)]);
    let plan = bench.plan(&wanted).await;
    // Meanwhile a colleague changes one of the two.
    bench.apply(&stack([days("a-data", 60), bucket("b-data")])).await;
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert_eq!(
        ends(&report),
        [
            "prod:gcs-bucket/a-data: failed: bucket a-data changed after it was planned on: \
             delete_after_days was null and is now 60",
            "prod:gcs-bucket/b-data: done",
        ]
    );
}

#[tokio::test]
async fn an_interrupt_finishes_what_runs_and_begins_nothing_new() {
    let bench = Bench::new().await;
    let wanted = stack([bucket("a-data"), access("a-data", &[READERS]), loom("a-loom", 3)]);
    let plan = bench.plan(&wanted).await;
    let cancel = CancellationToken::new();
    bench.cue.stop(making("a-data"));
    let interrupt = bench.cue.meanwhile(async { cancel.cancel() });
    let apply = bench.apply_with(&wanted, &plan, BTreeSet::new(), cancel.clone());
    let (report, ()) = tokio::join!(apply, interrupt);
    let report = report.unwrap();
    assert!(report.interrupted);
    assert_eq!(ends(&report)[0], "prod:gcs-bucket/a-data: done");
    assert!(ends(&report).contains(&"prod:gcs-bucket-access/a-data: not begun".to_owned()));
    bench.apply(&wanted).await;
    assert!(bench.plan(&wanted).await.is_empty());
}

fn holder(apply: &str) -> Holder {
    Holder {
        apply: apply.into(),
        user: "grace".into(),
        host: "laptop".into(),
        process: 7,
        started: "1".into(),
        purpose: "apply".into(),
    }
}

#[tokio::test]
async fn a_lease_that_another_holds_is_respected_until_it_expires() {
    let bench = Bench::new().await;
    let wanted = stack([bucket("a-data")]);
    let connection = bench.connection().await;
    let ledger = bench.ledger(&connection, &wanted);
    ledger.ensure().await.unwrap();
    let alive = |_: &Holder| Presence::PerhapsAlive;
    let graces = ledger.acquire("prod", &holder("hers"), &alive, Duration::ZERO).await.unwrap();

    let plan = bench.plan(&wanted).await;
    let refused = bench.apply_plan(&wanted, &plan).await.unwrap_err();
    let ApplyError::Lease(LeaseError::Held { holder, .. }) = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(holder.to_string(), "grace on laptop (process 7, apply)");
    assert!(!bench.world().contains_key("gcs/bucket/a-data"));

    // A minute without a sign of life, by the server's clock.
    bench.sandbox.clock().advance(Duration::from_secs(61));
    bench.apply_plan(&wanted, &plan).await.unwrap();
    assert!(bench.world().contains_key("gcs/bucket/a-data"));
    let events = bench.events.lock().unwrap().clone();
    assert_eq!(events[0], "prod: took over from grace on laptop (process 7, apply)");
    // Grace wakes up late and gives back a lease that is no longer hers: nothing happens.
    graces.release(&ledger).await.unwrap();
}

#[tokio::test]
async fn a_lease_of_a_dead_process_is_taken_over_at_once() {
    let bench = Bench::new().await;
    let wanted = stack([]);
    let connection = bench.connection().await;
    let ledger = bench.ledger(&connection, &wanted);
    ledger.ensure().await.unwrap();
    let dead = |_: &Holder| Presence::Dead;
    let first = ledger.acquire("prod", &holder("first"), &dead, Duration::ZERO).await.unwrap();
    let second = ledger.acquire("prod", &holder("second"), &dead, Duration::ZERO).await.unwrap();
    assert_eq!(second.taken_over_from.as_ref().unwrap().holder, holder("first"));
    // The one that was taken from cannot take the lease away from its successor.
    first.release(&ledger).await.unwrap();
    assert_eq!(ledger.leftover("prod").await.unwrap().unwrap().holder, holder("second"));
}

#[tokio::test]
async fn a_ledger_bucket_that_somebody_else_has_is_not_written_to() {
    use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
    let bench = Bench::new().await;
    let name = "home-leap-infra".to_owned();
    let seed = SeedBucket { name, project: PROJECT.into(), ..SeedBucket::default() };
    seed_bucket(bench.sandbox.world(), seed).unwrap();
    let before = bench.world();
    let wanted = stack([bucket("a-data")]);
    let plan = bench.plan(&wanted).await;
    let error = bench.apply_plan(&wanted, &plan).await.unwrap_err();
    assert!(matches!(error, ApplyError::Ledger(ProviderError::Taken { .. })), "{error:?}");
    assert_eq!(bench.world(), before);
}

#[tokio::test]
async fn what_was_written_in_a_project_that_is_no_longer_declared_is_still_found() {
    let bench = Bench::new().await;
    let elsewhere = Resource { place: Place::project("old-project"), ..bucket("a-data") };
    bench.apply(&stack([elsewhere, bucket("b-data")])).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let plan = bench.plan(&stack([bucket("b-data")])).await;
    let gone: Vec<String> = plan.steps.iter().map(|step| step.id.to_string()).collect();
    assert_eq!(gone, ["prod:gcs-bucket/a-data"]);
}

#[tokio::test]
async fn destroy_finds_what_was_made_a_moment_ago_although_lists_lag() {
    let bench = Bench::new().await;
    let full = stack([bucket("a-data"), access("a-data", &[READERS])]);
    bench.apply(&full).await;
    let plan = bench.apply(&full.without(&["prod".to_owned()])).await;
    assert_eq!(plan.counts().destroy, 2);
    assert!(!bench.world().contains_key("gcs/bucket/a-data"));
}

#[tokio::test]
async fn without_the_ledger_grants_are_reported_and_never_deleted() {
    let bench = Bench::new().await;
    let full = stack([bucket("a-data"), access("a-data", &[READERS, WRITERS])]);
    bench.apply(&full).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let connection = bench.connection().await;
    bench.ledger(&connection, &full).remove().await.unwrap();

    let plan = bench.plan(&stack([bucket("a-data"), access("a-data", &[READERS])])).await;
    assert_eq!(plan.counts().destroy, 0);
    assert_eq!(plan.unknown.len(), 1, "{:?}", plan.unknown);
    assert!(plan.unknown[0].what.contains("writers@leap.example.org"));

    // With the ledger the same change takes the grant back.
    let other = Bench::new().await;
    other.apply(&full).await;
    let reduced = stack([bucket("a-data"), access("a-data", &[READERS])]);
    other.apply(&reduced).await;
    assert!(!other.world()["gcs/policy/a-data"].to_string().contains("writers@"));
}

#[tokio::test]
async fn a_grant_that_was_there_before_ours_stays_its_makers() {
    let bench = Bench::new().await;
    bench.apply(&stack([bucket("a-data"), access("a-data", &[WRITERS])])).await;
    // A colleague grants readers by hand; later it is declared; later still it is not.
    let by_hand = stack([bucket("a-data"), access("a-data", &[READERS, WRITERS])]);
    grant_by_hand(&bench.sandbox, "a-data", READERS).await;
    bench.apply(&by_hand).await;
    let plan = bench.apply(&stack([bucket("a-data"), access("a-data", &[WRITERS])])).await;
    assert!(bench.world()["gcs/policy/a-data"].to_string().contains("readers@"));
    assert_eq!(plan.unknown.len(), 1);
}

#[tokio::test]
async fn the_history_tells_what_was_done_by_whom() {
    let bench = Bench::new().await;
    bench.apply(&stack([bucket("a-data")])).await;
    let snapshot = bench.sandbox.snapshot().unwrap();
    let keys: Vec<&str> = snapshot.entries().map(|(key, _)| key).collect();
    let history = keys.iter().filter(|key| key.contains("/prod/history/")).count();
    assert_eq!(history, 1, "{keys:?}");
    assert!(!keys.iter().any(|key| key.ends_with("lease.json")), "the lease was given back");
}

#[tokio::test]
async fn a_long_operation_says_what_it_waits_for_and_keeps_to_its_deadline() {
    let bench = Bench::new().await;
    let wanted = stack([loom("a-loom", 3)]);
    bench.apply(&wanted).await;
    let events = bench.events.lock().unwrap().clone();
    assert!(events.contains(&"prod:loom/a-loom: waiting for make-a-loom".to_owned()), "{events:?}");

    let wider = resource("prod", "loom", "a-loom", json!({ "width": 3, "motor": "new" }));
    let plan = bench.plan(&stack([wider.clone()])).await;
    let on = Match { method: Some("*operations*".into()), ..Match::default() };
    bench.sandbox.set_faults(vec![Fault { on, then: Action::Delay { ms: 60_000 } }]);
    let short = leap_infra::apply::Options { step_timeout: Duration::from_secs(3), ..options() };
    let report = bench.apply_in(&stack([wider.clone()]), &plan, &short).await.unwrap();
    assert_eq!(
        ends(&report),
        ["prod:loom/a-loom: failed: prod:loom/a-loom did not finish in time"]
    );
    // The operation goes on in the cloud; the next run waits for it and repeats nothing.
    bench.sandbox.set_faults(Vec::new());
    let plan = bench.apply(&stack([wider])).await;
    assert_eq!(plan.steps[0].operation.as_deref(), Some("change-a-loom"));
}
