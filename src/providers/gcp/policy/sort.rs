//! Telling our grants in a policy from those of others. Pure.

use super::{Grant, Spec, change};
use crate::model::{Found, Mark, Owner, Place, Resource, Scope, SpecMark, Status, spec_digest};
use google_cloud_iam_v1::model::Policy;
use serde::Deserialize as _;
use std::collections::BTreeSet;

/// What is known of the grants on one thing.
pub(crate) struct Sorted {
    /// Those that are declared, and those that we recorded before making them.
    pub(crate) ours: BTreeSet<Grant>,
    /// All others.
    pub(crate) others: BTreeSet<Grant>,
    /// Whether any of ours is no longer declared.
    pub(crate) leftover: bool,
}

/// Tells our grants from the others. A grant whose member was deleted is ours if it was before.
pub(crate) fn sort(
    live: BTreeSet<Grant>,
    wanted: Option<&Resource>,
    claims: Option<&BTreeSet<String>>,
) -> Sorted {
    let declared = wanted.map(declared).unwrap_or_default();
    let is_ours = |grant: &Grant| {
        declared.contains(grant) || claims.is_some_and(|claims| claims.contains(&grant.claim()))
    };
    let (ours, others): (BTreeSet<_>, BTreeSet<_>) = live
        .into_iter()
        .partition(|grant| is_ours(grant) || grant.while_it_lived().is_some_and(|it| is_ours(&it)));
    let leftover = ours.iter().any(|grant| !declared.contains(grant));
    Sorted { ours, others, leftover }
}

/// Our grants as a resource of their own, where nothing but the ledger's claims and the
/// declaration says which they are. None if none is there and some are wanted.
pub(crate) fn found(
    scope: &Scope<'_>,
    kind: &str,
    name: &str,
    place: Place,
    env: &str,
    policy: &Policy,
) -> Option<Found<Spec>> {
    let (wanted, claims) = (scope.wanted.get(name).copied(), scope.claims.get(name).copied());
    let Sorted { ours, .. } = sort(change::grants(policy), wanted, claims);
    // Claims of which nothing is left are forgotten by a step that does nothing else.
    if ours.is_empty() && wanted.is_some() {
        return None;
    }
    let mark = Mark {
        stack: scope.stack.to_owned(),
        env: env.to_owned(),
        id: Mark::id_of(kind, name),
        spec: remembered(claims, &ours),
    };
    Some(Found {
        name: name.to_owned(),
        place,
        owner: Owner::Ours(mark),
        spec: Spec::new(ours),
        version: super::version(policy),
        status: Status::Ready,
        holds: None,
    })
}

/// Grants that nobody claims as a resource of their own; none if there are none.
pub(crate) fn strange(
    name: &str,
    place: Place,
    grants: impl IntoIterator<Item = Grant>,
    policy: &Policy,
) -> Option<Found<Spec>> {
    let spec = Spec::new(grants);
    (!spec.grants.is_empty()).then(|| unclaimed(name, place, spec, policy))
}

/// The declared grants on what is nobody's, be it none: they stand in the way until they are taken
/// in together with it.
pub(crate) fn in_the_way(wanted: &Resource, place: Place, policy: &Policy) -> Found<Spec> {
    let (live, declared) = (change::grants(policy), declared(wanted));
    let spec = Spec::new(live.intersection(&declared).cloned());
    unclaimed(&wanted.id.name, place, spec, policy)
}

fn unclaimed(name: &str, place: Place, spec: Spec, policy: &Policy) -> Found<Spec> {
    Found {
        name: name.to_owned(),
        place,
        owner: Owner::Foreign,
        spec,
        version: super::version(policy),
        status: Status::Ready,
        holds: None,
    }
}

/// What was last applied, as far as the ledger remembers. Grants that were there before us are not
/// among its claims, so those are taken to be as they were.
fn remembered(claims: Option<&BTreeSet<String>>, ours: &BTreeSet<Grant>) -> SpecMark {
    let recorded = claims.into_iter().flatten();
    let recorded = recorded.filter_map(|claim| serde_json::from_str::<Grant>(claim).ok());
    let claimed = |grant: &&Grant| claims.is_some_and(|it| it.contains(&grant.claim()));
    let unrecorded = ours.iter().filter(|grant| !claimed(grant)).cloned();
    let spec = serde_json::to_value(Spec::new(recorded.chain(unrecorded))).unwrap_or_default();
    SpecMark::Applied(spec_digest(1, &spec, &serde_json::Map::new()))
}

/// What a resource declares to be granted.
pub(crate) fn declared(resource: &Resource) -> BTreeSet<Grant> {
    Spec::deserialize(&resource.spec).map(|spec| spec.set()).unwrap_or_default()
}
