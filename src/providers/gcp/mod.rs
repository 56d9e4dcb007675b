//! Google Cloud: the connection, who we are to it, and its kinds.
//!
//! [`Connection::open`] is the only way in. Planning gets a [`Reader`], which has no call that
//! writes; what it may call is listed in [`permissions`].

pub mod artifact_registry;
pub mod billing_budget;
mod billing_export;
mod calls;
pub mod client;
pub(crate) mod compute;
pub(crate) mod container;
pub mod credentials;
pub mod dns_record;
pub mod dns_record_by_hand;
mod error;
mod federation;
pub mod gce_address;
pub mod gce_disk;
pub mod gce_snapshot_policy;
pub mod gcp_custom_role;
pub mod gcp_project_access;
pub mod gcp_service;
pub mod gcp_service_account;
pub mod gcp_service_account_access;
pub mod gcp_workload_identity_pool;
pub mod gcp_workload_identity_provider;
pub mod gcs_bucket;
pub mod gcs_bucket_access;
pub mod gke_cluster;
pub mod gke_node_pool;
mod identity;
mod labelled;
mod ledger_store;
mod monitoring;
pub(crate) mod namesakes;
pub mod notification_channel;
mod object_sizes;
pub mod permissions;
pub mod policy;
mod reader;
mod rest;
pub mod secret;
pub mod secret_access;
mod secret_versions;
mod snapshots;
#[cfg(test)]
mod tests;
pub mod uptime_check;
pub(crate) mod usage;
mod writer;

pub use billing_export::{BillingExport, ExportTable, Spent};
pub use client::{Connection, ConnectionError, Endpoint};
pub use compute::{Accelerators, MachineType};
pub use ledger_store::{LedgerBucket, LedgerStore};
pub use object_sizes::{ObjectSizes, Room, Rooms, Searched, Seen};
pub use reader::Reader;
pub use secret_versions::{SecretVersions, State as VersionState, Version as SecretVersion};
pub use snapshots::{Copied, Snapshot, Snapshots};
pub use writer::Writer;
