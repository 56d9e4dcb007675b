//! One bucket as a step means it. How a step is carried out is in [`labelled`].
//!
//! [`labelled`]: crate::providers::gcp::labelled

use crate::kind::{ProviderError, StepContext};
use crate::model::Version;
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::gcs_bucket::{Spec, check_ours, is_nobodys, wire};
use crate::providers::gcp::labelled::Labelled;
use google_cloud_storage::model::Bucket as Live;
use std::collections::BTreeMap;

/// The bucket that a step is about.
pub(crate) struct OneBucket<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) step: &'a StepContext,
}

impl OneBucket<'_> {
    fn name(&self) -> &str {
        &self.step.id.name
    }
}

impl Labelled for OneBucket<'_> {
    const NOUN: &'static str = "bucket";
    type Spec = Spec;
    type Live = Live;

    fn what(&self) -> String {
        format!("bucket {}", self.name())
    }

    fn version(live: &Live) -> Version {
        Version(live.metageneration.to_string())
    }

    fn spec(live: &Live) -> Spec {
        wire::from_wire(live).0
    }

    fn labels(live: &Live) -> BTreeMap<String, String> {
        live.labels.clone().into_iter().collect()
    }

    fn bare(labels: BTreeMap<String, String>) -> Live {
        Live::new().set_labels(labels)
    }

    fn check_ours(&self, live: &Live) -> Result<(), ProviderError> {
        check_ours(self.step, live)
    }

    fn is_nobodys(&self, live: &Live) -> bool {
        is_nobodys(live, &self.step.mark.stack)
    }

    fn changed(&self, live: &Live, after: &Spec) -> Live {
        let (_, kept) = wire::from_wire(live);
        wire::to_wire(after, wire::labels(after, &self.step.mark, Some(live)), kept)
    }

    fn fields(before: &Spec, after: &Spec) -> Vec<&'static str> {
        wire::changed_fields(before, after)
    }

    async fn make(&self, after: &Spec) -> Result<Live, CallFailed> {
        let bucket = wire::to_wire(after, wire::labels(after, &self.step.mark, None), Vec::new());
        self.writer.create(&self.step.place.project, self.name(), bucket).await
    }

    /// Names of buckets are one space for everybody: it may be in use where we may not look.
    async fn met(&self, failed: CallFailed) -> Result<Live, ProviderError> {
        let name = self.name().to_owned();
        match self.read().await {
            Ok(Some(bucket)) => Ok(bucket),
            Ok(None) => {
                let (what, why) = (format!("creating bucket {name}"), "it is being deleted");
                Err(ProviderError::Transient { what, why: why.to_owned(), retry_after: None })
            }
            Err(hidden) if hidden.reason == Reason::Denied => {
                Err(ProviderError::Taken { name, why: failed.why().to_owned() })
            }
            Err(other) => Err(other.into()),
        }
    }

    async fn read(&self) -> Result<Option<Live>, CallFailed> {
        self.writer.bucket(self.name()).await
    }

    async fn write(
        &self,
        seen: &Live,
        body: Live,
        fields: Vec<&'static str>,
    ) -> Result<Live, CallFailed> {
        self.writer.update(self.name(), seen.metageneration, body, fields).await
    }

    /// Only an empty one can be.
    async fn delete(&self, seen: &Live) -> Result<(), CallFailed> {
        self.writer.delete(self.name(), seen.metageneration).await
    }
}
