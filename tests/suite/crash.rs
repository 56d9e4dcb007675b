//! Kill it at any instant and run it again: the same world, no duplicates, no orphans, and
//! nothing to repair by hand. Every call of an apply is a crash point, three ways.

use super::bench::{
    Bench, DOMAIN, PROJECT, ZONE, access, account, account_access, bucket, bucket_with,
    custom_role, email, loom, project_access, service, stack, visible, way_in,
};
use super::budget::{budget, channel};
use super::compute::{address, disk, schedule};
use super::github::{below, gate, joins, may, person, team_of, variable};
use super::kubernetes::{deployment, lab, map};
use super::names::{Leads, record};
use super::registries::registry;
use super::uptime::check;
use leap_infra::apply::About;
use leap_infra::cli::marks::Marks;
use leap_infra::ledger::Kept;
use leap_infra::model::{Manage, Resource, Stack};
use leap_infra::plan::Plan;
use leap_infra::providers::github::github_organization_member::Role;
use leap_infra::providers::github::github_team::Members;
use leap_infra::sandbox::dns::put_zone;
use leap_infra::sandbox::{Chaos, Mishap, Sandbox, Snapshot};
use leap_infra::selftest::{Ending, Rehearsal, Subject, World};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// On how many kinds of bad luck each journey is tried.
const SEEDS: u64 = 12;

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
    let some = || stack(identities("roles/logging.logWriter", "home/one", false));
    let others = || stack(identities("roles/monitoring.viewer", "home/other", true));
    let none = || some().without(&["prod".into()]);
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
        Journey::new("identities from nothing", None, some()),
        Journey::new("other identities", Some(some()), others()),
        Journey::new("no identities", Some(some()), none()),
        Journey::new("disks from nothing", None, disks()),
        Journey::new("other disks", Some(disks()), other_disks()),
        Journey::new("no disks", Some(disks()), stack([])),
        Journey::new("teams from nothing", None, teams()),
        Journey::new("other teams", Some(teams()), other_teams()),
        Journey::new("names from nothing", None, names()),
        Journey::new("other names", Some(names()), other_names()),
        Journey::new("no names", Some(names()), stack([])),
        Journey::new("budgets from nothing", None, budgets()),
        Journey::new("other budgets", Some(budgets()), other_budgets()),
        Journey::new("no budgets", Some(budgets()), stack([])),
        Journey::new("registries from nothing", None, registries(None)),
        Journey::new("other registries", Some(registries(None)), registries(Some(30))),
        Journey::new("no registries", Some(registries(Some(30))), stack([])),
        Journey::new("objects from nothing", None, objects()),
        Journey::new("other objects", Some(objects()), other_objects()),
        Journey::new("no objects", Some(objects()), lab([])),
    ]
}

/// A course with two people, and what it may do.
fn teams() -> Stack {
    stack([
        team_of("Course", Members::Exact),
        joins("grace", Role::Owner),
        person("course", "ada"),
        person("course", "grace"),
        may("course", "hub", "read"),
        variable("one"),
        gate(&["ada"]),
    ])
}

/// The same course with other people, and a group below it.
fn other_teams() -> Stack {
    stack([
        team_of("Course", Members::AtLeast),
        below("course", "Group"),
        joins("grace", Role::Owner),
        person("course", "ada"),
        person("course", "mary"),
        person("group", "grace"),
        may("course", "hub", "maintain"),
        may("group", "data", "write"),
        variable("two"),
        gate(&["ada", "mary"]),
    ])
}

/// A disk that follows a schedule, and two addresses.
fn disks() -> Stack {
    stack([
        disk("home-disk", 100, Some("home-times"), &[("team", "hub")]),
        schedule("home-times", "day"),
        address("home-ip", "us-central1", Some("hub")),
        address("home-world", "global", None),
    ])
}

/// The same disk, larger, with other labels and other times; and other addresses.
fn other_disks() -> Stack {
    stack([
        disk("home-disk", 200, Some("home-often"), &[("team", "ocean")]),
        schedule("home-often", "6 hours"),
        address("home-ip", "us-central1", Some("ocean")),
        address("home-more", "us-central1", None),
    ])
}

/// A record of each sort, one at an address that is made with it, and a check.
fn names() -> Stack {
    stack([
        address("home-ip", "us-central1", None),
        record("hub", "A", Leads::At("home-ip")),
        record("*.hub", "CNAME", Leads::To(&["hub.home.example.org"])),
        record("hub", "TXT", Leads::To(&["v=spf1 -all"])),
        check("home-hub", "/hub/health", 60),
    ])
}

/// A budget of which two addresses hear.
fn budgets() -> Stack {
    let (money, ops) = ("money@leap.example.org", "ops@leap.example.org");
    stack([
        channel(money, "Money"),
        channel(ops, "Operators"),
        budget("home-budget", "7000 USD", &[money, ops]),
    ])
}

/// A larger one, of which another address hears, and a second one.
fn other_budgets() -> Stack {
    let (money, all) = ("money@leap.example.org", "all@leap.example.org");
    stack([
        channel(money, "The budget"),
        channel(all, "All"),
        budget("home-budget", "9000 USD", &[money, all]),
        budget("home-more", "last month's", &[all]),
    ])
}

/// Others, among them an alias in the place of a number.
fn other_names() -> Stack {
    stack([
        address("home-ip", "us-central1", None),
        record("hub", "CNAME", Leads::To(&["elsewhere.example.org"])),
        record("*.hub", "A", Leads::To(&["192.0.2.1", "192.0.2.2"])),
        record("lab", "A", Leads::At("home-ip")),
        check("home-hub", "/", 300),
        check("home-lab", "/", 900),
    ])
}

/// A registry of images; one that deletes what is so old has no other beside it.
fn registries(days: Option<i64>) -> Stack {
    let images = registry("home-images", "us-central1", days, Some("hub"));
    let charts = registry("home-charts", "us", None, None);
    stack([images].into_iter().chain(days.is_none().then_some(charts)))
}

/// A program in a namespace, and what it reads.
fn objects() -> Stack {
    lab([map("motd", &json!({ "text": "hello", "old": "x" })), deployment(1, "1Gi")])
}

/// A larger one, which reads something else.
fn other_objects() -> Stack {
    lab([map("motd", &json!({ "text": "welcome" })), map("more", &json!({})), deployment(2, "2Gi")])
}

/// An account with rights on the project and on a bucket, and jobs that act as it.
fn identities(role: &str, repository: &str, disabled: bool) -> Vec<leap_infra::model::Resource> {
    let robot = format!("serviceAccount:{}", email("home-robot"));
    let pays = "projects/home-project/roles/home_pays";
    let jobs = [("roles/iam.workloadIdentityUser", "serviceAccount:home.svc.id.goog[prod/user]")];
    let mut resources = vec![
        service("iam.googleapis.com"),
        account("home-robot", disabled),
        account_access("home-robot", &jobs),
        custom_role("home_pays", &["serviceusage.services.use"]),
        project_access(&[(role, &robot), (pays, &robot)]),
        bucket("home-robot-data"),
        access("home-robot-data", &[("roles/storage.objectViewer", &robot)]),
    ];
    resources.extend(way_in(repository));
    resources
}

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
