//! Finds the records of a stack, and whatever bears a declared name: each zone in one list, in which
//! records and marks lie side by side.

use super::wire::{self, Name};
use super::{Spec, TYPES, calls};
use crate::kind::ProviderError;
use crate::model::{
    Depth, Found, Observation, Owner, Place, Scope, Status, Version, base32_digest,
};
use crate::providers::gcp::Reader;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::identity::unless_off;
use serde::Deserialize as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    for (project, zone) in &zones(reader, scope).await? {
        let sets = listed(reader, scope, project, zone).await?;
        let Sorted { records, mut marks } = sort(zone, &sets);
        for (name, record) in records {
            let mark = marks.remove(&name);
            let found = found(reader, scope, (project, zone), &name, Some(record), mark).await?;
            let wanted = is_wanted(scope, project, &name);
            match &found.owner {
                Owner::Ours(_) => observation.found.push(found),
                _ if wanted => observation.found.push(found),
                Owner::Foreign => observation.strangers.push(found),
                Owner::OtherStack(_) => {}
            }
        }
        // Somebody took a record away and left its mark.
        for (name, mark) in marks {
            let found = found(reader, scope, (project, zone), &name, None, Some(mark)).await?;
            if matches!(found.owner, Owner::Ours(_)) {
                observation.found.push(found);
            }
        }
    }
    Ok(observation)
}

/// The zones to look into, with their projects: those that things were declared or made in, and all
/// of a project where everything is looked for.
async fn zones(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<BTreeSet<(String, String)>, ProviderError> {
    let mut zones = BTreeSet::new();
    for Place { project, location, .. } in &scope.places {
        match location {
            Some(zone) => _ = zones.insert((project.clone(), zone.clone())),
            None if scope.depth == Depth::Whole => {
                let listed = calls::zones(reader, project).await;
                let listed = unless_off(listed, scope, project, calls::API)?.unwrap_or_default();
                zones.extend(listed.into_iter().map(|zone| (project.clone(), zone)));
            }
            None => {}
        }
    }
    Ok(zones)
}

/// The record sets of a zone. A zone that is not there has none, if nothing is wanted in it.
async fn listed(
    reader: &Reader,
    scope: &Scope<'_>,
    project: &str,
    zone: &str,
) -> Result<Vec<Value>, ProviderError> {
    let here = |place: &Place| place.project == project && place.location.as_deref() == Some(zone);
    match calls::list(reader, project, zone).await {
        Err(failed) if failed.reason == Reason::Absent => {
            if scope.wanted.values().any(|resource| here(&resource.place)) {
                let what = format!("the records of zone {zone} in project {project}");
                let why = failed.why().to_owned();
                return Err(ProviderError::Unreadable { what, why });
            }
            Ok(Vec::new())
        }
        listed => Ok(unless_off(listed, scope, project, calls::API)?.unwrap_or_default()),
    }
}

/// Record sets by the names of their resources.
struct Sorted<'a> {
    records: BTreeMap<String, &'a Value>,
    marks: BTreeMap<String, &'a Value>,
}

/// What is of a type that cannot be declared is left aside.
fn sort<'a>(zone: &str, sets: &'a [Value]) -> Sorted<'a> {
    let mut sorted = Sorted { records: BTreeMap::new(), marks: BTreeMap::new() };
    for set in sets {
        let (domain, kind) = (wire::bare(&set["name"]), set["type"].as_str().unwrap_or_default());
        match wire::marked_by(zone, domain) {
            Some(name) if kind == "TXT" => _ = sorted.marks.insert(name, set),
            _ if TYPES.contains(&kind) => {
                sorted.records.insert(super::record_name(zone, domain, kind), set);
            }
            _ => {}
        }
    }
    sorted
}

fn is_wanted(scope: &Scope<'_>, project: &str, name: &str) -> bool {
    scope.wanted.get(name).is_some_and(|wanted| wanted.place.project == project)
}

async fn found(
    reader: &Reader,
    scope: &Scope<'_>,
    (project, zone): (&str, &str),
    name: &str,
    record: Option<&Value>,
    mark: Option<&Value>,
) -> Result<Found<Spec>, ProviderError> {
    let (said, owner) =
        mark.map_or((String::new(), Owner::Foreign), |mark| wire::owner(mark, name, scope.stack));
    let candidates = match &owner {
        Owner::Ours(_) => [said, wanted_address(scope, name)],
        _ => [wanted_address(scope, name), String::new()],
    };
    let record = record.cloned().unwrap_or_else(|| wire::nothing(Name::of(name)));
    let mut spec = wire::from_wire(&record, None);
    for address in candidates.iter().filter(|address| !address.is_empty()) {
        let number = calls::number_of(reader, scope, address).await?;
        let target = number.as_deref().map(|number| (address.as_str(), number));
        spec = wire::from_wire(&record, target);
        if !spec.address.is_empty() {
            break;
        }
    }
    let place = Place { location: Some(zone.to_owned()), ..Place::project(project) };
    let version = Version(base32_digest(format!("{record} {mark:?}").as_bytes()));
    let (name, status) = (name.to_owned(), Status::Ready);
    Ok(Found { name, place, owner, spec, version, status, holds: None })
}

fn wanted_address(scope: &Scope<'_>, name: &str) -> String {
    let wanted = scope.wanted.get(name).and_then(|wanted| Spec::deserialize(&wanted.spec).ok());
    wanted.map(|wanted| wanted.address).unwrap_or_default()
}
