//! From live grants to the words of an identity: what it may do, and who may act as it.

use super::derived::{ACT_AS, USE, kubernetes_member, requester_pays_role};
use super::discover::Stranger;
use super::expand::paying;
use super::format::{expression, kubernetes_account, project_role};
use super::github::{self, POOL, PROVIDER};
use super::settings::GitHub;
use crate::project::buckets::{format::member, when};
use crate::project::discover::{Said, Seen, object};
use crate::providers::gcp::gcp_custom_role::role_name;
use crate::providers::gcp::gcp_workload_identity_pool::pool_name;
use crate::providers::gcp::policy::Grant;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What all identities of a project share, where it is as a declaration would make it: the way in
/// of GitHub's jobs, and the role of those who read at the project's expense.
pub(super) struct Ways<'a> {
    seen: &'a Seen<'a>,
    /// The projects whose jobs of GitHub can be said.
    github: BTreeSet<String>,
}

impl<'a> Ways<'a> {
    pub(super) fn of(seen: &'a Seen<'a>, accounts: &[Stranger<'_>]) -> Self {
        let mut repositories: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for stranger in accounts {
            let jobs = stranger.access(seen).into_iter().filter_map(|it| job(stranger, &it));
            let here = repositories.entry(stranger.project().to_owned()).or_default();
            here.extend(jobs.map(|job| job.repository));
        }
        for laid in seen.layout {
            let jobs = laid.declaration.identities.values().flat_map(|it| &it.github);
            let here = repositories.entry(laid.declaration.cloud.project.clone()).or_default();
            here.extend(jobs.map(|job| job.repository.clone()));
        }
        repositories.retain(|project, repositories| is_made(seen, project, repositories));
        Self { seen, github: repositories.into_keys().collect() }
    }

    /// The projects whose way in is said.
    pub(super) fn projects(&self) -> impl Iterator<Item = &str> {
        self.github.iter().map(String::as_str)
    }

    /// Whether a grant lets an account read at the project's expense, as `requester_pays` would.
    pub(super) fn pays(&self, stranger: &Stranger<'_>, grant: &Grant) -> bool {
        let (project, role) =
            (stranger.project(), requester_pays_role(&stranger.laid.declaration.prefix));
        let same = grant.role == format!("projects/{project}/roles/{role}");
        let there = || self.seen.settings("gcp-custom-role", &role_name(project, &role));
        same && grant.condition.is_none() && there() == Some(&json!(paying()))
    }
}

/// Whether the way in of a project's jobs is there as these repositories would have it made.
fn is_made(seen: &Seen<'_>, project: &str, repositories: &BTreeSet<String>) -> bool {
    let pool = pool_name(project, POOL);
    let provider = format!("{pool}/{PROVIDER}");
    let repositories = repositories.iter().map(String::as_str).collect();
    let there = |kind: &str, name: &str, spec: Value| seen.settings(kind, name) == Some(&spec);
    there("gcp-workload-identity-pool", &pool, json!(github::pool()))
        && there(
            "gcp-workload-identity-provider",
            &provider,
            json!(github::provider(&repositories)),
        )
}

fn job(stranger: &Stranger<'_>, grant: &Grant) -> Option<GitHub> {
    let number = stranger.laid.declaration.cloud.project_number?;
    let plain = grant.role == ACT_AS && grant.condition.is_none();
    github::job(&grant.member, number).filter(|_| plain)
}

/// What an account may do in its project.
pub(super) fn doing(said: &mut Said, stranger: &Stranger<'_>, rights: &[Grant], ways: &Ways<'_>) {
    let mut roles = Vec::new();
    for grant in rights {
        let sayable = grant.condition.as_ref().is_none_or(|it| expression(&it.expression).is_ok());
        if ways.pays(stranger, grant) {
            said.say("requester_pays", true);
        } else if project_role(&grant.role).is_ok() && sayable {
            roles.push(match &grant.condition {
                None => json!(grant.role),
                Some(condition) => json!({ "role": grant.role, "when": when(condition) }),
            });
        } else {
            said.cannot(format!("it has {} in the project", grant.role));
        }
    }
    list(said, "roles", roles);
}

/// Who may act as an account, or use it.
pub(super) fn acting(said: &mut Said, stranger: &Stranger<'_>, access: &[Grant], ways: &Ways<'_>) {
    let (mut kubernetes, mut github, mut used_by) = (Vec::new(), Vec::new(), Vec::new());
    let known = ways.github.contains(stranger.project());
    for grant in access {
        let plain = grant.condition.is_none();
        if let Some(job) = job(stranger, grant).filter(|_| known) {
            github.push(written(&job));
        } else if let Some(account) = of_kubernetes(stranger.project(), grant) {
            kubernetes.push(json!(account));
        } else if plain && grant.role == USE && member(&grant.member).is_ok() {
            used_by.push(json!(grant.member));
        } else {
            let loud = if grant.is_public() { "PUBLIC: " } else { "" };
            said.cannot(format!("{loud}{} has {}", grant.member, grant.role));
        }
    }
    list(said, "kubernetes", kubernetes);
    list(said, "github", github);
    list(said, "used_by", used_by);
}

fn list(said: &mut Said, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        said.say(name, items);
    }
}

/// The service account of Kubernetes that a grant lets act, `NAMESPACE/NAME`.
fn of_kubernetes<'a>(project: &str, grant: &'a Grant) -> Option<&'a str> {
    let (_, inside) = grant.member.split_once('[')?;
    let account = inside.strip_suffix(']')?;
    let same = grant.member == kubernetes_member(project, account);
    let plain = grant.role == ACT_AS && grant.condition.is_none();
    (same && plain && kubernetes_account(account).is_ok()).then_some(account)
}

fn written(job: &GitHub) -> Value {
    let GitHub { repository, branch, environment } = job;
    object([
        ("repository", Some(json!(repository))),
        ("branch", branch.as_ref().map(|name| json!(name))),
        ("environment", environment.as_ref().map(|name| json!(name))),
    ])
}
