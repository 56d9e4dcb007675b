//! What workload identity pools and their providers have in common. Not a kind; those are
//! `gcp-workload-identity-pool` and `gcp-workload-identity-provider`.
//!
//! No client on crates.io has these calls: <https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools>.
//! A deleted pool or provider keeps its name for 30 days, so one that is wanted again is brought
//! back. There is no etag: the thing is read just before, and the lease has to last.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Found, Owner, Place, Status, Version, base32_digest};
use crate::providers::description::{self, Marks};
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::rest::{IAM_V1, RestCall};
use crate::providers::gcp::{Reader, Writer};
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// A pool or a provider.
pub(crate) trait Federated: Kind {
    /// The parameter that names a new one.
    const ID: &'static str;

    /// The fields that an update names.
    const FIELDS: &'static str;

    /// The settings and the description of a live one.
    fn read(live: &Value) -> (Self::Spec, String);

    /// The same with the mark taken out of its description.
    fn described(spec: Self::Spec, description: String) -> Self::Spec;

    /// What is sent, with this description.
    fn body(spec: &Self::Spec, step: &StepContext) -> Value;
}

/// The pools of a project, deleted ones included.
pub(crate) async fn pools(reader: &Reader, project: &str) -> Result<Arc<Vec<Value>>, CallFailed> {
    let ask = async || {
        let path = format!("projects/{project}/locations/global/workloadIdentityPools");
        let what = format!("the workload identity pools of project {project}");
        list(reader, &what, &path, "workloadIdentityPools").await.map(Arc::new)
    };
    reader.pools.answer(project, ask).await
}

/// The providers of a pool, deleted ones included.
pub(crate) async fn providers(reader: &Reader, pool: &str) -> Result<Vec<Value>, CallFailed> {
    let what = format!("the providers of workload identity pool {pool}");
    let path = format!("{}/providers", path(pool));
    list(reader, &what, &path, "workloadIdentityPoolProviders").await
}

async fn list(
    reader: &Reader,
    what: &str,
    path: &str,
    key: &str,
) -> Result<Vec<Value>, CallFailed> {
    let list = || {
        let call = RestCall::get(what, path).with("showDeleted", "true");
        reader.rest.list(IAM_V1, call.with("pageSize", "100"), key)
    };
    reader.ask(what, list).await
}

/// `PROJECT/POOL` or `PROJECT/POOL/PROVIDER`, of a path.
pub(crate) fn name_of(live: &Value) -> String {
    let path = live["name"].as_str().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').skip(1).step_by(2).collect();
    let inside = parts.iter().filter(|part| **part != "global");
    inside.copied().collect::<Vec<_>>().join("/")
}

/// The path of a pool or a provider, by its name.
fn path(name: &str) -> String {
    let mut parts = name.split('/');
    let mut next = || parts.next().unwrap_or_default();
    let pool = format!("projects/{}/locations/global/workloadIdentityPools/{}", next(), next());
    match next() {
        "" => pool,
        provider => format!("{pool}/providers/{provider}"),
    }
}

/// A live one as it is observed.
pub(crate) fn found<F: Federated>(live: &Value, stack: &str, project: &str) -> Found<F::Spec> {
    let name = name_of(live);
    let (spec, owner) = settings::<F>(live, stack, &name);
    let until = live["expireTime"].as_str().unwrap_or_default().to_owned();
    let deleted = live["state"].as_str() == Some("DELETED");
    Found {
        name,
        place: Place::project(project),
        owner,
        spec,
        version: version(live),
        status: if deleted { Status::Deleted { until } } else { Status::Ready },
        holds: None,
    }
}

fn settings<F: Federated>(live: &Value, stack: &str, name: &str) -> (F::Spec, Owner) {
    let (spec, text) = F::read(live);
    let (text, owner) = description::read(stack, F::NAME, name, &text);
    (F::described(spec, text), owner)
}

/// There is no version but the content.
fn version(live: &Value) -> Version {
    Version(base32_digest(live.to_string().as_bytes()))
}

/// Carries out a step.
pub(crate) async fn apply<F: Federated>(
    writer: &Writer,
    step: &StepContext,
    change: Change<F::Spec>,
) -> Result<Applied, ProviderError> {
    match change {
        Change::Create { after } => create::<F>(writer, step, &after).await,
        Change::Update { before, after, .. } => {
            update::<F>(writer, step, &before, &after, Applied::at).await
        }
        Change::Delete { before, .. } => delete::<F>(writer, step, &before).await,
        Change::Adopt { spec, .. } => mark::<F>(writer, step, &spec, Marks::On).await,
        Change::Disown { spec, .. } => mark::<F>(writer, step, &spec, Marks::Off).await,
        Change::Wait { .. } => Err(ProviderError::Unexpected {
            what: step.id.to_string(),
            why: "it cannot be seen to be under way".to_owned(),
        }),
    }
}

async fn create<F: Federated>(
    writer: &Writer,
    step: &StepContext,
    after: &F::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("creating {}", step.id.local());
    let path = path(&step.id.name);
    let (parent, id) = path.rsplit_once('/').unwrap_or_default();
    let call = RestCall::change(&what, Method::POST, parent).with(F::ID, id);
    match writer.rest.call(IAM_V1, &call.sending(F::body(after, step))).await {
        Ok(operation) => {
            writer.rest.wait(IAM_V1, &what, operation, step).await?;
            Ok(Applied::at(Version(String::new())))
        }
        Err(failed) if failed.reason == Reason::Exists => {
            let Some(live) = look(writer, step).await? else { return Err(failed.into()) };
            let spec = ours::<F>(&live, step)?;
            let deleted = live["state"].as_str() == Some("DELETED");
            if deleted {
                let (what, path) = (format!("bringing back {}", step.id.local()), path.clone());
                let call = RestCall::change(&what, Method::POST, format!("{path}:undelete"));
                let operation = writer.rest.call(IAM_V1, &call.sending(json!({}))).await?;
                writer.rest.wait(IAM_V1, &what, operation, step).await?;
            }
            let remark = if deleted { "brought back" } else { "was already there" };
            let done = |version| Applied::at(version).saying(remark);
            update::<F>(writer, step, &spec, after, done).await
        }
        Err(failed) => Err(failed.into()),
    }
}

async fn update<F: Federated>(
    writer: &Writer,
    step: &StepContext,
    before: &F::Spec,
    after: &F::Spec,
    done: impl FnOnce(Version) -> Applied,
) -> Result<Applied, ProviderError> {
    let what = format!("changing {}", step.id.local());
    let live = look(writer, step).await?;
    let live = live.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?;
    let spec = ours::<F>(&live, step)?;
    stale::check(&step.id.local(), before, Some(after), &spec)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let call = RestCall::change(&what, Method::PATCH, path(&step.id.name));
    let call = call.with("updateMask", F::FIELDS).sending(F::body(after, step));
    let operation = writer.rest.call(IAM_V1, &call).await?;
    writer.rest.wait(IAM_V1, &what, operation, step).await?;
    Ok(done(Version(String::new())))
}

async fn delete<F: Federated>(
    writer: &Writer,
    step: &StepContext,
    before: &F::Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("deleting {}", step.id.local());
    let there = |live: &Value| live["state"].as_str() != Some("DELETED");
    let Some(live) = look(writer, step).await?.filter(there) else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let spec = ours::<F>(&live, step)?;
    stale::check(&step.id.local(), before, None, &spec)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let call = RestCall::change(&what, Method::DELETE, path(&step.id.name));
    match writer.rest.call(IAM_V1, &call).await {
        Ok(operation) => writer.rest.wait(IAM_V1, &what, operation, step).await?,
        Err(failed) if failed.reason == Reason::Absent => {}
        Err(failed) => return Err(failed.into()),
    }
    Ok(Applied::gone().saying("it can be brought back for 30 days"))
}

/// Puts our mark on what is nobody's, or takes it off again.
async fn mark<F: Federated>(
    writer: &Writer,
    step: &StepContext,
    spec: &F::Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let what = format!("marking {}", step.id.local());
    let there = |live: &Value| live["state"].as_str() != Some("DELETED");
    let Some(live) = look(writer, step).await?.filter(there) else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let (now, owner) = settings::<F>(&live, &step.mark.stack, &step.id.name);
    if let Some(said) = marks.done(&owner, step)? {
        return Ok(Applied::at(version(&live)).saying(said));
    }
    stale::check(&step.id.local(), spec, None, &now)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let (_, text) = F::read(&live);
    let (text, _) = description::read(&step.mark.stack, F::NAME, &step.id.name, &text);
    let body = json!({ "description": marks.description(&text, step) });
    let call = RestCall::change(&what, Method::PATCH, path(&step.id.name));
    let call = call.with("updateMask", "description").sending(body);
    let operation = writer.rest.call(IAM_V1, &call).await?;
    writer.rest.wait(IAM_V1, &what, operation, step).await?;
    Ok(Applied::at(Version(String::new())))
}

async fn look(writer: &Writer, step: &StepContext) -> Result<Option<Value>, ProviderError> {
    let what = step.id.local();
    match writer.rest.call(IAM_V1, &RestCall::get(&what, path(&step.id.name))).await {
        Ok(live) => Ok(Some(live)),
        Err(failed) if failed.reason == Reason::Absent => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

fn ours<F: Federated>(live: &Value, step: &StepContext) -> Result<F::Spec, ProviderError> {
    let (spec, owner) = settings::<F>(live, &step.mark.stack, &step.id.name);
    check_ours(&owner, step).map(|_| spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_path_lead_to_each_other() {
        for name in ["leap-pangeo/github", "leap-pangeo/github/actions"] {
            assert_eq!(name_of(&json!({ "name": path(name) })), name);
        }
    }
}
