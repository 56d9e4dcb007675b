//! `releases`: charts that Helm deploys, with their values, as they are; and `stack.lock`, which says
//! what is behind the version of a chart and what its values may be.

mod checks;
mod expand;
mod lock;
mod placed;
mod settings;
mod values;

pub use lock::{Lock, LockedChart};
pub use settings::{Chart, Release};

pub(crate) use checks::check;
pub(crate) use expand::{expand, keys};
pub use lock::FILE as LOCK_FILE;
pub(crate) use lock::load as load_lock;
pub(crate) use placed::{charts, derived};
pub(crate) use values::{Deployed, check_values, lay, nested};
