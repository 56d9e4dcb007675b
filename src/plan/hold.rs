//! Holds: nothing is done to what a person asked to leave alone for a while.

use crate::model::{Hold, Keys, ResourceId};
use crate::plan::name::names;
use crate::plan::target::keep_steps;
use crate::plan::{Plan, Refusal, Refused, Step};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The hold on each resource with a step, if there is one in force: that which ends last.
pub fn in_force<'a>(
    plan: &Plan,
    keys: &Keys,
    holds: &'a [Hold],
    as_of: OffsetDateTime,
) -> BTreeMap<ResourceId, &'a Hold> {
    let on = |step: &Step| {
        let concerns = |hold: &&Hold| concerns(hold, &step.id, keys) && hold.is_in_force(as_of);
        let held = holds.iter().filter(concerns).max_by_key(|hold| hold.until);
        held.map(|hold| (step.id.clone(), hold))
    };
    plan.steps.iter().filter_map(on).collect()
}

/// Refuses every step on something that is held. Pure: `as_of` says what time it is.
pub fn hold(mut plan: Plan, keys: &Keys, holds: &[Hold], as_of: OffsetDateTime) -> Plan {
    let held = in_force(&plan, keys, holds, as_of);
    if held.is_empty() {
        return plan;
    }
    for (id, hold) in &held {
        let source = plan.steps.iter().filter(|step| step.id == *id);
        let source = source.filter_map(|step| step.source.clone()).next();
        let why = Refused::Held((*hold).clone());
        plan.refusals.push(Refusal { id: id.clone(), source, why });
    }
    keep_steps(&mut plan, |id| !held.contains_key(id));
    let rank = |env: &str| plan.environments.iter().position(|name| name == env);
    plan.refusals.sort_by(|a, b| (rank(&a.id.env), &a.id).cmp(&(rank(&b.id.env), &b.id)));
    plan
}

fn concerns(hold: &Hold, id: &ResourceId, keys: &Keys) -> bool {
    let named = hold.named.contains(id) || names(&hold.address, id, keys);
    hold.env == id.env && named
}
