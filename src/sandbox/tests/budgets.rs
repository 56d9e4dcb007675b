//! Budgets, and the channels that they write to, as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;

const CHANNELS: &str = "/v3/projects/leap/notificationChannels";
const BUDGETS: &str = "/v1/billingAccounts/012345-6789AB-CDEF01/budgets";

fn mail() -> Value {
    json!({
        "type": "email",
        "displayName": "Money",
        "labels": { "email_address": "money@leap.example.org" },
        "userLabels": { "team": "hubs" },
    })
}

fn budget() -> Value {
    json!({
        "displayName": "Platform",
        "budgetFilter": { "projects": ["projects/leap"] },
        "amount": { "specifiedAmount": { "units": "7000" } },
        "thresholdRules": [{ "thresholdPercent": 0.9 }],
    })
}

async fn made(bench: &Bench, path: &str, body: Value) -> Value {
    let (code, made) = bench.call("POST", path, body).await;
    assert_eq!(code, 200, "{made}");
    made
}

fn below(version: &str, thing: &Value) -> String {
    format!("/{version}/{}", thing["name"].as_str().unwrap())
}

#[tokio::test]
async fn a_channel_is_named_by_the_server_and_is_on() {
    let bench = Bench::new().await;
    let first = made(&bench, CHANNELS, mail()).await;
    assert!(below("v3", &first).starts_with(&format!("{CHANNELS}/")));
    assert_eq!(first["enabled"], true);
    let second = made(&bench, CHANNELS, mail()).await;
    assert_ne!(second["name"], first["name"], "an address need not be unique");
    let path = below("v3", &first);
    let off = bench.call("PATCH", &format!("{path}?updateMask=enabled"), json!({})).await;
    assert_eq!((off.0, off.1["displayName"].as_str()), (200, Some("Money")));
    let other = json!({ "type": "sms" });
    let wrong = bench.call("PATCH", &format!("{path}?updateMask=type"), other).await;
    assert_eq!(status(&wrong), (400, "INVALID_ARGUMENT"));
    assert_eq!(bench.call("DELETE", &path, json!({})).await.0, 200);
    assert_eq!(status(&bench.call("GET", &path, json!({})).await), (404, "NOT_FOUND"));
    let (_, list) = bench.call("GET", CHANNELS, json!({})).await;
    assert_eq!(list["notificationChannels"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn channels_that_google_refuses_are_refused() {
    let bench = Bench::new().await;
    for (field, wrong) in [
        ("type", json!("pager")),
        ("labels", json!({})),
        ("labels", json!({ "email_address": "nobody" })),
        ("labels", json!({ "email_address": "a@b.org", "number": "1" })),
        ("displayName", json!("m".repeat(513))),
        ("userLabels", json!({ "Team": "hubs" })),
    ] {
        let mut channel = mail();
        channel[field] = wrong.clone();
        let answer = bench.call("POST", CHANNELS, channel).await;
        assert_eq!(status(&answer), (400, "INVALID_ARGUMENT"), "{field}: {wrong}");
    }
}

#[tokio::test]
async fn a_budget_is_filled_in_and_names_projects_by_their_numbers() {
    let bench = Bench::new().await;
    let (_, project) = bench.call("GET", "/v3/projects/leap", json!({})).await;
    let made = made(&bench, BUDGETS, budget()).await;
    let filter = &made["budgetFilter"];
    assert_eq!(filter["projects"], json!([project["name"]]));
    assert_eq!(filter["calendarPeriod"], "MONTH");
    assert_eq!(filter["creditTypesTreatment"], "INCLUDE_ALL_CREDITS");
    assert_eq!(made["amount"]["specifiedAmount"]["currencyCode"], "USD");
    assert_eq!(made["thresholdRules"][0]["spendBasis"], "CURRENT_SPEND");
    let (_, list) = bench.call("GET", &format!("{BUDGETS}?pageSize=1"), json!({})).await;
    assert_eq!(list["budgets"], json!([made]));
}

#[tokio::test]
async fn a_budget_changes_only_for_its_etag_and_goes_without_one() {
    let bench = Bench::new().await;
    let made = made(&bench, BUDGETS, budget()).await;
    let path = below("v1", &made);
    let masked = format!("{path}?updateMask=displayName");
    let patch = |etag: &Value| json!({ "displayName": "Other", "amount": {}, "etag": etag });
    let (code, changed) = bench.call("PATCH", &masked, patch(&made["etag"])).await;
    assert_eq!((code, &changed["displayName"]), (200, &json!("Other")));
    assert_eq!(changed["amount"], made["amount"]);
    assert_ne!(changed["etag"], made["etag"]);
    let late = bench.call("PATCH", &masked, patch(&made["etag"])).await;
    assert_eq!(status(&late), (409, "ABORTED"));
    assert_eq!(bench.call("PATCH", &masked, patch(&json!(""))).await.0, 200);
    assert_eq!(bench.call("DELETE", &path, json!({})).await.0, 200);
    assert_eq!(status(&bench.call("GET", &path, json!({})).await), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn budgets_that_google_refuses_are_refused() {
    let bench = Bench::new().await;
    let many: Vec<Value> =
        (0..6).map(|at| json!(format!("projects/leap/notificationChannels/{at}"))).collect();
    for (field, wrong) in [
        ("displayName", json!("b".repeat(61))),
        ("amount", Value::Null),
        ("amount", json!({ "specifiedAmount": { "units": "0" } })),
        ("amount", json!({ "specifiedAmount": { "units": "1", "currencyCode": "EUR" } })),
        ("budgetFilter", json!({ "projects": ["leap"] })),
        ("thresholdRules", json!([{ "thresholdPercent": -0.5 }])),
        ("notificationsRule", json!({ "monitoringNotificationChannels": [many[0]] })),
        ("notificationsRule", json!({ "monitoringNotificationChannels": many })),
    ] {
        let mut body = budget();
        body[field] = wrong.clone();
        let answer = bench.call("POST", BUDGETS, body).await;
        assert_eq!(status(&answer), (400, "INVALID_ARGUMENT"), "{field}: {wrong}");
    }
    let nobody = bench.call("POST", "/v1/billingAccounts/leap/budgets", budget()).await;
    assert_eq!(status(&nobody), (400, "INVALID_ARGUMENT"));
    let channel = made(&bench, CHANNELS, mail()).await;
    let mut fine = budget();
    fine["notificationsRule"] = json!({ "monitoringNotificationChannels": [channel["name"]] });
    fine["amount"] = json!({ "lastPeriodAmount": {} });
    made(&bench, BUDGETS, fine).await;
}
