//! What a plan costs, as figures that somebody else has worked out: the planner knows no prices.

use crate::model::{ResourceId, Span, Usd};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What everything of the stack costs in a month before and after a plan, in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// The day of the oldest table of prices.
    pub as_of: String,
    /// Everything that is there.
    pub before: Span,
    /// Everything that is there afterwards.
    pub after: Span,
    /// Of each change, by its address; what costs nothing is left out.
    #[serde(default)]
    pub changes: BTreeMap<ResourceId, CostChange>,
    /// What is paid for by what is put in, in words.
    #[serde(default)]
    pub by_use: Vec<String>,
    /// What has no price, in words.
    #[serde(default)]
    pub not_priced: Vec<String>,
}

/// What a change makes of the monthly cost of one thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CostChange {
    /// What it costs now.
    pub before: Span,
    /// What it costs afterwards.
    pub after: Span,
    /// What of it is paid for by what is put in, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_use: Vec<String>,
    /// What of it has no price, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_priced: Vec<String>,
}

/// A plan that raises the least monthly cost above what `budget.refuse_above` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverBudget {
    /// The limit.
    pub limit: Usd,
    /// The least monthly cost now.
    pub before: Usd,
    /// The least monthly cost afterwards.
    pub after: Usd,
}

impl fmt::Display for OverBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, before, after } = self;
        write!(
            f,
            "everything of this stack would cost at least {after} a month (now {before}), and \
             `budget.refuse_above` is {limit}"
        )
    }
}

impl OverBudget {
    /// The words to go on all the same.
    pub fn words(&self) -> String {
        format!("--dangerous-cost {}", self.after.dollars_up())
    }
}
