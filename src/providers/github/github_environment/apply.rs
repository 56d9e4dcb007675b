//! Making, changing and deleting an environment. GitHub has no versions of environments, so each is
//! read just before, and the lease has to last.

use super::{Environment, Spec, wire};
use crate::kind::{Applied, ProviderError, StepContext, digest};
use crate::model::Version;
use crate::providers::github::Writer;
use crate::providers::github::client::{CALL_TIMEOUT, Call};
use crate::providers::github::github_team::team_name;
use crate::providers::github::live::Environment as Live;
use crate::providers::github::people::account;
use crate::providers::github::rest::parts;
use crate::providers::github::rest::{part, repository_path};
use crate::providers::stale;
use http::Method;

/// Making and changing are one call to GitHub, so what is there is looked at first.
pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    match current(writer, step).await? {
        None => put(writer, step, after).await,
        Some(live) if live == *after => Ok(applied(after).saying("was already there")),
        Some(live) => Err(stale::of(words(step), after, &live)),
    }
}

pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let live = current(writer, step).await?;
    let live = live.ok_or_else(|| ProviderError::NotFound { what: words(step) })?;
    stale::check(&words(step), before, Some(after), &live)?;
    put(writer, step, after).await
}

pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let Some(live) = current(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    stale::check(&words(step), before, None, &live)?;
    let what = format!("deleting {}", words(step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    writer.delete(&Call::change(what, Method::DELETE, path(step))).await?;
    Ok(Applied::gone())
}

async fn put(writer: &Writer, step: &StepContext, after: &Spec) -> Result<Applied, ProviderError> {
    let (owner, ..) = parts(&step.id.name);
    let (mut teams, mut people) = (Vec::new(), Vec::new());
    for slug in &after.teams {
        let team = writer.team(owner, slug).await?;
        let absent = || ProviderError::NotFound { what: team_name(owner, slug) };
        teams.push(team.ok_or_else(absent)?.id);
    }
    for login in &after.people {
        people.push(account(&writer.connection, login, None).await?.id);
    }
    let what = format!("writing {}", words(step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let call = Call::change(what, Method::PUT, path(step));
    writer.connection.change(&call.sending(wire::body(after, &teams, &people))).await?;
    Ok(applied(after))
}

async fn current(writer: &Writer, step: &StepContext) -> Result<Option<Spec>, ProviderError> {
    let live = writer.find::<Live>(Call::get(words(step), path(step))).await?;
    Ok(live.as_ref().map(wire::read))
}

fn applied(spec: &Spec) -> Applied {
    Applied::at(Version(digest::<Environment>(spec)))
}

fn words(step: &StepContext) -> String {
    format!("environment {}", step.id.name)
}

fn path(step: &StepContext) -> String {
    let (owner, repository, name) = parts(&step.id.name);
    format!("{}/environments/{}", repository_path(owner, repository), part(name))
}
