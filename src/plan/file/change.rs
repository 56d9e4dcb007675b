//! One step of a plan as `resource_changes` has it.

use crate::model::{Place, ResourceId, Source, Version, path};
use crate::plan::{Action, FieldChange, Origin, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// The address, `ENV:KIND/NAME`.
    pub address: ResourceId,
    /// The environment in it.
    pub environment: String,
    /// The kind in it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name in it.
    pub name: String,
    /// What is done.
    pub change: Change,
    /// Why that is done and nothing gentler, in Terraform's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_reason: Option<Reason>,
    /// Who moved: the declaration or somebody else.
    pub origin: Origin,
    /// Why it is made anew, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The fields that differ; of something new those that are not at their default.
    pub fields: Vec<FieldChange>,
    /// How many fields stay as they are.
    pub unchanged_fields: usize,
    /// Where it lives.
    pub place: Place,
    /// The version of what is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The operation that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The digest that the mark carries afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The line that declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What a person should be told in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What it takes the place of: another object, which is deleted once this one is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<ResourceId>,
    /// What only one step at a time may change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// The steps that must be done first, as positions in `resource_changes`.
    #[serde(default)]
    pub waits_for: BTreeSet<usize>,
}

/// What is done, as Terraform says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The one action.
    pub actions: [Action; 1],
    /// What is there.
    pub before: Option<Value>,
    /// What shall be there.
    pub after: Option<Value>,
    /// The fields because of which it is made anew, each as the steps to it.
    #[serde(default)]
    pub replace_paths: Vec<Vec<String>>,
}

/// Why an action was chosen, in Terraform's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It cannot be changed where it stands.
    ReplaceBecauseCannotUpdate,
    /// Nothing declares it (any more).
    DeleteBecauseNoResourceConfig,
}

impl From<&Step> for ResourceChange {
    fn from(step: &Step) -> Self {
        let ResourceId { env, kind, name } = step.id.clone();
        let paths = step.changes.iter().map(|change| path::steps(&change.path));
        let replaces = step.replaces.is_some();
        Self {
            address: step.id.clone(),
            environment: env,
            kind,
            name,
            change: Change {
                actions: [step.action],
                before: step.before.clone(),
                after: step.after.clone(),
                replace_paths: if replaces { paths.collect() } else { Vec::new() },
            },
            action_reason: match step.origin {
                _ if replaces => Some(Reason::ReplaceBecauseCannotUpdate),
                Origin::Undeclared => Some(Reason::DeleteBecauseNoResourceConfig),
                _ => None,
            },
            origin: step.origin,
            replaces: step.replaces.clone(),
            fields: step.changes.clone(),
            unchanged_fields: step.unchanged_fields,
            place: step.place.clone(),
            version: step.version.clone(),
            operation: step.operation.clone(),
            digest: step.digest.clone(),
            source: step.source.clone(),
            notes: step.notes.clone(),
            predecessor: step.predecessor.clone(),
            lane: step.lane.clone(),
            waits_for: step.waits_for.clone(),
        }
    }
}

impl From<&ResourceChange> for Step {
    fn from(change: &ResourceChange) -> Self {
        let [action] = change.change.actions;
        Self {
            id: change.address.clone(),
            action,
            origin: change.origin,
            replaces: change.replaces.clone(),
            place: change.place.clone(),
            before: change.change.before.clone(),
            after: change.change.after.clone(),
            changes: change.fields.clone(),
            unchanged_fields: change.unchanged_fields,
            version: change.version.clone(),
            operation: change.operation.clone(),
            digest: change.digest.clone(),
            source: change.source.clone(),
            notes: change.notes.clone(),
            predecessor: change.predecessor.clone(),
            lane: change.lane.clone(),
            waits_for: change.waits_for.clone(),
        }
    }
}
