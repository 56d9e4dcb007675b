//! What Google Cloud's errors mean to us.

pub(crate) use crate::providers::failed::{CallFailed, Purpose, Reason};
use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::{Code, StatusDetails};
use std::error::Error as _;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// What a call that looks has found; none if there is nothing.
///
/// # Errors
/// When it cannot be told; `what` was asked for.
pub(crate) fn unless_absent<T>(
    answer: Result<T, Error>,
    what: impl FnOnce() -> String,
) -> Result<Option<T>, CallFailed> {
    let error = match answer {
        Ok(found) => return Ok(Some(found)),
        Err(error) => error,
    };
    let failed = CallFailed::new(Purpose::Read, what(), &error);
    if failed.reason == Reason::Absent { Ok(None) } else { Err(failed) }
}

impl CallFailed {
    /// Makes sense of the client's error about `what`.
    pub(crate) fn new(purpose: Purpose, what: impl Into<String>, error: &Error) -> Self {
        Self::told(reason(error), purpose, what, why(error), retry_after(error))
    }

    /// An operation that ended in a failure, by its code of `google.rpc`.
    pub(crate) fn ended(purpose: Purpose, what: &str, code: i32, why: &str) -> Self {
        Self::because(of_code(&Code::from(code)), purpose, what, why)
    }
}

fn reason(error: &Error) -> Reason {
    // Most APIs say the code in words, Cloud Storage's JSON only its number.
    let told = error.status().filter(|status| status.code != Code::Unknown);
    if told.is_some_and(|status| status.details.iter().any(is_off)) {
        return Reason::ApiOff;
    }
    // Another operation is under way on the same thing: the compute API's way to say so.
    if error.status().is_some_and(|status| status.details.iter().any(is_not_ready)) {
        return Reason::ForNow;
    }
    if is_full(error) {
        return Reason::Refused;
    }
    match (told, error.http_status_code()) {
        (Some(status), _) => return of_code(&status.code),
        (None, Some(status)) => return of_http(status),
        (None, None) if error.status().is_some() => return Reason::ForNow,
        (None, None) => {}
    }
    if error.is_authentication() {
        return Reason::Denied;
    }
    let no_answer = error.is_timeout() || error.is_connect() || error.is_io();
    let no_answer = no_answer || error.is_transport() || error.is_exhausted();
    // Half an answer, or none that the client can read: what came of the call is not known.
    let no_answer = no_answer || error.is_deserialization();
    if no_answer { Reason::ForNow } else { Reason::Unexpected }
}

/// Whether a quota of things is used up: that is no question of who we are, nor does it pass by
/// itself. Machines get 403 for it, accounts the 429 that calls get which are too many a minute.
fn is_full(error: &Error) -> bool {
    let why = why(error);
    let forbidden = error.http_status_code() == Some(403);
    forbidden && why.to_lowercase().contains("quota") || why.starts_with("Maximum number of ")
}

/// <https://cloud.google.com/apis/design/errors#error_info>
fn is_off(detail: &StatusDetails) -> bool {
    matches!(detail, StatusDetails::ErrorInfo(info) if info.reason == "SERVICE_DISABLED")
}

/// <https://cloud.google.com/compute/docs/troubleshooting/api-errors>
fn is_not_ready(detail: &StatusDetails) -> bool {
    matches!(detail, StatusDetails::ErrorInfo(info) if info.reason == "resourceNotReady")
}

/// <https://cloud.google.com/storage/docs/json_api/v1/status-codes>
fn of_http(status: u16) -> Reason {
    match status {
        401 | 403 => Reason::Denied,
        404 => Reason::Absent,
        409 => Reason::Exists,
        412 => Reason::Precondition,
        408 | 429 | 500..=599 => Reason::ForNow,
        400..=499 => Reason::Refused,
        _ => Reason::Unexpected,
    }
}

/// <https://cloud.google.com/apis/design/errors#handling_errors>
fn of_code(code: &Code) -> Reason {
    match code {
        Code::NotFound => Reason::Absent,
        Code::AlreadyExists => Reason::Exists,
        Code::FailedPrecondition => Reason::Precondition,
        Code::PermissionDenied | Code::Unauthenticated => Reason::Denied,
        Code::InvalidArgument | Code::OutOfRange | Code::Unimplemented => Reason::Refused,
        Code::Aborted => Reason::Outrun,
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Internal
        | Code::ResourceExhausted
        | Code::Unavailable
        | Code::Unknown => Reason::ForNow,
        _ => Reason::Unexpected,
    }
}

/// What was said, without headers: those may hold a token.
fn why(error: &Error) -> String {
    if let Some(status) = error.status().filter(|status| !status.message.is_empty()) {
        return status.message.clone();
    }
    if let Some(status) = error.http_status_code() {
        return format!("HTTP status {status}");
    }
    let mut cause = error.source();
    let mut text = None;
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    text.unwrap_or_else(|| "the connection failed".to_owned())
}

fn retry_after(error: &Error) -> Option<Duration> {
    let told = error.status().and_then(|status| status.details.iter().find_map(retry_delay));
    told.or_else(|| {
        let headers = error.http_headers()?;
        let text = |name| headers.get(name)?.to_str().ok();
        let wait = text(http::header::RETRY_AFTER)?.trim();
        match wait.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => Some(between(text(http::header::DATE)?, wait)),
        }
    })
}

/// How long it is from one date to another by the server's own clock, which need not be ours.
/// No time at all, if either is no date.
fn between(now: &str, then: &str) -> Duration {
    let date = |text| OffsetDateTime::parse(text, &Rfc2822).ok();
    let wait = date(now).zip(date(then)).and_then(|(now, then)| (then - now).try_into().ok());
    wait.unwrap_or_default()
}

fn retry_delay(detail: &StatusDetails) -> Option<Duration> {
    let StatusDetails::RetryInfo(info) = detail else { return None };
    Duration::try_from(info.retry_delay?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{MayPass as _, ProviderError};
    use crate::providers::failed::LONGEST_WAIT;
    use google_cloud_gax::error::rpc::Status;
    use http::HeaderMap;

    fn failed(purpose: Purpose, code: Code) -> ProviderError {
        let error = Error::service(Status::default().set_code(code).set_message("because"));
        CallFailed::new(purpose, "bucket data", &error).into()
    }

    #[test]
    fn not_being_allowed_to_look_is_neither_present_nor_absent() {
        let error = failed(Purpose::Read, Code::PermissionDenied);
        assert_eq!(error.to_string(), "cannot read bucket data: because");
        assert!(matches!(
            failed(Purpose::Write, Code::PermissionDenied),
            ProviderError::Denied { .. }
        ));
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for code in [Code::Unavailable, Code::ResourceExhausted, Code::Internal, Code::Aborted] {
            assert!(failed(Purpose::Write, code).is_transient());
        }
        for code in [Code::InvalidArgument, Code::NotFound, Code::FailedPrecondition] {
            assert!(!failed(Purpose::Write, code).is_transient());
        }
    }

    #[test]
    fn a_project_that_is_full_of_accounts_is_not_asked_again() {
        let why = "Maximum number of service accounts on project reached.";
        let status = Status::default().set_code(Code::ResourceExhausted).set_message(why);
        let error = Error::service(status);
        let error = ProviderError::from(CallFailed::new(Purpose::Write, "account hub", &error));
        assert!(!error.is_transient());
        assert!(error.to_string().contains(why), "{error}");
    }

    #[test]
    fn the_wait_that_the_cloud_asks_for_is_kept() {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::RETRY_AFTER, "7".parse().unwrap());
        let error = Error::http(429, headers, bytes::Bytes::new());
        let failed = CallFailed::new(Purpose::Write, "bucket data", &error);
        assert_eq!(failed.asked_wait(), Some(Duration::from_secs(7)));
        assert!(ProviderError::from(failed).is_transient());
    }

    #[test]
    fn a_date_to_wait_for_is_read_by_the_clock_of_the_server() {
        let wait = |date: &str, until: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::DATE, date.parse().unwrap());
            headers.insert(http::header::RETRY_AFTER, until.parse().unwrap());
            let error = Error::http(503, headers, bytes::Bytes::new());
            CallFailed::new(Purpose::Read, "bucket data", &error).asked_wait()
        };
        let now = "Fri, 07 Nov 1997 08:49:37 GMT";
        assert_eq!(wait(now, "Fri, 07 Nov 1997 08:49:44 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(wait(now, "Fri, 07 Nov 1997 08:49:30 GMT"), Some(Duration::ZERO));
        assert_eq!(wait(now, "when the cows come home"), Some(Duration::ZERO));
        assert_eq!(wait(now, "86400"), Some(LONGEST_WAIT));
    }

    #[test]
    fn half_an_answer_may_be_whole_the_next_time() {
        let error = Error::deser("EOF while parsing");
        assert!(CallFailed::new(Purpose::Write, "bucket data", &error).may_pass());
    }
}
