//! Lifecycle rules, ours and the API's.

use crate::providers::gcp::gcs_bucket::{LifecycleAction, LifecycleCondition, LifecycleRule, Spec};
use google_cloud_storage::model::bucket::Lifecycle;
use google_cloud_storage::model::bucket::lifecycle::Rule;
use google_cloud_storage::model::bucket::lifecycle::rule::{Action, Condition};
use google_cloud_type::model::Date;

const DELETE: &str = "Delete";
const ABORT_UPLOAD: &str = "AbortIncompleteMultipartUpload";
const SET_STORAGE_CLASS: &str = "SetStorageClass";

/// The rules of a spec as the API takes them, with those of `kept` after them.
pub(super) fn to_wire(spec: &Spec, kept: Vec<Rule>) -> Option<Lifecycle> {
    let short = spec.delete_after_days.map(LifecycleRule::delete_by_age);
    let rules = short.iter().chain(&spec.lifecycle).map(rule_to_wire);
    let rules: Vec<Rule> = rules.chain(kept).collect();
    (!rules.is_empty()).then(|| Lifecycle::new().set_rule(rules))
}

/// The rules of a bucket: those that a spec can say, and the others.
pub(super) fn from_wire(lifecycle: Option<&Lifecycle>) -> (Vec<LifecycleRule>, Vec<Rule>) {
    let (mut said, mut others) = (Vec::new(), Vec::new());
    for rule in lifecycle.into_iter().flat_map(|lifecycle| &lifecycle.rule) {
        // What does not come back as it was is more than a spec can say.
        match rule_from_wire(rule).filter(|said| rule_to_wire(said) == *rule) {
            Some(rule) => said.push(rule),
            None => others.push(rule.clone()),
        }
    }
    (said, others)
}

/// A rule in a few words, for reports of those that a spec cannot say.
pub(super) fn in_words(rule: &Rule) -> String {
    serde_json::to_string(rule).unwrap_or_else(|_| "of an unknown sort".to_owned())
}

fn rule_to_wire(rule: &LifecycleRule) -> Rule {
    let LifecycleRule { action, condition } = rule;
    let action = match action {
        LifecycleAction::Delete => Action::new().set_type(DELETE),
        LifecycleAction::AbortUpload => Action::new().set_type(ABORT_UPLOAD),
        LifecycleAction::SetStorageClass(class) => {
            Action::new().set_type(SET_STORAGE_CLASS).set_storage_class(class)
        }
    };
    Rule::new().set_action(action).set_condition(condition_to_wire(condition))
}

fn condition_to_wire(condition: &LifecycleCondition) -> Condition {
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
    Condition::new()
        .set_or_clear_age_days(days(*age_days))
        .set_or_clear_days_since_noncurrent_time(days(*days_since_noncurrent))
        .set_or_clear_num_newer_versions(days(*newer_versions))
        .set_or_clear_is_live(*live)
        .set_or_clear_created_before(created_before.as_deref().map(date))
        .set_matches_prefix(prefixes)
        .set_matches_suffix(suffixes)
        .set_matches_storage_class(storage_classes)
}

/// Numbers are 31 bits wide on the wire; nobody waits for longer.
fn days(days: Option<u32>) -> Option<i32> {
    days.map(|days| i32::try_from(days).unwrap_or(i32::MAX))
}

/// What is no date becomes one that the API refuses: leaving the condition out would make the
/// rule act on more than was meant.
fn date(text: &str) -> Date {
    let mut parts = text.splitn(3, '-').map(|part| part.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    Date::new().set_year(part()).set_month(part()).set_day(part())
}

fn rule_from_wire(rule: &Rule) -> Option<LifecycleRule> {
    let action = rule.action.as_ref()?;
    let action = match action.r#type.as_str() {
        DELETE => LifecycleAction::Delete,
        ABORT_UPLOAD => LifecycleAction::AbortUpload,
        SET_STORAGE_CLASS => LifecycleAction::SetStorageClass(action.storage_class.clone()),
        _ => return None,
    };
    Some(LifecycleRule { action, condition: condition_from_wire(rule.condition.as_ref()?) })
}

fn condition_from_wire(condition: &Condition) -> LifecycleCondition {
    let positive = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let text = |date: &Date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day);
    LifecycleCondition {
        age_days: positive(condition.age_days),
        days_since_noncurrent: positive(condition.days_since_noncurrent_time),
        newer_versions: positive(condition.num_newer_versions),
        live: condition.is_live,
        created_before: condition.created_before.as_ref().map(text),
        prefixes: condition.matches_prefix.clone(),
        suffixes: condition.matches_suffix.clone(),
        storage_classes: condition.matches_storage_class.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_a_spec_cannot_say_is_kept_apart_and_not_bent() {
        let condition = Condition::new().set_age_days(3).set_days_since_custom_time(9);
        let odd = Rule::new().set_action(Action::new().set_type(DELETE)).set_condition(condition);
        let plain = rule_to_wire(&LifecycleRule::delete_by_age(7));
        let both = Lifecycle::new().set_rule([odd.clone(), plain]);
        let (said, others) = from_wire(Some(&both));
        assert_eq!(said, [LifecycleRule::delete_by_age(7)]);
        let written = to_wire(&Spec::new("US"), others).unwrap();
        assert_eq!(written.rule, [odd]);
    }
}
