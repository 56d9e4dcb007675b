//! The types of what is written about an identity.

use crate::project::buckets::Condition;
use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account for a program. Everything may be left out: `robot: {}` is an account that may do
/// nothing and that nobody can act as.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The environments that have this identity, as in `[staging, prod]`; `shared` (else the first)
    /// when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The part of its address before the `@`; `${prefix}-KEY${suffix}` when not said. At most 30
    /// characters. It cannot be changed.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this identity had before it was renamed here: its address stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// What people see in lists; the key when not said.
    #[serde(default)]
    #[schemars(extend("format" = "short-text"))]
    pub display_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    #[schemars(extend("format" = "short-text"))]
    pub description: Option<String>,
    /// How far the account and who acts as it are managed: `observe` looks and never touches,
    /// `mark` may mark them as ours and changes nothing else, `full` makes them what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// Whether nobody can act as it for the time being.
    #[serde(default)]
    pub disabled: bool,
    /// What it may do in the whole project, as in `roles/monitoring.viewer`. What it may do with a
    /// bucket stands at the bucket, where it is called `identity:KEY`.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Whether it may read buckets of others whose readers pay, at the expense of this project.
    #[serde(default)]
    pub requester_pays: bool,
    /// Service accounts of Kubernetes that act as it, as in `prod/user-sa` (namespace, name).
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "kubernetes-account" }))]
    pub kubernetes: Vec<String>,
    /// Jobs of GitHub Actions that act as it. They need no key.
    #[serde(default)]
    pub github: Vec<GitHub>,
    /// Who may start programs that act as it, as in `group:operators@leap.example.org`.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "member" }))]
    pub used_by: Vec<String>,
}

/// A role in the project.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Role {
    /// As in `roles/monitoring.viewer`.
    Always(#[schemars(extend("format" = "project-role"))] String),
    /// As in `{ role: …, when: { title: …, expression: … } }`.
    When(RoleWhen),
}

/// A role under a condition.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleWhen {
    /// The role, as in `roles/storage.admin`.
    #[schemars(extend("format" = "project-role"))]
    pub role: String,
    /// When it holds.
    pub when: Condition,
}

/// Jobs of GitHub Actions: those of one branch, or those of one environment. Jobs of pull requests
/// are in neither.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GitHub {
    /// The repository, as in `leap-stc/infrastructure`.
    #[schemars(extend("format" = "github-repository"))]
    pub repository: String,
    /// The branch, as in `main`.
    #[serde(default)]
    pub branch: Option<String>,
    /// The environment of GitHub, which can ask somebody before a job runs, as in `production`.
    #[serde(default)]
    pub environment: Option<String>,
}

impl Role {
    /// The role as IAM writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Always(role) | Self::When(RoleWhen { role, .. }) => role,
        }
    }

    /// When it holds; always, if none.
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Always(_) => None,
            Self::When(RoleWhen { when, .. }) => Some(when),
        }
    }
}

impl GitHub {
    /// Who such a job is, as GitHub says in its token; none unless exactly one of the two is said.
    /// <https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims>
    pub fn subject(&self) -> Option<String> {
        let Self { repository, branch, environment } = self;
        match (branch, environment) {
            (Some(branch), None) => Some(format!("repo:{repository}:ref:refs/heads/{branch}")),
            (None, Some(name)) => Some(format!("repo:{repository}:environment:{name}")),
            _ => None,
        }
    }
}
