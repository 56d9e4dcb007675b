//! The settings of one person's place in a team.

use serde::{Deserialize, Serialize};

/// The complete settings of a membership. Who is invited and has not accepted yet counts as there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The person's login, as in the resource's name. It may have been changed since, if `id` says
    /// who is meant.
    pub login: String,
    /// The person's number, which stays when the login is changed. Without it, whoever bears the
    /// login is meant.
    #[serde(default)]
    pub id: Option<u64>,
    /// What they may do in the team. Owners of the organization are maintainers of every team
    /// that they are in; GitHub leaves no choice.
    #[serde(default)]
    pub role: Role,
    /// The day since when they are declared, where that is said. Who declined an invitation is not
    /// asked again, unless they are declared since a later day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// What a person may do in a team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Be in it.
    #[default]
    Member,
    /// Change it, and who is in it.
    Maintainer,
}
