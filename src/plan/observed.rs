//! What a plan relied on: every object that it has steps for, as it was found.

use crate::model::{ResourceId, Version};
use crate::plan::{Request, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// An object as it was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Its version then.
    pub version: Version,
    /// Its complete settings then.
    pub spec: Value,
    /// What would have been lost with it, if that was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<String>,
}

/// What was found of each object that has steps.
pub(crate) fn of_steps(
    request: &Request<'_>,
    steps: &[Step],
) -> BTreeMap<ResourceId, Option<Observed>> {
    let observed = steps.iter().map(|step| {
        let found = request.found_for(step);
        let observed = found.map(|found| Observed {
            version: found.version.clone(),
            spec: found.spec.clone(),
            holds: found.holds.clone(),
        });
        (step.id.clone(), observed)
    });
    observed.collect()
}
