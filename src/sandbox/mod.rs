//! The cloud inside the binary: real wire protocols over loopback.
//!
//! One server ([`start`]) speaks HTTP/1.1 and HTTP/2 on one port. Each API is a
//! set of routes ([`Api`]) on one transactional [`Store`]; recording, faults
//! and crash points are put around all of them alike. It shares no code with
//! what it stands in for. `docs/sandbox.md` says what it does, and why one may
//! believe that the real cloud does the same.

pub mod artifactregistry;
pub mod bigquery;
mod billingbudgets;
mod chaos;
mod clock;
pub mod compute;
pub mod container;
mod damage;
pub mod dns;
mod fault;
mod gate;
pub mod gcs;
pub mod github;
mod grpc;
mod guard;
pub mod helm;
pub mod iam;
pub mod kubernetes;
mod monitoring;
mod project;
mod record;
mod refusal;
pub mod resourcemanager;
mod rest;
pub mod secretmanager;
mod server;
pub mod serviceusage;
mod snapshot;
mod store;
#[cfg(test)]
mod tests;
mod tls;
mod vault;
mod view;
mod wire;
mod world;

pub use chaos::{Chaos, Dice, Mishap};
pub use clock::{Clock, Moment};
pub use fault::{Action, Ending, Fault, Match};
pub use gate::{Call, OnCrash, Turn};
pub use record::RECORD;
pub use server::{Options, Sandbox, SandboxError, start};
pub use snapshot::Snapshot;
pub use store::{Store, StoreError, Transaction};
pub use tls::CertificateError;
pub use vault::Vault;
pub use world::{Api, Behaviour, Label, Transport, World};
