//! Buckets.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/buckets>

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::super::bucket;
use super::super::message::*;
use super::super::name::number_of;
use super::bucket_resource::{from_json, to_json};
use super::call::{Parameters, answer, body, merge, text};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/storage/v1/b", get(list).post(insert))
        .route("/storage/v1/b/{bucket}", get(read).patch(patch).put(update).delete(delete))
        .route("/storage/v1/b/{bucket}/lockRetentionPolicy", post(lock))
        .route("/storage/v1/b/{bucket}/storageLayout", get(layout))
        .route("/storage/v1/b/{bucket}/managedFolders", get(managed_folders))
        .route("/storage/v1/projects/{project}/serviceAccount", get(service_account))
}

fn path(name: &str) -> String {
    format!("projects/_/buckets/{name}")
}

fn project(parameters: &Parameters) -> Result<String, Refusal> {
    match parameters.project.as_str() {
        "" => {
            Err(Refusal { reason: "required", ..Refusal::invalid("Required parameter: project") })
        }
        project => Ok(format!("projects/{project}")),
    }
}

async fn insert(State(world): State<World>, uri: Uri, sent: Bytes) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let sent = Value::Object(body(&sent)?);
    let wanted = Bucket { project: project(&parameters)?, ..from_json(&sent)? };
    let request = CreateBucketRequest {
        parent: String::new(),
        bucket_id: sent["name"].as_str().unwrap_or_default().to_owned(),
        bucket: Some(wanted),
        predefined_acl: parameters.predefined_acl,
        predefined_default_object_acl: parameters.predefined_default_object_acl,
        enable_object_retention: parameters.enable_object_retention,
    };
    Ok(answer(&to_json(&world, &bucket::create(&world, request)?)?))
}

async fn list(State(world): State<World>, uri: Uri) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let request = ListBucketsRequest {
        parent: project(&parameters)?,
        page_size: parameters.max_results,
        page_token: parameters.page_token,
        prefix: parameters.prefix,
    };
    let page = bucket::list(&world, &request)?;
    let mut json = json!({ "kind": "storage#buckets" });
    if !page.buckets.is_empty() {
        let items = page.buckets.iter().map(|bucket| to_json(&world, bucket));
        json["items"] = items.collect::<Result<_, _>>()?;
    }
    if !page.next_page_token.is_empty() {
        json["nextPageToken"] = json!(page.next_page_token);
    }
    Ok(answer(&json))
}

async fn read(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let request = GetBucketRequest {
        name: path(&name),
        if_metageneration_match: parameters.if_metageneration_match,
        if_metageneration_not_match: parameters.if_metageneration_not_match,
    };
    let bucket = bucket::get(&world, &request)?;
    let fits = |said: &str| said == "*" || said.trim_matches('"') == bucket.etag;
    match (text(&headers, header::IF_MATCH), text(&headers, header::IF_NONE_MATCH)) {
        (said, _) if !said.is_empty() && !fits(said) => Err(Refusal::precondition()),
        (_, said) if !said.is_empty() && fits(said) => Err(Refusal::not_modified()),
        _ => Ok(answer(&to_json(&world, &bucket)?)),
    }
}

/// Where a bucket lies, and that its folders are only names.
async fn layout(State(world): State<World>, Path(name): Path<String>) -> Result<Response, Refusal> {
    let request = GetBucketRequest { name: path(&name), ..GetBucketRequest::default() };
    let bucket = bucket::get(&world, &request)?;
    Ok(answer(&json!({
        "kind": "storage#storageLayout",
        "bucket": name,
        "location": bucket.location,
        "locationType": bucket.location_type,
        "hierarchicalNamespace": { "enabled": false },
    })))
}

/// None, and none can be made.
async fn managed_folders(
    State(world): State<World>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let request = GetBucketRequest { name: path(&name), ..GetBucketRequest::default() };
    bucket::get(&world, &request)?;
    Ok(answer(&json!({ "kind": "storage#managedFolders" })))
}

async fn patch(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let sent = Value::Object(body(&sent)?);
    change(&world, &name, &uri, |before| {
        let mut wanted = before.clone();
        merge(&mut wanted, &sent);
        wanted
    })
}

/// Like a patch, but what is not said goes back to its default.
async fn update(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let sent = Value::Object(body(&sent)?);
    change(&world, &name, &uri, |_| sent)
}

fn change(
    world: &World,
    name: &str,
    uri: &Uri,
    wanted: impl FnOnce(&Value) -> Value,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(uri)?;
    let lists = [&parameters.predefined_acl, &parameters.predefined_default_object_acl];
    let versions = (parameters.if_metageneration_match, parameters.if_metageneration_not_match);
    let bucket = bucket::change(world, name, versions, |before| {
        let wanted = from_json(&wanted(&to_json(world, before)?))?;
        bucket::refuse_lists(&lists.map(Clone::clone), &wanted)?;
        Ok(changeable(before.clone(), wanted))
    })?;
    Ok(answer(&to_json(world, &bucket)?))
}

/// What cannot change stays, whatever is said of it.
fn changeable(before: Bucket, wanted: Bucket) -> Bucket {
    Bucket {
        name: before.name,
        bucket_id: before.bucket_id,
        etag: before.etag,
        project: before.project,
        metageneration: before.metageneration,
        location: before.location,
        location_type: before.location_type,
        create_time: before.create_time,
        update_time: before.update_time,
        custom_placement_config: before.custom_placement_config,
        hierarchical_namespace: before.hierarchical_namespace,
        object_retention: before.object_retention,
        satisfies_pzs: before.satisfies_pzs,
        ..wanted
    }
}

async fn delete(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    let request = DeleteBucketRequest {
        name: path(&name),
        if_metageneration_match: parameters.if_metageneration_match,
        if_metageneration_not_match: parameters.if_metageneration_not_match,
    };
    bucket::delete(&world, &request)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn lock(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let Some(if_metageneration_match) = Parameters::of(&uri)?.if_metageneration_match else {
        let refusal = Refusal::invalid("Required parameter: ifMetagenerationMatch");
        return Err(Refusal { reason: "required", ..refusal });
    };
    let request = LockBucketRetentionPolicyRequest { bucket: path(&name), if_metageneration_match };
    Ok(answer(&to_json(&world, &bucket::lock(&world, &request)?)?))
}

async fn service_account(Path(project): Path<String>) -> Response {
    let number = number_of(&project);
    answer(&json!({
        "kind": "storage#serviceAccount",
        "email_address": format!("service-{number}@gs-project-accounts.iam.gserviceaccount.com"),
    }))
}
