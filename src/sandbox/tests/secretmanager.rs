//! Secret Manager as plain JSON over HTTP, where the official client would hide what is said.

use serde_json::{Value, json};

use super::*;

const SECRETS: &str = "/v1/projects/leap/secrets";

async fn create(bench: &Bench, name: &str, settings: Value) -> (u16, Value) {
    let mut secret = json!({ "replication": { "automatic": {} } });
    secret.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    bench.call("POST", &format!("{SECRETS}?secretId={name}"), secret).await
}

#[tokio::test]
async fn a_stale_etag_is_a_failed_precondition_and_none_is_no_check() {
    let bench = Bench::new().await;
    let (_, first) = create(&bench, "s", json!({})).await;
    let path = format!("{SECRETS}/s?updateMask=labels");
    let patch = |etag: &Value| json!({ "labels": { "a": "1" }, "etag": etag });
    let (code, second) = bench.call("PATCH", &path, patch(&first["etag"])).await;
    assert_eq!((code, &second["labels"]), (200, &json!({ "a": "1" })));
    assert!(second["etag"].as_str().unwrap().starts_with('"'));
    let stale = bench.call("PATCH", &path, patch(&first["etag"])).await;
    assert_eq!(status(&stale), (400, "FAILED_PRECONDITION"));
    assert_eq!(bench.call("PATCH", &path, json!({ "labels": {} })).await.0, 200);
}

#[tokio::test]
async fn settings_that_google_refuses_are_refused_in_its_words() {
    let bench = Bench::new().await;
    let rotation = json!({ "rotationPeriod": "7200s", "nextRotationTime": "2040-01-01T00:00:00Z" });
    let wrong = [
        json!({ "replication": {} }),
        json!({ "labels": { "A": "b" } }),
        json!({ "expireTime": "2001-01-01T00:00:00Z" }),
        json!({ "rotation": rotation }),
        json!({ "colour": "red" }),
    ];
    for settings in wrong {
        let answer = create(&bench, "s", settings.clone()).await;
        assert_eq!(status(&answer), (400, "INVALID_ARGUMENT"), "{settings}");
    }
    assert_eq!(create(&bench, "a.b", json!({})).await.0, 400);
    assert_eq!(create(&bench, "s", json!({})).await.0, 200);
    assert_eq!(status(&create(&bench, "s", json!({})).await), (409, "ALREADY_EXISTS"));
    let immovable = format!("{SECRETS}/s?updateMask=replication");
    assert_eq!(bench.call("PATCH", &immovable, json!({})).await.0, 400);
}

#[tokio::test]
async fn time_moves_reminders_on_and_ends_what_expires() {
    let bench = Bench::new().await;
    let settings = json!({
        "topics": [{ "name": "projects/leap/topics/t" }],
        "rotation": { "rotationPeriod": "86400s", "nextRotationTime": "2026-06-01T00:00:00Z" },
        "expireTime": "2026-06-10T00:00:00Z",
    });
    assert_eq!(create(&bench, "s", settings).await.0, 200);
    bench.sandbox.clock().advance(Duration::from_secs(3 * 86_400));
    let (_, secret) = bench.call("GET", &format!("{SECRETS}/s"), json!({})).await;
    assert_eq!(secret["rotation"]["nextRotationTime"], "2026-06-01T00:00:00Z");
    bench.sandbox.clock().advance(Duration::from_secs(86_400));
    let (_, secret) = bench.call("GET", &format!("{SECRETS}/s"), json!({})).await;
    assert_eq!(secret["rotation"]["nextRotationTime"], "2026-06-02T00:00:00Z");
    bench.sandbox.clock().advance(Duration::from_secs(10 * 86_400));
    let gone = bench.call("GET", &format!("{SECRETS}/s"), json!({})).await;
    assert_eq!(status(&gone), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn versions_count_from_one_and_what_is_destroyed_stays_so() {
    let bench = Bench::new().await;
    create(&bench, "s", json!({})).await;
    let none = bench.call("GET", &format!("{SECRETS}/s/versions/latest:access"), json!({})).await;
    assert_eq!(status(&none), (404, "NOT_FOUND"));
    let payload = json!({ "payload": { "data": "Y2FuYXJ5" } });
    let (_, added) = bench.call("POST", &format!("{SECRETS}/s:addVersion"), payload).await;
    assert_eq!(added["state"], "ENABLED");
    let (_, read) = bench.call("GET", &format!("{SECRETS}/s/versions/1:access"), json!({})).await;
    assert_eq!(read["payload"]["data"], "Y2FuYXJ5");
    let turn = |verb: &str| format!("{SECRETS}/s/versions/1:{verb}");
    let number = format!("{}?$alt=json;enum-encoding=int", turn("disable"));
    let (_, disabled) = bench.call("POST", &number, json!({ "etag": added["etag"] })).await;
    assert_eq!(disabled["state"], 2);
    let stale = bench.call("POST", &turn("enable"), json!({ "etag": added["etag"] })).await;
    assert_eq!(status(&stale), (400, "FAILED_PRECONDITION"));
    assert_eq!(bench.call("POST", &turn("destroy"), json!({})).await.0, 200);
    let after = bench.call("POST", &turn("enable"), json!({})).await;
    assert_eq!(status(&after), (400, "FAILED_PRECONDITION"));
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let bench = Bench::new().await;
    for name in ["a", "b", "c"] {
        create(&bench, name, json!({})).await;
    }
    let (_, page) = bench.call("GET", &format!("{SECRETS}?pageSize=2"), json!({})).await;
    let names = |page: &Value| -> Vec<String> {
        let all = page["secrets"].as_array().unwrap();
        all.iter()
            .map(|it| it["name"].as_str().unwrap().rsplit('/').next().unwrap().into())
            .collect()
    };
    assert_eq!(names(&page), ["c", "b"]);
    let token = page["nextPageToken"].as_str().unwrap();
    let next = format!("{SECRETS}?pageSize=2&pageToken={token}");
    assert_eq!(names(&bench.call("GET", &next, json!({})).await.1), ["a"]);
}

#[tokio::test]
async fn a_policy_that_moved_on_is_not_overwritten() {
    let bench = Bench::new().await;
    create(&bench, "s", json!({})).await;
    let read = format!("{SECRETS}/s:getIamPolicy");
    let (_, first) = bench.call("GET", &read, json!({})).await;
    let binding = json!({ "role": "roles/secretmanager.secretAccessor",
        "members": ["user:ada@leap.example.org"] });
    let set = |etag: &Value| json!({ "policy": { "bindings": [binding], "etag": etag } });
    let write = format!("{SECRETS}/s:setIamPolicy");
    let (code, _) = bench.call("POST", &write, set(&json!(""))).await;
    assert_eq!(code, 200);
    let (_, second) = bench.call("GET", &read, json!({})).await;
    assert_ne!(first["etag"], second["etag"]);
    assert_eq!(bench.call("POST", &write, set(&second["etag"])).await.0, 200);
    let stale = bench.call("POST", &write, set(&second["etag"])).await;
    assert_eq!(status(&stale), (409, "ABORTED"));
}
