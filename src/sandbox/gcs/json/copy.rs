//! Objects made of others: copy, rewrite, move, compose.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::copying::{self, Source, Target};
use super::super::precondition::Preconditions;
use super::call::{Parameters, answer, body, parse_error};
use super::object::refuse_predefined;
use super::object_resource::{from_fields, to_json};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn routes() -> Router<World> {
    let object = "/storage/v1/b/{bucket}/o/{object}";
    let other = "b/{other}/o/{copy}";
    Router::new()
        .route(&format!("{object}/copyTo/{other}"), post(copy))
        .route(&format!("{object}/rewriteTo/{other}"), post(rewrite))
        .route(&format!("{object}/moveTo/o/{{copy}}"), post(move_to))
        .route(&format!("{object}/compose"), post(compose))
}

type Names = Path<(String, String, String, String)>;

async fn copy(
    State(world): State<World>,
    names: Names,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let (_, from, to) = from_and_to(&world, names, &uri, &headers, &sent)?;
    let rewrite = copying::rewrite(&world, &from, &to, None, "")?;
    let copy = rewrite.outcome.map_err(|_| Refusal::of_status(500, ""))?;
    Ok(answer(&to_json(&world, &copy)))
}

async fn rewrite(
    State(world): State<World>,
    names: Names,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let (parameters, from, to) = from_and_to(&world, names, &uri, &headers, &sent)?;
    let limit = parameters.max_bytes_rewritten_per_call;
    if limit.is_some_and(|limit| limit == 0 || limit % (1 << 20) != 0) {
        let message = "maxBytesRewrittenPerCall must be an integral multiple of 1048576.";
        return Err(Refusal::invalid(message));
    }
    let done = copying::rewrite(&world, &from, &to, limit, &parameters.rewrite_token)?;
    let mut json = json!({
        "kind": "storage#rewriteResponse",
        "totalBytesRewritten": done.rewritten.to_string(),
        "objectSize": done.total.to_string(),
        "done": done.outcome.is_ok(),
    });
    match done.outcome {
        Ok(copy) => json["resource"] = to_json(&world, &copy),
        Err(token) => json["rewriteToken"] = json!(token),
    }
    Ok(answer(&json))
}

fn from_and_to(
    world: &World,
    Path((bucket, name, other, copy)): Names,
    uri: &Uri,
    headers: &HeaderMap,
    sent: &[u8],
) -> Result<(Parameters, Source, Target), Refusal> {
    let parameters = Parameters::of(uri)?;
    refuse_predefined(world, &other, &parameters.destination_predefined_acl)?;
    let fields = body(sent)?;
    let described = Some(fields).filter(|fields| !fields.is_empty());
    let from = Source {
        bucket,
        name,
        generation: parameters.source_generation,
        preconditions: parameters.source_preconditions(),
    };
    let to = Target {
        bucket: other,
        name: copy,
        described: described.map(from_fields).transpose()?,
        preconditions: parameters.preconditions(headers),
    };
    Ok((parameters, from, to))
}

/// <https://cloud.google.com/storage/docs/json_api/v1/objects/move>
async fn move_to(
    State(world): State<World>,
    Path((bucket, name, copy)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let names = Path((bucket.clone(), name, bucket, copy));
    let (_, from, to) = from_and_to(&world, names, &uri, &headers, &[])?;
    Ok(answer(&to_json(&world, &copying::move_to(&world, &from, &to)?)))
}

/// One of the objects that are put together.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Component {
    name: String,
    generation: Option<Value>,
    object_preconditions: Conditions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Conditions {
    if_generation_match: Option<Value>,
}

async fn compose(
    State(world): State<World>,
    Path((bucket, name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    refuse_predefined(&world, &bucket, &parameters.destination_predefined_acl)?;
    let mut fields = body(&sent)?;
    let components = fields.remove("sourceObjects").unwrap_or_default();
    let components: Vec<Component> =
        serde_json::from_value(components).map_err(|error| parse_error(&error))?;
    let sources = components.into_iter().map(|component| Source {
        bucket: bucket.clone(),
        name: component.name,
        generation: number(component.generation.as_ref()),
        preconditions: Preconditions {
            generation: number(component.object_preconditions.if_generation_match.as_ref()),
            ..Preconditions::default()
        },
    });
    let sources: Vec<_> = sources.collect();
    let described = match fields.remove("destination") {
        Some(Value::Object(fields)) => Some(from_fields(fields)?),
        _ => None,
    };
    let preconditions = parameters.preconditions(&headers);
    let to = Target { bucket, name, described, preconditions };
    Ok(answer(&to_json(&world, &copying::compose(&world, &sources, &to)?)))
}

/// Numbers of 64 bits come as text or as numbers.
fn number(value: Option<&Value>) -> Option<i64> {
    value.and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok()))
}
