//! What is the caller's own: their teams, organizations and invitations.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::Value;

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::caller::{Caller, SEES};
use super::organization::{self, Standing};
use super::record::{self, Account, Team};
use super::shape;
use crate::sandbox::World;

/// The teams that the caller is in themselves, of all organizations: none above or below those.
/// <https://docs.github.com/en/rest/teams/teams#list-teams-for-the-authenticated-user>
pub(super) async fn teams(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    needs(&caller, &["read:org", "user", "repo"], "teams")?;
    let teams = world.store.read(|view| {
        let account = caller.account(view)?;
        let within = |team: &Team| view.value(&team.member_key(account.id)).is_some();
        let all = Team::everywhere(view).into_iter().filter(within);
        let shown = all.filter(|team| caller.is_let_in(view, &team.organization));
        Ok::<_, Failure>(shown.map(|team| shape::whole_team(view, &team)).collect())
    })?;
    Ok(page(&world, &headers, &uri, teams))
}

/// The organizations that the caller is in. <https://docs.github.com/en/rest/orgs/orgs>
pub(super) async fn organizations(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    needs(&caller, &["read:org", "user"], "organizations")?;
    let all = world.store.read(|view| {
        let account = caller.account(view)?;
        let of = record::organizations_of(view, account.id).into_iter();
        let shown = of.filter(|organization| caller.is_let_in(view, organization));
        Ok::<_, Failure>(shown.map(|organization| shape::organization(&organization)).collect())
    })?;
    Ok(page(&world, &headers, &uri, all))
}

/// The caller's place in an organization. <https://docs.github.com/en/rest/orgs/members>
pub(super) async fn membership(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Path(organization): Path<String>,
) -> Answer {
    needs(&caller, SEES, "organizations")?;
    let login = world.store.read(|view| caller.account(view))?.login;
    organization::told(&world, &headers, &organization, &login)
}

/// The caller accepts their invitation: they are in the organization and in the teams of it.
pub(super) async fn accept(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Path(organization): Path<String>,
    bytes: Bytes,
) -> Answer {
    needs(&caller, &["write:org"], "organizations")?;
    if answer::body(&bytes)?["state"] != "active" {
        return Err(Failure::invalid("OrganizationMember", "state", "invalid"));
    }
    let now = world.clock.now();
    let login = world.store.transact(|tx| {
        let account = caller.account(tx)?;
        let within = organization::standing(tx, &organization, account.id) != Standing::Outside;
        if !within && !organization::accepted(tx, &organization, &account, now) {
            return Err(Failure::absent());
        }
        Ok(account.login)
    })?;
    organization::told(&world, &headers, &organization, &login)
}

/// Whether somebody is in an organization; whoever is not in it themselves is sent to those who show it.
pub(super) async fn is_member(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    Path((organization, login)): Path<(String, String)>,
) -> Answer {
    record::exists(&organization)?;
    let (mine, theirs) = world.store.read(|view| {
        let account = Account::by_login(view, &login)?;
        let theirs = organization::standing(view, &organization, account.id);
        Ok::<_, Failure>((caller.standing(view, &organization), theirs))
    })?;
    match (mine, theirs) {
        (Standing::Outside, _) => {
            let url = world.url();
            Ok(answer::elsewhere(&format!(
                "{url}/github/orgs/{organization}/public_members/{login}"
            )))
        }
        (_, Standing::Outside) => Err(Failure::absent()),
        _ => Ok(answer::nothing()),
    }
}

/// Nobody shows that they are in an organization.
pub(super) async fn is_public_member() -> Answer {
    Err(Failure::absent())
}

fn needs(caller: &Caller, scopes: &[&str], what: &str) -> Result<(), Failure> {
    if caller.has_any(scopes) {
        return Ok(());
    }
    let why = format!("You need at least {} scope to list your {what}.", scopes.join(" or "));
    Err(Failure::asked_for(403, &why))
}

fn page(world: &World, headers: &HeaderMap, uri: &Uri, entries: Vec<Value>) -> Response {
    Asked { world, uri, headers }.page(entries, LONGEST_PAGE)
}
