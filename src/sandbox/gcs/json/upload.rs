//! Uploads: in one go, or in a session.
//!
//! <https://cloud.google.com/storage/docs/uploads-downloads>

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, StatusCode, Uri, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::message::{Object, ObjectChecksums};
use super::super::object;
use super::super::session::{self, Progress, Range};
use super::call::{Parameters, answer, text};
use super::object::refuse_predefined;
use super::object_resource::{crc32c_of, from_json, to_json};
use super::{call, multipart};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

/// What the service answers when an upload was cancelled, as if the caller had gone.
const CANCELLED: u16 = 499;

pub(super) fn routes() -> Router<World> {
    let path = "/upload/storage/v1/b/{bucket}/o";
    let methods = post(upload).put(resume).delete(cancel);
    Router::new()
        .route(path, methods.clone())
        // What some clients make of a location: <https://github.com/googleapis/google-api-python-client>.
        .route(&format!("/resumable{path}"), methods)
}

async fn upload(
    State(world): State<World>,
    Path(bucket): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let parameters = Parameters::of(&uri)?;
    if !parameters.upload_id.is_empty() {
        return advance(&world, &parameters.upload_id, &headers, sent);
    }
    refuse_predefined(&world, &bucket, &parameters.predefined_acl)?;
    let kind = text(&headers, header::CONTENT_TYPE);
    let (mut object, data) = match parameters.upload_type.as_str() {
        "multipart" => description_and_data(kind, &sent)?,
        "media" => (Object { content_type: kind.to_owned(), ..Object::default() }, sent),
        "resumable" => return begin(&world, &bucket, &parameters, &headers, &sent),
        other => return Err(Refusal::invalid(format!("Invalid upload type: '{other}'"))),
    };
    named(&mut object, &parameters);
    object.checksums = said(&headers)?.or(object.checksums);
    let preconditions = parameters.preconditions(&headers);
    let object = object::put(&world, &bucket, object, &data, &preconditions)?;
    Ok(answer(&to_json(&world, &object)))
}

fn named(object: &mut Object, parameters: &Parameters) {
    if !parameters.name.is_empty() {
        object.name.clone_from(&parameters.name);
    }
}

/// The parts: what is said of the object, its bytes, and (from clients that sum
/// up while they send) its checksums.
fn description_and_data(kind: &str, body: &Bytes) -> Result<(Object, Bytes), Refusal> {
    let parts = multipart::parts(kind, body)?;
    let (description, data, sums) = match &parts[..] {
        [description, data] => (description, data, None),
        [description, data, sums] => (description, data, Some(sums)),
        _ => return Err(Refusal::invalid("A multipart upload must have two parts.")),
    };
    let mut object = from_json(description.bytes)?;
    if object.content_type.is_empty() {
        object.content_type = data.content_type().to_owned();
    }
    if let Some(sums) = sums {
        object.checksums = from_json(sums.bytes)?.checksums;
    }
    Ok((object, body.slice_ref(data.bytes)))
}

/// The checksums in `x-goog-hash: crc32c=…,md5=…`, which may come in several headers.
fn said(headers: &HeaderMap) -> Result<Option<ObjectChecksums>, Refusal> {
    let mut sums = ObjectChecksums::default();
    let values = headers.get_all("x-goog-hash").iter().filter_map(|value| value.to_str().ok());
    for pair in values.flat_map(|value| value.split(',')) {
        match pair.trim().split_once('=') {
            Some(("crc32c", sum)) => sums.crc32c = Some(crc32c_of(sum)?),
            Some(("md5", sum)) => {
                let sum = BASE64.decode(sum.as_bytes());
                sums.md5_hash = sum.map_err(|error| call::parse_error(&error))?;
            }
            _ => {}
        }
    }
    Ok(Some(sums).filter(|sums| *sums != ObjectChecksums::default()))
}

/// Where to send the bytes is built from where we listen: some clients leave the port out of
/// `Host`.
fn begin(
    world: &World,
    bucket: &str,
    parameters: &Parameters,
    headers: &HeaderMap,
    sent: &[u8],
) -> Result<Response, Refusal> {
    let nothing = sent.iter().all(u8::is_ascii_whitespace);
    let mut object = if nothing { Object::default() } else { from_json(sent)? };
    named(&mut object, parameters);
    if object.content_type.is_empty() {
        text(headers, "x-upload-content-type").clone_into(&mut object.content_type);
    }
    let name = utf8_percent_encode(&object.name, NON_ALPHANUMERIC).to_string();
    object.checksums = said(headers)?.or(object.checksums);
    let id = session::begin(world, bucket, object, parameters.preconditions(headers))?;
    let location = format!(
        "{}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={name}&upload_id={id}",
        world.url()
    );
    let headers = [("location", location), ("x-guploader-uploadid", id)];
    Ok((StatusCode::OK, headers, "").into_response())
}

async fn resume(
    State(world): State<World>,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    advance(&world, &Parameters::of(&uri)?.upload_id, &headers, sent)
}

fn advance(world: &World, id: &str, headers: &HeaderMap, sent: Bytes) -> Result<Response, Refusal> {
    let range = range(text(headers, header::CONTENT_RANGE))?;
    match session::advance(world, id, &range, sent, said(headers)?)? {
        Progress::Done(object) => Ok(answer(&to_json(world, &object))),
        Progress::Kept(kept) => unfinished(id, kept, headers),
    }
}

/// Google's Go client takes no 308, since others mean a redirect by it:
/// <https://github.com/googleapis/google-api-go-client/blob/main/internal/gensupport/resumable.go>
fn unfinished(id: &str, kept: u64, headers: &HeaderMap) -> Result<Response, Refusal> {
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    if text(headers, "x-guploader-no-308") == "yes" {
        *response.status_mut() = StatusCode::OK;
        let said = header_value("308")?;
        response.headers_mut().insert("x-http-status-code-override", said);
    }
    response.headers_mut().insert("x-guploader-uploadid", header_value(id)?);
    if let Some(last) = kept.checked_sub(1) {
        let value = header_value(&format!("bytes=0-{last}"))?;
        response.headers_mut().insert(header::RANGE, value);
    }
    Ok(response)
}

fn header_value(text: &str) -> Result<http::HeaderValue, Refusal> {
    text.parse().map_err(|_| Refusal::invalid("Invalid upload session."))
}

/// `bytes 0-9/20`, `bytes 0-9/*`, `bytes */20`, `bytes */*`, or nothing.
fn range(text: &str) -> Result<Range, Refusal> {
    if text.is_empty() {
        return Ok(Range::Whole);
    }
    let parse = || {
        let (bytes, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let total = match total {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        if bytes == "*" {
            return Some(Range::Nothing { total });
        }
        let (first, last) = bytes.split_once('-')?;
        Some(Range::Chunk { first: first.parse().ok()?, last: last.parse().ok()?, total })
    };
    parse().ok_or_else(|| Refusal::invalid("Failed to parse Content-Range header."))
}

async fn cancel(State(world): State<World>, uri: Uri) -> Result<Response, Refusal> {
    session::cancel(&world, &Parameters::of(&uri)?.upload_id)?;
    let status = StatusCode::from_u16(CANCELLED).map_err(|_| Refusal::of_status(500, ""))?;
    Ok(status.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_chunks_are_read() {
        let read = |text: &str| range(text).unwrap();
        assert_eq!(read("bytes 0-9/*"), Range::Chunk { first: 0, last: 9, total: None });
        assert_eq!(read("bytes 5-9/10"), Range::Chunk { first: 5, last: 9, total: Some(10) });
        assert_eq!(read("bytes */10"), Range::Nothing { total: Some(10) });
        assert_eq!((read("bytes */*"), read("")), (Range::Nothing { total: None }, Range::Whole));
        for text in
            ["bytes", "bytes 1-/2", "bytes a-b/c", "items 0-1/2", "bytes 1-99999999999999999999/*"]
        {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
