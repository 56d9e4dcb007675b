//! How much a plan may remove at once: a slip of the pen in a declaration must not empty a cloud.
//!
//! Removals are counted for each kind over all environments, before the first one happens. What
//! is deleted to be made again does not count: each of those was named by a person.

use crate::model::{Owner, ResourceId, World};
use crate::plan::{Action, Plan, Step};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// Kinds with no more objects of ours than this have no share to keep: one of two is half.
const FEW: usize = 4;

/// How many objects of a kind may be removed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxRemovals {
    /// So many of each kind.
    Count(usize),
    /// So many per cent of each kind that has more than four.
    Percent(u8),
}

impl Default for MaxRemovals {
    fn default() -> Self {
        Self::Percent(25)
    }
}

impl MaxRemovals {
    /// Whether more may go than where nothing is said.
    pub fn is_beyond_the_default(self) -> bool {
        match (self, Self::default()) {
            (Self::Percent(most), Self::Percent(usual)) => most > usual,
            (Self::Count(most), _) => most > 0,
            (Self::Percent(_), Self::Count(_)) => true,
        }
    }
}

impl fmt::Display for MaxRemovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// Why a text is not a number of removals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a number nor a percentage: expected something like 12 or 40%")]
pub struct MaxRemovalsError(String);

impl FromStr for MaxRemovals {
    type Err = MaxRemovalsError;

    fn from_str(text: &str) -> Result<Self, MaxRemovalsError> {
        let parsed = match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|p| *p <= 100).map(Self::Percent),
            None => text.parse().ok().map(Self::Count),
        };
        parsed.ok_or_else(|| MaxRemovalsError(text.to_owned()))
    }
}

/// A kind of which too much would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooMany {
    /// The kind.
    pub kind: String,
    /// How many objects of it would be removed.
    pub removed: usize,
    /// How many there are, in all environments.
    pub there: usize,
    /// How many may go.
    pub allowed: usize,
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, removed, there, allowed } = self;
        write!(
            f,
            "{removed} of {there} {kind} in all environments would be deleted, and at most \
             {allowed} may be at once"
        )
    }
}

/// Refuses what removes too much, kind by kind. What is `settled` was decided long ago, and does not
/// count.
pub fn guard(plan: Plan, world: &World, most: MaxRemovals, settled: &BTreeSet<ResourceId>) -> Plan {
    let too_many = removed(&plan, settled).into_iter().filter_map(|(kind, removed)| {
        let there = ours(world, kind);
        let allowed = match most {
            MaxRemovals::Count(count) => count,
            MaxRemovals::Percent(_) if there <= FEW => there,
            MaxRemovals::Percent(percent) => there * usize::from(percent) / 100,
        };
        let kind = kind.to_owned();
        (removed > allowed).then_some(TooMany { kind, removed, there, allowed })
    });
    let too_many = too_many.collect();
    Plan { too_many, ..plan }
}

/// How many objects of each kind a plan removes.
fn removed<'a>(plan: &'a Plan, settled: &BTreeSet<ResourceId>) -> BTreeMap<&'a str, usize> {
    let mut removed = BTreeMap::new();
    let removals = plan.steps.iter().filter(|step| step.action == Action::Delete);
    let counted = |step: &&Step| step.replaces.is_none() && !settled.contains(&step.id);
    for step in removals.filter(counted) {
        *removed.entry(step.id.kind.as_str()).or_default() += 1;
    }
    removed
}

/// What to say so that no kind is too much to remove, where one is.
pub fn words_for_removals(plan: &Plan) -> Option<String> {
    let most = removed(plan, &BTreeSet::new())
        .into_values()
        .max()
        .filter(|_| !plan.too_many.is_empty())?;
    Some(format!("--max-removals {most}"))
}

/// How many objects of a kind are ours, in whichever environment.
fn ours(world: &World, kind: &str) -> usize {
    let found = world.kinds.get(kind).into_iter().flat_map(|seen| &seen.found);
    found.filter(|found| matches!(found.owner, Owner::Ours(_))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_or_a_percentage() {
        assert_eq!("12".parse(), Ok(MaxRemovals::Count(12)));
        assert_eq!("40%".parse(), Ok(MaxRemovals::Percent(40)));
        for wrong in ["", "-1", "101%", "many", "%"] {
            assert!(wrong.parse::<MaxRemovals>().is_err(), "{wrong}");
        }
    }
}
