//! The JSON API as any HTTP client sees it.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::*;

impl Bench {
    pub(super) fn http(&self, method: Method, path: &str) -> RequestBuilder {
        // The default one asks the environment for proxies.
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.request(method, format!("{}{path}", self.sandbox.url()))
    }

    /// The status and the JSON that a call is answered with.
    pub(super) async fn json(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.http(method, path);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let response = soon(request.send()).await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(super) async fn put(&self, name: &str, text: &str) -> (u16, Value) {
        let path = format!("/upload/storage/v1/b/scratch/o?uploadType=media&name={name}");
        let response = self.http(Method::POST, &path).body(text.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

pub(super) async fn with_bucket(settings: Value) -> Bench {
    let bench = Bench::new().await;
    let mut settings = settings;
    settings["name"] = json!("scratch");
    let made = bench.json(Method::POST, "/storage/v1/b?project=leap", settings).await;
    assert_eq!(made.0, 200, "{made:?}");
    bench
}

const BUCKET: &str = "/storage/v1/b/scratch";

#[tokio::test]
async fn a_bucket_is_the_same_over_json_and_grpc() {
    let settings = json!({ "location": "us-central1", "labels": { "team": "data" } });
    let bench = with_bucket(settings).await;
    let seen = bench.get("scratch").await.unwrap();
    assert_eq!((&*seen.location, &*seen.labels["team"]), ("US-CENTRAL1", "data"));
    let (_, json) = bench.json(Method::GET, BUCKET, Value::Null).await;
    assert_eq!(json["softDeletePolicy"]["retentionDurationSeconds"], "604800");
    assert_eq!((&json["metageneration"], &json["etag"]), (&json!("1"), &json!("CAE=")));
    assert_eq!(json["selfLink"], format!("{}{BUCKET}", bench.sandbox.url()));
    let (_, layout) =
        bench.json(Method::GET, &format!("{BUCKET}/storageLayout"), Value::Null).await;
    assert_eq!(layout["location"], "US-CENTRAL1");
    assert_eq!(layout["hierarchicalNamespace"]["enabled"], false);
    let (status, _) =
        bench.json(Method::GET, &format!("{BUCKET}/managedFolders"), Value::Null).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_patch_merges_labels_and_null_takes_one_away() {
    let bench = with_bucket(json!({ "labels": { "a": "1", "b": "2" } })).await;
    let patch = json!({ "labels": { "a": null, "c": "3" }, "versioning": { "enabled": true } });
    let (status, json) = bench.json(Method::PATCH, BUCKET, patch).await;
    assert_eq!((status, &json["labels"]), (200, &json!({ "b": "2", "c": "3" })));
    assert_eq!((&json["metageneration"], &json["location"]), (&json!("2"), &json!("US")));
    // What an update does not say goes back to its default.
    let (_, json) = bench.json(Method::PUT, BUCKET, json!({ "labels": { "d": "4" } })).await;
    assert_eq!((&json["labels"], &json["versioning"]), (&json!({ "d": "4" }), &Value::Null));
}

#[tokio::test]
async fn preconditions_on_buckets_answer_412_and_304() {
    let bench = with_bucket(json!({})).await;
    let stale = format!("{BUCKET}?ifMetagenerationMatch=7");
    let (status, json) = bench.json(Method::PATCH, &stale, json!({})).await;
    assert_eq!((status, &json["error"]["errors"][0]["reason"]), (412, &json!("conditionNotMet")));
    assert_eq!(bench.json(Method::DELETE, &stale, Value::Null).await.0, 412);
    let known = format!("{BUCKET}?ifMetagenerationNotMatch=1");
    assert_eq!(bench.json(Method::GET, &known, Value::Null).await, (304, json!("")));
    assert_eq!(bench.json(Method::DELETE, BUCKET, Value::Null).await.0, 204);
}

#[tokio::test]
async fn only_the_fields_that_are_asked_for_come_back() {
    let bench = with_bucket(json!({})).await;
    let list =
        "/storage/v1/b?project=leap&fields=items(name,iamConfiguration/publicAccessPrevention)";
    let (_, json) = bench.json(Method::GET, list, Value::Null).await;
    let access = json!({ "publicAccessPrevention": "inherited" });
    assert_eq!(json, json!({ "items": [{ "name": "scratch", "iamConfiguration": access }] }));
    let broken = format!("{BUCKET}?fields=a(b");
    assert_eq!(bench.json(Method::GET, &broken, Value::Null).await.0, 400);
    assert_eq!(bench.json(Method::GET, "/storage/v1/b", Value::Null).await.0, 400);
}

#[tokio::test]
async fn a_policy_is_written_only_over_the_one_that_was_read() {
    let bench = with_bucket(json!({})).await;
    let path = format!("{BUCKET}/iam");
    let (_, mut policy) = bench.json(Method::GET, &path, Value::Null).await;
    let member = json!({ "role": "roles/storage.objectViewer", "members": ["user:a@b.org"] });
    policy["bindings"].as_array_mut().unwrap().push(member);
    assert_eq!(bench.json(Method::PUT, &path, policy.clone()).await.0, 200);
    assert_eq!(bench.json(Method::PUT, &path, policy).await.0, 412);
    let test = format!("{path}/testPermissions?permissions=storage.buckets.get&permissions=x.y");
    let (_, json) = bench.json(Method::GET, &test, Value::Null).await;
    assert_eq!(json["permissions"], json!(["storage.buckets.get"]));
}

#[tokio::test]
async fn access_control_lists_are_refused_not_swallowed() {
    let uniform = json!({ "uniformBucketLevelAccess": { "enabled": true } });
    let bench = with_bucket(json!({ "iamConfiguration": uniform })).await;
    assert_eq!(bench.json(Method::GET, &format!("{BUCKET}/acl"), Value::Null).await.0, 400);
    let with_list = "/storage/v1/b?project=leap&predefinedAcl=publicRead";
    assert_eq!(bench.json(Method::POST, with_list, json!({ "name": "other" })).await.0, 501);
}

#[tokio::test]
async fn each_call_of_a_batch_has_its_own_answer() {
    let bench = with_bucket(json!({})).await;
    bench.put("a", "x").await;
    let call = |id: u32, line: &str| {
        format!(
            "--xx\r\nContent-Type: application/http\r\nContent-ID: <b + {id}>\r\n\r\n\
             {line} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"
        )
    };
    let body = [
        call(1, "DELETE /storage/v1/b/scratch/o/a"),
        call(2, "DELETE /storage/v1/b/scratch/o/missing"),
        call(3, "GET /storage/v1/b/scratch?fields=name"),
        call(4, "POST /upload/storage/v1/b/scratch/o?uploadType=media"),
        "--xx--\r\n".to_owned(),
    ];
    let request = bench.http(Method::POST, "/batch/storage/v1").body(body.concat());
    let request = request.header("content-type", "multipart/mixed; boundary=xx");
    let answer = request.send().await.unwrap().text().await.unwrap();
    let statuses: Vec<_> =
        answer.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)).collect();
    assert_eq!(statuses, ["204", "404", "200", "400"], "{answer}");
    assert!(answer.contains("Content-ID: <response-b + 3>"), "{answer}");
    assert!(answer.contains(r#"{"name":"scratch"}"#), "{answer}");
}
