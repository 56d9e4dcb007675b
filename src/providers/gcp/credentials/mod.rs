//! Who we are to Google Cloud: which credentials there are, for whom, and what is missing.
//!
//! [`CredentialSource::detect`] looks at files only and never returns a secret;
//! [`CredentialSource::credentials`] makes the credentials that the client uses. The order is
//! that of Application Default Credentials, with the login of `gcloud` before the metadata
//! server: <https://cloud.google.com/docs/authentication/application-default-credentials>.

mod file;
mod gcloud;

use google_cloud_auth::build_errors::Error as BuildError;
use google_cloud_auth::credentials::{
    Credentials, external_account, impersonated, mds, service_account, user_account,
};
use std::fmt;
use std::path::{Path, PathBuf};

/// What the environment of the process says; only the command line reads it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `GOOGLE_APPLICATION_CREDENTIALS`.
    pub application_credentials: Option<PathBuf>,
    /// The folder of `gcloud`: `CLOUDSDK_CONFIG`, else `~/.config/gcloud`, on Windows
    /// `%APPDATA%\gcloud`.
    pub gcloud_folder: Option<PathBuf>,
    /// Whose machine this is.
    pub machine: Machine,
}

/// Whose machine we run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Machine {
    /// One of Google's, which has a metadata server.
    Google,
    /// Any other.
    #[default]
    Other,
}

/// Which credentials are in use. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSource {
    /// What they are.
    pub kind: CredentialKind,
    /// The file that they come from, if from one.
    pub path: Option<PathBuf>,
    /// For whom, where that can be told without asking: an address, an identity pool.
    pub whom: Option<String>,
    /// What is missing before they can work, in words; empty if nothing is known to be.
    pub missing: Vec<String>,
}

/// What credentials are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// The key of a service account.
    ServiceAccount,
    /// A person, by `gcloud auth application-default login`.
    AuthorizedUser,
    /// A token of somebody else, exchanged: workload identity federation.
    ExternalAccount,
    /// Somebody acting as a service account.
    Impersonated,
    /// A person who only ran `gcloud auth login`.
    Gcloud,
    /// The machine that we run on, if it is one of Google's.
    MetadataServer,
    /// A file that cannot be used.
    Unusable,
    /// There are none.
    Nothing,
}

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// Something is missing.
    #[error("{source_words}: {}", .missing.join("; "))]
    Missing {
        /// Which credentials.
        source_words: String,
        /// What is missing.
        missing: Vec<String>,
    },
    /// The client does not take them.
    #[error("they were not understood")]
    Build(#[from] BuildError),
    /// `gcloud` has no token for us.
    #[error("gcloud gave no token")]
    Gcloud(#[from] gcp_auth::Error),
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServiceAccount => "the key of a service account",
            Self::AuthorizedUser => "a person's application default login",
            Self::ExternalAccount => "workload identity federation",
            Self::Impersonated => "impersonation of a service account",
            Self::Gcloud => "the login of the gcloud command",
            Self::MetadataServer => "the metadata server of the machine",
            Self::Unusable => "a file that cannot be used",
            Self::Nothing => "no credentials",
        })
    }
}

impl fmt::Display for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, path, whom, missing: _ } = self;
        write!(f, "{kind}")?;
        if let Some(whom) = whom {
            write!(f, " for {whom}")?;
        }
        match path {
            Some(path) => write!(f, " ({})", path.display()),
            None => Ok(()),
        }
    }
}

impl CredentialSource {
    /// Finds out which credentials there are. Opens no connection.
    pub fn detect(environment: &Environment) -> Self {
        let Environment { application_credentials, gcloud_folder, machine } = environment;
        if let Some(path) = application_credentials {
            return file::describe(path);
        }
        let Some(folder) = gcloud_folder else { return Self::of_machine(*machine) };
        let default = folder.join("application_default_credentials.json");
        if default.exists() {
            return file::describe(&default);
        }
        // Where gcloud keeps the accounts that it is logged in with.
        let logins = folder.join("credentials.db");
        if logins.exists() { Self::gcloud(&logins) } else { Self::of_machine(*machine) }
    }

    /// The credentials for the clients.
    ///
    /// # Errors
    /// When something is missing, or is not understood.
    pub async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        if !self.missing.is_empty() {
            let (source_words, missing) = (self.to_string(), self.missing.clone());
            return Err(CredentialsError::Missing { source_words, missing });
        }
        let json = || file::read(self.path.as_deref().unwrap_or(Path::new("")));
        Ok(match self.kind {
            CredentialKind::ServiceAccount => service_account::Builder::new(json()?).build()?,
            CredentialKind::AuthorizedUser => user_account::Builder::new(json()?).build()?,
            CredentialKind::ExternalAccount => external_account::Builder::new(json()?).build()?,
            CredentialKind::Impersonated => impersonated::Builder::new(json()?).build()?,
            CredentialKind::Gcloud => gcloud::credentials().await?,
            // The last two always miss something.
            CredentialKind::MetadataServer | CredentialKind::Unusable | CredentialKind::Nothing => {
                mds::Builder::default().build()?
            }
        })
    }

    fn gcloud(path: &Path) -> Self {
        let (kind, path) = (CredentialKind::Gcloud, Some(path.to_owned()));
        Self { kind, path, whom: None, missing: Vec::new() }
    }

    fn of_machine(machine: Machine) -> Self {
        let (kind, missing) = match machine {
            Machine::Google => (CredentialKind::MetadataServer, Vec::new()),
            Machine::Other => {
                let login = "there is neither a login (`gcloud auth application-default login`) \
                             nor a file that GOOGLE_APPLICATION_CREDENTIALS names";
                (CredentialKind::Nothing, vec![login.to_owned()])
            }
        };
        Self { kind, path: None, whom: None, missing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn detect(content: &Value) -> CredentialSource {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials.json");
        std::fs::write(&path, content.to_string()).unwrap();
        let application_credentials = Some(path);
        CredentialSource::detect(&Environment { application_credentials, ..Environment::default() })
    }

    #[test]
    fn a_key_says_for_whom_it_is_and_never_its_secret() {
        let source = detect(&json!({
            "type": "service_account", "client_email": "deployer@leap.example.org",
            "private_key": "the-secret", "private_key_id": "1", "project_id": "leap",
        }));
        assert_eq!(source.kind, CredentialKind::ServiceAccount);
        assert_eq!(source.whom.as_deref(), Some("deployer@leap.example.org"));
        assert!(source.missing.is_empty());
        assert!(!format!("{source} {source:?}").contains("the-secret"));
    }

    #[test]
    fn federation_names_the_account_that_it_acts_as_and_the_token_that_is_not_there() {
        let source = detect(&json!({
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": "https://sts.googleapis.com/v1/token",
            "service_account_impersonation_url":
                "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ci@leap.example.org:generateAccessToken",
            "credential_source": { "file": "/nowhere/token" },
        }));
        assert_eq!(source.kind, CredentialKind::ExternalAccount);
        assert_eq!(source.whom.as_deref(), Some("ci@leap.example.org"));
        assert_eq!(source.missing, ["the token file /nowhere/token does not exist"]);
    }

    #[test]
    fn a_file_that_is_named_and_not_there_is_not_passed_over() {
        let environment = Environment {
            application_credentials: Some("/nowhere/key.json".into()),
            ..Environment::default()
        };
        let source = CredentialSource::detect(&environment);
        assert_eq!(source.kind, CredentialKind::Unusable);
        assert!(source.missing[0].starts_with("the file cannot be read"));
    }

    #[test]
    fn without_a_file_the_login_of_gcloud_is_used_and_else_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let gcloud_folder = Some(folder.path().to_owned());
        let machine = Machine::Google;
        let environment = Environment { application_credentials: None, gcloud_folder, machine };
        let kind = || CredentialSource::detect(&environment).kind;
        assert_eq!(kind(), CredentialKind::MetadataServer);
        std::fs::write(folder.path().join("credentials.db"), "").unwrap();
        assert_eq!(kind(), CredentialKind::Gcloud);
    }

    #[tokio::test]
    async fn with_nothing_at_all_nobody_is_asked() {
        let source = CredentialSource::detect(&Environment::default());
        assert_eq!(source.kind, CredentialKind::Nothing);
        assert!(matches!(source.credentials().await, Err(CredentialsError::Missing { .. })));
    }

    #[tokio::test]
    async fn what_is_missing_is_said_before_anything_is_sent() {
        let source = detect(&json!({ "type": "authorized_user", "client_id": "1" }));
        let error = source.credentials().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("the file has no client_secret"), "{text}");
    }
}
