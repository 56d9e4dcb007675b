//! How kinds come to the values of secrets: through what the command line hands them, since
//! only that may read the environment and run programs.
//!
//! Values are resolved while a step runs. Planning asks a [`Glance`] at most, which tells whether
//! what an object holds is still right, and says so when that cannot be told.

use crate::kind::ProviderError;
use crate::model::secret::{Comparison, Imprint, Reference, Value};
use futures::future::BoxFuture;

/// A value, and what the object that takes it shall remember of it.
#[derive(Debug)]
pub struct Resolved {
    /// The value.
    pub value: Value,
    /// For an annotation of the object.
    pub imprint: Imprint,
}

/// Finds the values of secrets.
pub trait Resolve: Send + Sync {
    /// The value behind a reference.
    fn resolve<'a>(
        &'a self,
        reference: &'a Reference,
    ) -> BoxFuture<'a, Result<Resolved, SecretError>>;
}

/// Tells whether objects hold what their secrets are now.
pub trait Glance: Send + Sync {
    /// Compares what an object remembers with what the secret is now.
    fn glance<'a>(
        &'a self,
        reference: &'a Reference,
        carried: Option<&'a Imprint>,
    ) -> BoxFuture<'a, Comparison>;
}

/// Why a secret has no value here.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SecretError {
    /// It is not there, or not as it must be.
    #[error("{reference} gives no secret: {why}")]
    Unresolved {
        /// Where it should be.
        reference: Reference,
        /// What is wrong, without the value.
        why: String,
    },
    /// Secret Manager did not give it.
    #[error(transparent)]
    Cloud(#[from] ProviderError),
}

impl From<SecretError> for ProviderError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Cloud(error) => error,
            SecretError::Unresolved { reference, why } => {
                Self::Refused { what: format!("reading {reference}"), why }
            }
        }
    }
}

/// Resolves and compares nothing: for runs that must not come near a secret.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSecrets;

/// Why [`NoSecrets`] has no values.
const NONE: &str = "no secrets are read in this run";

impl Resolve for NoSecrets {
    fn resolve<'a>(
        &'a self,
        reference: &'a Reference,
    ) -> BoxFuture<'a, Result<Resolved, SecretError>> {
        let (reference, why) = (reference.clone(), NONE.to_owned());
        Box::pin(async { Err(SecretError::Unresolved { reference, why }) })
    }
}

impl Glance for NoSecrets {
    fn glance<'a>(&'a self, _: &'a Reference, _: Option<&'a Imprint>) -> BoxFuture<'a, Comparison> {
        Box::pin(async { Comparison::NotCompared { why: NONE.to_owned() } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_without_secrets_plans_no_change_and_resolves_nothing() {
        let reference = Reference::Env("OSN_KEY".into());
        let comparison = NoSecrets.glance(&reference, None).await;
        assert!(!comparison.is_change());
        let error = NoSecrets.resolve(&reference).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable OSN_KEY gives no secret: no secrets are read in this run"
        );
    }
}
