//! The HTTP face: the JSON API, version 1.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1>. Each file is a part of it; what a call
//! does to the world is in the modules above. What is not here, nobody asked for yet: it is
//! refused as the real service refuses what it does not know.

mod access;
mod batch;
mod bucket;
mod bucket_resource;
mod call;
mod copy;
mod fields;
mod label;
mod media;
mod multipart;
mod object;
mod object_resource;
mod upload;

use axum::Router;
use axum::middleware;

use crate::sandbox::World;

pub(super) use label::label;

pub(super) fn routes(world: &World) -> Router {
    let single = Router::new()
        .merge(bucket::routes())
        .merge(access::routes())
        .merge(object::routes())
        .merge(copy::routes())
        .merge(upload::routes())
        .layer(middleware::from_fn(fields::select))
        .with_state(world.clone());
    single.clone().merge(batch::routes(single))
}
