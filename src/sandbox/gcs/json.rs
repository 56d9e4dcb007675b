//! The HTTP face: what the object client needs of the JSON API.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/objects>

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc2822;

use super::message::{ListObjectsRequest, Object};
use super::object::{self, Preconditions};
use super::{multipart, resource};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Label, World};

pub(super) fn routes() -> Router<World> {
    Router::new()
        .route("/upload/storage/v1/b/{bucket}/o", post(upload))
        .route("/storage/v1/b/{bucket}/o", get(list))
        .route("/storage/v1/b/{bucket}/o/{object}", get(read).delete(delete))
}

/// The parameters that say which version is meant, and what must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Parameters {
    alt: String,
    name: String,
    upload_type: String,
    generation: Option<i64>,
    if_generation_match: Option<i64>,
    if_generation_not_match: Option<i64>,
    if_metageneration_match: Option<i64>,
    if_metageneration_not_match: Option<i64>,
}

impl Parameters {
    fn preconditions(&self) -> Preconditions {
        Preconditions {
            generation: self.if_generation_match,
            not_generation: self.if_generation_not_match,
            metageneration: self.if_metageneration_match,
            not_metageneration: self.if_metageneration_not_match,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ListParameters {
    prefix: String,
    delimiter: String,
    page_token: String,
    max_results: i32,
    versions: bool,
    soft_deleted: bool,
    match_glob: String,
    start_offset: String,
    end_offset: String,
}

async fn upload(
    State(world): State<World>,
    Path(bucket): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let parameters: Parameters = query(&uri)?;
    let kind = text(&headers, header::CONTENT_TYPE);
    let (mut object, data) = match parameters.upload_type.as_str() {
        "multipart" => description_and_data(kind, &body)?,
        "media" => (Object { content_type: kind.to_owned(), ..Object::default() }, &body[..]),
        "resumable" => {
            return Err(Refusal::unimplemented("the sandbox has no resumable uploads yet"));
        }
        other => return Err(Refusal::invalid(format!("Invalid upload type: '{other}'"))),
    };
    if !parameters.name.is_empty() {
        object.name.clone_from(&parameters.name);
    }
    let object = object::put(&world, &bucket, object, data, parameters.preconditions())?;
    Ok(json_answer(&resource::to_json(&object)))
}

/// The parts: what is said of the object, its bytes, and (from clients that sum
/// up while they send) its checksums.
fn description_and_data<'a>(kind: &str, body: &'a [u8]) -> Result<(Object, &'a [u8]), Refusal> {
    let parts = multipart::parts(kind, body)?;
    let (description, data, sums) = match &parts[..] {
        [description, data] => (description, data, None),
        [description, data, sums] => (description, data, Some(sums)),
        _ => return Err(Refusal::invalid("A multipart upload must have two parts.")),
    };
    let mut object = resource::from_json(description.bytes)?;
    if object.content_type.is_empty() {
        object.content_type = data.content_type.clone().unwrap_or_default();
    }
    if let Some(sums) = sums {
        object.checksums = resource::from_json(sums.bytes)?.checksums;
    }
    Ok((object, data.bytes))
}

async fn read(
    State(world): State<World>,
    Path((bucket, name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let parameters: Parameters = query(&uri)?;
    let (generation, preconditions) = (parameters.generation, parameters.preconditions());
    if parameters.alt != "media" {
        let object = object::get(&world, &bucket, &name, generation, preconditions)?;
        return Ok(json_answer(&resource::to_json(&object)));
    }
    let (object, data) = object::contents(&world, &bucket, &name, generation, preconditions)?;
    media(&object, &data, text(&headers, header::RANGE))
}

/// The bytes, or the part of them that is asked for, and what is known of them as headers.
fn media(object: &Object, data: &Bytes, range: &str) -> Result<Response, Refusal> {
    let wanted = range_of(range, data.len())?;
    let mut response = match wanted {
        None => data.clone().into_response(),
        Some((from, to)) => {
            let mut part = data.slice(from..to).into_response();
            *part.status_mut() = StatusCode::PARTIAL_CONTENT;
            let said = format!("bytes {from}-{}/{}", to.saturating_sub(1), data.len());
            set(part.headers_mut(), "content-range", &said);
            part
        }
    };
    describe(object, response.headers_mut());
    Ok(response)
}

fn describe(object: &Object, headers: &mut HeaderMap) {
    let or = |text: &str, other: &str| if text.is_empty() { other } else { text }.to_owned();
    let modified = object.update_time.and_then(resource::date);
    let modified = modified.and_then(|date| date.format(&Rfc2822).ok()).unwrap_or_default();
    let pairs = [
        ("content-type", or(&object.content_type, "application/octet-stream")),
        ("content-language", object.content_language.clone()),
        ("content-disposition", object.content_disposition.clone()),
        ("cache-control", object.cache_control.clone()),
        ("etag", object.etag.clone()),
        // HTTP writes the zone by name.
        ("last-modified", modified.replace("+0000", "GMT")),
        ("x-goog-generation", object.generation.to_string()),
        ("x-goog-metageneration", object.metageneration.to_string()),
        ("x-goog-storage-class", object.storage_class.clone()),
        ("x-goog-stored-content-length", object.size.to_string()),
        ("x-goog-stored-content-encoding", or(&object.content_encoding, "identity")),
        ("x-goog-hash", format!("crc32c={}", resource::crc32c(object))),
    ];
    for (name, value) in pairs {
        if !value.is_empty() {
            set(headers, name, &value);
        }
    }
    for (key, value) in &object.metadata {
        set(headers, &format!("x-goog-meta-{key}"), value);
    }
}

/// What a caller gave as text and no header can carry is left out.
fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) =
        (name.parse::<header::HeaderName>(), HeaderValue::from_str(value))
    {
        headers.insert(name, value);
    }
}

/// One range of bytes, as `from..to`; none if the whole is wanted.
fn range_of(range: &str, length: usize) -> Result<Option<(usize, usize)>, Refusal> {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) => (from, to.saturating_add(1).min(length)),
        (Ok(from), Err(_)) => (from, length),
        (Err(_), Ok(last)) => (length.saturating_sub(last), length),
        (Err(_), Err(_)) => return Ok(None),
    };
    if from < to { Ok(Some((from, to))) } else { Err(Refusal::range()) }
}

async fn delete(
    State(world): State<World>,
    Path((bucket, name)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let parameters: Parameters = query(&uri)?;
    let (generation, preconditions) = (parameters.generation, parameters.preconditions());
    object::delete(&world, &bucket, &name, generation, preconditions)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list(
    State(world): State<World>,
    Path(bucket): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let parameters: ListParameters = query(&uri)?;
    let request = ListObjectsRequest {
        page_size: parameters.max_results,
        page_token: parameters.page_token,
        prefix: parameters.prefix,
        delimiter: parameters.delimiter,
        versions: parameters.versions,
        soft_deleted: parameters.soft_deleted,
        match_glob: parameters.match_glob,
        lexicographic_start: parameters.start_offset,
        lexicographic_end: parameters.end_offset,
        ..ListObjectsRequest::default()
    };
    let page = object::list(&world, &bucket, &request)?;
    let mut json = json!({ "kind": "storage#objects" });
    if !page.objects.is_empty() {
        json["items"] = page.objects.iter().map(resource::to_json).collect();
    }
    if !page.prefixes.is_empty() {
        json["prefixes"] = json!(page.prefixes);
    }
    if !page.next_page_token.is_empty() {
        json["nextPageToken"] = json!(page.next_page_token);
    }
    Ok(json_answer(&json))
}

fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let Query(parameters) =
        Query::try_from_uri(uri).map_err(|error| Refusal::invalid(error.body_text()))?;
    Ok(parameters)
}

fn json_answer(json: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    (kind, json.to_string()).into_response()
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What a call is, by its path.
pub(super) fn label(parts: &Parts) -> Label {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (face, rest) = match parts.uri.path().split_once("/storage/v1/b/") {
        Some((face, rest)) => (face, rest),
        None => return Label::of_http(parts),
    };
    let (template, resource) = match rest.split('/').collect::<Vec<_>>()[..] {
        [bucket, "o", object] => {
            ("{bucket}/o/{object}", format!("{}/{}", decoded(bucket), decoded(object)))
        }
        [bucket, "o"] => ("{bucket}/o", decoded(bucket)),
        _ => return Label::of_http(parts),
    };
    let method = format!("{} {face}/storage/v1/b/{template}", parts.method);
    let name = parts.uri.query().unwrap_or_default().split('&');
    let name = name.filter_map(|pair| pair.strip_prefix("name=")).map(decoded).next();
    let resource = name.map_or(resource.clone(), |name| format!("{resource}/{name}"));
    Label { method, resource, mutating: !parts.method.is_safe() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_writes_them() {
        let ranges = ["", "bytes=2-4", "bytes=7-", "bytes=-3", "bytes=2-99"];
        let expected = [None, Some((2, 5)), Some((7, 10)), Some((7, 10)), Some((2, 10))];
        assert_eq!(ranges.map(|range| range_of(range, 10).unwrap()), expected);
        assert_eq!(range_of("bytes=10-", 10).unwrap_err().http, 416);
    }
}
