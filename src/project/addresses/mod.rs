//! `addresses`: static addresses, of a region or global.

mod checks;
mod discover;
mod expand;
mod placed;
mod settings;

pub use settings::{Address, Tier};

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys};
pub(crate) use placed::{any, derived, id, reference};
