//! Trying again what may work the next time.

use crate::kind::ProviderError;
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
    pub why: ProviderError,
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
    pub async fn run<T, F: Future<Output = Result<T, ProviderError>>>(
        &self,
        what: &str,
        deadline: Option<Instant>,
        mut call: impl FnMut() -> F,
    ) -> Result<T, ProviderError> {
        let mut attempt = 1;
        loop {
            let why = match call().await {
                Err(why) if why.is_transient() && attempt < self.attempts => why,
                outcome => return outcome,
            };
            let wait = self.wait(what, attempt, &why);
            if deadline.is_some_and(|deadline| Instant::now() + wait > deadline) {
                return Err(why);
            }
            (self.notify)(&Retried { what: what.to_owned(), attempt, wait, why });
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Doubling, with jitter that depends on what is tried, so that many do not come back at
    /// the same instant; never less than the cloud asks for.
    fn wait(&self, what: &str, attempt: u32, why: &ProviderError) -> Duration {
        let doubled = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.longest);
        let spread = f64::from(crc32c::crc32c(what.as_bytes()) ^ attempt) / f64::from(u32::MAX);
        let jittered = doubled.mul_f64(0.5 + spread / 2.0);
        match why {
            ProviderError::Transient { retry_after: Some(asked), .. } => jittered.max(*asked),
            _ => jittered,
        }
    }
}
