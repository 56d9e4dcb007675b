//! Made-up platforms for laws: gardens of plots, each a bucket with what goes with it.

use super::bench::{
    access, account, account_access, bucket_with, custom_role, email, loom, project_access,
};
use super::budget::garden_budget;
use super::compute::{address, disk, schedule};
use super::names::garden_names;
use super::registries::registry;
use leap_infra::model::Resource;
use leap_infra::providers::gcp::gcs_bucket::{LifecycleRule, Logging};
use proptest::prelude::*;
use proptest::sample::subsequence;

/// What one made-up bucket looks like.
#[derive(Clone, Debug, Default)]
pub struct Plot {
    pub days: Option<u32>,
    pub rules: Vec<u32>,
    pub versioning: bool,
    pub uniform: bool,
    pub logs_to: Option<usize>,
    pub grants: Vec<usize>,
    pub label: Option<String>,
    /// Has an account of its own that reads the bucket and has these roles in the project, and may
    /// be switched off.
    pub robot: Option<(bool, Vec<usize>)>,
}

const GRANTS: [(&str, &str); 4] = [
    ("roles/storage.admin", "group:writers@leap.example.org"),
    ("roles/storage.objectViewer", "group:readers@leap.example.org"),
    ("roles/storage.objectViewer", "serviceAccount:hub@home-project.iam.gserviceaccount.com"),
    ("roles/storage.objectCreator", "domain:leap.example.org"),
];

/// Roles in the project; the last is a custom one.
const ROLES: [&str; 3] =
    ["roles/logging.logWriter", "roles/monitoring.viewer", "projects/home-project/roles/home_pays"];

fn plot() -> impl Strategy<Value = Plot> {
    let days = proptest::option::of(1..400_u32);
    let rules = proptest::collection::vec(1..400_u32, 0..3);
    let logs = proptest::option::of(0..8_usize);
    let grants = subsequence((0..GRANTS.len()).collect::<Vec<_>>(), 0..=GRANTS.len());
    let label = proptest::option::of("[a-z]{1,8}");
    let roles = subsequence((0..ROLES.len()).collect::<Vec<_>>(), 0..=ROLES.len());
    let robot = proptest::option::of((any::<bool>(), roles));
    (days, rules, any::<bool>(), any::<bool>(), logs, grants, label, robot).prop_map(
        |(days, rules, versioning, uniform, logs_to, grants, label, robot)| Plot {
            days,
            rules,
            versioning,
            uniform,
            logs_to,
            grants,
            label,
            robot,
        },
    )
}

/// Plots become buckets; each logs to an earlier one, so that there is no circle.
pub fn garden() -> impl Strategy<Value = Vec<Plot>> {
    proptest::collection::vec(plot(), 1..6)
}

pub fn grown(plots: &[Plot]) -> Vec<Resource> {
    let mut resources = vec![loom("a-loom", 3)];
    let mut robots_so_far = 0..;
    for (at, plot) in plots.iter().enumerate() {
        let name = format!("garden-{at}");
        resources.push(bucket_with(&name, |spec| {
            spec.delete_after_days = plot.days;
            spec.lifecycle =
                plot.rules.iter().map(|days| LifecycleRule::delete_by_age(*days)).collect();
            spec.versioning = plot.versioning;
            spec.uniform_access = plot.uniform;
            spec.labels = plot.label.iter().map(|l| ("team".to_owned(), l.clone())).collect();
            let target = plot.logs_to.filter(|_| at > 0).map(|target| target % at.max(1));
            spec.logging = target
                .map(|target| Logging { bucket: format!("garden-{target}"), prefix: name.clone() });
        }));
        let robot = plot.robot.as_ref().and_then(|_| robots_so_far.next()).map(robot);
        let member = robot.map(|name| format!("serviceAccount:{}", email(&name)));
        let reads = member.as_deref().map(|member| ("roles/storage.objectViewer", member));
        let grants: Vec<_> = plot.grants.iter().map(|&grant| GRANTS[grant]).chain(reads).collect();
        if !grants.is_empty() {
            resources.push(access(&name, &grants));
        }
    }
    resources.extend(robots(plots));
    resources.extend(disks(plots));
    resources.extend(garden_names(plots));
    resources.extend(garden_budget(plots));
    resources
}

/// A disk, an address and a registry for each plot with a label, counted from the first on: one that is missing between others
/// would look renamed.
fn disks(plots: &[Plot]) -> Vec<Resource> {
    let mut resources = Vec::new();
    for (at, plot) in plots.iter().filter(|plot| plot.label.is_some()).enumerate() {
        let name = format!("garden-disk-{at}");
        let label = plot.label.as_deref();
        let labels: Vec<_> = label.iter().map(|label| ("team", *label)).collect();
        let times = plot.uniform.then(|| format!("{name}-times"));
        resources.push(disk(&name, 100, times.as_deref(), &labels));
        let every = if plot.versioning { "day" } else { "tuesday, sunday" };
        resources.extend(times.map(|times| schedule(&times, every)));
        let place = if at % 2 == 0 { "global" } else { "us-central1" };
        resources.push(address(&format!("garden-ip-{at}"), place, label));
        let (name, days) = (format!("garden-images-{at}"), plot.days.map(i64::from));
        resources.push(registry(&name, "us-central1", days, label));
    }
    resources
}

/// The account of the so many-th plot that has one.
fn robot(at: usize) -> String {
    format!("garden-robot-{at}")
}

/// The accounts of plots, and what they may do; counted like disks.
fn robots(plots: &[Plot]) -> Vec<Resource> {
    let (mut resources, mut granted) = (Vec::new(), Vec::new());
    let with = plots.iter().filter_map(|plot| Some((plot, plot.robot.as_ref()?)));
    for (at, (plot, (disabled, roles))) in with.enumerate() {
        let name = robot(at);
        let member = format!("serviceAccount:{}", email(&name));
        resources.push(account(&name, *disabled));
        if plot.versioning {
            let people = [("roles/iam.serviceAccountUser", "group:readers@leap.example.org")];
            resources.push(account_access(&name, &people));
        }
        granted.extend(roles.iter().map(|&role| (ROLES[role], member.clone())));
    }
    let grants: Vec<_> = granted.iter().map(|(role, member)| (*role, member.as_str())).collect();
    if grants.iter().any(|(role, _)| role.starts_with("projects/")) {
        resources.push(custom_role("home_pays", &["serviceusage.services.use"]));
    }
    if !grants.is_empty() {
        resources.push(project_access(&grants));
    }
    resources
}
