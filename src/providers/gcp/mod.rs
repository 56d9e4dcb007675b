//! Google Cloud.

pub mod gcs_bucket;
pub mod gcs_bucket_access;
