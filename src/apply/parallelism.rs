//! How many steps run at the same time: altogether, and with each provider.

use crate::kind::Actors;
use std::collections::BTreeMap;

/// How many steps run at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parallelism {
    /// Altogether.
    pub altogether: usize,
    /// With one provider, by its name. Without an entry what the provider itself bears counts
    /// ([`crate::kind::Provider::AT_ONCE`]), and if it names no number, only what runs altogether.
    pub with: BTreeMap<String, usize>,
}

impl Default for Parallelism {
    fn default() -> Self {
        Self { altogether: 10, with: BTreeMap::new() }
    }
}

impl Parallelism {
    /// Whether one more of a kind may run beside those that run.
    pub(crate) fn leaves_room<'a>(
        &self,
        actors: &Actors,
        kind: &str,
        running: impl Iterator<Item = &'a str>,
    ) -> bool {
        let Some(provider) = actors.provider(kind) else { return true };
        let most = self.with.get(provider.name).copied().or(provider.at_once);
        let same = |kind: &&str| actors.provider(kind).is_some_and(|it| it.name == provider.name);
        most.is_none_or(|most| running.filter(same).count() < most)
    }
}
