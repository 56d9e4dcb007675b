//! The settings of a team's access to a repository.

use serde::{Deserialize, Serialize};

/// The complete settings of a team's access to a repository of its organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What the team may do: `read`, `triage`, `write`, `maintain`, `admin`, or the name of a role
    /// that the organization has made.
    pub role: String,
}
