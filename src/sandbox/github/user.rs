//! People, by login and by number. <https://docs.github.com/en/rest/users/users>

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use http::HeaderMap;
use serde_json::json;

use super::answer::{self, Answer, Failure};
use super::caller::Caller;
use super::record::Account;
use super::shape;
use crate::sandbox::World;

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

fn told(world: &World, headers: &HeaderMap, login: &str) -> Answer {
    // Numbers follow from logins and not the other way round, so who was once seen is kept.
    let account = world.store.transact(|tx| {
        let account = Account::by_login(tx, login)?;
        account.keep(tx);
        Ok::<_, Failure>(account)
    })?;
    Ok(answer::told(headers, &shape::whole_user(&account)))
}
