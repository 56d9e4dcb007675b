//! Remembers the answers to questions that several kinds ask in one run.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Answers by name. Whoever asks while the answer is under way waits for it; a failure is not
/// remembered.
#[derive(Debug)]
pub(crate) struct Memo<T> {
    answers: Mutex<BTreeMap<String, Arc<OnceCell<T>>>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { answers: Mutex::default() }
    }
}

impl<T: Clone> Memo<T> {
    /// The remembered answer for `name`, or that of `ask`.
    pub(crate) async fn answer<E, F>(&self, name: &str, ask: impl FnOnce() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let cell = Arc::clone(
            self.answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(name.to_owned())
                .or_default(),
        );
        cell.get_or_try_init(ask).await.cloned()
    }
}
