//! Artifact Registry: repositories, what lies in them to be looked at only, and the operations that
//! make and delete them.
//!
//! Its paths are those of other APIs as well (`…/locations/{location}/operations`), which in the
//! cloud have hosts of their own: here they begin with `/artifactregistry`. Things lie in the store
//! as they go over the wire. Nothing can be pushed or pulled.
//! <https://cloud.google.com/artifact-registry/docs/reference/rest>

mod enums;
mod operation;
mod path;
mod repository;
mod rule;
mod seed;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use http::request::Parts;
use http::{Method, Uri};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Parameters};
use super::{Api, Label, World, serviceusage};
use path::{Path, Target};

pub use seed::{change, push, seed, trouble};

/// The name under which it is enabled.
const SERVICE: &str = "artifactregistry.googleapis.com";

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArtifactRegistry;

impl Api for ArtifactRegistry {
    fn name(&self) -> &'static str {
        "artifactregistry"
    }

    fn router(&self, world: World) -> Router {
        let path = "/artifactregistry/v1/projects/{project}/{*rest}";
        Router::new().route(path, any(serve)).with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        match Path::read(parts.uri.path()) {
            Some(path) => Label {
                method: format!("{} {}", parts.method, path.template()),
                resource: path.resource(),
                mutating: !parts.method.is_safe(),
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
    let outcome = outcome.and_then(|body| called(&world, &parts.method, &parts.uri, body));
    match outcome {
        Ok(mut value) => {
            if rest::wants_numbers(&parts.uri) {
                enums::to_numbers(&mut value);
            }
            rest::answer(&value)
        }
        Err(refusal) => rest::error(&refusal),
    }
}

fn called(world: &World, method: &Method, uri: &Uri, mut body: Value) -> Result<Value, Refusal> {
    let path = Path::read(uri.path()).ok_or_else(|| Refusal::not_found("Not Found"))?;
    let query: Parameters = rest::parameters(uri)?;
    enums::to_names(&mut body);
    serviceusage::needs(world, &path.project, SERVICE)?;
    operation::settle(world)?;
    match (method.as_str(), &path.target) {
        ("GET", Target::Locations) => locations(world, &path, &query),
        ("GET", Target::Repositories) => repository::list(world, &path, &query),
        ("POST", Target::Repositories) => repository::create(world, &path, &query, body),
        ("GET", Target::Repository(name)) => repository::get(world, &path, name),
        ("PATCH", Target::Repository(name)) => {
            repository::update(world, &path, name, &query, &body)
        }
        ("DELETE", Target::Repository(name)) => repository::delete(world, &path, name),
        ("GET", Target::Packages(name)) => repository::packages(world, &path, name, &query),
        ("GET", Target::Operation(name)) => operation::get(world, &path, name),
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}

/// Where repositories can be.
fn locations(world: &World, path: &Path, query: &Parameters) -> Result<Value, Refusal> {
    let one = |location: &&str| {
        json!({
            "name": format!("projects/{}/locations/{location}", path.project),
            "locationId": location,
        })
    };
    rest::listed(world, query, "locations", rule::LOCATIONS.iter().map(one).collect())
}
