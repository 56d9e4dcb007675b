//! Secrets: where one is kept, a value that cannot be shown, and how two are compared without
//! being seen.
//!
//! A [`Reference`] says where a secret is kept and may be printed anywhere. A [`Value`] is what
//! was found there; it has no `Display` and no `Serialize`, and its `Debug` says nothing of it.
//! An [`Imprint`] is what an object remembers of the value that was put into it.

mod imprint;
mod reference;
mod value;

pub use imprint::{Comparison, Fingerprint, Imprint, SALT_BYTES};
pub use reference::Reference;
pub use value::Value;
