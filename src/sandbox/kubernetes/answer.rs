//! How answers are given.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::call::Call;
use super::cluster::Undone;
use super::failure::Failure;

/// An answer in JSON.
pub(super) fn ok(body: Value) -> Response {
    told(200, &body)
}

/// An answer in JSON, under a status.
pub(super) fn told(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// What a transaction came to, kept or only tried.
pub(super) fn outcome(
    call: &Call<'_>,
    outcome: Result<(u16, Value), Undone>,
) -> Result<Response, Failure> {
    match outcome {
        Ok((status, body)) | Err(Undone::Tried(status, body)) => {
            Ok(told(status, &as_asked(call, body)))
        }
        Err(Undone::Failed(failure)) => Err(failure),
    }
}

/// An object, or as much of it as the caller asked for.
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>
pub(super) fn as_asked(call: &Call<'_>, object: Value) -> Value {
    let accept = call.header(header::ACCEPT.as_str());
    // The first form that it would take is the one that it wants.
    let first = accept.split(',').next().unwrap_or_default();
    if !first.contains("as=PartialObjectMetadata") || object["kind"] == "Status" {
        return object;
    }
    let list = |items: &Vec<Value>| {
        json!({
            "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
            "metadata": object["metadata"],
            "items": items.iter().map(only_metadata).collect::<Vec<_>>(),
        })
    };
    let items = object["items"].as_array().filter(|_| first.contains("MetadataList"));
    items.map_or_else(|| only_metadata(&object), list)
}

fn only_metadata(object: &Value) -> Value {
    let metadata = &object["metadata"];
    json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata })
}
