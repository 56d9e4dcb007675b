//! How much of a thing leap-infra may touch, as its declaration says.

use serde::{Deserialize, Serialize};

/// How far a resource is managed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manage {
    /// It is looked at, and never touched: not even made or marked.
    Observe,
    /// It may carry our mark; it is never made, and its settings are never changed.
    Mark,
    /// It is made what the declaration says.
    #[default]
    Full,
}

impl Manage {
    /// As a declaration says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Mark => "mark",
            Self::Full => "full",
        }
    }
}
