//! Batches: several calls in one, each with an answer of its own.
//!
//! <https://cloud.google.com/storage/docs/batch>. To the record of calls and to faults a batch is
//! one call.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use tower_service::Service;

use super::call::text;
use super::multipart::{self, Part};
use crate::sandbox::gcs::Gcs;
use crate::sandbox::refusal::{Refusal, worded};

/// <https://cloud.google.com/storage/docs/batch#overview>
const MOST_CALLS: usize = 100;
const BOUNDARY: &str = "batch_of_the_sandbox";

/// The route of batches, whose calls go to `single`.
pub(super) fn routes(single: Router) -> Router {
    Router::new()
        .route("/batch/storage/v1", post(batch))
        .route("/batch", post(batch))
        .with_state(single)
}

async fn batch(
    State(single): State<Router>,
    headers: HeaderMap,
    sent: Bytes,
) -> Result<Response, Refusal> {
    let parts = multipart::parts(text(&headers, header::CONTENT_TYPE), &sent)?;
    if parts.len() > MOST_CALLS {
        let message = format!("The batch request must not have more than {MOST_CALLS} calls.");
        return Err(Refusal::invalid(message));
    }
    let mut answers = BytesMut::new();
    for part in &parts {
        let response = match call(part) {
            Ok(request) => answered(single.clone(), request).await,
            Err(refusal) => refusal.into_response(),
        };
        write(&mut answers, part, response).await;
    }
    answers.put_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/mixed; boundary={BOUNDARY}");
    Ok(([(header::CONTENT_TYPE, kind)], answers.freeze()).into_response())
}

async fn answered(mut single: Router, request: Request<Body>) -> Response {
    match single.call(request).await {
        Ok(response) => worded(response, &Gcs, false).await,
        Err(never) => match never {},
    }
}

/// The call in a part: a request line, headers, an empty line, a body.
fn call(part: &Part<'_>) -> Result<Request<Body>, Refusal> {
    let broken = || Refusal::invalid("Failed to parse batch request.");
    let (line, rest) = multipart::line(part.bytes).ok_or_else(broken)?;
    let mut words = line.split_whitespace();
    let (method, target) = words.next().zip(words.next()).ok_or_else(broken)?;
    // Some clients write the whole address.
    let path = target
        .split_once("://")
        .map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    if path.starts_with("/upload/") || path.starts_with("/batch") || path.contains("alt=media") {
        return Err(Refusal::invalid("Uploads and downloads cannot be part of a batch."));
    }
    let (headers, body) = multipart::headers(rest);
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(Body::from(body.trim_ascii().to_vec())).map_err(|_| broken())
}

async fn write(answers: &mut BytesMut, part: &Part<'_>, response: Response) {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let mut lines = vec![format!("--{BOUNDARY}"), "Content-Type: application/http".to_owned()];
    if let Some(id) = part.header("content-id") {
        let id = id.trim_start_matches('<').trim_end_matches('>');
        lines.push(format!("Content-ID: <response-{id}>"));
    }
    lines.push(String::new());
    let reason = head.status.canonical_reason().unwrap_or_default();
    lines.push(format!("HTTP/1.1 {} {reason}", head.status.as_str()));
    for (name, value) in &head.headers {
        lines.push(format!("{name}: {}", value.to_str().unwrap_or_default()));
    }
    lines.push(format!("Content-Length: {}", body.len()));
    lines.push(String::new());
    lines.push(String::new());
    answers.put_slice(lines.join("\r\n").as_bytes());
    answers.put_slice(&body);
    answers.put_slice(b"\r\n");
}
