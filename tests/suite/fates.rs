//! Lives of a platform as nobody would think them up: declarations, every operation, bad luck and
//! other people's hands, mixed at random. Whatever happens, the laws hold: what is not ours and
//! what is held is never touched, what cannot be read is never absent, a run that died is repaired
//! by running again, and in the end there is what a platform would be that was made today.

use super::bench::{Bench, stack};
use super::laws::{Plot, garden, grown, law, strangers};
use leap_infra::apply::{About, ApplyError};
use leap_infra::cli::marks::Marks;
use leap_infra::ledger::{Holder, LeaseError, Ledger, Presence};
use leap_infra::model::{Hold, Keys, Stack};
use leap_infra::plan::{Plan, Targets, hold};
use leap_infra::sandbox::gcs::seed_bucket;
use leap_infra::sandbox::{Action, Fault, Match};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

// So that a case that is printed can be put here as it is.
use Deed::*;
use Luck::*;

/// What happens next.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Something else is declared and applied, with luck or without.
    Apply(Vec<Plot>, Luck),
    /// Only a part of it is applied: this, or all but this.
    Part { plots: Vec<Plot>, only: bool, at: usize },
    /// A plan is saved, somebody changes a bucket at the console, and the plan is applied.
    Saved { plots: Vec<Plot>, at: usize },
    /// The declaration before the last is gone back to.
    GoBack(Luck),
    /// Everything goes.
    Destroy(Luck),
    /// Everything is handed back, and taken in again.
    HandOver(Luck),
    /// Somebody asks to leave a bucket and its access alone.
    LeaveAlone { at: usize },
    /// Nothing is held any more.
    Release,
    /// A bucket is changed at the console.
    Drift { at: usize },
    /// Somebody dies with the lease in their hands, and it is taken away.
    Unlock,
    /// Something may not be read.
    Hidden { what: usize },
}

/// How a run fares at the call that is this part of the way.
#[derive(Clone, Debug)]
pub enum Luck {
    Good,
    Refused(f64),
    NotNow(f64),
    NoAnswer(f64),
    Dies(f64),
    DiesUnheard(f64),
}

fn luck() -> impl Strategy<Value = Luck> {
    let part = || 0.0..1.0_f64;
    prop_oneof![
        2 => Just(Good),
        1 => part().prop_map(Refused),
        1 => part().prop_map(NotNow),
        1 => part().prop_map(NoAnswer),
        2 => part().prop_map(Dies),
        2 => part().prop_map(DiesUnheard),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let at = || 0..3_usize;
    prop_oneof![
        4 => (garden(), luck()).prop_map(|(plots, luck)| Apply(plots, luck)),
        1 => (garden(), any::<bool>(), at())
            .prop_map(|(plots, only, at)| Part { plots, only, at }),
        2 => (garden(), at()).prop_map(|(plots, at)| Saved { plots, at }),
        1 => luck().prop_map(GoBack),
        1 => luck().prop_map(Destroy),
        1 => luck().prop_map(HandOver),
        2 => at().prop_map(|at| LeaveAlone { at }),
        1 => Just(Release),
        2 => at().prop_map(|at| Drift { at }),
        1 => Just(Unlock),
        1 => (0..HIDDEN.len()).prop_map(|what| Hidden { what }),
    ]
}

/// Calls that may be forbidden.
const HIDDEN: [&str; 4] = ["*ListBuckets", "*GetIamPolicy", "GET /v1/*/secrets", "*GetBucket"];

/// On about which call of a run luck strikes at the latest.
const CALLS: f64 = 60.0;

impl Luck {
    fn faults(&self) -> Vec<Fault> {
        let status = |code| {
            let message = "not today".to_owned();
            Action::Status { code, message, retry_after_seconds: None }
        };
        let (part, then) = match self {
            Self::Good => return Vec::new(),
            Self::Refused(part) => (part, status(403)),
            Self::NotNow(part) => (part, status(503)),
            Self::NoAnswer(part) => (part, Action::CutAfter),
            Self::Dies(part) => (part, Action::CrashBefore),
            Self::DiesUnheard(part) => (part, Action::CrashAfterEffect),
        };
        let call = Some(1 + (part * CALLS) as u64);
        vec![Fault { on: Match { call, ..Match::default() }, then }]
    }
}

/// One platform and what is known of it.
struct Life {
    bench: Bench,
    declared: Vec<Plot>,
    before: Vec<Plot>,
    /// The bucket that is held.
    held: Option<String>,
    strangers: BTreeMap<String, Value>,
}

fn name(at: usize) -> String {
    format!("garden-{at}")
}

fn of(plots: &[Plot]) -> Stack {
    stack(grown(plots))
}

fn grace() -> Holder {
    let text = |text: &str| text.to_owned();
    let (apply, user, host) = (text("graces"), text("grace"), text("laptop"));
    Holder { apply, user, host, process: 7, started: text("1"), purpose: text("apply") }
}

/// The world as a person made it: a policy without what the cloud itself writes into new ones.
/// <https://cloud.google.com/storage/docs/access-control/iam-roles#legacy-roles>
fn told(bench: &Bench) -> BTreeMap<String, Value> {
    let mut world = bench.world();
    let theirs = |binding: &Value| binding["role"].to_string().contains("/storage.legacy");
    let policies = world.iter_mut().filter(|(key, _)| key.starts_with("gcs/policy/"));
    for (_, policy) in policies {
        let mut bindings = policy["bindings"].as_array().cloned().unwrap_or_default();
        bindings.retain(|binding| !theirs(binding));
        *policy = json!(bindings);
    }
    world.retain(|_, value| *value != json!([]));
    world
}

fn differences(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> Vec<String> {
    let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let differ = keys.into_iter().filter(|key| one.get(*key) != other.get(*key));
    let none = Value::Null;
    let told = |key: &String| {
        let of = |world: &BTreeMap<String, Value>| world.get(key).unwrap_or(&none).to_string();
        format!("{key}: {} and not {}", of(one), of(other))
    };
    differ.map(told).collect()
}

impl Life {
    async fn begin() -> Self {
        let mut bench = Bench::new().await;
        // Nobody takes one of these for another.
        let names = (0..8).map(|at| format!("prod:gcs-bucket/{}", name(at)).parse().unwrap());
        bench.allowances.create.extend(names);
        for stranger in strangers(&stack([])) {
            seed_bucket(bench.sandbox.world(), stranger).unwrap();
        }
        let strangers = bench.world();
        Self { bench, declared: Vec::new(), before: Vec::new(), held: None, strangers }
    }

    async fn ledger(&self) -> Ledger {
        let ledger = self.bench.ledger(&self.bench.connection().await, &stack([]));
        ledger.ensure().await.unwrap();
        ledger
    }

    /// What is on one bucket.
    fn on(&self, bucket: &str) -> BTreeMap<String, Value> {
        let mut world = self.bench.world();
        world.retain(|key, _| key.ends_with(&format!("/{bucket}")));
        world
    }

    /// What nobody may have touched.
    fn untouchable(&self) -> BTreeMap<String, Value> {
        let mut world = self.bench.world();
        let of_held = |key: &str| self.held.as_ref().is_some_and(|held| key.ends_with(held));
        world.retain(|key, _| self.strangers.contains_key(key) || of_held(key));
        world
    }

    /// A plan without what is held, as `--exclude` makes it; with what is held it is refused.
    async fn plan(&self, wanted: &Stack) -> Plan {
        let plan = self.bench.plan(wanted).await;
        let Some(held) = &self.held else { return plan };
        let holds = self.ledger().await.holds("prod").await.unwrap();
        let now = OffsetDateTime::parse(&self.bench.about.began, &Rfc3339).unwrap();
        if !hold(plan.clone(), &Keys::new(), &holds, now).is_refused() {
            return plan;
        }
        let before = self.bench.world();
        let all = self.bench.apply_plan(wanted, &plan).await;
        assert!(matches!(all, Err(ApplyError::Held { .. })), "{all:?}");
        assert_eq!(self.bench.world(), before);
        let not = vec![format!("*/{held}")];
        self.bench.narrow(wanted, plan, &Targets { only: Vec::new(), not }).await.plan
    }

    /// Applies with luck or without, and then again without.
    async fn carry_out(&self, plan: impl AsyncFn() -> Plan, wanted: &Stack, luck: &Luck) {
        let first = plan().await;
        assert!(!first.is_refused(), "{:?}", first.refusals);
        self.bench.sandbox.clear_calls();
        self.bench.sandbox.set_faults(luck.faults());
        let run = self.bench.apply_with(wanted, &first, BTreeSet::new(), Default::default());
        tokio::select! {
            _ = run => {}
            () = self.bench.crashed.notified() => {}
        }
        self.bench.sandbox.set_faults(Vec::new());
        self.bench.sandbox.clock().advance(Duration::from_secs(61));
        let again = plan().await;
        let report = self.bench.apply_plan(wanted, &again).await.unwrap();
        assert!(report.is_complete(), "{report:#?}");
        self.bench.sandbox.clock().advance(Duration::from_secs(5));
        let rest = plan().await;
        assert!(rest.is_empty(), "{:#?}", rest.steps);
    }

    async fn apply(&mut self, plots: &[Plot], luck: &Luck) {
        let wanted = of(plots);
        self.before = std::mem::replace(&mut self.declared, plots.to_vec());
        self.carry_out(async || self.plan(&wanted).await, &wanted, luck).await;
    }

    async fn part(&mut self, plots: &[Plot], only: bool, at: usize) {
        let wanted = of(plots);
        let plan = self.plan(&wanted).await;
        let named = vec![format!("gcs-bucket/{}", name(at.min(plots.len() - 1)))];
        let targets = match only {
            true => Targets { only: named, not: Vec::new() },
            false => Targets { only: Vec::new(), not: named },
        };
        let narrowed = self.bench.narrow(&wanted, plan.clone(), &targets).await.plan;
        let all: BTreeSet<_> = plan.steps.iter().map(|step| (&step.id, step.action)).collect();
        assert!(narrowed.steps.iter().all(|step| all.contains(&(&step.id, step.action))));
        let report = self.bench.apply_plan(&wanted, &narrowed).await.unwrap();
        assert!(report.is_complete(), "{report:#?}");
        self.bench.sandbox.clock().advance(Duration::from_secs(5));
    }

    async fn saved(&mut self, plots: &[Plot], at: usize) {
        let wanted = of(plots);
        let plan = self.plan(&wanted).await;
        let bucket = name(at);
        if self.held.as_ref() == Some(&bucket) || !self.drift(&bucket).await {
            return;
        }
        let report = self.bench.apply_plan(&wanted, &plan).await.unwrap();
        let id = format!("prod:gcs-bucket/{bucket}");
        let moved = plan.steps.iter().any(|step| step.id.to_string() == id);
        assert!(!moved || report.failed().any(|(failed, _)| failed.to_string() == id));
        let labels = &self.on(&bucket)[&format!("gcs/bucket/{bucket}")]["bucket"]["labels"];
        assert_eq!(labels["console"], json!("was-here"), "overwritten unseen");
        self.apply(plots, &Good).await;
    }

    /// Somebody labels a bucket at the console; false if there is none.
    async fn drift(&self, bucket: &str) -> bool {
        if self.on(bucket).is_empty() {
            return false;
        }
        let url = format!("{}/storage/v1/b/{bucket}", self.bench.sandbox.url());
        let label = json!({ "labels": { "console": "was-here" } }).to_string();
        let answer = reqwest::Client::new().patch(url).body(label).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        true
    }

    async fn hand_over(&mut self, luck: &Luck) {
        if let Some(held) = &self.held {
            if !self.on(held).is_empty() {
                let everything = self.bench.marks(&stack([]), Marks::Disown, &["*"]).await;
                let refused = self.bench.apply_plan(&stack([]), &everything).await;
                assert!(matches!(refused, Err(ApplyError::Held { .. })), "{refused:?}");
            }
            return;
        }
        let wanted = of(&self.declared.clone());
        self.apply(&self.declared.clone(), &Good).await;
        let before = self.bench.world();
        let nothing = stack([]);
        let away = async || match self.bench.try_marks(&nothing, Marks::Disown, &["*"]).await {
            Ok(plan) => plan,
            // Nothing is ours any more.
            Err(_) => self.bench.plan(&nothing).await,
        };
        self.carry_out(away, &nothing, luck).await;
        let refused = self.bench.plan(&wanted).await;
        assert!(refused.is_refused());
        assert!(self.bench.apply_plan(&wanted, &refused).await.is_err());
        let back = async || self.bench.marks(&wanted, Marks::Adopt, &[]).await;
        self.carry_out(back, &wanted, luck).await;
        assert!(self.bench.plan(&wanted).await.is_empty());
        assert_eq!(self.bench.world(), before);
    }

    async fn hold(&mut self, at: usize) {
        self.release().await;
        let bucket = name(at);
        let held = Hold {
            env: "prod".into(),
            address: format!("*/{bucket}"),
            named: BTreeSet::new(),
            until: OffsetDateTime::from_unix_timestamp(1_900_000_000).unwrap(),
            reason: "the workshop is on".into(),
            by: "grace on laptop".into(),
            since: self.bench.about.began.clone(),
        };
        self.ledger().await.add_hold(&held, OffsetDateTime::UNIX_EPOCH).await.unwrap();
        self.held = Some(bucket);
    }

    async fn release(&mut self) {
        let Some(bucket) = self.held.take() else { return };
        self.ledger().await.end_hold("prod", &format!("*/{bucket}")).await.unwrap();
    }

    async fn unlock(&mut self) {
        let ledger = self.ledger().await;
        let alive = |_: &Holder| Presence::PerhapsAlive;
        drop(ledger.acquire("prod", &grace(), &alive, Duration::ZERO).await.unwrap());
        let (wanted, before) = (of(&self.declared), self.bench.world());
        let plan = self.plan_past(&wanted).await;
        if !plan.is_empty() {
            let refused =
                self.bench.apply_with(&wanted, &plan, BTreeSet::new(), Default::default());
            let refused = refused.await;
            let held = matches!(refused, Err(ApplyError::Lease(LeaseError::Held { .. })));
            assert!(held, "{refused:?}");
            assert_eq!(self.bench.world(), before);
        }
        let left = ledger.leftover("prod").await.unwrap().unwrap();
        assert_eq!(left.holder, grace());
        assert!(ledger.unlock("prod", &left).await.unwrap());
    }

    /// A plan while another has the lease.
    async fn plan_past(&self, wanted: &Stack) -> Plan {
        let plan = self.bench.plan(wanted).await;
        let Some(held) = &self.held else { return plan };
        let not = vec![format!("*/{held}")];
        match plan.steps.iter().any(|step| step.id.name == *held) {
            true => self.bench.narrow(wanted, plan, &Targets { only: Vec::new(), not }).await.plan,
            false => plan,
        }
    }

    async fn hidden(&mut self, what: usize) {
        let wanted = of(&self.declared);
        let plan = self.bench.plan(&wanted).await;
        let on = Match { method: Some(HIDDEN[what].into()), ..Match::default() };
        let message = "may not be seen".to_owned();
        let then = Action::Status { code: 403, message, retry_after_seconds: None };
        self.bench.sandbox.set_faults(vec![Fault { on, then }]);
        if let Ok(blind) = self.bench.try_plan(&wanted).await {
            let known: BTreeSet<_> =
                plan.steps.iter().map(|step| (&step.id, step.action)).collect();
            let mut steps = blind.steps.iter().map(|step| (&step.id, step.action));
            assert!(steps.all(|step| known.contains(&step)), "unreadable was taken for absent");
        }
        self.bench.sandbox.set_faults(Vec::new());
    }

    async fn goes_on(&mut self, deed: &Deed) {
        let untouchable = self.untouchable();
        match deed {
            Apply(plots, luck) => self.apply(plots, luck).await,
            Part { plots, only, at } => self.part(plots, *only, *at).await,
            Saved { plots, at } => self.saved(plots, *at).await,
            GoBack(luck) => {
                let plain = self.bench.about.clone();
                let back_to = Some("apply-before".to_owned());
                self.bench.about = About { back_to, ..plain.clone() };
                self.apply(&self.before.clone(), luck).await;
                self.bench.about = plain;
            }
            Destroy(luck) => {
                let nothing = of(&self.declared).without(&["prod".to_owned()]);
                self.carry_out(async || self.plan(&nothing).await, &nothing, luck).await;
            }
            HandOver(luck) => self.hand_over(luck).await,
            LeaveAlone { at } => return self.hold(*at).await,
            Release => return self.release().await,
            Drift { at } => {
                self.drift(&name(*at)).await;
                return;
            }
            Unlock => self.unlock().await,
            Hidden { what } => self.hidden(*what).await,
        }
        assert_eq!(self.untouchable(), untouchable, "what nobody may touch was touched");
    }
}

#[test]
fn whatever_happens_to_a_platform_it_ends_as_it_is_declared() {
    let life = proptest::collection::vec(deed(), 1..7);
    law((life, garden()), |(deeds, last)| async move {
        let mut life = Life::begin().await;
        for deed in &deeds {
            life.goes_on(deed).await;
        }
        life.release().await;
        life.apply(&last, &Good).await;
        let fresh = Bench::new().await;
        for stranger in strangers(&stack([])) {
            seed_bucket(fresh.sandbox.world(), stranger).unwrap();
        }
        fresh.apply(&of(&last)).await;
        assert_eq!(differences(&told(&life.bench), &told(&fresh)), Vec::<String>::new());
    });
}
