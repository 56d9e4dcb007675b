//! What could not be compared from here: it is no difference, and a person is told.

use crate::model::ResourceId;
use crate::plan::Request;
use serde::{Deserialize, Serialize};

/// A resource of which something could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncompared {
    /// The resource.
    pub id: ResourceId,
    /// What, and why, in words.
    pub what: String,
}

/// What could not be compared, in the environments that are planned.
pub(crate) fn uncompared(request: &Request<'_>) -> Vec<Uncompared> {
    let wanted = request.stack.resources().keys().filter(|id| request.selects(&id.env));
    let of = |id: &ResourceId| {
        let all = request.world.kinds.get(&id.kind).map(|seen| seen.not_compared.as_slice());
        let these = all.unwrap_or_default().iter().filter(|it| it.name == id.name);
        let told = these.map(|it| Uncompared { id: id.clone(), what: it.what.clone() });
        told.collect::<Vec<_>>()
    };
    wanted.flat_map(of).collect()
}
