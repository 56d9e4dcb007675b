//! The half of the client that cannot write.

use crate::kind::Retry;
use crate::providers::gcp::artifact_registry;
use crate::providers::gcp::calls::{self, Versions};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::rest::Rest;
use crate::providers::gcp::{compute, container};
use crate::providers::memo::Memo;
use google_cloud_artifactregistry_v1::client::ArtifactRegistry;
use google_cloud_iam_admin_v1::client::Iam;
use google_cloud_iam_admin_v1::model::ServiceAccount;
use google_cloud_iam_v1::model::Policy;
use google_cloud_resourcemanager_v3::client::Projects;
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_secretmanager_v1::model::Secret;
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket;
use std::sync::Arc;

/// How many questions are under way at a time: as many as one channel carries. A plan of 1,000
/// buckets with access asks for 1,000 policies, and each answer takes its time to travel.
pub(crate) const AT_ONCE: usize = 100;

/// Looks at Google Cloud and cannot change it. Lives for one run: what it has listed once, it
/// does not list again, so that kinds which look at the same buckets share one list.
#[derive(Debug)]
pub struct Reader {
    control: StorageControl,
    pub(crate) retry: Retry,
    pub(crate) secrets: SecretManagerService,
    pub(crate) secret_lists: Memo<Arc<Vec<Arc<Secret>>>>,
    lists: Memo<Arc<Vec<Arc<Bucket>>>>,
    buckets: Memo<Option<Arc<Bucket>>>,
    pub(super) iam: Iam,
    pub(super) projects: Projects,
    pub(crate) rest: Rest,
    pub(super) accounts: Memo<Arc<Vec<ServiceAccount>>>,
    pub(super) pools: Memo<Arc<Vec<serde_json::Value>>>,
    /// Lists of Cloud Monitoring, by project and collection.
    pub(super) monitoring: Memo<Arc<Vec<serde_json::Value>>>,
    /// Lists of the compute API, by project and collection.
    pub(crate) compute: Memo<compute::Listed>,
    pub(crate) registries: ArtifactRegistry,
    /// Registries, by project and location.
    pub(crate) registry_lists: Memo<artifact_registry::Listed>,
    /// Clusters, their pools and operations.
    pub(crate) clusters: container::Sight,
}

impl Reader {
    /// A reader for one run.
    pub fn new(connection: &Connection) -> Self {
        let Connection { control, retry, iam, projects, rest, registries, secrets, .. } =
            connection.clone();
        let clusters = container::Sight::new(connection);
        let (lists, buckets, secret_lists) = (Memo::default(), Memo::default(), Memo::default());
        let (accounts, pools, compute) = (Memo::default(), Memo::default(), Memo::default());
        let monitoring = Memo::default();
        Self {
            control,
            retry,
            lists,
            buckets,
            iam,
            projects,
            rest,
            accounts,
            pools,
            monitoring,
            compute,
            registries,
            registry_lists: Memo::default(),
            clusters,
            secrets,
            secret_lists,
        }
    }

    /// Asks something, and asks again if the answer does not come.
    pub(crate) async fn ask<T, F>(
        &self,
        what: &str,
        call: impl FnMut() -> F,
    ) -> Result<T, CallFailed>
    where
        F: Future<Output = Result<T, CallFailed>>,
    {
        self.retry.run(what, None, call).await
    }

    /// The buckets of a project.
    pub(crate) async fn list(&self, project: &str) -> Result<Arc<Vec<Arc<Bucket>>>, CallFailed> {
        let ask = async || {
            let what = format!("listing the buckets of project {project}");
            let call = || calls::list_buckets(&self.control, project);
            let buckets = self.retry.run(&what, None, call).await?;
            Ok(Arc::new(buckets.into_iter().map(Arc::new).collect()))
        };
        self.lists.answer(project, ask).await
    }

    /// A bucket, wherever it is.
    pub(crate) async fn bucket(&self, name: &str) -> Result<Option<Arc<Bucket>>, CallFailed> {
        let what = format!("looking at bucket {name}");
        let call = || calls::get_bucket(&self.control, name);
        let ask = async || Ok(self.retry.run(&what, None, call).await?.map(Arc::new));
        self.buckets.answer(name, ask).await
    }

    /// The policy of a bucket; none if it is gone.
    pub(crate) async fn policy(&self, name: &str) -> Result<Option<Policy>, CallFailed> {
        let what = format!("reading the policy of bucket {name}");
        self.retry.run(&what, None, || calls::get_policy(&self.control, name)).await
    }

    /// Whether a bucket holds any object of those `versions`.
    pub(crate) async fn holds_objects(
        &self,
        name: &str,
        versions: Versions,
    ) -> Result<bool, CallFailed> {
        let what = format!("looking into bucket {name}");
        self.retry.run(&what, None, || calls::holds_objects(&self.control, name, versions)).await
    }
}
