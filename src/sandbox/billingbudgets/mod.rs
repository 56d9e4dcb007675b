//! Budgets of billing accounts: kept and listed. Nothing is ever spent here, and nobody written to.
//!
//! Any billing account exists, and its currency is the US dollar. The project that needs the API is
//! the caller's, which the sandbox does not know, so the API is never off.
//! <https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets>

mod budget;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Answer, Parameters};
use super::{Api, Label, World};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BillingBudgets;

const TEMPLATES: &[&str] =
    &["/v1/billingAccounts/{account}/budgets", "/v1/billingAccounts/{account}/budgets/{budget}"];

/// What a mask may name.
const MAY_CHANGE: &[&str] =
    &["displayName", "budgetFilter", "amount", "thresholdRules", "notificationsRule"];

impl Api for BillingBudgets {
    fn name(&self) -> &'static str {
        "billingbudgets"
    }

    fn router(&self, world: World) -> Router {
        Router::new()
            .route(TEMPLATES[0], get(list).post(create))
            .route(TEMPLATES[1], get(one).patch(update).delete(delete))
            .with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        rest::label(parts, TEMPLATES)
    }
}

fn key(account: &str, budget: &str) -> String {
    format!("billingbudgets/{account}/{budget}")
}

fn missing(account: &str, budget: &str) -> Refusal {
    let name = format!("billingAccounts/{account}/budgets/{budget}");
    Refusal::not_found(format!("Budget {name} was not found."))
}

/// Refuses what is no billing account.
fn account_form(account: &str) -> Result<(), Refusal> {
    let part = |part: &str| {
        part.len() == 6 && part.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    };
    let parts: Vec<&str> = account.split('-').collect();
    if parts.len() == 3 && parts.iter().all(|text| part(text)) {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Invalid billing account: billingAccounts/{account}")))
}

async fn list(
    State(world): State<World>,
    Path(account): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer {
    account_form(&account)?;
    if parameters.contains_key("scope") {
        return Err(Refusal::unimplemented("the sandbox does not narrow lists").into());
    }
    let all = world.store.read(|view| {
        let all = view.scan(&key(&account, ""), "").map(|(_, budget)| budget.clone());
        Ok::<_, Refusal>(all.collect::<Vec<Value>>())
    })?;
    Ok(Json(rest::listed(&world, &parameters, "budgets", all)?))
}

async fn one(
    State(world): State<World>,
    Path((account, budget)): Path<(String, String)>,
) -> Answer {
    let kept = world.store.read(|view| {
        view.value(&key(&account, &budget)).ok_or_else(|| missing(&account, &budget))
    })?;
    Ok(Json((*kept).clone()))
}

/// The server gives the name, in the form of a UUID.
async fn create(
    State(world): State<World>,
    Path(account): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    account_form(&account)?;
    let now = world.clock.now();
    let mut made = budget::complete(&body);
    Ok(Json(world.store.transact(|tx| {
        budget::check(tx, &made)?;
        let number = |text: &str| crc32c::crc32c(text.as_bytes());
        let (first, mut count) = (number(&made["displayName"].to_string()), 0_u32);
        let id = loop {
            let id = format!("{first:08x}-0000-4000-8000-{count:012x}");
            if tx.value(&key(&account, &id)).is_none() {
                break id;
            }
            count += 1;
        };
        made["name"] = json!(format!("billingAccounts/{account}/budgets/{id}"));
        rest::touch(&mut made, now);
        tx.put(key(&account, &id), made.clone());
        Ok::<_, Refusal>(made.clone())
    })?))
}

async fn update(
    State(world): State<World>,
    Path((account, budget)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    Json(body): Json<Value>,
) -> Answer {
    let now = world.clock.now();
    let everything = MAY_CHANGE.join(",");
    let mask = parameters.get("updateMask").unwrap_or(&everything);
    Ok(Json(world.store.transact(|tx| {
        let key = key(&account, &budget);
        let live = tx.value(&key).ok_or_else(|| missing(&account, &budget))?;
        same_etag(&live, &body)?;
        let mut next = (*live).clone();
        rest::masked(&mut next, &body, mask, MAY_CHANGE)?;
        let mut next = budget::complete(&next);
        budget::check(tx, &next)?;
        (next["name"], next["etag"]) = (live["name"].clone(), live["etag"].clone());
        rest::touch(&mut next, now);
        tx.put(key, next.clone());
        Ok::<_, Refusal>(next)
    })?))
}

/// An etag is checked if there is one.
fn same_etag(live: &Value, body: &Value) -> Result<(), Refusal> {
    match body["etag"].as_str() {
        Some(etag) if !etag.is_empty() && live["etag"] != *etag => {
            Err(Refusal::aborted("The etag of the budget does not match; read it again."))
        }
        _ => Ok(()),
    }
}

async fn delete(
    State(world): State<World>,
    Path((account, budget)): Path<(String, String)>,
) -> Answer {
    world.store.transact(|tx| {
        let key = key(&account, &budget);
        tx.value(&key).ok_or_else(|| missing(&account, &budget))?;
        tx.remove(&key);
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(json!({})))
}
