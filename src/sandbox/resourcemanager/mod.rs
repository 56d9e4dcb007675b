//! Resource Manager: projects, and who may do what in them. Any project exists.
//!
//! <https://cloud.google.com/resource-manager/reference/rest/v3/projects>

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use http::request::Parts;
use serde_json::{Value, json};

use super::iam::policy::{self, Kept};
use super::refusal::Refusal;
use super::rest::{self, Answer};
use super::{Api, Label, World, project, serviceusage};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResourceManager;

/// What has to be enabled.
const SERVICE: &str = "cloudresourcemanager.googleapis.com";

const TEMPLATES: &[&str] = &[
    "/v3/projects/{project}",
    "/v3/projects/{project}:getIamPolicy",
    "/v3/projects/{project}:setIamPolicy",
    "/v3/projects/{project}:testIamPermissions",
];

impl Api for ResourceManager {
    fn name(&self) -> &'static str {
        "resourcemanager"
    }

    fn router(&self, world: World) -> Router {
        Router::new().route("/v3/projects/{project}", get(one).post(verb)).with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        rest::label(parts, TEMPLATES)
    }
}

async fn one(State(world): State<World>, Path(project): Path<String>) -> Answer {
    serviceusage::needs(&world, &project, SERVICE)?;
    Ok(Json(json!({
        "name": format!("projects/{}", project::number(&project)),
        "projectId": project,
        "displayName": project,
        "state": "ACTIVE",
    })))
}

async fn verb(
    State(world): State<World>,
    Path(path): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    let (project, verb) = rest::split_verb(&path);
    serviceusage::needs(&world, project, SERVICE)?;
    // Whoever made the project owns it.
    let born = json!([{ "role": "roles/owner", "members": ["user:owner@leap.example.org"] }]);
    let kept = Kept { key: format!("resourcemanager/policy/{project}"), born };
    Ok(Json(match verb {
        "getIamPolicy" => policy::get(&world, &kept, &body)?,
        "setIamPolicy" => policy::set(&world, &kept, &body)?,
        // The sandbox's caller may do everything.
        "testIamPermissions" => json!({ "permissions": body["permissions"] }),
        _ => return Err(Refusal::not_found("Method not found.").into()),
    }))
}
