//! Compute Engine as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::compute::seed;
use crate::sandbox::container::{SeedCluster, seed_cluster, set_quota};

const BASE: &str = "/compute/v1/projects/leap";
const DISKS: &str = "zones/us-central1-c/disks";

async fn call(bench: &Bench, method: &str, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}{BASE}/{path}", bench.sandbox.url());
    let method = method.parse().unwrap();
    let request = reqwest::Client::new().request(method, url).json(&body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn disk(bench: &Bench, name: &str) -> (u16, Value) {
    let body = json!({ "name": name, "sizeGb": "10", "type": "zones/z/diskTypes/pd-ssd" });
    call(bench, "POST", DISKS, body).await
}

/// The status, and the reason in the list of errors.
fn reason(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["errors"][0]["reason"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn errors_have_the_reasons_of_compute() {
    let bench = Bench::new().await;
    let get = format!("{DISKS}/d");
    assert_eq!(reason(&call(&bench, "GET", &get, json!({})).await), (404, "notFound"));
    assert_eq!(disk(&bench, "d").await.0, 200);
    assert_eq!(reason(&disk(&bench, "d").await), (409, "alreadyExists"));
    assert_eq!(reason(&disk(&bench, "D").await), (400, "invalid"));
    let labels = json!({ "labels": { "a": "b" }, "labelFingerprint": "b2xk" });
    let stale = call(&bench, "POST", &format!("{get}/setLabels"), labels).await;
    assert_eq!(reason(&stale), (412, "conditionNotMet"));
    let smaller = call(&bench, "POST", &format!("{get}/resize"), json!({ "sizeGb": "5" })).await;
    assert_eq!(reason(&smaller), (400, "invalid"));
    assert_eq!(
        reason(&call(&bench, "POST", "zones/z/instances", json!({})).await),
        (501, "notImplemented")
    );
}

#[tokio::test]
async fn an_operation_takes_time_and_another_is_refused_until_it_ends() {
    let behaviour = Behaviour { operation_time: Duration::from_secs(5), ..Behaviour::instant() };
    let clock = Clock::virtual_at(START);
    let sandbox = start(Options { clock, behaviour, ..Options::default() }).await.unwrap();
    let bench = Bench::at(sandbox).await;
    let (_, begun) = disk(&bench, "d").await;
    assert_eq!((&begun["status"], &begun["operationType"]), (&json!("RUNNING"), &json!("insert")));
    let name = begun["name"].as_str().unwrap();
    let get = format!("{DISKS}/d");
    assert_eq!(call(&bench, "GET", &get, json!({})).await.1["status"], "CREATING");
    let resize = call(&bench, "POST", &format!("{get}/resize"), json!({ "sizeGb": "20" })).await;
    assert_eq!(reason(&resize), (400, "resourceNotReady"));
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let wait = format!("zones/us-central1-c/operations/{name}/wait");
    assert_eq!(call(&bench, "POST", &wait, json!({})).await.1["status"], "DONE");
    assert_eq!(call(&bench, "GET", &get, json!({})).await.1["status"], "READY");
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_carried_out_once() {
    let bench = Bench::new().await;
    let path = format!("{DISKS}?requestId=8f5b1c52-3f68-4c8a-9d0f-000000000001");
    let body = json!({ "name": "d", "sizeGb": "10" });
    let (_, first) = call(&bench, "POST", &path, body.clone()).await;
    let (code, second) = call(&bench, "POST", &path, body).await;
    assert_eq!((code, &second["name"]), (200, &first["name"]));
}

#[tokio::test]
async fn lists_of_all_places_come_in_pages_under_their_places() {
    let bench = Bench::new().await;
    for name in ["a", "b", "c"] {
        disk(&bench, name).await;
    }
    let (_, first) = call(&bench, "GET", "aggregated/disks?maxResults=2", json!({})).await;
    assert_eq!(first["items"]["zones/us-central1-c"]["disks"].as_array().unwrap().len(), 2);
    assert_eq!(first["items"]["global"]["warning"]["code"], "NO_RESULTS_ON_PAGE");
    let next = first["nextPageToken"].as_str().unwrap();
    let path = format!("aggregated/disks?maxResults=2&pageToken={next}");
    let (_, second) = call(&bench, "GET", &path, json!({})).await;
    assert_eq!(second["items"]["zones/us-central1-c"]["disks"][0]["name"], "c");
    assert!(second.get("nextPageToken").is_none());
}

#[tokio::test]
async fn a_schedule_says_one_rhythm_at_full_hours_and_a_disk_follows_one() {
    let bench = Bench::new().await;
    let policies = "regions/us-central1/resourcePolicies";
    let policy = |name: &str, start: &str| {
        let schedule = json!({ "dailySchedule": { "daysInCycle": 1, "startTime": start } });
        let retention = json!({ "maxRetentionDays": 5 });
        let policy = json!({ "schedule": schedule, "retentionPolicy": retention });
        json!({ "name": name, "snapshotSchedulePolicy": policy })
    };
    assert_eq!(call(&bench, "POST", policies, policy("p", "04:30")).await.0, 400);
    for name in ["p", "q"] {
        assert_eq!(call(&bench, "POST", policies, policy(name, "04:00")).await.0, 200);
    }
    disk(&bench, "d").await;
    let add = format!("{DISKS}/d/addResourcePolicies");
    let named =
        |name: &str| json!({ "resourcePolicies": [format!("projects/leap/{policies}/{name}")] });
    assert_eq!(call(&bench, "POST", &add, named("nowhere")).await.0, 404);
    assert_eq!(call(&bench, "POST", &add, named("p")).await.0, 200);
    assert_eq!(call(&bench, "POST", &add, named("q")).await.0, 400);
    let used = call(&bench, "DELETE", &format!("{policies}/p"), json!({})).await;
    assert_eq!(reason(&used), (400, "resourceInUseByAnotherResource"));
    let mut moved = policy("q", "04:00");
    moved["snapshotSchedulePolicy"]["snapshotProperties"] = json!({ "storageLocations": ["us"] });
    let path = format!("{policies}/q?updateMask=snapshotSchedulePolicy");
    assert_eq!(call(&bench, "PATCH", &path, moved).await.0, 400);
}

#[tokio::test]
async fn a_reserved_address_has_a_number_and_no_labels_yet() {
    let bench = Bench::new().await;
    let body = json!({ "name": "a", "labels": { "team": "hub" } });
    assert_eq!(call(&bench, "POST", "global/addresses", body).await.0, 200);
    let (_, address) = call(&bench, "GET", "global/addresses/a", json!({})).await;
    assert!(address["address"].as_str().unwrap().starts_with("198."));
    assert_eq!((&address["status"], address.get("labels")), (&json!("RESERVED"), None));
    let standard = json!({ "name": "b", "networkTier": "STANDARD" });
    assert_eq!(call(&bench, "POST", "global/addresses", standard).await.0, 400);
}

#[tokio::test]
async fn what_there_is_to_be_had_is_listed_by_zone_with_the_quotas_of_regions() {
    let bench = Bench::new().await;
    let (_, types) = call(&bench, "GET", "aggregated/machineTypes", json!({})).await;
    let here = types["items"]["zones/us-central1-c"]["machineTypes"].as_array().unwrap();
    assert!(here.iter().any(|it| it["name"] == "n2-highmem-4" && it["guestCpus"] == 4));
    assert!(!here.iter().any(|it| it["name"] == "a2-highgpu-1g"), "not in every zone");
    let (_, gpus) = call(&bench, "GET", "zones/us-central1-f/acceleratorTypes", json!({})).await;
    assert!(gpus["items"].as_array().unwrap().iter().all(|it| it["name"] != "nvidia-l4"));
    set_quota(bench.sandbox.world(), "leap", "us-central1", "NVIDIA_T4_GPUS", 2).unwrap();
    let (_, region) = call(&bench, "GET", "regions/us-central1", json!({})).await;
    let quotas = region["quotas"].as_array().unwrap();
    let t4 = quotas.iter().find(|it| it["metric"] == "NVIDIA_T4_GPUS").unwrap();
    assert_eq!(t4["limit"], 2);
    assert_eq!(call(&bench, "GET", "regions/atlantis", json!({})).await.0, 404);
}

#[tokio::test]
async fn machines_of_clusters_are_there_to_be_looked_at_with_the_labels_of_their_cluster() {
    let bench = Bench::new().await;
    let labels = [("team".to_owned(), "hub".to_owned())].into();
    let (project, location) = ("leap".to_owned(), "us-central1-c".to_owned());
    let cluster = SeedCluster { project, location, name: "main".to_owned(), labels };
    seed_cluster(bench.sandbox.world(), cluster).unwrap();
    let (_, machines) = call(&bench, "GET", "zones/us-central1-c/instances", json!({})).await;
    assert_eq!(machines["items"][0]["labels"]["team"], "hub");
    let rule = json!({ "kind": "compute#forwardingRule", "IPAddress": "198.18.0.1" });
    let path = "projects/leap/regions/us-central1/forwardingRules/ingress";
    seed(bench.sandbox.world(), path, rule).unwrap();
    let (_, rules) = call(&bench, "GET", "aggregated/forwardingRules", json!({})).await;
    let here = &rules["items"]["regions/us-central1"]["forwardingRules"];
    assert_eq!(here[0]["name"], "ingress");
}

#[tokio::test]
async fn a_disk_is_made_from_a_snapshot_that_is_there_and_is_not_smaller() {
    let bench = Bench::new().await;
    let snapshot = json!({ "kind": "compute#snapshot", "diskSizeGb": "100", "status": "READY" });
    seed(bench.sandbox.world(), "projects/leap/global/snapshots/s", snapshot).unwrap();
    let list = call(&bench, "GET", "global/snapshots", json!({})).await.1;
    assert_eq!(list["items"][0]["name"], "s");
    let from = |name: &str, size: &str| json!({ "name": "d", "sizeGb": size, "sourceSnapshot": format!("global/snapshots/{name}") });
    let smaller = call(&bench, "POST", DISKS, from("s", "10")).await;
    assert_eq!(reason(&smaller), (400, "invalid"));
    let nowhere = call(&bench, "POST", DISKS, from("t", "100")).await;
    assert_eq!(reason(&nowhere), (404, "notFound"));
    let body = json!({ "name": "d", "sourceSnapshot": "global/snapshots/s" });
    assert_eq!(call(&bench, "POST", DISKS, body).await.0, 200);
    let disk = call(&bench, "GET", &format!("{DISKS}/d"), json!({})).await.1;
    assert_eq!(disk["sizeGb"], "100");
    assert!(disk["sourceSnapshot"].as_str().unwrap().ends_with("/global/snapshots/s"));
}
