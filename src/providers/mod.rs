//! One folder per cloud: its client, the only place that opens a connection, and its kinds.
//!
//! A new kind is one folder, one line in each function here, and one row in docs/kinds.md.

pub mod gcp;

use crate::kind::{Actors, Observers, Registry};
use gcp::gcs_bucket::Bucket;
use gcp::gcs_bucket_access::BucketAccess;
use gcp::secret::Secret;
use gcp::secret_access::SecretAccess;
use gcp::{Connection, Reader, Writer};
use std::sync::Arc;

/// Every kind that there is.
pub fn registry() -> Registry {
    Registry::default()
        .with::<Bucket>()
        .with::<BucketAccess>()
        .with::<Secret>()
        .with::<SecretAccess>()
}

/// The reading half of every kind, for one run: what was listed once is not listed again.
pub fn observers(connection: &Connection) -> Observers {
    let reader = Arc::new(Reader::new(connection));
    Observers::default()
        .with::<Bucket>(Arc::clone(&reader))
        .with::<BucketAccess>(Arc::clone(&reader))
        .with::<Secret>(Arc::clone(&reader))
        .with::<SecretAccess>(reader)
}

/// The writing half of every kind.
pub fn actors(connection: &Connection) -> Actors {
    let writer = Arc::new(Writer::new(connection));
    Actors::default()
        .with::<Bucket>(Arc::clone(&writer))
        .with::<BucketAccess>(Arc::clone(&writer))
        .with::<Secret>(Arc::clone(&writer))
        .with::<SecretAccess>(writer)
}
