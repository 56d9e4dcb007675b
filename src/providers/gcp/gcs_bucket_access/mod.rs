//! `gcs-bucket-access`: who may do what with one bucket, beside whatever others granted.
//!
//! Its sign is a label on the bucket, `leap-infra-access`, put there before the first grant: so
//! it is seen that there was one when the last is no longer declared. Which grants are ours is
//! told by the declaration and by the claims that the ledger recorded before they were made.

mod observe;

pub use crate::providers::gcp::policy::{ACCESS, Condition, Grant, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Scope};
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::gcs_bucket::{Bucket, OneBucket};
use crate::providers::gcp::labelled::Labelled;
use crate::providers::gcp::policy::Holder;
use crate::providers::gcp::{Reader, Writer, policy};
use google_cloud_iam_v1::model::Policy;
use std::collections::BTreeSet;

/// The kind `gcs-bucket-access`.
#[derive(Debug)]
pub enum BucketAccess {}

impl Kind for BucketAccess {
    const NAME: &'static str = "gcs-bucket-access";
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
        policy::apply_signed(&OneBucket { writer, step }, step, change, Spec::clone).await
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let mut needs = policy::needs(spec);
        needs.insert(Need::inside(Bucket::NAME, name));
        needs
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        spec.claims()
    }
}

impl Holder for OneBucket<'_> {
    fn what(&self) -> String {
        Labelled::what(self)
    }

    async fn read(&self) -> Result<Option<Policy>, CallFailed> {
        self.writer.policy(&self.step.id.name).await
    }

    async fn write(&self, policy: Policy) -> Result<Policy, CallFailed> {
        self.writer.set_policy(&self.step.id.name, policy).await
    }
}
