//! The nouns that every other module speaks in: what is wanted, what is found,
//! and whose it is. Plain values; nothing here opens a connection or decides.

mod difference;
mod digest;
mod hold;
mod id;
mod ignore;
mod manage;
mod mark;
mod money;
mod overrides;
pub mod path;
mod pattern;
mod people;
mod resource;
mod rules;
pub mod secret;
mod source;
mod usage;
mod world;

pub use difference::first_difference;
pub use digest::{base32_digest, spec_digest};
pub use hold::Hold;
pub use id::{IdError, ResourceId};
pub use ignore::Ignore;
pub use manage::Manage;
pub use mark::{Mark, Owner, SpecMark, label};
pub use money::{Span, Usd};
pub use overrides::Overrides;
pub use pattern::fits;
pub use people::{Audience, Crowd, People};
pub use resource::{Keys, Naming, Place, Resource, Stack, StackError};
pub use rules::{Extent, Rules, Transition};
pub use source::Source;
pub use usage::{Amount, Expected, Usage, What};
pub use world::{
    Bond, Claims, Depth, Footprint, Found, Had, Need, NotCompared, Observation, Remark, Scope,
    Status, Taken, UnknownOwner, Version, World,
};
