//! A declaration as a tree that knows where every part of it was written.
//!
//! [`read`] makes one from a file, [`lay`] lays one over another, [`fill`] puts values into
//! `${…}`. Nothing here knows what the settings mean.

mod fill;
mod lines;
mod node;
mod overlay;
mod raw;
mod read;
mod syntax;

pub use fill::{fill, is_placeholder, placeholders};
pub use node::{Key, Node, Overridden, Tag, Value};
pub use overlay::{lay, only_plain};
pub use read::read;
