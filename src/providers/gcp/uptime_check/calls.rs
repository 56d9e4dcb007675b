//! The calls of Cloud Monitoring on uptime checks.
//!
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs>

use super::wire;
use crate::kind::StepContext;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::rest::{Rest, RestApi, RestCall};
use crate::providers::gcp::{Reader, Writer};
use http::Method;
use serde_json::Value;

const MONITORING: RestApi = RestApi { host: "monitoring.googleapis.com", version: "v3" };

/// What has to be enabled.
pub(super) const API: &str = "monitoring.googleapis.com";

/// How many checks a page may have; a project has 100 at first.
const PAGE_SIZE: &str = "100";

async fn listed(rest: &Rest, what: &str, project: &str) -> Result<Vec<Value>, CallFailed> {
    let call = RestCall::get(what, format!("projects/{project}/uptimeCheckConfigs"));
    rest.list(MONITORING, call.with("pageSize", PAGE_SIZE), "uptimeCheckConfigs").await
}

/// The checks of a project.
pub(super) async fn list(reader: &Reader, project: &str) -> Result<Vec<Value>, CallFailed> {
    let what = format!("the uptime checks of project {project}");
    reader.ask(&what, || listed(&reader.rest, &what, project)).await
}

/// The check of a step as it is now: ours, or else the first of the name.
pub(super) async fn look(writer: &Writer, step: &StepContext) -> Result<Option<Value>, CallFailed> {
    let what = format!("looking at {}", step.id.local());
    let mut all = listed(&writer.rest, &what, &step.place.project).await?;
    all.retain(|live| wire::is_web(live) && wire::name(live) == step.id.name);
    let ours = all.iter().position(|live| wire::is_ours(live, &step.mark.stack));
    let first = ours.or((!all.is_empty()).then_some(0));
    Ok(first.map(|at| all.swap_remove(at)))
}

/// Makes a check.
pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    what: &str,
    check: Value,
) -> Result<Value, CallFailed> {
    let path = format!("projects/{}/uptimeCheckConfigs", step.place.project);
    let call = RestCall::change(what, Method::POST, path).sending(check);
    writer.rest.call(MONITORING, &call).await
}

/// Changes the fields of `mask`.
pub(super) async fn patch(
    writer: &Writer,
    what: &str,
    live: &Value,
    mask: &[&str],
    check: Value,
) -> Result<Value, CallFailed> {
    let call = RestCall::change(what, Method::PATCH, path(live));
    let call = call.with("updateMask", mask.join(",")).sending(check);
    writer.rest.call(MONITORING, &call).await
}

/// Deletes a check.
pub(super) async fn delete(writer: &Writer, what: &str, live: &Value) -> Result<(), CallFailed> {
    let call = RestCall::change(what, Method::DELETE, path(live));
    writer.rest.call(MONITORING, &call).await.map(drop)
}

/// The name that the server gave it, `projects/P/uptimeCheckConfigs/ID`.
fn path(live: &Value) -> &str {
    live["name"].as_str().unwrap_or_default()
}
