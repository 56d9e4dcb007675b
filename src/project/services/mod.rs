//! `services`: the APIs that a project must have enabled.

mod discover;

pub(crate) use discover::discover;

use crate::model::{Keys, Manage, Place, Resource, ResourceId, Source};
use crate::project::format::Wrong;
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::project::{
    address, addresses, budget, clusters, disks, dns, identities, registries, uptime,
};
use crate::providers::gcp::{artifact_registry, gcp_service, gke_cluster};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The API of disks, addresses and machines.
pub(crate) const COMPUTE: &str = "compute.googleapis.com";

/// The API of records.
pub(crate) const DNS: &str = "dns.googleapis.com";

/// The API of uptime checks, and of who is written to.
pub(crate) const MONITORING: &str = "monitoring.googleapis.com";

/// Whether a text names an API of Google.
///
/// # Errors
/// When it does not; what is wrong with it.
pub fn api_name(text: &str) -> Result<(), Wrong> {
    let good = text.strip_suffix(".googleapis.com").is_some_and(|name| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !name.is_empty() && name.chars().all(allowed)
    });
    let wrong = Wrong::expected("the name of an API, as in `container.googleapis.com`");
    let bare = text.chars().all(|c| c.is_ascii_lowercase());
    let meant = bare.then(|| format!("write `{text}.googleapis.com`"));
    if good { Ok(()) } else { Err(wrong.suggest(meant)) }
}

/// The APIs of every project whose environments say `services`: those that are written, and those
/// that what is declared needs. Each belongs to the first environment that is in the project.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for (project, apis) in wanted(layout) {
        resources.extend(apis.into_iter().map(|(api, range)| Resource {
            id: id(layout, project, api),
            place: Place::project(project),
            spec: json!(gcp_service::Spec {}),
            manage: Manage::default(),
            needs: BTreeSet::new(),
            source: Source::from(range),
            notes: Vec::new(),
        }));
    }
}

/// The name of every API, with what it is in each project.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for (project, apis) in wanted(layout) {
        for api in apis.into_keys() {
            let name = address::written("service", api);
            keys.entry(name).or_default().insert(id(layout, project, api));
        }
    }
}

/// The APIs of each project, and where they were written.
fn wanted(layout: &[Laid]) -> BTreeMap<&str, BTreeMap<&str, &Range>> {
    let mut apis: BTreeMap<&str, BTreeMap<&str, &Range>> = BTreeMap::new();
    for laid in layout {
        let project = laid.declaration.cloud.project.as_str();
        let Some(written) = &laid.declaration.services else { continue };
        let Some((key, list)) = laid.tree.entry("services") else { continue };
        let here = apis.entry(project).or_default();
        for (api, node) in written.iter().zip(list.items()) {
            here.entry(api.as_str()).or_insert(&node.range);
        }
        for api in needed(layout, project) {
            here.entry(api).or_insert(&key.range);
        }
    }
    apis
}

fn id(layout: &[Laid], project: &str, api: &str) -> ResourceId {
    let home = layout.iter().find(|laid| laid.declaration.cloud.project == project);
    let env = home.map(Laid::env).unwrap_or_default();
    ResourceId::new(env, "gcp-service", gcp_service::service_name(project, api))
}

/// What enables an API in a project, if the project's APIs are declared.
pub(crate) fn enabling(layout: &[Laid], project: &str, api: &str) -> Option<ResourceId> {
    let mut here = layout.iter().filter(|laid| laid.declaration.cloud.project == project);
    let home = here.clone().next()?;
    let name = gcp_service::service_name(project, api);
    here.any(|laid| laid.declaration.services.is_some())
        .then(|| ResourceId::new(home.env(), "gcp-service", name))
}

/// What is declared in a project needs these.
fn needed(layout: &[Laid], project: &str) -> BTreeSet<&'static str> {
    let mut needed = BTreeSet::new();
    let here = layout.iter().filter(|laid| laid.declaration.cloud.project == project);
    if here.into_iter().any(|laid| !laid.declaration.buckets.is_empty()) {
        needed.insert("storage.googleapis.com");
    }
    if layout.iter().any(|laid| clusters::any(laid, project)) {
        needed.extend([COMPUTE, gke_cluster::API]);
    }
    if layout.iter().any(|laid| disks::any(laid, project) || addresses::any(laid, project)) {
        needed.insert(COMPUTE);
    }
    if layout.iter().any(|laid| dns::any(laid, project)) {
        needed.insert(DNS);
    }
    if layout.iter().any(|laid| uptime::any(laid, project)) {
        needed.insert(MONITORING);
    }
    needed.extend(budget::apis(layout, project));
    if layout.iter().any(|laid| registries::any(laid, project)) {
        needed.insert(artifact_registry::API);
    }
    for placed in identities::placed(layout).list.iter().filter(|it| it.project() == project) {
        needed.extend(["iam.googleapis.com", "cloudresourcemanager.googleapis.com"]);
        let outside = !placed.identity.github.is_empty() || !placed.identity.kubernetes.is_empty();
        if outside {
            // <https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines>
            needed.extend(["iamcredentials.googleapis.com", "sts.googleapis.com"]);
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_without_its_domain_is_told_the_whole_name() {
        assert!(api_name("container.googleapis.com").is_ok());
        let wrong = api_name("container").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `container.googleapis.com`"));
    }
}
