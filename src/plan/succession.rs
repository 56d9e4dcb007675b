//! Things that are replaced by making the new one first.
//!
//! The new one has a name of its own, so to the rest of the planner such a replacement is a creation
//! of one thing and a deletion of another. What is special about it is here: that the two belong
//! together, and that the old one waits for the new one.

use crate::model::ResourceId;
use crate::plan::order::Edges;
use crate::plan::{Action, Request, Step, diff};
use std::collections::BTreeMap;

/// The steps of each lineage, as positions.
type Lineages = BTreeMap<(String, String, String), Vec<usize>>;

/// Says on each step what it disturbs, which lane it runs in and what it takes the place of.
pub(crate) fn settle(request: &Request<'_>, steps: &mut [Step]) {
    for step in steps.iter_mut() {
        let (before, after) = (step.before.as_ref(), step.after.as_ref());
        let Some(spec) = after.or(before) else { continue };
        step.lane = request.rules.lane(&step.id.kind, &step.id.name, spec);
        step.notes.extend(request.rules.disruption(&step.id.kind, before, after));
    }
    for positions in lineages(request, steps).into_values() {
        let of = |steps: &[Step], action| -> Vec<usize> {
            positions.iter().copied().filter(|&at| is(&steps[at], action)).collect()
        };
        let mut olds = of(steps, Action::Delete);
        for new in of(steps, Action::Create) {
            let nearest = olds.iter().rev().max_by_key(|&&old| alike(&steps[new], &steps[old]));
            let Some(&old) = nearest else { break };
            olds.retain(|&other| other != old);
            pair(steps, new, old);
        }
    }
}

/// With how many of the same letters the names of two steps begin.
fn alike(one: &Step, other: &Step) -> usize {
    let letters = one.id.name.chars().zip(other.id.name.chars());
    letters.take_while(|(one, other)| one == other).count()
}

/// What is made again because of what it stands in is no new make.
fn is(step: &Step, action: Action) -> bool {
    step.action == action && step.replaces.is_none()
}

fn pair(steps: &mut [Step], new: usize, old: usize) {
    let (before, old_id) = (steps[old].before.clone(), steps[old].id.clone());
    let (source, new_id) = (steps[new].source.clone(), steps[new].id.clone());
    let changes = before.as_ref().zip(steps[new].after.as_ref());
    let changes = changes.map(|(before, after)| diff::diff(before, after)).unwrap_or_default();
    let step = &mut steps[new];
    if changes.is_empty() {
        let words = "nothing differs but the name: `previously: KEY`, with the key that it had \
                     before, keeps the one that is there";
        step.notes.push(words.to_owned());
    }
    step.changes = changes;
    step.replaces = Some(format!("made first, then {} goes", old_id.local()));
    step.predecessor = Some(old_id);
    let (notes, step) = (std::mem::take(&mut steps[old].notes), &mut steps[old]);
    step.replaces = Some(format!("goes once {} is there", new_id.local()));
    step.source = source;
    steps[new].notes.extend(notes);
}

/// Lets the old makes wait for the new ones, also when those are only being finished.
pub(crate) fn edges(request: &Request<'_>, steps: &[Step], edges: &mut Edges) {
    for positions in lineages(request, steps).into_values() {
        let goes = |at: &&usize| steps[**at].action == Action::Delete;
        for &old in positions.iter().filter(goes) {
            for &new in positions.iter().filter(|at| !goes(at) && steps[**at].id != steps[old].id) {
                let remade = steps[new].replaces.is_some() && steps[new].predecessor.is_none();
                if !remade {
                    edges[old].insert(new);
                }
            }
        }
    }
}

fn lineages(request: &Request<'_>, steps: &[Step]) -> Lineages {
    let mut lineages = Lineages::new();
    for (at, step) in steps.iter().enumerate() {
        let ResourceId { env, kind, name } = &step.id;
        let spec = step.after.as_ref().or(step.before.as_ref());
        let lineage = spec.and_then(|spec| request.rules.lineage(kind, name, spec));
        if let Some(lineage) = lineage {
            lineages.entry((env.clone(), kind.clone(), lineage)).or_default().push(at);
        }
    }
    lineages
}
