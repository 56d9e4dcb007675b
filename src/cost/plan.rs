//! What a plan costs: everything of ours before it and after it, and each change.

use super::price::{Cost, Pricing};
use crate::model::{Owner, ResourceId, Span, Usd, World};
use crate::plan::{Action, CostChange, Costs, OverBudget, Plan, Step};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Specs by address.
type Things<'a> = BTreeMap<ResourceId, &'a Value>;

/// What everything of this stack costs before and after a plan, in all environments, and what
/// each change makes of that.
pub fn price(pricing: &Pricing<'_>, world: &World, plan: &Plan) -> Costs {
    let before = there(world, plan);
    let after = afterwards(&before, plan);
    let of = |things: &Things<'_>| -> BTreeMap<ResourceId, Cost> {
        things.iter().map(|(id, spec)| (id.clone(), pricing.cost(id, spec))).collect()
    };
    let (before, after) = (of(&before), of(&after));
    let total = |costs: &BTreeMap<ResourceId, Cost>| costs.values().map(|it| it.span).sum::<Span>();
    let changes = plan.steps.iter().filter(|step| !is_second_half(step));
    Costs {
        as_of: pricing.prices.as_of(),
        before: total(&before),
        after: total(&after),
        changes: changes.filter_map(|step| change(step, &before, &after)).collect(),
        not_priced: missing(after.values(), |cost| &cost.not_priced),
        by_use: missing(after.values(), |cost| &cost.by_use),
    }
}

/// The guard of `budget.refuse_above`: a plan may leave the least monthly cost where it is or lower
/// it, but not raise it above the limit. `allowed` is how far a person lets it rise.
pub fn budget(costs: &Costs, limit: Usd, allowed: Option<Usd>) -> Option<OverBudget> {
    let (before, after) = (costs.before.floor, costs.after.floor);
    let most = allowed.map_or(limit, |allowed| allowed.max(limit));
    (after > most && after > before).then_some(OverBudget { limit, before, after })
}

/// A replacement is two steps and one change: the one that makes stands for both.
fn is_second_half(step: &Step) -> bool {
    step.action == Action::Delete && step.replaces.is_some()
}

/// What runs at our expense: everything of ours, and what is taken in.
fn there<'a>(world: &'a World, plan: &'a Plan) -> Things<'a> {
    let mut things = Things::new();
    for (kind, seen) in &world.kinds {
        for found in &seen.found {
            if let Owner::Ours(mark) = &found.owner {
                things.insert(ResourceId::new(&mark.env, kind, &found.name), &found.spec);
            }
        }
    }
    let adopted = plan.steps.iter().filter(|step| step.action == Action::Adopt);
    things.extend(adopted.filter_map(|step| Some((step.id.clone(), step.before.as_ref()?))));
    things
}

/// The same when every step is done: what is made again is there afterwards.
fn afterwards<'a>(before: &Things<'a>, plan: &'a Plan) -> Things<'a> {
    let mut things = before.clone();
    let gone = plan.steps.iter().filter(|step| step.action.lets_go());
    gone.for_each(|step| _ = things.remove(&step.id));
    let made = [Action::Create, Action::Update, Action::Wait];
    let made = plan.steps.iter().filter(|step| made.contains(&step.action));
    things.extend(made.filter_map(|step| Some((step.id.clone(), step.after.as_ref()?))));
    things
}

/// What a step makes of the cost of its thing, if that costs anything.
fn change(
    step: &Step,
    before: &BTreeMap<ResourceId, Cost>,
    after: &BTreeMap<ResourceId, Cost>,
) -> Option<(ResourceId, CostChange)> {
    let earlier = step.predecessor.as_ref().unwrap_or(&step.id);
    let (was, is) = (before.get(earlier), after.get(&step.id));
    let notes = |words: fn(&Cost) -> &Vec<String>| -> Vec<String> {
        is.or(was).map(words).cloned().unwrap_or_default()
    };
    let change = CostChange {
        before: was.map(|cost| cost.span).unwrap_or_default(),
        after: is.map(|cost| cost.span).unwrap_or_default(),
        by_use: notes(|cost| &cost.by_use),
        not_priced: notes(|cost| &cost.not_priced),
    };
    let free = change == CostChange::default();
    (!free).then(|| (step.id.clone(), change))
}

/// What all of them say, each once.
fn missing<'a>(
    costs: impl Iterator<Item = &'a Cost>,
    words: fn(&Cost) -> &Vec<String>,
) -> Vec<String> {
    let all: BTreeSet<&String> = costs.flat_map(words).collect();
    all.into_iter().cloned().collect()
}
