//! The calls of Cloud Monitoring.
//!
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs>,
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.notificationChannels>

use super::{Monitored, owner};
use crate::kind::StepContext;
use crate::model::Owner;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::rest::{Rest, RestApi, RestCall};
use crate::providers::gcp::{Reader, Writer};
use http::Method;
use serde_json::Value;
use std::sync::Arc;

const MONITORING: RestApi = RestApi { host: "monitoring.googleapis.com", version: "v3" };

/// How many things a page may have; a project has 100 uptime checks at first.
const PAGE_SIZE: &str = "100";

/// The things of a collection in a project.
pub(crate) async fn listed(
    rest: &Rest,
    what: &str,
    project: &str,
    collection: &str,
) -> Result<Vec<Value>, CallFailed> {
    let call = RestCall::get(what, format!("projects/{project}/{collection}"));
    rest.list(MONITORING, call.with("pageSize", PAGE_SIZE), collection).await
}

impl Reader {
    /// The things of a collection in a project.
    pub(crate) async fn monitored(
        &self,
        project: &str,
        collection: &str,
        things: &str,
    ) -> Result<Arc<Vec<Value>>, CallFailed> {
        let what = format!("the {things} of project {project}");
        let call = || listed(&self.rest, &what, project, collection);
        let ask = async || self.ask(&what, call).await.map(Arc::new);
        self.monitoring.answer(&format!("{project}/{collection}"), ask).await
    }
}

/// The thing of a step as it is now: ours, or else the first of the name.
pub(super) async fn look<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
) -> Result<Option<Value>, CallFailed> {
    let what = format!("looking at {}", step.id.local());
    let project = step.place.project.as_str();
    let mut all = listed(&writer.rest, &what, project, K::COLLECTION).await?;
    all.retain(|live| K::is_one(live) && K::name(project, live) == step.id.name);
    let is_ours =
        |live: &Value| matches!(owner::<K>(project, live, &step.mark.stack), Owner::Ours(_));
    let first = all.iter().position(is_ours).or((!all.is_empty()).then_some(0));
    Ok(first.map(|at| all.swap_remove(at)))
}

/// Makes a thing.
pub(super) async fn create<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    what: &str,
    body: Value,
) -> Result<Value, CallFailed> {
    let path = format!("projects/{}/{}", step.place.project, K::COLLECTION);
    let call = RestCall::change(what, Method::POST, path).sending(body);
    writer.rest.call(MONITORING, &call).await
}

/// Changes the fields of `mask`.
pub(super) async fn patch(
    writer: &Writer,
    what: &str,
    live: &Value,
    mask: &[&str],
    body: Value,
) -> Result<Value, CallFailed> {
    let call = RestCall::change(what, Method::PATCH, path(live));
    let call = call.with("updateMask", mask.join(",")).sending(body);
    writer.rest.call(MONITORING, &call).await
}

/// Deletes a thing.
pub(super) async fn delete(writer: &Writer, what: &str, live: &Value) -> Result<(), CallFailed> {
    let call = RestCall::change(what, Method::DELETE, path(live));
    writer.rest.call(MONITORING, &call).await.map(drop)
}

/// The name that the server gave it, `projects/P/uptimeCheckConfigs/ID`.
fn path(live: &Value) -> &str {
    live["name"].as_str().unwrap_or_default()
}
