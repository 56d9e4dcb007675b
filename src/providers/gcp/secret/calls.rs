//! The calls on secrets themselves; none of them sees a value.

use crate::kind::ProviderError;
use crate::providers::gcp::calls::POLICY_VERSION;
use crate::providers::gcp::error::{CallFailed, Purpose, unless_absent};
use crate::providers::gcp::{Reader, Writer};
use google_cloud_gax::error::Error;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_iam_v1::model::{GetPolicyOptions, Policy};
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_secretmanager_v1::model::Secret;
use google_cloud_wkt::FieldMask;
use std::sync::Arc;

/// How many secrets one page holds; up to 25,000 are allowed.
/// <https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/list>
const PAGE_SIZE: i32 = 1000;

/// A secret as requests name it.
pub(crate) fn path(project: &str, name: &str) -> String {
    format!("projects/{project}/secrets/{name}")
}

async fn list(client: &SecretManagerService, project: &str) -> Result<Vec<Secret>, CallFailed> {
    let request = client.list_secrets().set_parent(format!("projects/{project}"));
    let mut pages = request.set_page_size(PAGE_SIZE).by_item();
    let mut secrets = Vec::new();
    while let Some(secret) = pages.next().await {
        let what = || format!("the list of secrets of project {project}");
        secrets.push(secret.map_err(|error| CallFailed::new(Purpose::Read, what(), &error))?);
    }
    Ok(secrets)
}

async fn get(
    client: &SecretManagerService,
    project: &str,
    name: &str,
) -> Result<Option<Secret>, CallFailed> {
    let answer = client.get_secret().set_name(path(project, name)).send().await;
    unless_absent(answer, || format!("secret {name}"))
}

async fn policy(
    client: &SecretManagerService,
    project: &str,
    name: &str,
) -> Result<Option<Policy>, CallFailed> {
    let options = GetPolicyOptions::new().set_requested_policy_version(POLICY_VERSION);
    let request = client.get_iam_policy().set_resource(path(project, name)).set_options(options);
    unless_absent(request.send().await, || format!("the access policy of secret {name}"))
}

impl Reader {
    /// The secrets of a project.
    pub(crate) async fn secret_list(
        &self,
        project: &str,
    ) -> Result<Arc<Vec<Arc<Secret>>>, CallFailed> {
        let ask = async || {
            let what = format!("listing the secrets of project {project}");
            let secrets = self.retry.run(&what, None, || list(&self.secrets, project)).await?;
            Ok(Arc::new(secrets.into_iter().map(Arc::new).collect()))
        };
        self.secret_lists.answer(project, ask).await
    }

    /// A secret, if it exists.
    pub(crate) async fn secret(
        &self,
        project: &str,
        name: &str,
    ) -> Result<Option<Arc<Secret>>, ProviderError> {
        let what = format!("looking at secret {name}");
        let found = self.retry.run(&what, None, || get(&self.secrets, project, name)).await?;
        Ok(found.map(Arc::new))
    }

    /// The policy of a secret; none if it is gone.
    pub(crate) async fn secret_policy(
        &self,
        project: &str,
        name: &str,
    ) -> Result<Option<Policy>, ProviderError> {
        let what = format!("reading the policy of secret {name}");
        Ok(self.retry.run(&what, None, || policy(&self.secrets, project, name)).await?)
    }
}

impl Writer {
    /// A secret as it is now.
    pub(crate) async fn secret(
        &self,
        project: &str,
        name: &str,
    ) -> Result<Option<Secret>, CallFailed> {
        get(&self.secrets, project, name).await
    }

    /// The policy of a secret as it is now; none if the secret is gone.
    pub(crate) async fn secret_policy(
        &self,
        project: &str,
        name: &str,
    ) -> Result<Option<Policy>, CallFailed> {
        policy(&self.secrets, project, name).await
    }

    /// Makes a secret in a project.
    pub(crate) async fn create_secret(
        &self,
        project: &str,
        name: &str,
        secret: Secret,
    ) -> Result<Secret, CallFailed> {
        let request = self.secrets.create_secret().set_parent(format!("projects/{project}"));
        let request = request.set_secret_id(name).set_secret(secret);
        request.send().await.map_err(failed("creating", name))
    }

    /// Changes the fields `paths` of a secret that still has this etag.
    pub(crate) async fn update_secret(
        &self,
        project: &str,
        name: &str,
        secret: Secret,
        etag: &str,
        paths: Vec<&'static str>,
    ) -> Result<Secret, CallFailed> {
        let secret = secret.set_name(path(project, name)).set_etag(etag);
        let request = self.secrets.update_secret().set_secret(secret);
        let request = request.set_update_mask(FieldMask::default().set_paths(paths));
        request.send().await.map_err(failed("updating", name))
    }

    /// Deletes a secret that still has this etag, with all its versions.
    pub(crate) async fn delete_secret(
        &self,
        project: &str,
        name: &str,
        etag: &str,
    ) -> Result<(), CallFailed> {
        let request = self.secrets.delete_secret().set_name(path(project, name)).set_etag(etag);
        request.send().await.map_err(failed("deleting", name))
    }

    /// Replaces the policy of a secret, if it is still the one that `policy` was read from.
    pub(crate) async fn set_secret_policy(
        &self,
        project: &str,
        name: &str,
        policy: Policy,
    ) -> Result<Policy, CallFailed> {
        let request = self.secrets.set_iam_policy().set_resource(path(project, name));
        let request = request.set_policy(policy.set_version(POLICY_VERSION));
        request.send().await.map_err(failed("setting the access policy of", name))
    }
}

fn failed(doing: &str, name: &str) -> impl FnOnce(Error) -> CallFailed {
    move |error| CallFailed::new(Purpose::Write, format!("{doing} secret {name}"), &error)
}
