//! From declared identities to complete resources.

use super::derived::{ACT_AS, PAYS, USE, github_member, kubernetes_member, requester_pays_role};
use super::github::{self, POOL, PROVIDER};
use super::placed::{Identities, Placed, placed};
use super::settings::{Identity, Role};
use crate::model::{Keys, Manage, Place, Resource, ResourceId, Source};
use crate::project::layout::Laid;
use crate::project::managed::naming_key;
use crate::project::problem::Range;
use crate::project::{address, clusters};
use crate::providers::gcp::policy::{Condition, Grant, Spec};
use crate::providers::gcp::{gcp_custom_role, gcp_service_account, gcp_workload_identity_pool};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The kind of an account.
const ACCOUNT: &str = "gcp-service-account";
/// The kind of who may act as one.
const ACCESS: &str = "gcp-service-account-access";

/// Every identity of every environment, and what hangs on it.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let identities = placed(layout);
    for placed in &identities.list {
        resources.push(account(placed));
        resources.extend(access(&identities, placed));
    }
    resources.extend(project_access(&identities));
    let projects: BTreeSet<&str> = identities.list.iter().map(Placed::project).collect();
    for project in projects {
        let here: Vec<&Placed<'_>> =
            identities.list.iter().filter(|placed| placed.project() == project).collect();
        let Some(home) = home(layout, project) else { continue };
        resources.extend(requester_pays(home, &here));
        resources.extend(federation(home, &here));
    }
}

/// The key of every identity, with its account and who may act as it in each environment. What it
/// may do in the project is one thing for all identities of an environment, so that has none.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for placed in &placed(layout).list {
        let id = |kind: &str| ResourceId::new(placed.laid.env(), kind, placed.email());
        let name = address::written("identity", &placed.key.name);
        keys.entry(name).or_default().extend([id(ACCOUNT), id(ACCESS)]);
    }
}

/// The account of an identity.
pub(crate) fn account_of(placed: &Placed<'_>) -> ResourceId {
    ResourceId::new(placed.laid.env(), ACCOUNT, placed.email())
}

/// What a whole project has once belongs to the first environment that is in it.
fn home<'a>(layout: &'a [Laid], project: &str) -> Option<&'a Laid> {
    layout.iter().find(|laid| laid.declaration.cloud.project == project)
}

fn resource(env: &str, kind: &str, name: String, project: &str, range: &Range) -> Resource {
    Resource {
        id: ResourceId::new(env, kind, name),
        place: Place::project(project),
        spec: Value::Null,
        manage: Manage::default(),
        needs: BTreeSet::new(),
        source: Source::from(range),
        notes: Vec::new(),
    }
}

fn with(resource: Resource, spec: &impl serde::Serialize) -> Resource {
    let spec = serde_json::to_value(spec).expect("specs are maps of plain values");
    Resource { spec, ..resource }
}

fn account(placed: &Placed<'_>) -> Resource {
    let Identity { previously, display_name, description, disabled, .. } = placed.identity;
    let key = naming_key(&placed.key.name, previously.as_deref());
    let spec = gcp_service_account::Spec {
        display_name: display_name.clone().unwrap_or_else(|| key.to_owned()),
        description: description.clone().unwrap_or_default(),
        disabled: *disabled,
    };
    let (env, range) = (placed.laid.env(), &placed.key.range);
    let account = resource(env, ACCOUNT, placed.email(), placed.project(), range);
    with(Resource { manage: placed.identity.manage.into(), ..account }, &spec)
}

/// What is granted on an account: who may act as it, or use it.
pub(super) fn access_grants(identities: &Identities<'_>, placed: &Placed<'_>) -> Vec<Grant> {
    let Identity { kubernetes, github, used_by, .. } = placed.identity;
    let (env, project) = (placed.laid.env(), placed.project());
    let bound = kubernetes.iter().map(|it| Grant::new(ACT_AS, kubernetes_member(project, it)));
    let number = placed.laid.declaration.cloud.project_number.unwrap_or_default();
    let subjects = github.iter().filter_map(|it| it.subject());
    let jobs = subjects.map(|it| Grant::new(ACT_AS, github_member(number, POOL, &it)));
    let users = used_by.iter().map(|it| Grant::new(USE, identities.member(it, env)));
    bound.chain(jobs).chain(users).collect()
}

fn access(identities: &Identities<'_>, placed: &Placed<'_>) -> Option<Resource> {
    let Identity { kubernetes, github, .. } = placed.identity;
    let (env, project) = (placed.laid.env(), placed.project());
    let spec = Spec::new(access_grants(identities, placed));
    if spec.grants.is_empty() {
        return None;
    }
    let written = ["kubernetes", "github", "used_by"].into_iter();
    let written = written.filter_map(|key| placed.node.entry(key)).map(|(key, _)| &key.range).min();
    let range = written.unwrap_or(&placed.key.range);
    let access = resource(env, ACCESS, placed.email(), project, range);
    let manage = placed.identity.manage.into();
    let mut resource = with(Resource { manage, ..access }, &spec);
    if !kubernetes.is_empty() {
        // Members of a pool of identities that is not there yet are refused.
        resource.needs.extend(clusters::with_identities(identities.layout, project));
    }
    if !github.is_empty() {
        let home = home_of_pool(identities, project).unwrap_or(env);
        let provider = format!("{project}/{POOL}/{PROVIDER}");
        resource.needs.insert(ResourceId::new(home, "gcp-workload-identity-provider", provider));
    }
    Some(resource)
}

fn home_of_pool<'a>(identities: &'a Identities<'_>, project: &str) -> Option<&'a str> {
    Some(home(identities.layout, project)?.env())
}

/// What an identity may do in its project.
pub(super) fn project_grants(placed: &Placed<'_>) -> Vec<Grant> {
    let Identity { roles, requester_pays, .. } = placed.identity;
    let member = format!("serviceAccount:{}", placed.email());
    let grant = |role: &Role| Grant {
        condition: role.condition().map(|it| Condition {
            title: it.title.clone(),
            expression: it.expression.clone(),
            description: it.description.clone().unwrap_or_default(),
        }),
        ..Grant::new(role.name(), member.clone())
    };
    let pays = requester_pays.then(|| {
        let role = requester_pays_role(&placed.laid.declaration.prefix);
        Grant::new(format!("projects/{}/roles/{role}", placed.project()), member.clone())
    });
    roles.iter().map(grant).chain(pays).collect()
}

/// What the identities of each environment may do in their project, and the machines of clusters.
fn project_access(identities: &Identities<'_>) -> Vec<Resource> {
    let mut grants: BTreeMap<(&str, &str), (&Range, Vec<Grant>)> = BTreeMap::new();
    for placed in &identities.list {
        let granted = project_grants(placed);
        if !granted.is_empty() {
            let roles = &placed.identity.roles;
            let written = if roles.is_empty() { "requester_pays" } else { "roles" };
            let here = (placed.project(), placed.laid.env());
            grants.entry(here).or_insert((placed.range(written), Vec::new())).1.extend(granted);
        }
    }
    let pulls = clusters::pulls(identities.layout);
    for pull in &pulls {
        let here = (pull.laid.declaration.cloud.project.as_str(), pull.laid.env());
        let granted = pull.grants.iter().cloned();
        grants.entry(here).or_insert((&pull.range, Vec::new())).1.extend(granted);
    }
    let resource = |((project, env), (range, grants)): ((&str, &str), (&Range, Vec<Grant>))| {
        let name = format!("{project}/{env}");
        with(resource(env, "gcp-project-access", name, project, range), &Spec::new(grants))
    };
    grants.into_iter().map(resource).collect()
}

/// The custom role with which identities read at the expense of their project.
fn requester_pays(home: &Laid, here: &[&Placed<'_>]) -> Option<Resource> {
    let asks = here.iter().find(|placed| placed.identity.requester_pays)?;
    let project = asks.project();
    let role = requester_pays_role(&home.declaration.prefix);
    let (name, range) = (gcp_custom_role::role_name(project, &role), asks.range("requester_pays"));
    Some(with(resource(home.env(), "gcp-custom-role", name, project, range), &paying()))
}

/// The settings of that role.
pub(super) fn paying() -> gcp_custom_role::Spec {
    gcp_custom_role::Spec {
        title: "Requester pays".to_owned(),
        description: "Read buckets whose readers pay, at the expense of this project".to_owned(),
        permissions: [PAYS.to_owned()].into(),
    }
}

/// What lets jobs of GitHub in: only those of repositories that are named.
fn federation(home: &Laid, here: &[&Placed<'_>]) -> Vec<Resource> {
    let jobs = here.iter().flat_map(|placed| &placed.identity.github);
    let repositories: BTreeSet<&str> = jobs.map(|job| job.repository.as_str()).collect();
    let Some(asks) = here.iter().find(|placed| !placed.identity.github.is_empty()) else {
        return Vec::new();
    };
    let (project, range) = (asks.project(), asks.range("github"));
    let name = gcp_workload_identity_pool::pool_name(project, POOL);
    let inside = format!("{name}/{PROVIDER}");
    let resource = |kind: &str, name| resource(home.env(), kind, name, project, range);
    vec![
        with(resource("gcp-workload-identity-pool", name), &github::pool()),
        with(resource("gcp-workload-identity-provider", inside), &github::provider(&repositories)),
    ]
}
