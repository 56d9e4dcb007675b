//! `github-team-repository`: what a team may do in a repository of its organization.
//!
//! The name is `ORGANIZATION/TEAM/REPOSITORY`. What is declared is ours, and what the ledger
//! remembers that we gave.

mod spec;

pub use spec::Spec;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext, digest};
use crate::model::{Need, Observation, Place, Scope, Version};
use crate::providers::github::claimed::{Inside, Unclaimed};
use crate::providers::github::client::{CALL_TIMEOUT, Call};
use crate::providers::github::github_team::{self, Team, team_name};
use crate::providers::github::live::TeamRepository as Live;
use crate::providers::github::rest::part;
use crate::providers::github::rest::parts;
use crate::providers::github::writer::team_path;
use crate::providers::github::{Reader, Writer};
use crate::providers::stale;
use http::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The kind `github-team-repository`.
#[derive(Debug)]
pub enum TeamRepository {}

/// The name of a team's access to a repository.
pub fn access_name(organization: &str, team: &str, repository: &str) -> String {
    format!("{organization}/{team}/{repository}")
}

/// Where the repositories of a team are.
pub fn place(organization: &str, team: &str) -> Place {
    Place::inside(organization, team)
}

impl Kind for TeamRepository {
    const NAME: &'static str = "github-team-repository";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        for place in &scope.places {
            let (organization, Some(team)) = (&place.project, &place.parent) else { continue };
            let live = look(reader, scope, organization, team).await?;
            let (unclaimed, gone) = (Unclaimed::Ours, Spec::default());
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
            Change::Create { after } => put(writer, step, &after).await,
            Change::Update { before, after, .. } => update(writer, step, &before, &after).await,
            Change::Delete { before, .. } => remove(writer, step, &before).await,
            // The ledger's claim is all there is to it.
            Change::Adopt { version, .. } | Change::Disown { version, .. } => {
                Ok(Applied::at(version))
            }
            Change::Wait { .. } => Err(step.nothing_to_wait_for("the repositories of teams")),
        }
    }

    fn needs(name: &str, _: &Spec) -> BTreeSet<Need> {
        let (organization, team, _) = parts(name);
        [Need::inside(Team::NAME, team_name(organization, team))].into()
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        [digest::<Self>(spec)].into()
    }
}

/// The repositories of a team, by their names here.
async fn look(
    reader: &Reader,
    scope: &Scope<'_>,
    organization: &str,
    team: &str,
) -> Result<BTreeMap<String, Spec>, ProviderError> {
    let teams = reader.teams(organization).await?;
    let there = github_team::find(&teams, scope.stack, organization, team);
    let listed = match there {
        Some(there) => reader.team_repositories(organization, &there.slug).await?,
        None => Vec::new(),
    };
    let named = |live: Live| (access_name(organization, team, &live.name), read(&live));
    Ok(listed.into_iter().map(named).collect())
}

fn read(live: &Live) -> Spec {
    Spec { role: live.role_name.clone() }
}

/// The role as it is sent: two of GitHub's own have another name there.
/// <https://docs.github.com/en/rest/teams/teams#add-or-update-team-repository-permissions>
fn permission(role: &str) -> &str {
    match role {
        "read" => "pull",
        "write" => "push",
        other => other,
    }
}

async fn put(writer: &Writer, step: &StepContext, after: &Spec) -> Result<Applied, ProviderError> {
    let what = format!("giving team {}", words(step));
    step.ensure_held(&what)?;
    let call = Call::change(what, Method::PUT, path(step));
    let call = call.sending(json!({ "permission": permission(&after.role) }));
    writer.connection.change(&call).await?;
    Ok(Applied::at(Version(after.role.clone())))
}

async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let live = current(writer, step).await?;
    let what = words(step);
    let live = live.ok_or_else(|| ProviderError::NotFound { what: what.clone() })?;
    stale::check(&what, before, Some(after), &live)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    put(writer, step, after).await
}

async fn remove(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let Some(live) = current(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    stale::check(&words(step), before, None, &live)?;
    let what = format!("taking from team {}", words(step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    writer.delete(&Call::change(what, Method::DELETE, path(step))).await?;
    Ok(Applied::gone())
}

/// What the team may do now.
async fn current(writer: &Writer, step: &StepContext) -> Result<Option<Spec>, ProviderError> {
    let (organization, team, repository) = parts(&step.id.name);
    let what = format!("the repositories of team {organization}/{team}");
    let path = format!("{}/repos?per_page=100", team_path(organization, team));
    let listed = writer.list::<Live>(Call::get(what, path), None).await?;
    Ok(listed.iter().find(|live| live.name == repository).map(read))
}

/// `leap-stc/users its access to leap-stc/hub-image`.
fn words(step: &StepContext) -> String {
    let (organization, team, repository) = parts(&step.id.name);
    format!("{organization}/{team} its access to {organization}/{repository}")
}

fn path(step: &StepContext) -> String {
    let (organization, team, repository) = parts(&step.id.name);
    format!("{}/repos/{}/{}", team_path(organization, team), part(organization), part(repository))
}
