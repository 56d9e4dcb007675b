//! Variables of repositories. <https://docs.github.com/en/rest/actions/variables>

use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure};
use super::shelf::Shelf;
use crate::sandbox::World;

/// Pages of variables are short.
const LONGEST_PAGE: usize = 30;

/// The most bytes of a value.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables#limits-for-configuration-variables>
const MOST: usize = 48 * 1024;

fn shelf(owner: &str, repository: &str) -> Result<Shelf, Failure> {
    Shelf::of("variable", owner, repository)
}

pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((owner, repository)): Path<(String, String)>,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let all = world.store.read(|view| Ok::<_, Failure>(shelf.all(view).cloned().collect()))?;
    let asked = Asked { world: &world, uri: &uri, headers: &headers };
    Ok(asked.counted("variables", all, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    let key = shelf(&owner, &repository)?.key(&name.to_ascii_uppercase());
    let kept = world.store.read(|view| view.value(&key).ok_or_else(Failure::absent))?;
    Ok(answer::told(&headers, &kept))
}

pub(super) async fn create(
    State(world): State<World>,
    Path((owner, repository)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    let name = body["name"].as_str().unwrap_or_default().to_ascii_uppercase();
    check(&name, &body)?;
    let now = world.clock.now().rfc3339();
    world.store.transact(|tx| {
        let key = shelf.key(&name);
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
    let shelf = shelf(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    check(&name, &body)?;
    let now = world.clock.now().rfc3339();
    world.store.transact(|tx| {
        let key = shelf.key(&name.to_ascii_uppercase());
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
    shelf(&owner, &repository)?.remove(&world, &name.to_ascii_uppercase())
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
