//! What planning and applying may call on GitHub, and what the token must allow for it.
//!
//! Permissions of fine-grained tokens and of Apps:
//! <https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens>

pub use crate::providers::gcp::permissions::ReadMethod;

use crate::kind::Kind as _;
use crate::providers::github::github_environment::Environment;
use crate::providers::github::github_organization_member::OrganizationMember;
use crate::providers::github::github_repository_secret::RepositorySecret;
use crate::providers::github::github_repository_variable::RepositoryVariable;
use crate::providers::github::github_team::Team;
use crate::providers::github::github_team_member::TeamMember;
use crate::providers::github::github_team_repository::TeamRepository;

/// What one kind needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The kind.
    pub kind: &'static str,
    /// To look.
    pub plan: &'static [&'static str],
    /// To change, instead of that.
    pub apply: &'static [&'static str],
}

/// What each kind needs.
pub const NEEDED: &[Needed] = &[
    Needed { kind: Team::NAME, plan: &["members: read"], apply: &["members: write"] },
    Needed { kind: TeamMember::NAME, plan: &["members: read"], apply: &["members: write"] },
    Needed {
        kind: TeamRepository::NAME,
        plan: &["members: read", "metadata: read"],
        apply: &["administration: write"],
    },
    Needed { kind: OrganizationMember::NAME, plan: &["members: read"], apply: &["members: write"] },
    Needed {
        kind: RepositoryVariable::NAME,
        plan: &["variables: read"],
        apply: &["variables: write"],
    },
    Needed { kind: RepositorySecret::NAME, plan: &["secrets: read"], apply: &["secrets: write"] },
    Needed {
        kind: Environment::NAME,
        plan: &["actions: read"],
        apply: &["administration: write", "members: read"],
    },
];

/// What notices need that are issues.
pub const NOTICES: Needed =
    Needed { kind: "access notices", plan: &["issues: read"], apply: &["issues: write"] };

/// Every method that planning calls; there is no other in [`crate::providers::github::Reader`]. The
/// GraphQL API is asked one question, which changes nothing.
pub const READ_METHODS: &[ReadMethod] = &[
    ReadMethod { method: "GET /github/orgs/{org}/teams", permission: "members: read" },
    ReadMethod { method: "GET /github/orgs/{org}/members", permission: "members: read" },
    ReadMethod { method: "GET /github/orgs/{org}/invitations", permission: "members: read" },
    ReadMethod { method: "GET /github/orgs/{org}/failed_invitations", permission: "members: read" },
    ReadMethod {
        method: "GET /github/orgs/{org}/teams/{team_slug}/invitations",
        permission: "members: read",
    },
    ReadMethod {
        method: "GET /github/orgs/{org}/teams/{team_slug}/repos",
        permission: "metadata: read",
    },
    ReadMethod { method: "GET /github/user", permission: "metadata: read" },
    ReadMethod {
        method: "GET /github/repos/{owner}/{repo}/actions/variables",
        permission: "variables: read",
    },
    ReadMethod {
        method: "GET /github/repos/{owner}/{repo}/actions/secrets",
        permission: "secrets: read",
    },
    ReadMethod {
        method: "GET /github/repos/{owner}/{repo}/environments",
        permission: "actions: read",
    },
    ReadMethod { method: "POST /github/graphql", permission: "members: read" },
];
