//! One secret as a step means it. How a step is carried out is in [`labelled`].
//!
//! [`labelled`]: crate::providers::gcp::labelled

use crate::kind::{ProviderError, StepContext};
use crate::model::{Owner, Version};
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::labelled::Labelled;
use crate::providers::gcp::secret::{Spec, check_ours, owner, wire};
use google_cloud_secretmanager_v1::model::Secret as Live;
use std::collections::BTreeMap;

/// The secret that a step is about.
pub(crate) struct OneSecret<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) step: &'a StepContext,
}

impl OneSecret<'_> {
    fn place(&self) -> (&str, &str) {
        (&self.step.place.project, &self.step.id.name)
    }
}

impl Labelled for OneSecret<'_> {
    const NOUN: &'static str = "secret";
    type Spec = Spec;
    type Live = Live;

    fn what(&self) -> String {
        format!("secret {}", self.step.id.name)
    }

    fn version(live: &Live) -> Version {
        Version(live.etag.clone())
    }

    fn spec(live: &Live) -> Spec {
        wire::from_wire(live)
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
        owner(live, &self.step.mark.stack) == Owner::Foreign
    }

    fn changed(&self, live: &Live, after: &Spec) -> Live {
        let labels = wire::labels(after, &self.step.mark, Some(live));
        wire::annotations(live, wire::to_wire(after, labels))
    }

    fn fields(before: &Spec, after: &Spec) -> Vec<&'static str> {
        wire::changed_fields(before, after)
    }

    async fn make(&self, after: &Spec) -> Result<Live, CallFailed> {
        let (project, name) = self.place();
        let secret = wire::to_wire(after, wire::labels(after, &self.step.mark, None));
        self.writer.create_secret(project, name, secret).await
    }

    async fn met(&self, failed: CallFailed) -> Result<Live, ProviderError> {
        self.read().await?.ok_or_else(|| failed.into())
    }

    async fn read(&self) -> Result<Option<Live>, CallFailed> {
        let (project, name) = self.place();
        self.writer.secret(project, name).await
    }

    async fn write(
        &self,
        seen: &Live,
        body: Live,
        fields: Vec<&'static str>,
    ) -> Result<Live, CallFailed> {
        let (project, name) = self.place();
        self.writer.update_secret(project, name, body, &seen.etag, fields).await
    }

    /// All its versions go with it. The plan was told so in words: it is protected.
    async fn delete(&self, seen: &Live) -> Result<(), CallFailed> {
        let (project, name) = self.place();
        self.writer.delete_secret(project, name, &seen.etag).await
    }
}
