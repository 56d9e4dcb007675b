//! Cloud Monitoring, as far as its uptime checks go: kept and listed, never run.
//!
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs>

mod config;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Answer, Parameters};
use super::{Api, Label, World, serviceusage};

/// The name under which it is enabled.
const SERVICE: &str = "monitoring.googleapis.com";

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct UptimeChecks;

const TEMPLATES: &[&str] = &[
    "/v3/projects/{project}/uptimeCheckConfigs",
    "/v3/projects/{project}/uptimeCheckConfigs/{check}",
];

impl Api for UptimeChecks {
    fn name(&self) -> &'static str {
        "monitoring"
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

fn key(project: &str, check: &str) -> String {
    format!("monitoring/uptime/{project}/{check}")
}

fn missing(project: &str, check: &str) -> Refusal {
    let name = format!("projects/{project}/uptimeCheckConfigs/{check}");
    Refusal::not_found(format!("Could not find uptime check configuration: {name}"))
}

async fn list(
    State(world): State<World>,
    Path(project): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    if parameters.contains_key("filter") {
        return Err(Refusal::unimplemented("the sandbox does not filter lists").into());
    }
    let entries = world.store.read(|view| {
        let all = view.scan(&key(&project, ""), "").map(|(_, check)| check.clone());
        Ok::<_, Refusal>(all.collect::<Vec<Value>>())
    })?;
    let total = entries.len();
    let mut page = rest::listed(&world, &parameters, "uptimeCheckConfigs", entries)?;
    page["totalSize"] = json!(total);
    Ok(Json(page))
}

async fn one(State(world): State<World>, Path((project, check)): Path<(String, String)>) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let found = world
        .store
        .read(|view| view.value(&key(&project, &check)).ok_or_else(|| missing(&project, &check)))?;
    Ok(Json((*found).clone()))
}

/// The server gives the name: what the display name makes of itself, and a number.
async fn create(
    State(world): State<World>,
    Path(project): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    let mut made = config::complete(&project, &body);
    config::check(&made)?;
    let shown = made["displayName"].as_str().unwrap_or_default().to_lowercase();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let stem: String = shown.chars().map(plain).take(50).collect();
    Ok(Json(world.store.transact(|tx| {
        let number = crc32c::crc32c(format!("{project}/{stem}").as_bytes());
        let mut id = format!("{stem}-{number:08x}");
        while tx.value(&key(&project, &id)).is_some() {
            id.push('x');
        }
        made["name"] = json!(format!("projects/{project}/uptimeCheckConfigs/{id}"));
        tx.put(key(&project, &id), made.clone());
        Ok::<_, Refusal>(made.clone())
    })?))
}

async fn update(
    State(world): State<World>,
    Path((project, check)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    Ok(Json(world.store.transact(|tx| {
        let key = key(&project, &check);
        let live = tx.value(&key).ok_or_else(|| missing(&project, &check))?;
        let mut next = match parameters.get("updateMask") {
            Some(mask) => {
                let mut next = (*live).clone();
                rest::masked(&mut next, &body, mask, config::MAY_CHANGE)?;
                next
            }
            None => config::complete(&project, &body),
        };
        config::stays(&live, &next)?;
        next["name"] = live["name"].clone();
        config::check(&next)?;
        tx.put(key, next.clone());
        Ok::<_, Refusal>(next)
    })?))
}

async fn delete(
    State(world): State<World>,
    Path((project, check)): Path<(String, String)>,
) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    world.store.transact(|tx| {
        tx.value(&key(&project, &check)).ok_or_else(|| missing(&project, &check))?;
        tx.remove(&key(&project, &check));
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(json!({})))
}
