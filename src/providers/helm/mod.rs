//! Helm: releases, as Helm itself keeps them in the cluster.
//!
//! Planning reads Helm's own Secrets through the Kubernetes API and needs no program. Applying runs
//! `helm`, which the command line does for us: see [`Program`].

pub mod helm_release;
mod manifest;
mod program;
mod reach;
mod redact;
mod release;
mod writer;

pub use program::{Access, Call, NoProgram, Program};
pub use redact::may_be_shown;
pub use writer::Writer;
