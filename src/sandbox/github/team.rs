//! Teams. <https://docs.github.com/en/rest/teams/teams>

use axum::Extension;
use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::caller::Caller;
use super::record::{self, Account, Team};
use super::{CALLER, shape};
use crate::sandbox::{Transaction, World};

pub(super) async fn list(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
    Path(organization): Path<String>,
) -> Answer {
    let teams = world.store.read(|view| {
        let mut teams = Team::all(view, &organization)?;
        teams.retain(|team| caller.sees(view, team));
        teams.sort_by(|a, b| a.slug().cmp(b.slug()));
        Ok::<_, Failure>(teams.iter().map(|team| shape::team(view, team)).collect())
    })?;
    Ok(Asked { world: &world, uri: &uri, headers: &headers }.page(teams, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((organization, slug)): Path<(String, String)>,
) -> Answer {
    let team = world.store.read(|view| {
        let team = Team::find(view, &organization, &slug)?;
        Ok::<_, Failure>(shape::whole_team(view, &team))
    })?;
    Ok(answer::told(&headers, &team))
}

/// Whoever makes a team is in it, as a maintainer.
pub(super) async fn create(
    State(world): State<World>,
    Path(organization): Path<String>,
    bytes: Bytes,
) -> Answer {
    let body = answer::body(&bytes)?;
    let now = world.clock.now().rfc3339();
    let made = world.store.transact(|tx| {
        let name = body["name"].as_str().unwrap_or_default();
        let all = Team::all(tx, &organization)?;
        let id = next(tx, &organization, name);
        let above = !body["parent_team_id"].is_null();
        let value = json!({
            "name": "", "slug": "", "description": null, "parent": null, "created_at": now,
            "privacy": if above { "closed" } else { "secret" },
            "notification_setting": "notifications_enabled",
        });
        let mut team = Team { organization: organization.to_ascii_lowercase(), id, value };
        if name.is_empty() {
            return Err(Failure::invalid("Team", "name", "missing_field"));
        }
        change(&mut team, &all, &body, &now)?;
        tx.put(team.key(), team.value.clone());
        let caller = Account::by_login(tx, CALLER)?;
        caller.keep(tx);
        tx.put(team.member_key(caller.id), json!({ "role": "maintainer" }));
        Ok(team)
    })?;
    // Transactions see the world as it was before them.
    let made = world.store.read(|view| Ok::<_, Failure>(shape::whole_team(view, &made)))?;
    Ok(answer::made(&made))
}

pub(super) async fn update(
    State(world): State<World>,
    Path((organization, slug)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let body = answer::body(&bytes)?;
    let now = world.clock.now().rfc3339();
    let changed = world.store.transact(|tx| {
        let mut team = Team::find(tx, &organization, &slug)?;
        let all = Team::all(tx, &organization)?;
        change(&mut team, &all, &body, &now)?;
        tx.put(team.key(), team.value.clone());
        Ok::<_, Failure>(team)
    })?;
    let changed = world.store.read(|view| Ok::<_, Failure>(shape::whole_team(view, &changed)))?;
    Ok(answer::changed(&changed))
}

/// The teams below go with it.
pub(super) async fn delete(
    State(world): State<World>,
    Path((organization, slug)): Path<(String, String)>,
) -> Answer {
    world.store.transact(|tx| {
        let all = Team::all(tx, &organization)?;
        let mut going = vec![Team::find(tx, &organization, &slug)?];
        while let Some(team) = going.pop() {
            going.extend(all.iter().filter(|below| below.parent() == Some(team.id)).cloned());
            for prefix in [team.members(), team.repositories()] {
                let keys: Vec<String> =
                    tx.scan(&prefix, "").map(|(key, _)| key.to_owned()).collect();
                keys.iter().for_each(|key| tx.remove(key));
            }
            tx.remove(&team.key());
        }
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}

/// The number of a new team: another one for each that is made under a name, and the same whatever
/// else was made before.
fn next(tx: &mut Transaction<'_>, organization: &str, name: &str) -> u64 {
    let team = format!("{}/{}", organization.to_ascii_lowercase(), slug(name));
    let key = format!("github/teams-made/{team}");
    let before = tx.value(&key).and_then(|made| made.as_u64()).unwrap_or_default();
    tx.put(key, json!(before + 1));
    record::number(&format!("{team}/{before}"))
}

fn change(team: &mut Team, all: &[Team], body: &Value, now: &str) -> Result<(), Failure> {
    if let Some(name) = body["name"].as_str() {
        let slug = slug(name);
        let taken = all.iter().any(|other| other.id != team.id && other.slug() == slug);
        if taken {
            return Err(Failure::custom("Team", "name", "Name must be unique for this org"));
        }
        (team.value["name"], team.value["slug"]) = (json!(name), json!(slug));
    }
    for field in ["description", "privacy", "notification_setting"] {
        if let Some(value) = body[field].as_str() {
            team.value[field] = json!(value);
        }
    }
    if let Some(parent) = body.get("parent_team_id") {
        let known = parent.is_null() || all.iter().any(|other| parent.as_u64() == Some(other.id));
        if !known || parent.as_u64().is_some_and(|parent| is_below(all, parent, team.id)) {
            return Err(Failure::invalid("Team", "parent_team_id", "invalid"));
        }
        team.value["parent"] = parent.clone();
    }
    let nested = team.parent().is_some() || all.iter().any(|it| it.parent() == Some(team.id));
    if nested && team.text("privacy") == "secret" {
        let why = "Privacy must be closed for a team that is or has a parent team";
        return Err(Failure::custom("Team", "privacy", why));
    }
    team.value["updated_at"] = json!(now);
    Ok(())
}

/// Whether a team is another one or stands below it.
fn is_below(all: &[Team], team: u64, other: u64) -> bool {
    let mut at = Some(team);
    for _ in 0..=all.len() {
        match at {
            Some(id) if id == other => return true,
            Some(id) => at = all.iter().find(|team| team.id == id).and_then(Team::parent),
            None => return false,
        }
    }
    true
}

/// What GitHub makes of a name: small letters, and a hyphen for each run of anything else.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' | '_' => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_matches('-').to_owned()
}
