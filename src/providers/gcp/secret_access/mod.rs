//! `secret-access`: who may read one secret of ours, beside whatever others granted.
//!
//! As with `gcs-bucket-access`: its sign is a label on the secret, put there before the first
//! grant, and which grants are ours is told by the declaration and by the ledger's claims.

mod observe;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Scope};
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::labelled::Labelled;
use crate::providers::gcp::policy::{self, Grant, Holder};
use crate::providers::gcp::secret::{OneSecret, Secret};
use crate::providers::gcp::{Reader, Writer};
use google_cloud_iam_v1::model::Policy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The role to read the values of a secret, and nothing else.
/// <https://cloud.google.com/secret-manager/docs/access-control>
pub const ACCESSOR: &str = "roles/secretmanager.secretAccessor";

/// The complete settings of our access on one secret; its name is that of the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Who may read it, as IAM writes members; sorted and each once.
    pub accessors: BTreeSet<String>,
}

/// The kind `secret-access`.
#[derive(Debug)]
pub enum SecretAccess {}

impl Kind for SecretAccess {
    const NAME: &'static str = "secret-access";
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
        policy::apply_signed(&OneSecret { writer, step }, step, change, grants).await
    }

    fn needs(name: &str, _spec: &Spec) -> BTreeSet<Need> {
        [Need::inside(Secret::NAME, name)].into()
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        spec.accessors.clone()
    }
}

impl Holder for OneSecret<'_> {
    fn what(&self) -> String {
        Labelled::what(self)
    }

    async fn read(&self) -> Result<Option<Policy>, CallFailed> {
        self.writer.secret_policy(&self.step.place.project, &self.step.id.name).await
    }

    async fn write(&self, policy: Policy) -> Result<Policy, CallFailed> {
        let (project, name) = (&self.step.place.project, &self.step.id.name);
        self.writer.set_secret_policy(project, name, policy).await
    }
}

/// As grants, which is what a policy is made of.
fn grants(spec: &Spec) -> policy::Spec {
    policy::Spec::new(spec.accessors.iter().map(|member| Grant::new(ACCESSOR, member)))
}
