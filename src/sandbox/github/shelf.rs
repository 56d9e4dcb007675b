//! What a repository keeps by name: its variables, secrets and environments.

use serde_json::Value;

use super::answer::{self, Answer, Failure};
use super::repository::there;
use crate::sandbox::{Transaction, World};

/// The things of one sort in a repository.
pub(super) struct Shelf {
    prefix: String,
}

impl Shelf {
    /// What a repository keeps of a sort, as in `variable`. 404 if there is no such repository.
    pub(super) fn of(sort: &str, owner: &str, repository: &str) -> Result<Self, Failure> {
        there(owner, repository)?;
        let path = format!("{owner}/{repository}").to_ascii_lowercase();
        Ok(Self { prefix: format!("github/{sort}/{path}/") })
    }

    /// Where one is kept.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// All of them, by name.
    pub(super) fn all<'a>(
        &self,
        view: &Transaction<'a>,
    ) -> impl Iterator<Item = &'a Value> + use<'a> {
        view.scan(&self.prefix, "").map(|(_, kept)| kept)
    }

    /// Takes one away.
    pub(super) fn remove(&self, world: &World, name: &str) -> Answer {
        let key = self.key(name);
        world.store.transact(|tx| {
            tx.value(&key).ok_or_else(Failure::absent)?;
            tx.remove(&key);
            Ok::<_, Failure>(())
        })?;
        Ok(answer::nothing())
    }
}
