//! The installations of Apps: what they may do, and their tokens. There is one for each number.
//! <https://docs.github.com/en/rest/apps/apps>

use std::time::Duration;

use axum::extract::{Path, State};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::answer::{self, Answer, Failure};
use super::record::{self, Account};
use super::shape;
use crate::sandbox::{Moment, StoreError, World};

/// The longest that a proof of an App may hold, in seconds, with a minute for clocks that differ.
const LONGEST_PROOF: i64 = 660;

/// What an installation may that nobody said anything of. Of variables GitHub's description says nothing.
const USUAL: [&str; 7] =
    ["actions", "administration", "environments", "issues", "members", "metadata", "secrets"];

/// An installation, with what it may do.
pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path(id): Path<u64>,
) -> Answer {
    proven(&headers, world.clock.now())?;
    let permissions = permissions(&world, id)?;
    let login = "leap".to_owned();
    let mut account = shape::user(&Account { id: record::number(&login), login });
    account["type"] = json!("Organization");
    let url = format!("https://api.github.com/app/installations/{id}");
    let page = format!("https://github.com/organizations/leap/settings/installations/{id}");
    Ok(answer::told(
        &headers,
        &json!({
            "id": id,
            "account": account,
            "app_id": 1,
            "app_slug": "leap-infra",
            "target_id": 1,
            "target_type": "Organization",
            "permissions": permissions,
            "events": [],
            "repository_selection": "all",
            "access_tokens_url": format!("{url}/access_tokens"),
            "repositories_url": "https://api.github.com/installation/repositories",
            "html_url": page,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "single_file_name": null,
            "suspended_at": null,
            "suspended_by": null,
        }),
    ))
}

/// A token of an installation, for an hour.
pub(super) async fn token(
    State(world): State<World>,
    headers: HeaderMap,
    Path(id): Path<u64>,
) -> Answer {
    let now = world.clock.now();
    proven(&headers, now)?;
    let permissions = permissions(&world, id)?;
    let hour = now.plus(Duration::from_secs(3_600)).rfc3339();
    let token = format!("ghs_{:x}", now.0);
    let body = json!({ "token": token, "expires_at": hour, "permissions": permissions });
    Ok(answer::made(&body))
}

/// Whether a call comes from an App. Whether it is one that signs is not looked at, only that what it
/// sends has the shape of a proof and is not over.
fn proven(headers: &HeaderMap, now: Moment) -> Result<(), Failure> {
    let proof = headers.get(header::AUTHORIZATION).and_then(|proof| proof.to_str().ok());
    let claims = proof.and_then(|proof| proof.split('.').nth(1));
    let claims = claims.and_then(|claims| BASE64URL_NOPAD.decode(claims.as_bytes()).ok());
    let claims: Option<Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let time = |name: &str| claims.as_ref().and_then(|claims| claims[name].as_i64());
    let (began, ends) = (time("iat").unwrap_or(i64::MAX), time("exp").unwrap_or_default());
    let holds = began <= now.seconds() && now.seconds() < ends && ends - began <= LONGEST_PROOF;
    if holds {
        return Ok(());
    }
    Err(Failure::asked_for(401, "A JSON web token could not be decoded"))
}

fn permissions(world: &World, id: u64) -> Result<Value, Failure> {
    let kept = world.store.read(|view| Ok::<_, Failure>(view.value(&key(id))))?;
    let usual = || USUAL.iter().map(|on| ((*on).to_owned(), json!("write"))).collect();
    Ok(kept.map_or_else(|| Value::Object(usual()), |kept| (*kept).clone()))
}

fn key(id: u64) -> String {
    format!("github/installation/{id}")
}

/// An installation may only do this from now on, by what it is on: `members` `read`.
///
/// # Errors
/// When the store refuses.
pub fn permit(world: &World, id: u64, permissions: &[(&str, &str)]) -> Result<(), StoreError> {
    let all: Map<String, Value> =
        permissions.iter().map(|(on, level)| ((*on).to_owned(), json!(level))).collect();
    world.store.transact(|tx| {
        tx.put(key(id), Value::Object(all.clone()));
        Ok(())
    })
}
