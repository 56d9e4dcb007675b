//! `gcp-project-access`: what an environment grants on a project, beside what everybody else
//! grants there.
//!
//! The name is `PROJECT/ENVIRONMENT`: a policy belongs to no environment, our grants in it do.
//! Nothing in a policy can carry a mark; which grants are ours is in the declaration and in the
//! claims that the ledger recorded before they were made.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Depth, Found, Need, Observation, Place, Scope};
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::gcp_service::{Service, service_name};
use crate::providers::gcp::identity::{RESOURCE_MANAGER, unless_off};
use crate::providers::gcp::policy::{self, Holder};
use crate::providers::gcp::{Reader, Writer};
use google_cloud_iam_v1::model::Policy;
use std::collections::{BTreeMap, BTreeSet};

pub use crate::providers::gcp::policy::{Condition, Grant, Spec};

/// The kind `gcp-project-access`.
#[derive(Debug)]
pub enum ProjectAccess {}

/// The name of what an environment grants on a project.
pub fn access_name(project: &str, env: &str) -> String {
    format!("{project}/{env}")
}

impl Kind for ProjectAccess {
    const NAME: &'static str = "gcp-project-access";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let claimed = scope.claims.iter().filter(|(_, claims)| !claims.is_empty());
        let names = scope.wanted.keys().chain(claimed.map(|(name, _)| name));
        let names: BTreeSet<(&str, &str)> = names.filter_map(|name| name.split_once('/')).collect();
        let mut projects: BTreeSet<&str> = names.iter().map(|(project, _)| *project).collect();
        if scope.depth == Depth::Whole {
            projects.extend(scope.places.iter().map(|place| place.project.as_str()));
        }
        let mut policies: BTreeMap<&str, Option<Policy>> = BTreeMap::new();
        for project in projects {
            policies.insert(project, policy_of(reader, scope, project).await?);
        }
        let mut observation = Observation::default();
        if scope.depth == Depth::Whole {
            observation.strangers.extend(
                policies
                    .iter()
                    .filter_map(|(project, policy)| to_accounts(project, policy.as_ref()?)),
            );
        }
        for (project, env) in names {
            if let Some(Some(policy)) = policies.get(project) {
                let (name, place) = (access_name(project, env), Place::project(project));
                let found = policy::found(scope, Self::NAME, &name, place, env, policy);
                observation.found.extend(found);
            }
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        let holder = OnProject { writer, project: &step.place.project };
        policy::apply(&holder, step, change).await
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let project = name.split('/').next().unwrap_or_default();
        let mut needs = policy::needs(spec);
        needs.insert(Need::refers(Service::NAME, service_name(project, RESOURCE_MANAGER)));
        needs
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        spec.claims()
    }
}

async fn policy_of(
    reader: &Reader,
    scope: &Scope<'_>,
    project: &str,
) -> Result<Option<Policy>, ProviderError> {
    let read = reader.project_policy(project).await;
    let read = unless_off(read, scope, project, RESOURCE_MANAGER)?;
    let hidden = || ProviderError::Unreadable {
        what: format!("the access policy of project {project}"),
        why: "there is no such project, or we may not see it".to_owned(),
    };
    read.map(|it| it.ok_or_else(hidden)).transpose()
}

/// All that programs may do in a project, whoever granted it. It is in no environment, so its name
/// is the project's.
fn to_accounts(project: &str, policy: &Policy) -> Option<Found<Spec>> {
    let grants = policy::grants(policy).into_iter().filter(|grant| grant.account().is_some());
    policy::strange(project, Place::project(project), grants, policy)
}

/// The policy of one project.
struct OnProject<'a> {
    writer: &'a Writer,
    project: &'a str,
}

impl Holder for OnProject<'_> {
    fn what(&self) -> String {
        format!("project {}", self.project)
    }

    async fn read(&self) -> Result<Option<Policy>, CallFailed> {
        self.writer.project_policy(self.project).await
    }

    async fn write(&self, policy: Policy) -> Result<Policy, CallFailed> {
        self.writer.set_project_policy(self.project, policy).await
    }
}
