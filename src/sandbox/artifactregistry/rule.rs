//! What the service refuses: names, places, labels, cleanup policies.

use serde_json::Value;

use super::enums::{FORMATS, MODES};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest;

/// Where repositories can be; not all that there are.
/// <https://cloud.google.com/artifact-registry/docs/repositories/repo-locations>
pub(super) const LOCATIONS: [&str; 14] = [
    "asia",
    "asia-east1",
    "asia-northeast1",
    "australia-southeast1",
    "europe",
    "europe-west1",
    "europe-west4",
    "northamerica-northeast1",
    "southamerica-east1",
    "us",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-west1",
];

/// The longest description, as Google's console has it.
const LONGEST: usize = 1024;

pub(super) fn location(location: &str) -> Result<(), Refusal> {
    if LOCATIONS.contains(&location) {
        return Ok(());
    }
    Err(Refusal::not_found(format!("Location {location} is not found or access is unauthorized.")))
}

pub(super) fn name(name: &str) -> Result<(), Refusal> {
    if rest::is_name(name, 1..=63) {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "invalid repository ID \"{name}\": must match [a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
    )))
}

/// Everything that can be wrong with a repository by itself.
pub(super) fn repository(repository: &Value) -> Result<(), Refusal> {
    let format = repository["format"].as_str().unwrap_or_default();
    if !FORMATS.iter().skip(1).any(|known| *known == format && !known.is_empty()) {
        return Err(Refusal::invalid(format!("unsupported repository format \"{format}\"")));
    }
    let mode = repository["mode"].as_str().unwrap_or_default();
    if !MODES.contains(&mode) {
        return Err(Refusal::invalid(format!("unsupported repository mode \"{mode}\"")));
    }
    if repository["description"].as_str().is_some_and(|text| text.chars().count() > LONGEST) {
        return Err(Refusal::invalid("the description is too long"));
    }
    if format != "DOCKER" && repository["dockerConfig"].is_object() {
        return Err(Refusal::invalid("docker_config is for repositories of the format DOCKER"));
    }
    labels(&repository["labels"])?;
    let policies = repository["cleanupPolicies"].as_object();
    policies.into_iter().flatten().try_for_each(|(id, policy)| self::policy(id, policy))
}

/// As the comments of the API say of them.
fn labels(labels: &Value) -> Result<(), Refusal> {
    let all = labels.as_object();
    if all.is_some_and(|all| all.len() > 64) {
        return Err(Refusal::invalid("at most 64 labels"));
    }
    match all.into_iter().flatten().find(|(key, value)| !rest::is_label(key, value)) {
        Some((key, _)) => Err(Refusal::invalid(format!("invalid label \"{key}\""))),
        None => Ok(()),
    }
}

/// <https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy>
fn policy(id: &str, policy: &Value) -> Result<(), Refusal> {
    let refused =
        |why: &str| Err(Refusal::invalid(format!("invalid cleanup policy \"{id}\": {why}")));
    let newest = &policy["mostRecentVersions"];
    let conditional = policy["condition"].is_object();
    if id.is_empty() || id.len() >= 128 || policy["id"].as_str().is_some_and(|said| said != id) {
        return refused("the ID must be that of its key, and under 128 characters");
    }
    match policy["action"].as_str().unwrap_or_default() {
        "KEEP" if newest.is_object() && !conditional => match newest["keepCount"].as_i64() {
            Some(1..) => Ok(()),
            _ => refused("keep_count must be at least 1"),
        },
        "KEEP" | "DELETE" if conditional && !newest.is_object() => Ok(()),
        "DELETE" if newest.is_object() => refused("most_recent_versions is for the action KEEP"),
        _ => refused("an action and one condition are required"),
    }
}
