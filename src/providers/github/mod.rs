//! GitHub: the connection, who we are to it, and its kinds.

pub mod github_environment;
pub mod github_organization_member;
pub mod github_repository_secret;
pub mod github_repository_variable;
pub mod github_team;
pub mod github_team_member;
pub mod github_team_repository;
