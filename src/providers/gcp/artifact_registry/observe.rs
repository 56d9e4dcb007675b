//! Finds the registries of a stack, and whatever bears a declared name where it is declared.
//!
//! The API lists one location at a time: those of the declaration and those that we ever wrote to;
//! all that there are only where everything is looked through (`discover`).

use super::calls::{At, Listed};
use super::cleanup::Policies;
use super::{API, ArtifactRegistry, Spec, wire};
use crate::kind::{Kind as _, ProviderError};
use crate::model::{Found, Observation, Owner, Place, Scope, Status, Transition, UnknownOwner};
use crate::providers::gcp::Reader;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::identity::unless_off;
use crate::providers::gcp::reader::AT_ONCE;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_artifactregistry_v1::model::Repository;
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};

/// A registry with its cleanup policies that have no word.
type Sighted = (Found<Spec>, Policies);

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut found: BTreeMap<String, Sighted> = BTreeMap::new();
    let mut strangers: Vec<Sighted> = Vec::new();
    let places = places(reader, scope).await?;
    let lists = places.iter().map(|(project, location)| listed(reader, scope, project, location));
    let lists: Vec<Listed> =
        stream::iter(lists.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await?;
    for ((project, _), list) in places.iter().zip(lists) {
        for live in list.iter() {
            let (one, concerns) = sighted(reader, scope, project, live).await?;
            // Names are unique only in their place: ours comes before somebody else's.
            let known = found.get(&one.0.name);
            if known.is_some_and(|(known, _)| matches!(known.owner, Owner::Ours(_))) {
                continue;
            }
            if concerns {
                found.insert(one.0.name.clone(), one);
            } else if one.0.owner == Owner::Foreign && !wire::is_googles(live) {
                strangers.push(one);
            }
        }
    }
    strangers.retain(|(one, _)| !found.contains_key(&one.name));
    let unknown = found.values().chain(&strangers).flat_map(wordless).collect();
    let found = found.into_values().map(|(one, _)| one).collect();
    let strangers = strangers.into_iter().map(|(one, _)| one).collect();
    Ok(Observation { found, strangers, unknown, ..Observation::default() })
}

/// The locations to list, each with its project.
async fn places(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<BTreeSet<(String, String)>, ProviderError> {
    let mut places = BTreeSet::new();
    for Place { project, location, parent: _ } in &scope.places {
        if let Some(location) = location {
            places.insert((project.clone(), location.clone()));
            continue;
        }
        match reader.registry_locations(project).await {
            Ok(all) => places.extend(all.into_iter().map(|location| (project.clone(), location))),
            // Nothing is declared there, and there can be nothing.
            Err(failed) if failed.reason == Reason::ApiOff => {}
            Err(failed) => return Err(failed.into()),
        }
    }
    Ok(places)
}

async fn listed(
    reader: &Reader,
    scope: &Scope<'_>,
    project: &str,
    location: &str,
) -> Result<Listed, ProviderError> {
    let listed = reader.registries(project, location).await;
    Ok(unless_off(listed, scope, project, API)?.unwrap_or_default())
}

/// One registry, and whether it is ours or stands where something of its name is declared.
async fn sighted(
    reader: &Reader,
    scope: &Scope<'_>,
    project: &str,
    live: &Repository,
) -> Result<(Sighted, bool), ProviderError> {
    let name = wire::name(&live.name).to_owned();
    let (spec, others) = wire::from_wire(live);
    let wanted = scope.wanted.get(name.as_str());
    let wanted = wanted.filter(|wanted| wanted.place.project == project);
    let wanted = wanted.and_then(|wanted| Spec::deserialize(&wanted.spec).ok());
    let here = wanted.as_ref().is_some_and(|wanted| wanted.location == spec.location);
    let owner = wire::owner(live, scope.stack);
    let ours = matches!(owner, Owner::Ours(_));
    let holds = if ours && leaves(&spec, wanted.as_ref()) {
        let (project, location) = (project.to_owned(), spec.location.clone());
        let at = At { project, location, name: name.clone() };
        reader.registry_holds(&at, live.size_bytes).await?
    } else {
        None
    };
    let location = Some(spec.location.clone());
    let place = Place { location, ..Place::project(project) };
    let (version, status) = (wire::version(live), Status::Ready);
    Ok(((Found { name, place, owner, spec, version, status, holds }, others), here || ours))
}

/// Whether a registry is no longer wanted, or only as another one.
fn leaves(spec: &Spec, wanted: Option<&Spec>) -> bool {
    let replaced =
        |after| matches!(ArtifactRegistry::transition(spec, after), Transition::Replace(_));
    wanted.is_none_or(replaced)
}

/// Cleanup policies that cannot be declared. What is not ours has no environment, and is shown where
/// it is discovered.
fn wordless((found, others): &Sighted) -> Vec<UnknownOwner> {
    let env = match &found.owner {
        Owner::Ours(mark) => mark.env.clone(),
        Owner::OtherStack(_) | Owner::Foreign => String::new(),
    };
    let policy = |policy: &String| UnknownOwner {
        name: found.name.clone(),
        env: env.clone(),
        what: format!("a cleanup policy that cannot be declared: {policy}"),
        public: false,
    };
    others.keys().map(policy).collect()
}
