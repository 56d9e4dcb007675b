//! The way in for jobs of GitHub Actions: the pool and the provider that know them, which of their
//! tokens are let in, and which job a member of a policy is.

use super::derived::github_member;
use super::format::github_repository;
use super::settings::GitHub;
use crate::providers::gcp::{gcp_workload_identity_pool, gcp_workload_identity_provider};
use std::collections::BTreeSet;

/// The pool of GitHub's jobs.
pub(super) const POOL: &str = "github-actions";
/// The provider in it.
pub(super) const PROVIDER: &str = "github";

/// Who signs the tokens of GitHub's jobs.
/// <https://docs.github.com/en/actions/reference/security/oidc>
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// The settings of the pool.
pub(super) fn pool() -> gcp_workload_identity_pool::Spec {
    gcp_workload_identity_pool::Spec {
        display_name: "GitHub Actions".to_owned(),
        description: "Jobs that act without keys".to_owned(),
        disabled: false,
    }
}

/// The settings of the provider, which lets in jobs of these repositories and nobody else.
pub(super) fn provider(repositories: &BTreeSet<&str>) -> gcp_workload_identity_provider::Spec {
    let quoted: Vec<String> = repositories.iter().map(|it| format!("'{it}'")).collect();
    let attributes = [
        ("google.subject", "assertion.sub"),
        ("attribute.repository", "assertion.repository"),
        ("attribute.ref", "assertion.ref"),
    ];
    gcp_workload_identity_provider::Spec {
        display_name: "GitHub Actions".to_owned(),
        issuer: GITHUB.to_owned(),
        attributes: attributes.map(|(to, from)| (to.to_owned(), from.to_owned())).into(),
        condition: format!("assertion.repository in [{}]", quoted.join(", ")),
        ..gcp_workload_identity_provider::Spec::default()
    }
}

/// The jobs that a member of a policy is, if they are those of a branch or an environment.
pub(super) fn job(member: &str, project_number: u64) -> Option<GitHub> {
    let subject = member.strip_prefix(&github_member(project_number, POOL, ""))?;
    let (repository, which) = subject.strip_prefix("repo:")?.split_once(':')?;
    let branch = which.strip_prefix("ref:refs/heads/").map(str::to_owned);
    let environment = which.strip_prefix("environment:").map(str::to_owned);
    github_repository(repository).ok()?;
    let job = GitHub { repository: repository.to_owned(), branch, environment };
    (job.subject().as_deref() == Some(subject)).then_some(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_known_by_the_member_that_it_is() {
        let branch = Some("main".to_owned());
        let written = GitHub { repository: "leap-stc/infra".to_owned(), branch, environment: None };
        let member = github_member(7, POOL, &written.subject().unwrap());
        assert_eq!(job(&member, 7).unwrap().subject(), written.subject());
        assert!(job(&member, 8).is_none(), "of another project");
        let pull = github_member(7, POOL, "repo:leap-stc/infra:pull_request");
        assert!(job(&pull, 7).is_none());
    }
}
