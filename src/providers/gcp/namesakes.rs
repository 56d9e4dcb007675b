//! Things whose names the cloud does not keep apart: it names them itself, and what people see of
//! them may be there twice.

use crate::model::{Found, Observation, Owner, Scope, UnknownOwner};

/// Sorts one thing in. Ours comes before somebody else's of the same name, and a second one of ours,
/// which only two runs at once can leave, is kept and reported.
pub(crate) fn sort_in<S>(
    observation: &mut Observation<S>,
    scope: &Scope<'_>,
    kind: &str,
    one: Found<S>,
) {
    let at = observation.found.iter().position(|other| other.name == one.name);
    let known = at.and_then(|at| observation.found.get(at));
    let is_ours = |found: &Found<S>| matches!(found.owner, Owner::Ours(_));
    let ours_is_known = known.is_some_and(is_ours);
    match &one.owner {
        Owner::Ours(mark) if ours_is_known => {
            let what = format!("a second {kind} of this name, with the same mark");
            let (name, env) = (one.name.clone(), mark.env.clone());
            observation.unknown.push(UnknownOwner { name, env, what, public: false });
        }
        Owner::Ours(_) => {
            at.map(|at| observation.found.remove(at));
            observation.found.push(one);
        }
        _ if known.is_none() && scope.wanted.contains_key(one.name.as_str()) => {
            observation.found.push(one);
        }
        Owner::Foreign if known.is_none() => observation.strangers.push(one),
        _ => {}
    }
}
