//! Uptime checks of Cloud Monitoring as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;

const CHECKS: &str = "/v3/projects/leap/uptimeCheckConfigs";

fn hub() -> Value {
    json!({
        "displayName": "Hub",
        "monitoredResource": {
            "type": "uptime_url", "labels": { "host": "hub.example.org" },
        },
        "httpCheck": { "useSsl": true },
        "userLabels": { "team": "hubs" },
    })
}

async fn create(bench: &Bench, check: Value) -> (u16, Value) {
    bench.call("POST", CHECKS, check).await
}

#[tokio::test]
async fn the_server_names_a_check_and_fills_in_what_is_usual() {
    let bench = Bench::new().await;
    let (code, made) = create(&bench, hub()).await;
    assert_eq!(code, 200);
    let name = made["name"].as_str().unwrap();
    assert!(name.starts_with("projects/leap/uptimeCheckConfigs/hub-"), "{name}");
    let http = &made["httpCheck"];
    assert_eq!((&http["path"], &http["port"]), (&json!("/"), &json!(443)));
    assert_eq!((&made["period"], &made["timeout"]), (&json!("60s"), &json!("10s")));
    assert_eq!(made["monitoredResource"]["labels"]["project_id"], "leap");
    let (_, second) = create(&bench, hub()).await;
    assert_ne!(second["name"], made["name"], "names that people see need not be unique");
    let (_, list) = bench.call("GET", CHECKS, json!({})).await;
    assert_eq!(
        (&list["totalSize"], list["uptimeCheckConfigs"].as_array().unwrap().len()),
        (&json!(2), 2)
    );
}

#[tokio::test]
async fn a_mask_changes_what_it_names_and_the_host_stays() {
    let bench = Bench::new().await;
    let (_, made) = create(&bench, hub()).await;
    let path = format!("/v3/{}", made["name"].as_str().unwrap());
    let patch = json!({ "period": "300s", "timeout": "5s" });
    let (code, changed) = bench.call("PATCH", &format!("{path}?updateMask=period"), patch).await;
    assert_eq!(
        (code, &changed["period"], &changed["timeout"]),
        (200, &json!("300s"), &json!("10s"))
    );
    let mut moved = hub();
    moved["monitoredResource"]["labels"]["host"] = json!("lab.example.org");
    assert_eq!(status(&bench.call("PATCH", &path, moved.clone()).await), (400, "INVALID_ARGUMENT"));
    let masked = format!("{path}?updateMask=monitoredResource");
    assert_eq!(bench.call("PATCH", &masked, moved).await.0, 400);
    assert_eq!(bench.call("DELETE", &path, json!({})).await.0, 200);
    assert_eq!(status(&bench.call("GET", &path, json!({})).await), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn checks_that_google_refuses_are_refused() {
    let bench = Bench::new().await;
    for (field, wrong) in [
        ("displayName", json!("")),
        ("monitoredResource", json!({ "type": "uptime_url" })),
        ("httpCheck", Value::Null),
        ("period", json!("61s")),
        ("timeout", json!("61s")),
        ("selectedRegions", json!(["EUROPE"])),
        ("selectedRegions", json!(["MOON", "USA"])),
        ("contentMatchers", json!([{ "content": "" }])),
        ("userLabels", json!({ "Team": "hubs" })),
    ] {
        let mut check = hub();
        check[field] = wrong.clone();
        let answer = create(&bench, check).await;
        assert_eq!(status(&answer), (400, "INVALID_ARGUMENT"), "{field}: {wrong}");
    }
    let mut fine = hub();
    fine["selectedRegions"] = json!(["USA"]);
    assert_eq!(create(&bench, fine).await.0, 200, "the United States alone are three places");
}
