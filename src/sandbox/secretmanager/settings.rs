//! The rules for a secret's settings.
//!
//! Fields and limits:
//! <https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets>.

use serde_json::{Map, Value, json};
use std::time::Duration;

use super::record;
use crate::sandbox::Moment;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest;

const FIELDS: &[&str] = &[
    "annotations",
    "createTime",
    "etag",
    "expireTime",
    "labels",
    "name",
    "replication",
    "rotation",
    "topics",
    "ttl",
    "versionAliases",
    "versionDestroyTtl",
];

/// <https://cloud.google.com/secret-manager/docs/creating-and-accessing-secrets#labels>
const MOST_LABELS: usize = 64;
/// The shortest time between two rotations, and until the first of them.
const SHORTEST: [u64; 2] = [3_600, 300];

/// Replaces a time to live by the end that it means.
pub(super) fn lifetime(secret: &mut Value, now: Moment) {
    let Some(ttl) = seconds(&secret["ttl"]) else { return };
    if let Some(fields) = secret.as_object_mut() {
        fields.remove("ttl");
        let end = now.plus(Duration::from_secs(ttl));
        fields.insert("expireTime".to_owned(), json!(record::written(end)));
    }
}

/// Checks all settings; those of the rotation only if they were `just_set`.
pub(super) fn check(secret: &Value, now: Moment, just_set: bool) -> Result<(), Refusal> {
    let fields = secret.as_object().ok_or_else(|| Refusal::invalid("Secret must be an object."))?;
    if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let message = format!("Invalid JSON payload received. Unknown name \"{name}\" at 'secret'");
        return Err(Refusal::invalid(message));
    }
    replication(&secret["replication"])?;
    labels(secret["labels"].as_object())?;
    topics(&secret["topics"])?;
    if secret.get("expireTime").is_some() && record::is_over(secret, now) {
        return Err(Refusal::invalid("expire_time must be in the future."));
    }
    if just_set { rotation(secret, now) } else { Ok(()) }
}

fn replication(replication: &Value) -> Result<(), Refusal> {
    let replicas = replication["userManaged"]["replicas"].as_array();
    let placed = |replica: &Value| replica["location"].as_str().is_some_and(|at| !at.is_empty());
    let chosen = replicas.is_some_and(|all| !all.is_empty() && all.iter().all(placed));
    if chosen || replication.get("automatic").is_some() {
        return Ok(());
    }
    Err(Refusal::invalid("Replication must be automatic, or name the locations of replicas."))
}

fn labels(labels: Option<&Map<String, Value>>) -> Result<(), Refusal> {
    let Some(labels) = labels else { return Ok(()) };
    if labels.len() > MOST_LABELS {
        return Err(Refusal::invalid("A secret has at most 64 labels."));
    }
    match labels.iter().find(|(key, value)| !rest::is_label(key, value)) {
        Some((key, _)) => Err(Refusal::invalid(format!("Invalid label: {key}"))),
        None => Ok(()),
    }
}

fn topics(topics: &Value) -> Result<(), Refusal> {
    let named = |topic: &Value| {
        let parts: Vec<&str> = topic["name"].as_str().unwrap_or_default().split('/').collect();
        matches!(parts[..], ["projects", _, "topics", _])
    };
    let topics = topics.as_array().map(Vec::as_slice).unwrap_or_default();
    if topics.len() > 10 || !topics.iter().all(named) {
        return Err(Refusal::invalid("Topics must be at most 10, as projects/*/topics/*."));
    }
    Ok(())
}

fn rotation(secret: &Value, now: Moment) -> Result<(), Refusal> {
    let Some(rotation) = secret.get("rotation").filter(|it| it.is_object()) else { return Ok(()) };
    let refused = |message: &str| Err(Refusal::invalid(message));
    if secret["topics"].as_array().is_none_or(Vec::is_empty) {
        return refused("Topics must be set to configure rotation.");
    }
    let next = rotation["nextRotationTime"].as_str().and_then(record::moment);
    let [period, lead] = SHORTEST;
    match (seconds(&rotation["rotationPeriod"]), next) {
        (Some(given), _) if given < period => refused("rotation_period must be at least 3600s."),
        (Some(_), None) => refused("next_rotation_time must be set with rotation_period."),
        (_, Some(next)) if next < now.plus(Duration::from_secs(lead)) => {
            refused("next_rotation_time must be at least 300s in the future.")
        }
        _ => Ok(()),
    }
}

/// The whole seconds of a duration as JSON writes it, `7776000s`.
pub(super) fn seconds(duration: &Value) -> Option<u64> {
    duration.as_str()?.strip_suffix('s')?.split('.').next()?.parse().ok()
}
