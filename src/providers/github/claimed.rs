//! Things that stand in something else and can carry no mark: what the ledger claims is ours, and
//! what is declared, if it is as declared. Pure.

use crate::kind::{self, Kind};
use crate::model::{Found, Observation, Owner, Place, Scope, SpecMark, Status, Version};
use crate::providers::remembered;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Whose a declared thing is that is there and that nobody ever claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unclaimed {
    /// Ours: making it what is declared loses nothing of anybody's.
    Ours,
    /// Its maker's, unless it is just as declared.
    Theirs,
}

/// One place, and what is in it.
#[derive(Debug)]
pub(crate) struct Inside<'a, S> {
    /// The place.
    pub(crate) place: &'a Place,
    /// What is there, by name.
    pub(crate) live: BTreeMap<String, S>,
    /// Whose a declared thing is that nobody claimed.
    pub(crate) unclaimed: Unclaimed,
    /// What stands for the settings of a thing that is gone.
    pub(crate) gone: S,
}

impl<S: Clone + PartialEq + DeserializeOwned> Inside<'_, S> {
    /// Tells what is ours from the rest.
    pub(crate) fn sort<K: Kind<Spec = S>>(
        self,
        scope: &Scope<'_>,
        observation: &mut Observation<S>,
    ) {
        let prefix = self.prefix();
        let gone = scope.claims.keys().filter(|name| {
            let here = name.starts_with(&prefix) && !self.live.contains_key(**name);
            here && !scope.wanted.contains_key(*name)
        });
        // What is gone already is forgotten by a step that does nothing else.
        let gone: Vec<_> = gone.map(|name| ((*name).to_owned(), self.gone.clone())).collect();
        for (name, spec) in gone.into_iter().chain(self.live.clone()) {
            let wanted = scope.wanted.contains_key(name.as_str());
            let found = self.found::<K>(scope, name, spec);
            match found.owner {
                Owner::Ours(_) => observation.found.push(found),
                _ if wanted => observation.found.push(found),
                _ => observation.strangers.push(found),
            }
        }
    }

    fn prefix(&self) -> String {
        let parent = self.place.parent.as_deref().unwrap_or_default();
        format!("{}/{parent}/", self.place.project)
    }

    fn found<K: Kind<Spec = S>>(&self, scope: &Scope<'_>, name: String, spec: S) -> Found<S> {
        Found {
            owner: self.owner::<K>(scope, &name, &spec),
            place: self.place.clone(),
            version: Version(kind::digest::<K>(&spec)),
            name,
            spec,
            status: Status::Ready,
            holds: None,
        }
    }

    fn owner<K: Kind<Spec = S>>(&self, scope: &Scope<'_>, name: &str, spec: &S) -> Owner {
        let claims = scope.claims.get(name).copied().filter(|claims| !claims.is_empty());
        let wanted = scope.wanted.get(name);
        let as_declared = || {
            let declared = wanted.and_then(|wanted| S::deserialize(&wanted.spec).ok());
            declared.as_ref() == Some(spec)
        };
        let ours = claims.is_some() || self.unclaimed == Unclaimed::Ours || as_declared();
        let env = remembered::environment(scope, name).filter(|_| ours);
        let Some(env) = env else { return Owner::Foreign };
        // What was there before us is taken to be as we would have left it.
        let as_is = || SpecMark::Applied(kind::digest::<K>(spec));
        let applied = claims.map_or_else(as_is, |claims| remembered::last_applied(Some(claims)));
        Owner::Ours(remembered::mark(scope, K::NAME, name, env, applied))
    }
}
