//! The Kubernetes API of clusters: discovery, objects of the usual types and of those that custom
//! resource definitions add, server-side apply, dry runs, watches, and a platform's controllers in
//! small.
//!
//! It stands below `/kubernetes/projects/P/locations/L/clusters/C` for the clusters that Google
//! Kubernetes Engine runs in the sandbox (they are there while it has them, and what is in them goes
//! with them), and below `/kubernetes/context/NAME` for clusters that are reached by a context, which
//! always are there. Nothing runs in them: workloads only become ready. What it does, and how that
//! is known, is in `docs/sandbox.md`.

mod answer;
mod apply;
mod beginning;
mod call;
mod change;
mod cluster;
mod controller;
mod default;
mod delete;
mod demand;
mod discovery;
mod failure;
mod field;
mod kind;
mod list;
mod namespace;
mod openapi;
mod patch;
mod path;
mod quantity;
mod rights;
mod rule;
mod selector;
mod stats;
mod strategic;
mod typing;
mod watch;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::request::Parts;

use super::{Api, Label, World};
use call::Call;
use cluster::Cluster;
pub(in crate::sandbox) use cluster::forget;
use failure::Failure;
use path::{Path, Target};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kubernetes;

impl Api for Kubernetes {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn router(&self, world: World) -> Router {
        let routes = Router::new().route("/kubernetes/{*rest}", any(serve));
        routes.layer(middleware::from_fn(rights::admit)).with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        let Some(path) = Path::read(parts.uri.path()) else { return Label::of_http(parts) };
        // A dry run changes nothing.
        let dry = parts.uri.query().is_some_and(|query| query.contains("dryRun=All"));
        Label {
            method: format!("{} {}", parts.method, path.template()),
            resource: path.resource(),
            mutating: !parts.method.is_safe() && !dry && !path.asks(),
        }
    }

    fn words(&self, status: u16, message: &str) -> Option<Response> {
        Some(Failure::asked_for(status, message).into_response())
    }
}

async fn serve(State(world): State<World>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // The gate has read the whole body already.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    called(&world, &parts, body).unwrap_or_else(IntoResponse::into_response)
}

fn called(world: &World, parts: &Parts, body: Bytes) -> Result<Response, Failure> {
    let path = Path::read(parts.uri.path()).ok_or_else(Failure::unknown)?;
    let cluster = Cluster::at(world, &path.place)?.ok_or_else(Failure::unknown)?;
    match &path.target {
        Target::Server(about) => discovery::tell(&cluster, &path.place, about).map(answer::ok),
        Target::Objects(objects) if rights::is_review(objects) => {
            rights::review(parts, &path.place, objects, &body)
        }
        Target::Objects(objects) => {
            let call = Call::new(&cluster, &path.place, objects, parts, body)?;
            objects_called(&call)
        }
    }
}

fn objects_called(call: &Call<'_>) -> Result<Response, Failure> {
    let one = call.objects.name.is_some();
    match (call.method.as_str(), one, call.objects.below.as_deref()) {
        ("GET", false, _) if call.is_set("watch") => watch::watch(call),
        ("GET", false, _) => list::list(call),
        ("GET", true, Some(stats::SUMMARY)) => stats::summary(call),
        ("GET", true, below) => list::one(call, below),
        ("POST", false, _) => change::create(call),
        ("PUT", true, _) => change::replace(call),
        ("PATCH", true, _) => patch::patch(call),
        ("DELETE", true, None) => delete::one(call),
        ("DELETE", false, _) => delete::collection(call),
        _ => Err(Failure::method()),
    }
}
