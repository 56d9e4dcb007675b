//! What a plan says beside its steps: how much is as it should be, and what nobody can account for.

use crate::model::{ResourceId, UnknownOwner};
use crate::plan::{Refusal, Request, Step, waiting};
use std::collections::{BTreeMap, BTreeSet};

/// How many resources of each planned environment are as they should be.
pub(crate) fn unchanged(
    request: &Request<'_>,
    steps: &[Step],
    refusals: &[Refusal],
) -> BTreeMap<String, usize> {
    let waiting = waiting::waiting(request);
    let touched = steps.iter().map(|step| &step.id).chain(refusals.iter().map(|r| &r.id));
    let touched: BTreeSet<&ResourceId> = touched.chain(waiting.iter().map(|w| &w.id)).collect();
    let mut counts: BTreeMap<String, usize> =
        request.environments.iter().map(|env| (env.clone(), 0)).collect();
    for id in request.stack.resources().keys().filter(|id| !touched.contains(id)) {
        counts.entry(id.env.clone()).and_modify(|count| *count += 1);
    }
    counts
}

/// What nobody can account for, in the environments that are planned.
pub(crate) fn unknown(request: &Request<'_>) -> Vec<UnknownOwner> {
    let all = request.world.kinds.values().flat_map(|observation| &observation.unknown);
    let mut unknown: Vec<UnknownOwner> =
        all.filter(|unknown| request.selects(&unknown.env)).cloned().collect();
    unknown.sort_by(|a, b| (!a.public, &a.name, &a.what).cmp(&(!b.public, &b.name, &b.what)));
    unknown
}
