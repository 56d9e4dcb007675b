//! Answers that arrive slowly, or only by half.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderValue, header};
use http_body_util::BodyExt;

use super::fault::{Action, Ending};

/// In how many pieces a slow answer comes.
const PIECES: usize = 8;

/// So long a half answer has to get away before its connection breaks.
const HEAD_START: Duration = Duration::from_millis(5);

/// An answer as faults leave it.
pub(super) async fn damaged(response: Response, actions: &[Action]) -> Response {
    let mut pace = None;
    let mut ending = None;
    for action in actions {
        match action {
            Action::Trickle { ms } => pace = Some(Duration::from_millis(*ms)),
            Action::Truncate(how) => ending = Some(*how),
            _ => {}
        }
    }
    if pace.is_none() && ending.is_none() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Bodies of the sandbox are in memory, so that collecting one cannot fail.
    let Ok(body) = body.collect().await else { return Response::from_parts(parts, Body::empty()) };
    let trailers = body.trailers().cloned();
    let mut bytes = body.to_bytes();
    let whole = bytes.len();
    if ending.is_some() {
        bytes.truncate(whole / 2);
    }
    let promised = match ending {
        Some(Ending::Broken) | None => Some(whole),
        Some(Ending::Chunked) => None,
        Some(Ending::Quiet) => Some(bytes.len()),
    };
    // With trailers, as gRPC has them, nothing is promised.
    match promised.filter(|_| trailers.is_none()) {
        Some(length) => parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length)),
        None => parts.headers.remove(header::CONTENT_LENGTH),
    };
    let breaks = matches!(ending, Some(Ending::Broken | Ending::Chunked));
    let body = Body::from_stream(pieces(bytes, pace, breaks));
    let body = match trailers.filter(|_| !breaks) {
        Some(trailers) => Body::new(body.with_trailers(async move { Some(Ok(trailers)) })),
        None => body,
    };
    Response::from_parts(parts, body)
}

/// The bytes, piece by piece, and an error at the end if the connection shall break.
fn pieces(
    bytes: Bytes,
    pace: Option<Duration>,
    breaks: bool,
) -> impl stream::Stream<Item = io::Result<Bytes>> + Send + 'static {
    let size =
        if pace.is_some() { bytes.len().div_ceil(PIECES).max(1) } else { bytes.len().max(1) };
    let pieces: Vec<Bytes> = (0..bytes.len())
        .step_by(size)
        .map(|from| bytes.slice(from..(from + size).min(bytes.len())))
        .collect();
    let pieces = stream::iter(pieces).then(move |piece| async move {
        if let Some(pace) = pace {
            tokio::time::sleep(pace).await;
        }
        Ok(piece)
    });
    let end = stream::iter(breaks.then_some(())).then(|()| async {
        tokio::time::sleep(HEAD_START).await;
        Err(io::ErrorKind::ConnectionReset.into())
    });
    pieces.chain(end)
}
