//! Lease, history, footprint and claims: memory that may be lost, never the truth.
//!
//! Everything is kept as small JSON objects in one bucket of the stack, below a prefix per
//! environment, through a [`Store`] that a provider implements:
//!
//! | object | what it is |
//! |---|---|
//! | `ENV/lease.json` | who is applying; left behind when an apply died |
//! | `ENV/records.json` | footprint and claims |
//! | `ENV/history/TIME-ID.json` | one apply, for good |
//! | `ENV/holds.json` | what people asked to leave alone for a while |
//! | `declarations/DIGEST.json` | the files of a declaration that was applied |
//! | `ENV/clock` | empty; written to read the server's clock |

mod back;
mod declarations;
mod history;
mod holder;
mod holds;
mod lease;
mod records;
mod store;

pub use back::{GoBack, GoBackError, go_back};
pub use declarations::Kept;
pub use history::{Entry, History, Outcome};
pub use holder::{Holder, Presence};
pub use lease::{Lease, LeaseError, Leftover, Term, Terms, WallClock};
pub use records::{Memory, Records, RolledBack, Where};
pub use store::{Condition, Object, Store, Written};

use crate::kind::{ProviderError, Retry};
use std::sync::Arc;
use std::time::Duration;

/// The ledger of one stack.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    retry: Retry,
    pub(crate) terms: Terms,
    pub(crate) wall: WallClock,
}

impl Ledger {
    /// The ledger that is kept in `store`, whose calls are tried again like this.
    pub fn new(store: Arc<dyn Store>, retry: Retry) -> Self {
        Self { store, retry, terms: Terms::default(), wall: || Duration::ZERO }
    }

    /// The same with a look at the time of day as well, which goes on while a machine sleeps.
    #[must_use]
    pub fn with_wall_clock(self, wall: WallClock) -> Self {
        Self { wall, ..self }
    }

    /// The same with leases on other terms.
    #[must_use]
    pub fn with_terms(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    /// Makes the ledger's bucket if it is not there.
    ///
    /// # Errors
    /// When the bucket cannot be made or belongs to somebody else.
    pub async fn ensure(&self) -> Result<(), ProviderError> {
        self.retry.run("making the ledger", None, || self.store.ensure()).await
    }

    /// Removes the ledger with everything in it.
    ///
    /// # Errors
    /// When something is left.
    pub async fn remove(&self) -> Result<(), ProviderError> {
        self.retry.run("removing the ledger", None, || self.store.remove()).await
    }

    pub(crate) async fn read(&self, path: &str) -> Result<Option<Object>, ProviderError> {
        let what = format!("reading the ledger's {path}");
        self.retry.run(&what, None, || self.store.read(path)).await
    }

    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<String>, ProviderError> {
        let what = format!("listing the ledger's {prefix}");
        self.retry.run(&what, None, || self.store.list(prefix)).await
    }

    pub(crate) async fn write(
        &self,
        path: &str,
        content: &[u8],
        condition: Condition,
    ) -> Result<Written, ProviderError> {
        let what = format!("writing the ledger's {path}");
        let write = || self.store.write(path, content.to_vec(), condition);
        self.retry.run(&what, None, write).await
    }

    pub(crate) async fn delete(&self, path: &str, generation: i64) -> Result<(), ProviderError> {
        let what = format!("deleting the ledger's {path}");
        self.retry.run(&what, None, || self.store.delete(path, generation)).await
    }
}

/// The JSON of something that we wrote ourselves.
pub(crate) fn encode<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("ledger types serialise: string keys, no floats")
}

/// Reads something that we wrote, perhaps in an earlier release, perhaps tampered with.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    path: &str,
    bytes: &[u8],
) -> Result<T, ProviderError> {
    serde_json::from_slice(bytes).map_err(|error| ProviderError::Unexpected {
        what: format!("the ledger's {path}"),
        why: error.to_string(),
    })
}
