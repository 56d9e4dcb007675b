//! Artifact Registry as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::artifactregistry::{push, trouble};

const BASE: &str = "/artifactregistry/v1/projects/leap/locations";
const HERE: &str = "us-central1/repositories";
const IMAGES: &str = "projects/leap/locations/us-central1/repositories/images";

async fn call(bench: &Bench, method: &str, path: &str, body: Value) -> (u16, Value) {
    bench.call(method, &format!("{BASE}{path}"), body).await
}

async fn create(bench: &Bench, place: &str, name: &str, body: Value) -> (u16, Value) {
    call(bench, "POST", &format!("/{place}?repositoryId={name}"), body).await
}

async fn get(bench: &Bench) -> (u16, Value) {
    call(bench, "GET", &format!("/{HERE}/images"), json!({})).await
}

/// A registry that is there, by a sandbox without lags.
async fn made(body: Value) -> Bench {
    let bench = Bench::new().await;
    assert_eq!(create(&bench, HERE, "images", body).await.0, 200);
    bench
}

/// A sandbox in which operations take five seconds.
async fn slow() -> Bench {
    let behaviour = Behaviour { operation_time: Duration::from_secs(5), ..Behaviour::instant() };
    let options = Options { clock: Clock::virtual_at(START), behaviour, ..Options::default() };
    Bench::at(start(options).await.unwrap()).await
}

async fn ended(bench: &Bench, operation: &Value) -> Value {
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let path = format!("/artifactregistry/v1/{}", operation["name"].as_str().unwrap());
    bench.call("GET", &path, json!({})).await.1
}

#[tokio::test]
async fn a_repository_is_there_when_its_operation_ends_and_its_name_is_taken_before() {
    let bench = slow().await;
    let (_, begun) = create(&bench, HERE, "images", json!({ "format": "DOCKER" })).await;
    assert!(begun.get("done").is_none(), "{begun}");
    assert_eq!(status(&get(&bench).await), (404, "NOT_FOUND"));
    let again = create(&bench, HERE, "images", json!({ "format": "DOCKER" })).await;
    assert_eq!(status(&again), (409, "ALREADY_EXISTS"));
    let done = ended(&bench, &begun).await;
    assert_eq!((&done["done"], &done["response"]["name"]), (&json!(true), &json!(IMAGES)));
    let (_, there) = get(&bench).await;
    assert_eq!(there["registryUri"], "us-central1-docker.pkg.dev/leap/images");
    assert_eq!(there["mode"], "STANDARD_REPOSITORY");
}

#[tokio::test]
async fn a_repository_that_goes_is_there_until_then_and_bears_no_second_change() {
    let bench = slow().await;
    let (_, begun) = create(&bench, HERE, "images", json!({ "format": "DOCKER" })).await;
    ended(&bench, &begun).await;
    push(bench.sandbox.world(), IMAGES, "hub", 5).unwrap();
    let path = format!("/{HERE}/images");
    let (_, begun) = call(&bench, "DELETE", &path, json!({})).await;
    assert_eq!(get(&bench).await.0, 200);
    let patch = format!("{path}?updateMask=description");
    let body = json!({ "description": "x" });
    for (method, path, body) in [("DELETE", &path, json!({})), ("PATCH", &patch, body)] {
        let refused = call(&bench, method, path, body).await;
        assert_eq!(status(&refused), (409, "ABORTED"), "{method}");
    }
    let done = ended(&bench, &begun).await;
    assert_eq!(done["response"]["@type"], "type.googleapis.com/google.protobuf.Empty");
    assert_eq!(status(&get(&bench).await), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn making_a_repository_may_fail_at_its_end() {
    let bench = slow().await;
    trouble(bench.sandbox.world(), IMAGES, Some((8, "Quota exceeded."))).unwrap();
    let (_, begun) = create(&bench, HERE, "images", json!({ "format": "DOCKER" })).await;
    let done = ended(&bench, &begun).await;
    assert_eq!((&done["done"], &done["error"]["code"]), (&json!(true), &json!(8)));
    assert_eq!(status(&get(&bench).await), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn a_mask_changes_at_once_what_it_names_and_nothing_that_is_fixed() {
    let bench = made(json!({ "format": "DOCKER", "description": "old" })).await;
    let path = |mask: &str| format!("/{HERE}/images?updateMask={mask}");
    let body = json!({
        "description": "new", "labels": { "team": "hub" }, "dockerConfig": { "immutableTags": true },
    });
    let (code, changed) = call(&bench, "PATCH", &path("labels,docker_config"), body.clone()).await;
    assert_eq!((code, &changed["description"]), (200, &json!("old")));
    assert_eq!(changed["dockerConfig"]["immutableTags"], true);
    assert_eq!(get(&bench).await.1["labels"]["team"], "hub");
    for mask in ["format", "mode", "name", ""] {
        let refused = call(&bench, "PATCH", &path(mask), body.clone()).await;
        assert_eq!(status(&refused), (400, "INVALID_ARGUMENT"), "{mask}");
    }
}

#[tokio::test]
async fn names_places_formats_and_labels_are_checked() {
    let bench = Bench::new().await;
    let docker = || json!({ "format": "DOCKER" });
    for name in ["Images", "1st", "a-", "", &"a".repeat(64)] {
        let refused = create(&bench, HERE, name, docker()).await;
        assert_eq!(status(&refused), (400, "INVALID_ARGUMENT"), "{name}");
    }
    let nowhere = create(&bench, "moon-1/repositories", "images", docker()).await;
    assert_eq!(status(&nowhere), (404, "NOT_FOUND"));
    for body in [
        json!({}),
        json!({ "format": "CARGO" }),
        json!({ "format": "DOCKER", "labels": { "Team": "hub" } }),
        json!({ "format": "PYTHON", "dockerConfig": { "immutableTags": true } }),
    ] {
        let refused = create(&bench, HERE, "images", body.clone()).await;
        assert_eq!(status(&refused), (400, "INVALID_ARGUMENT"), "{body}");
    }
}

#[tokio::test]
async fn a_cleanup_policy_keeps_the_newest_or_has_a_condition() {
    let bench = Bench::new().await;
    let with = |policy: Value| json!({ "format": "DOCKER", "cleanupPolicies": { "one": policy } });
    let condition = json!({ "tagState": "UNTAGGED", "olderThan": "2592000s" });
    let newest = json!({ "keepCount": 3 });
    for policy in [
        json!({ "action": "DELETE" }),
        json!({ "action": "DELETE", "mostRecentVersions": newest }),
        json!({ "action": "KEEP", "mostRecentVersions": { "keepCount": 0 } }),
        json!({ "action": "KEEP", "mostRecentVersions": newest, "condition": condition }),
        json!({ "id": "two", "action": "DELETE", "condition": condition }),
    ] {
        let refused = create(&bench, HERE, "images", with(policy.clone())).await;
        assert_eq!(status(&refused), (400, "INVALID_ARGUMENT"), "{policy}");
    }
    let policy = json!({ "id": "one", "action": 1, "condition": condition });
    assert_eq!(create(&bench, HERE, "images", with(policy)).await.0, 200);
    assert_eq!(get(&bench).await.1["cleanupPolicies"]["one"]["action"], "DELETE");
}

#[tokio::test]
async fn lists_are_of_one_place_and_come_in_pages() {
    let bench = Bench::new().await;
    for name in ["a", "b", "c"] {
        create(&bench, HERE, name, json!({ "format": "DOCKER" })).await;
    }
    create(&bench, "us/repositories", "d", json!({ "format": "GO" })).await;
    let (_, first) = call(&bench, "GET", &format!("/{HERE}?pageSize=2"), json!({})).await;
    assert_eq!(first["repositories"].as_array().unwrap().len(), 2);
    let next = first["nextPageToken"].as_str().unwrap();
    let path = format!("/{HERE}?pageSize=2&pageToken={next}");
    let (_, second) = call(&bench, "GET", &path, json!({})).await;
    assert_eq!(second["repositories"].as_array().unwrap().len(), 1);
    let everywhere = call(&bench, "GET", "/-/repositories", json!({})).await;
    assert_eq!(status(&everywhere), (404, "NOT_FOUND"));
    let (_, places) = call(&bench, "GET", "", json!({})).await;
    let places = places["locations"].as_array().unwrap();
    assert!(places.iter().any(|place| place["locationId"] == "us-central1"));
}

#[tokio::test]
async fn what_was_pushed_is_listed_and_counted_and_goes_with_its_repository() {
    let bench = made(json!({ "format": "DOCKER" })).await;
    get(&bench).await;
    push(bench.sandbox.world(), IMAGES, "hub", 700).unwrap();
    push(bench.sandbox.world(), IMAGES, "dask", 300).unwrap();
    assert_eq!(get(&bench).await.1["sizeBytes"], "1000");
    let path = format!("/{HERE}/images/packages");
    let (_, all) = call(&bench, "GET", &path, json!({})).await;
    assert_eq!(all["packages"][0]["name"], format!("{IMAGES}/packages/dask"));
    call(&bench, "DELETE", &format!("/{HERE}/images"), json!({})).await;
    assert_eq!(call(&bench, "GET", &path, json!({})).await.0, 404);
    let left = bench.sandbox.store().content().unwrap();
    assert!(!format!("{left:?}").contains("packages/"), "{left:?}");
    let policy = call(&bench, "POST", &format!("/{HERE}/images:setIamPolicy"), json!({})).await;
    assert_eq!(policy.0, 404);
}
