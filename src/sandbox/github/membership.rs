//! Who is in a team. <https://docs.github.com/en/rest/teams/members>

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::organization::{self, Standing};
use super::record::{self, Account, Team};
use super::shape;
use crate::sandbox::{Transaction, World};

/// Those who are in a team or in one below it.
pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((organization, slug)): Path<(String, String)>,
) -> Answer {
    let role = answer::parameters(&uri).remove("role").unwrap_or_else(|| "all".to_owned());
    let people = world.store.read(|view| {
        let team = Team::find(view, &organization, &slug)?;
        let fits = |live: &str| role == "all" || role == live;
        let all = within(view, team)?.into_iter().filter(|(_, live)| fits(live));
        // Who is in several of them is told of once.
        let people: BTreeMap<u64, Value> =
            all.map(|(account, _)| (account.id, shape::user(&account))).collect();
        Ok::<_, Failure>(people.into_values().collect())
    })?;
    Ok(Asked { world: &world, uri: &uri, headers: &headers }.page(people, LONGEST_PAGE))
}

/// Those who are in a team or in one below it, with their roles; some of them several times.
fn within(view: &Transaction<'_>, team: Team) -> Result<Vec<(Account, &'static str)>, Failure> {
    let all = Team::all(view, &team.organization)?;
    let mut people = Vec::new();
    let mut teams = vec![team];
    while let Some(team) = teams.pop() {
        teams.extend(all.iter().filter(|below| below.parent() == Some(team.id)).cloned());
        people.extend(immediate(view, &team)?);
    }
    Ok(people)
}

/// Whether somebody is in a team or in one below it. GitHub serves it and does not describe it any more.
pub(super) async fn check(
    State(world): State<World>,
    Path((organization, slug, login)): Path<(String, String, String)>,
) -> Answer {
    let people = world.store.read(|view| {
        let team = Team::find(view, &organization, &slug)?;
        within(view, team)
    })?;
    let is_there = people.iter().any(|(account, _)| account.login.eq_ignore_ascii_case(&login));
    if is_there { Ok(answer::nothing()) } else { Err(Failure::absent()) }
}

/// Those who are in a team itself, with their roles; owners of the organization are maintainers.
pub(super) fn immediate(
    view: &Transaction<'_>,
    team: &Team,
) -> Result<Vec<(Account, &'static str)>, Failure> {
    let mut people = Vec::new();
    for (id, kept) in record::numbered(view, &team.members()) {
        // Whose account is gone is in no team any more.
        let Ok(account) = Account::by_id(view, id) else { continue };
        let owner = organization::standing(view, &team.organization, id) == Standing::Owner;
        let maintains = owner || kept["role"] == "maintainer";
        people.push((account, if maintains { "maintainer" } else { "member" }));
    }
    Ok(people)
}

pub(super) async fn invitations(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((organization, slug)): Path<(String, String)>,
) -> Answer {
    let now = world.clock.now();
    let invited = world.store.read(|view| {
        let team = Team::find(view, &organization, &slug)?.id.to_string();
        let open = organization::invited(view, &organization, now, |invitation| {
            record::is_open(invitation, now) && invitation["teams"].get(&team).is_some()
        });
        Ok::<_, Failure>(open)
    })?;
    Ok(Asked { world: &world, uri: &uri, headers: &headers }.page(invited, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((organization, slug, login)): Path<(String, String, String)>,
) -> Answer {
    let now = world.clock.now();
    let place = world.store.read(|view| {
        let team = Team::find(view, &organization, &slug)?;
        let account = Account::by_login(view, &login)?;
        let people = immediate(view, &team)?;
        if let Some((_, role)) = people.into_iter().find(|(other, _)| other.id == account.id) {
            return Ok(membership(&team, &account, role, "active"));
        }
        let invitation = view.value(&record::invitation_key(&organization, account.id));
        let open = invitation.filter(|invitation| record::is_open(invitation, now));
        let role = open.and_then(|it| it["teams"][team.id.to_string()].as_str().map(str::to_owned));
        let role = role.ok_or_else(Failure::absent)?;
        Ok::<_, Failure>(membership(&team, &account, &role, "pending"))
    })?;
    Ok(answer::told(&headers, &place))
}

/// Puts somebody into a team; who is not in the organization is invited.
pub(super) async fn write(
    State(world): State<World>,
    Path((organization, slug, login)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let body = answer::body(&bytes)?;
    let role = body["role"].as_str().unwrap_or("member").to_owned();
    if !["member", "maintainer"].contains(&role.as_str()) {
        return Err(Failure::invalid("TeamMember", "role", "invalid"));
    }
    let now = world.clock.now();
    let place = world.store.transact(|tx| {
        let team = Team::find(tx, &organization, &slug)?;
        let account = Account::by_login(tx, &login)?;
        account.keep(tx);
        let standing = organization::standing(tx, &organization, account.id);
        if standing == Standing::Outside {
            let mut invitation =
                organization::open_invitation(tx, &organization, &account, "direct_member", now);
            invitation["teams"][team.id.to_string()] = json!(role);
            tx.put(record::invitation_key(&organization, account.id), invitation);
            return Ok(membership(&team, &account, &role, "pending"));
        }
        tx.put(team.member_key(account.id), json!({ "role": role }));
        let role = if standing == Standing::Owner { "maintainer" } else { &role };
        Ok::<_, Failure>(membership(&team, &account, role, "active"))
    })?;
    Ok(answer::changed(&place))
}

pub(super) async fn remove(
    State(world): State<World>,
    Path((organization, slug, login)): Path<(String, String, String)>,
) -> Answer {
    world.store.transact(|tx| {
        let team = Team::find(tx, &organization, &slug)?;
        let account = Account::by_login(tx, &login)?;
        let invitation_key = record::invitation_key(&organization, account.id);
        if let Some(invitation) = tx.value(&invitation_key) {
            let mut invitation = (*invitation).clone();
            if let Some(teams) = invitation["teams"].as_object_mut() {
                teams.remove(&team.id.to_string());
            }
            tx.put(invitation_key, invitation);
        } else if tx.value(&team.member_key(account.id)).is_none() {
            return Err(Failure::absent());
        }
        tx.remove(&team.member_key(account.id));
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}

fn membership(team: &Team, account: &Account, role: &str, state: &str) -> Value {
    let organization = record::number(&team.organization);
    let url = format!(
        "https://api.github.com/organizations/{organization}/team/{}/memberships/{}",
        team.id, account.login
    );
    json!({ "url": url, "role": role, "state": state })
}
