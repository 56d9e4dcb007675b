//! Making, changing and deleting a team. GitHub has no versions of teams, so each is read just
//! before, and the lease has to last.

use super::{find, parts, team_name, version, wire};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{Mark, Owner, SpecMark};
use crate::providers::description::Marks;
use crate::providers::failed::Reason;
use crate::providers::github::Writer;
use crate::providers::github::client::{CALL_TIMEOUT, Call};
use crate::providers::github::github_team::Spec;
use crate::providers::github::live::Team as Live;
use crate::providers::github::rest::{part, read};
use crate::providers::github::writer::team_path;
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use http::Method;
use serde_json::Value;

pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let (organization, _) = parts(&step.id.name);
    let parent = parent(writer, organization, after).await?;
    // Whoever dies before they have left the team leaves a mark that says so.
    let unfinished = Mark { spec: SpecMark::Unfinished, ..step.mark.clone() };
    let mut body = wire::body(after, wire::marked(after, &unfinished), parent);
    if let Some(fields) = body.as_object_mut().filter(|_| parent.is_none()) {
        // GitHub takes `null` only of a team that is there.
        fields.remove("parent_team_id");
    }
    let what = what("making", step);
    step.ensure_held(&what)?;
    let path = format!("/orgs/{}/teams", part(organization));
    let call = Call::change(what, Method::POST, path).sending(body);
    match writer.connection.change(&call).await {
        Ok(made) => {
            let team: Live = read(&call, made)?;
            finish(writer, step, &team, after).await
        }
        Err(failed) if failed.reason == Reason::Exists => {
            let Some(team) = current(writer, step).await? else { return Err(failed.into()) };
            let (live, owner) = wire::read(&team, &step.mark.stack, &step.id.name);
            check_ours(&owner, step)?;
            stale::check(&team_words(step), after, None, &live)?;
            Ok(finish(writer, step, &team, after).await?.saying("was already there"))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// Leaves a team that was just made, and writes the mark that says so.
async fn finish(
    writer: &Writer,
    step: &StepContext,
    team: &Live,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    leave(writer, step, team).await?;
    let body = serde_json::json!({
        "name": after.name,
        "description": wire::marked(after, &step.mark),
    });
    patch(writer, step, team, body, "marking").await
}

/// GitHub puts whoever makes a team into it. An owner of the organization need not be there.
/// <https://docs.github.com/en/rest/teams/teams#create-a-team>
async fn leave(writer: &Writer, step: &StepContext, team: &Live) -> Result<(), ProviderError> {
    if team.members_count == 0 {
        return Ok(());
    }
    let (organization, _) = parts(&step.id.name);
    let path = format!("/user/memberships/orgs/{}", part(organization));
    let me = writer.find::<Value>(Call::get(format!("our place in {organization}"), path)).await?;
    let me = me.unwrap_or_default();
    let Some(login) = me["user"]["login"].as_str().filter(|_| me["role"] == "admin") else {
        return Ok(());
    };
    let path = format!("{}/memberships/{}", team_path(organization, &team.slug), part(login));
    writer.delete(&Call::change(what("leaving", step), Method::DELETE, path)).await
}

pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let team = there(writer, step).await?;
    let (live, owner) = wire::read(&team, &step.mark.stack, &step.id.name);
    let begun = check_ours(&owner, step)?.spec == SpecMark::Unfinished;
    stale::check(&team_words(step), before, Some(after), &live)?;
    if begun {
        leave(writer, step, &team).await?;
    }
    let (organization, _) = parts(&step.id.name);
    let parent = parent(writer, organization, after).await?;
    let body = wire::body(after, wire::marked(after, &step.mark), parent);
    patch(writer, step, &team, body, "changing").await
}

pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let Some(team) = current(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let (live, owner) = wire::read(&team, &step.mark.stack, &step.id.name);
    check_ours(&owner, step)?;
    stale::check(&team_words(step), before, None, &live)?;
    let what = what("deleting", step);
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let path = team_path(parts(&step.id.name).0, &team.slug);
    writer.delete(&Call::change(what, Method::DELETE, path)).await?;
    Ok(Applied::gone())
}

/// Puts our mark on a team that is nobody's, or takes it off again.
pub(super) async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let Some(team) = current(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let (live, owner) = wire::read(&team, &step.mark.stack, &step.id.name);
    if let Some(said) = marks.done(&owner, step)? {
        return Ok(Applied::at(version(&team)).saying(said));
    }
    stale::check(&team_words(step), spec, None, &live)?;
    let description = match owner {
        Owner::Foreign if marks == Marks::On => wire::marked(&live, &step.mark),
        _ => marks.description(&live.description, step),
    };
    let body = serde_json::json!({ "name": live.name, "description": description });
    patch(writer, step, &team, body, "marking").await
}

async fn patch(
    writer: &Writer,
    step: &StepContext,
    team: &Live,
    body: Value,
    doing: &str,
) -> Result<Applied, ProviderError> {
    let what = what(doing, step);
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let path = team_path(parts(&step.id.name).0, &team.slug);
    let call = Call::change(what, Method::PATCH, path).sending(body);
    let team: Live = read(&call, writer.connection.change(&call).await?)?;
    Ok(Applied::at(version(&team)))
}

/// The team as it is now, under whichever slug.
async fn current(writer: &Writer, step: &StepContext) -> Result<Option<Live>, ProviderError> {
    let (organization, slug) = parts(&step.id.name);
    if let Some(team) = writer.team(organization, slug).await? {
        return Ok(Some(team));
    }
    let teams = writer.teams(organization).await?;
    Ok(find(&teams, &step.mark.stack, organization, slug).cloned())
}

async fn there(writer: &Writer, step: &StepContext) -> Result<Live, ProviderError> {
    let team = current(writer, step).await?;
    team.ok_or_else(|| ProviderError::NotFound { what: team_words(step) })
}

/// The number of the team above, by which GitHub knows it.
async fn parent(
    writer: &Writer,
    organization: &str,
    spec: &Spec,
) -> Result<Option<u64>, ProviderError> {
    let Some(slug) = &spec.parent else { return Ok(None) };
    let above = writer.team(organization, slug).await?;
    let absent = || ProviderError::NotFound { what: team_name(organization, slug) };
    above.map(|team| Some(team.id)).ok_or_else(absent)
}

fn what(doing: &str, step: &StepContext) -> String {
    format!("{doing} team {}", step.id.name)
}

fn team_words(step: &StepContext) -> String {
    format!("team {}", step.id.name)
}
