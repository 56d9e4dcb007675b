//! A refused call, in the two shapes that Google gives it: a gRPC status and
//! the JSON error.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{Api, StoreError, grpc};

/// The gRPC status codes that the sandbox uses.
///
/// Numbers and HTTP pairs: <https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Ok = 0,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

impl Code {
    /// The code that goes with an HTTP status.
    pub(super) fn of_http(status: u16) -> Self {
        match status {
            200..=299 => Self::Ok,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            409 => Self::Aborted,
            412 => Self::FailedPrecondition,
            416 => Self::OutOfRange,
            429 => Self::ResourceExhausted,
            400..=499 => Self::InvalidArgument,
            501 => Self::Unimplemented,
            502 | 503 => Self::Unavailable,
            504 => Self::DeadlineExceeded,
            _ => Self::Internal,
        }
    }

    /// The name as it is written in documents.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::FailedPrecondition => "FAILED_PRECONDITION",
            Self::Aborted => "ABORTED",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::Unauthenticated => "UNAUTHENTICATED",
        }
    }
}

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) http: u16,
    /// The word that the JSON error carries beside the message.
    pub(super) reason: &'static str,
    pub(super) message: String,
    /// What else is said of it, in the APIs that do: messages of `google.rpc` with their types.
    pub(super) details: Vec<Value>,
}

impl Refusal {
    fn new(code: Code, http: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, http, reason, message: message.into(), details: Vec::new() }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, 400, "invalid", message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, 404, "notFound", message)
    }

    pub(super) fn exists(message: impl Into<String>) -> Self {
        Self::new(Code::AlreadyExists, 409, "conflict", message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Code::PermissionDenied, 403, "forbidden", message)
    }

    /// The state of the thing forbids it (the bucket is not empty, say).
    pub(super) fn state(message: impl Into<String>) -> Self {
        Self::new(Code::FailedPrecondition, 409, "conflict", message)
    }

    /// Somebody else changed the thing since it was read.
    pub(super) fn aborted(message: impl Into<String>) -> Self {
        Self::new(Code::Aborted, 409, "aborted", message)
    }

    /// There is no more of it to be had.
    pub(super) fn exhausted(message: impl Into<String>) -> Self {
        Self::new(Code::ResourceExhausted, 429, "rateLimitExceeded", message)
    }

    /// A precondition that the caller gave does not hold.
    pub(super) fn precondition() -> Self {
        let message = "At least one of the pre-conditions you specified did not hold.";
        Self::new(Code::FailedPrecondition, 412, "conditionNotMet", message)
    }

    /// The caller has it already: the version is the one that it said it has.
    pub(super) fn not_modified() -> Self {
        Self { http: 304, code: Code::Aborted, ..Self::precondition() }
    }

    pub(super) fn range() -> Self {
        let message = "The requested range cannot be satisfied.";
        Self::new(Code::OutOfRange, 416, "requestedRangeNotSatisfiable", message)
    }

    pub(super) fn unimplemented(message: impl Into<String>) -> Self {
        Self::new(Code::Unimplemented, 501, "notImplemented", message)
    }

    /// A call with a body of more bytes than are read.
    pub(super) fn too_large(most: usize) -> Self {
        let message = format!("A request may have at most {most} bytes.");
        Self::new(Code::ResourceExhausted, 413, "uploadTooLarge", message)
    }

    /// A status asked for by a fault.
    pub(super) fn of_status(http: u16, message: &str) -> Self {
        let (reason, usual) = match http {
            429 => ("rateLimitExceeded", "The rate limit was exceeded, try again later."),
            503 => ("backendError", "The service is currently unavailable."),
            500 => ("backendError", "We encountered an internal error. Please try again."),
            409 => ("conflict", "The request conflicts with another one."),
            412 => ("conditionNotMet", "At least one of the pre-conditions did not hold."),
            400 => ("invalid", "The request cannot be read."),
            403 => ("forbidden", "The caller does not have permission."),
            404 => ("notFound", "Not Found"),
            405 => ("methodNotAllowed", "The method is not allowed here."),
            _ => ("backendError", "The call failed."),
        };
        let message = if message.is_empty() { usual } else { message };
        Self::new(Code::of_http(http), http, reason, message)
    }
}

/// Puts what the router refuses by itself (a path that is no text, a method that is not there) into
/// the shape of all other refusals.
pub(super) async fn worded(response: Response, api: &dyn Api, is_grpc: bool) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    let is_ours = kind.is_some_and(|kind| kind.starts_with(b"application/"));
    let status = response.status().as_u16();
    // 499 is how a cancelled upload ends, and says nothing.
    if status < 400 || status == 499 || is_ours {
        return response;
    }
    let body = response.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let message = String::from_utf8_lossy(&body);
    if let Some(response) = api.words(status, &message) {
        return response;
    }
    let refusal = Refusal::of_status(status, &message);
    if is_grpc { grpc::answer(Err(refusal)) } else { refusal.into_response() }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let message = match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        Self::new(Code::Internal, 500, "backendError", message)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Code::Internal, 500, "backendError", error.to_string())
    }
}

/// The JSON shape; see <https://cloud.google.com/storage/docs/json_api/v1/status-codes>.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { code: _, http, reason, message, details: _ } = self;
        let body = json!({ "error": {
            "code": http,
            "message": message,
            "errors": [{ "message": message, "domain": "global", "reason": reason }],
        }});
        let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::NOT_MODIFIED {
            return status.into_response();
        }
        let json = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
        (status, json, body.to_string()).into_response()
    }
}
