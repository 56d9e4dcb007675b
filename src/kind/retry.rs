//! Trying again what may work the next time.

use crate::kind::ProviderError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How often and how patiently a call is tried again.
#[derive(Clone)]
pub struct Retry {
    /// The wait after the first failure; doubled after each further one.
    pub base: Duration,
    /// The longest wait that we choose ourselves; what a cloud asks for may be longer.
    pub longest: Duration,
    /// How many times a call is made at most.
    pub attempts: u32,
    /// Told of every retry.
    pub notify: Arc<dyn Fn(&Retried) + Send + Sync>,
}

/// One retry, for events.
#[derive(Clone, Debug)]
pub struct Retried {
    /// What is tried again.
    pub what: String,
    /// Which attempt failed, counted from 1.
    pub attempt: u32,
    /// How long is waited before the next.
    pub wait: Duration,
    /// Why.
    pub why: String,
}

/// An error that knows whether the same call may work later.
pub trait MayPass: fmt::Display {
    /// Whether trying the same call again may work.
    fn may_pass(&self) -> bool;

    /// How long the cloud asks to wait.
    fn asked_wait(&self) -> Option<Duration>;
}

impl MayPass for ProviderError {
    fn may_pass(&self) -> bool {
        self.is_transient()
    }

    fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base, longest, attempts, notify: _ } = self;
        write!(f, "Retry({attempts} times, {base:?} to {longest:?})")
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            attempts: 8,
            notify: Arc::new(|_| {}),
        }
    }
}

impl Retry {
    /// Makes a call until it succeeds, fails for good, or would end after `deadline`.
    ///
    /// # Errors
    /// The last error.
    pub async fn run<T, E: MayPass, F: Future<Output = Result<T, E>>>(
        &self,
        what: &str,
        deadline: Option<Instant>,
        mut call: impl FnMut() -> F,
    ) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            let why = match call().await {
                Err(why) if why.may_pass() && attempt < self.attempts => why,
                outcome => return outcome,
            };
            let wait = self.wait(what, attempt, &why);
            if deadline.is_some_and(|deadline| Instant::now() + wait > deadline) {
                return Err(why);
            }
            let (what, told) = (what.to_owned(), why.to_string());
            (self.notify)(&Retried { what, attempt, wait, why: told });
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Doubling, with jitter that depends on what is tried, so that many do not come back at
    /// the same instant; never less than the cloud asks for.
    fn wait(&self, what: &str, attempt: u32, why: &impl MayPass) -> Duration {
        let doubled = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.longest);
        let spread = f64::from(crc32c::crc32c(what.as_bytes()) ^ attempt) / f64::from(u32::MAX);
        let jittered = doubled.mul_f64(0.5 + spread / 2.0);
        why.asked_wait().map_or(jittered, |asked| jittered.max(asked))
    }
}
