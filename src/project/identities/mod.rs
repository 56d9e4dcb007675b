//! `identities`: accounts for programs, what they may do in the project, and who may act as them.
//! None has a key.

mod checks;
pub mod derived;
mod discover;
mod discover_access;
mod expand;
mod format;
mod github;
mod placed;
mod room;
mod settings;

pub use settings::{GitHub, Identity, Role, RoleWhen};

pub(crate) use checks::{check, refers};
pub(crate) use discover::discover;
pub(crate) use expand::{account_of, expand, keys};
pub(crate) use format::account_id;
pub(crate) use format::{
    description, expression, github_repository, kubernetes_account, project_role,
};
pub(crate) use placed::{Identities, derived, placed};
