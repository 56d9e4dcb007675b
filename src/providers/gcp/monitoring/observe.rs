//! Finds the things of one kind: one list for each project.

use super::{API, Monitored, owner, version};
use crate::kind::ProviderError;
use crate::model::{Found, Observation, Place, Scope, Status};
use crate::providers::gcp::Reader;
use crate::providers::gcp::identity::unless_off;
use crate::providers::gcp::namesakes::sort_in;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) async fn observe<K: Monitored>(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<K::Spec>, ProviderError> {
    let mut observation = Observation::default();
    let projects: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
    for project in projects {
        let all = reader.monitored(project, K::COLLECTION, K::THINGS).await;
        let all = unless_off(all, scope, project, API)?.unwrap_or_default();
        for live in all.iter().filter(|live| K::is_one(live)) {
            sort_in(&mut observation, scope, K::NAME, found::<K>(scope, project, live));
        }
    }
    Ok(observation)
}

fn found<K: Monitored>(scope: &Scope<'_>, project: &str, live: &Value) -> Found<K::Spec> {
    Found {
        name: K::name(project, live),
        place: Place::project(project),
        owner: owner::<K>(project, live, scope.stack),
        spec: K::read(live),
        version: version(live),
        status: Status::Ready,
        holds: None,
    }
}
