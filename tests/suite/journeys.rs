//! Journeys from one stack to another, on which a run may die.

use super::bench::{
    Bench, access, account, account_access, bucket, bucket_with, custom_role, email, loom,
    project_access, service, stack, way_in,
};
use super::budget::{budget, channel};
use super::compute::{address, disk, schedule};
use super::github::{below, gate, joins, may, person, team_of, variable};
use super::kubernetes::{deployment, lab, map};
use super::names::{Leads, record};
use super::registries::registry;
use super::uptime::check;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Manage, Resource, Stack};
use leap_infra::plan::Plan;
use leap_infra::providers::github::github_organization_member::Role;
use leap_infra::providers::github::github_team::Members;
use serde_json::json;

/// From this stack to that one.
pub struct Journey {
    pub name: &'static str,
    pub from: Option<Stack>,
    /// What is handed back again before it begins.
    pub handed_back: Option<Stack>,
    pub to: Stack,
    pub way: Way,
}

/// What kind of plan leads there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Apply,
    Mark(Marks),
}

impl Journey {
    pub fn new(name: &'static str, from: Option<Stack>, to: Stack) -> Self {
        Self { name, from, handed_back: None, to, way: Way::Apply }
    }

    pub async fn plan(&self, bench: &Bench) -> Plan {
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

pub fn journeys() -> Vec<Journey> {
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
