//! `dns`: the names under which people find the platform.

mod checks;
mod discover;
mod expand;
mod format;
mod placed;
mod settings;

pub use settings::{Dns, Kind, Record, To};

pub(crate) use checks::{check, unnamed};
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys};
pub(crate) use format::{domain_name, zone_name};
pub(crate) use placed::{any, derived};
