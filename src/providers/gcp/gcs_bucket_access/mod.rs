//! `gcs-bucket-access`: who may do what with one bucket, beside whatever others granted.

mod spec;

pub use spec::{Condition, Grant, Spec};
