//! Fields that others manage: a declaration says so, and why.

use crate::model::{ResourceId, Source, fits};
use serde::{Deserialize, Serialize};

/// A rule that lets a field be whatever it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignore {
    /// The environment in which it holds.
    pub env: String,
    /// Which resources: an address in which `*` stands for anything, or the name of a kind.
    pub resource: String,
    /// Which field of their spec; a step that is `*` stands for every key.
    pub field: String,
    /// Why.
    pub reason: String,
    /// The line that says so.
    pub source: Source,
}

impl Ignore {
    /// Whether the rule is about this resource.
    pub fn concerns(&self, id: &ResourceId) -> bool {
        let matches = match self.resource.contains(':') {
            true => fits(&self.resource, &id.to_string()),
            false => fits(&self.resource, &id.kind),
        };
        self.env == id.env && matches
    }
}
