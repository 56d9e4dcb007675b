//! Compute Engine, as far as a platform stands on it: disks, snapshot schedules, static addresses;
//! and, to be looked at only, machine types, accelerators, quotas, machines and load balancers.
//!
//! Things lie in the store as they go over the wire. A change begins an operation, and what it does
//! happens once the clock has come that far (`operation`).
//! <https://cloud.google.com/compute/docs/reference/rest/v1>

mod address;
mod catalog;
mod disk;
mod operation;
mod path;
mod policy;
mod record;
mod rule;
mod seed;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::request::Parts;
use http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Parameters};
use super::{Api, Label, World, serviceusage};
use path::Path;

pub use seed::{change, seed, trouble, use_by};

/// The name under which it is enabled.
const SERVICE: &str = "compute.googleapis.com";

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compute;

impl Api for Compute {
    fn name(&self) -> &'static str {
        "compute"
    }

    fn router(&self, world: World) -> Router {
        Router::new().route("/compute/v1/projects/{project}/{*rest}", any(serve)).with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        match Path::read(parts.uri.path()) {
            Some(path) => Label {
                method: format!("{} {}", parts.method, path.template()),
                resource: path.resource(),
                mutating: !parts.method.is_safe() && path.verb.as_deref() != Some("wait"),
            },
            None => Label::of_http(parts),
        }
    }
}

async fn serve(State(world): State<World>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // The gate has read the whole body already.
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let body = body.map_err(|error| Refusal::invalid(error.to_string()));
    let outcome = body.and_then(|body| rest::body(&body));
    match outcome.and_then(|body| called(&world, &parts.method, &parts.uri, &body)) {
        Ok(value) => rest::answer(&value),
        Err(refusal) => refused(refusal),
    }
}

/// Errors have a list of reasons, and details where the API is off.
/// <https://cloud.google.com/compute/docs/troubleshooting/api-errors>
pub(super) fn refused(refusal: Refusal) -> Response {
    if refusal.details.is_empty() {
        return refusal.into_response();
    }
    let Refusal { http, message, details, .. } = refusal;
    let reason =
        json!([{ "message": message, "domain": "usageLimits", "reason": "accessNotConfigured" }]);
    let status = "PERMISSION_DENIED";
    let mut response = rest::answer(&json!({ "error": {
        "code": http, "message": message, "errors": reason, "status": status, "details": details,
    }}));
    *response.status_mut() = StatusCode::from_u16(http).unwrap_or(StatusCode::FORBIDDEN);
    response
}

/// One call: what it is about, and what is said in it.
struct Asked<'a> {
    world: &'a World,
    path: &'a Path,
    name: &'a str,
    query: &'a Parameters,
    body: &'a Value,
}

fn called(world: &World, method: &Method, uri: &Uri, body: &Value) -> Result<Value, Refusal> {
    let path = Path::read(uri.path()).ok_or_else(|| Refusal::not_found("Not Found"))?;
    let query: Parameters = rest::parameters(uri)?;
    serviceusage::needs(world, &path.project, SERVICE)?;
    operation::settle(world)?;
    let name = path.name.as_deref().unwrap_or_default();
    let asked = Asked { world, path: &path, name, query: &query, body };
    let known = ["addresses", "disks", "resourcePolicies"].contains(&path.collection.as_str());
    match (method.as_str(), path.is_one(), path.verb.as_deref()) {
        _ if path.collection == "operations" => operation::serve(&asked, method),
        ("GET", _, None) if catalog::knows(&path) => catalog::serve(&asked),
        ("GET", false, None) if known || record::is_looked_at(&path) => record::list(&asked),
        ("GET", true, None) if known => record::look(&asked),
        ("POST", false, None) if known => insert(&asked),
        ("DELETE", true, None) if known => record::delete(&asked),
        ("POST", true, Some("setLabels")) if known => record::set_labels(&asked),
        ("POST", true, Some(verb)) if path.collection == "disks" => disk::verb(&asked, verb),
        ("PATCH", true, None) if path.collection == "disks" => disk::update(&asked),
        ("PATCH", true, None) if path.collection == "resourcePolicies" => policy::patch(&asked),
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}

fn insert(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let name = asked.body["name"].as_str().unwrap_or_default();
    rule::name(name)?;
    let asked = Asked { name, ..*asked };
    match asked.path.collection.as_str() {
        "addresses" => address::insert(&asked),
        "disks" => disk::insert(&asked),
        _ => policy::insert(&asked),
    }
}
