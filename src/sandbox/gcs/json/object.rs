//! Objects: read, describe, delete, list.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/objects>

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::super::message::{ListObjectsRequest, Object};
use super::super::{listing, object, record};
use super::access::no_lists;
use super::call::{Parameters, answer, body, merge};
use super::media;
use super::object_resource::{from_fields, to_json};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn routes() -> Router<World> {
    let one = "/storage/v1/b/{bucket}/o/{object}";
    Router::new()
        .route("/storage/v1/b/{bucket}/o", get(list))
        .route(one, get(read).patch(patch).put(update).delete(delete))
        .route(&format!("/download{one}"), get(read))
}

type Names = Path<(String, String)>;

async fn read(
    State(world): State<World>,
    Path((bucket, name)): Names,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let version = (parameters.generation, &parameters.preconditions(&headers));
    if parameters.alt == "media" {
        return media::read(&world, &bucket, &name, version, &headers);
    }
    let object = object::get(&world, &bucket, &name, version.0, version.1)?;
    Ok(answer(&to_json(&world, &object)))
}

async fn patch(
    State(world): State<World>,
    Path((bucket, name)): Names,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let sent = Value::Object(body(&sent)?);
    change(&world, (&bucket, &name), &uri, &headers, |before| {
        let mut wanted = before.clone();
        merge(&mut wanted, &sent);
        wanted
    })
}

/// Like a patch, but what is not said goes away.
async fn update(
    State(world): State<World>,
    Path((bucket, name)): Names,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let sent = Value::Object(body(&sent)?);
    change(&world, (&bucket, &name), &uri, &headers, |_| sent)
}

fn change(
    world: &World,
    (bucket, name): (&str, &str),
    uri: &Uri,
    headers: &HeaderMap,
    wanted: impl FnOnce(&Value) -> Value,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(uri)?;
    refuse_predefined(world, bucket, &parameters.predefined_acl)?;
    let version = (parameters.generation, &parameters.preconditions(headers));
    let object = object::change(world, bucket, name, version, |object| {
        let Value::Object(fields) = wanted(&to_json(world, object)) else { return Ok(()) };
        describe(object, from_fields(fields)?);
        Ok(())
    })?;
    Ok(answer(&to_json(world, &object)))
}

/// The rest is of the bytes, and stays: <https://cloud.google.com/storage/docs/metadata#editable>.
fn describe(object: &mut Object, wanted: Object) {
    object.content_type = wanted.content_type;
    object.content_encoding = wanted.content_encoding;
    object.content_disposition = wanted.content_disposition;
    object.content_language = wanted.content_language;
    object.cache_control = wanted.cache_control;
    object.custom_time = wanted.custom_time;
    object.metadata = wanted.metadata;
}

/// Lists of access control that are named instead of written out.
pub(super) fn refuse_predefined(world: &World, bucket: &str, list: &str) -> Result<(), Refusal> {
    if list.is_empty() {
        return Ok(());
    }
    let bucket = world.store.read(|view| record::bucket(view, bucket))?;
    Err(no_lists(&bucket))
}

async fn delete(
    State(world): State<World>,
    Path((bucket, name)): Names,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let preconditions = parameters.preconditions(&headers);
    object::delete(&world, &bucket, &name, parameters.generation, &preconditions)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list(
    State(world): State<World>,
    Path(bucket): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let request = ListObjectsRequest {
        parent: String::new(),
        page_size: parameters.max_results,
        page_token: parameters.page_token,
        prefix: parameters.prefix,
        delimiter: parameters.delimiter,
        include_trailing_delimiter: parameters.include_trailing_delimiter,
        versions: parameters.versions,
        soft_deleted: parameters.soft_deleted,
        match_glob: parameters.match_glob,
        lexicographic_start: parameters.start_offset,
        lexicographic_end: parameters.end_offset,
    };
    let page = listing::list(&world, &bucket, &request)?;
    let mut json = json!({ "kind": "storage#objects" });
    if !page.objects.is_empty() {
        json["items"] = page.objects.iter().map(|object| to_json(&world, object)).collect();
    }
    if !page.prefixes.is_empty() {
        json["prefixes"] = json!(page.prefixes);
    }
    if !page.next_page_token.is_empty() {
        json["nextPageToken"] = json!(page.next_page_token);
    }
    Ok(answer(&json))
}
