//! GitHub: the connection, who we are to it, and its kinds.
//!
//! [`Connection::open`] is the only way in. Planning gets a [`Reader`], which has no call that
//! writes; what it may call is listed in [`permissions`].

mod app;
mod claimed;
pub mod client;
mod error;
pub mod github_environment;
pub mod github_organization_member;
pub mod github_repository_secret;
pub mod github_repository_variable;
pub mod github_team;
pub mod github_team_member;
pub mod github_team_repository;
mod invitation;
mod issues;
mod kept;
mod live;
pub mod may;
mod people;
pub mod permissions;
mod reader;
mod rest;
#[cfg(test)]
mod tests;
mod writer;

pub use app::App;
pub use client::{Connection, ConnectionError, Endpoint, Identity, Token};
pub use invitation::{Ended, Ending};
pub use issues::{Issue, Issues};
pub use people::Person;
pub(crate) use reader::AT_ONCE;
pub use reader::Reader;
pub use writer::Writer;
