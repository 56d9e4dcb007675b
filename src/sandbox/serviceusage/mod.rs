//! Service Usage: which APIs are enabled in a project.
//!
//! Every API works in every project, so that nobody has to enable one to try something, except in
//! a project that was put here with [`require_services`].
//! <https://cloud.google.com/service-usage/docs/reference/rest>

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Answer, Parameters};
use super::store::{StoreError, Transaction};
use super::{Api, Label, World};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceUsage;

const TEMPLATES: &[&str] = &[
    "/v1/projects/{project}/services",
    "/v1/projects/{project}/services:batchEnable",
    "/v1/projects/{project}/services/{service}",
    "/v1/projects/{project}/services/{service}:enable",
    "/v1/projects/{project}/services/{service}:disable",
    "/v1/operations/{operation}",
];

impl Api for ServiceUsage {
    fn name(&self) -> &'static str {
        "serviceusage"
    }

    fn router(&self, world: World) -> Router {
        Router::new()
            .route("/v1/projects/{project}/services", get(list))
            .route("/v1/projects/{project}/services:batchEnable", axum::routing::post(batch))
            .route("/v1/projects/{project}/services/{service}", get(one).post(verb))
            .route("/v1/operations/{operation}", get(operation))
            .with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        rest::label(parts, TEMPLATES)
    }
}

/// Makes a project strict: an API answers there only once it was enabled. Those in `enabled` are.
pub fn require_services(world: &World, project: &str, enabled: &[&str]) -> Result<(), StoreError> {
    world.store.transact(|transaction| {
        transaction.put(format!("serviceusage/strict/{project}"), json!(1));
        enabled.iter().for_each(|api| transaction.put(key(project, api), json!(1)));
        Ok(())
    })
}

/// Refuses a call to an API that is off in a project.
pub(super) fn needs(world: &World, project: &str, api: &str) -> Result<(), Refusal> {
    world.store.read(|view| {
        let strict = view.value(&format!("serviceusage/strict/{project}")).is_some();
        if strict && !is_enabled(view, project, api) { Err(off(project, api)) } else { Ok(()) }
    })
}

fn key(project: &str, api: &str) -> String {
    format!("serviceusage/enabled/{project}/{api}")
}

fn is_enabled(view: &Transaction<'_>, project: &str, api: &str) -> bool {
    view.value(&key(project, api)).is_some()
}

/// <https://cloud.google.com/service-usage/docs/troubleshooting>
fn off(project: &str, api: &str) -> Refusal {
    let url = format!("https://console.developers.google.com/apis/api/{api}/overview");
    let message = format!(
        "{api} has not been used in project {project} before or it is disabled. Enable it by \
         visiting {url}?project={project} then retry. If you enabled this API recently, wait a \
         few minutes for the action to propagate to our systems and retry."
    );
    let details = vec![json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "SERVICE_DISABLED",
        "domain": "googleapis.com",
        "metadata": { "service": api, "consumer": format!("projects/{project}") },
    })];
    Refusal { details, ..Refusal::forbidden(message) }
}

fn service(view: &Transaction<'_>, project: &str, api: &str) -> Value {
    let state = if is_enabled(view, project, api) { "ENABLED" } else { "DISABLED" };
    json!({
        "name": format!("projects/{project}/services/{api}"),
        "config": { "name": api },
        "state": state,
        "parent": format!("projects/{project}"),
    })
}

/// What is not Google's, or not known to it, is refused as if we might not see it.
fn known(api: &str) -> Result<(), Refusal> {
    if api.ends_with(".googleapis.com") {
        return Ok(());
    }
    Err(Refusal::forbidden(format!("Not found or permission denied for service(s): {api}.")))
}

async fn list(
    State(world): State<World>,
    Path(project): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer {
    match parameters.get("filter").map(String::as_str) {
        Some("state:ENABLED") => {}
        _ => return Err(Refusal::unimplemented("the sandbox lists enabled services only").into()),
    }
    let entries = world.store.read(|view| {
        let prefix = key(&project, "");
        let names = view.scan(&prefix, "").map(|(key, _)| key[prefix.len()..].to_owned());
        let entry = |name: String| service(view, &project, &name);
        Ok::<_, Refusal>(names.map(entry).collect())
    })?;
    Ok(Json(rest::listed(&world, &parameters, "services", entries)?))
}

async fn one(State(world): State<World>, Path((project, api)): Path<(String, String)>) -> Answer {
    known(&api)?;
    Ok(Json(world.store.read(|view| Ok::<_, Refusal>(service(view, &project, &api)))?))
}

async fn verb(State(world): State<World>, Path((project, api)): Path<(String, String)>) -> Answer {
    match rest::split_verb(&api) {
        (api, "enable") => enable(&world, &project, &[api.to_owned()]),
        (api, "disable") => {
            known(api)?;
            world.store.transact(|transaction| {
                transaction.remove(&key(&project, api));
                Ok::<_, Refusal>(())
            })?;
            Ok(Json(rest::begin(&world, "")))
        }
        _ => Err(Refusal::not_found("Method not found.").into()),
    }
}

async fn batch(
    State(world): State<World>,
    Path(project): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    let ids = body["serviceIds"].as_array().into_iter().flatten();
    let ids: Vec<String> = ids.filter_map(|id| id.as_str().map(str::to_owned)).collect();
    // <https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable>
    if ids.is_empty() || ids.len() > 20 {
        return Err(Refusal::invalid("Between 1 and 20 services can be enabled at once.").into());
    }
    enable(&world, &project, &ids)
}

fn enable(world: &World, project: &str, apis: &[String]) -> Answer {
    apis.iter().try_for_each(|api| known(api))?;
    world.store.transact(|transaction| {
        apis.iter().for_each(|api| transaction.put(key(project, api), json!(1)));
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(rest::begin(world, "")))
}

async fn operation(State(world): State<World>, Path(name): Path<String>) -> Answer {
    Ok(Json(rest::operation(&world, &format!("operations/{name}"))))
}
