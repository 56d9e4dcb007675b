//! Putting a person into a team and taking them out again.

use super::{Role, Spec};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::Version;
use crate::providers::failed::Reason;
use crate::providers::github::Writer;
use crate::providers::github::client::{CALL_TIMEOUT, Call};
use crate::providers::github::live::{Membership, User};
use crate::providers::github::people::account;
use crate::providers::github::rest::{part, parts, read};
use crate::providers::github::writer::team_path;
use crate::providers::stale;
use http::Method;
use serde_json::json;

/// Puts a person into a team, or gives them another role. Doing so twice does no harm.
pub(super) async fn put(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let User { login, id } = account(&writer.connection, &after.login, after.id).await?;
    let role = match after.role {
        Role::Member => "member",
        Role::Maintainer => "maintainer",
    };
    let what = format!("adding {login} to team {}", team(step));
    step.ensure_held(&what)?;
    let call =
        Call::change(&what, Method::PUT, path(step, &login)).sending(json!({ "role": role }));
    let answer = writer.connection.change(&call).await.map_err(|failed| match failed.reason {
        Reason::Absent => ProviderError::NotFound { what: format!("team {}", team(step)) },
        _ => failed.into(),
    })?;
    let membership: Membership = read(&call, answer)?;
    let applied = Applied::at(Version(id.to_string()));
    Ok(match membership.state.as_str() {
        "pending" => applied.saying("invited; they have seven days to accept"),
        _ => applied,
    })
}

/// The role is all that can be changed.
pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let login = account(&writer.connection, &after.login, after.id).await?.login;
    let what = format!("{login} in team {}", team(step));
    let live = writer.find::<Membership>(Call::get(&what, path(step, &login))).await?;
    let live = live.ok_or_else(|| ProviderError::NotFound { what: what.clone() })?;
    let role = if live.role == "maintainer" { Role::Maintainer } else { Role::Member };
    let now = Spec { role, ..before.clone() };
    stale::check(&what, before, Some(after), &now)?;
    step.ensure_lease(&format!("changing {what}"), CALL_TIMEOUT)?;
    put(writer, step, after).await
}

/// Takes a person out of a team, or their invitation back. What they have in other teams and in the
/// organization stays.
pub(super) async fn remove(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let login = match account(&writer.connection, &before.login, before.id).await {
        Ok(user) => user.login,
        Err(ProviderError::NotFound { .. }) => {
            return Ok(Applied::gone().saying("the account is gone"));
        }
        Err(error) => return Err(error),
    };
    let what = format!("removing {login} from team {}", team(step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    writer.delete(&Call::change(what, Method::DELETE, path(step, &login))).await?;
    Ok(Applied::gone())
}

fn team(step: &StepContext) -> String {
    let (organization, team, _) = parts(&step.id.name);
    format!("{organization}/{team}")
}

fn path(step: &StepContext, login: &str) -> String {
    let (organization, team, _) = parts(&step.id.name);
    format!("{}/memberships/{}", team_path(organization, team), part(login))
}
