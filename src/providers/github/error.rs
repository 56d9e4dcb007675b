//! What GitHub's errors mean to us.

use crate::providers::failed::{CallFailed, Purpose, Reason};
use crate::providers::github::client::Call;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use std::error::Error;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// How long to wait where GitHub names no time.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
const USUAL_WAIT: Duration = Duration::from_secs(60);

/// A call that GitHub refused.
pub(crate) fn refused(
    call: &Call,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Value,
) -> CallFailed {
    let why = told(status, body);
    let limited = is_limited(status, headers, &why);
    let wait = limited.then(|| wait(headers).unwrap_or(USUAL_WAIT));
    let reason = if limited { Reason::ForNow } else { reason(status, body) };
    let wait = wait.or_else(|| seconds(headers, header::RETRY_AFTER.as_str()));
    CallFailed::told(reason, call.purpose, call.what.clone(), why, wait)
}

/// A call to which no answer came.
pub(crate) fn lost(call: &Call, error: &octocrab::Error) -> CallFailed {
    CallFailed::told(Reason::ForNow, call.purpose, call.what.clone(), words(error), None)
}

/// An answer that is not whole: what came of the call is not known.
pub(crate) fn half(call: &Call, error: &serde_json::Error) -> CallFailed {
    let why = format!("the answer is not whole: {error}");
    CallFailed::told(Reason::ForNow, call.purpose, call.what.clone(), why, None)
}

/// What is told of errors inside an answer of the GraphQL API, if there are any.
pub(crate) fn in_answer(call: &Call, body: &Value) -> Option<CallFailed> {
    let error = body["errors"].as_array()?.first()?;
    let why = error["message"].as_str().unwrap_or("it failed").to_owned();
    let (reason, wait) = match error["type"].as_str() {
        Some("NOT_FOUND") => (Reason::Absent, None),
        Some("RATE_LIMITED") => (Reason::ForNow, Some(USUAL_WAIT)),
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => (Reason::Denied, None),
        // A question that took too long has no type.
        None => (Reason::ForNow, None),
        Some(_) => (Reason::Refused, None),
    };
    Some(CallFailed::told(reason, Purpose::Read, call.what.clone(), why, wait))
}

/// The causes of a client's error, without addresses and backtraces.
pub(crate) fn words(error: &octocrab::Error) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    let mut text = None;
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    text.unwrap_or_else(|| "the connection failed".to_owned())
}

/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>
fn reason(status: StatusCode, body: &Value) -> Reason {
    match status.as_u16() {
        401 | 403 => Reason::Denied,
        404 => Reason::Absent,
        409 => Reason::Exists,
        412 => Reason::Precondition,
        422 if exists(body) => Reason::Exists,
        408 | 423 | 500..=599 => Reason::ForNow,
        400..=499 => Reason::Refused,
        _ => Reason::Unexpected,
    }
}

/// Whether the name is what is wrong: another thing has it.
fn exists(body: &Value) -> bool {
    let errors = body["errors"].as_array().into_iter().flatten();
    errors.into_iter().any(|error| {
        let message = error["message"].as_str().unwrap_or_default();
        error["code"] == "already_exists" || message.contains("must be unique")
    })
}

/// Whether we are asking too much, by either of GitHub's limits.
fn is_limited(status: StatusCode, headers: &HeaderMap, why: &str) -> bool {
    let spent = seconds(headers, "x-ratelimit-remaining") == Some(Duration::ZERO);
    let told = why.to_lowercase().contains("rate limit");
    match status.as_u16() {
        429 => true,
        403 => spent || told || headers.contains_key(header::RETRY_AFTER),
        _ => false,
    }
}

fn wait(headers: &HeaderMap) -> Option<Duration> {
    seconds(headers, header::RETRY_AFTER.as_str()).or_else(|| {
        let spent = seconds(headers, "x-ratelimit-remaining")?.is_zero();
        let reset = seconds(headers, "x-ratelimit-reset").filter(|_| spent)?;
        // By the server's own clock, which need not be ours.
        let date = headers.get(header::DATE)?.to_str().ok()?;
        let now = OffsetDateTime::parse(date, &Rfc2822).ok()?.unix_timestamp();
        Some(reset.saturating_sub(Duration::from_secs(now.try_into().ok()?)))
    })
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let text = headers.get(name)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// `Validation Failed: Name must be unique for this org`.
fn told(status: StatusCode, body: &Value) -> String {
    let Some(message) = body["message"].as_str() else {
        return format!("HTTP status {}", status.as_u16());
    };
    let errors = body["errors"].as_array().into_iter().flatten().filter_map(detail);
    let errors: Vec<String> = errors.collect();
    match errors.is_empty() {
        true => message.to_owned(),
        false => format!("{message}: {}", errors.join("; ")),
    }
}

fn detail(error: &Value) -> Option<String> {
    let text = |field: &str| error[field].as_str();
    text("message").or_else(|| error.as_str()).map(str::to_owned).or_else(|| {
        let (field, code) = text("field").zip(text("code"))?;
        Some(format!("{field} is {}", code.replace('_', " ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{MayPass as _, ProviderError};
    use serde_json::json;

    fn answered(status: u16, headers: &[(&'static str, &str)], body: &Value) -> CallFailed {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()));
        let call = Call::get("the teams of leap-stc", "/orgs/leap-stc/teams");
        refused(&call, StatusCode::from_u16(status).unwrap(), &headers.collect(), body)
    }

    #[test]
    fn the_hour_that_is_spent_is_waited_out_by_the_clock_of_the_server() {
        let date = ("date", "Fri, 07 Nov 1997 08:49:37 GMT");
        let (left, reset) = (("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "878892587"));
        let body = json!({ "message": "API rate limit exceeded for user ID 1." });
        let failed = answered(403, &[date, left, reset], &body);
        assert!(failed.may_pass());
        assert_eq!(failed.asked_wait(), Some(Duration::from_secs(10)));
    }

    #[test]
    fn asking_too_fast_is_told_from_not_being_allowed() {
        let fast = json!({ "message": "You have exceeded a secondary rate limit." });
        let failed = answered(403, &[("retry-after", "7")], &fast);
        assert_eq!(failed.asked_wait(), Some(Duration::from_secs(7)));
        assert_eq!(answered(403, &[], &fast).asked_wait(), Some(USUAL_WAIT));
        let denied = json!({ "message": "Must have admin rights to Repository." });
        let error = ProviderError::from(answered(403, &[("x-ratelimit-remaining", "9")], &denied));
        let said = "cannot read the teams of leap-stc: Must have admin rights to Repository.";
        assert_eq!(error.to_string(), said);
    }

    #[test]
    fn a_name_that_is_in_use_is_told_from_one_that_cannot_be() {
        let taken = json!({ "message": "Validation Failed",
            "errors": [{ "code": "custom", "message": "Name must be unique for this org" }] });
        assert_eq!(answered(422, &[], &taken).reason, Reason::Exists);
        let wrong = json!({ "message": "Validation Failed",
            "errors": [{ "resource": "Team", "field": "parent_team_id", "code": "invalid" }] });
        let failed = answered(422, &[], &wrong);
        assert_eq!(failed.reason, Reason::Refused);
        assert_eq!(failed.why(), "Validation Failed: parent_team_id is invalid");
    }
}
