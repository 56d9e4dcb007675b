//! From two pictures of the world to an ordered list of steps.
//!
//! [`plan`] is a pure function: no clock, no network, no randomness. The same stack and world
//! always give the same plan, byte for byte. Everything hard is settled here: what to do, in
//! which order, and what is refused; the executor decides nothing.

mod adopt;
mod affected;
mod alike;
mod back;
mod claims;
mod compare;
mod cost;
mod diff;
mod drift;
pub mod file;
mod guard;
mod hold;
mod ignore;
mod name;
mod observed;
mod order;
mod people;
mod refusal;
mod stale;
mod step;
mod succession;
mod target;
mod uncompared;
mod waiting;

pub use adopt::{MarksError, adopt, disown};
pub use affected::{Affected, affected};
pub use back::{Stays, stays};
pub use claims::ClaimChange;
pub use compare::Request;
pub use cost::{CostChange, Costs, OverBudget};
pub use diff::FieldChange;
pub use drift::{Drift, Drifted, drift};
pub use guard::{MaxRemovals, MaxRemovalsError, TooMany, guard, words_for_removals};
pub use hold::{hold, in_force};
pub use ignore::Ignored;
pub use name::{NoSuchTarget, named};
pub use observed::Observed;
pub use order::Cycle;
pub use people::{Moves, moves, only_due, shelter};
pub use stale::{LeftOut, Moved, Stale, leave_out, renew, stale};
pub use step::{Action, Allowances, Counts, Origin, Plan, Refusal, Refused, Step};
pub use target::{Narrowed, Targets, narrow};
pub use uncompared::Uncompared;
pub use waiting::Waiting;

use crate::model::Extent;

use std::collections::BTreeMap;

/// What it takes to make the world what the stack says.
///
/// # Errors
/// When the declared order is impossible.
pub fn plan(request: &Request<'_>) -> Result<Plan, Cycle> {
    let laid = ignore::lay(request);
    let request = &Request { stack: &laid.stack, ..*request };
    let mut parts = compare::compare(request);
    laid.settle(request, &mut parts.steps);
    succession::settle(request, &mut parts.steps);
    let plan = finished(request, parts)?;
    Ok(Plan {
        unchanged: compare::unchanged(request, &plan.steps, &plan.refusals),
        waiting: waiting::waiting(request),
        unknown: compare::unknown(request),
        uncompared: uncompared::uncompared(request),
        ignored: laid.ignored,
        ..plan
    })
}

/// Steps in their order, and what they rely on.
fn finished(request: &Request<'_>, mut parts: compare::Parts) -> Result<Plan, Cycle> {
    let mut needs = order::edges(request, &mut parts);
    succession::edges(request, &parts.steps, &mut needs);
    let (steps, refusals) = order::sorted(request, parts, needs)?;
    Ok(Plan {
        format_version: Plan::FORMAT_VERSION.to_owned(),
        stack: request.stack.name().to_owned(),
        environments: request.environments.to_vec(),
        claims: claims::changes(request, &steps),
        unchanged: BTreeMap::new(),
        unknown: Vec::new(),
        waiting: Vec::new(),
        uncompared: Vec::new(),
        observed: observed::of_steps(request, &steps),
        ours: request.ours().map(|(id, ..)| id).collect(),
        extent: Extent::Whole,
        ignored: Vec::new(),
        steps,
        refusals,
        too_many: Vec::new(),
        costs: None,
        over_budget: None,
        people: Vec::new(),
        affected: Vec::new(),
    })
}
