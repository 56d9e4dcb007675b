//! The scenarios: one for each line of `docs/sandbox.md` that a caller can see for itself.

mod bucket;
mod object;
mod policy;
mod version;

use futures::future::BoxFuture;

use super::stage::{Stage, Stop};

/// How a scenario ends.
type End = Result<(), Stop>;

/// A short story about one behaviour.
pub(super) struct Scenario {
    /// The id of the line.
    pub(super) id: &'static str,
    /// What is done and expected.
    pub(super) play: for<'a> fn(&'a mut Stage) -> BoxFuture<'a, End>,
}

/// All of them, in the order of the document.
pub(super) fn all() -> Vec<Scenario> {
    macro_rules! scenarios {
        ($($id:literal: $play:path,)*) => {
            vec![$(Scenario { id: $id, play: |stage| Box::pin($play(stage)) }),*]
        };
    }
    scenarios! {
        "bucket-names": bucket::names,
        "bucket-taken": bucket::taken,
        "bucket-parent": bucket::parent,
        "bucket-project": bucket::project,
        "bucket-locations": bucket::locations,
        "bucket-turbo": bucket::turbo,
        "bucket-classes": bucket::classes,
        "bucket-labels": bucket::labels,
        "bucket-lifecycle": bucket::lifecycle,
        "bucket-soft-delete": bucket::soft_delete,
        "bucket-defaults": bucket::defaults,
        "bucket-lock": version::lock,
        "bucket-logging": bucket::logging,
        "bucket-metageneration": version::metageneration,
        "bucket-precondition": version::precondition,
        "bucket-etag": version::etag,
        "bucket-update": version::update,
        "bucket-mask": version::mask,
        "bucket-not-empty": bucket::not_empty,
        "bucket-list": bucket::list,
        "policy-new": policy::new,
        "policy-uniform": policy::uniform_roles,
        "policy-etag": policy::etag,
        "policy-conditions": policy::conditions,
        "policy-conditions-uniform": policy::conditions_need_uniform,
        "policy-public": policy::public,
        "policy-members": policy::members,
        "policy-merged": policy::merged,
        "policy-caller": policy::caller,
        "object-resource": object::resource,
        "object-generations": object::generations,
        "object-checksum": object::checksum,
        "object-range": object::range,
        "object-list": object::list,
    }
}
