//! People, by login and by number. <https://docs.github.com/en/rest/users/users>

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::answer::{self, Answer, Failure};
use super::caller::Caller;
use super::record::Account;
use super::shape;
use crate::sandbox::World;

/// The longest that a proof of an App may hold, in seconds, with a minute for clocks that differ.
const LONGEST_PROOF: i64 = 660;

pub(super) async fn me(
    State(world): State<World>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Answer {
    let account = world.store.read(|view| caller.account(view))?;
    told(&world, &headers, &account.login)
}

pub(super) async fn by_login(
    State(world): State<World>,
    headers: HeaderMap,
    Path(login): Path<String>,
) -> Answer {
    told(&world, &headers, &login)
}

pub(super) async fn by_id(
    State(world): State<World>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let id = id.parse().map_err(|_| Failure::absent())?;
    let account = world.store.read(|view| Account::by_id(view, id))?;
    Ok(answer::told(&headers, &shape::whole_user(&account)))
}

/// How much may still be asked: here all of it, always.
/// <https://docs.github.com/en/rest/rate-limit/rate-limit>
pub(super) async fn rate_limit(State(world): State<World>, headers: HeaderMap) -> Answer {
    let reset = world.clock.now().plus(Duration::from_secs(3_600)).seconds();
    let of = |limit: u64| json!({ "limit": limit, "remaining": limit, "used": 0, "reset": reset });
    let (core, search) = (of(5_000), of(30));
    let resources = json!({ "core": core, "graphql": of(5_000), "search": search });
    Ok(answer::told(&headers, &json!({ "resources": resources, "rate": core })))
}

/// A token of an App's installation, for an hour. Whether it is one that signs is not looked at, only
/// that what it sends has the shape of a proof and is not over.
/// <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>
pub(super) async fn token(State(world): State<World>, headers: HeaderMap) -> Answer {
    let now = world.clock.now();
    let proof = headers.get(header::AUTHORIZATION).and_then(|proof| proof.to_str().ok());
    let claims = proof.and_then(|proof| proof.split('.').nth(1));
    let claims = claims.and_then(|claims| BASE64URL_NOPAD.decode(claims.as_bytes()).ok());
    let claims: Option<Value> = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    let time = |name: &str| claims.as_ref().and_then(|claims| claims[name].as_i64());
    let (began, ends) = (time("iat").unwrap_or(i64::MAX), time("exp").unwrap_or_default());
    let holds = began <= now.seconds() && now.seconds() < ends && ends - began <= LONGEST_PROOF;
    if !holds {
        return Err(Failure::asked_for(401, "A JSON web token could not be decoded"));
    }
    let hour = now.plus(Duration::from_secs(3_600)).rfc3339();
    let token = format!("ghs_{:x}", now.0);
    let body = json!({ "token": token, "expires_at": hour, "permissions": {} });
    Ok(answer::made(&body))
}

fn told(world: &World, headers: &HeaderMap, login: &str) -> Answer {
    // Numbers follow from logins and not the other way round, so who was once seen is kept.
    let account = world.store.transact(|tx| {
        let account = Account::by_login(tx, login)?;
        account.keep(tx);
        Ok::<_, Failure>(account)
    })?;
    Ok(answer::told(headers, &shape::whole_user(&account)))
}
