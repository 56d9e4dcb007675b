//! Buckets put into the world past the API: what was there before we came.

use std::collections::BTreeMap;

use super::message::{Bucket, CreateBucketRequest};
use super::{bucket, record};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

/// A bucket that somebody else made.
#[derive(Clone, Debug, Default)]
pub struct SeedBucket {
    /// Its name.
    pub name: String,
    /// The project that it belongs to, without `projects/`.
    pub project: String,
    /// Its place; empty means `US`.
    pub location: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether access is by bucket only.
    pub uniform_access: bool,
    /// It belongs to somebody who lets us see nothing: reading it is refused.
    pub foreign_account: bool,
}

/// Why a bucket cannot be put there.
#[derive(Debug, thiserror::Error)]
#[error("cannot seed the bucket {name}: {message}")]
pub struct SeedError {
    name: String,
    message: String,
}

/// Puts a bucket into the world, as if it had been there for a day.
pub fn seed_bucket(world: &World, seed: SeedBucket) -> Result<(), SeedError> {
    let name = seed.name.clone();
    plant(world, seed).map_err(|refusal| SeedError { name, message: refusal.message })
}

fn plant(world: &World, seed: SeedBucket) -> Result<(), Refusal> {
    let SeedBucket { name, project, location, labels, uniform_access, foreign_account } = seed;
    let mut wanted =
        Bucket { project: format!("projects/{project}"), location, labels, ..Bucket::default() };
    let access = wanted.iam_config.get_or_insert_default();
    access.uniform_bucket_level_access.get_or_insert_default().enabled = uniform_access;
    let bucket = Some(wanted);
    let request = CreateBucketRequest { bucket, bucket_id: name, ..CreateBucketRequest::default() };
    let mut made = bucket::create(world, request)?;
    for time in [&mut made.create_time, &mut made.update_time].into_iter().flatten() {
        time.seconds -= 86_400;
    }
    world.store.transact(|transaction| record::put_bucket(transaction, made, foreign_account))
}
