//! `registries`: registries of images and packages.

mod checks;
mod discover;
mod expand;
mod kept;
mod placed;
mod settings;

pub use settings::{Cleanup, Format, Registry};

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys};
pub(crate) use kept::{Kept, kept};
pub(crate) use placed::{any, derived};
pub(crate) use settings::registry_location;
