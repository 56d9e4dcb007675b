//! `gcs-bucket-access`: who may do what with one bucket, beside whatever others granted.
//!
//! Its sign is a label on the bucket, `leap-infra-access`, put there before the first grant: so
//! it is seen that there was one when the last is no longer declared. Which grants are ours is
//! told by the declaration and by the claims that the ledger recorded before they were made.

mod apply;
mod observe;

pub use crate::providers::gcp::policy::{Condition, Grant, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Scope};
use crate::providers::gcp::gcs_bucket::Bucket;
use crate::providers::gcp::{Reader, Writer, policy};
use std::collections::BTreeSet;

/// The label on a bucket that we granted something on: the digest of what we granted.
pub const ACCESS: &str = "leap-infra-access";

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
        match change {
            Change::Create { after } => apply::create(writer, step, after).await,
            Change::Update { before, after, version: _ } => {
                apply::update(writer, step, before, after).await
            }
            Change::Delete { before, version: _ } => apply::delete(writer, step, before).await,
            Change::Adopt { spec, version: _ } => apply::adopt(writer, step, spec).await,
            Change::Disown { .. } => apply::disown(writer, step).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("policies")),
        }
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
