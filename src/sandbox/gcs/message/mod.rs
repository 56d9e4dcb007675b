//! What travels over gRPC: Google's messages, written by hand.
//!
//! Only the fields that the sandbox knows; what else a client sends is ignored,
//! as unknown fields are in protocol buffers.

mod bucket;
mod common;
mod iam;
mod object;
mod request;

pub(super) use bucket::*;
pub(super) use common::*;
pub(super) use iam::*;
pub(super) use object::*;
pub(super) use request::*;
