//! `github-environment`: an environment of a repository, which jobs of workflows run in.
//!
//! The name is `OWNER/REPOSITORY/NAME`. Nothing can be written beside an environment: the ledger
//! claims it before it is made. Its own variables and secrets are not looked at.

mod apply;
mod spec;
mod wire;

pub use spec::{Branches, OwnRuns, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext, digest};
use crate::model::{Need, Observation, Place, Scope};
use crate::providers::github::claimed::{Inside, Unclaimed};
use crate::providers::github::github_team::{Team, team_name};
use crate::providers::github::live::Environment as Live;
use crate::providers::github::rest::parts;
use crate::providers::github::{Reader, Writer};
use std::collections::BTreeSet;

/// The kind `github-environment`.
#[derive(Debug)]
pub enum Environment {}

/// The name of an environment of a repository.
pub fn environment_name(owner: &str, repository: &str, name: &str) -> String {
    format!("{owner}/{repository}/{name}")
}

/// Where the environments of a repository are.
pub fn place(owner: &str, repository: &str) -> Place {
    Place::inside(owner, repository)
}

impl Kind for Environment {
    const NAME: &'static str = "github-environment";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        for place in &scope.places {
            let (owner, Some(repository)) = (&place.project, &place.parent) else { continue };
            let live = reader.environments(owner, repository).await?;
            let named =
                |live: Live| (environment_name(owner, repository, &live.name), wire::read(&live));
            let live = live.into_iter().map(named).collect();
            let (unclaimed, gone) = (Unclaimed::Theirs, Spec::default());
            Inside { place, live, unclaimed, gone }.sort::<Self>(scope, &mut observation);
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::create(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::delete(writer, step, &before).await,
            // The ledger's claim is all there is to it.
            Change::Adopt { version, .. } | Change::Disown { version, .. } => {
                Ok(Applied::at(version))
            }
            Change::Wait { .. } => Err(step.nothing_to_wait_for("environments")),
        }
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let (owner, ..) = parts(name);
        spec.teams.iter().map(|slug| Need::refers(Team::NAME, team_name(owner, slug))).collect()
    }

    fn protection(_: &Spec) -> Option<String> {
        Some("its secrets and variables go with it".to_owned())
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        [digest::<Self>(spec)].into()
    }
}
