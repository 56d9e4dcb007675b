//! What Google Cloud's errors mean to us.

use crate::kind::{MayPass, ProviderError};
use crate::model::secret::Value;
use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::{Code, StatusDetails};
use std::error::Error as _;
use std::fmt;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// We wait no longer than this, whatever a cloud (or a proxy before it) asks for.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A call that failed: what it was, and by what can be done about it.
#[derive(Clone, Debug)]
pub(crate) struct CallFailed {
    /// Why, as far as a kind may want to tell apart.
    pub(crate) reason: Reason,
    purpose: Purpose,
    what: String,
    why: String,
    retry_after: Option<Duration>,
}

/// What a call was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To look.
    Read,
    /// To change something.
    Write,
}

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// There is no such thing.
    Absent,
    /// There is such a thing already.
    Exists,
    /// A precondition of ours does not hold, or the thing is in the wrong state.
    Precondition,
    /// Somebody else's change was under way or came first.
    Outrun,
    /// We may not, or are nobody.
    Denied,
    /// The API is not enabled in the project.
    ApiOff,
    /// Understood and refused.
    Refused,
    /// It may work later.
    ForNow,
    /// We do not understand the answer.
    Unexpected,
}

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
        let (reason, why) = (reason(error), why(error));
        let retry_after = retry_after(error);
        Self { reason, purpose, what: what.into(), why, retry_after }
    }

    /// A call that did not come back.
    pub(crate) fn timed_out(purpose: Purpose, what: impl Into<String>) -> Self {
        let (reason, why) = (Reason::ForNow, "no answer in time".to_owned());
        Self { reason, purpose, what: what.into(), why, retry_after: None }
    }

    /// An answer that is not whole.
    pub(crate) fn for_now(what: impl Into<String>, why: String) -> Self {
        let (purpose, reason) = (Purpose::Read, Reason::ForNow);
        Self { reason, purpose, what: what.into(), why, retry_after: None }
    }

    /// Whether this may be because somebody else changed the thing after it was read. Cloud
    /// Storage does not document which of the two a stale etag gets over gRPC.
    pub(crate) fn may_be_outrun(&self) -> bool {
        matches!(self.reason, Reason::Precondition | Reason::Outrun)
    }

    /// A call that failed for a reason of our own making.
    pub(crate) fn because(reason: Reason, purpose: Purpose, what: &str, why: &str) -> Self {
        let (what, why) = (what.to_owned(), why.to_owned());
        Self { reason, purpose, what, why, retry_after: None }
    }

    /// An operation that ended in a failure, by its code of `google.rpc`.
    pub(crate) fn told(purpose: Purpose, what: &str, code: i32, why: &str) -> Self {
        Self::because(of_code(&Code::from(code)), purpose, what, why)
    }

    /// The same without what the cloud said, if that repeats a secret which it was sent.
    pub(crate) fn hiding(self, value: &Value) -> Self {
        Self { why: value.unless_in(&self.why), ..self }
    }

    /// What the cloud said.
    pub(crate) fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for CallFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl MayPass for CallFailed {
    fn may_pass(&self) -> bool {
        self.reason == Reason::ForNow
    }

    fn asked_wait(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl From<CallFailed> for ProviderError {
    fn from(failed: CallFailed) -> Self {
        let CallFailed { reason, purpose, what, why, retry_after } = failed;
        match (reason, purpose) {
            (Reason::Absent, _) => Self::NotFound { what },
            (Reason::Exists, _) => Self::Taken { name: what, why },
            (Reason::Denied | Reason::ApiOff, Purpose::Read) => Self::Unreadable { what, why },
            (Reason::Denied | Reason::ApiOff, Purpose::Write) => Self::Denied { what, why },
            (Reason::Precondition | Reason::Refused, _) => Self::Refused { what, why },
            (Reason::ForNow | Reason::Outrun, _) => Self::Transient { what, why, retry_after },
            (Reason::Unexpected, _) => Self::Unexpected { what, why },
        }
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
    .map(|wait| wait.min(LONGEST_WAIT))
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
        assert_eq!(failed.retry_after, Some(Duration::from_secs(7)));
        assert!(ProviderError::from(failed).is_transient());
    }

    #[test]
    fn a_date_to_wait_for_is_read_by_the_clock_of_the_server() {
        let wait = |date: &str, until: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::DATE, date.parse().unwrap());
            headers.insert(http::header::RETRY_AFTER, until.parse().unwrap());
            let error = Error::http(503, headers, bytes::Bytes::new());
            CallFailed::new(Purpose::Read, "bucket data", &error).retry_after
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
