//! `hubs`: what access refers to: which hubs there are, in which environments, what can be chosen
//! on them, and whose account the servers of people act as. No hub is made of it yet; of what is
//! declared here, only rights on buckets reach a cloud (see [`crate::project::access`]).

mod checks;
mod format;
mod placed;
mod settings;

pub use settings::{Account, Hub, Per, Profile};

pub(crate) use checks::check;
pub(crate) use format::hub_domain;
pub(crate) use placed::{Placed, derived, placed};
