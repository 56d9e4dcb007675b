//! What the ledger asks of an object store.

use crate::kind::ProviderError;
use futures::future::BoxFuture;
use time::OffsetDateTime;

/// An object, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its generation, which changes with every write.
    pub generation: i64,
    /// When it was written, by the server's clock.
    pub updated: OffsetDateTime,
}

/// When a write is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Whatever is there.
    Always,
    /// Only if there is no such object.
    Absent,
    /// Only if the object is still of this generation.
    Generation(i64),
}

/// How a write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// The object is there.
    Done {
        /// Its new generation.
        generation: i64,
        /// When it was written, by the server's clock.
        updated: OffsetDateTime,
    },
    /// The condition did not hold; nothing was written.
    Conflict,
}

/// The bucket of the ledger.
pub trait Store: Send + Sync {
    /// Makes the bucket if it is not there, and checks that it is this stack's.
    ///
    /// # Errors
    /// [`ProviderError::Taken`] when a bucket of that name is not this stack's ledger.
    fn ensure(&self) -> BoxFuture<'_, Result<(), ProviderError>>;

    /// Reads an object; none when the object or the bucket does not exist.
    ///
    /// # Errors
    /// When it cannot be told.
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Object>, ProviderError>>;

    /// Writes an object.
    ///
    /// # Errors
    /// When the cloud does not do it for any other reason than the condition.
    fn write<'a>(
        &'a self,
        path: &'a str,
        bytes: Vec<u8>,
        condition: Condition,
    ) -> BoxFuture<'a, Result<Written, ProviderError>>;

    /// Removes an object of this generation; nothing happens when it is gone or of another.
    ///
    /// # Errors
    /// When it cannot be told whether it is gone.
    fn delete<'a>(
        &'a self,
        path: &'a str,
        generation: i64,
    ) -> BoxFuture<'a, Result<(), ProviderError>>;

    /// The paths of all objects below a prefix, sorted.
    ///
    /// # Errors
    /// When it cannot be told.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, ProviderError>>;

    /// Removes the bucket with everything in it.
    ///
    /// # Errors
    /// When something is left.
    fn remove(&self) -> BoxFuture<'_, Result<(), ProviderError>>;
}
