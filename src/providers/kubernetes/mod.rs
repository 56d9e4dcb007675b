//! Kubernetes: the connections to clusters, and the kinds of things in them.
//!
//! [`Connection::open`] is the only way in. Planning gets a [`Reader`], which has no call that
//! writes; what it may call is listed in [`permissions`].

pub mod client;
pub mod cluster;
pub(crate) mod compare;
mod error;
pub mod filled;
pub(crate) mod in_cluster;
pub mod kubernetes_namespace;
pub mod kubernetes_object;
pub mod kubernetes_secret;
pub mod permissions;
pub(crate) mod reader;
pub mod rights;
pub mod types;
pub(crate) mod writer;

pub use client::{Connection, Endpoint};
pub use reader::Reader;
pub use writer::{MANAGER, Writer};

/// Whether somebody who manages fields is us, by what we apply.
pub(crate) fn is_us(manager: &compare::Manager) -> bool {
    manager.name == MANAGER && manager.applies
}
