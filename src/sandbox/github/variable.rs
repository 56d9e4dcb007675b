//! Variables of repositories. <https://docs.github.com/en/rest/actions/variables>

use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure};
use super::repository::there;
use crate::sandbox::World;

/// Pages of variables are short.
const LONGEST_PAGE: usize = 30;

/// The most bytes of a value.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables#limits-for-configuration-variables>
const MOST: usize = 48 * 1024;

fn key(owner: &str, repository: &str, name: &str) -> String {
    format!("{}{}", keys(owner, repository), name.to_ascii_uppercase())
}

fn keys(owner: &str, repository: &str) -> String {
    let path = format!("{owner}/{repository}").to_ascii_lowercase();
    format!("github/variable/{path}/")
}

pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((owner, repository)): Path<(String, String)>,
) -> Answer {
    there(&owner, &repository)?;
    let all = world.store.read(|view| {
        let all = view.scan(&keys(&owner, &repository), "").map(|(_, kept)| kept.clone());
        Ok::<_, Failure>(all.collect())
    })?;
    let asked = Asked { world: &world, uri: &uri, headers: &headers };
    Ok(asked.counted("variables", all, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    there(&owner, &repository)?;
    let kept = world
        .store
        .read(|view| view.value(&key(&owner, &repository, &name)).ok_or_else(Failure::absent))?;
    Ok(answer::told(&headers, &kept))
}

pub(super) async fn create(
    State(world): State<World>,
    Path((owner, repository)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    there(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    let name = body["name"].as_str().unwrap_or_default().to_ascii_uppercase();
    check(&name, &body)?;
    let now = world.clock.now().rfc3339();
    world.store.transact(|tx| {
        let key = key(&owner, &repository, &name);
        if tx.value(&key).is_some() {
            return Err(Failure::conflict("Already exists - Variable already exists"));
        }
        tx.put(
            key,
            json!({
                "name": name, "value": body["value"], "created_at": now, "updated_at": now,
            }),
        );
        Ok::<_, Failure>(())
    })?;
    Ok(answer::made(&json!({})))
}

pub(super) async fn update(
    State(world): State<World>,
    Path((owner, repository, name)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    there(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    check(&name, &body)?;
    let now = world.clock.now().rfc3339();
    world.store.transact(|tx| {
        let key = key(&owner, &repository, &name);
        let mut kept = (*tx.value(&key).ok_or_else(Failure::absent)?).clone();
        (kept["value"], kept["updated_at"]) = (body["value"].clone(), json!(now));
        tx.put(key, kept);
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}

pub(super) async fn delete(
    State(world): State<World>,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    there(&owner, &repository)?;
    world.store.transact(|tx| {
        let key = key(&owner, &repository, &name);
        tx.value(&key).ok_or_else(Failure::absent)?;
        tx.remove(&key);
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}

/// Names of variables and secrets: letters, digits and `_`, no digit first, none of GitHub's own.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables#naming-conventions-for-configuration-variables>
pub(super) fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && name.chars().all(allowed)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.to_ascii_uppercase().starts_with("GITHUB_")
}

fn check(name: &str, body: &Value) -> Result<(), Failure> {
    if !is_name(name) {
        let why = "Variable names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) \
                   or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], \
                   [A-Z]) or underscores (_).";
        return Err(Failure::unprocessable(why));
    }
    match body["value"].as_str() {
        None | Some("") => Err(Failure::unprocessable("Variable value cannot be blank")),
        Some(value) if value.len() > MOST => Err(Failure::unprocessable("Value is too large")),
        Some(_) => Ok(()),
    }
}
