//! Waiting for operations: ours, and those of others that stand in the way.

use crate::kind::{ProviderError, StepContext};
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::container::{At, Hand};
use crate::providers::gcp::error::{CallFailed, Reason};
use google_cloud_container_v1::model::Operation;
use google_cloud_container_v1::model::operation::Status;
use std::time::Duration;

/// The first pause between two looks; each further one is longer by half of what was waited.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

/// Begins a change once nothing else is under way on the cluster, and waits until it has ended.
/// The server refuses a second change of one cluster; then the first is waited for, and this one
/// is begun again.
pub(crate) async fn change<F>(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    what: &str,
    begin: impl Fn() -> F,
) -> Result<(), ProviderError>
where
    F: Future<Output = Result<Operation, CallFailed>>,
{
    loop {
        settle(hand, step, at).await?;
        step.ensure_lease(what, CALL_TIMEOUT)?;
        match begin().await {
            Ok(operation) => return finish(hand, step, at, operation).await,
            Err(failed) if is_busy(&failed) => {
                (step.progress)(&format!("{what} waits: {}", failed.why()));
                step.pause(what).await?;
            }
            Err(failed) => return Err(failed.into()),
        }
    }
}

/// Another change is under way. <https://cloud.google.com/kubernetes-engine/docs/troubleshooting>
pub(crate) fn is_busy(failed: &CallFailed) -> bool {
    failed.reason == Reason::Precondition && failed.why().contains("incompatible operation")
}

/// Waits for whatever is under way on a cluster and its pools, however it ends.
pub(crate) async fn settle(hand: &Hand, step: &StepContext, at: &At) -> Result<(), ProviderError> {
    let all = hand.operations(at).await?;
    for operation in all.into_iter().filter(|one| is_running(one) && is_about(one, &at.cluster)) {
        match until_done(hand, step, at, operation).await {
            Ok(_) | Err(ProviderError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Waits for an operation of ours; its failure is the step's.
async fn finish(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    operation: Operation,
) -> Result<(), ProviderError> {
    let operation = until_done(hand, step, at, operation).await?;
    match reason(&operation) {
        None => Ok(()),
        Some(why) => {
            let what = format!("{} on {}", operation.name, step.id);
            Err(ProviderError::Refused { what, why })
        }
    }
}

/// Waits for the operation of that name, and says how it failed if it did.
pub(crate) async fn wait(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    name: &str,
) -> Result<(), ProviderError> {
    match hand.operation(at, name).await {
        Ok(operation) => finish(hand, step, at, operation).await,
        // Operations are forgotten after a while: it has ended, and what came of it shows.
        Err(failed) if failed.reason == Reason::Absent => Ok(()),
        Err(failed) => Err(failed.into()),
    }
}

async fn until_done(
    hand: &Hand,
    step: &StepContext,
    at: &At,
    mut operation: Operation,
) -> Result<Operation, ProviderError> {
    let mut pause = SHORTEST_PAUSE;
    while is_running(&operation) {
        (step.progress)(&words(&operation));
        step.pause_for(&words(&operation), pause).await?;
        pause = pause.saturating_mul(2);
        operation = hand.operation(at, &operation.name).await?;
    }
    Ok(operation)
}

/// Whether an operation has not ended yet.
pub(crate) fn is_running(operation: &Operation) -> bool {
    operation.status != Status::Done
}

/// Whether an operation is about a cluster or anything in it.
fn is_about(operation: &Operation, cluster: &str) -> bool {
    operation.target_link.split('/').skip_while(|part| *part != "clusters").nth(1) == Some(cluster)
}

/// The thing that an operation is about: a cluster, or `cluster/pool`.
pub(crate) fn target(operation: &Operation) -> Option<String> {
    let mut parts = operation.target_link.split('/').skip_while(|part| *part != "clusters").skip(1);
    let cluster = parts.next()?;
    match (parts.next(), parts.next()) {
        (Some("nodePools"), Some(pool)) => Some(format!("{cluster}/{pool}")),
        _ => Some(cluster.to_owned()),
    }
}

/// What a running operation does, and how far it has come.
fn words(operation: &Operation) -> String {
    let kind = operation.operation_type.name().unwrap_or("an operation");
    let kind = kind.to_lowercase().replace('_', " ");
    let stages = operation.progress.as_ref().map(|progress| &progress.stages);
    let stage = stages.into_iter().flatten().find(|stage| stage.status == Status::Running);
    let stage = stage.map(|stage| format!(", {}", stage.name)).unwrap_or_default();
    let detail = match operation.detail.as_str() {
        "" => String::new(),
        detail => format!(": {detail}"),
    };
    format!("waiting for {} ({kind}{stage}){detail}", operation.name)
}

/// Why an operation failed, if it did: what the cloud says, and its short name for it.
#[expect(deprecated, reason = "only conditions tell a stockout from a quota")]
fn reason(operation: &Operation) -> Option<String> {
    let error = operation.error.as_ref().filter(|error| error.code != 0)?;
    let conditions = operation.nodepool_conditions.iter().chain(&operation.cluster_conditions);
    let names = conditions.filter_map(|condition| condition.code.name());
    let names: Vec<&str> = names.filter(|name| *name != "UNKNOWN").collect();
    let message = match error.message.as_str() {
        "" => operation.detail.as_str(),
        message => message,
    };
    let help = names.iter().find_map(|name| advice(name)).unwrap_or_default();
    match names.first() {
        Some(name) => Some(format!("{name}: {message}{help}")),
        None => Some(message.to_owned()),
    }
}

/// What can be done about a condition.
fn advice(condition: &str) -> Option<&'static str> {
    match condition {
        "GCE_STOCKOUT" => {
            Some("; the zone has no such machines left: name more zones, or try again later")
        }
        "GCE_QUOTA_EXCEEDED" => Some("; ask for more quota, or lower the limits"),
        _ => None,
    }
}
