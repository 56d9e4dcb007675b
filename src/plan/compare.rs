//! What to do to each resource on its own: wanted against found.

use crate::model::{
    Bond, Claims, Found, Manage, Mark, Owner, Resource, ResourceId, Rules, SpecMark, Stack, Status,
    Transition, World, path,
};
use crate::plan::{Action, Allowances, FieldChange, Origin, Refusal, Refused, Step, alike, diff};
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that a plan is made from.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What is wanted, in every environment of the stack.
    pub stack: &'a Stack,
    /// What was found.
    pub world: &'a World,
    /// The environments to plan, in promotion order.
    pub environments: &'a [String],
    /// What the ledger remembers of claims.
    pub claims: &'a Claims,
    /// The pure questions that kinds answer.
    pub rules: &'a dyn Rules,
    /// The guards that a person has overridden.
    pub allowances: &'a Allowances,
}

/// Steps without an order, and what was refused.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) steps: Vec<Step>,
    pub(crate) refusals: Vec<Refusal>,
}

impl Request<'_> {
    pub(crate) fn selects(&self, env: &str) -> bool {
        self.environments.iter().any(|selected| selected == env)
    }

    pub(crate) fn found(&self, kind: &str, name: &str) -> Option<&Found> {
        self.world.kinds.get(kind)?.find(name)
    }

    /// The same, or what is there without standing in anybody's way.
    pub(crate) fn found_or_stranger(&self, kind: &str, name: &str) -> Option<&Found> {
        let seen = self.world.kinds.get(kind)?;
        seen.find(name).or_else(|| seen.stranger(name))
    }

    /// What a step was planned on.
    pub(crate) fn found_for(&self, step: &Step) -> Option<&Found> {
        match step.action {
            Action::Adopt => self.found_or_stranger(&step.id.kind, &step.id.name),
            _ => self.found(&step.id.kind, &step.id.name),
        }
    }

    /// Why a declared name cannot even be looked at, if so.
    pub(crate) fn taken(&self, id: &ResourceId) -> Option<&str> {
        let taken = &self.world.kinds.get(&id.kind)?.taken;
        taken.iter().find(|taken| taken.name == id.name).map(|taken| taken.why.as_str())
    }

    /// Every object of ours in the environments that are planned.
    pub(crate) fn ours(&self) -> impl Iterator<Item = (ResourceId, &Found, &Mark)> {
        let found = self.world.kinds.iter().flat_map(|(kind, observation)| {
            observation.found.iter().map(move |found| (kind, found))
        });
        found.filter_map(|(kind, found)| match &found.owner {
            Owner::Ours(mark) if self.selects(&mark.env) && found.is_there() => {
                Some((ResourceId::new(&mark.env, kind, &found.name), found, mark))
            }
            _ => None,
        })
    }
}

/// Compares everything wanted with everything found.
pub(crate) fn compare(request: &Request<'_>) -> Parts {
    let mut parts = Parts::default();
    for resource in request.stack.resources().values() {
        if request.selects(&resource.id.env) {
            wanted(request, resource, &mut parts);
        }
    }
    let names: BTreeSet<(&str, &str)> =
        request.stack.resources().keys().map(|id| (&*id.kind, &*id.name)).collect();
    for (id, found, _) in request.ours() {
        if !names.contains(&(&*id.kind, &*id.name)) {
            undeclared(request, id, found, &mut parts);
        }
    }
    remake_what_is_inside(request, &mut parts);
    alike::question(request, &mut parts);
    parts
}

fn wanted(request: &Request<'_>, resource: &Resource, parts: &mut Parts) {
    let id = &resource.id;
    if resource.manage == Manage::Observe {
        return;
    }
    let mut refuse = |why| parts.refusals.push(refusal(resource, why));
    if let Some(why) = request.taken(id) {
        return refuse(Refused::Taken(why.to_owned()));
    }
    let Some(found) = request.found(&id.kind, &id.name) else {
        if resource.manage == Manage::Full {
            parts.steps.push(create(request, resource, None));
        }
        return;
    };
    match &found.owner {
        Owner::Foreign => refuse(Refused::Foreign),
        Owner::OtherStack(stack) => refuse(Refused::OtherStack(stack.clone())),
        Owner::Ours(mark) if mark.env != id.env => {
            refuse(Refused::OtherEnvironment(mark.env.clone()));
        }
        Owner::Ours(mark) => match &found.status {
            Status::Deleted { until } => parts.steps.push(restore(request, resource, until)),
            _ => differing(request, resource, found, mark, parts),
        },
    }
}

pub(crate) fn refusal(resource: &Resource, why: Refused) -> Refusal {
    Refusal { id: resource.id.clone(), source: Some(resource.source.clone()), why }
}

fn differing(
    request: &Request<'_>,
    resource: &Resource,
    found: &Found,
    mark: &Mark,
    parts: &mut Parts,
) {
    let id = &resource.id;
    let broken = match &found.status {
        Status::Broken { why } => Some(Transition::Replace(why.clone())),
        Status::Ready
        | Status::InProgress { .. }
        | Status::Waiting { .. }
        | Status::Deleted { .. } => None,
    };
    if matches!(found.status, Status::Waiting { .. }) {
        return;
    }
    if found.spec == resource.spec && broken.is_none() {
        return match (&found.status, &mark.spec) {
            (Status::InProgress { .. }, _) => {
                parts.steps.push(step(request, resource, found, Action::Wait, Origin::Unfinished));
            }
            (_, SpecMark::Unfinished) => {
                parts.steps.push(step(
                    request,
                    resource,
                    found,
                    Action::Update,
                    Origin::Unfinished,
                ));
            }
            (_, SpecMark::Applied(_)) => {}
        };
    }
    let source = Some(resource.source.clone());
    let rules = || request.rules.transition(&id.kind, &found.spec, &resource.spec);
    match broken.unwrap_or_else(rules) {
        Transition::InPlace => {
            let origin = origin(request, resource, found, mark);
            parts.steps.push(step(request, resource, found, Action::Update, origin));
        }
        Transition::Replace(why) if let Some(what) = &found.holds => {
            let why = Refused::Holds { what: what.clone(), remade: Some(why) };
            parts.refusals.push(Refusal { id: id.clone(), source, why });
        }
        Transition::Replace(why) if request.allowances.replace.contains(id) => {
            let mut delete = delete(id.clone(), found, Origin::Pending);
            (delete.replaces, delete.source) = (Some(why.clone()), source);
            parts.steps.push(delete);
            let changes = diff::diff(&found.spec, &resource.spec);
            parts.steps.push(Step { changes, ..create(request, resource, Some(why)) });
        }
        Transition::Replace(why) => {
            let at_stake = at_stake(request, id, found);
            let why = Refused::Replacement { why, at_stake };
            parts.refusals.push(Refusal { id: id.clone(), source, why });
        }
        Transition::Refuse(why) => {
            let why = Refused::Impossible(why);
            parts.refusals.push(Refusal { id: id.clone(), source, why });
        }
    }
}

fn undeclared(request: &Request<'_>, id: ResourceId, found: &Found, parts: &mut Parts) {
    let allowed = request.allowances.delete.contains(&id);
    let origin = match request.stack.leaving().contains_key(&id) {
        true => Origin::Unwanted,
        false => Origin::Undeclared,
    };
    let protection = request.rules.protection(&id.kind, &found.spec);
    let why = match (&found.holds, protection) {
        (Some(what), _) => Refused::Holds { what: what.clone(), remade: None },
        (None, Some(why)) if !allowed => Refused::Protected(why),
        (None, _) => return parts.steps.push(delete(id, found, origin)),
    };
    parts.refusals.push(Refusal { id, source: None, why });
}

/// What is lost or disturbed when something is deleted and made again.
fn at_stake(request: &Request<'_>, id: &ResourceId, found: &Found) -> Vec<String> {
    let protection = request.rules.protection(&id.kind, &found.spec);
    let protection = protection.map(|why| format!("it is protected ({why})"));
    let needed = request.ours().filter(|(_, other, _)| other.name != id.name || found != *other);
    let needed = needed.filter(|(other_id, other, _)| {
        let needs = request.rules.needs(&other_id.kind, &other.name, &other.spec);
        needs.iter().any(|need| need.kind == id.kind && need.name == id.name)
    });
    let needed = needed.map(|(other, ..)| format!("{other} needs it"));
    protection.into_iter().chain(needed).collect()
}

/// What stands inside something that is made again goes with it, and is made again as well.
fn remake_what_is_inside(request: &Request<'_>, parts: &mut Parts) {
    let mut remade: Vec<ResourceId> = parts
        .steps
        .iter()
        .filter(|step| step.action == Action::Delete && step.replaces.is_some())
        .map(|step| step.id.clone())
        .collect();
    while let Some(outer) = remade.pop() {
        for (id, resource) in inside(request, &outer) {
            parts.steps.retain(|step| step.id != id);
            let why = format!("goes with {}", outer.local());
            parts.steps.push(create(request, resource, Some(why)));
            remade.push(id);
        }
    }
}

fn inside<'a>(request: &Request<'a>, outer: &ResourceId) -> Vec<(ResourceId, &'a Resource)> {
    let resources = request.stack.resources().iter().filter(|(id, _)| request.selects(&id.env));
    let resources = resources.filter(|(id, resource)| {
        let needs = request.rules.needs(&id.kind, &id.name, &resource.spec);
        let mut inside = needs.iter().filter(|need| need.bond == Bond::Inside);
        inside.any(|need| need.kind == outer.kind && need.name == outer.name)
    });
    resources.map(|(id, resource)| (id.clone(), resource)).collect()
}

fn create(request: &Request<'_>, resource: &Resource, replaces: Option<String>) -> Step {
    let defaults = request.rules.defaults(&resource.id.kind, &resource.spec);
    Step {
        id: resource.id.clone(),
        action: Action::Create,
        origin: if replaces.is_some() { Origin::Pending } else { Origin::Missing },
        replaces,
        place: resource.place.clone(),
        before: None,
        after: Some(resource.spec.clone()),
        changes: diff::told(&resource.spec, &defaults),
        unchanged_fields: 0,
        version: None,
        operation: None,
        digest: Some(request.rules.digest(&resource.id.kind, &resource.spec)),
        source: Some(resource.source.clone()),
        notes: [request.world.remarks(&resource.id), resource.notes.clone()].concat(),
        predecessor: None,
        lane: None,
        waits_for: BTreeSet::new(),
    }
}

/// Making again what was deleted and whose name is still taken: the kind brings it back.
fn restore(request: &Request<'_>, resource: &Resource, until: &str) -> Step {
    let mut step = create(request, resource, None);
    step.notes.insert(
        0,
        match until {
            "" => "it was deleted, and is brought back".to_owned(),
            until => format!("it was deleted, and is brought back; that is possible until {until}"),
        },
    );
    step
}

pub(crate) fn delete(id: ResourceId, found: &Found, origin: Origin) -> Step {
    Step {
        id,
        action: Action::Delete,
        origin,
        replaces: None,
        place: found.place.clone(),
        before: Some(found.spec.clone()),
        after: None,
        changes: Vec::new(),
        unchanged_fields: 0,
        version: Some(found.version.clone()),
        operation: None,
        digest: None,
        source: None,
        notes: Vec::new(),
        predecessor: None,
        lane: None,
        waits_for: BTreeSet::new(),
    }
}

pub(crate) fn step(
    request: &Request<'_>,
    resource: &Resource,
    found: &Found,
    action: Action,
    origin: Origin,
) -> Step {
    let changes = diff::diff(&found.spec, &resource.spec);
    let top_level = |change: &FieldChange| path::steps(&change.path).into_iter().next();
    let changed: BTreeSet<String> = changes.iter().filter_map(top_level).collect();
    let fields = resource.spec.as_object().map_or(0, serde_json::Map::len);
    let operation = match &found.status {
        Status::InProgress { operation } => Some(operation.clone()),
        Status::Ready | Status::Waiting { .. } | Status::Broken { .. } | Status::Deleted { .. } => {
            None
        }
    };
    Step {
        place: found.place.clone(),
        action,
        origin,
        before: Some(found.spec.clone()),
        unchanged_fields: fields.saturating_sub(changed.len()),
        changes,
        version: Some(found.version.clone()),
        operation,
        ..create(request, resource, None)
    }
}

/// Who moved: the declaration, the live object, or both, seen from what was last applied.
fn origin(request: &Request<'_>, resource: &Resource, found: &Found, mark: &Mark) -> Origin {
    who_moved(request, &resource.id.kind, mark, &[&resource.spec], &[&found.spec])
}

/// The same where the declaration and the live object can each be read in more than one way: one
/// that is as it was applied is enough.
pub(crate) fn who_moved(
    request: &Request<'_>,
    kind: &str,
    mark: &Mark,
    declared: &[&Value],
    live: &[&Value],
) -> Origin {
    let SpecMark::Applied(applied) = &mark.spec else { return Origin::Unfinished };
    let digests = |specs: &[&Value]| -> Vec<String> {
        specs.iter().map(|spec| request.rules.digest(kind, spec)).collect()
    };
    let (declared, live) = (digests(declared), digests(live));
    let version = |digest: &str| digest.split('-').next().map(str::to_owned);
    if declared.iter().any(|declared| version(declared) != version(applied)) {
        return Origin::Unknown;
    }
    match (declared.contains(applied), live.contains(applied)) {
        (false, true) => Origin::Pending,
        (true, false) => Origin::Drift,
        _ => Origin::DriftAndPending,
    }
}
