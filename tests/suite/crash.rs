//! Kill it at any instant and run it again: the same world, no duplicates, no orphans, and
//! nothing to repair by hand. Every call of an apply is a crash point, three ways.

use super::bench::{Bench, access, bucket, bucket_with, loom, stack, visible};
use leap_infra::apply::About;
use leap_infra::cli::marks::Marks;
use leap_infra::ledger::Kept;
use leap_infra::model::{Manage, Resource, Stack};
use leap_infra::plan::Plan;
use leap_infra::sandbox::{Action, Fault, Match, Snapshot};
use std::collections::BTreeMap;
use std::time::Duration;

/// From this stack to that one.
struct Journey {
    name: &'static str,
    from: Option<Stack>,
    /// What is handed back again before it begins.
    handed_back: Option<Stack>,
    to: Stack,
    way: Way,
}

/// What kind of plan leads there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Apply,
    Mark(Marks),
}

impl Journey {
    fn new(name: &'static str, from: Option<Stack>, to: Stack) -> Self {
        Self { name, from, handed_back: None, to, way: Way::Apply }
    }

    async fn plan(&self, bench: &Bench) -> Plan {
        match self.way {
            Way::Apply => bench.plan(&self.to).await,
            Way::Mark(Marks::Adopt) => bench.marks(&self.to, Marks::Adopt, &[]).await,
            Way::Mark(Marks::Disown) => bench.marks(&self.to, Marks::Disown, &["*"]).await,
        }
    }
}

fn observed(resource: Resource) -> Resource {
    Resource { manage: Manage::Observe, ..resource }
}

fn journeys() -> Vec<Journey> {
    let writers = ("roles/storage.admin", "group:writers@leap.example.org");
    let readers = ("roles/storage.objectViewer", "group:readers@leap.example.org");
    let logs = |spec: &mut leap_infra::providers::gcp::gcs_bucket::Spec| {
        spec.logging = Some(leap_infra::providers::gcp::gcs_bucket::Logging {
            bucket: "home-logs".into(),
            prefix: "home-data".into(),
        });
        spec.uniform_access = true;
    };
    let everything = || {
        let data = bucket_with("home-data", logs);
        let shared = access("home-data", &[writers, readers]);
        [data, bucket("home-logs"), shared]
    };
    let marked = || stack(everything());
    let let_be = || stack(everything().map(observed));
    let full = || stack(everything().into_iter().chain([loom("home-loom", 3)]));
    let changed = || {
        let old = bucket_with("home-data", |spec| {
            logs(spec);
            spec.delete_after_days = Some(30);
        });
        stack([old, bucket("home-logs"), bucket("home-more"), access("home-data", &[readers])])
    };
    vec![
        Journey::new("from nothing", None, full()),
        Journey::new("a change of everything", Some(full()), changed()),
        Journey::new("destroy", Some(full()), full().without(&["prod".into()])),
        Journey {
            handed_back: Some(let_be()),
            way: Way::Mark(Marks::Adopt),
            ..Journey::new("adopt", Some(marked()), marked())
        },
        Journey {
            way: Way::Mark(Marks::Disown),
            ..Journey::new("disown", Some(marked()), let_be())
        },
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_call_is_recovered_by_running_again() {
    let bench = Bench::new().await;
    let mut points = BTreeMap::new();
    for journey in journeys() {
        let start = departure(&bench, &journey).await;
        let calls = undisturbed(&bench, &journey, &start).await;
        let arrival = bench.world();
        for call in 1..=calls {
            for then in [Action::CrashBefore, Action::CrashAfterEffect, Action::CrashAfter] {
                let at = format!("{}: call {call}, {then:?}", journey.name);
                crash(&bench, &journey, &start, call, then).await;
                recover(&bench, &journey).await;
                assert_eq!(bench.world(), arrival, "{at}");
                assert!(bench.plan(&journey.to).await.is_empty(), "{at}: not empty afterwards");
                assert!(bench.memory(&journey.to).await.leases.is_empty(), "{at}: a lease is left");
                *points.entry(journey.name).or_insert(0) += 1;
            }
        }
    }
    println!("crash points recovered: {points:?}");
    assert!(points.values().all(|&count| count > 30), "{points:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_that_dies_at_any_call_goes_on_where_it_was_going() {
    let mut bench = Bench::new().await;
    let plain = bench.about.clone();
    let (later, earlier) = (journeys().remove(1).to, journeys().remove(0).to);
    let journey = Journey::new("rollback", Some(later), earlier);
    let start = departure(&bench, &journey).await;
    let kept = Kept { files: [("stack/stack.yaml".into(), "stack: home".into())].into() };
    bench.about = About {
        kept: Some(kept.clone()),
        laid: [("prod".into(), "old".into())].into(),
        back_to: Some("apply-before".into()),
        ..plain
    };
    let calls = undisturbed(&bench, &journey, &start).await;
    let arrival = bench.world();
    let mut points = 0;
    for call in 1..=calls {
        for then in [Action::CrashBefore, Action::CrashAfterEffect, Action::CrashAfter] {
            let at = format!("call {call}, {then:?}");
            crash(&bench, &journey, &start, call, then).await;
            recover(&bench, &journey).await;
            assert_eq!(bench.world(), arrival, "{at}");
            assert!(bench.plan(&journey.to).await.is_empty(), "{at}: not empty afterwards");
            let memory = bench.memory(&journey.to).await;
            assert!(memory.leases.is_empty(), "{at}: a lease is left");
            assert_eq!(memory.rolled_back["prod"].to, "apply-before", "{at}");
            let ledger = bench.ledger(&bench.connection().await, &journey.to);
            assert_eq!(ledger.kept(&kept.digest()).await.unwrap(), Some(kept.clone()), "{at}");
            points += 1;
        }
    }
    println!("crash points of a rollback recovered: {points}");
    assert!(points > 30, "{points}");
}

async fn departure(bench: &Bench, journey: &Journey) -> Snapshot {
    bench.sandbox.set_faults(Vec::new());
    bench.sandbox.store().reset().unwrap();
    if let Some(from) = &journey.from {
        bench.apply(from).await;
        // Lists lag behind what was just made; what nobody declares is only seen in lists.
        bench.sandbox.clock().advance(Duration::from_secs(5));
    }
    if let Some(stack) = &journey.handed_back {
        bench.mark(stack, Marks::Disown, &["*"]).await;
    }
    bench.sandbox.snapshot().unwrap()
}

/// How many calls it takes when nothing happens.
async fn undisturbed(bench: &Bench, journey: &Journey, start: &Snapshot) -> u64 {
    let plan = journey.plan(bench).await;
    bench.sandbox.restore(start).unwrap();
    let left_behind = std::collections::BTreeSet::new();
    let report = bench.apply_with(&journey.to, &plan, left_behind, Default::default()).await;
    assert!(report.unwrap().is_complete());
    assert_ne!(visible(start), bench.world(), "{}: nothing happened", journey.name);
    bench.sandbox.calls().len() as u64
}

/// Applies until the crash; what runs is dropped in the middle of whatever it does.
async fn crash(bench: &Bench, journey: &Journey, start: &Snapshot, call: u64, then: Action) {
    bench.sandbox.set_faults(Vec::new());
    bench.sandbox.restore(start).unwrap();
    let plan = journey.plan(bench).await;
    let on = Match { call: Some(call), ..Match::default() };
    bench.sandbox.restore(start).unwrap();
    bench.sandbox.set_faults(vec![Fault { on, then }]);
    let left_behind = std::collections::BTreeSet::new();
    tokio::select! {
        report = bench.apply_with(&journey.to, &plan, left_behind, Default::default()) => {
            // A crash after the very last call is no crash.
            report.unwrap();
        }
        () = bench.crashed.notified() => {}
    }
}

/// Another run, a good minute later, when the lease of the dead one has expired.
async fn recover(bench: &Bench, journey: &Journey) {
    bench.sandbox.set_faults(Vec::new());
    bench.sandbox.clear_calls();
    bench.sandbox.clock().advance(Duration::from_secs(61));
    let plan = journey.plan(bench).await;
    let report = bench.apply_plan(&journey.to, &plan).await.unwrap();
    assert!(report.is_complete(), "{}: {report:#?}", journey.name);
}
