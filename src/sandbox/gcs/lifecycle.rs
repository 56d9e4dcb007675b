//! Which lifecycle rules a bucket may have.
//!
//! Rules: <https://cloud.google.com/storage/docs/lifecycle>. They are kept, not carried out.

use super::message::{Condition, Lifecycle, Rule};
use super::settings::check_class;
use crate::sandbox::refusal::Refusal;

const MOST_RULES: usize = 100;

pub(super) fn check(lifecycle: Option<&Lifecycle>) -> Result<(), Refusal> {
    let rules = lifecycle.map_or(&[][..], |lifecycle| &lifecycle.rule);
    if rules.len() > MOST_RULES {
        return Err(Refusal::invalid("A lifecycle configuration may have at most 100 rules."));
    }
    rules.iter().try_for_each(check_rule)
}

fn check_rule(rule: &Rule) -> Result<(), Refusal> {
    let action = rule.action.clone().unwrap_or_default();
    let condition = rule.condition.clone().unwrap_or_default();
    check_condition(&condition)?;
    match action.r#type.as_str() {
        "Delete" => Ok(()),
        "SetStorageClass" => check_class(&action.storage_class),
        "AbortIncompleteMultipartUpload" if only_fits_uploads(&condition) => Ok(()),
        "AbortIncompleteMultipartUpload" => Err(Refusal::invalid(
            "AbortIncompleteMultipartUpload supports only the conditions age, matchesPrefix and matchesSuffix.",
        )),
        other => Err(Refusal::invalid(format!("Invalid lifecycle action type: '{other}'"))),
    }
}

fn check_condition(condition: &Condition) -> Result<(), Refusal> {
    if *condition == Condition::default() {
        return Err(Refusal::invalid("A lifecycle rule must have at least one condition."));
    }
    let Condition { age_days, num_newer_versions, .. } = condition;
    let Condition { days_since_custom_time, days_since_noncurrent_time, .. } = condition;
    let numbers =
        [age_days, num_newer_versions, days_since_custom_time, days_since_noncurrent_time];
    if numbers.into_iter().flatten().any(|number| *number < 0) {
        return Err(Refusal::invalid("A lifecycle condition must not be negative."));
    }
    condition.matches_storage_class.iter().try_for_each(|class| check_class(class))
}

fn only_fits_uploads(condition: &Condition) -> bool {
    let Condition { age_days, matches_prefix, matches_suffix, .. } = condition.clone();
    *condition == Condition { age_days, matches_prefix, matches_suffix, ..Condition::default() }
}

#[cfg(test)]
mod tests {
    use super::super::message::RuleAction;
    use super::*;

    fn checked(kind: &str, condition: Condition) -> Result<(), Refusal> {
        let action = Some(RuleAction { r#type: kind.into(), storage_class: "NEARLINE".into() });
        check(Some(&Lifecycle { rule: vec![Rule { action, condition: Some(condition) }] }))
    }

    #[test]
    fn a_rule_needs_a_known_action_and_a_condition() {
        let old = Condition { age_days: Some(7), ..Condition::default() };
        assert!(checked("Delete", old.clone()).is_ok());
        assert!(checked("SetStorageClass", old.clone()).is_ok());
        assert!(checked("Burn", old).is_err());
        assert!(checked("Delete", Condition::default()).is_err());
        assert!(
            checked("Delete", Condition { age_days: Some(-1), ..Condition::default() }).is_err()
        );
    }

    #[test]
    fn aborting_uploads_takes_few_conditions() {
        let kind = "AbortIncompleteMultipartUpload";
        let condition = Condition { age_days: Some(1), ..Condition::default() };
        assert!(checked(kind, condition.clone()).is_ok());
        assert!(checked(kind, Condition { is_live: Some(true), ..condition }).is_err());
    }
}
