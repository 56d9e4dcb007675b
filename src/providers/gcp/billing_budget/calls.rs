//! The calls on budgets, and those that tell what the server calls projects and channels.
//!
//! <https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets>

use super::wire;
use crate::kind::ProviderError;
use crate::model::Scope;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::identity::{RESOURCE_MANAGER, unless_off};
use crate::providers::gcp::monitoring::{self, Monitored};
use crate::providers::gcp::notification_channel::Channel;
use crate::providers::gcp::rest::{Rest, RestApi, RestCall};
use crate::providers::gcp::{Reader, Writer};
use http::Method;
use serde_json::Value;
use std::sync::Arc;

const BUDGETS: RestApi = RestApi { host: super::API, version: "v1" };

const PROJECTS: RestApi = RestApi { host: RESOURCE_MANAGER, version: "v3" };

/// How many budgets a page may have.
const PAGE_SIZE: &str = "100";

/// Where it is written what the server calls things.
pub(super) trait Books {
    /// The number of a project, if that can be told yet.
    fn number(
        &self,
        project: &str,
    ) -> impl Future<Output = Result<Option<String>, ProviderError>> + Send;

    /// The channels of a project.
    fn channels(
        &self,
        project: &str,
    ) -> impl Future<Output = Result<Arc<Vec<Value>>, ProviderError>> + Send;
}

/// A look for a plan: an API that the stack enables may be off.
pub(super) struct Look<'a>(pub(super) &'a Reader, pub(super) &'a Scope<'a>);

impl Books for Look<'_> {
    async fn number(&self, project: &str) -> Result<Option<String>, ProviderError> {
        let Self(reader, scope) = self;
        let what = format!("the number of project {project}");
        let asked = reader.ask(&what, || number(&reader.rest, &what, project)).await;
        unless_off(asked, scope, project, RESOURCE_MANAGER)
    }

    async fn channels(&self, project: &str) -> Result<Arc<Vec<Value>>, ProviderError> {
        let Self(reader, scope) = self;
        let listed = reader.monitored(project, Channel::COLLECTION, Channel::THINGS).await;
        Ok(unless_off(listed, scope, project, monitoring::API)?.unwrap_or_default())
    }
}

impl Books for Writer {
    async fn number(&self, project: &str) -> Result<Option<String>, ProviderError> {
        let what = format!("the number of project {project}");
        Ok(Some(number(&self.rest, &what, project).await?))
    }

    async fn channels(&self, project: &str) -> Result<Arc<Vec<Value>>, ProviderError> {
        let what = format!("the {} of project {project}", Channel::THINGS);
        let listed = monitoring::listed(&self.rest, &what, project, Channel::COLLECTION).await?;
        Ok(Arc::new(listed))
    }
}

/// A project is `projects/NUMBER` to itself.
async fn number(rest: &Rest, what: &str, project: &str) -> Result<String, CallFailed> {
    let call = RestCall::get(what, format!("projects/{project}"));
    let found = rest.call(PROJECTS, &call).await?;
    let name = found["name"].as_str().unwrap_or_default();
    Ok(name.strip_prefix("projects/").unwrap_or(name).to_owned())
}

fn budgets(account: &str) -> String {
    format!("billingAccounts/{account}/budgets")
}

async fn listed(rest: &Rest, what: &str, account: &str) -> Result<Vec<Value>, CallFailed> {
    let call = RestCall::get(what, budgets(account)).with("pageSize", PAGE_SIZE);
    rest.list(BUDGETS, call, "budgets").await
}

/// The budgets of an account.
pub(super) async fn list(reader: &Reader, account: &str) -> Result<Vec<Value>, CallFailed> {
    let what = format!("the budgets of billing account {account}");
    reader.ask(&what, || listed(&reader.rest, &what, account)).await
}

/// The budgets of an account as they are now.
pub(super) async fn list_now(
    writer: &Writer,
    what: &str,
    account: &str,
) -> Result<Vec<Value>, CallFailed> {
    listed(&writer.rest, what, account).await
}

/// Makes a budget.
pub(super) async fn create(
    writer: &Writer,
    what: &str,
    account: &str,
    budget: Value,
) -> Result<Value, CallFailed> {
    let call = RestCall::change(what, Method::POST, budgets(account)).sending(budget);
    writer.rest.call(BUDGETS, &call).await
}

/// Changes the fields of `mask` of a budget that is still the one whose etag it bears.
pub(super) async fn patch(
    writer: &Writer,
    what: &str,
    mask: &[&str],
    budget: Value,
) -> Result<Value, CallFailed> {
    let call = RestCall::change(what, Method::PATCH, wire::path(&budget));
    let call = call.with("updateMask", mask.join(",")).sending(budget);
    writer.rest.call(BUDGETS, &call).await
}

/// Deletes a budget.
pub(super) async fn delete(writer: &Writer, what: &str, live: &Value) -> Result<(), CallFailed> {
    let call = RestCall::change(what, Method::DELETE, wire::path(live));
    writer.rest.call(BUDGETS, &call).await.map(drop)
}
