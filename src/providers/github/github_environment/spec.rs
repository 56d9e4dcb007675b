//! The settings of an environment of a repository, which jobs of workflows run in.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The complete settings of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The teams of the repository's organization, by slug, any member of which may let a job run.
    #[serde(default)]
    pub teams: BTreeSet<String>,
    /// The people, by login, who may let a job run. With the teams at most six.
    #[serde(default)]
    pub people: BTreeSet<String>,
    /// Whether whoever caused a run may let it run as well.
    #[serde(default)]
    pub own_runs: OwnRuns,
    /// How long a job waits before it runs, in minutes.
    #[serde(default)]
    pub wait_minutes: u32,
    /// From where jobs may run in it.
    #[serde(default)]
    pub branches: Branches,
}

/// Whether people may let a run go on that they caused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnRuns {
    /// They may, if they are among the reviewers.
    #[default]
    Allowed,
    /// Somebody else must.
    Refused,
}

/// From which branches jobs may run in an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Branches {
    /// From any.
    #[default]
    Any,
    /// From those with protection rules.
    Protected,
    /// From those that fit a pattern. The patterns are kept on GitHub and left as they are.
    Patterns,
}
