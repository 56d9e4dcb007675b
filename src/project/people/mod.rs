//! `people`: who somebody is, said once. What they may do stands in `access`; nothing here gives
//! anybody anything.

mod checks;
mod format;
mod settings;

pub use settings::{Account, Person, Post};

pub(crate) use checks::{check, refers, span};
pub(crate) use format::{github_login, orcid};

use crate::project::layout::Laid;

/// The person with a login on GitHub, with their key.
pub(crate) fn called<'a>(laid: &'a Laid, login: &str) -> Option<(&'a str, &'a Person)> {
    let is_theirs = |person: &Person| {
        person.github.as_ref().is_some_and(|account| account.login.eq_ignore_ascii_case(login))
    };
    let found = laid.declaration.people.iter().find(|(_, person)| is_theirs(person));
    found.map(|(key, person)| (key.as_str(), person))
}
