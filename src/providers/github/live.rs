//! What we read of GitHub's answers: only the fields that are needed, so that a newer field or one
//! that is missing from a mock does no harm.
//!
//! <https://docs.github.com/en/rest>

use serde::Deserialize;

/// A team. <https://docs.github.com/en/rest/teams/teams>
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) slug: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) privacy: Option<String>,
    #[serde(default)]
    pub(crate) notification_setting: Option<String>,
    #[serde(default)]
    pub(crate) parent: Option<Parent>,
    /// How many people are in it; only told of one team, not in lists.
    #[serde(default)]
    pub(crate) members_count: u64,
}

/// The team above another one.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Parent {
    pub(crate) slug: String,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct User {
    pub(crate) login: String,
    pub(crate) id: u64,
}

/// Somebody who was invited and has not joined (yet).
/// <https://docs.github.com/en/rest/orgs/members#list-pending-organization-invitations>
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Invitation {
    /// None, if an address was invited.
    #[serde(default)]
    pub(crate) login: Option<String>,
    #[serde(default)]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) team_count: u64,
    /// When it ended; only told of those that did.
    #[serde(default)]
    pub(crate) failed_at: Option<String>,
    /// Why, in words.
    #[serde(default)]
    pub(crate) failed_reason: Option<String>,
}

/// Somebody's place in a team or an organization.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Membership {
    /// `active` or `pending`.
    pub(crate) state: String,
    pub(crate) role: String,
}

/// A repository of a team. <https://docs.github.com/en/rest/teams/teams#list-team-repositories>
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TeamRepository {
    pub(crate) name: String,
    pub(crate) role_name: String,
}

/// A variable of a repository. <https://docs.github.com/en/rest/actions/variables>
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A secret of a repository. <https://docs.github.com/en/rest/actions/secrets>
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Secret {
    pub(crate) name: String,
}

/// The key that secrets of a repository are sealed with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PublicKey {
    pub(crate) key_id: String,
    /// 32 bytes in base64.
    pub(crate) key: String,
}

/// An environment of a repository. <https://docs.github.com/en/rest/deployments/environments>
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Environment {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) protection_rules: Vec<Rule>,
    #[serde(default)]
    pub(crate) deployment_branch_policy: Option<BranchPolicy>,
}

/// What stands before a job in an environment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Rule {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) wait_timer: u32,
    #[serde(default)]
    pub(crate) prevent_self_review: bool,
    #[serde(default)]
    pub(crate) reviewers: Vec<Reviewer>,
}

/// A person or a team that may let a job run.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reviewer {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) reviewer: serde_json::Value,
}

/// From which branches jobs may run.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BranchPolicy {
    pub(crate) custom_branch_policies: bool,
}
