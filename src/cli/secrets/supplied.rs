//! Values on the sandbox of what others keep in Secret Manager.
//!
//! The sandbox holds nothing that nobody put there, as the real cloud does. But a stack is to be
//! tried before anyone owns a credential, and so before the people who keep its secrets have put
//! them anywhere. So what runs against the sandbox puts a made-up value where a step wants one and
//! there is none. From then on it is a secret like any other, with versions to compare.

use crate::cli::secrets::Resolver;
use crate::kind::ProviderError;
use crate::model::secret::Value;
use crate::providers::gcp::SecretVersions;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The value: any text is one, and whatever wants JSON takes it too.
const MADE_UP: &str = r#"{"made up":"for the sandbox"}"#;

/// The names of the secrets that were supplied. Held while one is, so that two steps supply it once.
#[derive(Clone, Debug, Default)]
pub(super) struct Supplied(Arc<Mutex<BTreeSet<String>>>);

impl Supplied {
    /// Supplies a secret if it has no value.
    pub(super) async fn supply(
        &self,
        versions: &SecretVersions,
        project: &str,
        name: &str,
    ) -> Result<(), ProviderError> {
        let mut names = self.0.lock().await;
        let value = Value::new(MADE_UP.as_bytes().to_vec());
        if versions.supply(project, name, &value).await? {
            names.insert(name.to_owned());
        }
        Ok(())
    }
}

impl Resolver {
    /// The same for a run against the sandbox: what Secret Manager lacks there is supplied.
    #[must_use]
    pub fn supplying(self) -> Self {
        Self { supplied: Some(Supplied::default()), ..self }
    }

    /// The names of the secrets that were supplied so far.
    pub async fn supplied(&self) -> BTreeSet<String> {
        match &self.supplied {
            Some(supplied) => supplied.0.lock().await.clone(),
            None => BTreeSet::new(),
        }
    }
}
