//! `buckets`: what is written about a bucket, what of it cannot be, and what it becomes.

mod access;
mod checks;
mod conflicts;
mod discover;
mod discover_rules;
mod expand;
pub(crate) mod format;
mod granted;
mod lifecycle;
pub mod location;
mod names;
mod notes;
mod placed;
mod settings;

pub use lifecycle::{AbortUploads, MoveTo, Rule, StorageClass, When};
pub use settings::{
    Bucket, Condition, Cors, Location, Member, MemberWhen, Prevention, Public, Website,
};

pub(crate) use checks::check;
pub(crate) use discover::{discover, when};
pub(crate) use expand::{expand, expected, keys};
pub(crate) use granted::{Grantee, granted, grantees};
pub(crate) use names::bucket_name;
pub(crate) use placed::derived;
pub(crate) use placed::{Buckets, Placed, placed};
