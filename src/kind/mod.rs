//! The `Kind` trait: what the engine asks of every type of resource, and the registry in which
//! kinds of different types stand side by side.
//!
//! A kind is one file in `providers/<provider>/`. It says how to observe and how to apply one
//! step; order, staleness, retries and refusal are the engine's.

mod defaults;
mod erased;
mod error;
mod observe;
mod provider;
mod retry;
mod secret;
mod step;

pub use erased::{Actors, Observers, Registry, digest};
pub use error::ProviderError;
pub use provider::{Bearing, Provider};
pub use retry::{MayPass, Retried, Retry};
pub use secret::{Glance, NoSecrets, Resolve, Resolved, SecretError};
pub use step::{Applied, Change, Ends, Note, Rehearsed, StepContext};

use crate::model::{Need, Observation, Scope, Transition, Usage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::future::Future;

/// One type of resource.
pub trait Kind: Send + Sync + 'static {
    /// What users call it, `gcs-bucket`.
    const NAME: &'static str;

    /// The version of [`Kind::Spec`]; raised when a spec means something else than before, so
    /// that digests of the old meaning are not compared with those of the new one.
    const SCHEMA: u32 = 1;

    /// Whether it is a protected kind: it holds data or people, so that a second one made beside
    /// the one that runs does harm. What looks like a renamed or a running one is questioned.
    const PROTECTED: bool = false;

    /// The complete settings. Unknown fields are denied and every optional field has a default;
    /// optional fields of nested structures are skipped when they hold their default.
    type Spec: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync;

    /// A client that can only read: planning constructs nothing else.
    type Reader: Send + Sync;

    /// A client that can write, and whose clouds it writes to.
    type Writer: Provider;

    /// Finds **everything in scope that carries the stack's mark, and whatever else bears a
    /// declared name**, with list calls where the API has them. What else those lists show that
    /// carries nobody's mark are the [`Observation::strangers`].
    ///
    /// # Errors
    /// [`ProviderError::Unreadable`] when it cannot be told whether something is there.
    fn observe(
        reader: &Self::Reader,
        scope: &Scope<'_>,
    ) -> impl Future<Output = Result<Observation<Self::Spec>, ProviderError>> + Send;

    /// Carries out one step. A create succeeds when the same thing of ours is already there (the
    /// answer to an earlier call was lost); an operation that already runs is waited for.
    ///
    /// # Errors
    /// [`ProviderError::Stale`] when the object is no longer what the step was planned on, and
    /// whatever the cloud says.
    fn apply(
        writer: &Self::Writer,
        step: &StepContext,
        change: Change<Self::Spec>,
    ) -> impl Future<Output = Result<Applied, ProviderError>> + Send;

    /// Asks the cloud whether it would carry out a step, and changes nothing. Most clouds cannot be
    /// asked.
    ///
    /// # Errors
    /// Why it would refuse, and whatever else keeps it from telling.
    fn rehearse(
        _writer: &Self::Writer,
        _step: &StepContext,
        _change: &Change<Self::Spec>,
    ) -> impl Future<Output = Result<Rehearsed, ProviderError>> + Send {
        std::future::ready(Ok(Rehearsed::Unasked))
    }

    /// How to get from one spec to another. Pure.
    fn transition(_before: &Self::Spec, _after: &Self::Spec) -> Transition {
        Transition::InPlace
    }

    /// What a thing of this name and spec stands on. Pure.
    fn needs(_name: &str, _spec: &Self::Spec) -> BTreeSet<Need> {
        BTreeSet::new()
    }

    /// Why a thing with this spec must not be removed without being told so. Pure.
    fn protection(_spec: &Self::Spec) -> Option<String> {
        None
    }

    /// What only one change at a time may be made to, if the cloud refuses a second one: things
    /// with the same lane are changed one after the other. Pure.
    fn lane(_name: &str, _spec: &Self::Spec) -> Option<String> {
        None
    }

    /// What a thing of this name and spec is there for, if another can take its place that is made
    /// first: of things with the same lineage, the old are deleted once the new are there. Pure.
    fn lineage(_name: &str, _spec: &Self::Spec) -> Option<String> {
        None
    }

    /// What a thing of this name takes up that no other can have at the same time: where one that
    /// goes takes up the same as one that comes, the first goes first. Pure.
    fn takes_up(_name: &str) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// What a change disturbs, in words for the plan: what restarts, who is stopped. Nothing
    /// before is a creation, nothing after a removal. Pure.
    fn disruption(_before: Option<&Self::Spec>, _after: Option<&Self::Spec>) -> Vec<String> {
        Vec::new()
    }

    /// What a thing of this name and spec uses in a month of what is paid for; nothing if it is
    /// free. What cannot be priced is said as such ([`crate::model::What::Unknown`]). Pure.
    fn usage(_name: &str, _spec: &Self::Spec) -> Vec<Usage> {
        Vec::new()
    }

    /// What the ledger is to remember of a thing with this spec: what it claims inside an object
    /// that others write to as well, or its digest where its own labels are left alone. Pure.
    fn claims(_spec: &Self::Spec) -> BTreeSet<String> {
        BTreeSet::new()
    }
}
