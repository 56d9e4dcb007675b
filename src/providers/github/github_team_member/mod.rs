//! `github-team-member`: one person in a team.
//!
//! The name is `ORGANIZATION/TEAM/LOGIN`, with the login as it is declared.

mod spec;

pub use spec::{Role, Spec};

use crate::model::Place;

/// The name of a person's place in a team.
pub fn member_name(organization: &str, team: &str, login: &str) -> String {
    format!("{organization}/{team}/{login}")
}

/// Where the members of a team are.
pub fn place(organization: &str, team: &str) -> Place {
    Place { parent: Some(team.to_owned()), ..Place::project(organization) }
}
