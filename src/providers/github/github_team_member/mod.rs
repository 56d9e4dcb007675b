//! `github-team-member`: one person in a team.
//!
//! The name is `ORGANIZATION/TEAM/LOGIN`, with the login as it is declared. Nothing can be written
//! on a membership: whose it is, is in the declaration, in the claims of the ledger, and, where a
//! team of ours says that all its members are declared, in the mark of the team.

mod apply;
mod observe;
mod spec;

pub use spec::{Role, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Place, Scope};
use crate::providers::github::github_organization_member::{
    self as organization, OrganizationMember,
};
use crate::providers::github::github_team::{Team, team_name};
use crate::providers::github::rest::parts;
use crate::providers::github::{Reader, Writer};
use std::collections::BTreeSet;

/// The kind `github-team-member`.
#[derive(Debug)]
pub enum TeamMember {}

/// The name of a person's place in a team.
pub fn member_name(organization: &str, team: &str, login: &str) -> String {
    format!("{organization}/{team}/{login}")
}

/// Where the members of a team are.
pub fn place(organization: &str, team: &str) -> Place {
    Place::inside(organization, team)
}

impl Kind for TeamMember {
    const NAME: &'static str = "github-team-member";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::put(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::remove(writer, step, &before).await,
            // The ledger's claim is all there is to it.
            Change::Adopt { version, .. } | Change::Disown { version, .. } => {
                Ok(Applied::at(version))
            }
            Change::Wait { .. } => Err(step.nothing_to_wait_for("memberships")),
        }
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let (organization, team, _) = parts(name);
        let person = organization::member_name(organization, &spec.login);
        [
            Need::inside(Team::NAME, team_name(organization, team)),
            Need::refers(OrganizationMember::NAME, person),
        ]
        .into()
    }

    /// Who it is, and what they may do: `42 member`.
    fn claims(spec: &Spec) -> BTreeSet<String> {
        [observe::claim(spec)].into()
    }
}
