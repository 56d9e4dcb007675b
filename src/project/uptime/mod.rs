//! `uptime`: web addresses that Google asks for every so often, from several places of the world.

mod checks;
mod discover;
mod expand;
mod placed;
mod settings;
mod url;

pub use settings::{Check, Expects, Region};

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys};
pub(crate) use placed::{any, derived};
pub(crate) use url::web_address;
