//! What the ledger must remember of claims: written down before the first call, tidied after
//! the last.

use crate::model::ResourceId;
use crate::plan::{Action, Request, Step};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The claims of one resource around one apply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimChange {
    /// What is ours while the apply runs: what we had and still find, and what we will add.
    pub during: BTreeSet<String>,
    /// What is ours once the step has succeeded.
    pub after: BTreeSet<String>,
}

/// The claims of every resource that makes any.
///
/// We own what we add: something declared that was already there before our first grant stays
/// its maker's, and is kept when it is no longer declared.
pub(crate) fn changes(request: &Request<'_>, steps: &[Step]) -> BTreeMap<ResourceId, ClaimChange> {
    let mut changes = BTreeMap::new();
    for (id, found, _) in request.ours() {
        let Some(recorded) = request.claims.get(&id) else { continue };
        let live = request.rules.claims(&id.kind, &found.spec);
        let ours: BTreeSet<String> = recorded.intersection(&live).cloned().collect();
        changes.insert(id, ClaimChange { during: ours.clone(), after: ours });
    }
    for step in steps.iter().filter(|step| step.action != Action::Wait) {
        let claims = |spec: &Option<_>| {
            let spec = spec.as_ref();
            spec.map(|spec| request.rules.claims(&step.id.kind, spec)).unwrap_or_default()
        };
        let after = claims(&step.after);
        // What is adopted was not ours before, although it was there.
        let adopts = step.action == Action::Adopt;
        let before = if adopts { BTreeSet::new() } else { claims(&step.before) };
        let change: &mut ClaimChange = changes.entry(step.id.clone()).or_default();
        change.after.retain(|claim| after.contains(claim));
        if step.action == Action::Delete {
            // Also what somebody has taken away since is forgotten only with the step.
            change.during.extend(request.claims.get(&step.id).into_iter().flatten().cloned());
        }
        let added = after.difference(&before);
        for claim in added {
            change.during.insert(claim.clone());
            change.after.insert(claim.clone());
        }
    }
    changes.retain(|_, change| !change.during.is_empty() || !change.after.is_empty());
    changes
}
