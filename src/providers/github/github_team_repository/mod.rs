//! `github-team-repository`: what a team may do in a repository of its organization.
//!
//! The name is `ORGANIZATION/TEAM/REPOSITORY`.

mod spec;

pub use spec::Spec;

use crate::model::Place;

/// The name of a team's access to a repository.
pub fn access_name(organization: &str, team: &str, repository: &str) -> String {
    format!("{organization}/{team}/{repository}")
}

/// Where the repositories of a team are.
pub fn place(organization: &str, team: &str) -> Place {
    Place { parent: Some(team.to_owned()), ..Place::project(organization) }
}
