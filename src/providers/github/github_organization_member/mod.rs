//! `github-organization-member`: one person in an organization. Only ever added.
//!
//! The name is `ORGANIZATION/LOGIN`, with the login as it is declared.

mod spec;

pub use spec::{Role, Spec};

use crate::model::Place;

/// The name of a person's place in an organization.
pub fn member_name(organization: &str, login: &str) -> String {
    format!("{organization}/{login}")
}

/// Where the members of an organization are.
pub fn place(organization: &str) -> Place {
    Place::project(organization)
}
