//! What the errors of a Kubernetes API server mean to us.

use crate::kind::ProviderError;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::kubernetes::client::Call;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// A call that the server refused.
pub(crate) fn refused(
    call: &Call,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Value,
) -> CallFailed {
    let why = told(status, body);
    let asked = headers.get(header::RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
    let asked = asked.or_else(|| body["details"]["retryAfterSeconds"].as_u64());
    let wait = asked.map(Duration::from_secs);
    CallFailed::told(reason(status, body), call.purpose, call.what.clone(), why, wait)
}

/// A call to which no answer came, or half of one.
pub(crate) fn lost(call: &Call, error: &(dyn Error + 'static)) -> CallFailed {
    CallFailed::told(Reason::ForNow, call.purpose, call.what.clone(), words(error), None)
}

/// What neither lets us look nor says that nothing is there.
pub(crate) fn unreadable(failed: CallFailed, what: &str) -> ProviderError {
    let readable = matches!(failed.reason, Reason::Unexpected);
    match (readable, failed.why().to_owned()) {
        (true, _) => failed.into(),
        (false, why) => ProviderError::Unreadable { what: what.to_owned(), why },
    }
}

/// The last cause of an error, which says most.
pub(crate) fn words(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#error-responses>
fn reason(status: StatusCode, body: &Value) -> Reason {
    let said = body["reason"].as_str().unwrap_or_default();
    match (status.as_u16(), said) {
        (500, _) if has_no_such_field(body) => Reason::Refused,
        (403, _) if is_ruled_out(body) => Reason::Refused,
        (401 | 403, _) => Reason::Denied,
        (404 | 410, _) => Reason::Absent,
        (409, "AlreadyExists") => Reason::Exists,
        (409, _) if has_owners(body) => Reason::Precondition,
        (409, _) => Reason::Outrun,
        (408 | 429 | 500..=599, _) => Reason::ForNow,
        (400..=499, _) => Reason::Refused,
        _ => Reason::Unexpected,
    }
}

/// Whether it is what was asked that is forbidden, and not who asks.
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>
fn is_ruled_out(body: &Value) -> bool {
    let message = body["message"].as_str().unwrap_or_default();
    let rules = ["admission webhook", "denied request", "exceeded quota", "violates PodSecurity"];
    rules.iter().any(|words| message.contains(words))
}

/// Whether a declaration does not fit its type, which servers call an error of their own.
/// <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/structuredmerge.go>
fn has_no_such_field(body: &Value) -> bool {
    let message = body["message"].as_str().unwrap_or_default();
    message.contains("failed to create typed patch object")
}

/// Whether others own fields that were to be applied.
/// <https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts>
fn has_owners(body: &Value) -> bool {
    let causes = body["details"]["causes"].as_array().into_iter().flatten();
    causes.into_iter().any(|cause| cause["reason"] == "FieldManagerConflict")
}

fn told(status: StatusCode, body: &Value) -> String {
    let message = body["message"].as_str().filter(|text| !text.is_empty());
    message.map_or_else(|| format!("the server says {status}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(status: u16, body: &Value) -> CallFailed {
        let status = StatusCode::from_u16(status).unwrap();
        refused(&Call::get("it", "/api"), status, &HeaderMap::new(), body)
    }

    #[test]
    fn what_others_own_is_told_from_what_others_changed_meanwhile() {
        let owned = json!({ "reason": "Conflict", "message": "Apply failed with 1 conflict",
            "details": { "causes": [{ "reason": "FieldManagerConflict", "field": ".spec.replicas" }] } });
        assert_eq!(of(409, &owned).reason, Reason::Precondition);
        assert_eq!(of(409, &json!({ "reason": "Conflict" })).reason, Reason::Outrun);
        assert_eq!(of(409, &json!({ "reason": "AlreadyExists" })).reason, Reason::Exists);
    }

    #[test]
    fn what_a_rule_forbids_is_told_from_what_we_may_not_do() {
        let quota = "pods \"hub\" is forbidden: exceeded quota: pods, requested: 1, limited: 0";
        assert_eq!(of(403, &json!({ "message": quota })).reason, Reason::Refused);
        let role = "pods is forbidden: User \"ada\" cannot create resource \"pods\"";
        assert_eq!(of(403, &json!({ "message": role })).reason, Reason::Denied);
    }

    #[test]
    fn a_field_that_there_is_not_is_a_refusal_and_not_tried_again() {
        let why = "failed to create typed patch object (hubs/proxy; apps/v1, Kind=Deployment): \
                   .spec.replica: field not declared in schema";
        assert_eq!(of(500, &json!({ "message": why })).reason, Reason::Refused);
        assert_eq!(of(500, &json!({ "message": "etcd is away" })).reason, Reason::ForNow);
    }

    #[test]
    fn what_we_may_not_see_is_unreadable_and_never_absent() {
        let failed = of(403, &json!({ "message": "configmaps is forbidden" }));
        let error = unreadable(failed, "the ConfigMaps of hubs");
        assert_eq!(
            error.to_string(),
            "cannot read the ConfigMaps of hubs: configmaps is forbidden"
        );
        assert!(error.is_permission());
    }
}
