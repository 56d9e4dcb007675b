//! The half of the client that can write.

use crate::kind::Provider;
use crate::providers::gcp::calls::{self, POLICY_VERSION, path};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::container::Hand;
use crate::providers::gcp::error::{CallFailed, Purpose};
use crate::providers::gcp::rest::Rest;
use google_cloud_artifactregistry_v1::client::ArtifactRegistry;
use google_cloud_gax::error::Error;
use google_cloud_iam_admin_v1::client::Iam;
use google_cloud_iam_v1::model::Policy;
use google_cloud_resourcemanager_v3::client::Projects;
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket;
use google_cloud_wkt::FieldMask;

/// Changes Google Cloud. What it reads it reads afresh, to change it safely.
#[derive(Debug)]
pub struct Writer {
    control: StorageControl,
    pub(super) iam: Iam,
    pub(super) projects: Projects,
    pub(crate) rest: Rest,
    /// Clusters and their pools.
    pub(crate) clusters: Hand,
    pub(crate) registries: ArtifactRegistry,
    pub(crate) secrets: SecretManagerService,
}

/// Its quotas are per project and minute, far above what steps need:
/// <https://cloud.google.com/storage/quotas>
impl Provider for Writer {
    const WORD: &'static str = "gcp";
}

impl Writer {
    /// A writer.
    pub fn new(connection: &Connection) -> Self {
        let clusters = Hand::new(connection);
        let Connection { control, iam, projects, rest, registries, secrets, .. } =
            connection.clone();
        Self { control, iam, projects, rest, clusters, registries, secrets }
    }

    /// A bucket as it is now.
    pub(crate) async fn bucket(&self, name: &str) -> Result<Option<Bucket>, CallFailed> {
        calls::get_bucket(&self.control, name).await
    }

    /// The policy of a bucket as it is now; none if the bucket is gone.
    pub(crate) async fn policy(&self, name: &str) -> Result<Option<Policy>, CallFailed> {
        calls::get_policy(&self.control, name).await
    }

    /// Makes a bucket in a project.
    pub(crate) async fn create(
        &self,
        project: &str,
        name: &str,
        bucket: Bucket,
    ) -> Result<Bucket, CallFailed> {
        let request = self.control.create_bucket().set_parent("projects/_").set_bucket_id(name);
        let bucket = bucket.set_project(format!("projects/{project}"));
        request.set_bucket(bucket).send().await.map_err(failed("creating", name))
    }

    /// Changes the fields `paths` of a bucket that is still at `metageneration`.
    pub(crate) async fn update(
        &self,
        name: &str,
        metageneration: i64,
        bucket: Bucket,
        paths: Vec<&'static str>,
    ) -> Result<Bucket, CallFailed> {
        let request = self.control.update_bucket().set_bucket(bucket.set_name(path(name)));
        let request = request.set_update_mask(FieldMask::default().set_paths(paths));
        let request = request.set_if_metageneration_match(metageneration);
        request.send().await.map_err(failed("updating", name))
    }

    /// Deletes a bucket that is still at `metageneration`.
    pub(crate) async fn delete(&self, name: &str, metageneration: i64) -> Result<(), CallFailed> {
        let request = self.control.delete_bucket().set_name(path(name));
        let request = request.set_if_metageneration_match(metageneration);
        request.send().await.map_err(failed("deleting", name))
    }

    /// Replaces the policy of a bucket, if it is still the one that `policy` was read from: its
    /// etag says so.
    pub(crate) async fn set_policy(
        &self,
        name: &str,
        policy: Policy,
    ) -> Result<Policy, CallFailed> {
        let policy = policy.set_version(POLICY_VERSION);
        let request = self.control.set_iam_policy().set_resource(path(name)).set_policy(policy);
        request.send().await.map_err(failed("setting the access policy of", name))
    }
}

fn failed(doing: &str, name: &str) -> impl FnOnce(Error) -> CallFailed {
    move |error| CallFailed::new(Purpose::Write, format!("{doing} bucket {name}"), &error)
}
