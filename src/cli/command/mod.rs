//! One file per command; the doc comment of each `Args` is its help.

pub mod access;
pub mod adopt;
pub mod apply;
pub mod buckets;
pub mod conformance;
pub mod cost;
pub mod destroy;
pub mod discover;
pub mod disown;
pub mod doctor;
pub mod drift;
pub mod explain;
pub mod history;
pub mod hold;
pub mod home;
pub mod lock;
pub mod plan;
pub mod rollback;
pub mod sandbox;
pub mod schema;
pub mod secret;
pub mod selftest;
pub mod show;
pub mod unlock;
pub mod validate;
