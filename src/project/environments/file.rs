//! The types of an environment's file.

use super::Environment;
use crate::project::format::Wrong;
use crate::project::problem::Range;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an environment is. The file stands in `environments/` beside the folder of stacks, and
/// says nothing of a particular stack; what differs there for one stack stands under `over:` in
/// the stack's own `environments/`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentFile {
    /// The name of the environment: the name of the file without `.yaml`.
    #[schemars(extend("format" = "environment-name", "examples" = ["staging"]))]
    pub environment: String,
    /// The environment that comes before this one in the order of promotion.
    #[serde(default)]
    pub follows: Option<String>,
    /// What derived names end with here, as in `-staging`. One environment may have none.
    #[serde(default)]
    #[schemars(extend("format" = "suffix", "examples" = ["-staging"]))]
    pub suffix: String,
    /// Where this environment is laid out: `sandbox`, the cloud inside the program, which needs
    /// no credentials, or `live`.
    #[serde(default)]
    pub target: Target,
    /// What must hold before an apply on the live cloud.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// The cloud project of this environment, if it has one of its own.
    #[serde(default)]
    #[schemars(extend("format" = "google-project"))]
    pub project: Option<String>,
}

/// Where an environment is laid out.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The cloud inside the program: no credentials, no cost.
    #[default]
    Sandbox,
    /// The live cloud.
    Live,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        })
    }
}

/// What must hold before an apply on the live cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Gate {
    /// What is applied was applied there before, and has been well for a while.
    Promoted(Promoted),
    /// A person says yes.
    Approval(Approved),
    /// Things are well.
    Health(Healthy),
}

/// `{ promoted_from: staging, healthy_for: 1 day }`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promoted {
    /// The environment where it was applied before.
    pub promoted_from: String,
    /// For how long it must have been well there, as in `1 day`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "time-span"))]
    pub healthy_for: Option<String>,
}

/// `{ approval: required }`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// Whether a person must say yes.
    pub approval: Approval,
}

/// Whether a person must say yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Yes.
    Required,
}

/// `{ health: hubs }`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Healthy {
    /// What must be well.
    pub health: Health,
}

/// What must be well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Every hub of the environment starts a server.
    Hubs,
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Promoted(Promoted { promoted_from, healthy_for: None }) => {
                write!(f, "promoted from {promoted_from}")
            }
            Self::Promoted(Promoted { promoted_from, healthy_for: Some(time) }) => {
                write!(f, "promoted from {promoted_from}, and well there for {time}")
            }
            Self::Approval(_) => f.write_str("a person approves"),
            Self::Health(_) => f.write_str("the hubs are well"),
        }
    }
}

impl EnvironmentFile {
    /// The environment that the file at `range` declares.
    pub(crate) fn into_environment(self, range: &Range) -> Environment {
        let Self { environment: name, follows, suffix, target, gates, project } = self;
        Environment { name, follows, suffix, target, gates, project, range: range.clone() }
    }
}

/// Whether a text can be the name of an environment, which goes into a label.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn environment_name(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (1..=20).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(allowed);
    let words = "at most 20 lower case letters, digits and hyphens, beginning with a letter";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// Whether a text can end derived names.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn suffix(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let words = "at most 20 lower case letters, digits and hyphens, as in `-staging`";
    if text.len() <= 20 && text.chars().all(allowed) && !text.ends_with('-') {
        return Ok(());
    }
    Err(Wrong::expected(words))
}
