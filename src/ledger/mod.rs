//! Lease, history, footprint and claims: memory that may be lost, never the truth.
//!
//! Everything is kept as small objects in one bucket of the stack, below a prefix per
//! environment, through a [`Store`] that a provider implements.

mod store;

pub use store::{Condition, Object, Store, Written};
