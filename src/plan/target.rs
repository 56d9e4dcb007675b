//! A part of a plan: what a person named, and what that cannot do without.
//!
//! [`narrow`] takes a finished plan and leaves steps out of it; it never adds one. A refusal of
//! something that is left out goes with it, except where a step that is kept depends on that
//! thing: it then stands in the way as it did before.

use crate::model::{Extent, Need, ResourceId};
use crate::plan::name::{NoSuchTarget, matching};
use crate::plan::{Action, Plan, Refusal, Request, Step, order};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Names in the words of a person, as [`crate::plan::named`] reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Only these, and what they need; everything, when there is none.
    pub only: Vec<String>,
    /// Not these, nor what needs them.
    pub not: Vec<String>,
}

/// A plan that was narrowed, and what that brought along.
#[derive(Clone, Debug, PartialEq)]
pub struct Narrowed {
    /// What is left of the plan.
    pub plan: Plan,
    /// What nobody named and is needed all the same, with what needs it.
    pub also: BTreeMap<ResourceId, ResourceId>,
    /// What was to be left out and takes this along, with what it cannot do without.
    pub left_out_too: BTreeMap<ResourceId, ResourceId>,
    /// How many resources with something to do or refused were left out in all.
    pub left_out: usize,
}

/// Who cannot be done without whom, by address.
type Links = BTreeMap<ResourceId, BTreeSet<ResourceId>>;

/// Leaves out of a plan what was not asked for. `request` is what the plan was made from.
///
/// # Errors
/// When a target names nothing.
pub fn narrow(
    request: &Request<'_>,
    mut plan: Plan,
    targets: &Targets,
) -> Result<Narrowed, NoSuchTarget> {
    if *targets == Targets::default() {
        let (also, left_out_too) = (BTreeMap::new(), BTreeMap::new());
        return Ok(Narrowed { plan, also, left_out_too, left_out: 0 });
    }
    let known = known(request, &plan);
    let only = matching(&targets.only, &known, request.stack.keys())?;
    let not = matching(&targets.not, &known, request.stack.keys())?;
    let links = links(request, &plan);
    let all: BTreeSet<ResourceId> = links.keys().cloned().collect();
    let named = if targets.only.is_empty() { all.clone() } else { &all & &only };
    let mut also = reach(&named, &links);
    let mut left_out_too = reach(&(&all & &not), &reversed(&links));
    let kept: BTreeSet<ResourceId> = named
        .iter()
        .chain(also.keys())
        .filter(|id| !not.contains(id) && !left_out_too.contains_key(id))
        .cloned()
        .collect();
    keep(&mut plan, &kept);
    plan.extent = Extent::Part;
    left_out_too.retain(|id, _| named.contains(id) || also.contains_key(id));
    also.retain(|id, _| kept.contains(id));
    Ok(Narrowed { plan, also, left_out_too, left_out: all.len() - kept.len() })
}

/// Everything that a person may name: declared, ours, or refused.
fn known(request: &Request<'_>, plan: &Plan) -> BTreeSet<ResourceId> {
    let declared = request.stack.resources().keys().filter(|id| request.selects(&id.env)).cloned();
    let ours = request.ours().map(|(id, ..)| id);
    let refused = plan.refusals.iter().map(|refusal| refusal.id.clone());
    declared.chain(ours).chain(refused).collect()
}

/// For everything with a step or a refusal, what it cannot do without.
fn links(request: &Request<'_>, plan: &Plan) -> Links {
    let steps = plan.steps.iter().map(|step| step.id.clone());
    let refused = plan.refusals.iter().map(|refusal| refusal.id.clone());
    let mut links: Links = steps.chain(refused).map(|id| (id, BTreeSet::new())).collect();
    let mut link = |from: &ResourceId, to: &ResourceId| {
        if from != to {
            links.entry(from.clone()).or_default().insert(to.clone());
        }
    };
    for step in &plan.steps {
        for first in step.waits_for.iter().map(|&at| &plan.steps[at]) {
            link(&step.id, &first.id);
            // What is made again takes along what stands inside it: neither without the other.
            if step.replaces.is_some() && first.replaces.is_some() {
                link(&first.id, &step.id);
            }
        }
        let stands_in_the_way = |refusal: &&Refusal| stands_in_the_way(request, step, refusal);
        for refusal in plan.refusals.iter().filter(stands_in_the_way) {
            link(&step.id, &refusal.id);
        }
    }
    links
}

/// Whether a step needs what was refused, or would delete what that needs.
fn stands_in_the_way(request: &Request<'_>, step: &Step, refusal: &Refusal) -> bool {
    let is = |need: &Need, id: &ResourceId| need.kind == id.kind && need.name == id.name;
    if order::needs_after(request, step).iter().any(|need| is(need, &refusal.id)) {
        return true;
    }
    let Some(found) = request.found(&refusal.id.kind, &refusal.id.name) else { return false };
    let needs = request.rules.needs(&refusal.id.kind, &refusal.id.name, &found.spec);
    step.action == Action::Delete && needs.iter().any(|need| is(need, &step.id))
}

fn reversed(links: &Links) -> Links {
    let mut reversed = Links::new();
    for (from, to) in links {
        for to in to {
            reversed.entry(to.clone()).or_default().insert(from.clone());
        }
    }
    reversed
}

/// What the links lead to, nearest first, each with what it was reached from.
fn reach(from: &BTreeSet<ResourceId>, links: &Links) -> BTreeMap<ResourceId, ResourceId> {
    let (mut reached, mut queue) = (BTreeMap::new(), VecDeque::from_iter(from));
    while let Some(id) = queue.pop_front() {
        for next in links.get(id).into_iter().flatten() {
            if !from.contains(next) && !reached.contains_key(next) {
                reached.insert(next.clone(), id.clone());
                queue.push_back(next);
            }
        }
    }
    reached
}

/// Takes everything else out of the plan.
fn keep(plan: &mut Plan, kept: &BTreeSet<ResourceId>) {
    keep_steps(plan, |id| kept.contains(id));
    plan.refusals.retain(|refusal| kept.contains(&refusal.id));
}

/// Takes every other step out of the plan. What the ledger remembers of it stays as it is.
pub(crate) fn keep_steps(plan: &mut Plan, kept: impl Fn(&ResourceId) -> bool) {
    let mut place = BTreeMap::new();
    let steps = std::mem::take(&mut plan.steps);
    for (old, mut step) in steps.into_iter().enumerate() {
        if kept(&step.id) {
            step.waits_for =
                step.waits_for.iter().filter_map(|old| place.get(old)).copied().collect();
            place.insert(old, plan.steps.len());
            plan.steps.push(step);
        } else {
            plan.claims.remove(&step.id);
        }
    }
    plan.observed.retain(|id, _| kept(id));
}
