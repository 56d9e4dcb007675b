//! Secret Manager, REST v1: secrets, their versions, and who may use them.
//!
//! `routes` is the face; `secret`, `version` and `policy` stand on the store and know nothing of
//! wires. What it does, and how that is known, is in `docs/sandbox.md`. Values are sealed before
//! they are stored.

mod policy;
mod record;
mod routes;
mod secret;
mod settings;
mod version;

use axum::Router;
use http::request::Parts;

use super::{Api, Label, World};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct SecretManager;

impl Api for SecretManager {
    fn name(&self) -> &'static str {
        "secretmanager"
    }

    fn router(&self, world: World) -> Router {
        routes::routes().with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        routes::label(parts)
    }
}
