//! `disks`: what is written about a disk, what of it cannot be, and what it becomes: a disk, and the
//! schedule by which snapshots of it are taken.

mod checks;
mod discover;
mod expand;
mod format;
mod placed;
mod served;
mod settings;

pub use settings::{Disk, Snapshots};

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys};
pub(crate) use format::{disk_size, full_hour, rhythm};
pub(crate) use placed::{any, derived};
pub(crate) use served::{Served, served};
