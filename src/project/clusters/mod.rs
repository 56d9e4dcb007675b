//! `clusters` and `quotas`: what is written about clusters and their pools of machines, what of it
//! cannot be, and what it becomes.

mod checks;
mod discover;
mod discover_parts;
mod discover_pools;
mod expand;
mod format;
mod hardware;
mod machines;
mod names;
mod placed;
mod pools;
mod pulls;
mod refresh;
mod role;
mod room;
mod settings;
mod tables;

pub use hardware::{Disk, DiskSettings, Driver, Gpu, GpuSettings, Sharing};
pub use refresh::{FreshMachine, Origin};
pub use settings::{
    Cluster, Maintenance, NetworkPolicy, Nodes, Pool, Private, Profile, ReleaseChannel, Role,
    RoleVersions, Version,
};
pub use tables::Tables;

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys};
pub(crate) use format::{gigabytes, kubernetes_version, node_range, taint};
pub(crate) use placed::{any, derived, only, with_identities};
pub(crate) use pulls::pulls;
pub(crate) use room::{Cluster as Found, Room, find, missing};
pub(crate) use tables::load as load_tables;
