//! What moved between a plan and its apply: the objects that are no longer what a step relies on,
//! and the plan without them.

use crate::model::{Extent, Found, Owner, ResourceId, SpecMark};
use crate::plan::{Action, FieldChange, Observed, Plan, Request, Step, claims, diff};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An object that is no longer what the plan saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stale {
    /// The resource.
    pub id: ResourceId,
    /// What is different; never empty.
    pub moved: Vec<Moved>,
}

/// One thing that is different.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The field.
    pub field: String,
    /// What the plan saw.
    pub before: Value,
    /// What is there now.
    pub now: Value,
}

/// A step that is not done, because of something that is stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The resource of the step.
    pub id: ResourceId,
    /// What it waits for; the same where the step itself is stale.
    pub because: ResourceId,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} changed after it was planned on: ", self.id)?;
        for (at, Moved { field, before, now }) in self.moved.iter().enumerate() {
            let comma = if at == 0 { "" } else { "; " };
            let (before, now) = (said(before), said(now));
            write!(f, "{comma}{field} was {before} and is now {now}")?;
        }
        Ok(())
    }
}

/// A value in a sentence.
fn said(value: &Value) -> String {
    if value.is_null() { "none".to_owned() } else { value.to_string() }
}

/// What is no longer as the plan saw it. What already is as a step would make it is not stale:
/// an apply that was killed can be run again.
pub fn stale(plan: &Plan, request: &Request<'_>) -> Vec<Stale> {
    let mut steps: BTreeMap<&ResourceId, Vec<&Step>> = BTreeMap::new();
    plan.steps.iter().for_each(|step| steps.entry(&step.id).or_default().push(step));
    let mut stale = Vec::new();
    for (id, seen) in &plan.observed {
        let Some(of_object) = steps.get(id) else { continue };
        let mut moved = moved(request, id, of_object, seen.as_ref());
        moved.extend(of_object.iter().flat_map(|step| gone_needs(step, &steps, request)));
        if !moved.is_empty() {
            stale.push(Stale { id: id.clone(), moved });
        }
    }
    stale
}

/// What a step needs that was there when it was planned (else the plan would make it) and is
/// gone now.
fn gone_needs(
    step: &Step,
    steps: &BTreeMap<&ResourceId, Vec<&Step>>,
    request: &Request<'_>,
) -> Vec<Moved> {
    let Some(after) = &step.after else { return Vec::new() };
    let needs = request.rules.needs(&step.id.kind, &step.id.name, after).into_iter();
    let declared = needs.filter_map(|need| {
        let is = |id: &&ResourceId| id.kind == need.kind && id.name == need.name;
        request.stack.resources().keys().find(is)
    });
    let gone = declared
        .filter(|id| !steps.contains_key(id) && request.found(&id.kind, &id.name).is_none());
    gone.map(|id| Moved { field: id.to_string(), before: json!("there"), now: json!("gone") })
        .collect()
}

fn moved(
    request: &Request<'_>,
    id: &ResourceId,
    steps: &[&Step],
    seen: Option<&Observed>,
) -> Vec<Moved> {
    let is = |action| steps.iter().any(|step| step.action == action);
    let (deletes, marks) = (is(Action::Delete), is(Action::Adopt));
    let one = |field: &str, before: Value, now: Value| {
        vec![Moved { field: field.to_owned(), before, now }]
    };
    let now = steps.iter().find_map(|step| request.found_for(step));
    let Some(now) = now else {
        let gone = seen.is_some() && !deletes && !is(Action::Disown);
        return if gone { one("existence", json!("there"), json!("gone")) } else { vec![] };
    };
    let unfinished = match &now.owner {
        Owner::Foreign if is(Action::Disown) => return vec![],
        Owner::Foreign if marks => false,
        Owner::Foreign => return one("owner", json!("nobody else"), json!("somebody else")),
        Owner::OtherStack(stack) => return one("owner", json!("nobody else"), json!(stack)),
        Owner::Ours(mark) if mark.env != id.env => {
            return one("environment", json!(id.env), json!(mark.env));
        }
        Owner::Ours(mark) => mark.spec == SpecMark::Unfinished,
    };
    let done = !deletes && steps.iter().any(|step| step.after.as_ref() == Some(&now.spec));
    let Some(seen) = seen else {
        // What an apply began to make and did not end is made again, in one call more.
        return if done || unfinished {
            vec![]
        } else {
            one("existence", json!("not there"), json!("there"))
        };
    };
    if deletes && seen.holds != now.holds {
        return one("content", json!(seen.holds), json!(now.holds));
    }
    let taken_away = deletes && only_claims_went(request, &id.kind, seen, now);
    let changes = if done || taken_away { vec![] } else { diff::diff(&seen.spec, &now.spec) };
    let moved = |FieldChange { path: field, before, after: now }| Moved { field, before, now };
    changes.into_iter().map(moved).collect()
}

/// Whether all that differs is that claims of ours are gone, as after a delete that was killed on
/// its way: then a delete takes away nothing that the plan did not see.
fn only_claims_went(request: &Request<'_>, kind: &str, seen: &Observed, now: &Found) -> bool {
    let (before, now) =
        (request.rules.claims(kind, &seen.spec), request.rules.claims(kind, &now.spec));
    now.len() < before.len() && now.is_subset(&before)
}

/// The plan without the steps on these objects, without whatever waits for them, and without the
/// environments after one that loses a step by that: an environment is not touched before those
/// ahead of it are as planned. Of an object that is made again, both halves stay or go.
pub fn leave_out(plan: &Plan, stale: &[Stale]) -> (Plan, Vec<LeftOut>) {
    let stale = stale.iter().map(|stale| (stale.id.clone(), stale.id.clone()));
    let mut out: BTreeMap<ResourceId, ResourceId> = stale.collect();
    loop {
        let before = out.len();
        for step in &plan.steps {
            let waits = step.waits_for.iter().map(|&first| &plan.steps[first].id);
            let because = waits.into_iter().find(|first| out.contains_key(*first)).cloned();
            let because = because.or_else(|| left_ahead(plan, &step.id, &out));
            if let (Some(because), false) = (because, out.contains_key(&step.id)) {
                out.insert(step.id.clone(), because);
            }
        }
        if out.len() == before {
            break;
        }
    }
    let kept = (0..plan.steps.len()).filter(|&at| !out.contains_key(&plan.steps[at].id));
    let places: BTreeMap<usize, usize> = kept.enumerate().map(|(new, old)| (old, new)).collect();
    let steps = places.keys().map(|&old| {
        let step = plan.steps[old].clone();
        let waits_for = step.waits_for.iter().filter_map(|old| places.get(old).copied()).collect();
        Step { waits_for, ..step }
    });
    let mut rest = Plan { steps: steps.collect(), ..plan.clone() };
    rest.observed.retain(|id, _| !out.contains_key(id));
    if !out.is_empty() {
        rest.extent = Extent::Part;
    }
    let left_out = out.into_iter().map(|(id, because)| LeftOut { id, because });
    (rest, left_out.collect())
}

/// Something that is left out in an environment ahead of that of a resource.
fn left_ahead(
    plan: &Plan,
    id: &ResourceId,
    out: &BTreeMap<ResourceId, ResourceId>,
) -> Option<ResourceId> {
    let ahead = plan.environments.iter().take_while(|env| **env != id.env);
    ahead.flat_map(|env| out.keys().filter(move |other| other.env == *env)).next().cloned()
}

/// Brings a plan up to date with what was found and is remembered now: versions, and the claims
/// that others have made since. For plans of which nothing is stale.
pub fn renew(plan: &mut Plan, request: &Request<'_>) {
    for step in plan.steps.iter_mut().filter(|step| step.before.is_some()) {
        if let Some(found) = request.found_for(step) {
            step.before = Some(found.spec.clone());
            step.version = Some(found.version.clone());
        }
    }
    let busy: BTreeSet<&ResourceId> = plan.steps.iter().map(|step| &step.id).collect();
    let mut claims = claims::changes(request, &plan.steps);
    claims.retain(|id, _| busy.contains(id));
    plan.claims = claims;
}
