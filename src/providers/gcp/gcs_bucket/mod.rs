//! `gcs-bucket`: a Cloud Storage bucket.

mod apply;
mod lifecycle;
pub(crate) mod observe;
mod spec;
pub(crate) mod wire;

pub(crate) use apply::OneBucket;
pub use spec::{
    CorsRule, LifecycleAction, LifecycleCondition, LifecycleRule, Logging, PublicAccessPrevention,
    Retention, Spec, Website,
};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Amount, Mark, Need, Observation, Owner, Scope, Transition, Usage, What};
use crate::providers::gcp::{Reader, Writer, labelled, ledger_store};
use crate::providers::ownership;
use google_cloud_storage::model::Bucket as Live;
use std::collections::BTreeSet;

/// The kind `gcs-bucket`.
#[derive(Debug)]
pub enum Bucket {}

impl Kind for Bucket {
    const NAME: &'static str = "gcs-bucket";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        labelled::apply(&OneBucket { writer, step }, step, change).await
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        let place = |spec: &Spec| (spec.location.clone(), spec.placement.clone());
        if place(before) != place(after) {
            return Transition::Replace("a bucket cannot move".to_owned());
        }
        if before.retention == after.retention {
            return Transition::InPlace;
        }
        let locked = |spec: &Spec| spec.retention.as_ref().is_some_and(|it| it.locked);
        if locked(before) {
            return Transition::Refuse("its retention is locked for ever".to_owned());
        }
        if locked(after) {
            return Transition::Refuse("leap-infra does not lock retention".to_owned());
        }
        Transition::InPlace
    }

    /// What lies there is paid for, and nobody knows yet how much that will be.
    fn usage(_: &str, spec: &Spec) -> Vec<Usage> {
        let places = if spec.placement.is_empty() {
            vec![spec.location.to_lowercase()]
        } else {
            spec.placement.iter().map(|region| region.to_lowercase()).collect()
        };
        let class = spec.storage_class.clone();
        vec![Usage::new(What::Storage { class, places }, Amount::open())]
    }

    fn needs(_name: &str, spec: &Spec) -> BTreeSet<Need> {
        spec.logging.iter().map(|logging| Need::refers(Self::NAME, &logging.bucket)).collect()
    }

    fn protection(spec: &Spec) -> Option<String> {
        spec.protect.then(|| "declared protect: true".to_owned())
    }
}

/// Whose a bucket is.
pub(crate) fn owner(bucket: &Live, stack: &str) -> Owner {
    let value = |key: &str| bucket.labels.get(key).map(String::as_str);
    Mark::owner(stack, Bucket::NAME, wire::name(bucket), value)
}

/// Whether a bucket carries nobody's mark: neither a stack's, nor that of a stack's ledger.
pub(crate) fn is_nobodys(bucket: &Live, stack: &str) -> bool {
    owner(bucket, stack) == Owner::Foreign && !ledger_store::is_a_ledger(bucket)
}

/// Refuses a bucket that is not one of ours in the environment of a step.
pub(crate) fn check_ours(step: &StepContext, bucket: &Live) -> Result<(), ProviderError> {
    let stack = &step.mark.stack;
    let owner = ownership::as_labelled(owner(bucket, stack), &bucket.labels, stack);
    ownership::check_ours(&owner, step).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_that_shall_move_is_replaced() {
        let (here, there) = (Spec::new("US"), Spec::new("EU"));
        let moved = Bucket::transition(&here, &there);
        assert_eq!(moved, Transition::Replace("a bucket cannot move".to_owned()));
    }

    #[test]
    fn locked_retention_is_left_alone_and_never_made() {
        let retention = |locked| Some(Retention { seconds: 60, locked });
        let with = |locked| Spec { retention: retention(locked), ..Spec::new("US") };
        let refused = |before: &Spec, after: &Spec| {
            matches!(Bucket::transition(before, after), Transition::Refuse(_))
        };
        let (none, open, locked) = (Spec::new("US"), with(false), with(true));
        assert!(refused(&locked, &none));
        assert!(refused(&none, &locked));
        assert!(!refused(&open, &none));
    }

    #[test]
    fn a_bucket_needs_the_one_that_takes_its_logs() {
        let logging = Some(Logging { bucket: "leap-logs".to_owned(), prefix: String::new() });
        let needs = Bucket::needs("leap-scratch", &Spec { logging, ..Spec::new("US") });
        assert_eq!(needs, [Need::refers("gcs-bucket", "leap-logs")].into());
    }
}
