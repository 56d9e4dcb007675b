//! Workload identity pools and their providers. Deleted ones keep their names and can be brought
//! back for 30 days; deleting a pool leaves its providers as they are.
//!
//! <https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools>

use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::Uri;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::SERVICE;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest::{self, Answer, Parameters};
use crate::sandbox::{Transaction, World, serviceusage};

/// How long a deleted pool or provider can be brought back.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// What a PATCH may change; the last three are those of providers.
const FIELDS: &[&str] =
    &["displayName", "description", "disabled", "attributeMapping", "attributeCondition", "oidc"];

const POOLS: &str = "/v1/projects/{project}/locations/global/workloadIdentityPools";

pub(super) fn routes() -> Router<World> {
    let one = || get(look).patch(patch).delete(delete).post(undelete);
    Router::new()
        .route(POOLS, get(list).post(create))
        .route(&format!("{POOLS}/{{pool}}"), one())
        .route(&format!("{POOLS}/{{pool}}/operations/{{operation}}"), get(operation))
        .route(&format!("{POOLS}/{{pool}}/providers"), get(list).post(create))
        .route(&format!("{POOLS}/{{pool}}/providers/{{provider}}"), one())
        .route(
            &format!("{POOLS}/{{pool}}/providers/{{provider}}/operations/{{operation}}"),
            get(operation),
        )
}

/// The path of a call, without its version; its project must have the API.
fn path(world: &World, uri: &Uri) -> Result<String, Refusal> {
    let path = uri.path().trim_start_matches("/v1/").to_owned();
    serviceusage::needs(world, path.split('/').nth(1).unwrap_or_default(), SERVICE)?;
    Ok(path)
}

fn key(path: &str) -> String {
    format!("iam/federation/{path}")
}

fn grave(path: &str) -> String {
    format!("iam/deleted/federation/{path}")
}

fn known(view: &Transaction<'_>, path: &str) -> Result<Value, Refusal> {
    let found = view.value(&key(path)).or_else(|| view.value(&grave(path)));
    let missing = || Refusal::not_found(format!("Requested entity was not found: {path}"));
    found.map(|found| (*found).clone()).ok_or_else(missing)
}

fn live(view: &Transaction<'_>, path: &str) -> Result<Value, Refusal> {
    let found = known(view, path)?;
    if found["state"] == "DELETED" {
        let message = format!("{path} is deleted.");
        return Err(Refusal::state(message));
    }
    Ok(found)
}

async fn list(
    State(world): State<World>,
    uri: Uri,
    Query(parameters): Query<Parameters>,
) -> Answer {
    let path = path(&world, &uri)?;
    let collection = path.rsplit('/').next().unwrap_or_default();
    let shape = match collection {
        "providers" => "workloadIdentityPoolProviders",
        _ => "workloadIdentityPools",
    };
    let deleted = parameters.get("showDeleted").is_some_and(|value| value == "true");
    let mut entries: Vec<Value> = world.store.read(|view| {
        if let Some((pool, "providers")) = path.rsplit_once('/') {
            known(view, pool)?;
        }
        let (prefix, gone) = (format!("{}/", key(&path)), format!("{}/", grave(&path)));
        let there = view.scan(&prefix, "").map(|(at, value)| (&at[prefix.len()..], value));
        let gone = view.scan(&gone, "").map(|(at, value)| (&at[gone.len()..], value));
        let all = there.chain(gone.filter(|_| deleted));
        // What stands below one of them is in a list of its own.
        let direct = all.filter(|(id, _)| !id.contains('/'));
        Ok::<_, Refusal>(direct.map(|(_, value)| value.clone()).collect())
    })?;
    rest::sort(&mut entries);
    Ok(Json(rest::listed(&world, &parameters, shape, entries)?))
}

async fn create(
    State(world): State<World>,
    uri: Uri,
    Query(parameters): Query<Parameters>,
    Json(body): Json<Value>,
) -> Answer {
    let parent = path(&world, &uri)?;
    let ids = ["workloadIdentityPoolId", "workloadIdentityPoolProviderId"];
    let id = ids.iter().find_map(|name| parameters.get(*name)).map_or("", String::as_str);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (4..=32).contains(&id.len()) && id.chars().all(allowed) && !id.starts_with("gcp-");
    if !good {
        return Err(Refusal::invalid(format!("Invalid identifier: {id}")).into());
    }
    check(&body, parent.ends_with("/providers"))?;
    let path = format!("{parent}/{id}");
    world.store.transact(|transaction| {
        if let Some((pool, "providers")) = parent.rsplit_once('/') {
            live(transaction, pool)?;
        }
        if known(transaction, &path).is_ok() {
            return Err(Refusal::exists("Requested entity already exists"));
        }
        let mut made = json!({ "name": path, "state": "ACTIVE" });
        rest::masked(&mut made, &body, &FIELDS.join(","), FIELDS)?;
        transaction.put(key(&path), made);
        Ok(())
    })?;
    Ok(Json(rest::begin(&world, &format!("{path}/"))))
}

fn check(body: &Value, is_provider: bool) -> Result<(), Refusal> {
    for (field, most) in [("displayName", 32), ("description", 256)] {
        if body[field].as_str().is_some_and(|text| text.len() > most) {
            return Err(Refusal::invalid(format!("The {field} is longer than {most}.")));
        }
    }
    if !is_provider {
        return Ok(());
    }
    let issuer = body["oidc"]["issuerUri"].as_str().unwrap_or_default();
    if !issuer.starts_with("https://") {
        return Err(Refusal::invalid("The issuer URI must be an https URL."));
    }
    if body["attributeMapping"]["google.subject"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::invalid("The attribute mapping must map google.subject."));
    }
    // <https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions>
    let github = issuer == "https://token.actions.githubusercontent.com";
    let condition = body["attributeCondition"].as_str().unwrap_or_default();
    if github && !condition.contains("assertion.") && !condition.contains("attribute.") {
        return Err(Refusal::invalid(
            "The attribute condition must reference one of the provider's claims.",
        ));
    }
    Ok(())
}

async fn look(State(world): State<World>, uri: Uri) -> Answer {
    let path = path(&world, &uri)?;
    Ok(Json(world.store.read(|view| known(view, &path))?))
}

async fn patch(
    State(world): State<World>,
    uri: Uri,
    Query(parameters): Query<Parameters>,
    Json(body): Json<Value>,
) -> Answer {
    let path = path(&world, &uri)?;
    let mask = parameters.get("updateMask").map_or("", String::as_str);
    world.store.transact(|transaction| {
        let mut changed = live(transaction, &path)?;
        rest::masked(&mut changed, &body, mask, FIELDS)?;
        check(&changed, path.contains("/providers/"))?;
        transaction.put(key(&path), changed);
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(rest::begin(&world, &format!("{path}/"))))
}

async fn delete(State(world): State<World>, uri: Uri) -> Answer {
    let path = path(&world, &uri)?;
    world.store.transact(|transaction| {
        let mut gone = live(transaction, &path)?;
        gone["state"] = json!("DELETED");
        let expires = world.clock.now().plus(REMEMBERED).seconds();
        let expires = OffsetDateTime::from_unix_timestamp(expires).ok();
        let expires = expires.and_then(|time| time.format(&Rfc3339).ok());
        gone["expireTime"] = json!(expires.unwrap_or_default());
        transaction.remove(&key(&path));
        transaction.put(grave(&path), gone);
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(rest::begin(&world, &format!("{path}/"))))
}

async fn undelete(State(world): State<World>, uri: Uri) -> Answer {
    let path = path(&world, &uri)?;
    let (path, verb) = rest::split_verb(&path);
    if verb != "undelete" {
        return Err(Refusal::not_found("Method not found.").into());
    }
    world.store.transact(|transaction| {
        let mut back = known(transaction, path)?;
        if back["state"] != "DELETED" {
            let message = format!("{path} is not deleted.");
            return Err(Refusal::state(message));
        }
        back["state"] = json!("ACTIVE");
        back.as_object_mut().and_then(|back| back.remove("expireTime"));
        transaction.remove(&grave(path));
        transaction.put(key(path), back);
        Ok(())
    })?;
    Ok(Json(rest::begin(&world, &format!("{path}/"))))
}

async fn operation(State(world): State<World>, uri: Uri) -> Answer {
    let path = path(&world, &uri)?;
    Ok(Json(rest::operation(&world, &path)))
}
