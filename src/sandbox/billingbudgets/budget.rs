//! What a budget may say, and what it is where it says nothing.

use serde_json::{Value, json};

use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, project};

/// The currency of every billing account here.
const CURRENCY: &str = "USD";

/// A budget with what is usual where nothing was said. Projects are named by their numbers, whatever
/// they were called.
pub(super) fn complete(body: &Value) -> Value {
    let mut budget = json!({
        "displayName": body["displayName"].as_str().unwrap_or_default(),
        "budgetFilter": filter(&body["budgetFilter"]),
        "amount": amount(&body["amount"]),
    });
    let rules = body["thresholdRules"].as_array().into_iter().flatten();
    let rules: Vec<Value> = rules.map(rule).collect();
    if !rules.is_empty() {
        budget["thresholdRules"] = json!(rules);
    }
    if let Some(mails) = body["notificationsRule"].as_object() {
        // What is empty or false is not shown.
        let told = |value: &&Value| **value != json!([]) && **value != json!(false);
        let said = mails.iter().filter(|(_, value)| told(value));
        budget["notificationsRule"] =
            Value::Object(said.map(|(key, value)| (key.clone(), value.clone())).collect());
    }
    budget
}

fn filter(body: &Value) -> Value {
    let mut filter = if body.is_object() { body.clone() } else { json!({}) };
    let projects = filter["projects"].as_array().into_iter().flatten();
    let number = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        let id = name.strip_prefix("projects/");
        id.map_or(json!(name), |id| json!(format!("projects/{}", project::number(id))))
    };
    let projects: Vec<Value> = projects.map(number).collect();
    if let Some(fields) = filter.as_object_mut() {
        fields.remove("projects");
    }
    if !projects.is_empty() {
        filter["projects"] = json!(projects);
    }
    if filter["creditTypesTreatment"].is_null() {
        filter["creditTypesTreatment"] = json!("INCLUDE_ALL_CREDITS");
    }
    if filter["calendarPeriod"].is_null() && !filter["customPeriod"].is_object() {
        filter["calendarPeriod"] = json!("MONTH");
    }
    if let Some(fields) = filter.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    filter
}

fn amount(body: &Value) -> Value {
    let mut amount = body.clone();
    let Some(money) = amount.get_mut("specifiedAmount").filter(|money| money.is_object()) else {
        return amount;
    };
    if money["currencyCode"].as_str().is_none_or(str::is_empty) {
        money["currencyCode"] = json!(CURRENCY);
    }
    if money["nanos"] == 0 {
        money.as_object_mut().map(|fields| fields.remove("nanos"));
    }
    amount
}

fn rule(body: &Value) -> Value {
    let basis = body["spendBasis"].as_str().unwrap_or("CURRENT_SPEND");
    json!({ "thresholdPercent": body["thresholdPercent"], "spendBasis": basis })
}

/// Refuses what the API does not take.
pub(super) fn check(tx: &Transaction<'_>, budget: &Value) -> Result<(), Refusal> {
    let wrong =
        |why: &str| Err(Refusal::invalid(format!("Request contains an invalid argument: {why}")));
    let shown = budget["displayName"].as_str().unwrap_or_default();
    if shown.chars().count() > 60 {
        return wrong("display_name must be at most 60 characters.");
    }
    let filter = &budget["budgetFilter"];
    if let Err(why) = money(&budget["amount"], filter) {
        return wrong(why);
    }
    let mut projects = filter["projects"].as_array().into_iter().flatten();
    if !projects.all(|name| name.as_str().is_some_and(|name| name.starts_with("projects/"))) {
        return wrong("projects must be of the form projects/{project}.");
    }
    let mut rules = budget["thresholdRules"].as_array().into_iter().flatten();
    let good = |rule: &Value| {
        rule["thresholdPercent"].as_f64().is_some_and(|part| part >= 0.0)
            && ["CURRENT_SPEND", "FORECASTED_SPEND"].iter().any(|it| rule["spendBasis"] == *it)
    };
    if !rules.all(good) {
        return wrong("threshold_percent must not be negative, and spend_basis a known one.");
    }
    channels(tx, budget).or_else(wrong)
}

fn money(amount: &Value, filter: &Value) -> Result<(), &'static str> {
    match (amount.get("specifiedAmount"), amount.get("lastPeriodAmount")) {
        (Some(money), None) if money["currencyCode"] != CURRENCY => {
            Err("currency_code must be that of the billing account.")
        }
        (Some(money), None) => {
            let units =
                money["units"].as_str().map_or(money["units"].as_i64(), |it| it.parse().ok());
            let some =
                units.unwrap_or_default() > 0 || money["nanos"].as_i64().unwrap_or_default() > 0;
            if some { Ok(()) } else { Err("the amount must be positive.") }
        }
        (None, Some(_)) if filter["customPeriod"].is_object() => {
            Err("last_period_amount cannot be used with a custom period.")
        }
        (None, Some(_)) => Ok(()),
        _ => Err("one amount must be set."),
    }
}

fn channels(tx: &Transaction<'_>, budget: &Value) -> Result<(), &'static str> {
    let list = &budget["notificationsRule"]["monitoringNotificationChannels"];
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    if list.len() > 5 {
        return Err("at most 5 monitoring_notification_channels are allowed.");
    }
    let there = |name: &Value| {
        let parts: Vec<&str> = name.as_str().unwrap_or_default().split('/').collect();
        match parts[..] {
            ["projects", project, "notificationChannels", id] => {
                tx.value(&format!("monitoring/channels/{project}/{id}")).is_some()
            }
            _ => false,
        }
    };
    if list.iter().all(there) { Ok(()) } else { Err("there is no such notification channel.") }
}
