//! The values of secrets: read from the environment, from files, by the program `sops`, and by
//! the provider from Secret Manager. Made for a run that applies; planning has at most a
//! [`Glance`], and no run needs either to be planned.

mod file;
pub mod generate;
mod sops;
mod supplied;

use crate::kind::{Glance, ProviderError, Resolve, Resolved, SecretError};
use crate::model::secret::{Comparison, Fingerprint, Imprint, Reference, SALT_BYTES, Value};
use crate::providers::gcp::{Connection, SecretVersions};
use futures::future::BoxFuture;
use std::path::PathBuf;
use std::sync::Arc;
use supplied::Supplied;

/// Finds the values of a stack's secrets.
#[derive(Clone, Debug)]
pub struct Resolver {
    folder: PathBuf,
    versions: SecretVersions,
    supplied: Option<Supplied>,
}

impl Resolver {
    /// For the stack in a folder.
    pub fn new(folder: impl Into<PathBuf>, connection: &Connection) -> Self {
        let versions = SecretVersions::new(connection);
        Self { folder: folder.into(), versions, supplied: None }
    }

    /// The value of a secret that is not in Secret Manager.
    async fn here(&self, reference: &Reference) -> Result<Value, SecretError> {
        let found = match reference.clone() {
            Reference::Env(name) => variable(&name),
            Reference::File(path) => file::read(&self.folder, &path),
            Reference::Sops { file, key } => {
                let folder = self.folder.clone();
                let run = tokio::task::spawn_blocking(move || sops::read(&folder, &file, &key));
                run.await.unwrap_or_else(|_| Err("the program `sops` was given up".to_owned()))
            }
            Reference::Google { .. } => Err("it is in Secret Manager".to_owned()),
        };
        let found = match found {
            Ok(value) if value.is_empty() => Err("it is empty".to_owned()),
            found => found,
        };
        found.map_err(|why| SecretError::Unresolved { reference: reference.clone(), why })
    }

    /// Whether a secret can be resolved from here; its value is read where that is the only way
    /// to tell, and forgotten.
    pub async fn probe(&self, reference: &Reference) -> Result<(), SecretError> {
        let Reference::Google { project, name } = reference else {
            return self.here(reference).await.map(drop);
        };
        self.versions.newest(project, name).await?;
        if self.versions.may_read(project, name).await? {
            return Ok(());
        }
        let what = format!("the value of secret {name}");
        let why = "`secretmanager.versions.access` is missing".to_owned();
        Err(ProviderError::Unreadable { what, why }.into())
    }
}

impl Resolve for Resolver {
    fn resolve<'a>(
        &'a self,
        reference: &'a Reference,
    ) -> BoxFuture<'a, Result<Resolved, SecretError>> {
        Box::pin(async move {
            if let Reference::Google { project, name } = reference {
                if let Some(supplied) = &self.supplied {
                    supplied.supply(&self.versions, project, name).await?;
                }
                return Ok(self.versions.access(project, name).await?);
            }
            let value = self.here(reference).await?;
            let salt: [u8; SALT_BYTES] = generate::random();
            let imprint = Imprint::Value(Fingerprint::new(&value, salt));
            Ok(Resolved { value, imprint })
        })
    }
}

impl Glance for Resolver {
    fn glance<'a>(
        &'a self,
        reference: &'a Reference,
        carried: Option<&'a Imprint>,
    ) -> BoxFuture<'a, Comparison> {
        Box::pin(async move {
            let Some(carried) = carried else { return Comparison::Differs };
            let seen = match reference {
                Reference::Google { project, name } => {
                    let newest = self.versions.newest(project, name).await;
                    newest.map(|newest| carried.of_google(reference, newest)).map_err(Into::into)
                }
                _ => self.here(reference).await.map(|value| carried.of_value(&value)),
            };
            seen.unwrap_or_else(|error: SecretError| Comparison::NotCompared {
                why: error.to_string(),
            })
        })
    }
}

/// The resolver as steps take it.
pub fn shared(resolver: Resolver) -> Arc<dyn Resolve> {
    Arc::new(resolver)
}

fn variable(name: &str) -> Result<Value, String> {
    use std::os::unix::ffi::OsStringExt;
    let value = std::env::var_os(name).ok_or("it is not set")?;
    Ok(Value::new(value.into_vec()))
}

/// Who reads a secret, in words for `doctor`.
pub fn by_whom(reference: &Reference, google: &str) -> String {
    match reference {
        Reference::Google { .. } => google.to_owned(),
        Reference::Env(_) | Reference::File(_) => "this process".to_owned(),
        Reference::Sops { .. } => "the program `sops`".to_owned(),
    }
}
