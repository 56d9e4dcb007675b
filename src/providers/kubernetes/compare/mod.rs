//! What a declaration says of an object against what a server has: the fields that are declared,
//! those that we own and no longer declare, and who else owns what differs. Pure.

mod fields;
mod look;
mod quantity;
#[cfg(test)]
mod tests;

pub(crate) use fields::{Element, Manager, managers};
pub(crate) use look::{Looked, look};
pub(crate) use quantity::{is_less, units};
