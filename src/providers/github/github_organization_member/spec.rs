//! The settings of one person's place in an organization.

use serde::{Deserialize, Serialize};

/// The complete settings of a person's place in an organization. They are only ever added: nobody
/// is removed from an organization or made less there, since what they wrote goes with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The person's login, as in the resource's name. It may have been changed since, if `id` says
    /// who is meant.
    pub login: String,
    /// The person's number, which stays when the login is changed.
    #[serde(default)]
    pub id: Option<u64>,
    /// What they are at least.
    #[serde(default)]
    pub role: Role,
}

/// What a person is in an organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A member.
    #[default]
    Member,
    /// An owner.
    Owner,
}
