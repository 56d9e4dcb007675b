//! `environments/<env>.yaml`: what an environment is, and what differs there.

mod file;
mod gather;
mod members;
mod order;

pub use file::{
    Approval, Approved, EnvironmentFile, Gate, Health, Healthy, Promoted, Target, environment_name,
    suffix,
};
pub(crate) use gather::{Gathered, gather};
pub(crate) use members::members;
pub(crate) use order::order;

use crate::project::problem::Range;

/// One environment of a stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name, `staging`.
    pub name: String,
    /// The environment that must be well before this one is touched.
    pub follows: Option<String>,
    /// What derived names end with here, `-staging`; empty for none.
    pub suffix: String,
    /// Whether it is laid out in the sandbox or in the live cloud.
    pub target: Target,
    /// What must hold before an apply on the live cloud, in order.
    pub gates: Vec<Gate>,
    /// Its own cloud project, if it has one.
    pub project: Option<String>,
    /// Where it is declared.
    pub range: Range,
}

/// The name of the environment for what all others share.
pub const SHARED: &str = "shared";

impl Environment {
    /// The only environment of a stack that declares none.
    pub(crate) fn only(range: &Range) -> Self {
        let file = EnvironmentFile { environment: "prod".to_owned(), ..EnvironmentFile::default() };
        file.into_environment(range)
    }
}
