//! Google Kubernetes Engine as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;
use crate::sandbox::Behaviour;
use crate::sandbox::container::{Trouble, machines, set_quota, trouble};

const CLUSTERS: &str = "/v1/projects/leap/locations/us-central1/clusters";
const ONE: &str = "/v1/projects/leap/locations/us-central1/clusters/one";
const INVALID: (u16, &str) = (400, "INVALID_ARGUMENT");
const NOT_NOW: (u16, &str) = (400, "FAILED_PRECONDITION");

fn core() -> Value {
    let config = json!({ "machineType": "n2-highmem-4", "resourceLabels": { "pool": "core" } });
    json!({ "name": "core", "initialNodeCount": 1, "config": config,
        "management": { "autoUpgrade": true } })
}

async fn create(bench: &Bench, cluster: Value) -> (u16, Value) {
    bench.call("POST", CLUSTERS, json!({ "cluster": cluster })).await
}

async fn with_one() -> Bench {
    let bench = Bench::new().await;
    let labels = json!({ "team": "data" });
    let one = json!({ "name": "one", "nodePools": [core()], "resourceLabels": labels });
    assert_eq!(create(&bench, one).await.0, 200);
    bench
}

async fn read(bench: &Bench, path: &str) -> Value {
    let (code, answer) = bench.call("GET", path, json!({})).await;
    assert_eq!(code, 200, "{answer}");
    answer
}

async fn add_pool(bench: &Bench, mut pool: Value) -> (u16, Value) {
    pool["management"] = json!({ "autoUpgrade": true });
    bench.call("POST", &format!("{ONE}/nodePools"), json!({ "nodePool": pool })).await
}

/// A sandbox in which an operation takes a minute.
async fn slow() -> Bench {
    let operation_time = Duration::from_secs(60);
    let behaviour = Behaviour { operation_time, ..Behaviour::instant() };
    let clock = Clock::virtual_at(START);
    Bench::at(start(Options { clock, behaviour, ..Options::default() }).await.unwrap()).await
}

#[tokio::test]
async fn an_operation_runs_for_its_time_and_no_other_runs_beside_it() {
    let bench = slow().await;
    let one = json!({ "name": "one", "nodePools": [core()] });
    let (_, begun) = create(&bench, one.clone()).await;
    let operation = format!(
        "/v1/projects/leap/locations/us-central1/operations/{}",
        begun["name"].as_str().unwrap()
    );
    assert_eq!(read(&bench, &operation).await["status"], "RUNNING");
    assert_eq!(read(&bench, ONE).await["status"], "PROVISIONING");
    let early = add_pool(&bench, json!({ "name": "more" })).await;
    assert_eq!(status(&early), NOT_NOW);
    let said = early.1["error"]["message"].as_str().unwrap();
    assert!(said.starts_with("Cluster is running incompatible operation operation-"), "{said}");
    assert_eq!(status(&create(&bench, one).await), (409, "ALREADY_EXISTS"));
    bench.sandbox.clock().advance(Duration::from_secs(61));
    assert_eq!(read(&bench, &operation).await["status"], "DONE");
    assert_eq!(read(&bench, ONE).await["status"], "RUNNING");
    assert_eq!(add_pool(&bench, json!({ "name": "more" })).await.0, 200);
    assert_eq!(read(&bench, ONE).await["status"], "RECONCILING");
}

#[tokio::test]
async fn of_many_operations_the_newest_fifty_are_remembered() {
    let bench = with_one().await;
    let path = format!("{ONE}/nodePools/core:setManagement");
    for _ in 0..55 {
        let management = json!({ "management": { "autoRepair": true } });
        assert_eq!(bench.call("POST", &path, management).await.0, 200);
    }
    let list = read(&bench, "/v1/projects/leap/locations/us-central1/operations").await;
    let known = list["operations"].as_array().unwrap().len();
    assert!((50..=52).contains(&known), "{known}");
}

#[tokio::test]
async fn enums_are_numbers_for_those_who_ask_and_defaults_are_left_out() {
    let bench = with_one().await;
    let numbers = read(&bench, &format!("{ONE}?$alt=json;enum-encoding=int")).await;
    assert_eq!(
        (&numbers["status"], &read(&bench, ONE).await["status"]),
        (&json!(2), &json!("RUNNING"))
    );
    let network = json!({ "networkPolicy": { "enabled": false, "provider": 1 } });
    let path = format!("{ONE}:setNetworkPolicy");
    assert_eq!(bench.call("POST", &path, network).await.0, 200);
    assert_eq!(read(&bench, ONE).await["networkPolicy"], json!({ "provider": "CALICO" }));
}

#[tokio::test]
async fn a_creation_that_fails_leaves_something_in_error() {
    let bench = with_one().await;
    let stockout = Trouble::Fails {
        code: 8,
        condition: "GCE_STOCKOUT".into(),
        message: "no machines left in us-central1-a".into(),
    };
    trouble(bench.sandbox.world(), "one/more", Some(&stockout)).unwrap();
    let (code, _) = add_pool(&bench, json!({ "name": "more" })).await;
    let pool = read(&bench, &format!("{ONE}/nodePools/more")).await;
    assert_eq!((code, &pool["status"]), (200, &json!("ERROR")));
    assert_eq!(pool["conditions"][0]["code"], "GCE_STOCKOUT");
}

#[tokio::test]
async fn names_and_first_machines_are_checked() {
    let bench = Bench::new().await;
    let long = "a".repeat(41);
    for name in ["One", "1one", "one-", &long] {
        let made = create(&bench, json!({ "name": name, "initialNodeCount": 1 })).await;
        assert_eq!(status(&made), INVALID, "{name}");
    }
    assert_eq!(status(&create(&bench, json!({ "name": "one" })).await), INVALID);
    assert_eq!(create(&bench, json!({ "name": "one", "initialNodeCount": 1 })).await.0, 200);
    let pools = read(&bench, &format!("{ONE}/nodePools")).await;
    assert_eq!(pools["nodePools"][0]["name"], "default-pool");
    assert_eq!(pools["nodePools"][0]["config"]["machineType"], "e2-medium");
    let label = &pools["nodePools"][0]["config"]["resourceLabels"];
    assert_eq!(label["goog-gke-node-pool-provisioning-model"], "on-demand");
}

#[tokio::test]
async fn without_a_channel_there_is_the_regular_one_and_pools_must_upgrade() {
    let bench = with_one().await;
    assert_eq!(read(&bench, ONE).await["releaseChannel"]["channel"], "REGULAR");
    assert_eq!(status(&create(&bench, manual("two", "RAPID")).await), INVALID);
    assert_eq!(create(&bench, manual("three", "UNSPECIFIED")).await.0, 200);
    let (code, _) = create(
        &bench,
        json!({ "name": "four", "releaseChannel": {},
        "nodePools": [core()] }),
    )
    .await;
    assert_eq!(code, 200);
}

fn manual(name: &str, channel: &str) -> Value {
    let pool = json!({ "name": "core", "management": { "autoUpgrade": false } });
    json!({ "name": name, "nodePools": [pool], "releaseChannel": { "channel": channel } })
}

#[tokio::test]
async fn a_short_version_stands_for_a_whole_one_and_pools_are_not_ahead() {
    let bench = Bench::new().await;
    let one = json!({ "name": "one", "initialNodeCount": 1, "initialClusterVersion": "1.35.3" });
    assert_eq!(create(&bench, one).await.0, 200);
    let version = read(&bench, ONE).await["currentMasterVersion"].clone();
    assert!(version.as_str().unwrap().starts_with("1.35.3-gke."), "{version}");
    let ahead = add_pool(&bench, json!({ "name": "ahead", "version": "latest" })).await;
    assert_eq!(status(&ahead), INVALID);
    let none = json!({ "name": "two", "initialNodeCount": 1, "initialClusterVersion": "1.2" });
    assert_eq!(status(&create(&bench, none).await), INVALID);
    let config = read(&bench, "/v1/projects/leap/locations/us-central1/serverConfig").await;
    assert!(config["validMasterVersions"].as_array().unwrap().contains(&version));
}

#[tokio::test]
async fn a_cluster_changes_one_thing_at_a_time_and_not_under_a_stale_etag() {
    let bench = with_one().await;
    let two = json!({ "desiredMasterVersion": "1.36", "desiredLocations": ["us-central1-a"] });
    assert_eq!(status(&bench.call("PUT", ONE, json!({ "update": two })).await), INVALID);
    let tag = read(&bench, ONE).await["etag"].clone();
    let update = json!({ "update": { "desiredMasterVersion": "1.36", "etag": tag } });
    assert_eq!(bench.call("PUT", ONE, update.clone()).await.0, 200);
    assert_eq!(status(&bench.call("PUT", ONE, update).await), (409, "ABORTED"));
}

#[tokio::test]
async fn labels_are_set_on_those_that_were_seen_and_reach_the_machines() {
    let bench = with_one().await;
    let print = read(&bench, ONE).await["labelFingerprint"].clone();
    let body = json!({ "resourceLabels": { "team": "ml" }, "labelFingerprint": print });
    let path = format!("{ONE}:setResourceLabels");
    assert_eq!(bench.call("POST", &path, body.clone()).await.0, 200);
    assert_eq!(status(&bench.call("POST", &path, body).await), NOT_NOW);
    let seen = machines(bench.sandbox.world(), "leap").unwrap();
    assert_eq!((&*seen[0].labels["team"], &*seen[0].labels["pool"]), ("ml", "core"));
}

#[tokio::test]
async fn network_policy_needs_its_addon_first() {
    let bench = with_one().await;
    let policy = json!({ "networkPolicy": { "enabled": true, "provider": "CALICO" } });
    let path = format!("{ONE}:setNetworkPolicy");
    assert_eq!(status(&bench.call("POST", &path, policy.clone()).await), INVALID);
    let addons = json!({ "desiredAddonsConfig": { "networkPolicyConfig": { "disabled": false } } });
    assert_eq!(bench.call("PUT", ONE, json!({ "update": addons })).await.0, 200);
    assert_eq!(bench.call("POST", &path, policy).await.0, 200);
}

#[tokio::test]
async fn a_pool_changes_what_needs_no_other_machines() {
    let bench = with_one().await;
    let path = format!("{ONE}/nodePools/core");
    let labels = json!({ "labels": { "labels": { "hub": "core" } } });
    assert_eq!(bench.call("PUT", &path, labels).await.0, 200);
    assert_eq!(read(&bench, &path).await["config"]["labels"], json!({ "hub": "core" }));
    let machine = bench.call("PUT", &path, json!({ "machineType": "n2-highmem-8" })).await;
    assert_eq!(status(&machine), (501, "UNIMPLEMENTED"));
}

#[tokio::test]
async fn limits_are_per_zone_or_totals() {
    let bench = with_one().await;
    let path = format!("{ONE}/nodePools/core:setAutoscaling");
    let limits = |fields: Value| {
        let mut limits = json!({ "enabled": true });
        limits.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "autoscaling": limits })
    };
    let wrong = [
        json!({ "maxNodeCount": 3, "totalMaxNodeCount": 9 }),
        json!({ "minNodeCount": 4, "maxNodeCount": 3 }),
        json!({ "totalMaxNodeCount": 0 }),
    ];
    for fields in wrong {
        let answer = bench.call("POST", &path, limits(fields.clone())).await;
        assert_eq!(status(&answer), INVALID, "{fields}");
    }
    assert_eq!(bench.call("POST", &path, limits(json!({ "totalMaxNodeCount": 9 }))).await.0, 200);
}

#[tokio::test]
async fn a_quota_of_gpus_is_not_exceeded() {
    let bench = with_one().await;
    set_quota(bench.sandbox.world(), "leap", "us-central1", "NVIDIA_T4_GPUS", 1).unwrap();
    let gpus = |count: u64| {
        let gpu = json!([{ "acceleratorType": "nvidia-tesla-t4", "acceleratorCount": "1" }]);
        let config = json!({ "machineType": "n1-standard-8", "accelerators": gpu });
        json!({ "name": "gpu", "initialNodeCount": count, "config": config,
            "locations": ["us-central1-a"] })
    };
    let refused = add_pool(&bench, gpus(2)).await;
    assert_eq!(status(&refused), (403, "PERMISSION_DENIED"));
    let said = refused.1["error"]["message"].as_str().unwrap();
    assert!(said.starts_with("Insufficient regional quota to satisfy request"), "{said}");
    assert_eq!(add_pool(&bench, gpus(1)).await.0, 200);
}
