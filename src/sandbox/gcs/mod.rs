//! Google Cloud Storage: buckets, their access policies, and objects.
//!
//! `rpc` is the gRPC face and `json` the HTTP one; both stand on `bucket`, `policy`,
//! `object`, `listing`, `copying` and `session`, which know nothing of wires. What it does, and how
//! that is known, is in `docs/sandbox.md`.

mod bucket;
mod content;
mod copying;
mod glob;
mod json;
mod lifecycle;
mod listing;
mod location;
mod mask;
mod message;
mod name;
mod object;
mod policy;
mod precondition;
mod record;
mod rpc;
mod seed;
mod session;
mod settings;
mod stamp;

use axum::Router;
use http::request::Parts;

use super::{Api, Label, World, grpc};

pub(super) use policy::is_member;
pub use seed::{SeedBucket, SeedError, seed_bucket};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gcs;

impl Api for Gcs {
    fn name(&self) -> &'static str {
        "gcs"
    }

    fn router(&self, world: World) -> Router {
        let json = json::routes(&world);
        rpc::routes().with_state(world).merge(json)
    }

    fn label(&self, parts: &Parts, body: &[u8]) -> Label {
        if grpc::is_grpc(&parts.headers) { rpc::label(parts, body) } else { json::label(parts) }
    }
}
