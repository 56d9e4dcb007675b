//! Kill it at any instant and run it again: the same world, no duplicates, no orphans, and
//! nothing to repair by hand. Every call of an apply is a crash point, three ways.

use super::bench::{Bench, DOMAIN, PROJECT, ZONE, visible};
use super::journeys::{Journey, Way, journeys};
use leap_infra::apply::About;
use leap_infra::cli::marks::Marks;
use leap_infra::ledger::Kept;
use leap_infra::plan::Plan;
use leap_infra::sandbox::dns::put_zone;
use leap_infra::sandbox::{Chaos, Mishap, Sandbox, Snapshot};
use leap_infra::selftest::{Ending, Rehearsal, Subject, World};
use std::collections::BTreeMap;
use std::time::Duration;

/// On how many kinds of bad luck each journey is tried.
const SEEDS: u64 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_call_is_recovered_by_running_again() {
    let bench = Bench::new().await;
    let mut points = BTreeMap::new();
    for journey in journeys() {
        let start = departure(&bench, &journey).await;
        let subject = Traveller { bench: &bench, journey: &journey };
        let rehearsal = Rehearsal::of(&subject).await.unwrap();
        let name = journey.name;
        assert_ne!(visible(&start), *rehearsal.arrival(), "{name}: nothing happened");
        for point in rehearsal.points() {
            let recovered = rehearsal.recovers(point).await;
            assert_eq!(recovered, Ok(()), "{name}: {point}");
            *points.entry(name).or_insert(0) += 1;
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
    assert_ne!(visible(&start), BTreeMap::new(), "there is nothing to go back from");
    let subject = Traveller { bench: &bench, journey: &journey };
    let rehearsal = Rehearsal::of(&subject).await.unwrap();
    let mut points = 0;
    for point in rehearsal.points() {
        assert_eq!(rehearsal.recovers(point).await, Ok(()), "{point}");
        let memory = bench.memory(&journey.to).await;
        assert_eq!(memory.rolled_back["prod"].to, "apply-before", "{point}");
        let ledger = bench.ledger(&bench.connection().await, &journey.to);
        assert_eq!(ledger.kept(&kept.digest()).await.unwrap(), Some(kept.clone()), "{point}");
        points += 1;
    }
    println!("crash points of a rollback recovered: {points}");
    assert!(points > 30, "{points}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_among_faults_is_repaired_by_running_again() {
    let bench = Bench::new().await;
    let (mut complete, mut repaired) = (0, 0);
    for journey in journeys().into_iter().filter(|journey| journey.way == Way::Apply) {
        departure(&bench, &journey).await;
        let subject = Traveller { bench: &bench, journey: &journey };
        let rehearsal = Rehearsal::of(&subject).await.unwrap();
        for seed in 1..=SEEDS {
            let chaos = Chaos { seed, rate: 0.12, of: Mishap::all() };
            match rehearsal.endures(chaos).await {
                Ok(endured) if endured.ending == Ok(Ending::Complete) => complete += 1,
                Ok(_) => repaired += 1,
                Err(why) => panic!("{}: seed {seed}: {why}", journey.name),
            }
        }
    }
    println!("among faults: {complete} complete at once, {repaired} repaired");
    assert!(complete > 0 && repaired > 0, "{complete}, {repaired}");
}

async fn departure(bench: &Bench, journey: &Journey) -> Snapshot {
    bench.sandbox.set_faults(Vec::new());
    bench.sandbox.store().reset().unwrap();
    put_zone(bench.sandbox.world(), PROJECT, ZONE, DOMAIN).unwrap();
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

/// Somebody on a journey, who may die on the way.
struct Traveller<'a> {
    bench: &'a Bench,
    journey: &'a Journey,
}

impl Subject for Traveller<'_> {
    type Plan = Plan;

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    async fn died(&self) {
        self.bench.crashed.notified().await;
    }

    async fn plan(&self) -> Result<Plan, String> {
        match self.journey.way {
            Way::Apply => {
                let plan = self.bench.try_plan(&self.journey.to).await;
                plan.map_err(|errors| format!("{errors:?}"))
            }
            Way::Mark(_) => Ok(self.journey.plan(self.bench).await),
        }
    }

    async fn apply(&self, plan: &Plan) -> Result<Ending, String> {
        let left_behind = std::collections::BTreeSet::new();
        let apply =
            self.bench.apply_with(&self.journey.to, plan, left_behind, Default::default()).await;
        let report = apply.map_err(|error| error.to_string())?;
        let ended = if report.is_complete() {
            Ending::Complete
        } else {
            Ending::Partly(format!("{:?}", report.steps))
        };
        Ok(ended)
    }

    async fn run_again(&self) -> Result<Ending, String> {
        let plan = self.journey.plan(self.bench).await;
        let report = self.bench.apply_plan(&self.journey.to, &plan).await;
        let report = report.map_err(|error| error.to_string())?;
        assert!(report.is_complete(), "{report:#?}");
        Ok(Ending::Complete)
    }

    async fn left_to_do(&self) -> Option<String> {
        let plan = self.bench.plan(&self.journey.to).await;
        let leases = self.bench.memory(&self.journey.to).await.leases;
        let rest = (!plan.is_empty()).then(|| format!("not empty afterwards: {:?}", plan.steps));
        rest.or_else(|| (!leases.is_empty()).then(|| "a lease is left".to_owned()))
    }

    fn world(&self) -> World {
        self.bench.world()
    }
}
