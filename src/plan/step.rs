//! What a plan is made of.

use crate::model::{Extent, Hold, Place, ResourceId, Source, UnknownOwner, Version};
use crate::plan::{
    Affected, ClaimChange, Costs, FieldChange, Ignored, Moves, Observed, OverBudget, TooMany,
    Uncompared, Waiting,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that an apply would do, in an order in which it can be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of this format.
    pub format_version: String,
    /// The stack.
    pub stack: String,
    /// The environments that were planned, in promotion order.
    pub environments: Vec<String>,
    /// What to do; each step stands after everything that it waits for.
    pub steps: Vec<Step>,
    /// What will not be done, and why. A plan with refusals is not applied.
    pub refusals: Vec<Refusal>,
    /// Kinds of which too much would be removed. Such a plan is not applied either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub too_many: Vec<TooMany>,
    /// What it costs, where somebody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
    /// How far it goes above the budget. Such a plan is not applied either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_budget: Option<OverBudget>,
    /// Who comes and goes, by category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Moves>,
    /// How many people changes concern.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<Affected>,
    /// How many resources of each environment are as they should be.
    pub unchanged: BTreeMap<String, usize>,
    /// Things inside objects of ours that nobody can account for.
    pub unknown: Vec<UnknownOwner>,
    /// What is not there (yet) and is for people to make: no step of ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// What could not be compared from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<Uncompared>,
    /// What the ledger must remember of claims, by the resource that makes them.
    pub claims: BTreeMap<ResourceId, ClaimChange>,
    /// What was found of each object that has steps; nothing where nothing was there.
    pub observed: BTreeMap<ResourceId, Option<Observed>>,
    /// What differs and is let be, since the declaration says that others manage it.
    pub ignored: Vec<Ignored>,
    /// Everything of ours that was found in these environments, whether or not it has steps.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ours: BTreeSet<ResourceId>,
    /// Whether it is all that was to be done.
    #[serde(default, skip_serializing_if = "Extent::is_whole")]
    pub extent: Extent,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Remove it.
    Delete,
    /// Make it.
    Create,
    /// Change it where it stands.
    Update,
    /// Wait for what the cloud is already doing to it.
    Wait,
    /// Put our mark on it, and change nothing else.
    Adopt,
    /// Take our marks off it, and change nothing else.
    Disown,
}

impl Action {
    /// Whether the thing is no longer ours afterwards.
    pub(crate) fn lets_go(self) -> bool {
        matches!(self, Self::Delete | Self::Disown)
    }
}

/// Why there is something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It is declared and not there.
    Missing,
    /// It is there and carries our mark, and nothing declares it.
    Undeclared,
    /// It is declared, and this run takes it away all the same (`destroy`).
    Unwanted,
    /// The declaration differs from what was last applied.
    Pending,
    /// The live object differs from what was last applied.
    Drift,
    /// Both differ from what was last applied.
    DriftAndPending,
    /// The last apply of it did not end.
    Unfinished,
    /// It cannot be told what was last applied.
    Unknown,
    /// It is declared and there, and carries no mark.
    Unmarked,
    /// A person wants it to be no longer ours.
    HandedBack,
}

/// One thing to do to one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The resource.
    pub id: ResourceId,
    /// What is done.
    pub action: Action,
    /// Why.
    pub origin: Origin,
    /// Why it is made anew and not changed where it stands, on both steps of such a pair.
    pub replaces: Option<String>,
    /// Where it lives.
    pub place: Place,
    /// What is there.
    pub before: Option<Value>,
    /// What shall be there.
    pub after: Option<Value>,
    /// The fields that differ; for a create those that are not at their default.
    pub changes: Vec<FieldChange>,
    /// How many fields stay as they are.
    pub unchanged_fields: usize,
    /// The version of what is there.
    pub version: Option<Version>,
    /// The operation that is under way.
    pub operation: Option<String>,
    /// The digest that the mark carries afterwards.
    pub digest: Option<String>,
    /// The line that declares it.
    pub source: Option<Source>,
    /// What a person should be told in words.
    pub notes: Vec<String>,
    /// What it takes the place of: another object, which is deleted once this one is there.
    pub predecessor: Option<ResourceId>,
    /// What only one step at a time may change.
    pub lane: Option<String>,
    /// The steps that must be done first, as positions in [`Plan::steps`].
    pub waits_for: BTreeSet<usize>,
}

/// Something that will not be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The resource.
    pub id: ResourceId,
    /// The line that declares it.
    pub source: Option<Source>,
    /// Why, and what to say to go on.
    pub why: Refused,
}

/// Why something will not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The declared name is held by something without our mark.
    Foreign,
    /// The declared name is held by something that carries the mark of this other stack.
    OtherStack(String),
    /// The declared name is held by something that we cannot read.
    Taken(String),
    /// It carries the mark of another environment of this stack.
    OtherEnvironment(String),
    /// Removing it was forbidden where it was declared.
    Protected(String),
    /// Removing it would lose what it holds.
    Holds {
        /// What it holds, "holds objects".
        what: String,
        /// Why it would be made again, if it would be.
        remade: Option<String>,
    },
    /// It would have to be deleted and made again.
    Replacement {
        /// Why it cannot be changed where it stands.
        why: String,
        /// What is at stake: its protection, whatever needs it.
        at_stake: Vec<String>,
    },
    /// The change cannot be made at all.
    Impossible(String),
    /// Something that it needs belongs to an environment which is not part of this run, and is
    /// not there.
    Blocked(ResourceId),
    /// It would go, though this, which is declared, needs it.
    StillNeeded(ResourceId),
    /// A person asked to leave it alone for a while.
    Held(Hold),
    /// It would be made while this, which looks like it, is no longer declared.
    Renamed {
        /// What is no longer declared.
        from: ResourceId,
        /// The key that its name was made of, if it was made of one.
        key: Option<String>,
    },
    /// It would be made beside this, which looks like it and carries no mark.
    LooksLike(ResourceId),
    /// It was to be adopted, and is not there.
    NotThere,
    /// It was to be adopted, and its declaration says to look at it only.
    ObservedOnly,
    /// It was to be handed back, and is still managed as its declaration says.
    StillDeclared,
    /// Nobody would be left to maintain the team.
    LastMaintainer,
    /// It is ourselves whom it would remove.
    Ourselves,
    /// All members of a team would be declared from now on, so these would be removed.
    Exact(BTreeSet<String>),
}

/// Guards that a person has overridden in so many words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowances {
    /// What may be deleted although it is protected.
    pub delete: BTreeSet<ResourceId>,
    /// What may be deleted and made again.
    pub replace: BTreeSet<ResourceId>,
    /// What may be made although something very like it is there or was declared.
    pub create: BTreeSet<ResourceId>,
    /// Teams from which whoever is not declared may be removed, though so far others could be there.
    pub exact: BTreeSet<ResourceId>,
}

/// The figures of a plan's last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// To add; a replacement counts here and under `destroy`.
    pub add: usize,
    /// To change.
    pub change: usize,
    /// To destroy.
    pub destroy: usize,
    /// Changes that undo a drift.
    pub drifted: usize,
    /// Refused.
    pub refused: usize,
    /// To be marked as ours.
    #[serde(default, skip_serializing_if = "is_none")]
    pub adopt: usize,
    /// To be ours no longer.
    #[serde(default, skip_serializing_if = "is_none")]
    pub disown: usize,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Plan {
    /// The version of the format that this release writes.
    pub const FORMAT_VERSION: &'static str = "1.0";

    /// Whether there is nothing to do and nothing was refused.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.refusals.is_empty()
    }

    /// Whether a guard refuses something, so that nothing is applied.
    pub fn is_refused(&self) -> bool {
        !self.refusals.is_empty() || !self.too_many.is_empty() || self.over_budget.is_some()
    }

    /// The figures of the last line.
    pub fn counts(&self) -> Counts {
        let over = usize::from(self.over_budget.is_some());
        let refused = self.refusals.len() + self.too_many.len() + over;
        let mut counts = Counts { refused, ..Counts::default() };
        for step in &self.steps {
            match step.action {
                Action::Create => counts.add += 1,
                Action::Delete => counts.destroy += 1,
                Action::Update | Action::Wait => counts.change += 1,
                Action::Adopt => counts.adopt += 1,
                Action::Disown => counts.disown += 1,
            }
            if matches!(step.origin, Origin::Drift | Origin::DriftAndPending) {
                counts.drifted += 1;
            }
        }
        counts
    }
}
