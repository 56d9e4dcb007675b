//! The connection to Google Cloud, and the only place that opens one.

use crate::kind::Retry;
use crate::providers::gcp::credentials::{CredentialSource, CredentialsError};
use crate::providers::gcp::rest::Rest;
use google_cloud_artifactregistry_v1::client::ArtifactRegistry;
use google_cloud_auth::credentials::{Credentials, anonymous};
use google_cloud_container_v1::client::ClusterManager;
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_iam_admin_v1::client::Iam;
use google_cloud_resourcemanager_v3::client::Projects;
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_storage::client::{Storage, StorageControl};
use std::time::Duration;

/// How long one call may take. The engine tries again, so that every call is counted and every
/// repetition is seen.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Where the cloud is.
#[derive(Clone, Debug)]
pub enum Endpoint {
    /// The embedded cloud: plaintext on loopback, and nobody in particular.
    Sandbox {
        /// Its address, `http://127.0.0.1:4443`.
        url: String,
    },
    /// Google Cloud itself.
    Live {
        /// Who we are there.
        credentials: CredentialSource,
    },
}

/// A connection, shared by the kinds. Cheap to clone. It opens on the first call.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Buckets, their policies and the metadata of objects, over gRPC. Its one channel carries up
    /// to 100 calls at a time.
    pub(crate) control: StorageControl,
    /// The bytes of objects, over HTTP.
    pub(crate) storage: Storage,
    /// Service accounts, their policies, and custom roles.
    pub(crate) iam: Iam,
    /// Projects and their policies.
    pub(crate) projects: Projects,
    /// The APIs that have no client of their own.
    pub(crate) rest: Rest,
    /// Clusters and node pools.
    pub(crate) clusters: ClusterManager,
    /// Registries of images, over HTTP.
    pub(crate) registries: ArtifactRegistry,
    /// Secrets, over HTTP.
    pub(crate) secrets: SecretManagerService,
    /// How calls that only look are tried again; the engine sees to those that change something.
    pub(crate) retry: Retry,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// We cannot say who we are.
    #[error("the credentials for Google Cloud cannot be used")]
    Credentials(#[from] CredentialsError),
    /// The client could not be made.
    #[error("a client for Google Cloud could not be made")]
    Client(#[from] google_cloud_gax::client_builder::Error),
}

impl Connection {
    /// Makes the clients for `endpoint`.
    ///
    /// # Errors
    /// When the credentials cannot be used. That nobody answers is only seen by the first call.
    pub async fn open(endpoint: &Endpoint, retry: Retry) -> Result<Self, ConnectionError> {
        // Fails when one was installed before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (url, credentials) = match endpoint {
            Endpoint::Sandbox { url } => (Some(url), anonymous::Builder::new().build()),
            Endpoint::Live { credentials } => (None, credentials.credentials().await?),
        };
        let control = control(url, credentials.clone()).await?;
        let iam = iam(url, credentials.clone()).await?;
        let projects = projects(url, credentials.clone()).await?;
        let clusters = clusters(url, credentials.clone()).await?;
        let secrets = secrets(url, credentials.clone()).await?;
        let registries = registries(url, credentials.clone()).await?;
        let rest = Rest::new(url.cloned(), credentials.clone());
        let storage = storage(url, credentials).await?;
        Ok(Self { control, storage, iam, projects, rest, clusters, registries, secrets, retry })
    }
}

async fn control(
    url: Option<&String>,
    credentials: Credentials,
) -> Result<StorageControl, ConnectionError> {
    let builder = StorageControl::builder()
        .with_credentials(credentials)
        .with_retry_policy(NeverRetry)
        .with_attempt_timeout(CALL_TIMEOUT);
    Ok(match url {
        Some(url) => builder.with_endpoint(url).build().await?,
        None => builder.build().await?,
    })
}

async fn iam(url: Option<&String>, credentials: Credentials) -> Result<Iam, ConnectionError> {
    let builder = Iam::builder()
        .with_credentials(credentials)
        .with_retry_policy(NeverRetry)
        .with_attempt_timeout(CALL_TIMEOUT);
    Ok(match url {
        Some(url) => builder.with_endpoint(url).build().await?,
        None => builder.build().await?,
    })
}

async fn projects(
    url: Option<&String>,
    credentials: Credentials,
) -> Result<Projects, ConnectionError> {
    let builder = Projects::builder()
        .with_credentials(credentials)
        .with_retry_policy(NeverRetry)
        .with_attempt_timeout(CALL_TIMEOUT);
    Ok(match url {
        Some(url) => builder.with_endpoint(url).build().await?,
        None => builder.build().await?,
    })
}

async fn clusters(
    url: Option<&String>,
    credentials: Credentials,
) -> Result<ClusterManager, ConnectionError> {
    let builder = ClusterManager::builder()
        .with_credentials(credentials)
        .with_retry_policy(NeverRetry)
        .with_attempt_timeout(CALL_TIMEOUT);
    Ok(match url {
        Some(url) => builder.with_endpoint(url).build().await?,
        None => builder.build().await?,
    })
}

async fn storage(
    url: Option<&String>,
    credentials: Credentials,
) -> Result<Storage, ConnectionError> {
    let builder = Storage::builder().with_credentials(credentials).with_retry_policy(NeverRetry);
    Ok(match url {
        Some(url) => builder.with_endpoint(url).build().await?,
        None => builder.build().await?,
    })
}

async fn secrets(
    url: Option<&String>,
    credentials: Credentials,
) -> Result<SecretManagerService, ConnectionError> {
    let builder =
        SecretManagerService::builder().with_credentials(credentials).with_retry_policy(NeverRetry);
    Ok(match url {
        Some(url) => builder.with_endpoint(url).build().await?,
        None => builder.build().await?,
    })
}

/// Its paths are those of clusters as well, so on the sandbox it has a prefix.
async fn registries(
    url: Option<&String>,
    credentials: Credentials,
) -> Result<ArtifactRegistry, ConnectionError> {
    let builder = ArtifactRegistry::builder()
        .with_credentials(credentials)
        .with_retry_policy(NeverRetry)
        .with_attempt_timeout(CALL_TIMEOUT);
    Ok(match url {
        Some(url) => builder.with_endpoint(format!("{url}/artifactregistry")).build().await?,
        None => builder.build().await?,
    })
}
