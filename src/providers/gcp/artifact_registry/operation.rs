//! Operations on registries: they are asked for until they have ended, and tell how.

use super::wire::name;
use crate::kind::{ProviderError, StepContext};
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::{CallFailed, Purpose};
use google_cloud_longrunning::model::Operation;
use std::time::Duration;

/// The first pause between two looks; each further one is longer by half.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

/// Waits for an operation; tells why it failed, if it did.
pub(super) async fn wait(
    writer: &Writer,
    step: &StepContext,
    what: &str,
    mut operation: Operation,
) -> Result<Option<CallFailed>, ProviderError> {
    if !operation.done {
        (step.progress)(&format!("waiting for {} ({what})", name(&operation.name)));
    }
    let mut pause = SHORTEST_PAUSE;
    while !operation.done {
        step.pause_for(what, pause).await?;
        pause = pause.mul_f64(1.5);
        operation = match writer.registry_operation(&operation.name).await? {
            Some(operation) => operation,
            // Operations are forgotten after a while: it has ended, and what came of it shows.
            None => return Ok(None),
        };
    }
    let error = operation.error();
    Ok(error.map(|error| CallFailed::ended(Purpose::Write, what, error.code, &error.message)))
}
