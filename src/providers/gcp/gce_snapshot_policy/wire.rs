//! The settings of a snapshot schedule, ours and the API's. Pure.
//!
//! <https://cloud.google.com/compute/docs/reference/rest/v1/resourcePolicies>

use super::Spec;
use crate::providers::gcp::compute::{Edit, last, location};
use http::Method;
use serde_json::{Value, json};

/// Where the schedule of a policy stands.
pub(super) const SCHEDULE: &str = "snapshotSchedulePolicy";

/// The days of a week, as ours and the API's words.
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The settings of a live policy.
pub(super) fn read(live: &Value) -> Spec {
    let policy = &live[SCHEDULE];
    let (every, at) = rhythm(&policy["schedule"]);
    let retention = &policy["retentionPolicy"];
    let properties = &policy["snapshotProperties"];
    let keep_days = retention["maxRetentionDays"].as_u64().and_then(|it| u32::try_from(it).ok());
    let labels = properties["labels"].as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kept_in = properties["storageLocations"][0].as_str();
    Spec {
        region: match live["region"].is_null() {
            true => location(live),
            false => last(&live["region"]).to_owned(),
        },
        every,
        at,
        keep_days: keep_days.unwrap_or_default(),
        outlive_disk: retention["onSourceDiskDelete"] != "APPLY_RETENTION_POLICY",
        kept_in: kept_in.map(str::to_owned),
        labels: labels.map(|(key, value)| (key.clone(), text(value))).collect(),
    }
}

/// How often and when, in our words.
fn rhythm(schedule: &Value) -> (String, String) {
    let time = |one: &Value| one["startTime"].as_str().unwrap_or_default().to_owned();
    if let Value::Object(_) = &schedule["dailySchedule"] {
        return ("day".to_owned(), time(&schedule["dailySchedule"]));
    }
    if let Some(hours) = schedule["hourlySchedule"]["hoursInCycle"].as_u64() {
        let every = if hours == 1 { "hour".to_owned() } else { format!("{hours} hours") };
        return (every, time(&schedule["hourlySchedule"]));
    }
    let days = schedule["weeklySchedule"]["dayOfWeeks"].as_array().cloned().unwrap_or_default();
    let first = days.first().map(time).unwrap_or_default();
    let named = |day: &&str| days.iter().find(|one| one["day"] == day.to_uppercase());
    let told = DAYS.iter().filter_map(|day| {
        let one = time(named(day)?);
        // Days at times of their own are nothing that can be declared.
        Some(if one == first { (*day).to_owned() } else { format!("{day} {one}") })
    });
    (told.collect::<Vec<_>>().join(", "), first)
}

/// What is sent of a schedule: all of it.
pub(super) fn schedule(spec: &Spec) -> Value {
    let Spec { region: _, every, at, keep_days, outlive_disk, kept_in, labels } = spec;
    let on_delete = if *outlive_disk { "KEEP_AUTO_SNAPSHOTS" } else { "APPLY_RETENTION_POLICY" };
    let mut policy = json!({
        "schedule": times(every, at),
        "retentionPolicy": { "maxRetentionDays": keep_days, "onSourceDiskDelete": on_delete },
    });
    if !labels.is_empty() {
        policy["snapshotProperties"]["labels"] = json!(labels);
    }
    if let Some(place) = kept_in {
        policy["snapshotProperties"]["storageLocations"] = json!([place]);
    }
    policy
}

fn times(every: &str, at: &str) -> Value {
    let hours = match every {
        "hour" => Some(1),
        other => other.strip_suffix(" hours").and_then(|hours| hours.parse::<u32>().ok()),
    };
    match (every, hours) {
        ("day", _) => json!({ "dailySchedule": { "daysInCycle": 1, "startTime": at } }),
        (_, Some(hours)) => {
            json!({ "hourlySchedule": { "hoursInCycle": hours, "startTime": at } })
        }
        (days, None) => {
            let days =
                days.split(", ").map(|day| json!({ "day": day.to_uppercase(), "startTime": at }));
            json!({ "weeklySchedule": { "dayOfWeeks": days.collect::<Vec<_>>() } })
        }
    }
}

/// A call that changes only these fields.
pub(super) fn patch(doing: &'static str, fields: &[&str], body: Value) -> Edit {
    let query = vec![("updateMask", fields.join(","))];
    Edit { doing, method: Method::PATCH, below: "", query, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_survives_the_wire() {
        for every in ["day", "hour", "6 hours", "monday", "tuesday, sunday"] {
            let spec = Spec {
                region: "us-central1".into(),
                every: every.into(),
                at: "04:00".into(),
                keep_days: 14,
                outlive_disk: false,
                kept_in: Some("us".into()),
                labels: [("team".to_owned(), "hub".to_owned())].into(),
            };
            let region = "https://www.googleapis.com/compute/v1/projects/p/regions/us-central1";
            assert_eq!(read(&json!({ "region": region, SCHEDULE: schedule(&spec) })), spec);
        }
    }
}
