//! `github-repository-variable`: a variable that the workflows of a repository read.
//!
//! The name is `OWNER/REPOSITORY/NAME`, the last in capitals as GitHub writes it.

mod spec;

pub use spec::Spec;

use crate::model::Place;

/// The name of a variable of a repository.
pub fn variable_name(owner: &str, repository: &str, name: &str) -> String {
    format!("{owner}/{repository}/{}", name.to_ascii_uppercase())
}

/// Where the variables of a repository are.
pub fn place(owner: &str, repository: &str) -> Place {
    Place { parent: Some(repository.to_owned()), ..Place::project(owner) }
}
