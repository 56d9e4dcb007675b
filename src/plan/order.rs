//! The order of steps: what is made waits for what it needs, and what is deleted waits for
//! whatever needed it.

use crate::model::{Bond, Need, Owner, ResourceId};
use crate::plan::compare::Parts;
use crate::plan::{Action, Refusal, Refused, Request, Step};
use petgraph::graph::DiGraph;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An order that is impossible: each of these needs the next, and the last needs the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Cycle(pub Vec<ResourceId>);

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "these need each other in a circle: ")?;
        self.0.iter().try_for_each(|id| write!(f, "{id} -> "))?;
        self.0.first().map_or(Ok(()), |first| write!(f, "{first}"))
    }
}

/// For each step, the steps that it waits for, as positions.
pub(crate) type Edges = Vec<BTreeSet<usize>>;

/// Where the steps on an object stand: at most one that makes, at most one that deletes.
#[derive(Default)]
struct Index<'a> {
    makers: BTreeMap<(&'a str, &'a str), usize>,
    deletes: BTreeMap<(&'a str, &'a str), usize>,
    /// The deletions by what they leave to others.
    leaving: BTreeMap<(&'a str, String), Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(request: &Request<'_>, steps: &'a [Step]) -> Self {
        let mut index = Self::default();
        for (position, step) in steps.iter().enumerate() {
            let of_action = match step.action {
                Action::Delete | Action::Disown => &mut index.deletes,
                Action::Create | Action::Update | Action::Wait | Action::Adopt => &mut index.makers,
            };
            of_action.insert((&step.id.kind, &step.id.name), position);
            if step.action == Action::Delete {
                for left in request.rules.takes_up(&step.id.kind, &step.id.name) {
                    index.leaving.entry((&step.id.kind, left)).or_default().push(position);
                }
            }
        }
        index
    }
}

/// Works out who waits for whom; steps that need something which this run will not bring are
/// added to the refusals.
pub(crate) fn edges(request: &Request<'_>, parts: &mut Parts) -> Edges {
    let index = Index::of(request, &parts.steps);
    let mut edges = vec![BTreeSet::new(); parts.steps.len()];
    let mut blocked = Vec::new();
    for (position, step) in parts.steps.iter().enumerate() {
        let after = needs_after(request, step);
        if !step.action.lets_go() {
            let delete = index.deletes.get(&(&*step.id.kind, &*step.id.name));
            edges[position].extend(delete);
            for need in &after {
                match index.makers.get(&(&*need.kind, &*need.name)) {
                    Some(&maker) if maker != position => _ = edges[position].insert(maker),
                    Some(_) => {}
                    None => blocked.extend(blocking(request, step, need)),
                }
            }
        }
        if index.deletes.is_empty() {
            continue;
        }
        if !step.action.lets_go() {
            for taken in request.rules.takes_up(&step.id.kind, &step.id.name) {
                edges[position]
                    .extend(index.leaving.get(&(&*step.id.kind, taken)).into_iter().flatten());
            }
        }
        for need in needs(request, step, step.before.as_ref()) {
            let kept = !step.action.lets_go() && after.contains(&need);
            match index.deletes.get(&(&*need.kind, &*need.name)) {
                Some(&delete) if delete != position && !kept => {
                    edges[delete].insert(position);
                }
                _ => {}
            }
        }
    }
    blocked.extend(still_needed(request, &parts.steps, &index));
    blocked.dedup_by(|next: &mut Refusal, first| next.id == first.id);
    parts.refusals.extend(blocked);
    edges
}

pub(crate) fn needs_after(request: &Request<'_>, step: &Step) -> BTreeSet<Need> {
    let mut all = needs(request, step, step.after.as_ref());
    if step.action != Action::Adopt {
        let declared = request.stack.resources().get(&step.id).into_iter().flat_map(|r| &r.needs);
        all.extend(declared.map(|id| Need::refers(&id.kind, &id.name)));
    }
    all
}

/// What a step needs with one of its specs. Marks alone need only what a thing is a part of.
fn needs(request: &Request<'_>, step: &Step, spec: Option<&Value>) -> BTreeSet<Need> {
    let of_spec = |spec| request.rules.needs(&step.id.kind, &step.id.name, spec);
    let mut needs = spec.map(of_spec).unwrap_or_default();
    if matches!(step.action, Action::Adopt | Action::Disown) {
        needs.retain(|need| need.bond == Bond::Inside);
    }
    needs
}

/// A need that is declared in this stack, that no step of this run makes and that is not there.
fn blocking(request: &Request<'_>, step: &Step, need: &Need) -> Option<Refusal> {
    let elsewhere = request.stack.environments().iter().filter(|env| !request.selects(env));
    let mut ids = elsewhere.map(|env| ResourceId::new(env, &need.kind, &need.name));
    let id = ids.find(|id| request.stack.resources().contains_key(id))?;
    let there = request.found(&need.kind, &need.name);
    if there.is_some_and(|found| found.is_there() && matches!(found.owner, Owner::Ours(_))) {
        return None;
    }
    let why = Refused::Blocked(id);
    Some(Refusal { id: step.id.clone(), source: step.source.clone(), why })
}

/// What would go for good although something that is declared needs it: the deletions of which the
/// declaration tells nothing, such as that of an account which a grant names by its address.
fn still_needed(request: &Request<'_>, steps: &[Step], index: &Index<'_>) -> Vec<Refusal> {
    let for_good =
        |at: &usize| steps[*at].action == Action::Delete && steps[*at].replaces.is_none();
    let refused = |at: usize, by: &ResourceId| Refusal {
        id: steps[at].id.clone(),
        source: steps[at].source.clone(),
        why: Refused::StillNeeded(by.clone()),
    };
    if !index.deletes.values().any(for_good) {
        return Vec::new();
    }
    let mut refusals = BTreeMap::new();
    for (id, resource) in request.stack.resources() {
        for need in request.rules.needs(&id.kind, &id.name, &resource.spec) {
            let key = (&*need.kind, &*need.name);
            let goes = index.deletes.get(&key).filter(|at| for_good(at));
            if let Some(&at) = goes.filter(|_| !index.makers.contains_key(&key)) {
                refusals.entry(at).or_insert_with(|| refused(at, id));
            }
        }
    }
    refusals.into_values().collect()
}

/// Sorts the steps (Kahn's order; among those that are ready, by environment, then address) and
/// takes out those that were refused after all.
pub(crate) fn sorted(
    request: &Request<'_>,
    parts: Parts,
    edges: Edges,
) -> Result<(Vec<Step>, Vec<Refusal>), Cycle> {
    let Parts { steps, mut refusals } = parts;
    let order = kahn(request, &steps, &edges)?;
    let refused: BTreeSet<ResourceId> = refusals.iter().map(|r| r.id.clone()).collect();
    let kept = order.into_iter().filter(|&old| !refused.contains(&steps[old].id));
    let place: BTreeMap<usize, usize> = kept.enumerate().map(|(new, old)| (old, new)).collect();
    let mut placed: Vec<(usize, Step)> = Vec::with_capacity(place.len());
    for (old, mut step) in steps.into_iter().enumerate() {
        if let Some(&new) = place.get(&old) {
            step.waits_for = edges[old].iter().filter_map(|old| place.get(old).copied()).collect();
            placed.push((new, step));
        }
    }
    placed.sort_by_key(|(new, _)| *new);
    let rank = |env: &str| request.environments.iter().position(|name| name == env);
    refusals.sort_by(|a, b| (rank(&a.id.env), &a.id).cmp(&(rank(&b.id.env), &b.id)));
    Ok((placed.into_iter().map(|(_, step)| step).collect(), refusals))
}

fn kahn(request: &Request<'_>, steps: &[Step], edges: &Edges) -> Result<Vec<usize>, Cycle> {
    let rank = |env: &str| request.environments.iter().position(|name| name == env);
    let key = |at: usize| (rank(&steps[at].id.env), &steps[at].id, steps[at].action, at);
    let mut waiting: Vec<usize> = edges.iter().map(BTreeSet::len).collect();
    let mut followers = vec![Vec::new(); steps.len()];
    for (position, before) in edges.iter().enumerate() {
        before.iter().for_each(|&first| followers[first].push(position));
    }
    let mut ready: BTreeSet<_> = (0..steps.len()).filter(|&at| waiting[at] == 0).map(key).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some((.., at)) = ready.pop_first() {
        order.push(at);
        for &follower in &followers[at] {
            waiting[follower] -= 1;
            if waiting[follower] == 0 {
                ready.insert(key(follower));
            }
        }
    }
    if order.len() == steps.len() { Ok(order) } else { Err(cycle(steps, edges)) }
}

/// Names one circle, walking it so that each member needs the next.
fn cycle(steps: &[Step], edges: &Edges) -> Cycle {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<_> = (0..steps.len()).map(|at| graph.add_node(at)).collect();
    for (at, before) in edges.iter().enumerate() {
        before.iter().for_each(|&first| _ = graph.add_edge(nodes[at], nodes[first], ()));
    }
    let components = petgraph::algo::tarjan_scc(&graph);
    let circle = components.into_iter().find(|component| component.len() > 1).unwrap_or_default();
    let members: BTreeSet<usize> = circle.iter().map(|node| graph[*node]).collect();
    let mut walk: Vec<usize> = members.first().copied().into_iter().collect();
    while let Some(next) =
        walk.last().and_then(|&at| edges[at].iter().find(|n| members.contains(n)))
    {
        if let Some(start) = walk.iter().position(|at| at == next) {
            walk.drain(..start);
            break;
        }
        walk.push(*next);
    }
    Cycle(walk.into_iter().map(|at| steps[at].id.clone()).collect())
}
