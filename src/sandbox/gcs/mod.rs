//! Google Cloud Storage: buckets, their access policies, and objects.
//!
//! `rpc` is the gRPC face and `json` the HTTP one; both stand on `bucket`,
//! `policy` and `object`, which know nothing of wires. What it does, and how
//! that is known, is in `docs/sandbox.md`.

mod bucket;
mod json;
mod lifecycle;
mod location;
mod mask;
mod message;
mod multipart;
mod name;
mod object;
mod policy;
mod record;
mod resource;
mod rpc;
mod seed;
mod settings;
mod stamp;

use axum::Router;
use http::request::Parts;

use super::{Api, Label, World, grpc};

pub use seed::{SeedBucket, SeedError, seed_bucket};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gcs;

impl Api for Gcs {
    fn name(&self) -> &'static str {
        "gcs"
    }

    fn router(&self, world: World) -> Router {
        rpc::routes().merge(json::routes()).with_state(world)
    }

    fn label(&self, parts: &Parts, body: &[u8]) -> Label {
        if grpc::is_grpc(&parts.headers) { rpc::label(parts, body) } else { json::label(parts) }
    }
}
