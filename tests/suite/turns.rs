//! Two applies at once, call by call: a director lets one of them go on for some calls, then the
//! other, then the first again, in every order with two switches. Both planned on the same world,
//! want different things, and both believe that they hold the lease.

use super::bench::{Bench, START, access, bucket, bucket_with, options, stack};
use futures::future::BoxFuture;
use leap_infra::apply::{Options, Parallelism, Report, StepResult};
use leap_infra::model::Stack;
use leap_infra::sandbox::{self, Behaviour, Clock, Label, Turn};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// How long a side may think before the director takes it to be asleep.
const PATIENCE: Duration = Duration::from_millis(15);

/// Where the calls of both sides wait for their turn.
#[derive(Default)]
struct Stage {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    waiting: [VecDeque<oneshot::Sender<()>>; 2],
    ended: [bool; 2],
    under_way: usize,
    /// Everybody goes on at once.
    open: bool,
}

/// Ends a turn when the call is over.
struct OnStage(Arc<Stage>);

impl Drop for OnStage {
    fn drop(&mut self) {
        self.0.with(|state| state.under_way -= 1);
    }
}

impl Stage {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let outcome = act(&mut self.state.lock().unwrap());
        self.changed.notify_waiters();
        outcome
    }

    fn turn(self: &Arc<Self>, side: usize) -> Turn {
        let stage = Arc::clone(self);
        Arc::new(move |_: &Label| -> BoxFuture<'static, Box<dyn Send>> {
            let stage = Arc::clone(&stage);
            Box::pin(async move {
                let wait = stage.with(|state| {
                    if state.open {
                        state.under_way += 1;
                        return None;
                    }
                    let (go, wait) = oneshot::channel();
                    state.waiting[side].push_back(go);
                    Some(wait)
                });
                if let Some(wait) = wait {
                    _ = wait.await;
                }
                Box::new(OnStage(stage)) as Box<dyn Send>
            })
        })
    }

    /// Waits until this holds, or for so long.
    async fn until(&self, holds: impl Fn(&State) -> bool, patience: Duration) -> bool {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                if holds(&self.state.lock().unwrap()) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(patience, wait).await.is_ok()
    }

    /// Lets a side make one call; false if it has none to make now.
    async fn one(&self, side: usize) -> bool {
        let ready = |state: &State| state.ended[side] || !state.waiting[side].is_empty();
        self.until(ready, PATIENCE).await;
        let go = self.with(|state| {
            let go = state.waiting[side].pop_front();
            state.under_way += usize::from(go.is_some());
            go
        });
        let Some(go) = go else { return false };
        _ = go.send(());
        self.until(|state| state.under_way == 0, Duration::from_secs(5)).await
    }

    /// So many calls of the first, so many of the second, then each to its end.
    async fn direct(&self, first: usize, second: usize, meanwhile: impl Fn()) {
        for _ in 0..first {
            self.one(0).await;
        }
        meanwhile();
        for _ in 0..second {
            self.one(1).await;
        }
        while !self.with(|state| state.ended[0] && state.ended[1]) {
            _ = self.one(0).await || self.one(1).await;
        }
    }

    fn reset(&self, open: bool) {
        self.with(|state| *state = State { open, ..State::default() });
    }
}

/// One platform that two people reach by doors of their own.
struct House {
    stage: Arc<Stage>,
    sides: [Bench; 2],
}

async fn house(folder: &Path) -> House {
    let (stage, clock) = (Arc::<Stage>::default(), Clock::virtual_at(START));
    let door = |side| {
        let options = sandbox::Options {
            folder: Some(folder.to_owned()),
            clock: clock.clone(),
            behaviour: Behaviour::instant(),
            turn: Some(stage.turn(side)),
            ..sandbox::Options::default()
        };
        Bench::over(options)
    };
    stage.reset(true);
    let sides = [door(0).await, door(1).await];
    House { stage, sides }
}

const READERS: (&str, &str) = ("roles/storage.objectViewer", "group:readers@leap.example.org");
const OTHERS: (&str, &str) = ("roles/storage.objectViewer", "group:others@leap.example.org");

fn days(name: &str, days: u32) -> leap_infra::model::Resource {
    bucket_with(name, |spec| spec.delete_after_days = Some(days))
}

fn before() -> Stack {
    stack([bucket("a-data"), days("b-data", 3), access("a-data", &[])])
}

/// The first: two changes, a grant, something new that the other wants as well, a removal.
fn first() -> Stack {
    let wanted = [days("a-data", 30), access("a-data", &[READERS]), days("c-data", 30)];
    stack(wanted.into_iter().chain([days("d-data", 30)]))
}

/// The second wants something else of each.
fn second() -> Stack {
    let wanted = [days("a-data", 60), access("a-data", &[OTHERS]), days("b-data", 60)];
    stack(wanted.into_iter().chain([days("c-data", 60), days("e-data", 60)]))
}

fn done(report: &Report) -> BTreeMap<String, bool> {
    let steps = report.steps.iter();
    steps.map(|(id, _, end)| (id.local(), matches!(end, StepResult::Done(_)))).collect()
}

fn age(world: &BTreeMap<String, Value>, name: &str) -> Option<Value> {
    let bucket = world.get(&format!("gcs/bucket/{name}"))?;
    let found = find(bucket, "age_days").or_else(|| find(bucket, "age"));
    Some(found.cloned().unwrap_or(Value::Null))
}

fn find<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => {
            fields.get(key).or_else(|| fields.values().find_map(|value| find(value, key)))
        }
        Value::Array(items) => items.iter().find_map(|item| find(item, key)),
        _ => None,
    }
}

/// What is there is what one of the two said it did, and nobody's work was overwritten unseen.
fn check(world: &BTreeMap<String, Value>, reports: &[Report; 2], at: &str) {
    let [one, other] = [done(&reports[0]), done(&reports[1])];
    for name in ["a-data", "c-data"] {
        let id = format!("gcs-bucket/{name}");
        let (one, other) = (one.get(&id) == Some(&true), other.get(&id) == Some(&true));
        assert!(!(one && other), "{at}: both say that {name} is as they want it");
        let expected = match (one, other) {
            (true, _) => Some(json!(30)),
            (_, true) => Some(json!(60)),
            _ => continue,
        };
        assert_eq!(age(world, name), expected, "{at}: {name}");
    }
    let policy = world.get("gcs/policy/a-data").map(Value::to_string).unwrap_or_default();
    for (did, member) in [(&one, READERS.1), (&other, OTHERS.1)] {
        if did.get("gcs-bucket-access/a-data") == Some(&true) {
            assert!(policy.contains(member), "{at}: {member} is missing from {policy}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_applies_at_once_in_every_order_never_lose_or_mix_what_they_report() {
    let folder = tempfile::tempdir().unwrap();
    let House { stage, sides: [ada, grace] } = house(folder.path()).await;
    ada.apply(&before()).await;
    let start = ada.sandbox.snapshot().unwrap();
    let plans = [ada.plan(&first()).await, grace.plan(&second()).await];
    let one_by_one = Options {
        parallelism: Parallelism { altogether: 1, ..Parallelism::default() },
        ..options()
    };
    let (mut orders, mut both_worked) = (0, 0);
    // Each needs some thirty calls; after the first half all that differs has been done.
    for calls in 0..=16 {
        for others in [1, 7, 11, 14, 17, 22] {
            let at = format!("{calls} calls of the first, then {others} of the second");
            stage.reset(true);
            ada.sandbox.restore(&start).unwrap();
            stage.reset(false);
            let run = async |bench: &Bench, side: usize, wanted: Stack| {
                let report = bench.apply_in(&wanted, &plans[side], &one_by_one).await;
                stage.with(|state| state.ended[side] = true);
                report.unwrap_or_default()
            };
            // The first falls asleep and does not know it: by the server's clock its lease ends.
            let asleep = || ada.sandbox.clock().advance(Duration::from_secs(61));
            let (one, other, ()) = tokio::join!(
                run(&ada, 0, first()),
                run(&grace, 1, second()),
                stage.direct(calls, others, asleep),
            );
            let reports = [one, other];
            check(&ada.world(), &reports, &at);
            both_worked += usize::from(reports.iter().all(|report| report.done() > 0));
            orders += 1;
            stage.reset(true);
            ada.sandbox.clock().advance(Duration::from_secs(61));
            grace.apply(&second()).await;
            let plan = grace.plan(&second()).await;
            assert!(plan.is_empty(), "{at}: {plan:#?}");
        }
    }
    assert!(both_worked > orders / 2, "only in {both_worked} of {orders} orders did both work");
}
