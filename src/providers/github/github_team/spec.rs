//! The settings of a team: everything but who is in it.

use serde::{Deserialize, Serialize};

/// The complete settings of a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What people see. GitHub makes the slug of it, which is part of the team's name here: see
    /// [`super::slug_of`].
    pub name: String,
    /// What it is for; at most 100 bytes, since the mark is kept beside it.
    #[serde(default)]
    pub description: String,
    /// Who can see it. A team above or below another one cannot be secret.
    #[serde(default)]
    pub privacy: Privacy,
    /// Whether its members are notified when it is mentioned.
    #[serde(default)]
    pub notifications: Notifications,
    /// The slug of the team that it stands below, in the same organization.
    #[serde(default)]
    pub parent: Option<String>,
    /// Whose the people in it are. Kept beside the mark, so that it is known of a team that nobody
    /// declares any more.
    #[serde(default)]
    pub members: Members,
}

/// Who can see a team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Everybody in the organization.
    #[default]
    Closed,
    /// Its members and the owners of the organization.
    Secret,
}

/// Whether the members of a team are notified when it is mentioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notifications {
    /// They are.
    #[default]
    Enabled,
    /// They are not.
    Disabled,
}

/// Whose the people in a team are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Members {
    /// Nobody of them is declared.
    #[default]
    Unmanaged,
    /// Those that we add are ours; others may be there as well, and stay.
    AtLeast,
    /// All are ours: who is not declared is removed.
    Exact,
}
