//! Whether a step may touch what is there.

use crate::kind::{ProviderError, StepContext};
use crate::model::{Mark, Owner, label};
use std::collections::HashMap;

/// The mark of what is ours, in the environment of a step; anything else is refused.
///
/// # Errors
/// [`ProviderError::Taken`], with whose it is.
pub(crate) fn check_ours<'a>(
    owner: &'a Owner,
    step: &StepContext,
) -> Result<&'a Mark, ProviderError> {
    let why = match owner {
        Owner::Ours(mark) if mark.env == step.id.env => return Ok(mark),
        Owner::Ours(mark) => format!("it belongs to environment {} of this stack", mark.env),
        Owner::OtherStack(other) => format!("it belongs to stack {other}"),
        Owner::Foreign => "it does not belong to this stack".to_owned(),
    };
    Err(ProviderError::Taken { name: step.id.name.clone(), why })
}

/// The owner, for telling whose a thing is: a label that names another stack says so, even if the
/// rest of the mark is that of another thing.
pub(crate) fn as_labelled(owner: Owner, labels: &HashMap<String, String>, stack: &str) -> Owner {
    match labels.get(label::STACK) {
        Some(other) if owner == Owner::Foreign && other != stack => {
            Owner::OtherStack(other.clone())
        }
        _ => owner,
    }
}
