//! `github-environment`: an environment of a repository, which jobs of workflows run in.
//!
//! The name is `OWNER/REPOSITORY/NAME`.

mod spec;

pub use spec::{Branches, OwnRuns, Spec};

use crate::model::Place;

/// The name of an environment of a repository.
pub fn environment_name(owner: &str, repository: &str, name: &str) -> String {
    format!("{owner}/{repository}/{name}")
}

/// Where the environments of a repository are.
pub fn place(owner: &str, repository: &str) -> Place {
    Place { parent: Some(repository.to_owned()), ..Place::project(owner) }
}
