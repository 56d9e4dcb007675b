//! Refusals as the API server words them: a `Status` with a reason and details.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::kind::Type;
use crate::sandbox::StoreError;
use crate::sandbox::refusal::Refusal;

/// What is said where there is nothing at all, in plain text.
const PAGE: &str = "404 page not found\n";

/// A refused call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    code: u16,
    reason: &'static str,
    message: String,
    details: Value,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) reason: &'static str,
    pub(super) message: String,
    pub(super) field: String,
}

impl Cause {
    /// A value that is not allowed there.
    pub(super) fn invalid(field: &str, value: &Value, why: &str) -> Self {
        let value = match value {
            Value::String(text) => format!("{text:?}"),
            other => other.to_string(),
        };
        let message = format!("Invalid value: {value}: {why}");
        Self { reason: "FieldValueInvalid", message, field: field.to_owned() }
    }

    /// What must be given.
    pub(super) fn required(field: &str, why: &str) -> Self {
        let message = match why {
            "" => "Required value".to_owned(),
            why => format!("Required value: {why}"),
        };
        Self { reason: "FieldValueRequired", message, field: field.to_owned() }
    }

    /// A word that is none of those that are known.
    pub(super) fn unsupported(field: &str, said: &Value, known: &[&str]) -> Self {
        let known: Vec<String> = known.iter().map(|it| format!("{it:?}")).collect();
        let message = format!("Unsupported value: {said}: supported values: {}", known.join(", "));
        Self { reason: "FieldValueNotSupported", message, field: field.to_owned() }
    }

    /// What must not be said here.
    pub(super) fn forbidden(field: &str, why: &str) -> Self {
        let message = format!("Forbidden: {why}");
        Self { reason: "FieldValueForbidden", message, field: field.to_owned() }
    }

    fn told(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }

    fn shown(&self) -> Value {
        json!({ "reason": self.reason, "message": self.message, "field": self.field })
    }
}

impl Failure {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    fn about(self, kind: &Type, name: &str) -> Self {
        let mut details = json!({ "kind": kind.plural });
        if !name.is_empty() {
            details["name"] = json!(name);
        }
        if !kind.group.is_empty() {
            details["group"] = json!(kind.group);
        }
        Self { details, ..self }
    }

    fn because(mut self, causes: Vec<Value>) -> Self {
        if !self.details.is_object() {
            self.details = json!({});
        }
        self.details["causes"] = Value::Array(causes);
        self
    }

    pub(super) fn not_found(kind: &Type, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", kind.qualified());
        Self::new(404, "NotFound", message).about(kind, name)
    }

    /// There is no such path.
    pub(super) fn page() -> Self {
        Self::new(404, "NotFound", PAGE)
    }

    /// There is no such type.
    pub(super) fn unknown() -> Self {
        let message = "the server could not find the requested resource";
        Self { details: json!({}), ..Self::new(404, "NotFound", message) }
    }

    pub(super) fn already_exists(kind: &Type, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", kind.qualified());
        Self::new(409, "AlreadyExists", message).about(kind, name)
    }

    /// Somebody else was faster.
    pub(super) fn conflict(kind: &Type, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} \"{name}\": {why}", kind.qualified());
        Self::new(409, "Conflict", message).about(kind, name)
    }

    /// The version that the caller speaks of is not the present one.
    pub(super) fn stale(kind: &Type, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version \
                   and try again";
        Self::conflict(kind, name, why)
    }

    /// What was to be deleted is not what the caller speaks of.
    pub(super) fn precondition(kind: &Type, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", kind.kind);
        let mut failure = Self::new(409, "Conflict", message).about(kind, name);
        failure.details["kind"] = json!(kind.kind);
        failure
    }

    /// What the server did not expect, and gives no reason for.
    pub(super) fn unexpected(message: impl Into<String>) -> Self {
        Self::new(500, "", message)
    }

    /// Fields that other managers own.
    pub(super) fn apply_conflict(message: String, causes: Vec<Value>) -> Self {
        Self::new(409, "Conflict", message).because(causes)
    }

    /// What breaks the rules of its type.
    pub(super) fn invalid(kind: &Type, name: &str, causes: &[Cause]) -> Self {
        let mut told: Vec<String> = causes.iter().map(Cause::told).collect();
        // What is wrong twice is said once.
        told.dedup();
        let told = match told.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let owner = match kind.group.as_str() {
            "" => kind.kind.clone(),
            group => format!("{}.{group}", kind.kind),
        };
        let failure = Self::new(422, "Invalid", format!("{owner} \"{name}\" is invalid: {told}"));
        let mut failure =
            failure.about(kind, name).because(causes.iter().map(Cause::shown).collect());
        failure.details["kind"] = json!(kind.kind);
        failure
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// What can be read, and not done.
    pub(super) fn unprocessable(message: &str) -> Self {
        Self::new(422, "Invalid", message)
    }

    /// What is wrong with how something is asked for.
    pub(super) fn options(what: &str, causes: &[Cause]) -> Self {
        let told: Vec<String> = causes.iter().map(Cause::told).collect();
        let message = format!("{what}.meta.k8s.io \"\" is invalid: {}", told.join(", "));
        let mut failure = Self::new(422, "Invalid", message);
        failure.details = json!({ "group": "meta.k8s.io", "kind": what });
        failure.because(causes.iter().map(Cause::shown).collect())
    }

    pub(super) fn forbidden(kind: &Type, name: &str, why: &str) -> Self {
        let message = match name {
            "" => format!("{} is forbidden: {why}", kind.qualified()),
            name => format!("{} \"{name}\" is forbidden: {why}", kind.qualified()),
        };
        Self::new(403, "Forbidden", message).about(kind, name)
    }

    /// Nothing new can be made in a namespace that is going.
    pub(super) fn terminating(kind: &Type, name: &str, namespace: &str) -> Self {
        let why = format!(
            "unable to create new content in namespace {namespace} because it is being terminated"
        );
        let cause = json!({
            "reason": "NamespaceTerminating",
            "message": format!("namespace {namespace} is being terminated"),
            "field": "metadata.namespace",
        });
        Self::forbidden(kind, name, &why).because(vec![cause])
    }

    pub(super) fn method() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self { details: json!({}), ..Self::new(405, "MethodNotAllowed", message) }
    }

    /// A patch or body in a form that is not taken.
    pub(super) fn media(message: impl Into<String>) -> Self {
        Self { details: json!({}), ..Self::new(415, "UnsupportedMediaType", message) }
    }

    /// What was asked for is so long ago that it is forgotten.
    pub(super) fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// A status that a fault or the router asks for.
    pub(super) fn asked_for(status: u16, message: &str) -> Self {
        let (reason, usual) = match status {
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", "forbidden: the caller may not do this"),
            404 if message == PAGE => return Self::page(),
            404 => return Self::unknown(),
            405 => return Self::method(),
            409 => ("Conflict", "the object has been modified"),
            413 => ("RequestEntityTooLarge", "Request entity too large: limit is 3145728"),
            429 => ("TooManyRequests", "too many requests, please try again later"),
            500 => ("InternalError", "Internal error occurred"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "the server was unable to return a response in time"),
            _ => ("Unknown", "the call failed"),
        };
        Self::new(status, reason, if message.is_empty() { usual } else { message })
    }

    /// The body of the answer.
    pub(super) fn shown(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code,
        });
        if !self.reason.is_empty() {
            status["reason"] = json!(self.reason);
        }
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        status
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::from(Refusal::from(error))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(500, "InternalError", refusal.message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if self.message == PAGE {
            return (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], PAGE)
                .into_response();
        }
        let json = [(header::CONTENT_TYPE, "application/json")];
        (status, json, self.shown().to_string()).into_response()
    }
}
