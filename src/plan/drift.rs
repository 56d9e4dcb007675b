//! What others did: everything of ours that is no longer as we last applied it.
//!
//! *Drift* is a change of the live object, *pending* one of the declaration. Where it cannot be
//! told what was last applied, the origin is *unknown*, and is never called drift.

use crate::model::{
    Found, Had, Manage, Mark, Resource, ResourceId, Source, SpecMark, UnknownOwner,
};
use crate::plan::rest;
use crate::plan::{FieldChange, Ignored, Origin, Request, compare, diff, ignore};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is not as it was last applied, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Objects that were changed behind our back.
    pub drifted: Vec<Drifted>,
    /// What only the declaration changed, or nobody declares any more: for `plan` to show.
    pub pending: Vec<ResourceId>,
    /// Objects of which it cannot be told who changed them.
    pub unknown_origin: Vec<Drifted>,
    /// What is declared and not there, where it cannot be told whether it ever was.
    pub missing: Vec<ResourceId>,
    /// What is declared, was there, and is gone: others removed it.
    #[serde(default)]
    pub gone: Vec<ResourceId>,
    /// What is declared and was not made yet.
    #[serde(default)]
    pub never_made: Vec<ResourceId>,
    /// Things inside objects of ours that nobody can account for.
    pub unknown_owners: Vec<UnknownOwner>,
    /// What differs and is let be, since the declaration says that others manage it.
    pub ignored: Vec<Ignored>,
    /// How many objects are as they were applied and declared.
    pub unchanged: usize,
}

/// One object that is not as it was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drifted {
    /// The resource.
    pub id: ResourceId,
    /// Who moved.
    pub origin: Origin,
    /// The line that declares it, if one does.
    pub source: Option<Source>,
    /// The fields that differ: `before` is declared, `after` is there. Empty where nothing
    /// declares it, since what was applied is known by its digest only.
    pub changes: Vec<FieldChange>,
}

impl Drift {
    /// Whether others changed or removed something.
    pub fn is_some(&self) -> bool {
        !self.drifted.is_empty() || !self.gone.is_empty()
    }

    /// The same where the ledger remembers what each environment had: what is missing is gone, or
    /// was never made. Without that memory it cannot be told.
    #[must_use]
    pub fn remembering(mut self, had: &BTreeMap<String, BTreeMap<ResourceId, Had>>) -> Self {
        for id in std::mem::take(&mut self.missing) {
            match had.get(&id.env).map(|had| had.get(&id)) {
                Some(Some(Had::Made)) => self.gone.push(id),
                Some(None) => self.never_made.push(id),
                Some(Some(Had::Perhaps)) | None => self.missing.push(id),
            }
        }
        self
    }

    /// The same with nothing but these resources.
    #[must_use]
    pub fn of(mut self, chosen: &BTreeSet<ResourceId>) -> Self {
        let objects = [&mut self.drifted, &mut self.unknown_origin];
        objects.into_iter().for_each(|list| list.retain(|one| chosen.contains(&one.id)));
        let ids = [&mut self.pending, &mut self.missing, &mut self.gone, &mut self.never_made];
        ids.into_iter().for_each(|list| list.retain(|id| chosen.contains(id)));
        self.ignored.retain(|one| chosen.contains(&one.id));
        let named = |name: &str| chosen.iter().any(|id| id.name == name);
        self.unknown_owners.retain(|one| named(&one.name));
        self
    }
}

/// Tells drift from what is pending. Pure, like [`crate::plan::plan`].
pub fn drift(request: &Request<'_>) -> Drift {
    let laid = ignore::lay(request);
    let request = &Request { stack: &laid.stack, ..*request };
    let mut drift = Drift {
        unknown_owners: rest::unknown(request),
        missing: missing(request),
        ..Drift::default()
    };
    for (id, found, mark) in request.ours() {
        let origin = laid.origin(request, &id, found);
        sort_in(&mut drift, request, id, found, mark, origin);
    }
    let key = |drifted: &Drifted| rank(request, &drifted.id);
    drift.drifted.sort_by_key(key);
    drift.unknown_origin.sort_by_key(key);
    drift.pending.sort_by_key(|id| rank(request, id));
    drift.ignored = laid.ignored;
    drift
}

fn rank(request: &Request<'_>, id: &ResourceId) -> (Option<usize>, ResourceId) {
    (request.environments.iter().position(|env| *env == id.env), id.clone())
}

fn sort_in(
    drift: &mut Drift,
    request: &Request<'_>,
    id: ResourceId,
    found: &Found,
    mark: &Mark,
    settled: Option<Origin>,
) {
    let resource = request.stack.resources().get(&id);
    let declared = resource.map(|resource| &resource.spec);
    if declared == Some(&found.spec) && mark.spec != SpecMark::Unfinished {
        drift.unchanged += 1;
        return;
    }
    let all: Vec<_> = declared.into_iter().collect();
    let origin = settled.unwrap_or_else(|| match all.is_empty() {
        true => orphan(request, &id, found, mark),
        false => compare::who_moved(request, &id.kind, mark, &all, &[&found.spec]),
    });
    let changes = declared.map(|declared| diff::diff(declared, &found.spec)).unwrap_or_default();
    let source = resource.map(|resource| resource.source.clone());
    let drifted = Drifted { id, origin, source, changes };
    match origin {
        Origin::Drift | Origin::DriftAndPending => drift.drifted.push(drifted),
        Origin::Unknown | Origin::Unfinished => drift.unknown_origin.push(drifted),
        Origin::Pending
        | Origin::Undeclared
        | Origin::Unwanted
        | Origin::Missing
        | Origin::Unmarked
        | Origin::HandedBack => drift.pending.push(drifted.id),
    }
}

/// Who moved where nothing is declared: the live object, or only the declaration.
fn orphan(request: &Request<'_>, id: &ResourceId, found: &Found, mark: &Mark) -> Origin {
    let live = request.rules.digest(&id.kind, &found.spec);
    match &mark.spec {
        SpecMark::Applied(applied) if *applied == live => Origin::Undeclared,
        _ => compare::who_moved(request, &id.kind, mark, &[&found.spec], &[]),
    }
}

fn missing(request: &Request<'_>) -> Vec<ResourceId> {
    let there = |id: &&ResourceId| request.found(&id.kind, &id.name).is_some();
    let full = |resource: &&Resource| resource.manage == Manage::Full;
    let declared = request.stack.resources().values().filter(full).map(|resource| &resource.id);
    declared.filter(|id| request.selects(&id.env) && !there(id)).cloned().collect()
}
