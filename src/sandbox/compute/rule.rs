//! What the service refuses: names, labels, and things in the wrong state.

use serde_json::Value;

use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest;

/// <https://cloud.google.com/compute/docs/naming-resources>
pub(super) fn name(name: &str) -> Result<(), Refusal> {
    if rest::is_name(name, 1..=63) {
        return Ok(());
    }
    Err(field("name", name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'"))
}

/// <https://cloud.google.com/compute/docs/labeling-resources#requirements>
pub(super) fn labels(labels: &Value) -> Result<(), Refusal> {
    let all = labels.as_object();
    if all.is_some_and(|all| all.len() > 64) {
        return Err(Refusal::invalid("Labels: at most 64 on a resource."));
    }
    for (key, value) in all.into_iter().flatten() {
        if !rest::is_label(key, value) {
            return Err(field("labels", &format!("{key}={value}"), "Labels must match [a-z0-9_-]"));
        }
    }
    Ok(())
}

/// A field whose value is refused.
pub(super) fn field(name: &str, value: &str, why: &str) -> Refusal {
    Refusal::invalid(format!("Invalid value for field 'resource.{name}': '{value}'. {why}."))
}

/// Something that is not there.
pub(super) fn missing(thing: &str) -> Refusal {
    Refusal::not_found(format!("The resource '{thing}' was not found"))
}

/// The name is in use.
pub(super) fn exists(thing: &str) -> Refusal {
    let message = format!("The resource '{thing}' already exists");
    Refusal { reason: "alreadyExists", ..Refusal::exists(message) }
}

/// Another operation is under way on it.
pub(super) fn not_ready(thing: &str) -> Refusal {
    let message = format!("The resource '{thing}' is not ready");
    Refusal { reason: "resourceNotReady", ..Refusal::invalid(message) }
}

/// Another thing uses it.
pub(super) fn in_use(thing: &str, user: &str) -> Refusal {
    let message = format!("The resource '{thing}' is already being used by '{user}'");
    Refusal { reason: "resourceInUseByAnotherResource", ..Refusal::invalid(message) }
}

/// The labels were changed since they were read.
/// <https://cloud.google.com/compute/docs/labeling-resources#api>
pub(super) fn stale() -> Refusal {
    let message = "Labels fingerprint either invalid or resource labels have changed";
    Refusal { message: message.to_owned(), ..Refusal::precondition() }
}
