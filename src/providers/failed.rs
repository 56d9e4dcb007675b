//! A call to a cloud that failed: what it was, and by what can be done about it. What a cloud's own
//! errors mean is said beside its client.

use crate::kind::{MayPass, ProviderError};
use crate::model::secret::Value;
use std::fmt;
use std::time::Duration;

/// We wait no longer than this, whatever a cloud (or a proxy before it) asks for.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(300);

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

impl CallFailed {
    /// A call that failed for this reason, as a cloud says in `why`, and how long it asks to wait.
    pub(crate) fn told(
        reason: Reason,
        purpose: Purpose,
        what: impl Into<String>,
        why: String,
        retry_after: Option<Duration>,
    ) -> Self {
        let retry_after = retry_after.map(|wait| wait.min(LONGEST_WAIT));
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
