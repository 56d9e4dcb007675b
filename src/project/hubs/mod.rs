//! `hubs`: where people work: who may log in, what their servers can be, on which machines, with
//! which images, homes and buckets; and what that becomes: values of the charts that a hub is made
//! of. A hub that names no cluster is somebody else's, and only `access` refers to it.
//!
//! `settings.rs` is what is written, `share.rs` what a size means on a machine, `who.rs` whom it is
//! for, `values.rs` what the charts are told.

mod checks;
mod expand;
mod format;
mod homes;
mod like;
mod made;
mod offer;
mod placed;
mod quota;
mod releases;
mod settings;
mod share;
mod templates;
mod told;
mod values;
mod warm;
mod who;

pub use homes::{Homes, Lost};
pub use settings::{
    Account, Builds, Choice, Choices, CiLogon, Cull, Dask, Dummy, ExtraFile, GitHub, Home, Hub,
    Image, Limit, Login, Page, Per, Profile, Release, Room, Through, Warm,
};

pub(crate) use checks::check;
pub(crate) use expand::{expand, keys, released};
pub(crate) use format::{hub_domain, moment, namespace};
pub(crate) use homes::{homes, quota_of};
pub(crate) use like::resemble;
pub(crate) use placed::{Placed, derived, placed};
pub(crate) use templates::{Texts, load as load_templates};
pub(crate) use told::{told, values_of};
pub(crate) use values::profiles::{POOL, tolerations};
pub(crate) use who::in_category;
