//! Uptime checks, from the declaration to Cloud Monitoring.

use super::bench::{Bench, PROJECT, resource, stack};
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Depth, Resource};
use leap_infra::plan::{Action, Refused};
use leap_infra::providers::gcp::uptime_check::Spec;
use serde_json::{Value, json};

/// A check of a page of the hub.
pub fn check(name: &str, path: &str, period: u32) -> Resource {
    let spec = Spec { path: path.into(), ..Spec::new("hub.example.org", period, 10) };
    resource("prod", "uptime-check", name, json!(spec))
}

fn of(resource: Resource, change: impl FnOnce(&mut Spec)) -> Resource {
    let mut spec: Spec = serde_json::from_value(resource.spec.clone()).unwrap();
    change(&mut spec);
    Resource { spec: json!(spec), ..resource }
}

/// The checks that are there, by the names that people see.
fn checks(bench: &Bench) -> Vec<(String, Value)> {
    let all = bench.world().into_iter().filter(|(key, _)| key.starts_with("monitoring/uptime/"));
    all.map(|(_, check)| (check["displayName"].as_str().unwrap().to_owned(), check)).collect()
}

/// Somebody else makes a check.
async fn by_somebody(bench: &Bench, name: &str) {
    let url = format!("{}/v3/projects/{PROJECT}/uptimeCheckConfigs", bench.sandbox.url());
    let body = json!({
        "displayName": name,
        "monitoredResource": { "type": "uptime_url", "labels": { "host": "hub.example.org" } },
        "httpCheck": { "useSsl": true, "validateSsl": true, "headers": { "X-From": "uptime" } },
        "period": "300s",
    });
    let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_is_made_changed_where_it_stands_and_taken_away() {
    let bench = Bench::new().await;
    bench.apply(&stack([check("home-hub", "/hub/health", 60)])).await;
    let wanted = || {
        stack([of(check("home-hub", "/hub/health", 300), |spec| {
            spec.content = "ok".into();
            spec.statuses = [200].into();
            spec.regions = ["EUROPE".to_owned(), "USA".to_owned()].into();
            spec.labels = [("team".to_owned(), "hubs".to_owned())].into();
        })])
    };
    let plan = bench.apply(&wanted()).await;
    assert_eq!(plan.steps[0].action, Action::Update);
    assert!(bench.plan(&wanted()).await.is_empty());
    let (_, live) = &checks(&bench)[0];
    assert_eq!((&live["period"], &live["userLabels"]["team"]), (&json!("300s"), &json!("hubs")));
    assert_eq!(live["contentMatchers"][0]["content"], "ok");
    bench.apply(&stack([])).await;
    assert!(checks(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_host_is_another_check_which_must_be_said() {
    let bench = Bench::new().await;
    bench.apply(&stack([check("home-hub", "/", 60)])).await;
    let moved = of(check("home-hub", "/", 60), |spec| spec.host = "lab.example.org".into());
    let plan = bench.plan(&stack([moved])).await;
    assert!(matches!(plan.refusals[0].why, Refused::Replacement { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_of_somebody_else_is_refused_adopted_and_keeps_what_has_no_word_here() {
    let bench = Bench::new().await;
    by_somebody(&bench, "home-hub").await;
    let wanted = || stack([check("home-hub", "/", 300)]);
    assert!(matches!(bench.plan(&wanted()).await.refusals[0].why, Refused::Foreign));
    bench.mark(&wanted(), Marks::Adopt, &[]).await;
    assert!(bench.plan(&wanted()).await.is_empty());
    bench.apply(&stack([check("home-hub", "/hub/health", 300)])).await;
    let (_, live) = &checks(&bench)[0];
    assert_eq!(live["httpCheck"]["headers"], json!({ "X-From": "uptime" }));
    bench.mark(&stack([]), Marks::Disown, &["*"]).await;
    let (_, live) = &checks(&bench)[0];
    assert_eq!(live["userLabels"], json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ours_is_found_beside_one_of_the_same_name_and_a_copy_of_it_is_reported() {
    let bench = Bench::new().await;
    let wanted = || stack([check("home-hub", "/", 300)]);
    bench.apply(&wanted()).await;
    by_somebody(&bench, "home-hub").await;
    assert!(bench.plan(&wanted()).await.is_empty());
    let (_, ours) =
        &checks(&bench).into_iter().find(|(_, it)| it["userLabels"].is_object()).unwrap();
    let mut copy = ours.clone();
    copy.as_object_mut().unwrap().remove("name");
    let url = format!("{}/v3/projects/{PROJECT}/uptimeCheckConfigs", bench.sandbox.url());
    reqwest::Client::new().post(url).json(&copy).send().await.unwrap();
    let plan = bench.plan(&wanted()).await;
    assert!(plan.is_empty());
    assert_eq!(plan.unknown[0].what, "a second uptime-check of this name, with the same mark");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_that_nobody_declares_are_shown_to_discover_with_their_settings() {
    let bench = Bench::new().await;
    by_somebody(&bench, "Their Hub").await;
    assert_eq!(Depth::default(), Depth::Listed);
    let world = bench.everything().await;
    let strangers = &world.kinds["uptime-check"].strangers;
    assert_eq!((strangers.len(), strangers[0].name.as_str()), (1, "Their Hub"));
    assert_eq!(strangers[0].spec["host"], "hub.example.org");
}
