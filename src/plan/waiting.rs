//! What is for people to do: nothing here can carry it out, so it is no step.

use crate::model::{Manage, ResourceId, Source, Status};
use crate::plan::Request;
use serde::{Deserialize, Serialize};

/// What people must do, so that a resource is what is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The resource.
    pub id: ResourceId,
    /// The line that declares it.
    pub source: Source,
    /// What is to be done, in words.
    pub what: String,
}

/// What is for people to do, in the environments that are planned.
pub(crate) fn waiting(request: &Request<'_>) -> Vec<Waiting> {
    let wanted = request.stack.resources().values();
    let wanted = wanted.filter(|it| request.selects(&it.id.env) && it.manage == Manage::Full);
    let waits = wanted.filter_map(|resource| {
        match &request.found(&resource.id.kind, &resource.id.name)?.status {
            Status::Waiting { what } => Some(Waiting {
                id: resource.id.clone(),
                source: resource.source.clone(),
                what: what.clone(),
            }),
            _ => None,
        }
    });
    let mut all: Vec<Waiting> = waits.collect();
    let rank = |env: &str| request.environments.iter().position(|name| name == env);
    all.sort_by(|a, b| (rank(&a.id.env), &a.id).cmp(&(rank(&b.id.env), &b.id)));
    all
}
