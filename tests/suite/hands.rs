//! Many hands: leases that are lost and taken over, the history, and what `unlock` takes away.

use super::bench::{Bench, access, bucket, bucket_with, loom, resource, stack};
use super::cue::making;
use leap_infra::apply::{Report, StepResult};
use leap_infra::ledger::{Holder, LeaseError, Ledger, Outcome, Presence, Terms, WallClock};
use leap_infra::model::Stack;
use leap_infra::sandbox::{Action, Fault, Match};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const READERS: (&str, &str) = ("roles/storage.objectViewer", "group:readers@leap.example.org");
const WRITERS: (&str, &str) = ("roles/storage.admin", "group:writers@leap.example.org");

fn days(days: u32) -> Stack {
    stack([bucket_with("a-data", |spec| spec.delete_after_days = Some(days))])
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn end(report: &Report, at: usize) -> String {
    match &report.steps[at].2 {
        StepResult::Failed(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}

fn grace(apply: &str) -> Holder {
    Holder {
        apply: apply.into(),
        user: "grace".into(),
        host: "laptop".into(),
        process: 7,
        started: "1".into(),
        purpose: "apply".into(),
    }
}

async fn ledger(bench: &Bench) -> Ledger {
    let ledger = bench.ledger(&bench.connection().await, &stack([]));
    ledger.ensure().await.unwrap();
    ledger
}

/// Takes the lease away from whoever has it, however often that is renewed.
async fn take_away(ledger: &Ledger) {
    loop {
        let lease = ledger.leftover("prod").await.unwrap().unwrap();
        if ledger.unlock("prod", &lease).await.unwrap() {
            return;
        }
    }
}

async fn outcomes(bench: &Bench) -> Vec<(String, Outcome)> {
    let history = ledger(bench).await.history(&["prod".to_owned()]).await.unwrap();
    assert!(history.unreadable.is_empty());
    let entries = history.entries.into_iter();
    entries.map(|(_, entry)| (entry.holder.user, entry.outcome)).collect()
}

#[tokio::test]
async fn a_holder_that_wakes_late_overwrites_nothing() {
    let bench = Bench::new().await;
    bench.apply(&stack([bucket("a-data")])).await;
    let plan = bench.plan(&days(30)).await;
    // The first holder stalls in the middle of its write; a minute passes for everybody else.
    bench.cue.stop(|label| label.method.ends_with("/UpdateBucket"));
    let (wanted, successor) = (days(30), days(60));
    let first = bench.apply_plan(&wanted, &plan);
    let second = bench.cue.meanwhile(async {
        bench.sandbox.clock().advance(Duration::from_secs(61));
        bench.apply(&successor).await;
    });
    let (report, ()) = tokio::join!(first, second);
    assert_eq!(
        end(&report.unwrap(), 0),
        "bucket a-data changed after it was planned on: delete_after_days was null and is now 60"
    );
    assert!(bench.plan(&successor).await.is_empty(), "the successor's value stands");
    // The successor saw nothing but a lease that was not renewed; the late one tells its own end.
    let outcomes = outcomes(&bench).await;
    for outcome in [Outcome::Died, Outcome::Partly, Outcome::Done] {
        assert!(outcomes.iter().any(|(_, told)| *told == outcome), "{outcome:?}: {outcomes:?}");
    }
}

/// Everything that the first of two changes, the second changes to something else.
fn two_wishes() -> (Stack, Stack) {
    let days = |name: &str, days| bucket_with(name, |spec| spec.delete_after_days = Some(days));
    let first = [days("a-data", 30), access("a-data", &[READERS, WRITERS]), bucket("b-data")];
    let second = [days("a-data", 60), days("b-data", 7), days("c-data", 9)];
    let others = ("roles/storage.objectViewer", "group:others@leap.example.org");
    (stack(first), stack(second.into_iter().chain([access("a-data", &[WRITERS, others])])))
}

static WALL: AtomicU64 = AtomicU64::new(0);

/// For the cloud and for those who apply.
fn a_minute_passes(bench: &Bench) {
    WALL.fetch_add(61, Ordering::Relaxed);
    bench.sandbox.clock().advance(Duration::from_secs(61));
}

/// The first stalls at one of its calls until the second, a minute later, is well under way or
/// done; whatever then happens, the second's wish is what is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_stalls_at_any_call_and_wakes_late_spoils_nothing() {
    let mut bench = Bench::new().await;
    bench.wall = || Duration::from_secs(WALL.load(Ordering::Relaxed));
    // The one that comes is not the one that goes under another name.
    bench.allowances.create.insert("prod:gcs-bucket/b-data".parse().unwrap());
    let (first, second) = two_wishes();
    let before = [bucket("a-data"), access("a-data", &[WRITERS]), bucket("c-data")];
    bench.apply(&stack(before)).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let start = bench.sandbox.snapshot().unwrap();
    let plan = bench.plan(&first).await;
    bench.sandbox.restore(&start).unwrap();
    assert!(bench.apply_plan(&first, &plan).await.unwrap().is_complete());
    let calls = bench.sandbox.calls().len() as u64;
    assert!(calls > 15, "{calls}");
    for call in 1..=calls {
        bench.sandbox.restore(&start).unwrap();
        let on = Match { call: Some(call), ..Match::default() };
        bench.sandbox.set_faults(vec![Fault { on, then: Action::Delay { ms: 400 } }]);
        let left = std::collections::BTreeSet::new();
        let late = bench.apply_with(&first, &plan, left, Default::default());
        let successor = async {
            tokio::time::sleep(ms(120)).await;
            a_minute_passes(&bench);
            let plan = bench.plan(&second).await;
            bench.apply_plan(&second, &plan).await.is_ok_and(|report| report.is_complete())
        };
        let (_, whole) = tokio::join!(late, successor);
        bench.sandbox.set_faults(Vec::new());
        if !whole {
            // Both wrote at the same time: the second was told, and applies again.
            a_minute_passes(&bench);
            bench.apply(&second).await;
        }
        let plan = bench.plan(&second).await;
        assert!(plan.is_empty() && plan.unknown.is_empty(), "call {call}: {plan:#?}");
    }
}

/// Waits until this holds, which must not take long.
async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(ms(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.unwrap();
}

/// Takes the lease away, and waits until its holder knows.
async fn lease_is_taken(bench: &Bench) {
    take_away(&ledger(bench).await).await;
    let told = || bench.events.lock().unwrap().contains(&"prod: the lease was lost".to_owned());
    until(told).await;
}

/// Waits until the lease has been renewed so often since now. Each renewal begins once the one
/// before it is known to have worked.
async fn renewals(bench: &Bench, count: usize) {
    let written = || {
        let calls = bench.sandbox.calls().into_iter();
        let lease =
            calls.filter(|call| call.mutating && call.resource.ends_with("prod/lease.json"));
        lease.filter(|call| call.status != "no answer").count()
    };
    let before = written();
    until(|| written() >= before + count).await;
}

#[tokio::test]
async fn a_run_that_loses_its_lease_begins_nothing_new() {
    let mut bench = Bench::new().await;
    bench.terms = renewed_often();
    let wanted = stack([bucket("a-data"), access("a-data", &[READERS])]);
    let plan = bench.plan(&wanted).await;
    bench.cue.stop(making("a-data"));
    let taken = bench.cue.meanwhile(lease_is_taken(&bench));
    let (report, ()) = tokio::join!(bench.apply_plan(&wanted, &plan), taken);
    let report = report.unwrap();
    assert!(report.lease_lost);
    assert_eq!(report.steps[0].2, StepResult::Done(None));
    assert_eq!(report.steps[1].2, StepResult::NotBegun);
    bench.apply(&wanted).await;
    assert!(bench.plan(&wanted).await.is_empty());
}

/// A loom that is to go, and what happens between the look at it and the call that takes it away:
/// no version protects that call.
async fn delete_while(
    terms: Terms,
    wall: WallClock,
    meanwhile: impl AsyncFnOnce(&Bench),
) -> (Bench, Report) {
    let mut bench = Bench::new().await;
    bench.apply(&stack([loom("a-loom", 3)])).await;
    (bench.terms, bench.wall) = (terms, wall);
    let plan = bench.plan(&stack([])).await;
    bench.cue.stop(|label| label.method == "GET /toy/looms/a-loom");
    let nothing = stack([]);
    let meanwhile = bench.cue.meanwhile(meanwhile(&bench));
    let (report, ()) = tokio::join!(bench.apply_plan(&nothing, &plan), meanwhile);
    (bench, report.unwrap())
}

fn renewed_often() -> Terms {
    Terms { lasts: Duration::from_secs(60), renew_every: ms(20), look_again: ms(20) }
}

const NOT_BEGUN: &str = "deleting looms/a-loom was not begun: the lease has ended or ends too soon, and another \
                         may be at work then";

#[tokio::test]
async fn a_call_that_only_the_lease_protects_is_not_begun_when_the_lease_ends_too_soon() {
    static WALL: AtomicU64 = AtomicU64::new(0);
    let wall = || ms(WALL.load(Ordering::Relaxed));
    // A tenth of a second is left, and the call may take two.
    let late = async |_: &Bench| WALL.store(59_900, Ordering::Relaxed);
    let (bench, report) = delete_while(Terms::default(), wall, late).await;
    assert_eq!(end(&report, 0), NOT_BEGUN);
    assert!(bench.world().contains_key("toy/loom/a-loom"));
}

#[tokio::test]
async fn a_call_that_only_the_lease_protects_is_not_begun_after_another_took_over() {
    let taken = async |bench: &Bench| lease_is_taken(bench).await;
    let (bench, report) = delete_while(renewed_often(), || Duration::ZERO, taken).await;
    assert_eq!(end(&report, 0), NOT_BEGUN);
    assert!(report.lease_lost);
    assert!(bench.world().contains_key("toy/loom/a-loom"));
}

#[tokio::test]
async fn a_lease_that_is_renewed_meanwhile_protects_a_late_call() {
    static WALL: AtomicU64 = AtomicU64::new(0);
    let wall = || Duration::from_secs(WALL.load(Ordering::Relaxed));
    // By the time of day the first lease is long over when the call goes on.
    let renewed = async |bench: &Bench| {
        for _ in 0..2 {
            WALL.fetch_add(50, Ordering::Relaxed);
            renewals(bench, 2).await;
        }
    };
    let (bench, report) = delete_while(renewed_often(), wall, renewed).await;
    assert!(report.is_complete(), "{report:?}");
    assert!(!bench.world().contains_key("toy/loom/a-loom"));
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_does_not_lose_the_lease() {
    let mut bench = Bench::new().await;
    bench.terms = renewed_often();
    let wanted = stack([bucket("a-data")]);
    let plan = bench.plan(&wanted).await;
    let (method, resource) = ("POST /upload/*".to_owned(), "*prod/lease.json".to_owned());
    let (method, resource) = (Some(method), Some(resource));
    let on = Match { method, resource, nth: Some(2), ..Match::default() };
    bench.sandbox.set_faults(vec![Fault { on, then: Action::CutAfter }]);
    bench.cue.stop(making("a-data"));
    let renewed = bench.cue.meanwhile(renewals(&bench, 3));
    let (report, ()) = tokio::join!(bench.apply_plan(&wanted, &plan), renewed);
    let report = report.unwrap();
    assert!(report.is_complete() && !report.lease_lost, "{report:?}");
    assert!(bench.memory(&wanted).await.leases.is_empty(), "the lease was given back");
}

#[tokio::test]
async fn a_machine_that_slept_knows_by_the_time_of_day_that_its_lease_is_over() {
    static SLEPT: AtomicU64 = AtomicU64::new(0);
    let wall = || Duration::from_secs(SLEPT.load(Ordering::Relaxed));
    let sleep = async |_: &Bench| SLEPT.store(600, Ordering::Relaxed);
    let (bench, report) = delete_while(Terms::default(), wall, sleep).await;
    assert_eq!(end(&report, 0), NOT_BEGUN);
    assert!(bench.world().contains_key("toy/loom/a-loom"));
}

#[tokio::test]
async fn what_a_colleague_changed_is_not_deleted_although_no_version_protects_it() {
    let bench = Bench::new().await;
    bench.apply(&stack([loom("a-loom", 3)])).await;
    let plan = bench.plan(&stack([])).await;
    let motor = resource("prod", "loom", "a-loom", json!({ "width": 3, "motor": "new" }));
    bench.apply(&stack([motor])).await;
    let report = bench.apply_plan(&stack([]), &plan).await.unwrap();
    assert!(end(&report, 0).contains("changed after it was planned on"), "{}", end(&report, 0));
    assert!(bench.world().contains_key("toy/loom/a-loom"));
}

#[tokio::test]
async fn whoever_waits_gets_the_lease_when_it_is_given_back() {
    let mut bench = Bench::new().await;
    bench.terms = renewed_often();
    let ledger = ledger(&bench).await;
    let alive = |_: &Holder| Presence::PerhapsAlive;
    let first = ledger.acquire("prod", &grace("first"), &alive, Duration::ZERO).await.unwrap();
    let impatient = ledger.acquire("prod", &grace("second"), &alive, ms(50)).await;
    assert!(matches!(impatient, Err(LeaseError::Held { .. })));
    let holder = grace("third");
    let patient = ledger.acquire("prod", &holder, &alive, Duration::from_secs(20));
    let given_back = async {
        tokio::time::sleep(ms(100)).await;
        first.release(&ledger).await.unwrap();
    };
    let (third, ()) = tokio::join!(patient, given_back);
    assert_eq!(third.unwrap().taken_over_from, None);
}

#[tokio::test]
async fn an_apply_that_died_is_written_down_once_by_whoever_takes_over() {
    let bench = Bench::new().await;
    let ledger = ledger(&bench).await;
    let dead = |_: &Holder| Presence::Dead;
    let lease = ledger.acquire("prod", &grace("hers"), &dead, Duration::ZERO).await.unwrap();
    let left = ledger.leftover("prod").await.unwrap().unwrap();
    bench.sandbox.clock().advance(Duration::from_secs(61));
    bench.apply(&stack([bucket("a-data")])).await;
    ledger.record_death("prod", &left).await.unwrap();
    let mut outcomes = outcomes(&bench).await;
    outcomes.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert_eq!(outcomes, [("ada".into(), Outcome::Done), ("grace".into(), Outcome::Died)]);
    drop(lease);
}

#[tokio::test]
async fn what_a_target_leaves_out_is_remembered_by_the_ledger_as_before() {
    use leap_infra::plan::Targets;
    let bench = Bench::new().await;
    bench.apply(&stack([bucket("a-data"), access("a-data", &[READERS])])).await;
    let wanted = stack([bucket("a-data"), access("a-data", &[WRITERS]), bucket("b-data")]);
    let only = Targets { only: vec!["gcs-bucket/b-data".into()], not: Vec::new() };
    let plan = bench.plan(&wanted).await;
    let narrowed = bench.narrow(&wanted, plan, &only).await;
    assert_eq!(narrowed.plan.steps.len(), 1);
    bench.apply_plan(&wanted, &narrowed.plan).await.unwrap();
    // The grant that was ours is still known to be: the next apply takes it back.
    let plan = bench.apply(&wanted).await;
    assert!(plan.unknown.is_empty(), "{:?}", plan.unknown);
    let policy = bench.world()["gcs/policy/a-data"].to_string();
    assert!(policy.contains("writers@") && !policy.contains("readers@"), "{policy}");
}
