//! Google Cloud: the connection, who we are to it, and its kinds.
//!
//! [`Connection::open`] is the only way in. Planning gets a [`Reader`], which has no call that
//! writes; what it may call is listed in [`permissions`].

mod calls;
pub mod client;
pub mod credentials;
mod error;
pub mod gcs_bucket;
pub mod gcs_bucket_access;
mod ledger_store;
mod memo;
pub mod permissions;
mod reader;
pub mod secret;
pub mod secret_access;
mod secret_versions;
mod stale;
#[cfg(test)]
mod tests;
mod writer;

pub use client::{Connection, ConnectionError, Endpoint};
pub use ledger_store::{LedgerBucket, LedgerStore};
pub use reader::Reader;
pub use secret_versions::{SecretVersions, State as VersionState, Version as SecretVersion};
pub use writer::Writer;
