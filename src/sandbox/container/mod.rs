//! Google Kubernetes Engine: clusters, node pools, and the operations that change them.
//!
//! Things lie in the store as they go over the wire, in the JSON of the v1 API. A change begins an
//! operation; what it does to the thing is kept with the operation and happens once the clock has
//! come that far (`operation`). There are no machines: only what the API says of them.

mod cluster;
mod defaults;
mod enums;
mod operation;
mod path;
mod pool;
mod record;
mod rule;
mod seed;
mod update;
mod version;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use http::request::Parts;
use http::{Method, Uri};
use serde_json::Value;

use super::refusal::Refusal;
use super::{Api, Label, World, rest, serviceusage};
use path::{Path, Target};

pub use seed::{Machine, SeedCluster, Trouble, machines, seed_cluster, set_quota, trouble};

/// The name under which it is enabled.
const SERVICE: &str = "container.googleapis.com";

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Container;

impl Api for Container {
    fn name(&self) -> &'static str {
        "container"
    }

    fn router(&self, world: World) -> Router {
        let base = "/v1/projects/{project}/locations/{location}";
        let mut routes = Router::new();
        for below in ["clusters", "clusters/{*rest}", "operations", "operations/{*rest}"] {
            routes = routes.route(&format!("{base}/{below}"), any(serve));
        }
        routes.route(&format!("{base}/serverConfig"), any(serve)).with_state(world)
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

/// Whether a cluster runs: it is there, and no longer being made.
pub(in crate::sandbox) fn runs(
    world: &World,
    project: &str,
    location: &str,
    cluster: &str,
) -> Result<bool, Refusal> {
    operation::settle(world)?;
    let place = path::Place { project: project.to_owned(), location: location.to_owned() };
    let key = record::cluster_key(&place, cluster);
    let found = world.store.read(|view| Ok::<_, Refusal>(view.value(&key)))?;
    Ok(found.is_some_and(|cluster| cluster["status"] != "PROVISIONING"))
}

async fn serve(State(world): State<World>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // The gate has read the whole body already.
    let body = axum::body::to_bytes(body, usize::MAX).await;
    let body = body.map_err(|error| Refusal::invalid(error.to_string()));
    let outcome = body.and_then(|body| rest::body(&body));
    let outcome = outcome.and_then(|body| called(&world, &parts.method, &parts.uri, body));
    match outcome {
        Ok(value) => rest::answer(&shown(&parts.uri, value)),
        Err(refusal) => rest::error(&refusal),
    }
}

/// Enums as numbers, where the caller asked for that.
fn shown(uri: &Uri, mut value: Value) -> Value {
    drop_defaults(&mut value, &["singleProcessOomKill"]);
    if rest::wants_numbers(uri) {
        enums::to_numbers(&mut value);
    }
    value
}

/// Leaves out what is at its default, as protocol buffers do in JSON. `kept` are fields that tell
/// `false` from not said.
fn drop_defaults(value: &mut Value, kept: &[&str]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| drop_defaults(item, kept)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| drop_defaults(field, kept));
            fields.retain(|name, field| kept.contains(&name.as_str()) || !is_default(field));
        }
        _ => {}
    }
}

fn is_default(field: &Value) -> bool {
    match field {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn called(world: &World, method: &Method, uri: &Uri, mut body: Value) -> Result<Value, Refusal> {
    let unknown = || Refusal::not_found("Not Found");
    let path = Path::read(uri.path()).ok_or_else(unknown)?;
    enums::to_names(&mut body);
    serviceusage::needs(world, &path.place.project, SERVICE)?;
    operation::settle(world)?;
    let place = &path.place;
    let verb = path.verb.as_deref();
    match (method.as_str(), &path.target, verb) {
        ("GET", Target::Clusters, None) => cluster::list(world, place),
        ("POST", Target::Clusters, None) => cluster::create(world, place, &body),
        ("GET", Target::Cluster(name), None) => cluster::get(world, place, name),
        ("DELETE", Target::Cluster(name), None) => cluster::delete(world, place, name),
        ("PUT", Target::Cluster(name), None) => update::cluster(world, place, name, &body),
        ("POST", Target::Cluster(name), Some(verb)) => {
            update::cluster_verb(world, place, name, verb, &body)
        }
        ("GET", Target::Pools(cluster), None) => pool::list(world, place, cluster),
        ("POST", Target::Pools(cluster), None) => pool::create(world, place, cluster, &body),
        ("GET", Target::Pool(cluster, name), None) => pool::get(world, place, cluster, name),
        ("DELETE", Target::Pool(cluster, name), None) => pool::delete(world, place, cluster, name),
        ("PUT", Target::Pool(cluster, name), None) => {
            update::pool(world, place, cluster, name, &body)
        }
        ("POST", Target::Pool(cluster, name), Some(verb)) => {
            update::pool_verb(world, place, cluster, name, verb, &body)
        }
        ("GET", Target::Operations, None) => operation::list(world, place),
        ("GET", Target::Operation(name), None) => operation::get(world, place, name),
        ("GET", Target::ServerConfig, None) => Ok(version::server_config()),
        _ => Err(Refusal::unimplemented("the sandbox does not have this method")),
    }
}
