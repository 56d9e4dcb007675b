//! One platform on a sandbox, what was done to it, and what must hold whatever is done.

use super::bench::{Bench, email, stack};
use super::fates::Luck;
use super::garden::{Plot, grown};
use super::laws::strangers;
use leap_infra::apply::ApplyError;
use leap_infra::cli::marks::Marks;
use leap_infra::ledger::{Holder, LeaseError, Ledger, Presence};
use leap_infra::model::{Hold, Keys, Stack};
use leap_infra::plan::{Action as Step, Plan, Targets, hold};
use leap_infra::sandbox::gcs::seed_bucket;
use leap_infra::sandbox::{Action, Fault, Match};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Calls that may be forbidden.
pub const HIDDEN: [&str; 4] = ["*ListBuckets", "*GetIamPolicy", "GET /v1/*/secrets", "*GetBucket"];

/// One platform and what is known of it.
pub struct Life {
    pub bench: Bench,
    pub declared: Vec<Plot>,
    pub before: Vec<Plot>,
    /// The bucket that is held.
    pub held: Option<String>,
    pub strangers: BTreeMap<String, Value>,
}

pub fn name(at: usize) -> String {
    format!("garden-{at}")
}

pub fn of(plots: &[Plot]) -> Stack {
    stack(grown(plots))
}

pub fn grace() -> Holder {
    let text = |text: &str| text.to_owned();
    let (apply, user, host) = (text("graces"), text("grace"), text("laptop"));
    Holder { apply, user, host, process: 7, started: text("1"), purpose: text("apply") }
}

/// The world as a person made it: a policy without what the cloud itself writes into new ones.
/// <https://cloud.google.com/storage/docs/access-control/iam-roles#legacy-roles>
pub fn told(bench: &Bench) -> BTreeMap<String, Value> {
    let mut world = bench.world();
    let theirs = |binding: &Value| binding["role"].to_string().contains("/storage.legacy");
    let policies = world.iter_mut().filter(|(key, _)| key.starts_with("gcs/policy/"));
    for (_, policy) in policies {
        let mut bindings = policy["bindings"].as_array().cloned().unwrap_or_default();
        bindings.retain(|binding| !theirs(binding));
        *policy = json!(bindings);
    }
    // The toys count their versions where the sandbox does not know of it.
    let toys = world.iter_mut().filter(|(key, _)| key.starts_with("toy/"));
    toys.filter_map(|(_, toy)| toy.as_object_mut()).for_each(|toy| drop(toy.remove("version")));
    world.retain(|_, value| *value != json!([]));
    // The cloud names budgets, each time otherwise; people know them by what they show.
    world.into_iter().map(by_what_is_shown).collect()
}

fn by_what_is_shown((key, mut value): (String, Value)) -> (String, Value) {
    if !key.starts_with("billingbudgets/") {
        return (key, value);
    }
    value.as_object_mut().map(|budget| budget.remove("name"));
    (format!("billingbudgets/{}", value["displayName"]), value)
}

pub fn differences(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> Vec<String> {
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
    pub async fn begin() -> Self {
        let mut bench = Bench::new().await;
        // Nobody takes one of these for another.
        let names = (0..8).flat_map(|at| {
            let robot = email(&format!("garden-robot-{at}"));
            [format!("gcs-bucket/{}", name(at)), format!("gcp-service-account/{robot}")]
        });
        let names = names.map(|name| format!("prod:{name}").parse().unwrap());
        bench.allowances.create.extend(names);
        for stranger in strangers(&stack([])) {
            seed_bucket(bench.sandbox.world(), stranger).unwrap();
        }
        let strangers = bench.world();
        Self { bench, declared: Vec::new(), before: Vec::new(), held: None, strangers }
    }

    pub async fn ledger(&self) -> Ledger {
        let ledger = self.bench.ledger(&self.bench.connection().await, &stack([]));
        ledger.ensure().await.unwrap();
        ledger
    }

    /// What is on one bucket.
    pub fn on(&self, bucket: &str) -> BTreeMap<String, Value> {
        let mut world = self.bench.world();
        world.retain(|key, _| key.ends_with(&format!("/{bucket}")));
        world
    }

    /// What nobody may have touched.
    pub fn untouchable(&self) -> BTreeMap<String, Value> {
        let mut world = self.bench.world();
        let of_held = |key: &str| self.held.as_ref().is_some_and(|held| key.ends_with(held));
        world.retain(|key, _| self.strangers.contains_key(key) || of_held(key));
        world
    }

    /// A plan without what is held, as `--exclude` makes it; with what is held it is refused.
    pub async fn plan(&self, wanted: &Stack) -> Plan {
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
    pub async fn carry_out(&self, plan: impl AsyncFn() -> Plan, wanted: &Stack, luck: &Luck) {
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

    pub async fn apply(&mut self, plots: &[Plot], luck: &Luck) {
        let wanted = of(plots);
        self.before = std::mem::replace(&mut self.declared, plots.to_vec());
        self.carry_out(async || self.plan(&wanted).await, &wanted, luck).await;
    }

    pub async fn part(&mut self, plots: &[Plot], only: bool, at: usize) {
        let wanted = of(plots);
        let plan = self.plan(&wanted).await;
        let Some(step) = plan.steps.get(at % plan.steps.len().max(1)) else { return };
        let named = vec![step.id.to_string()];
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

    pub async fn saved(&mut self, plots: &[Plot], at: usize) {
        let wanted = of(plots);
        let plan = self.plan(&wanted).await;
        let bucket = name(at);
        if self.held.as_ref() == Some(&bucket) || !self.drift(&bucket, "later").await {
            return;
        }
        let report = self.bench.apply_plan(&wanted, &plan).await.unwrap();
        let id = format!("prod:gcs-bucket/{bucket}");
        let moved = plan.steps.iter().any(|step| step.id.to_string() == id);
        assert!(!moved || report.failed().any(|(failed, _)| failed.to_string() == id));
        let labels = &self.on(&bucket)[&format!("gcs/bucket/{bucket}")]["bucket"]["labels"];
        assert_eq!(labels["console"], json!("later"), "overwritten unseen");
        self.apply(plots, &Luck::Good).await;
    }

    /// Somebody labels a bucket at the console; false if there is none.
    pub async fn drift(&self, bucket: &str, label: &str) -> bool {
        if self.on(bucket).is_empty() {
            return false;
        }
        let url = format!("{}/storage/v1/b/{bucket}", self.bench.sandbox.url());
        let label = json!({ "labels": { "console": label } }).to_string();
        let answer = reqwest::Client::new().patch(url).body(label).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        true
    }

    pub async fn hand_over(&mut self, luck: &Luck) {
        if let Some(held) = &self.held {
            if !self.on(held).is_empty() {
                let everything = self.bench.marks(&stack([]), Marks::Disown, &["*"]).await;
                let refused = self.bench.apply_plan(&stack([]), &everything).await;
                assert!(matches!(refused, Err(ApplyError::Held { .. })), "{refused:?}");
            }
            return;
        }
        let wanted = of(&self.declared.clone());
        self.apply(&self.declared.clone(), &Luck::Good).await;
        let before = told(&self.bench);
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
        // What a call began whose answer was lost may still run.
        let rest = self.bench.plan(&wanted).await;
        let waits = rest.steps.iter().all(|step| step.action == Step::Wait);
        assert!(waits && !rest.is_refused(), "{:#?} {:#?}", rest.refusals, rest.steps);
        self.bench.apply(&wanted).await;
        assert!(self.bench.plan(&wanted).await.is_empty());
        assert_eq!(differences(&told(&self.bench), &before), Vec::<String>::new());
    }

    pub async fn hold(&mut self, at: usize) {
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

    pub async fn release(&mut self) {
        let Some(bucket) = self.held.take() else { return };
        self.ledger().await.end_hold("prod", &format!("*/{bucket}")).await.unwrap();
    }

    pub async fn unlock(&mut self) {
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
    pub async fn plan_past(&self, wanted: &Stack) -> Plan {
        let plan = self.bench.plan(wanted).await;
        let Some(held) = &self.held else { return plan };
        let not = vec![format!("*/{held}")];
        match plan.steps.iter().any(|step| step.id.name == *held) {
            true => self.bench.narrow(wanted, plan, &Targets { only: Vec::new(), not }).await.plan,
            false => plan,
        }
    }

    pub async fn hidden(&mut self, what: usize) {
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
}
