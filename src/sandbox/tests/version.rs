//! Versions of objects, and objects made of others.

use reqwest::Method;
use serde_json::{Value, json};

use super::json::with_bucket;
use super::*;

const OBJECTS: &str = "/storage/v1/b/scratch/o";

async fn versioned() -> Bench {
    with_bucket(json!({ "versioning": { "enabled": true } })).await
}

fn generation((status, object): (u16, Value)) -> String {
    assert_eq!(status, 200, "{object}");
    object["generation"].as_str().unwrap().to_owned()
}

impl Bench {
    async fn text(&self, path: &str) -> String {
        let path = format!("{OBJECTS}/{path}");
        self.http(Method::GET, &path).send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test]
async fn what_is_overwritten_or_deleted_stays_as_a_version() {
    let bench = versioned().await;
    let first = generation(bench.put("a", "one").await);
    generation(bench.put("a", "two").await);
    assert_eq!(bench.text(&format!("a?alt=media&generation={first}")).await, "one");
    bench.json(Method::DELETE, &format!("{OBJECTS}/a"), Value::Null).await;
    assert_eq!(bench.json(Method::GET, &format!("{OBJECTS}/a"), Value::Null).await.0, 404);

    let live = bench.control.list_objects().set_parent(path("scratch")).send().await.unwrap();
    assert!(live.objects.is_empty());
    let all = bench.control.list_objects().set_parent(path("scratch")).set_versions(true);
    let all = all.send().await.unwrap().objects;
    let deleted: Vec<_> = all.iter().map(|object| object.delete_time.is_some()).collect();
    assert_eq!(deleted, [true, true]);
}

#[tokio::test]
async fn a_noncurrent_version_is_deleted_for_good_and_guards_its_bucket_until_then() {
    let bench = versioned().await;
    let first = generation(bench.put("a", "one").await);
    let second = generation(bench.put("a", "two").await);
    let version = |generation: &str| format!("{OBJECTS}/a?generation={generation}");
    assert_eq!(bench.json(Method::DELETE, &version(&first), Value::Null).await.0, 204);
    assert_eq!(bench.json(Method::DELETE, &version(&first), Value::Null).await.0, 404);
    assert_eq!(bench.text("a?alt=media").await, "two");
    bench.json(Method::DELETE, &format!("{OBJECTS}/a"), Value::Null).await;
    assert_eq!(bench.json(Method::DELETE, "/storage/v1/b/scratch", Value::Null).await.0, 409);
    assert_eq!(bench.json(Method::DELETE, &version(&second), Value::Null).await.0, 204);
    assert_eq!(bench.json(Method::DELETE, "/storage/v1/b/scratch", Value::Null).await.0, 204);
}

#[tokio::test]
async fn versions_are_listed_in_pages() {
    let bench = versioned().await;
    for (name, text) in [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")] {
        generation(bench.put(name, text).await);
    }
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let path = format!("{OBJECTS}?versions=true&maxResults=2&pageToken={token}");
        let (_, page) = bench.json(Method::GET, &path, Value::Null).await;
        for item in page["items"].as_array().unwrap() {
            seen.push((item["name"].clone(), item["timeDeleted"].is_null()));
        }
        match page["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    let expected =
        [("a", false), ("a", false), ("a", true), ("b", true)].map(|(n, live)| (json!(n), live));
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_is_said_of_an_object_changes_and_its_bytes_do_not() {
    let bench = with_bucket(json!({})).await;
    let before = generation(bench.put("a", "x").await);
    let path = format!("{OBJECTS}/a");
    let patch = json!({ "metadata": { "who": "me", "when": "now" }, "contentType": "text/csv" });
    bench.json(Method::PATCH, &path, patch).await;
    let (_, after) = bench.json(Method::PATCH, &path, json!({ "metadata": { "who": null } })).await;
    assert_eq!(after["metadata"], json!({ "when": "now" }));
    assert_eq!(
        (&after["contentType"], &after["metageneration"]),
        (&json!("text/csv"), &json!("3"))
    );
    assert_eq!(after["generation"], before);
    let stale = format!("{path}?ifMetagenerationMatch=1");
    assert_eq!(bench.json(Method::PATCH, &stale, json!({})).await.0, 412);
}

#[tokio::test]
async fn objects_are_put_together_with_their_checksum() {
    let bench = with_bucket(json!({})).await;
    bench.put("a", "hel").await;
    bench.put("b", "lo").await;
    let sources = json!({ "sourceObjects": [{ "name": "a" }, { "name": "b" }] });
    let compose = format!("{OBJECTS}/both/compose");
    let (status, both) = bench.json(Method::POST, &compose, sources).await;
    assert_eq!(
        (status, &both["crc32c"], &both["componentCount"]),
        (200, &json!("mnG7TA=="), &json!(2))
    );
    assert_eq!((&both["md5Hash"], &*bench.text("both?alt=media").await), (&Value::Null, "hello"));
    let many = json!({ "sourceObjects": vec![json!({ "name": "a" }); 33] });
    assert_eq!(bench.json(Method::POST, &compose, many).await.0, 400);
    let stale = json!({ "name": "a", "objectPreconditions": { "ifGenerationMatch": "1" } });
    let stale = json!({ "sourceObjects": [stale] });
    assert_eq!(bench.json(Method::POST, &compose, stale).await.0, 412);
}

#[tokio::test]
async fn a_large_rewrite_takes_several_calls_with_a_token() {
    let bench = with_bucket(json!({})).await;
    let source = generation(bench.put("a", &"x".repeat(5 << 19)).await);
    let mut token = String::new();
    let mut calls = 0;
    let copy = loop {
        let path = format!(
            "{OBJECTS}/a/rewriteTo/b/scratch/o/cold?maxBytesRewrittenPerCall=1048576&rewriteToken={token}"
        );
        let (status, json) =
            bench.json(Method::POST, &path, json!({ "storageClass": "COLDLINE" })).await;
        calls += 1;
        assert_eq!((status, &json["objectSize"]), (200, &json!("2621440")));
        match json["rewriteToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break json["resource"].clone(),
        }
    };
    assert_eq!((calls, &copy["storageClass"]), (3, &json!("COLDLINE")));
    assert_ne!(copy["generation"], source);
}

#[tokio::test]
async fn a_pattern_and_folders_narrow_a_list() {
    let bench = with_bucket(json!({})).await;
    for name in ["dir%2F", "dir%2Fa.nc", "dir%2Fsub%2Fb.nc", "c.nc", "d.csv"] {
        generation(bench.put(name, "x").await);
    }
    let listed = async |query: &str| {
        let (_, page) = bench.json(Method::GET, &format!("{OBJECTS}?{query}"), Value::Null).await;
        let names = page["items"].as_array().into_iter().flatten();
        let names: Vec<_> = names.map(|item| item["name"].as_str().unwrap().to_owned()).collect();
        (names.join(" "), page["prefixes"].clone())
    };
    assert_eq!(listed("matchGlob=**.nc").await.0, "c.nc dir/a.nc dir/sub/b.nc");
    assert_eq!(listed("delimiter=/").await, ("c.nc d.csv".into(), json!(["dir/"])));
    let with_folder = "delimiter=/&includeTrailingDelimiter=true";
    assert_eq!(listed(with_folder).await, ("c.nc d.csv dir/".into(), json!(["dir/"])));
    assert_eq!(listed("startOffset=d.csv&endOffset=dir/b").await.0, "d.csv dir/ dir/a.nc");
}

#[tokio::test]
async fn an_object_is_moved_to_another_name() {
    let bench = with_bucket(json!({})).await;
    bench.put("a", "x").await;
    let to = |name: &str| format!("{OBJECTS}/a/moveTo/o/{name}");
    assert_eq!(bench.json(Method::POST, &to("a"), Value::Null).await.0, 400);
    let (status, moved) = bench.json(Method::POST, &to("b"), Value::Null).await;
    assert_eq!((status, &moved["name"]), (200, &json!("b")));
    assert_eq!(bench.text("b?alt=media").await, "x");
    assert_eq!(bench.json(Method::POST, &to("c"), Value::Null).await.0, 404);
}
