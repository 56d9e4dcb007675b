//! Issues of repositories: opened, read, changed and closed. No comments, labels or pull requests.
//! <https://docs.github.com/en/rest/issues/issues>

use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::record::Account;
use super::shelf::Shelf;
use super::{CALLER, shape};
use crate::sandbox::{Transaction, World};

fn shelf(owner: &str, repository: &str) -> Result<Shelf, Failure> {
    Shelf::of("issue", owner, repository)
}

/// Numbers are as long as keys need to be in their order.
fn key(shelf: &Shelf, number: u64) -> String {
    shelf.key(&format!("{number:09}"))
}

pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((owner, repository)): Path<(String, String)>,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let parameters = answer::parameters(&uri);
    let state = parameters.get("state").map_or("open", String::as_str);
    let since = parameters.get("since").map_or("", String::as_str);
    let chosen = |issue: &&Value| {
        let updated = issue["updated_at"].as_str().unwrap_or_default();
        (state == "all" || issue["state"] == state) && updated >= since
    };
    let all = world.store.read(|view| {
        let shown = |issue: &Value| shown(view, (&owner, &repository), issue);
        shelf.all(view).filter(chosen).map(shown).collect::<Result<Vec<_>, _>>()
    })?;
    // The newest first.
    let all = all.into_iter().rev().collect();
    Ok(Asked { world: &world, uri: &uri, headers: &headers }.page(all, LONGEST_PAGE))
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((owner, repository, number)): Path<(String, String, u64)>,
) -> Answer {
    let key = key(&shelf(&owner, &repository)?, number);
    let issue = world.store.read(|view| {
        let issue = view.value(&key).ok_or_else(Failure::absent)?;
        shown(view, (&owner, &repository), &issue)
    })?;
    Ok(answer::told(&headers, &issue))
}

pub(super) async fn create(
    State(world): State<World>,
    Path((owner, repository)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    let title = body["title"].as_str().filter(|title| !title.trim().is_empty());
    let title = title.ok_or_else(|| Failure::invalid("Issue", "title", "missing_field"))?;
    let now = world.clock.now().rfc3339();
    let issue = world.store.transact(|tx| {
        let number = shelf.all(tx).count() as u64 + 1;
        let issue = json!({
            "number": number, "title": title, "body": body["body"], "state": "open",
            "created_at": now, "updated_at": now, "closed_at": null,
        });
        tx.put(key(&shelf, number), issue.clone());
        shown(tx, (&owner, &repository), &issue)
    })?;
    Ok(answer::made(&issue))
}

pub(super) async fn update(
    State(world): State<World>,
    Path((owner, repository, number)): Path<(String, String, u64)>,
    bytes: Bytes,
) -> Answer {
    let key = key(&shelf(&owner, &repository)?, number);
    let body = answer::body(&bytes)?;
    let now = world.clock.now().rfc3339();
    let issue = world.store.transact(|tx| {
        let mut issue = (*tx.value(&key).ok_or_else(Failure::absent)?).clone();
        for field in ["title", "body", "state"] {
            if let Some(value) = body.get(field) {
                issue[field] = value.clone();
            }
        }
        issue["updated_at"] = json!(now);
        issue["closed_at"] = if issue["state"] == "closed" { json!(now) } else { Value::Null };
        tx.put(key.clone(), issue.clone());
        shown(tx, (&owner, &repository), &issue)
    })?;
    Ok(answer::changed(&issue))
}

/// An issue as GitHub shows it.
fn shown(
    view: &Transaction<'_>,
    (owner, repository): (&str, &str),
    issue: &Value,
) -> Result<Value, Failure> {
    let caller = shape::user(&Account::by_login(view, CALLER)?);
    Ok(shape::issue(owner, repository, caller, issue))
}
