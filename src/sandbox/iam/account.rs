//! Service accounts.
//!
//! <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts>

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::SERVICE;
use super::policy::{self, Kept};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest::{self, Answer, Parameters};
use crate::sandbox::{Transaction, World, serviceusage};

/// What a PATCH may change.
const FIELDS: &[&str] = &["displayName", "description"];

pub(super) fn routes() -> Router<World> {
    let one = get(look).patch(patch).delete(delete).post(verb);
    Router::new()
        .route("/v1/projects/{project}/serviceAccounts", get(list).post(create))
        .route("/v1/projects/{project}/serviceAccounts/{account}", one)
}

fn key(email: &str) -> String {
    format!("iam/account/{email}")
}

/// An account as it is answered, without what only we know.
fn shown(account: &Value) -> Value {
    let mut shown = account.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("create_time");
    }
    shown
}

/// The account that a path means: by address or number, in this project or (`-`) any.
fn account(view: &Transaction<'_>, project: &str, named: &str) -> Result<Value, Refusal> {
    let by_address = view.value(&key(named)).map(|account| (*account).clone());
    let found = by_address.or_else(|| {
        let mut all = view.scan("iam/account/", "").map(|(_, account)| account);
        all.find(|account| account["uniqueId"] == *named).cloned()
    });
    let here = found.filter(|account| project == "-" || account["projectId"] == *project);
    here.ok_or_else(|| {
        let path = format!("projects/{project}/serviceAccounts/{named}");
        Refusal::not_found(format!("Unknown service account: {path}"))
    })
}

async fn list(
    State(world): State<World>,
    Path(project): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let entries = world.store.read(|view| {
        let all = view.scan("iam/account/", "");
        let here = all.filter(|(_, account)| account["projectId"] == *project);
        Ok::<_, Refusal>(here.map(|(_, account)| shown(account)).collect())
    })?;
    Ok(Json(rest::listed(&world, &parameters, "accounts", entries)?))
}

async fn create(
    State(world): State<World>,
    Path(project): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let id = body["accountId"].as_str().unwrap_or_default();
    check_id(id)?;
    check_texts(&body["serviceAccount"])?;
    let email = format!("{id}@{project}.iam.gserviceaccount.com");
    let made = world.store.transact(|transaction| {
        if transaction.value(&key(&email)).is_some() {
            return Err(Refusal::exists(format!(
                "Service account {id} already exists within project projects/{project}."
            )));
        }
        let all = transaction.scan("iam/account/", "");
        let here = all.filter(|(_, account)| account["projectId"] == *project).count();
        if here >= world.behaviour.account_quota {
            return Err(Refusal::exhausted(
                "Maximum number of service accounts on project reached.",
            ));
        }
        let number =
            transaction.value("iam/numbers").and_then(|it| it.as_u64()).unwrap_or_default();
        transaction.put("iam/numbers", json!(number + 1));
        let unique_id = format!("1{:020}", number + 1);
        let mut account = json!({
            "name": format!("projects/{project}/serviceAccounts/{email}"),
            "projectId": project,
            "uniqueId": unique_id,
            "email": email,
            "etag": data_encoding::BASE64.encode(&number.to_be_bytes()),
            "create_time": world.clock.now().0,
        });
        let fields = FIELDS.join(",");
        rest::masked(&mut account, &body["serviceAccount"], &fields, FIELDS)?;
        transaction.put(key(&email), account.clone());
        Ok(account)
    })?;
    Ok(Json(shown(&made)))
}

/// <https://cloud.google.com/iam/docs/service-accounts-create#creating>
fn check_id(id: &str) -> Result<(), Refusal> {
    if rest::is_name(id, 6..=30) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "The account ID must be between 6 and 30 characters, lower case letters, digits and \
         hyphens, and begin with a letter.",
    ))
}

fn check_texts(account: &Value) -> Result<(), Refusal> {
    for (field, most) in [("displayName", 100), ("description", 256)] {
        if account[field].as_str().is_some_and(|text| text.len() > most) {
            return Err(Refusal::invalid(format!("The {field} is longer than {most} bytes.")));
        }
    }
    Ok(())
}

async fn look(
    State(world): State<World>,
    Path((project, named)): Path<(String, String)>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    Ok(Json(shown(&world.store.read(|view| account(view, &project, &named))?)))
}

async fn patch(
    State(world): State<World>,
    Path((project, named)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    check_texts(&body["serviceAccount"])?;
    let mask = body["updateMask"].as_str().unwrap_or_default();
    let changed = change(&world, &project, &named, |account| {
        rest::masked(account, &body["serviceAccount"], mask, FIELDS)
    })?;
    Ok(Json(shown(&changed)))
}

fn change(
    world: &World,
    project: &str,
    named: &str,
    work: impl FnOnce(&mut Value) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    world.store.transact(|transaction| {
        let mut changed = account(transaction, project, named)?;
        work(&mut changed)?;
        transaction.put(key(changed["email"].as_str().unwrap_or_default()), changed.clone());
        Ok(changed)
    })
}

/// Its address may be used again; whoever granted it something keeps a deleted member.
async fn delete(
    State(world): State<World>,
    Path((project, named)): Path<(String, String)>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    world.store.transact(|transaction| {
        let gone = account(transaction, &project, &named)?;
        let text = |field: &str| gone[field].as_str().unwrap_or_default().to_owned();
        let email = text("email");
        policy::bury(transaction, &email, &text("uniqueId"));
        transaction.remove(&key(&email));
        transaction.remove(&kept(&email).key);
        transaction.put(format!("iam/deleted/account/{email}"), gone);
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(json!({})))
}

fn kept(email: &str) -> Kept {
    Kept { key: format!("iam/policy/{email}"), born: json!([]) }
}

async fn verb(
    State(world): State<World>,
    Path((project, path)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let (named, verb) = rest::split_verb(&path);
    let found = world.store.read(|view| account(view, &project, named))?;
    let kept = kept(found["email"].as_str().unwrap_or_default());
    let switch = |off: bool| {
        change(&world, &project, named, |account| {
            match off {
                true => account["disabled"] = json!(true),
                false => drop(account.as_object_mut().and_then(|it| it.remove("disabled"))),
            }
            Ok(())
        })
    };
    Ok(Json(match verb {
        "enable" => switch(false).map(|_| json!({}))?,
        "disable" => switch(true).map(|_| json!({}))?,
        "getIamPolicy" => policy::get(&world, &kept, &body)?,
        "setIamPolicy" => policy::set(&world, &kept, &body)?,
        _ => return Err(Refusal::unimplemented(format!("the sandbox has no {verb} yet")).into()),
    }))
}
