//! The calls on service accounts, custom roles and the policies of accounts and projects, for
//! [`super::Reader`] and [`super::Writer`].

use crate::kind::Kind as _;
use crate::kind::ProviderError;
use crate::model::Scope;
use crate::providers::gcp::calls::POLICY_VERSION;
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use crate::providers::gcp::gcp_service::{Service, service_name};
use crate::providers::gcp::rest::{IAM_V1, Rest, RestCall};
use crate::providers::gcp::{Reader, Writer};
use google_cloud_gax::error::Error;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_iam_admin_v1::client::Iam;
use google_cloud_iam_admin_v1::model::{Role, ServiceAccount};
use google_cloud_iam_v1::model::{GetPolicyOptions, Policy};
use google_cloud_resourcemanager_v3::client::Projects;
use google_cloud_wkt::FieldMask;
use std::sync::Arc;

/// The most accounts in a page. <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/list>
const ACCOUNTS_PAGE: i32 = 100;

/// The most roles with their permissions in a page.
/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles/list>
const ROLES_PAGE: &str = "300";

/// The API of accounts, roles and pools.
pub(crate) const IAM: &str = "iam.googleapis.com";

/// The API of projects.
pub(crate) const RESOURCE_MANAGER: &str = "cloudresourcemanager.googleapis.com";

/// The project of an account, if its address says so.
pub(crate) fn project_of(email: &str) -> Option<&str> {
    email.split_once('@')?.1.strip_suffix(".iam.gserviceaccount.com")
}

/// An account as requests name it; `-` stands for whichever project it is in.
pub(crate) fn account_path(email: &str) -> String {
    format!("projects/{}/serviceAccounts/{email}", project_of(email).unwrap_or("-"))
}

/// What was listed in a project; nothing, if the API is off and the stack enables it.
pub(crate) fn unless_off<T>(
    listed: Result<T, CallFailed>,
    scope: &Scope<'_>,
    project: &str,
    api: &str,
) -> Result<Option<T>, ProviderError> {
    match listed {
        Ok(listed) => Ok(Some(listed)),
        Err(failed) if failed.reason == Reason::ApiOff => {
            let promised = scope.declares(Service::NAME, &service_name(project, api));
            if promised { Ok(None) } else { Err(failed.into()) }
        }
        // A project that is not there and one that we may not see look the same.
        Err(failed) if failed.reason == Reason::Absent => Err(ProviderError::Unreadable {
            what: format!("project {project}"),
            why: failed.why().to_owned(),
        }),
        Err(failed) => Err(failed.into()),
    }
}

/// The answer; none if there is no such thing.
fn unless_absent<T>(answer: Result<T, Error>, what: &str) -> Result<Option<T>, CallFailed> {
    let failed = match answer {
        Ok(found) => return Ok(Some(found)),
        Err(error) => CallFailed::new(Purpose::Read, what, &error),
    };
    if failed.reason == Reason::Absent { Ok(None) } else { Err(failed) }
}

async fn list_accounts(iam: &Iam, project: &str) -> Result<Vec<ServiceAccount>, CallFailed> {
    let request = iam.list_service_accounts().set_name(format!("projects/{project}"));
    let mut pages = request.set_page_size(ACCOUNTS_PAGE).by_item();
    let mut accounts = Vec::new();
    while let Some(account) = pages.next().await {
        let what = || format!("the service accounts of project {project}");
        accounts.push(account.map_err(|error| CallFailed::new(Purpose::Read, what(), &error))?);
    }
    Ok(accounts)
}

/// The client's own call always goes to `/v1/roles`, the list of Google's roles.
async fn list_roles(rest: &Rest, project: &str) -> Result<Vec<Role>, CallFailed> {
    let what = format!("the custom roles of project {project}");
    let call = RestCall::get(&what, format!("projects/{project}/roles"));
    let call = call.with("view", "FULL").with("showDeleted", "true");
    let listed = rest.list(IAM_V1, call.with("pageSize", ROLES_PAGE), "roles").await?;
    let read = listed.into_iter().map(serde_json::from_value);
    read.collect::<Result<_, _>>()
        .map_err(|error| CallFailed::new(Purpose::Read, &*what, &Error::deser(error)))
}

fn options() -> GetPolicyOptions {
    GetPolicyOptions::new().set_requested_policy_version(POLICY_VERSION)
}

async fn account_policy(iam: &Iam, email: &str) -> Result<Option<Policy>, CallFailed> {
    let request = iam.get_iam_policy().set_resource(account_path(email)).set_options(options());
    let what = format!("the access policy of service account {email}");
    unless_absent(request.send().await, &what)
}

async fn project_policy(projects: &Projects, project: &str) -> Result<Option<Policy>, CallFailed> {
    let request = projects.get_iam_policy().set_resource(format!("projects/{project}"));
    let what = format!("the access policy of project {project}");
    unless_absent(request.set_options(options()).send().await, &what)
}

impl Reader {
    /// The service accounts of a project.
    pub(crate) async fn accounts(
        &self,
        project: &str,
    ) -> Result<Arc<Vec<ServiceAccount>>, CallFailed> {
        let ask = async || {
            let what = format!("listing the service accounts of project {project}");
            self.ask(&what, || list_accounts(&self.iam, project)).await.map(Arc::new)
        };
        self.accounts.answer(project, ask).await
    }

    /// The custom roles of a project, deleted ones included.
    pub(crate) async fn roles(&self, project: &str) -> Result<Vec<Role>, CallFailed> {
        let what = format!("listing the custom roles of project {project}");
        self.ask(&what, || list_roles(&self.rest, project)).await
    }

    /// The policy of an account; none if it is gone.
    pub(crate) async fn account_policy(&self, email: &str) -> Result<Option<Policy>, CallFailed> {
        let what = format!("reading the policy of service account {email}");
        self.ask(&what, || account_policy(&self.iam, email)).await
    }

    /// The policy of a project; none if there is no such project.
    pub(crate) async fn project_policy(&self, project: &str) -> Result<Option<Policy>, CallFailed> {
        let what = format!("reading the policy of project {project}");
        self.ask(&what, || project_policy(&self.projects, project)).await
    }
}

impl Writer {
    /// An account as it is now.
    pub(crate) async fn account(&self, email: &str) -> Result<Option<ServiceAccount>, CallFailed> {
        let answer = self.iam.get_service_account().set_name(account_path(email)).send().await;
        unless_absent(answer, &format!("service account {email}"))
    }

    /// Makes an account.
    pub(crate) async fn create_account(
        &self,
        project: &str,
        email: &str,
        account: ServiceAccount,
    ) -> Result<ServiceAccount, CallFailed> {
        let id = email.split('@').next().unwrap_or_default();
        let request = self.iam.create_service_account().set_name(format!("projects/{project}"));
        let request = request.set_account_id(id).set_service_account(account);
        request.send().await.map_err(failed("creating service account", email))
    }

    /// Changes what people read of an account.
    pub(crate) async fn patch_account(
        &self,
        email: &str,
        account: ServiceAccount,
    ) -> Result<ServiceAccount, CallFailed> {
        let mask = FieldMask::default().set_paths(["display_name", "description"]);
        let account = account.set_name(account_path(email));
        let request = self.iam.patch_service_account().set_service_account(account);
        let request = request.set_update_mask(mask);
        request.send().await.map_err(failed("changing service account", email))
    }

    /// Switches an account on or off.
    pub(crate) async fn switch_account(&self, email: &str, off: bool) -> Result<(), CallFailed> {
        let name = account_path(email);
        let answer = match off {
            true => self.iam.disable_service_account().set_name(name).send().await,
            false => self.iam.enable_service_account().set_name(name).send().await,
        };
        answer.map_err(failed("switching service account", email))
    }

    /// Deletes an account.
    pub(crate) async fn delete_account(&self, email: &str) -> Result<(), CallFailed> {
        let request = self.iam.delete_service_account().set_name(account_path(email));
        request.send().await.map_err(failed("deleting service account", email))
    }

    /// A custom role as it is now, deleted or not.
    pub(crate) async fn role(&self, path: &str) -> Result<Option<Role>, CallFailed> {
        unless_absent(self.iam.get_role().set_name(path).send().await, &format!("role {path}"))
    }

    /// Makes a custom role.
    pub(crate) async fn create_role(
        &self,
        project: &str,
        id: &str,
        role: Role,
    ) -> Result<Role, CallFailed> {
        let request = self.iam.create_role().set_parent(format!("projects/{project}"));
        request.set_role_id(id).set_role(role).send().await.map_err(failed("creating role", id))
    }

    /// Changes a custom role that is still the one that the etag of `role` was read from.
    pub(crate) async fn update_role(&self, path: &str, role: Role) -> Result<Role, CallFailed> {
        let fields = ["title", "description", "included_permissions", "stage", "etag"];
        let request = self.iam.update_role().set_name(path).set_role(role);
        let request = request.set_update_mask(FieldMask::default().set_paths(fields));
        request.send().await.map_err(failed("changing role", path))
    }

    /// Deletes a custom role; it can be brought back for a week.
    pub(crate) async fn delete_role(&self, path: &str) -> Result<Role, CallFailed> {
        self.iam.delete_role().set_name(path).send().await.map_err(failed("deleting role", path))
    }

    /// Brings a custom role back.
    pub(crate) async fn undelete_role(&self, path: &str) -> Result<Role, CallFailed> {
        let request = self.iam.undelete_role().set_name(path);
        request.send().await.map_err(failed("bringing back role", path))
    }

    /// The policy of an account as it is now; none if it is gone.
    pub(crate) async fn account_policy(&self, email: &str) -> Result<Option<Policy>, CallFailed> {
        account_policy(&self.iam, email).await
    }

    /// Replaces the policy of an account; its etag guards it.
    pub(crate) async fn set_account_policy(
        &self,
        email: &str,
        policy: Policy,
    ) -> Result<Policy, CallFailed> {
        let policy = policy.set_version(POLICY_VERSION);
        let request = self.iam.set_iam_policy().set_resource(account_path(email));
        let answer = request.set_policy(policy).send().await;
        answer.map_err(failed("setting the access policy of service account", email))
    }

    /// The policy of a project as it is now; none if there is no such project.
    pub(crate) async fn project_policy(&self, project: &str) -> Result<Option<Policy>, CallFailed> {
        project_policy(&self.projects, project).await
    }

    /// Replaces the policy of a project; its etag guards it.
    pub(crate) async fn set_project_policy(
        &self,
        project: &str,
        policy: Policy,
    ) -> Result<Policy, CallFailed> {
        let policy = policy.set_version(POLICY_VERSION);
        let request = self.projects.set_iam_policy().set_resource(format!("projects/{project}"));
        let answer = request.set_policy(policy).send().await;
        answer.map_err(failed("setting the access policy of project", project))
    }
}

fn failed(doing: &str, name: &str) -> impl FnOnce(Error) -> CallFailed {
    move |error| CallFailed::new(Purpose::Write, format!("{doing} {name}"), &error)
}
