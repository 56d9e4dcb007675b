//! Unary gRPC by hand: a frame in, a frame and trailers out.
//!
//! The protocol: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>.
//! No streams, no compression: the Google clients ask for neither here.

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, Full};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use prost::Message;

use super::refusal::{Code, Refusal};

/// What grpc-message must have encoded: all but the printable characters, and the percent sign.
const MESSAGE: &AsciiSet = &CONTROLS.add(b'%');

/// Says whether a call is gRPC.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/grpc"))
}

/// Takes the message out of the body of a call.
pub(super) fn message<M: Message + Default>(body: &[u8]) -> Result<M, Refusal> {
    let broken = || Refusal::invalid("the request is not a gRPC message");
    let [compressed, a, b, c, d, rest @ ..] = body else { return Err(broken()) };
    let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
    if *compressed != 0 {
        return Err(Refusal::unimplemented("compressed messages are not supported"));
    }
    // One message and no more: there are no streams here.
    if rest.len() != length {
        return Err(broken());
    }
    M::decode(rest).map_err(|error| Refusal::invalid(error.to_string()))
}

/// Answers a call.
pub(super) fn answer(outcome: Result<Bytes, Refusal>) -> Response {
    match outcome {
        Ok(message) => success(&message),
        Err(refusal) => failure(&refusal),
    }
}

fn success(message: &[u8]) -> Response {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.put_slice(message);
    let trailers = HeaderMap::from_iter([(status_header(), HeaderValue::from_static("0"))]);
    let body = Full::new(frame.freeze()).with_trailers(async move { Some(Ok(trailers)) });
    response(Body::new(body), Code::Ok)
}

/// An answer that is nothing but trailers, which then travel as headers.
fn failure(refusal: &Refusal) -> Response {
    let mut response = response(Body::empty(), refusal.code);
    let message = utf8_percent_encode(&refusal.message, MESSAGE).to_string();
    let headers = response.headers_mut();
    headers.insert(status_header(), HeaderValue::from(refusal.code as u16));
    if let Ok(message) = HeaderValue::from_str(&message) {
        headers.insert("grpc-message", message);
    }
    response
}

fn response(body: Body, code: Code) -> Response {
    let mut response = Response::new(body);
    let kind = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    // For the record of calls: a body's trailers cannot be looked at from outside.
    response.extensions_mut().insert(code);
    response
}

fn status_header() -> http::HeaderName {
    http::HeaderName::from_static("grpc-status")
}
