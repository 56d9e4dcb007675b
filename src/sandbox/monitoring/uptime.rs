//! What an uptime check may say, and what it is where it says nothing.
//!
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs#UptimeCheckConfig>

use serde_json::{Value, json};

use super::{Collection, user_labels};
use crate::sandbox::refusal::Refusal;

/// Uptime checks, as the API has them.
pub(super) const COLLECTION: Collection = Collection {
    name: "uptimeCheckConfigs",
    thing: "uptime check configuration",
    kept: "uptime",
    may_change: MAY_CHANGE,
    complete,
    check,
    stays,
    stem: |check| {
        let shown = check["displayName"].as_str().unwrap_or_default().to_lowercase();
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        shown.chars().map(plain).take(50).chain(['-']).collect()
    },
};

/// What a mask may name. What is checked, and how it is reached, stays for good.
const MAY_CHANGE: &[&str] = &[
    "displayName",
    "httpCheck",
    "tcpCheck",
    "period",
    "timeout",
    "contentMatchers",
    "checkerType",
    "selectedRegions",
    "userLabels",
    "disabled",
];

const FIELDS: &[&str] = &["contentMatchers", "selectedRegions", "userLabels", "disabled"];

/// Where checks can come from.
const REGIONS: [&str; 7] =
    ["USA", "EUROPE", "SOUTH_AMERICA", "ASIA_PACIFIC", "USA_OREGON", "USA_IOWA", "USA_VIRGINIA"];

/// A check with what is usual where nothing was said.
fn complete(project: &str, body: &Value) -> Value {
    let mut check = json!({
        "displayName": body["displayName"],
        "monitoredResource": body["monitoredResource"],
        "period": body["period"].as_str().unwrap_or("60s"),
        "timeout": body["timeout"].as_str().unwrap_or("10s"),
        "checkerType": body["checkerType"].as_str().unwrap_or("STATIC_IP_CHECKERS"),
    });
    if let Some(labels) =
        check.pointer_mut("/monitoredResource/labels").and_then(Value::as_object_mut)
    {
        labels.entry("project_id").or_insert_with(|| json!(project));
    }
    if let Some(http) = body["httpCheck"].as_object() {
        let mut http = Value::Object(http.clone());
        let port = if http["useSsl"] == true { 443 } else { 80 };
        let usual = [("requestMethod", json!("GET")), ("path", json!("/")), ("port", json!(port))];
        for (field, value) in usual {
            if http[field].is_null() || http[field] == 0 || http[field] == "" {
                http[field] = value;
            }
        }
        check["httpCheck"] = http;
    }
    for field in FIELDS.iter().chain(&["tcpCheck"]) {
        if let Some(value) = body.get(*field) {
            check[*field] = value.clone();
        }
    }
    check
}

/// Refuses a change of what stays.
fn stays(live: &Value, next: &Value) -> Result<(), Refusal> {
    let kind = |check: &Value| check.get("httpCheck").is_some();
    if live["monitoredResource"] == next["monitoredResource"] && kind(live) == kind(next) {
        return Ok(());
    }
    Err(Refusal::invalid("The monitored resource and the type of a check cannot be changed."))
}

/// Refuses what the API does not take.
fn check(check: &Value) -> Result<(), Refusal> {
    let wrong = |field: &str, why: &str| {
        Err(Refusal::invalid(format!("Field uptimeCheckConfig.{field} is invalid: {why}")))
    };
    if check["displayName"].as_str().is_none_or(str::is_empty) {
        return wrong("displayName", "it must not be empty.");
    }
    let resource = &check["monitoredResource"];
    if resource["type"] != "uptime_url" || resource["labels"]["host"].as_str().is_none() {
        return wrong("monitoredResource", "the sandbox knows uptime_url with a host only.");
    }
    if !["httpCheck", "tcpCheck"].iter().any(|kind| check[*kind].is_object()) {
        return wrong("httpCheck", "one type of check must be given.");
    }
    if !["60s", "300s", "600s", "900s"].iter().any(|period| check["period"] == *period) {
        return wrong("period", "it must be 60s, 300s, 600s or 900s.");
    }
    if !seconds(&check["timeout"]).is_some_and(|timeout| (1.0..=60.0).contains(&timeout)) {
        return wrong("timeout", "it must be between 1 and 60 seconds.");
    }
    matchers(check).or_else(|why| wrong("contentMatchers", why))?;
    regions(check).or_else(|why| wrong("selectedRegions", why))?;
    user_labels(check).or_else(|why| wrong("userLabels", why))
}

fn seconds(span: &Value) -> Option<f64> {
    span.as_str()?.strip_suffix('s')?.parse().ok()
}

fn matchers(check: &Value) -> Result<(), &'static str> {
    let all = check["contentMatchers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if all.len() > 1 {
        return Err("at most one is supported.");
    }
    let good =
        |one: &Value| one["content"].as_str().is_some_and(|text| (1..=1024).contains(&text.len()));
    if all.iter().all(good) { Ok(()) } else { Err("content must have 1 to 1024 bytes.") }
}

fn regions(check: &Value) -> Result<(), &'static str> {
    let all = check["selectedRegions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let known = |region: &Value| REGIONS.iter().any(|known| region == known);
    if !all.iter().all(known) {
        return Err("there is no such region.");
    }
    // The United States alone are three.
    let many = |region: &Value| if region == "USA" { 3 } else { 1 };
    let total: usize = all.iter().map(many).sum();
    if total == 0 || total >= 3 { Ok(()) } else { Err("at least three locations are needed.") }
}
