//! What a notification channel may say. The sandbox knows those of electronic mail, and writes none.
//!
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.notificationChannels#NotificationChannel>

use serde_json::{Value, json};

use super::{Collection, user_labels};
use crate::sandbox::refusal::Refusal;

/// Channels, as the API has them.
pub(super) const COLLECTION: Collection = Collection {
    name: "notificationChannels",
    thing: "notification channel",
    kept: "channels",
    may_change: &["displayName", "description", "labels", "userLabels", "enabled"],
    complete,
    check,
    stays,
    // Real ones are numbers of twenty digits.
    stem: |channel| {
        let address = channel["labels"]["email_address"].as_str().unwrap_or_default();
        crc32c::crc32c(address.as_bytes()).to_string()
    },
};

const FIELDS: [&str; 3] = ["displayName", "description", "userLabels"];

/// A channel with what is usual where nothing was said.
fn complete(_project: &str, body: &Value) -> Value {
    let mut channel = json!({
        "type": body["type"],
        "labels": body["labels"],
        "enabled": body["enabled"].as_bool().unwrap_or(true),
    });
    for field in FIELDS {
        if let Some(value) = body.get(field) {
            channel[field] = value.clone();
        }
    }
    channel
}

/// Refuses a change of its sort.
fn stays(live: &Value, next: &Value) -> Result<(), Refusal> {
    if live["type"] == next["type"] {
        return Ok(());
    }
    Err(Refusal::invalid("Field \"notificationChannel.type\" cannot be changed."))
}

/// Refuses what the API does not take.
fn check(channel: &Value) -> Result<(), Refusal> {
    let wrong = |field: &str, why: &str| {
        Err(Refusal::invalid(format!("Field \"notificationChannel.{field}\" is invalid: {why}")))
    };
    if channel["type"] != "email" {
        return wrong("type", "the sandbox knows channels of type email only.");
    }
    let labels = channel["labels"].as_object();
    let only = labels.is_some_and(|all| all.keys().all(|key| key == "email_address"));
    let address = channel["labels"]["email_address"].as_str().unwrap_or_default();
    let good = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    });
    if !only || !good {
        return wrong("labels", "email_address must be an address of electronic mail.");
    }
    let length = |field: &str| channel[field].as_str().unwrap_or_default().chars().count();
    if length("displayName") > 512 || length("description") > 1024 {
        return wrong("displayName", "it is too long.");
    }
    user_labels(channel).or_else(|why| wrong("userLabels", why))
}
