//! Who is in an organization, and who is invited. <https://docs.github.com/en/rest/orgs/members>

use axum::Extension;
use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::caller::Caller;
use super::record::{self, Account};
use super::{CALLER, shape};
use crate::sandbox::{Moment, Transaction, World};

/// What somebody is to an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Owner,
    Member,
    Outside,
}

/// What somebody is to an organization. Whoever calls is an owner of each.
pub(super) fn standing(view: &Transaction<'_>, organization: &str, id: u64) -> Standing {
    if id == record::number(CALLER) {
        return Standing::Owner;
    }
    match view.value(&record::person_key(organization, id)) {
        Some(kept) if kept["role"] == "admin" => Standing::Owner,
        Some(_) => Standing::Member,
        None => Standing::Outside,
    }
}

/// An invitation of somebody that is still open, or a new one.
pub(super) fn open_invitation(
    view: &Transaction<'_>,
    organization: &str,
    account: &Account,
    role: &str,
    now: Moment,
) -> Value {
    let there = view.value(&record::invitation_key(organization, account.id));
    match there.filter(|invitation| record::is_open(invitation, now)) {
        Some(invitation) => (*invitation).clone(),
        None => json!({ "role": role, "create_time": now.seconds(), "teams": {} }),
    }
}

/// The invitations of an organization that are as asked, as answers show them.
pub(super) fn invited(
    view: &Transaction<'_>,
    organization: &str,
    now: Moment,
    which: impl Fn(&Value) -> bool,
) -> Vec<Value> {
    let all = record::numbered(view, &record::invitations(organization));
    let which = all.into_iter().filter(|(_, invitation)| which(invitation));
    let shown = |(id, kept): (u64, Value)| shown(view, organization, (id, &kept), now);
    which.filter_map(shown).collect()
}

fn shown(
    view: &Transaction<'_>,
    organization: &str,
    (id, kept): (u64, &Value),
    now: Moment,
) -> Option<Value> {
    let account = Account::by_id(view, id).ok()?;
    let inviter = Account::by_login(view, CALLER).ok()?;
    let created = Moment(kept["create_time"].as_i64()?.saturating_mul(1_000_000));
    let url = format!("https://api.github.com/organizations/{}", record::number(organization));
    let (failed_at, why) = record::failed(kept, now).unzip();
    Some(json!({
        "id": id,
        "login": account.login,
        "node_id": format!("OI_{id}"),
        "email": null,
        "role": kept["role"],
        "created_at": created.rfc3339(),
        "failed_at": failed_at,
        "failed_reason": why,
        "inviter": shape::user(&inviter),
        "team_count": kept["teams"].as_object().map_or(0, serde_json::Map::len),
        "invitation_teams_url": format!("{url}/invitations/{id}/teams"),
        "invitation_source": "member",
    }))
}

pub(super) async fn one(headers: HeaderMap, Path(organization): Path<String>) -> Answer {
    record::exists(&organization)?;
    Ok(answer::told(&headers, &shape::organization(&organization)))
}

pub(super) async fn members(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
    Path(organization): Path<String>,
) -> Answer {
    record::exists(&organization)?;
    let role = answer::parameters(&uri).remove("role").unwrap_or_else(|| "all".to_owned());
    let people = world.store.read(|view| {
        if caller.standing(view, &organization) == Standing::Outside {
            return Ok(Vec::new()); // nobody shows that they are in an organization
        }
        let kept = record::numbered(view, &record::people(&organization));
        let mut ids: Vec<u64> = kept.into_iter().map(|(id, _)| id).collect();
        ids.push(record::number(CALLER));
        let fits = |id: &u64| match role.as_str() {
            "admin" => standing(view, &organization, *id) == Standing::Owner,
            "member" => standing(view, &organization, *id) == Standing::Member,
            _ => true,
        };
        let account = |id: u64| match id == record::number(CALLER) {
            true => Account::by_login(view, CALLER).ok(),
            false => Account::by_id(view, id).ok(),
        };
        let people = ids.into_iter().filter(fits).filter_map(account);
        Ok::<_, Failure>(people.map(|account| shape::user(&account)).collect())
    })?;
    Ok(Asked { world: &world, uri: &uri, headers: &headers }.page(people, LONGEST_PAGE))
}

pub(super) async fn invitations(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path(organization): Path<String>,
) -> Answer {
    let now = world.clock.now();
    let open = |invitation: &Value| record::is_open(invitation, now);
    list(&world, &headers, &uri, (&organization, now), open)
}

/// Those that expired, or were declined.
pub(super) async fn failed(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path(organization): Path<String>,
) -> Answer {
    let now = world.clock.now();
    let failed = |invitation: &Value| !record::is_open(invitation, now);
    list(&world, &headers, &uri, (&organization, now), failed)
}

fn list(
    world: &World,
    headers: &HeaderMap,
    uri: &Uri,
    (organization, now): (&str, Moment),
    which: impl Fn(&Value) -> bool,
) -> Answer {
    record::exists(organization)?;
    let all = world.store.read(|view| Ok::<_, Failure>(invited(view, organization, now, which)))?;
    Ok(Asked { world, uri, headers }.page(all, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((organization, login)): Path<(String, String)>,
) -> Answer {
    told(&world, &headers, &organization, &login)
}

/// Somebody's place in an organization.
pub(super) fn told(world: &World, headers: &HeaderMap, organization: &str, login: &str) -> Answer {
    record::exists(organization)?;
    let now = world.clock.now();
    let place = world.store.read(|view| {
        let account = Account::by_login(view, login)?;
        match standing(view, organization, account.id) {
            Standing::Owner => Ok(membership(organization, &account, "admin", "active")),
            Standing::Member => Ok(membership(organization, &account, "member", "active")),
            Standing::Outside => {
                let there = view.value(&record::invitation_key(organization, account.id));
                let open = there.filter(|invitation| record::is_open(invitation, now));
                let open = open.ok_or_else(Failure::absent)?;
                let role = if open["role"] == "admin" { "admin" } else { "member" };
                Ok::<_, Failure>(membership(organization, &account, role, "pending"))
            }
        }
    })?;
    Ok(answer::told(headers, &place))
}

/// Somebody accepts their invitation, if it is open: they are in the organization and in the teams of it.
pub(super) fn accepted(
    tx: &mut Transaction<'_>,
    organization: &str,
    account: &Account,
    now: Moment,
) -> bool {
    let key = record::invitation_key(organization, account.id);
    let Some(invitation) = tx.value(&key).filter(|it| record::is_open(it, now)) else {
        return false;
    };
    let role = if invitation["role"] == "admin" { "admin" } else { "member" };
    tx.put(record::person_key(organization, account.id), json!({ "role": role }));
    for team in record::Team::all(tx, organization).unwrap_or_default() {
        if let Some(role) = invitation["teams"].get(team.id.to_string()) {
            tx.put(team.member_key(account.id), json!({ "role": role }));
        }
    }
    tx.remove(&key);
    true
}

/// Invites somebody, or gives a member another role.
pub(super) async fn write(
    State(world): State<World>,
    Path((organization, login)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    record::exists(&organization)?;
    let body = answer::body(&bytes)?;
    let role = body["role"].as_str().unwrap_or("member").to_owned();
    if !["member", "admin"].contains(&role.as_str()) {
        return Err(Failure::invalid("OrganizationMember", "role", "invalid"));
    }
    let now = world.clock.now();
    let place = world.store.transact(|tx| {
        let account = Account::by_login(tx, &login)?;
        account.keep(tx);
        if standing(tx, &organization, account.id) != Standing::Outside {
            tx.put(record::person_key(&organization, account.id), json!({ "role": role }));
            return Ok(membership(&organization, &account, &role, "active"));
        }
        let invited_as = if role == "admin" { "admin" } else { "direct_member" };
        let mut invitation = open_invitation(tx, &organization, &account, invited_as, now);
        invitation["role"] = json!(invited_as);
        tx.put(record::invitation_key(&organization, account.id), invitation);
        Ok::<_, Failure>(membership(&organization, &account, &role, "pending"))
    })?;
    Ok(answer::changed(&place))
}

/// Whoever leaves an organization leaves its teams.
pub(super) async fn remove(
    State(world): State<World>,
    Path((organization, login)): Path<(String, String)>,
) -> Answer {
    world.store.transact(|tx| {
        let account = Account::by_login(tx, &login)?;
        let keys = [
            record::person_key(&organization, account.id),
            record::invitation_key(&organization, account.id),
        ];
        if keys.iter().all(|key| tx.value(key).is_none()) {
            return Err(Failure::absent());
        }
        keys.iter().for_each(|key| tx.remove(key));
        for team in record::Team::all(tx, &organization)? {
            tx.remove(&team.member_key(account.id));
        }
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}

fn membership(organization: &str, account: &Account, role: &str, state: &str) -> Value {
    let url = format!("https://api.github.com/orgs/{organization}");
    json!({
        "url": format!("{url}/memberships/{}", account.login),
        "state": state,
        "role": role,
        "organization_url": url,
        "organization": shape::organization(organization),
        "user": shape::user(account),
    })
}
