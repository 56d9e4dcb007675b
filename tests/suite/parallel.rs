//! How many steps run at the same time, told by the calls that the clouds see in flight.

use super::bench::{Bench, bucket, loom, options, stack};
use futures::future::BoxFuture;
use leap_infra::apply::{Options, Parallelism};
use leap_infra::sandbox::{self, Behaviour, Clock, Label, Turn};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a call waits for others to come; far longer than they take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The calls that make things, by cloud: how many are under way, how many ever were at once, and
/// for how many each waits before it goes on.
#[derive(Default)]
struct Traffic {
    now: Mutex<BTreeMap<&'static str, usize>>,
    most: Mutex<BTreeMap<&'static str, usize>>,
    expected: BTreeMap<&'static str, usize>,
    changed: Notify,
}

struct UnderWay(Arc<Traffic>, &'static str);

impl Drop for UnderWay {
    fn drop(&mut self) {
        *self.0.now.lock().unwrap().entry(self.1).or_default() -= 1;
    }
}

/// Whose cloud a call makes something in, but for the ledger.
fn cloud(label: &Label) -> Option<&'static str> {
    let Label { method, resource, .. } = label;
    if method.starts_with("POST /toy/looms/") {
        return Some("toy");
    }
    (method.ends_with("/CreateBucket") && !resource.contains("leap-infra")).then_some("gcp")
}

impl Traffic {
    async fn enter(self: Arc<Self>, cloud: &'static str) -> UnderWay {
        let now = {
            let mut now = self.now.lock().unwrap();
            let now = now.entry(cloud).or_default();
            *now += 1;
            *now
        };
        let most = |cloud| self.most.lock().unwrap().get(cloud).copied().unwrap_or_default();
        self.most.lock().unwrap().entry(cloud).and_modify(|it| *it = now.max(*it)).or_insert(now);
        self.changed.notify_waiters();
        // Until as many as may be are there, everywhere; whoever is too many would come now.
        let full = || self.expected.iter().all(|(cloud, count)| most(cloud) >= *count);
        let all_there = async {
            loop {
                let changed = self.changed.notified();
                if full() {
                    return;
                }
                changed.await;
            }
        };
        _ = tokio::time::timeout(PATIENCE, all_there).await;
        UnderWay(self, cloud)
    }

    fn turn(self: &Arc<Self>) -> Turn {
        let traffic = Arc::clone(self);
        Arc::new(move |label: &Label| -> BoxFuture<'static, Box<dyn Send>> {
            let (traffic, cloud) = (Arc::clone(&traffic), cloud(label));
            Box::pin(async move {
                match cloud {
                    Some(cloud) => Box::new(traffic.enter(cloud).await) as Box<dyn Send>,
                    None => Box::new(()) as Box<dyn Send>,
                }
            })
        })
    }
}

/// Makes six buckets and six looms; returns how many calls to each cloud were in flight at most.
async fn in_flight(
    parallelism: Parallelism,
    expected: [(&'static str, usize); 2],
) -> BTreeMap<&'static str, usize> {
    let traffic = Arc::new(Traffic { expected: expected.into(), ..Traffic::default() });
    let bench = Bench::over(sandbox::Options {
        clock: Clock::virtual_at(super::bench::START),
        behaviour: Behaviour::default(),
        turn: Some(traffic.turn()),
        ..sandbox::Options::default()
    });
    let bench = bench.await;
    let buckets = (0..6).map(|at| bucket(&format!("data-{at}")));
    let looms = (0..6).map(|at| loom(&format!("loom-{at}"), 3));
    let wanted = stack(buckets.chain(looms));
    let plan = bench.plan(&wanted).await;
    let report =
        bench.apply_in(&wanted, &plan, &Options { parallelism, ..options() }).await.unwrap();
    assert!(report.is_complete(), "{report:#?}");
    traffic.most.lock().unwrap().clone()
}

#[tokio::test]
async fn each_provider_has_a_bound_of_its_own_beside_that_of_all() {
    // The toy cloud bears three at once; nobody said anything of the other.
    let expected = [("gcp", 6), ("toy", 3)];
    assert_eq!(in_flight(Parallelism::default(), expected).await, expected.into());
    // A person says how many, also beyond what the provider says of itself.
    let with = [("gcp".to_owned(), 2), ("toy".to_owned(), 4)].into();
    let expected = [("gcp", 2), ("toy", 4)];
    let said = Parallelism { with, ..Parallelism::default() };
    assert_eq!(in_flight(said, expected).await, expected.into());
}

#[tokio::test]
async fn a_provider_that_is_full_keeps_nobody_else_waiting_and_all_together_have_a_bound() {
    // Buckets come first in the order: the two that may run leave the rest to looms.
    let with = [("gcp".to_owned(), 2)].into();
    let expected = [("gcp", 2), ("toy", 2)];
    let said = Parallelism { altogether: 4, with };
    let most = in_flight(said, expected).await;
    assert_eq!(most["gcp"], 2);
    assert!(most["toy"] >= 2 && most["toy"] <= 3, "{most:?}");
}
