//! Access policies; and access control lists, which the sandbox has not.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/buckets/getIamPolicy>

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{any, get};
use bytes::Bytes;
use data_encoding::BASE64;
use http::Uri;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::message::*;
use super::super::{policy, record};
use super::call::{Parameters, answer, body, parse_error, values};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn routes() -> Router<World> {
    let bucket = "/storage/v1/b/{bucket}";
    Router::new()
        .route(&format!("{bucket}/iam"), get(read).put(set))
        .route(&format!("{bucket}/iam/testPermissions"), get(test))
        .route(&format!("{bucket}/acl"), any(lists_of_bucket))
        .route(&format!("{bucket}/acl/{{entity}}"), any(list_entry))
        .route(&format!("{bucket}/defaultObjectAcl"), any(lists_of_bucket))
        .route(&format!("{bucket}/defaultObjectAcl/{{entity}}"), any(list_entry))
        .route(&format!("{bucket}/o/{{object}}/acl"), any(list_entry))
        .route(&format!("{bucket}/o/{{object}}/acl/{{entity}}"), any(list_entry_of_object))
        .route(&format!("{bucket}/notificationConfigs"), get(notifications))
}

async fn read(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let requested_policy_version = Parameters::of(&uri)?.options_requested_policy_version;
    let request = GetIamPolicyRequest {
        resource: format!("projects/_/buckets/{name}"),
        options: Some(GetPolicyOptions { requested_policy_version }),
    };
    Ok(answer(&to_json(&name, &policy::get(&world, &request)?)))
}

async fn set(
    State(world): State<World>,
    Path(name): Path<String>,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let policy = from_json(Value::Object(body(&sent)?))?;
    let resource = format!("projects/_/buckets/{name}");
    let request = SetIamPolicyRequest { resource, policy: Some(policy) };
    Ok(answer(&to_json(&name, &policy::set(&world, request)?)))
}

async fn test(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let request = TestIamPermissionsRequest {
        resource: format!("projects/_/buckets/{name}"),
        permissions: values(&uri, "permissions"),
    };
    let allowed = policy::test(&world, request)?.permissions;
    let mut json = json!({ "kind": "storage#testIamPermissionsResponse" });
    if !allowed.is_empty() {
        json["permissions"] = json!(allowed);
    }
    Ok(answer(&json))
}

fn to_json(name: &str, policy: &Policy) -> Value {
    let bindings = policy.bindings.iter().map(|binding| {
        let mut json = json!({ "role": binding.role, "members": binding.members });
        if let Some(Expr { expression, title, description, location }) = &binding.condition {
            let texts = [
                ("expression", expression),
                ("title", title),
                ("description", description),
                ("location", location),
            ];
            let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
            json["condition"] = said.map(|(name, text)| (name.to_owned(), json!(text))).collect();
        }
        json
    });
    json!({
        "kind": "storage#policy",
        "resourceId": format!("projects/_/buckets/{name}"),
        "version": policy.version,
        "etag": BASE64.encode(&policy.etag),
        "bindings": bindings.collect::<Vec<_>>(),
    })
}

/// The message again, but with the etag in base64.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PolicyResource {
    version: i32,
    etag: String,
    bindings: Vec<Binding>,
}

fn from_json(json: Value) -> Result<Policy, Refusal> {
    let PolicyResource { version, etag, bindings } =
        serde_json::from_value(json).map_err(|error| parse_error(&error))?;
    let etag = BASE64.decode(etag.as_bytes()).map_err(|error| parse_error(&error))?;
    Ok(Policy { version, bindings, etag })
}

async fn lists_of_bucket(state: State<World>, Path(bucket): Path<String>) -> Refusal {
    refused(&state.0, &bucket)
}

async fn list_entry(state: State<World>, Path((bucket, _)): Path<(String, String)>) -> Refusal {
    refused(&state.0, &bucket)
}

async fn list_entry_of_object(
    state: State<World>,
    Path((bucket, _, _)): Path<(String, String, String)>,
) -> Refusal {
    refused(&state.0, &bucket)
}

fn refused(world: &World, bucket: &str) -> Refusal {
    let there = world.store.read(|view| record::bucket(view, bucket));
    there.map_or_else(|refusal| refusal, |bucket| no_lists(&bucket))
}

/// Why there is no access control list to be had, or to be set.
pub(super) fn no_lists(bucket: &Bucket) -> Refusal {
    if bucket.has_uniform_access() {
        let message = "Cannot use ACL API to update bucket policy when uniform bucket-level access \
                       is enabled. Read more at \
                       https://cloud.google.com/storage/docs/uniform-bucket-level-access";
        Refusal::invalid(message)
    } else {
        Refusal::unimplemented("the sandbox has no access control lists")
    }
}

/// There are none, since none can be made.
async fn notifications(
    State(world): State<World>,
    Path(bucket): Path<String>,
) -> Result<Response, Refusal> {
    world.store.read(|view| record::bucket(view, &bucket))?;
    Ok(answer(&json!({ "kind": "storage#notifications" })))
}
