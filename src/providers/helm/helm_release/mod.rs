//! `helm-release`: a chart with values, deployed into a namespace by Helm.
//!
//! The name is `CLUSTER/NAMESPACE/RELEASE`.

mod folder;
mod spec;

pub use folder::folder_digest;
pub use spec::{Chart, Spec, Status};
