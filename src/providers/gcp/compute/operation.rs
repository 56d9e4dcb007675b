//! Operations of the compute API: a shape of their own. They are asked for, not waited for by the
//! server, which would hold the call for two minutes: an interrupt is heard between two looks.
//!
//! <https://cloud.google.com/compute/docs/api/how-tos/api-requests-responses#handling_api_responses>

use super::{COMPUTE, last};
use crate::kind::{ProviderError, StepContext};
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use crate::providers::gcp::rest::{Rest, RestCall};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// The first pause between two looks; each further one is longer by half.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

/// Waits for an operation in `scope` (`projects/P/zones/Z`), and tells how it ended.
pub(super) async fn wait(
    rest: &Rest,
    step: &StepContext,
    what: &str,
    scope: &str,
    mut operation: Value,
) -> Result<(), CallOrStep> {
    let mut pause = SHORTEST_PAUSE;
    while operation["status"] != "DONE" {
        let name = last(&operation["name"]).to_owned();
        (step.progress)(&words(&operation));
        step.pause_for(what, pause).await?;
        pause = pause.mul_f64(1.5);
        let call = RestCall::get(what, format!("{scope}/operations/{name}"));
        operation = match rest.call(COMPUTE, &call).await {
            Ok(operation) => operation,
            // Operations are forgotten after a while: it has ended, and what came of it shows.
            Err(failed) if failed.reason == Reason::Absent => return Ok(()),
            Err(failed) => return Err(failed.into()),
        };
    }
    match &operation["error"]["errors"][0] {
        Value::Null => Ok(()),
        error => Err(failure(what, error, &operation).into()),
    }
}

/// A call that failed, or a step that must end.
#[derive(Debug)]
pub(super) enum CallOrStep {
    Call(CallFailed),
    Step(ProviderError),
}

impl From<CallFailed> for CallOrStep {
    fn from(failed: CallFailed) -> Self {
        Self::Call(failed)
    }
}

impl From<ProviderError> for CallOrStep {
    fn from(error: ProviderError) -> Self {
        Self::Step(error)
    }
}

impl From<CallOrStep> for ProviderError {
    fn from(why: CallOrStep) -> Self {
        match why {
            CallOrStep::Call(failed) => failed.into(),
            CallOrStep::Step(error) => error,
        }
    }
}

fn words(operation: &Value) -> String {
    let kind = operation["operationType"].as_str().unwrap_or("an operation");
    let progress = operation["progress"].as_u64().filter(|progress| *progress > 0);
    let progress = progress.map(|progress| format!(", {progress} %")).unwrap_or_default();
    format!("waiting for {} ({kind}{progress})", last(&operation["name"]))
}

/// <https://cloud.google.com/compute/docs/troubleshooting/api-errors>
fn failure(what: &str, error: &Value, operation: &Value) -> CallFailed {
    let code = error["code"].as_str().unwrap_or("UNKNOWN");
    let message = error["message"].as_str().unwrap_or("it failed");
    let reason = match code {
        "RESOURCE_NOT_FOUND" => Reason::Absent,
        "RESOURCE_ALREADY_EXISTS" => Reason::Exists,
        "CONDITION_NOT_MET" => Reason::Precondition,
        "RESOURCE_NOT_READY" | "RESOURCE_OPERATION_RATE_EXCEEDED" | "INTERNAL_ERROR" => {
            Reason::ForNow
        }
        _ => match operation["httpErrorStatusCode"].as_u64() {
            Some(500..) => Reason::ForNow,
            _ => Reason::Refused,
        },
    };
    let help = match code {
        "QUOTA_EXCEEDED" => "; ask for more quota, or ask for less",
        "ZONE_RESOURCE_POOL_EXHAUSTED" => "; the zone has no more of it: try another, or later",
        _ => "",
    };
    CallFailed::because(reason, Purpose::Write, what, &format!("{code}: {message}{help}"))
}

/// A number by which the server knows a call that is sent again: the same for all attempts of one
/// step at one thing, another one for the next step.
/// <https://cloud.google.com/compute/docs/reference/rest/v1/disks/insert#query-parameters>
pub(super) fn request_id(step: &StepContext) -> String {
    let told = format!("{} {:?} {:?}", step.id, step.mark.spec, step.deadline);
    let mut bytes: [u8; 16] = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(told.as_bytes())[..16]);
    // A UUID of version 8, whose content is ours: <https://www.rfc-editor.org/rfc/rfc9562#section-5.8>
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}
