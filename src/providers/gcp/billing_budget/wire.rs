//! Between settings and budgets as they go over the wire.
//!
//! What has no word here (services, labels, credits, topics) is neither compared nor changed: a change
//! is made in what was read.

use super::amount::{Amount, Basis, Threshold};
use super::names::Names;
use super::{BillingBudget, MONTH, Spec, budget_name, name};
use crate::kind::{ProviderError, digest};
use crate::model::{Owner, Version};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The name that a budget is known by.
pub(super) fn name_of(account: &str, live: &Value) -> String {
    budget_name(account, name::text(shown(live)))
}

/// The name that people see, with the mark.
pub(super) fn shown(live: &Value) -> &str {
    live["displayName"].as_str().unwrap_or_default()
}

/// The name that the server gave it, `billingAccounts/A/budgets/ID`.
pub(super) fn path(live: &Value) -> &str {
    live["name"].as_str().unwrap_or_default()
}

/// Its etag.
pub(super) fn version(live: &Value) -> Version {
    Version(live["etag"].as_str().unwrap_or_default().to_owned())
}

/// Whose it is. `others` are digests that the mark may have besides that of the settings.
pub(super) fn owner(
    name: &str,
    live: &Value,
    spec: &Spec,
    stack: &str,
    others: &[String],
) -> Owner {
    let digests: Vec<String> =
        others.iter().cloned().chain([digest::<BillingBudget>(spec)]).collect();
    name::owner(stack, name, shown(live), &digests)
}

/// The settings of a live one.
pub(super) fn from_wire(live: &Value, names: &Names) -> Spec {
    let (filter, rule) = (&live["budgetFilter"], &live["notificationsRule"]);
    let texts = |list: &Value| -> Vec<String> {
        let all = list.as_array().into_iter().flatten();
        all.filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let channels = texts(&rule["monitoringNotificationChannels"]);
    let thresholds = live["thresholdRules"].as_array().into_iter().flatten();
    let period = filter["calendarPeriod"].as_str().filter(|it| !it.ends_with("UNSPECIFIED"));
    let usual = if filter["customPeriod"].is_object() { "CUSTOM" } else { MONTH };
    Spec {
        amount: amount(&live["amount"]),
        thresholds: thresholds.filter_map(threshold).collect(),
        projects: texts(&filter["projects"]).iter().map(|it| names.project(it)).collect(),
        channels: channels.iter().map(|it| names.channel(it)).collect(),
        mail_admins: rule["disableDefaultIamRecipients"] != Value::Bool(true),
        period: period.unwrap_or(usual).to_owned(),
    }
}

fn amount(live: &Value) -> Amount {
    let Some(money) = live.get("specifiedAmount") else { return Amount::LastPeriod };
    let whole = money["units"].as_str().and_then(|it| it.parse::<u64>().ok()).unwrap_or_default();
    let part = money["nanos"].as_u64().unwrap_or_default() / 10_000_000;
    let currency = money["currencyCode"].as_str().unwrap_or("USD").to_owned();
    Amount::Fixed { currency, hundredths: whole.saturating_mul(100) + part }
}

fn threshold(rule: &Value) -> Option<Threshold> {
    let forecast = rule["spendBasis"] == "FORECASTED_SPEND";
    let basis = if forecast { Basis::Forecast } else { Basis::Current };
    let part = rule["thresholdPercent"].as_f64().filter(|part| *part >= 0.0)?;
    // A part of one, so hundredths of a per cent are ten thousandths. Casts of floats saturate.
    Some(Threshold { hundredths: (part * 10_000.0).round() as u64, basis })
}

/// A live budget (or nothing) made what the settings say.
///
/// # Errors
/// When a channel is not there.
pub(super) fn to_wire(spec: &Spec, live: &Value, names: &Names) -> Result<Value, ProviderError> {
    let Spec { amount, thresholds, projects, channels, mail_admins, period } = spec;
    let mut budget = if live.is_object() { live.clone() } else { json!({}) };
    budget["amount"] = match amount {
        Amount::LastPeriod => json!({ "lastPeriodAmount": {} }),
        Amount::Fixed { currency, hundredths } => json!({ "specifiedAmount": {
            "currencyCode": currency,
            "units": (hundredths / 100).to_string(),
            "nanos": (hundredths % 100) * 10_000_000,
        } }),
    };
    budget["thresholdRules"] = thresholds.iter().map(rule).collect();
    let numbers: BTreeSet<String> = projects.iter().map(|it| names.number(it)).collect();
    budget["budgetFilter"]["projects"] = json!(numbers);
    if from_wire(live, names).period != *period || live.is_null() {
        budget["budgetFilter"]["calendarPeriod"] = json!(period);
        budget["budgetFilter"].as_object_mut().map(|filter| filter.remove("customPeriod"));
    }
    let given: Result<BTreeSet<String>, _> = channels.iter().map(|it| names.given(it)).collect();
    let rule = &mut budget["notificationsRule"];
    rule["monitoringNotificationChannels"] = json!(given?);
    rule["disableDefaultIamRecipients"] = json!(!mail_admins);
    Ok(budget)
}

fn rule(threshold: &Threshold) -> Value {
    let basis = match threshold.basis {
        Basis::Current => "CURRENT_SPEND",
        Basis::Forecast => "FORECASTED_SPEND",
    };
    // Far below where a float would lose a digit.
    let part = threshold.hundredths as f64 / 10_000.0;
    json!({ "thresholdPercent": part, "spendBasis": basis })
}

/// The fields of the API in which two settings differ.
pub(super) fn changed(before: &Spec, after: &Spec) -> Vec<&'static str> {
    let filter = |spec: &Spec| (spec.projects.clone(), spec.period.clone());
    let mails = |spec: &Spec| (spec.channels.clone(), spec.mail_admins);
    let fields = [
        ("amount", before.amount != after.amount),
        ("thresholdRules", before.thresholds != after.thresholds),
        ("budgetFilter", filter(before) != filter(after)),
        ("notificationsRule", mails(before) != mails(after)),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        Spec {
            thresholds: ["50%", "99.50%", "100% forecast"].map(|it| it.parse().unwrap()).into(),
            projects: ["leap-pangeo".to_owned()].into(),
            mail_admins: false,
            ..Spec::new("1000.50 USD".parse().unwrap())
        }
    }

    #[test]
    fn what_is_sent_is_read_back() {
        let names = Names::default();
        let sent = to_wire(&spec(), &Value::Null, &names).unwrap();
        assert_eq!(from_wire(&sent, &names), spec());
        let last = Spec { amount: Amount::LastPeriod, ..spec() };
        assert_eq!(from_wire(&to_wire(&last, &sent, &names).unwrap(), &names), last);
    }

    #[test]
    fn what_has_no_word_here_survives_a_change() {
        let names = Names::default();
        let mut live = to_wire(&spec(), &Value::Null, &names).unwrap();
        live["budgetFilter"]["creditTypesTreatment"] = json!("EXCLUDE_ALL_CREDITS");
        live["notificationsRule"]["pubsubTopic"] = json!("projects/leap/topics/money");
        let after = Spec { mail_admins: true, ..spec() };
        let sent = to_wire(&after, &live, &names).unwrap();
        assert_eq!(sent["budgetFilter"], live["budgetFilter"]);
        assert_eq!(sent["notificationsRule"]["pubsubTopic"], "projects/leap/topics/money");
        assert_eq!(changed(&spec(), &after), ["notificationsRule"]);
    }

    #[test]
    fn a_period_of_somebody_else_is_seen_and_taken_back() {
        let names = Names::default();
        let mut live = to_wire(&spec(), &Value::Null, &names).unwrap();
        live["budgetFilter"]["calendarPeriod"] = json!("QUARTER");
        assert_eq!(from_wire(&live, &names).period, "QUARTER");
        let sent = to_wire(&spec(), &live, &names).unwrap();
        assert_eq!(sent["budgetFilter"]["calendarPeriod"], "MONTH");
    }

    #[test]
    fn a_channel_that_is_not_there_is_named() {
        let spec = Spec { channels: ["leap/a@example.org".to_owned()].into(), ..spec() };
        let error = to_wire(&spec, &Value::Null, &Names::default()).unwrap_err();
        assert_eq!(error.to_string(), "notification-channel/leap/a@example.org does not exist");
    }
}
