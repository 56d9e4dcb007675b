//! One step, as a kind sees it.

use crate::kind::{ProviderError, Resolve};
use crate::model::{Mark, Place, ResourceId, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What to do to one object.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<S> {
    /// Make it, with its mark in the create call where the API allows that.
    Create {
        /// What it shall be.
        after: S,
    },
    /// Change it where it stands.
    Update {
        /// What the plan saw.
        before: S,
        /// What it shall be.
        after: S,
        /// The version that the plan saw.
        version: Version,
    },
    /// Remove it.
    Delete {
        /// What the plan saw.
        before: S,
        /// The version that the plan saw.
        version: Version,
    },
    /// Wait for an operation that already runs; nothing else differs.
    Wait {
        /// What it shall be.
        after: S,
        /// The operation.
        operation: String,
    },
    /// Put our mark on it, and change nothing else. It carries no mark of another stack, nor of
    /// another environment.
    Adopt {
        /// What the plan saw.
        spec: S,
        /// The version that the plan saw.
        version: Version,
    },
    /// Take everything off that says it is ours, and change nothing else.
    Disown {
        /// What the plan saw.
        spec: S,
        /// The version that the plan saw.
        version: Version,
    },
}

impl<S> Change<S> {
    /// The same change with its specs in another type.
    ///
    /// # Errors
    /// The first error of `map`.
    pub fn try_map<T, E>(self, map: impl Fn(S) -> Result<T, E>) -> Result<Change<T>, E> {
        Ok(match self {
            Self::Create { after } => Change::Create { after: map(after)? },
            Self::Update { before, after, version } => {
                Change::Update { before: map(before)?, after: map(after)?, version }
            }
            Self::Delete { before, version } => Change::Delete { before: map(before)?, version },
            Self::Wait { after, operation } => Change::Wait { after: map(after)?, operation },
            Self::Adopt { spec, version } => Change::Adopt { spec: map(spec)?, version },
            Self::Disown { spec, version } => Change::Disown { spec: map(spec)?, version },
        })
    }
}

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The new version, if the object still exists.
    pub version: Option<Version>,
    /// What a person may want to know of it ("was already there").
    pub remark: Option<String>,
}

impl Applied {
    /// Done, and the object is now at this version.
    pub fn at(version: Version) -> Self {
        Self { version: Some(version), remark: None }
    }

    /// Done, and the object is gone.
    pub fn gone() -> Self {
        Self { version: None, remark: None }
    }

    /// The same with a remark for people.
    #[must_use]
    pub fn saying(self, remark: impl Into<String>) -> Self {
        Self { remark: Some(remark.into()), ..self }
    }
}

/// What a cloud says of a step that it was asked about, and that was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsed {
    /// Nothing: nobody can ask it, or there is nothing to ask.
    Unasked,
    /// It would carry it out.
    Accepted,
    /// It cannot tell before something else is there.
    TooSoon {
        /// What is not there.
        why: String,
    },
}

/// Takes what a kind wants people to see while a step runs.
pub type Note = Arc<dyn Fn(&str) + Send + Sync>;

/// Tells when our lease ends; it moves on while the lease is renewed.
pub type Ends = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What surrounds a step.
#[derive(Clone)]
pub struct StepContext {
    /// The address of the resource.
    pub id: ResourceId,
    /// Where it lives.
    pub place: Place,
    /// The mark that it carries once the step is done.
    pub mark: Mark,
    /// The step must end by then.
    pub deadline: Instant,
    /// Cancelled by the first interrupt: start nothing new, leave cloud operations running.
    pub cancel: CancellationToken,
    /// When our lease ends, as far as is known at the moment of asking; see
    /// [`StepContext::ensure_lease`].
    pub lease_ends: Ends,
    /// How long to wait between two looks at a running operation.
    pub poll: Duration,
    /// Takes progress for people ("waiting for operation-1").
    pub progress: Note,
    /// Finds the values of secrets.
    pub secrets: Arc<dyn Resolve>,
}

impl StepContext {
    /// Must be asked just before a call that nothing but the lease protects, because the cloud
    /// checks no version for it: whether the lease lasts for as long as that call may take.
    ///
    /// # Errors
    /// When it does not, or was lost: another may be at work then.
    pub fn ensure_lease(&self, what: &str, call: Duration) -> Result<(), ProviderError> {
        // First the end, then now: an end that is now is over.
        let ends = (self.lease_ends)();
        if Instant::now() + call < ends {
            return Ok(());
        }
        Err(ProviderError::LeaseEnds { what: what.to_owned() })
    }

    /// May be asked before a call that the cloud checks a version for: whether the lease is still
    /// ours. What a successor has not touched has no new version to be refused by.
    ///
    /// # Errors
    /// When it was lost or has ended.
    pub fn ensure_held(&self, what: &str) -> Result<(), ProviderError> {
        self.ensure_lease(what, Duration::ZERO)
    }

    /// Sleeps one poll interval.
    ///
    /// # Errors
    /// When the run was interrupted or the deadline has passed.
    pub async fn pause(&self, what: &str) -> Result<(), ProviderError> {
        self.pause_for(what, self.poll).await
    }

    /// That a step waits for an operation of things that have none, `buckets`: a plan never has one.
    pub fn nothing_to_wait_for(&self, things: &str) -> ProviderError {
        let why = format!("{things} have no operations to wait for");
        ProviderError::Unexpected { what: self.id.to_string(), why }
    }

    /// Sleeps for so long, but never longer than a poll interval: short operations need not be
    /// waited for as patiently as long ones.
    ///
    /// # Errors
    /// When the run was interrupted or the deadline has passed.
    pub async fn pause_for(&self, what: &str, pause: Duration) -> Result<(), ProviderError> {
        let what = what.to_owned();
        tokio::select! {
            () = self.cancel.cancelled() => Err(ProviderError::Interrupted { what }),
            () = tokio::time::sleep_until(self.deadline) => {
                Err(ProviderError::DeadlineExceeded { what })
            }
            () = tokio::time::sleep(pause.min(self.poll)) => Ok(()),
        }
    }
}
