//! Finds the things of one kind: all places of a project in one list.

use super::look::{Listed, listed};
use super::{API, Computed, location};
use crate::kind::ProviderError;
use crate::model::{
    Found, Observation, Owner, Place, Scope, Status, Transition, Version, base32_digest,
};
use crate::providers::gcp::Reader;
use crate::providers::gcp::identity::unless_off;
use serde::Deserialize as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything of a kind that is ours or bears a declared name where it is declared.
pub(crate) async fn observe<K: Computed>(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<K::Spec>, ProviderError> {
    let mut found: BTreeMap<String, Found<K::Spec>> = BTreeMap::new();
    let mut strangers = Vec::new();
    let projects: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
    for project in projects {
        let all = listed(reader, project, K::COLLECTION).await;
        let all: Listed = unless_off(all, scope, project, API)?.unwrap_or_default();
        // What is on its way out is no longer there.
        for live in all.iter().filter(|live| live["status"] != "DELETING") {
            let (one, concerns) = self::found::<K>(scope, project, live);
            // Names are unique only in their place: ours comes before somebody else's.
            let known = found.get(&one.name);
            if known.is_some_and(|known| matches!(known.owner, Owner::Ours(_))) {
                continue;
            }
            if concerns {
                found.insert(one.name.clone(), one);
            } else if one.owner == Owner::Foreign && !K::is_derived(live) {
                strangers.push(one);
            }
        }
    }
    strangers.retain(|one| !found.contains_key(&one.name));
    let found = found.into_values().collect();
    Ok(Observation { found, strangers, ..Observation::default() })
}

/// One thing, and whether it is ours or stands where something of its name is declared.
fn found<K: Computed>(scope: &Scope<'_>, project: &str, live: &Value) -> (Found<K::Spec>, bool) {
    let name = live["name"].as_str().unwrap_or_default().to_owned();
    let owner = K::owner(live, scope.stack);
    let wanted = scope.wanted.get(name.as_str());
    let wanted = wanted.filter(|wanted| wanted.place.project == project);
    let wanted = wanted.and_then(|wanted| K::Spec::deserialize(&wanted.spec).ok());
    let at = location(live);
    let here = wanted.as_ref().is_some_and(|wanted| K::location(wanted) == at);
    let ours = matches!(owner, Owner::Ours(_));
    let found = Found {
        place: place(project, &at),
        spec: K::read(live, wanted.as_ref()),
        version: version(live),
        status: status(live),
        holds: None,
        name,
        owner,
    };
    let wanted = wanted.filter(|_| here);
    let holds = K::holds(live).filter(|_| ours && leaves::<K>(&found.spec, wanted.as_ref()));
    (Found { holds, ..found }, here || ours)
}

/// Whether a thing is no longer wanted, or only as another one.
fn leaves<K: Computed>(spec: &K::Spec, wanted: Option<&K::Spec>) -> bool {
    let replaced = |after| matches!(K::transition(spec, after), Transition::Replace(_));
    wanted.is_none_or(replaced)
}

fn place(project: &str, location: &str) -> Place {
    Place { location: Some(location.to_owned()), ..Place::project(project) }
}

fn status(live: &Value) -> Status {
    let status = live["status"].as_str().unwrap_or_default();
    match status {
        "CREATING" | "RESERVING" | "RESTORING" => {
            Status::InProgress { operation: status.to_lowercase() }
        }
        "FAILED" | "INVALID" => Status::Broken { why: format!("it is in state {status}") },
        _ => Status::Ready,
    }
}

/// There is no version but the content; what merely happened to it is none of it.
pub(crate) fn version(live: &Value) -> Version {
    let mut content = live.clone();
    if let Some(fields) = content.as_object_mut() {
        ["lastAttachTimestamp", "lastDetachTimestamp", "users", "status", "resourceStatus"]
            .iter()
            .for_each(|field| _ = fields.remove(*field));
    }
    Version(base32_digest(content.to_string().as_bytes()))
}
