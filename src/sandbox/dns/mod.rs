//! Cloud DNS: managed zones, their record sets, and changes of those; and the public resolver, which
//! tells what the zones here say, as it would of any zone that is delegated to them.
//!
//! <https://cloud.google.com/dns/docs/reference/rest/v1>,
//! <https://developers.google.com/speed/public-dns/docs/doh/json>

mod change;
mod record;
mod resolve;
mod rule;
mod zone;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{any, get};
use http::request::Parts;
use http::{Method, Uri};
use serde_json::Value;

use super::refusal::Refusal;
use super::rest::{self, Parameters};
use super::{Api, Label, World, compute, serviceusage};

pub use zone::{put_record, put_zone};

/// The name under which it is enabled.
const SERVICE: &str = "dns.googleapis.com";

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dns;

const TEMPLATES: &[&str] = &[
    "/dns/v1/projects/{project}/managedZones",
    "/dns/v1/projects/{project}/managedZones/{zone}",
    "/dns/v1/projects/{project}/managedZones/{zone}/rrsets",
    "/dns/v1/projects/{project}/managedZones/{zone}/changes",
    "/dns/v1/projects/{project}/managedZones/{zone}/changes/{change}",
    "/resolve",
];

impl Api for Dns {
    fn name(&self) -> &'static str {
        "dns"
    }

    fn router(&self, world: World) -> Router {
        Router::new()
            .route("/dns/v1/projects/{project}/{*rest}", any(serve))
            .route("/resolve", get(resolve::serve))
            .with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        rest::label(parts, TEMPLATES)
    }
}

/// One call: where, and what is said in it.
struct Asked<'a> {
    world: &'a World,
    project: &'a str,
    zone: &'a str,
    query: &'a Parameters,
    body: &'a Value,
}

async fn serve(State(world): State<World>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // The gate has read the whole body already.
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let body = body.map_err(|error| Refusal::invalid(error.to_string()));
    let outcome = body.and_then(|body| rest::body(&body));
    match outcome.and_then(|body| called(&world, &parts.method, &parts.uri, &body)) {
        Ok(value) => rest::answer(&value),
        Err(refusal) => compute::refused(refusal),
    }
}

fn called(world: &World, method: &Method, uri: &Uri, body: &Value) -> Result<Value, Refusal> {
    let parts: Vec<&str> = uri.path().trim_matches('/').split('/').skip(3).collect();
    let query: Parameters = rest::parameters(uri)?;
    let [project, "managedZones", below @ ..] = parts.as_slice() else {
        return Err(Refusal::not_found("Not Found"));
    };
    serviceusage::needs(world, project, SERVICE)?;
    let (zone, below) = below.split_first().map_or(("", below), |(zone, below)| (*zone, below));
    let asked = Asked { world, project, zone, query: &query, body };
    match (method.as_str(), zone, below) {
        ("GET", "", []) => zone::list(&asked),
        ("POST", "", []) => zone::create(&asked),
        ("GET", _, []) => zone::look(&asked),
        ("DELETE", _, []) => zone::delete(&asked),
        ("GET", _, ["rrsets"]) => record::list(&asked),
        ("GET", _, ["changes"]) => change::list(&asked),
        ("POST", _, ["changes"]) => change::create(&asked),
        ("GET", _, ["changes", id]) => change::look(&asked, id),
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}

/// A page of a list, in the words of this API.
fn page(asked: &Asked<'_>, field: &str, kind: &str, items: Vec<Value>) -> Result<Value, Refusal> {
    let size = asked.query.get("maxResults").and_then(|size| size.parse().ok());
    let from = asked.query.get("pageToken").map_or("", String::as_str);
    let size = asked.world.behaviour.page(size.unwrap_or_default());
    let mut page = rest::page(field, items, size, from)?;
    page["kind"] = Value::from(kind);
    Ok(page)
}
