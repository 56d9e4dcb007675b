//! Lifecycle rules of a live bucket as a person would have declared them.

use super::discover::class;
use crate::project::discover::object;
use crate::project::format::date;
use crate::providers::gcp::gcs_bucket::{LifecycleAction, LifecycleCondition, LifecycleRule, Spec};
use serde_json::{Map, Value, json};

/// The settings that say the rules of a bucket, and those rules that no setting can say.
pub(super) fn rules(spec: &Spec) -> (Map<String, Value>, Vec<String>) {
    let (mut settings, mut said, mut wordless) = (Map::new(), Vec::new(), Vec::new());
    match spec.delete_after_days {
        Some(0) => said.push(json!({ "delete": { "after_days": 0 } })),
        Some(days) => _ = settings.insert("delete_after_days".to_owned(), json!(days)),
        None => {}
    }
    for rule in &spec.lifecycle {
        match self::rule(rule) {
            Some(rule) => said.push(rule),
            None => wordless.push(format!("the lifecycle rule {}", json!(rule))),
        }
    }
    if !said.is_empty() {
        settings.insert("lifecycle".to_owned(), Value::Array(said));
    }
    (settings, wordless)
}

fn rule(rule: &LifecycleRule) -> Option<Value> {
    let mut when = when(&rule.condition)?;
    match &rule.action {
        LifecycleAction::Delete => Some(json!({ "delete": when })),
        LifecycleAction::SetStorageClass(to) => {
            when.insert("class".to_owned(), json!(class(to)?));
            Some(json!({ "move_to": when }))
        }
        LifecycleAction::AbortUpload => {
            let known = ["after_days", "prefixes", "suffixes"];
            let sayable = when.contains_key("after_days")
                && when.keys().all(|field| known.contains(&field.as_str()));
            sayable.then(|| json!({ "abort_uploads": when }))
        }
    }
}

/// The conditions of a rule; none if there are none, or one that cannot be said.
fn when(condition: &LifecycleCondition) -> Option<Map<String, Value>> {
    let LifecycleCondition {
        age_days,
        days_since_noncurrent,
        newer_versions,
        live,
        created_before,
        prefixes,
        suffixes,
        storage_classes,
    } = condition;
    if *newer_versions == Some(0) || created_before.as_ref().is_some_and(|day| date(day).is_err()) {
        return None;
    }
    let classes: Option<Vec<&str>> = storage_classes.iter().map(|it| class(it)).collect();
    let list = |items: &[String]| (!items.is_empty()).then(|| json!(items));
    let fields = object([
        ("after_days", age_days.map(Value::from)),
        ("noncurrent_after_days", days_since_noncurrent.map(Value::from)),
        ("newer_versions", newer_versions.map(Value::from)),
        ("live", live.map(Value::from)),
        ("created_before", created_before.as_ref().map(|day| json!(day))),
        ("prefixes", list(prefixes)),
        ("suffixes", list(suffixes)),
        ("storage_classes", classes.filter(|it| !it.is_empty()).map(|it| json!(it))),
    ]);
    let sayable = storage_classes.iter().all(|it| class(it).is_some());
    match fields {
        Value::Object(fields) if sayable && !fields.is_empty() => Some(fields),
        _ => None,
    }
}
