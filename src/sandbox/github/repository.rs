//! Repositories, and what teams may do in them.
//! <https://docs.github.com/en/rest/teams/teams#list-team-repositories>

use axum::extract::{Path, State};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::record::{self, Team};
use super::shape;
use crate::sandbox::World;

/// GitHub's own roles: what they are called when they are given, and when they are told of.
const ROLES: &[(&str, &str)] = &[
    ("pull", "read"),
    ("triage", "triage"),
    ("push", "write"),
    ("maintain", "maintain"),
    ("admin", "admin"),
];

pub(super) async fn one(headers: HeaderMap, Path((owner, name)): Path<(String, String)>) -> Answer {
    there(&owner, &name)?;
    Ok(answer::told(&headers, &shape::repository(&owner, &name)))
}

/// Whether a repository is there.
pub(super) fn there(owner: &str, name: &str) -> Result<(), Failure> {
    record::exists(owner)?;
    record::exists(name)
}

pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((organization, slug)): Path<(String, String)>,
) -> Answer {
    let repositories = world.store.read(|view| {
        let team = Team::find(view, &organization, &slug)?;
        let prefix = team.repositories();
        let all = view.scan(&prefix, "").map(|(key, kept)| {
            let role = kept["role"].as_str().unwrap_or_default();
            with_role(shape::repository(&organization, &key[prefix.len()..]), role)
        });
        Ok::<_, Failure>(all.collect())
    })?;
    Ok(Asked { world: &world, uri: &uri, headers: &headers }.page(repositories, LONGEST_PAGE))
}

fn with_role(mut repository: Value, role: &str) -> Value {
    let level = ROLES.iter().position(|(_, told)| *told == role).unwrap_or_default();
    let allows = ROLES.iter().enumerate();
    let allows = allows.map(|(at, (given, _))| ((*given).to_owned(), json!(at <= level)));
    repository["permissions"] = Value::Object(allows.collect());
    repository["role_name"] = json!(role);
    repository
}

/// The role may be one that the organization has made, which the sandbox takes unseen.
pub(super) async fn give(
    State(world): State<World>,
    Path((organization, slug, owner, name)): Path<(String, String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let body = answer::body(&bytes)?;
    there(&owner, &name)?;
    if !owner.eq_ignore_ascii_case(&organization) {
        return Err(Failure::unprocessable("The repository is not owned by the organization."));
    }
    let given = body["permission"].as_str().unwrap_or("push");
    let role = ROLES.iter().find(|(word, _)| *word == given).map_or(given, |(_, told)| told);
    world.store.transact(|tx| {
        let team = Team::find(tx, &organization, &slug)?;
        tx.put(format!("{}{name}", team.repositories()), json!({ "role": role }));
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}

pub(super) async fn take(
    State(world): State<World>,
    Path((organization, slug, _, name)): Path<(String, String, String, String)>,
) -> Answer {
    world.store.transact(|tx| {
        let team = Team::find(tx, &organization, &slug)?;
        tx.remove(&format!("{}{name}", team.repositories()));
        Ok::<_, Failure>(())
    })?;
    Ok(answer::nothing())
}
