//! The file of a saved plan: JSON in the shape of Terraform's, so that its readers feel at home.
//!
//! Written by one release, it is read by all later ones of the same major version of the format:
//! fields are added, never renamed, and what is added has a default. docs/plan-file.md describes
//! it for people. Nothing here touches the disk.

mod change;

pub use change::{Change, Reason, ResourceChange};

use crate::model::{Extent, Overrides, ResourceId, Rules, UnknownOwner};
use crate::plan::{
    Affected, ClaimChange, Costs, Ignored, Moves, Observed, OverBudget, Plan, Refusal, Step,
    TooMany, Uncompared, Waiting,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A plan with what it was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// The version of this format.
    pub format_version: String,
    /// The circumstances of the plan.
    #[serde(flatten)]
    pub made: Made,
    /// The stack.
    pub stack: String,
    /// The environments that were planned, in promotion order.
    pub environments: Vec<String>,
    /// The steps, each after everything that it waits for. Something that is made again has two.
    pub resource_changes: Vec<ResourceChange>,
    /// What will not be done, and why.
    #[serde(default)]
    pub refusals: Vec<Refusal>,
    /// The kinds of which too much would go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub too_many: Vec<TooMany>,
    /// What it costs in a month, where somebody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
    /// How far it goes above the budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_budget: Option<OverBudget>,
    /// Who comes and goes, by category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Moves>,
    /// How many people changes concern.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<Affected>,
    /// How many resources of each environment are as they should be.
    #[serde(default)]
    pub unchanged: BTreeMap<String, usize>,
    /// Things inside objects of ours that nobody can account for.
    #[serde(default)]
    pub unknown_owners: Vec<UnknownOwner>,
    /// What is for people to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// What could not be compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<Uncompared>,
    /// What differs and is let be.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
    /// What the ledger must remember of claims.
    #[serde(default)]
    pub claims: BTreeMap<ResourceId, ClaimChange>,
    /// What was found of each object that has steps; null where nothing was there.
    pub observed: BTreeMap<ResourceId, Option<Observed>>,
    /// Everything of ours that was found, whether or not it has steps.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ours: BTreeSet<ResourceId>,
    /// The guards that a person overrode when it was made.
    #[serde(default, skip_serializing_if = "Overrides::is_empty")]
    pub overrides: Overrides,
    /// Whether it is all that was to be done, or what a person chose of it.
    #[serde(default, skip_serializing_if = "Extent::is_whole")]
    pub extent: Extent,
    /// What else of the world the declaration was expanded with.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
}

/// How a plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The release that made it.
    pub leap_infra_version: String,
    /// When: RFC 3339.
    pub as_of: String,
    /// Until when it may be applied: RFC 3339.
    pub expires_at: String,
    /// The digest of the declaration.
    pub config_digest: String,
    /// Where it goes: `sandbox` or `live`.
    pub target: String,
    /// The folder of the stack, as it was named.
    pub folder: String,
}

/// Why a file is no saved plan that can be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not JSON at all.
    #[error("it is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON, and something else.
    #[error("it is JSON, but not a plan that leap-infra saved")]
    NotAPlan,
    /// It is a plan of a format that this release does not know.
    #[error("its format is {found}, and this release reads {known}")]
    Format {
        /// What it says.
        found: String,
        /// What this release writes.
        known: &'static str,
    },
    /// It is a plan that does not hold together.
    #[error("the plan in it is damaged")]
    Damaged(#[source] serde_json::Error),
    /// A step waits for one that does not come before it.
    #[error("the plan in it is damaged: the step on {0} waits for one that comes later")]
    Order(ResourceId),
    /// A resource is not of a kind of this release.
    #[error("{0} is not of a kind that this release knows, or its settings are not of that kind")]
    Kind(ResourceId),
}

impl Saved {
    /// A plan with what it was made from.
    pub fn new(plan: &Plan, made: Made) -> Self {
        Self {
            format_version: Plan::FORMAT_VERSION.to_owned(),
            made,
            stack: plan.stack.clone(),
            environments: plan.environments.clone(),
            resource_changes: plan.steps.iter().map(ResourceChange::from).collect(),
            refusals: plan.refusals.clone(),
            too_many: plan.too_many.clone(),
            costs: plan.costs.clone(),
            over_budget: plan.over_budget.clone(),
            people: plan.people.clone(),
            affected: plan.affected.clone(),
            unchanged: plan.unchanged.clone(),
            unknown_owners: plan.unknown.clone(),
            ignored: plan.ignored.clone(),
            waiting: plan.waiting.clone(),
            uncompared: plan.uncompared.clone(),
            claims: plan.claims.clone(),
            observed: plan.observed.clone(),
            ours: plan.ours.clone(),
            overrides: Overrides::default(),
            extent: plan.extent,
            facts: BTreeMap::new(),
        }
    }

    /// Reads what [`Saved::json`] wrote, in this release or an earlier one.
    ///
    /// # Errors
    /// When it is something else, or of a format that is newer than this release.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let document: Value = serde_json::from_slice(bytes).map_err(FileError::NotJson)?;
        let format = document.get("format_version").and_then(Value::as_str);
        let format = format.filter(|_| document.get("config_digest").is_some());
        let found = format.ok_or(FileError::NotAPlan)?.to_owned();
        let major = |version: &str| version.split('.').next().map(str::to_owned);
        if major(&found) != major(Plan::FORMAT_VERSION) {
            return Err(FileError::Format { found, known: Plan::FORMAT_VERSION });
        }
        let saved: Self = serde_json::from_value(document).map_err(FileError::Damaged)?;
        for (at, change) in saved.resource_changes.iter().enumerate() {
            if change.waits_for.last().is_some_and(|&last| last >= at) {
                return Err(FileError::Order(change.address.clone()));
            }
        }
        Ok(saved)
    }

    /// The text of the file.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.expect("a plan has string keys and no floats that are not numbers") + "\n"
    }

    /// The plan.
    pub fn plan(&self) -> Plan {
        Plan {
            format_version: self.format_version.clone(),
            stack: self.stack.clone(),
            environments: self.environments.clone(),
            steps: self.resource_changes.iter().map(Step::from).collect(),
            refusals: self.refusals.clone(),
            too_many: self.too_many.clone(),
            costs: self.costs.clone(),
            over_budget: self.over_budget.clone(),
            people: self.people.clone(),
            affected: self.affected.clone(),
            unchanged: self.unchanged.clone(),
            unknown: self.unknown_owners.clone(),
            waiting: self.waiting.clone(),
            uncompared: self.uncompared.clone(),
            claims: self.claims.clone(),
            observed: self.observed.clone(),
            ignored: self.ignored.clone(),
            ours: self.ours.clone(),
            extent: self.extent,
        }
    }

    /// The plan with every spec complete, as the kinds of this release know it: what a kind has
    /// learnt since the plan was made is at its default.
    ///
    /// # Errors
    /// When a spec is none of its kind.
    pub fn complete(&self, rules: &dyn Rules) -> Result<Plan, FileError> {
        let mut plan = self.plan();
        let complete = |id: &ResourceId, spec: &mut Value| -> Result<(), FileError> {
            let whole = rules.complete(&id.kind, spec);
            *spec = whole.ok_or_else(|| FileError::Kind(id.clone()))?;
            Ok(())
        };
        for step in &mut plan.steps {
            let specs = step.before.iter_mut().chain(&mut step.after);
            specs.into_iter().try_for_each(|spec| complete(&step.id, spec))?;
        }
        for (id, observed) in &mut plan.observed {
            observed.iter_mut().try_for_each(|observed| complete(id, &mut observed.spec))?;
        }
        Ok(plan)
    }
}
