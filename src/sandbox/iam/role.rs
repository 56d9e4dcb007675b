//! Custom roles of projects. A deleted one keeps its name and can be brought back for seven days.
//!
//! <https://cloud.google.com/iam/docs/creating-custom-roles>

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::SERVICE;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest::{self, Answer, Parameters};
use crate::sandbox::{Moment, Transaction, World, serviceusage};

/// How long a deleted role can be brought back.
const REMEMBERED: Duration = Duration::from_hours(7 * 24);

/// What a PATCH may change.
const FIELDS: &[&str] = &["title", "description", "includedPermissions", "stage"];

pub(super) fn routes() -> Router<World> {
    let one = get(look).patch(patch).delete(delete).post(undelete);
    Router::new()
        .route("/v1/projects/{project}/roles", get(list).post(create))
        .route("/v1/projects/{project}/roles/{role}", one)
}

fn key(project: &str, id: &str) -> String {
    format!("iam/role/{project}/{id}")
}

fn grave(project: &str, id: &str) -> String {
    format!("iam/deleted/role/{project}/{id}")
}

fn shown(role: &Value) -> Value {
    let mut shown = role.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("deleted_at");
    }
    shown
}

/// A role that is there; deleted ones are only looked at.
fn live(view: &Transaction<'_>, project: &str, id: &str) -> Result<Value, Refusal> {
    if let Some(role) = view.value(&key(project, id)) {
        return Ok((*role).clone());
    }
    let path = format!("projects/{project}/roles/{id}");
    if view.value(&grave(project, id)).is_some() {
        let message = format!("The role named {path} was deleted.");
        return Err(Refusal::state(message));
    }
    Err(Refusal::not_found(format!("The role named {path} was not found.")))
}

fn stamped(world: &World, mut role: Value) -> Value {
    role["etag"] = json!(data_encoding::BASE64.encode(&world.clock.now().0.to_be_bytes()));
    role
}

async fn list(
    State(world): State<World>,
    Path(project): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let says = |name: &str, yes: &[&str]| {
        parameters.get(name).is_some_and(|value| yes.contains(&value.as_str()))
    };
    let (full, deleted) = (says("view", &["1", "FULL"]), says("showDeleted", &["true"]));
    let mut entries: Vec<Value> = world.store.read(|view| {
        let there = view.scan(&key(&project, ""), "").map(|(_, role)| shown(role));
        let gone = view.scan(&grave(&project, ""), "").map(|(_, role)| shown(role));
        let all = there.chain(gone.filter(|_| deleted));
        Ok::<_, Refusal>(all.collect())
    })?;
    rest::sort(&mut entries);
    for role in entries.iter_mut().filter(|_| !full) {
        role.as_object_mut().and_then(|role| role.remove("includedPermissions"));
    }
    Ok(Json(rest::listed(&world, &parameters, "roles", entries)?))
}

async fn create(
    State(world): State<World>,
    Path(project): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let id = body["roleId"].as_str().unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if !(3..=64).contains(&id.len()) || !id.chars().all(allowed) {
        return Err(Refusal::invalid("The role_id must match [a-zA-Z0-9_\\.]{3,64}.").into());
    }
    check(&body["role"])?;
    let path = format!("projects/{project}/roles/{id}");
    let made = world.store.transact(|transaction| {
        let taken = [key(&project, id), grave(&project, id)];
        if taken.iter().any(|key| transaction.value(key).is_some()) {
            let message = format!("A role named {id} in projects/{project} already exists.");
            return Err(Refusal::exists(message));
        }
        let mut role = json!({ "name": path });
        rest::masked(&mut role, &body["role"], &FIELDS.join(","), FIELDS)?;
        let role = stamped(&world, role);
        transaction.put(key(&project, id), role.clone());
        Ok(role)
    })?;
    Ok(Json(shown(&made)))
}

fn check(role: &Value) -> Result<(), Refusal> {
    for (field, most) in [("title", 100), ("description", 256)] {
        if role[field].as_str().is_some_and(|text| text.len() > most) {
            return Err(Refusal::invalid(format!("The {field} is longer than {most} bytes.")));
        }
    }
    for permission in role["includedPermissions"].as_array().into_iter().flatten() {
        let permission = permission.as_str().unwrap_or_default();
        if permission.split('.').filter(|part| !part.is_empty()).count() != 3 {
            return Err(Refusal::invalid(format!("Permission {permission} is not valid.")));
        }
    }
    Ok(())
}

async fn look(State(world): State<World>, Path((project, id)): Path<(String, String)>) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let role = world.store.read(|view| match view.value(&grave(&project, &id)) {
        Some(role) => Ok((*role).clone()),
        None => live(view, &project, &id),
    })?;
    Ok(Json(shown(&role)))
}

async fn patch(
    State(world): State<World>,
    Path((project, id)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    check(&body)?;
    let mask = parameters.get("updateMask").map_or("", String::as_str);
    let changed = world.store.transact(|transaction| {
        let mut role = live(transaction, &project, &id)?;
        let etag = body["etag"].as_str().unwrap_or_default();
        if !etag.is_empty() && role["etag"] != *etag {
            return Err(Refusal::aborted("There were concurrent changes to the role."));
        }
        rest::masked(&mut role, &body, mask, &[FIELDS, &["etag"]].concat())?;
        let role = stamped(&world, role);
        transaction.put(key(&project, &id), role.clone());
        Ok(role)
    })?;
    Ok(Json(shown(&changed)))
}

async fn delete(State(world): State<World>, Path((project, id)): Path<(String, String)>) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let gone = world.store.transact(|transaction| {
        let mut role = stamped(&world, live(transaction, &project, &id)?);
        role["deleted"] = json!(true);
        role["deleted_at"] = json!(world.clock.now().0);
        transaction.remove(&key(&project, &id));
        transaction.put(grave(&project, &id), role.clone());
        Ok::<_, Refusal>(role)
    })?;
    Ok(Json(shown(&gone)))
}

async fn undelete(
    State(world): State<World>,
    Path((project, path)): Path<(String, String)>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let (id, verb) = rest::split_verb(&path);
    if verb != "undelete" {
        return Err(Refusal::not_found("Method not found.").into());
    }
    let back = world.store.transact(|transaction| {
        let Some(role) = transaction.value(&grave(&project, id)) else {
            let there = live(transaction, &project, id)?;
            let message = format!("{} is not deleted.", there["name"]);
            return Err(Refusal::state(message));
        };
        let deleted = Moment(role["deleted_at"].as_i64().unwrap_or_default());
        if deleted.plus(REMEMBERED) < world.clock.now() {
            let message = "The role was deleted more than 7 days ago.";
            return Err(Refusal::state(message));
        }
        let mut role = stamped(&world, (*role).clone());
        for field in ["deleted", "deleted_at"] {
            role.as_object_mut().and_then(|role| role.remove(field));
        }
        transaction.remove(&grave(&project, id));
        transaction.put(key(&project, id), role.clone());
        Ok(role)
    })?;
    Ok(Json(shown(&back)))
}
