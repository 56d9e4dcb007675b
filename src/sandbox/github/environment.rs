//! Environments of repositories. <https://docs.github.com/en/rest/deployments/environments>

use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::record::{self, Account, Team};
use super::shape;
use super::shelf::Shelf;
use crate::sandbox::{Transaction, World};

/// The most people and teams that may let a job run.
const MOST_REVIEWERS: usize = 6;

/// The longest that a job may wait: 30 days, in minutes.
const LONGEST_WAIT: u64 = 43_200;

fn shelf(owner: &str, repository: &str) -> Result<Shelf, Failure> {
    Shelf::of("environment", owner, repository)
}

pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((owner, repository)): Path<(String, String)>,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let all = world.store.read(|view| {
        let all = shelf.all(view).map(|kept| shown(view, &owner, &repository, kept));
        Ok::<_, Failure>(all.collect())
    })?;
    let asked = Asked { world: &world, uri: &uri, headers: &headers };
    Ok(asked.counted("environments", all, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    let key = shelf(&owner, &repository)?.key(&name);
    let environment = world.store.read(|view| {
        let kept = view.value(&key).ok_or_else(Failure::absent)?;
        Ok::<_, Failure>(shown(view, &owner, &repository, &kept))
    })?;
    Ok(answer::told(&headers, &environment))
}

/// Whatever a request does not say is not protected.
pub(super) async fn write(
    State(world): State<World>,
    Path((owner, repository, name)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    let now = world.clock.now().rfc3339();
    let environment = world.store.transact(|tx| {
        check(tx, &owner, &body)?;
        let key = shelf.key(&name);
        let created = tx.value(&key).map_or(json!(now), |kept| kept["created_at"].clone());
        let kept = json!({
            "name": name,
            "wait_timer": body["wait_timer"].as_u64().unwrap_or_default(),
            "prevent_self_review": body["prevent_self_review"] == true,
            "reviewers": body["reviewers"].as_array().cloned().unwrap_or_default(),
            "branches": body["deployment_branch_policy"],
            "created_at": created,
            "updated_at": now,
        });
        tx.put(key, kept.clone());
        Ok::<_, Failure>(shown(tx, &owner, &repository, &kept))
    })?;
    Ok(answer::changed(&environment))
}

pub(super) async fn delete(
    State(world): State<World>,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    shelf(&owner, &repository)?.remove(&world, &name)
}

fn check(view: &Transaction<'_>, owner: &str, body: &Value) -> Result<(), Failure> {
    if body["wait_timer"].as_u64().unwrap_or_default() > LONGEST_WAIT {
        return Err(Failure::unprocessable("Wait timer must be at most 43200 minutes"));
    }
    let reviewers = body["reviewers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let known = reviewers.iter().all(|reviewer| whole(view, owner, reviewer).is_some());
    if reviewers.len() > MOST_REVIEWERS || !known {
        return Err(Failure::unprocessable("Reviewers are invalid"));
    }
    let branches = &body["deployment_branch_policy"];
    let either = branches["protected_branches"] == branches["custom_branch_policies"];
    if !branches.is_null() && either {
        let why = "protected_branches and custom_branch_policies cannot have the same value";
        return Err(Failure::unprocessable(why));
    }
    Ok(())
}

/// A person or a team who reviews, by number.
fn whole(view: &Transaction<'_>, owner: &str, reviewer: &Value) -> Option<Value> {
    let id = reviewer["id"].as_u64()?;
    let whole = match reviewer["type"].as_str()? {
        "User" => shape::user(&Account::by_id(view, id).ok()?),
        "Team" => {
            let teams = Team::all(view, owner).ok()?;
            shape::team(view, teams.iter().find(|team| team.id == id)?)
        }
        _ => return None,
    };
    Some(json!({ "type": reviewer["type"], "reviewer": whole }))
}

fn shown(view: &Transaction<'_>, owner: &str, repository: &str, kept: &Value) -> Value {
    let name = kept["name"].as_str().unwrap_or_default();
    let id = record::number(&format!("{owner}/{repository}/{name}"));
    let rule = |kind: &str, number: u64| json!({ "id": id + number, "node_id": format!("GA_{}", id + number), "type": kind });
    let mut rules = Vec::new();
    if kept["wait_timer"] != 0 {
        let mut wait = rule("wait_timer", 1);
        wait["wait_timer"] = kept["wait_timer"].clone();
        rules.push(wait);
    }
    let reviewers = kept["reviewers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !reviewers.is_empty() {
        let mut review = rule("required_reviewers", 2);
        review["prevent_self_review"] = kept["prevent_self_review"].clone();
        let all = reviewers.iter().filter_map(|reviewer| whole(view, owner, reviewer));
        review["reviewers"] = Value::Array(all.collect());
        rules.push(review);
    }
    if !kept["branches"].is_null() {
        rules.push(rule("branch_policy", 3));
    }
    let path = format!("{owner}/{repository}");
    json!({
        "id": id,
        "node_id": format!("EN_{id}"),
        "name": name,
        "url": format!("https://api.github.com/repos/{path}/environments/{name}"),
        "html_url": format!("https://github.com/{path}/deployments/activity_log"),
        "created_at": kept["created_at"],
        "updated_at": kept["updated_at"],
        "protection_rules": rules,
        "deployment_branch_policy": kept["branches"],
    })
}
