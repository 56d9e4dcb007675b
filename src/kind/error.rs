//! Why a cloud did not do what it was asked.

use std::time::Duration;

/// What went wrong between us and a cloud, by what can be done about it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProviderError {
    /// Neither present nor absent: we are not allowed to look, or the API is off.
    #[error("cannot read {what}: {why}")]
    Unreadable {
        /// What could not be read.
        what: String,
        /// What the cloud said.
        why: String,
    },
    /// We may not do this, or are nobody to the cloud.
    #[error("{what} is not permitted: {why}")]
    Denied {
        /// The call.
        what: String,
        /// What the cloud said.
        why: String,
    },
    /// The object is not what the step was planned on.
    #[error("{what} changed after it was planned on: {field} was {before} and is now {now}")]
    Stale {
        /// The object.
        what: String,
        /// The first field that differs.
        field: String,
        /// What the plan saw.
        before: String,
        /// What is there.
        now: String,
    },
    /// The name is in use by something that is not ours.
    #[error("the name {name} is taken: {why}")]
    Taken {
        /// The name.
        name: String,
        /// What is known of the holder.
        why: String,
    },
    /// It is not there (any more).
    #[error("{what} does not exist")]
    NotFound {
        /// The object.
        what: String,
    },
    /// The cloud understood and will not do it.
    #[error("{what} was refused: {why}")]
    Refused {
        /// The call.
        what: String,
        /// What the cloud said.
        why: String,
    },
    /// It may work when tried again: too many requests, a server error, a lost connection.
    #[error("{what} failed for now: {why}")]
    Transient {
        /// The call.
        what: String,
        /// What the cloud or the network said.
        why: String,
        /// How long the cloud asks to wait.
        retry_after: Option<Duration>,
    },
    /// The step's deadline passed.
    #[error("{what} did not finish in time")]
    DeadlineExceeded {
        /// The call or operation.
        what: String,
    },
    /// It was not begun, because our lease ends too soon or was lost.
    #[error(
        "{what} was not begun: the lease has ended or ends too soon, and another may be at work then"
    )]
    LeaseEnds {
        /// The call.
        what: String,
    },
    /// The run was interrupted while this was under way.
    #[error("{what} was interrupted")]
    Interrupted {
        /// The call or operation.
        what: String,
    },
    /// The cloud said something that we do not understand.
    #[error("{what}: {why}")]
    Unexpected {
        /// The call.
        what: String,
        /// What was wrong with the answer.
        why: String,
    },
}

impl ProviderError {
    /// Whether trying the same call again may work.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }

    /// Whether this is about who we are or what we may do (exit code 5).
    pub fn is_permission(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::Unreadable { .. })
    }
}
