//! `secret`: a secret in Secret Manager, the shell around its versions.
//!
//! What is inside, the versions, is data: `leap-infra secret` puts it there
//! (`secret_versions`), and nothing here reads it.

mod apply;
mod calls;
pub(crate) mod observe;
mod spec;
pub(crate) mod wire;

pub(crate) use apply::OneSecret;
pub use spec::{Rotation, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Amount, Mark, Observation, Owner, Scope, Transition, Usage, What};
use crate::providers::gcp::{Reader, Writer, labelled};
use crate::providers::ownership;
use google_cloud_secretmanager_v1::model::Secret as Live;

pub(crate) use calls::path;

/// The kind `secret`.
#[derive(Debug)]
pub enum Secret {}

impl Kind for Secret {
    const NAME: &'static str = "secret";
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
        labelled::apply(&OneSecret { writer, step }, step, change).await
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        if before.locations == after.locations {
            return Transition::InPlace;
        }
        Transition::Replace("a secret cannot move, and its values are lost with it".to_owned())
    }

    /// There is no undelete, and whoever reads it stops working.
    fn protection(_spec: &Spec) -> Option<String> {
        Some("its values go with it and cannot be had again".to_owned())
    }

    /// Each version is paid for in each place that holds it.
    fn usage(_: &str, _: &Spec) -> Vec<Usage> {
        vec![Usage::new(What::SecretVersion, Amount::open())]
    }
}

/// Whose a secret is.
pub(crate) fn owner(secret: &Live, stack: &str) -> Owner {
    let value = |key: &str| secret.labels.get(key).map(String::as_str);
    Mark::owner(stack, Secret::NAME, wire::name(secret), value)
}

/// Refuses a secret that is not one of ours in the environment of a step.
pub(crate) fn check_ours(step: &StepContext, secret: &Live) -> Result<(), ProviderError> {
    ownership::check_ours(&owner(secret, &step.mark.stack), step).map(drop)
}
