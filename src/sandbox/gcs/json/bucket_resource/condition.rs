//! Lifecycle rules in JSON.

use serde::{Deserialize, Serialize};

use super::super::super::message::{self, Date};
use super::super::call::parse_error;
use crate::sandbox::refusal::Refusal;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Lifecycle {
    rule: Vec<Rule>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Rule {
    action: Action,
    condition: Condition,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Action {
    r#type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    storage_class: String,
}

/// What is not said is not written either: an empty list would be a condition.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Condition {
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_live: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_newer_versions: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matches_storage_class: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_since_custom_time: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_time_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_since_noncurrent_time: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noncurrent_time_before: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matches_prefix: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matches_suffix: Vec<String>,
}

impl From<message::Lifecycle> for Lifecycle {
    fn from(lifecycle: message::Lifecycle) -> Self {
        let rules = lifecycle.rule.into_iter().map(|rule| {
            let action = rule.action.unwrap_or_default();
            Rule {
                action: Action { r#type: action.r#type, storage_class: action.storage_class },
                condition: rule.condition.unwrap_or_default().into(),
            }
        });
        Self { rule: rules.collect() }
    }
}

impl TryFrom<Lifecycle> for message::Lifecycle {
    type Error = Refusal;

    fn try_from(lifecycle: Lifecycle) -> Result<Self, Refusal> {
        let rules = lifecycle.rule.into_iter().map(|Rule { action, condition }| {
            let Action { r#type, storage_class } = action;
            let action = Some(message::RuleAction { r#type, storage_class });
            Ok(message::Rule { action, condition: Some(condition.try_into()?) })
        });
        Ok(Self { rule: rules.collect::<Result<_, Refusal>>()? })
    }
}

impl From<message::Condition> for Condition {
    fn from(condition: message::Condition) -> Self {
        let text = |date: Option<Date>| {
            date.map(|Date { year, month, day }| format!("{year:04}-{month:02}-{day:02}"))
        };
        Self {
            age: condition.age_days,
            created_before: text(condition.created_before),
            is_live: condition.is_live,
            num_newer_versions: condition.num_newer_versions,
            matches_storage_class: condition.matches_storage_class,
            days_since_custom_time: condition.days_since_custom_time,
            custom_time_before: text(condition.custom_time_before),
            days_since_noncurrent_time: condition.days_since_noncurrent_time,
            noncurrent_time_before: text(condition.noncurrent_time_before),
            matches_prefix: condition.matches_prefix,
            matches_suffix: condition.matches_suffix,
        }
    }
}

impl TryFrom<Condition> for message::Condition {
    type Error = Refusal;

    fn try_from(condition: Condition) -> Result<Self, Refusal> {
        let date = |text: Option<String>| text.as_deref().map(date).transpose();
        Ok(Self {
            age_days: condition.age,
            created_before: date(condition.created_before)?,
            is_live: condition.is_live,
            num_newer_versions: condition.num_newer_versions,
            matches_storage_class: condition.matches_storage_class,
            days_since_custom_time: condition.days_since_custom_time,
            custom_time_before: date(condition.custom_time_before)?,
            days_since_noncurrent_time: condition.days_since_noncurrent_time,
            noncurrent_time_before: date(condition.noncurrent_time_before)?,
            matches_prefix: condition.matches_prefix,
            matches_suffix: condition.matches_suffix,
        })
    }
}

/// `2026-01-31`
fn date(text: &str) -> Result<Date, Refusal> {
    let mut numbers = text.splitn(3, '-').map(str::parse::<i32>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => Ok(Date { year, month, day }),
        _ => Err(parse_error(&format!("'{text}' is not a date"))),
    }
}
