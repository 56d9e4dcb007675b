//! Resource policies that are snapshot schedules; no others are made here. No snapshot is taken.
//!
//! <https://cloud.google.com/compute/docs/reference/rest/v1/resourcePolicies>

use serde_json::{Value, json};

use super::operation::{self, Effect};
use super::{Asked, record, rule};
use crate::sandbox::refusal::Refusal;

const SCHEDULE: &str = "snapshotSchedulePolicy";

pub(super) fn insert(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let Asked { body, .. } = asked;
    check(&body[SCHEDULE])?;
    let mut policy =
        json!({ "kind": "compute#resourcePolicy", SCHEDULE: complete(&body[SCHEDULE]) });
    if let Some(text) = body["description"].as_str() {
        policy["description"] = json!(text);
    }
    asked
        .world
        .store
        .transact(|tx| record::insert(asked, tx, policy.clone(), ("CREATING", "READY")))
}

/// What the service adds.
fn complete(schedule: &Value) -> Value {
    let mut schedule = schedule.clone();
    let retention = &mut schedule["retentionPolicy"];
    if retention.is_object() && retention["onSourceDiskDelete"].is_null() {
        retention["onSourceDiskDelete"] = json!("KEEP_AUTO_SNAPSHOTS");
    }
    for (kind, length) in
        [("dailySchedule", "PT14400S"), ("hourlySchedule", "PT14400S"), ("weeklySchedule", "")]
    {
        let one = &mut schedule["schedule"][kind];
        if one.is_object() && !length.is_empty() {
            one["duration"] = json!(length);
        }
    }
    let schedules = schedule["schedule"].as_object_mut();
    schedules.into_iter().for_each(|fields| fields.retain(|_, it| !it.is_null()));
    schedule.as_object_mut().into_iter().for_each(|fields| fields.retain(|_, it| !it.is_null()));
    schedule
}

/// <https://cloud.google.com/compute/docs/disks/scheduled-snapshots>
fn check(policy: &Value) -> Result<(), Refusal> {
    let schedule = &policy["schedule"];
    let kinds = ["hourlySchedule", "dailySchedule", "weeklySchedule"];
    let said: Vec<&str> = kinds.into_iter().filter(|kind| schedule[kind].is_object()).collect();
    let [kind] = said[..] else {
        let why = "Exactly one schedule must be specified";
        return Err(rule::field("snapshotSchedulePolicy.schedule", &schedule.to_string(), why));
    };
    let one = &schedule[kind];
    match kind {
        "dailySchedule" if one["daysInCycle"] != 1 => {
            return Err(rule::field("daysInCycle", &one["daysInCycle"].to_string(), "Must be 1"));
        }
        "hourlySchedule" if !(1..=23).contains(&one["hoursInCycle"].as_i64().unwrap_or(0)) => {
            let said = one["hoursInCycle"].to_string();
            return Err(rule::field("hoursInCycle", &said, "Must be 1 to 23"));
        }
        _ => {}
    }
    let days = one["dayOfWeeks"].as_array();
    if kind == "weeklySchedule" && days.is_none_or(Vec::is_empty) {
        return Err(rule::field("dayOfWeeks", "", "At least one day must be specified"));
    }
    let times = days.into_iter().flatten().chain([one]).map(|at| &at["startTime"]);
    for time in times.filter_map(Value::as_str) {
        let hour = time.strip_suffix(":00").and_then(|hour| hour.parse::<u32>().ok());
        if time.len() != 5 || hour.is_none_or(|hour| hour > 23) {
            return Err(rule::field("startTime", time, "Must be HH:00"));
        }
    }
    let days = policy["retentionPolicy"]["maxRetentionDays"].as_i64().unwrap_or(1);
    if !(1..=65_535).contains(&days) {
        let why = "Must be 1 to 65535";
        return Err(rule::field("maxRetentionDays", &days.to_string(), why));
    }
    rule::labels(&policy["snapshotProperties"]["labels"])
}

/// Only what the mask names changes; where snapshots are kept does not.
/// <https://cloud.google.com/compute/docs/reference/rest/v1/resourcePolicies/patch>
pub(super) fn patch(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let mask =
        asked.query.get("updateMask").map_or("description,snapshotSchedulePolicy", String::as_str);
    asked.world.store.transact(|tx| {
        let policy = record::one(tx, asked.path, asked.name)?;
        operation::alone(asked, tx)?;
        let mut becomes = json!({});
        for field in mask.split(',') {
            let said = asked.body.get(field).cloned().unwrap_or(Value::Null);
            becomes[field] = match field {
                "description" => said,
                SCHEDULE => {
                    check(&said)?;
                    let kept = |it: &Value| it["snapshotProperties"]["storageLocations"].clone();
                    if kept(&said) != kept(&policy[SCHEDULE]) {
                        let why = "It cannot be updated";
                        return Err(rule::field("storageLocations", &kept(&said).to_string(), why));
                    }
                    complete(&said)
                }
                other => return Err(rule::field(other, "", "It cannot be updated")),
            };
        }
        operation::begin(asked, tx, "patch", Effect::Becomes(becomes))
    })
}
