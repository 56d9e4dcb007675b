//! What the service refuses: names, labels, limits.

use serde_json::Value;

use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest;

/// The longest name of a cluster or a pool.
/// <https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters>
const LONGEST: usize = 40;

/// Lower case letters, digits and hyphens; a letter first, no hyphen last.
pub(super) fn name(name: &str) -> Result<(), Refusal> {
    if rest::is_name(name, 1..=LONGEST) {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "Invalid value for field \"name\": \"{name}\". Must be a match of regex \
         '(?:[a-z](?:[-a-z0-9]{{0,38}}[a-z0-9])?)'."
    )))
}

/// Labels of Google Cloud resources.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels#requirements>
pub(super) fn labels(labels: &Value) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let fits = |text: &str| text.len() <= 63 && text.chars().all(allowed);
    let all = labels.as_object();
    if all.is_some_and(|all| all.len() > 64) {
        return Err(Refusal::invalid("Too many resource labels: at most 64."));
    }
    for (key, value) in all.into_iter().flatten() {
        let begins = key.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || !fits(key) || !value.as_str().is_some_and(fits) {
            return Err(Refusal::invalid(format!("Invalid resource label: \"{key}\": {value}.")));
        }
    }
    Ok(())
}

/// Limits of a pool: totals or per zone, not both, and no minimum above its maximum.
pub(super) fn autoscaling(limits: &Value) -> Result<(), Refusal> {
    if limits["enabled"] != true {
        return Ok(());
    }
    let number = |name: &str| limits[name].as_i64().unwrap_or_default();
    let per_zone = (number("minNodeCount"), number("maxNodeCount"));
    let total = (number("totalMinNodeCount"), number("totalMaxNodeCount"));
    let refuse = |why: &str| Err(Refusal::invalid(format!("Invalid autoscaling: {why}.")));
    match (per_zone, total) {
        ((0, 0), (min, max)) | ((min, max), (0, 0)) => match (max, min > max) {
            (0, _) => refuse("the maximum must be at least 1"),
            (_, true) => refuse("the minimum must not be above the maximum"),
            _ => Ok(()),
        },
        _ => refuse("limits are either per zone or totals"),
    }
}

/// What of a pool's machines must hold together.
pub(super) fn config(config: &Value) -> Result<(), Refusal> {
    labels(&config["resourceLabels"])?;
    if config["preemptible"] == true && config["spot"] == true {
        return Err(Refusal::invalid("A node pool cannot be both spot and preemptible."));
    }
    let machine = config["machineType"].as_str().unwrap_or_default();
    let gpu = config["accelerators"].as_array().is_some_and(|list| !list.is_empty());
    let takes = ["n1-", "a2-", "a3-", "g2-", "g4-"].iter().any(|start| machine.starts_with(start));
    if gpu && !takes {
        return Err(Refusal::invalid(format!(
            "Accelerators are not supported with machine type {machine}."
        )));
    }
    Ok(())
}
