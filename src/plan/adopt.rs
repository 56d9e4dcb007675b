//! Plans that change marks only: what is declared and runs already becomes ours, and what is ours
//! is handed back. Pure, like [`crate::plan::plan`].

use crate::model::{Bond, Found, Manage, Owner, Resource, ResourceId, SpecMark};
use crate::plan::compare::{self, Parts, refusal};
use crate::plan::name::matching;
use crate::plan::{
    Action, ClaimChange, Cycle, NoSuchTarget, Origin, Plan, Refused, Request, Step, diff, finished,
    ignore,
};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Why there is no plan for marks.
#[derive(Debug, thiserror::Error)]
pub enum MarksError {
    /// Somebody named what there is not.
    #[error(transparent)]
    NoSuchTarget(#[from] NoSuchTarget),
    /// Things are parts of each other in a circle.
    #[error(transparent)]
    Cycle(#[from] Cycle),
}

/// What it takes to mark what is declared and there, and not ours yet: what these addresses name
/// and what that is a part of; everything, where there are none. Grants that nobody remembers us
/// to have made become ours as well. Settings stay as they are: each
/// step says which a later plan would change.
///
/// # Errors
/// When an address names nothing that is declared.
pub fn adopt(request: &Request<'_>, addresses: &[String]) -> Result<Plan, MarksError> {
    let declared = request.stack.resources().keys().filter(|id| request.selects(&id.env));
    let declared: BTreeSet<ResourceId> = declared.cloned().collect();
    let mut chosen = match addresses {
        [] => declared.clone(),
        addresses => matching(addresses, &declared, request.stack.keys())?,
    };
    // Whoever names one thing wants to know when it cannot be had; `*` is whatever there is.
    let whole: Vec<String> = addresses.iter().filter(|it| !it.contains('*')).cloned().collect();
    let named = matching(&whole, &declared, request.stack.keys())?;
    let outer: Vec<ResourceId> = chosen.iter().flat_map(|id| around(request, id)).collect();
    chosen.extend(outer);
    let mut parts = Parts::default();
    for resource in chosen.iter().filter_map(|id| request.stack.resources().get(id)) {
        if let Some(why) = mark(request, resource, &mut parts.steps)
            && (named.contains(&resource.id) || !is_quiet(&why))
        {
            parts.refusals.push(refusal(resource, why));
        }
    }
    Ok(finished(request, parts)?)
}

/// What nobody asked about needs no answer.
fn is_quiet(why: &Refused) -> bool {
    matches!(why, Refused::NotThere | Refused::ObservedOnly)
}

/// What a declared thing is a part of, and what that is a part of.
fn around(request: &Request<'_>, id: &ResourceId) -> Vec<ResourceId> {
    let Some(resource) = request.stack.resources().get(id) else { return Vec::new() };
    let outer = outer(request, id, &resource.spec);
    let further: Vec<ResourceId> = outer.iter().flat_map(|id| around(request, id)).collect();
    outer.into_iter().chain(further).collect()
}

/// The declared or found things that this is a part of.
fn outer(request: &Request<'_>, id: &ResourceId, spec: &Value) -> Vec<ResourceId> {
    let needs = request.rules.needs(&id.kind, &id.name, spec).into_iter();
    let inside = needs.filter(|need| need.bond == Bond::Inside);
    inside.map(|need| ResourceId::new(&id.env, need.kind, need.name)).collect()
}

/// Adds the step that marks a resource, if it is not ours yet; says why not, if it cannot be.
fn mark(request: &Request<'_>, resource: &Resource, steps: &mut Vec<Step>) -> Option<Refused> {
    let id = &resource.id;
    if resource.manage == Manage::Observe {
        return Some(Refused::ObservedOnly);
    }
    if let Some(why) = request.taken(id) {
        return Some(Refused::Taken(why.to_owned()));
    }
    let Some(found) = request.found_or_stranger(&id.kind, &id.name) else {
        return Some(Refused::NotThere);
    };
    match &found.owner {
        Owner::Ours(mark) if mark.env == id.env => {
            if mark.spec != SpecMark::Unfinished && is_unclaimed(request, resource, found) {
                steps.push(adopting(request, resource, found));
            }
            None
        }
        Owner::Ours(mark) => Some(Refused::OtherEnvironment(mark.env.clone())),
        Owner::OtherStack(stack) => Some(Refused::OtherStack(stack.clone())),
        Owner::Foreign => {
            steps.push(adopting(request, resource, found));
            None
        }
    }
}

/// Whether something is declared and there inside of what is ours that nobody remembers us to have
/// put there, such as a grant that was there before us.
fn is_unclaimed(request: &Request<'_>, resource: &Resource, found: &Found) -> bool {
    let id = &resource.id;
    let declared = request.rules.claims(&id.kind, &resource.spec);
    let recorded = |claim: &String| request.claims.get(id).is_some_and(|it| it.contains(claim));
    let there = request.rules.claims(&id.kind, &found.spec);
    // Some kinds claim nothing but the digest of what was applied.
    let digest = request.rules.digest(&id.kind, &found.spec);
    there.intersection(&declared).any(|claim| *claim != digest && !recorded(claim))
}

fn adopting(request: &Request<'_>, resource: &Resource, found: &Found) -> Step {
    let wanted = match resource.manage {
        Manage::Full => Cow::Owned(ignore::taken_over(request, resource, &found.spec).0),
        Manage::Mark | Manage::Observe => Cow::Borrowed(&found.spec),
    };
    let step = compare::step(request, resource, found, Action::Adopt, Origin::Unmarked);
    Step {
        // For a mark that says what is there: what the declaration differs in is then pending.
        digest: Some(request.rules.digest(&resource.id.kind, &found.spec)),
        after: Some(found.spec.clone()),
        changes: diff::diff(&found.spec, &wanted),
        notes: Vec::new(),
        ..step
    }
}

/// What it takes to hand back what these addresses name and is ours, with whatever is a part of
/// it. What is still managed is refused: the next apply would make it anew, or be refused.
///
/// # Errors
/// When an address names nothing that is declared or ours.
pub fn disown(request: &Request<'_>, addresses: &[String]) -> Result<Plan, MarksError> {
    let declared = request.stack.resources().keys().filter(|id| request.selects(&id.env));
    let recorded = request.claims.keys().filter(|id| request.selects(&id.env));
    let ours = request.ours().map(|(id, ..)| id);
    let known = declared.chain(recorded).cloned().chain(ours).collect();
    let mut chosen = matching(addresses, &known, request.stack.keys())?;
    let inside = known.iter().filter(|id| outers(request, id).iter().any(|it| chosen.contains(it)));
    let inside: Vec<ResourceId> = inside.cloned().collect();
    chosen.extend(inside);
    let mut parts = Parts::default();
    for id in &chosen {
        match request.stack.resources().get(id) {
            Some(resource) if resource.manage != Manage::Observe => {
                parts.refusals.push(refusal(resource, Refused::StillDeclared));
            }
            declared => parts.steps.extend(handing_back(request, id, declared)),
        }
    }
    let mut plan = finished(request, parts)?;
    for (id, recorded) in request.claims.iter().filter(|(id, _)| chosen.contains(id)) {
        let change = ClaimChange { during: recorded.clone(), after: BTreeSet::new() };
        plan.claims.insert(id.clone(), change);
    }
    Ok(plan)
}

fn outers(request: &Request<'_>, id: &ResourceId) -> Vec<ResourceId> {
    let declared = request.stack.resources().get(id).map(|resource| &resource.spec);
    let found = || request.found(&id.kind, &id.name).map(|found| &found.spec);
    declared.or_else(found).map(|spec| outer(request, id, spec)).unwrap_or_default()
}

fn handing_back(
    request: &Request<'_>,
    id: &ResourceId,
    declared: Option<&Resource>,
) -> Option<Step> {
    let found = request.found(&id.kind, &id.name)?;
    let ours = matches!(&found.owner, Owner::Ours(mark) if mark.env == id.env);
    ours.then(|| Step {
        action: Action::Disown,
        source: declared.map(|resource| resource.source.clone()),
        ..compare::delete(id.clone(), found, Origin::HandedBack)
    })
}
