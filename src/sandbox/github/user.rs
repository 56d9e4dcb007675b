//! People, by login and by number. <https://docs.github.com/en/rest/users/users>

use axum::extract::{Path, State};
use http::HeaderMap;

use super::answer::{self, Answer, Failure};
use super::record::Account;
use super::{CALLER, shape};
use crate::sandbox::World;

pub(super) async fn me(State(world): State<World>, headers: HeaderMap) -> Answer {
    told(&world, &headers, CALLER)
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

fn told(world: &World, headers: &HeaderMap, login: &str) -> Answer {
    // Numbers follow from logins and not the other way round, so who was once seen is kept.
    let account = world.store.transact(|tx| {
        let account = Account::by_login(tx, login)?;
        account.keep(tx);
        Ok::<_, Failure>(account)
    })?;
    Ok(answer::told(headers, &shape::whole_user(&account)))
}
