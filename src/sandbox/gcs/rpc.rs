//! The gRPC face: which method does what.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use prost::Message;

use super::message::*;
use super::name::{bucket_in, number_of};
use super::precondition::Preconditions;
use super::{bucket, listing, object, policy};
use crate::sandbox::grpc::{answer, message};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Label, World};

/// Methods that begin so change nothing.
const READING: &[&str] = &["Get", "List", "Read", "Query", "TestIam", "BidiRead"];

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/google.storage.v2.Storage/{method}", post(storage))
        .route("/google.storage.control.v2.StorageControl/{method}", post(control))
}

async fn storage(State(world): State<World>, Path(method): Path<String>, body: Bytes) -> Response {
    answer(match method.as_str() {
        "CreateBucket" => call(&body, |request| bucket::create(&world, request).map(shown)),
        "GetBucket" => call(&body, |request| bucket::get(&world, &request).map(shown)),
        "ListBuckets" => call(&body, |request| list_buckets(&world, &request)),
        "UpdateBucket" => call(&body, |request| bucket::update(&world, request).map(shown)),
        "DeleteBucket" => call(&body, |request| bucket::delete(&world, &request)),
        "LockBucketRetentionPolicy" => {
            call(&body, |request| bucket::lock(&world, &request).map(shown))
        }
        "ListObjects" => call(&body, |request| list_objects(&world, &request)),
        "GetObject" => call(&body, |request| get_object(&world, &request)),
        "DeleteObject" => call(&body, |request| delete_object(&world, &request)),
        _ => Err(unimplemented("google.storage.v2.Storage", &method)),
    })
}

async fn control(State(world): State<World>, Path(method): Path<String>, body: Bytes) -> Response {
    answer(match method.as_str() {
        "GetIamPolicy" => call(&body, |request| policy::get(&world, &request)),
        "SetIamPolicy" => call(&body, |request| policy::set(&world, request)),
        "TestIamPermissions" => call(&body, |request| policy::test(&world, request)),
        _ => Err(unimplemented("google.storage.control.v2.StorageControl", &method)),
    })
}

fn call<Request: Message + Default, Answer: Message>(
    body: &[u8],
    work: impl FnOnce(Request) -> Result<Answer, Refusal>,
) -> Result<Bytes, Refusal> {
    let outcome = work(message(body)?)?;
    Ok(outcome.encode_to_vec().into())
}

fn unimplemented(service: &str, method: &str) -> Refusal {
    Refusal::unimplemented(format!("the sandbox does not implement {service}/{method}"))
}

/// A bucket as it is answered: the project by number, whatever the caller called it.
fn shown(bucket: Bucket) -> Bucket {
    Bucket { project: format!("projects/{}", number_of(&bucket.project)), ..bucket }
}

fn list_buckets(
    world: &World,
    request: &ListBucketsRequest,
) -> Result<ListBucketsResponse, Refusal> {
    let mut page = bucket::list(world, request)?;
    page.buckets = page.buckets.into_iter().map(shown).collect();
    Ok(page)
}

fn list_objects(
    world: &World,
    request: &ListObjectsRequest,
) -> Result<ListObjectsResponse, Refusal> {
    listing::list(world, bucket_in(&request.parent)?, request)
}

fn get_object(world: &World, request: &GetObjectRequest) -> Result<Object, Refusal> {
    let preconditions = Preconditions {
        generation: request.if_generation_match,
        not_generation: request.if_generation_not_match,
        metageneration: request.if_metageneration_match,
        not_metageneration: request.if_metageneration_not_match,
        ..Preconditions::default()
    };
    let generation = Some(request.generation).filter(|generation| *generation != 0);
    object::get(world, bucket_in(&request.bucket)?, &request.object, generation, &preconditions)
}

fn delete_object(world: &World, request: &DeleteObjectRequest) -> Result<(), Refusal> {
    let preconditions = Preconditions {
        generation: request.if_generation_match,
        not_generation: request.if_generation_not_match,
        metageneration: request.if_metageneration_match,
        not_metageneration: request.if_metageneration_not_match,
        ..Preconditions::default()
    };
    let generation = Some(request.generation).filter(|generation| *generation != 0);
    object::delete(world, bucket_in(&request.bucket)?, &request.object, generation, &preconditions)
}

/// What a call is, by its path and the header that Google's own front ends route by.
pub(super) fn label(parts: &Parts, body: &[u8]) -> Label {
    let method = parts.uri.path().trim_start_matches('/').to_owned();
    let name = method.rsplit('/').next().unwrap_or_default();
    let resource = resource(name, parts, body);
    let mutating = !READING.iter().any(|start| name.starts_with(start));
    Label { method, resource, mutating }
}

fn resource(method: &str, parts: &Parts, body: &[u8]) -> String {
    // For these the header says less than the message: the project, or the bucket.
    match method {
        "CreateBucket" => {
            if let Ok(request) = message::<CreateBucketRequest>(body) {
                return request.bucket_id;
            }
        }
        "GetObject" | "DeleteObject" => {
            // Bucket and object have the same numbers in both messages.
            if let Ok(GetObjectRequest { bucket, object, .. }) = message(body) {
                return format!("{}/{object}", short(&bucket));
            }
        }
        _ => {}
    }
    let header = parts.headers.get("x-goog-request-params");
    let value = header
        .and_then(|header| header.to_str().ok())
        .and_then(|params| params.split('&').next()?.split_once('='))
        .map_or("", |(_, value)| value);
    short(&percent_decode_str(value).decode_utf8_lossy()).to_owned()
}

fn short(path: &str) -> &str {
    let path = path.strip_prefix("projects/_/buckets/").unwrap_or(path);
    path.strip_prefix("projects/").unwrap_or(path)
}
