//! Registries of images in the engine, from the declaration to the cloud.

use super::bench::{Bench, PROJECT, resource, stack};
use super::desk::text;
use super::shell::Shell;
use insta::assert_snapshot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Manage, Resource, ResourceId};
use leap_infra::plan::{Plan, Refused};
use leap_infra::providers::gcp::artifact_registry::Spec;
use leap_infra::sandbox::artifactregistry::{change, push, seed};
use leap_infra::sandbox::{self, Clock};
use serde_json::json;

/// A registry of images that nobody needs to be warned of.
pub fn registry(
    name: &str,
    location: &str,
    keep_days: Option<i64>,
    label: Option<&str>,
) -> Resource {
    let mut spec = Spec::new(location);
    spec.cleanup.delete_untagged_after_days = keep_days;
    spec.labels = label.map(|label| ("team".to_owned(), label.to_owned())).into_iter().collect();
    let mut one = resource("prod", "artifact-registry", name, json!(spec));
    one.place.location = Some(location.to_owned());
    one
}

fn path(location: &str, name: &str) -> String {
    format!("projects/{PROJECT}/locations/{location}/repositories/{name}")
}

fn on_one_line(plan: &Plan) -> String {
    text(plan).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_is_made_changed_in_one_call_and_taken_away() {
    let bench = Bench::new().await;
    bench.apply(&stack([registry("home-images", "us-central1", None, None)])).await;
    let other = || stack([registry("home-images", "us-central1", Some(30), Some("hub"))]);
    bench.sandbox.clear_calls();
    bench.apply(&other()).await;
    let calls = bench.sandbox.calls().into_iter();
    let changes = calls.filter(|call| call.api == "artifactregistry" && call.mutating);
    assert_eq!(changes.count(), 1);
    assert!(bench.plan(&other()).await.is_empty());
    bench.apply(&stack([])).await;
    assert!(!bench.world().keys().any(|key| key.starts_with("artifactregistry/")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_with_images_stays_and_the_plan_says_what_it_holds() {
    let bench = Bench::new().await;
    bench.apply(&stack([registry("home-images", "us-central1", None, None)])).await;
    let here = path("us-central1", "home-images");
    push(bench.sandbox.world(), &here, "hub", 3 << 30).unwrap();
    push(bench.sandbox.world(), &here, "dask", 1 << 30).unwrap();
    let plan = bench.plan(&stack([])).await;
    assert!(plan.is_refused());
    let told = on_one_line(&plan);
    assert!(told.contains("holds 2 packages (dask, hub), 4.0 GB"), "{told}");
    // Moving it would lose them just as well.
    let moved = bench.plan(&stack([registry("home-images", "us", None, None)])).await;
    assert!(matches!(&moved.refusals[0].why, Refused::Holds { remade: Some(_), .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_registry_moves_only_with_the_words() {
    let mut bench = Bench::new().await;
    bench.apply(&stack([registry("home-images", "us-central1", None, None)])).await;
    let moved = || stack([registry("home-images", "us", None, None)]);
    let plan = bench.plan(&moved()).await;
    assert!(matches!(&plan.refusals[0].why, Refused::Replacement { .. }));
    bench.allowances.replace.insert(ResourceId::new("prod", "artifact-registry", "home-images"));
    bench.apply(&moved()).await;
    assert!(bench.plan(&moved()).await.is_empty());
    let keys: Vec<String> = bench.world().into_keys().collect();
    let key = format!("artifactregistry/{}", path("us", "home-images"));
    assert!(keys.contains(&key), "{keys:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cleanup_that_somebody_turned_off_is_drift_and_put_right() {
    let bench = Bench::new().await;
    let wanted = || stack([registry("home-images", "us-central1", Some(30), None)]);
    bench.apply(&wanted()).await;
    let off = json!({ "cleanupPolicyDryRun": true });
    change(bench.sandbox.world(), &path("us-central1", "home-images"), &off).unwrap();
    let plan = bench.plan(&wanted()).await;
    let told = on_one_line(&plan);
    assert!(told.contains("within a day"), "{told}");
    bench.apply(&wanted()).await;
    assert!(bench.plan(&wanted()).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_that_runs_is_adopted_and_handed_back_without_any_other_change() {
    let bench = Bench::new().await;
    let one = || registry("home-images", "us-central1", Some(30), Some("hub"));
    bench.apply(&stack([one()])).await;
    let marked = bench.world();
    let let_be = stack([Resource { manage: Manage::Observe, ..one() }]);
    bench.mark(&let_be, Marks::Disown, &["*"]).await;
    let key = format!("artifactregistry/{}", path("us-central1", "home-images"));
    assert_eq!(bench.world()[&key]["labels"], json!({ "team": "hub" }));
    bench.mark(&stack([one()]), Marks::Adopt, &[]).await;
    assert!(bench.plan(&stack([one()])).await.is_empty());
    assert_eq!(bench.world(), marked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_discovered_adopted_and_then_nothing_is_left_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        sandbox::Options { clock: Clock::virtual_at(1_790_000_000), ..Default::default() };
    let sandbox = sandbox::start(options).await.unwrap();
    let shell = Shell::new(folder.path()).towards(&sandbox);
    let cloud = "cloud: { project: lab-project, region: us-central1 }";
    let declared = format!("stack: lab\nprefix: lab\n{cloud}\n");
    std::fs::write(folder.path().join("stack.yaml"), declared).unwrap();
    let world = sandbox.world();
    let at = |rest: &str| format!("projects/lab-project/locations/{rest}");
    let policies = json!({
        "old": { "id": "old", "action": "DELETE",
            "condition": { "tagState": "UNTAGGED", "olderThan": "2592000s" } },
        "new": { "id": "new", "action": "KEEP", "mostRecentVersions": { "keepCount": 10 } },
        "release": { "id": "release", "action": "KEEP", "condition": { "tagPrefixes": ["v"] } },
    });
    let images = json!({
        "format": "DOCKER", "mode": "STANDARD_REPOSITORY", "cleanupPolicies": policies,
        "labels": { "team": "hub" },
    });
    seed(world, &at("us-central1/repositories/imagebuilding-registry"), images).unwrap();
    let python = json!({
        "format": "PYTHON", "mode": "STANDARD_REPOSITORY", "description": "Wheels of the lab",
    });
    seed(world, &at("us/repositories/lab-wheels"), python).unwrap();
    let mirror = json!({ "format": "DOCKER", "mode": "REMOTE_REPOSITORY" });
    seed(world, &at("us/repositories/mirror"), mirror).unwrap();
    let functions =
        json!({ "format": "DOCKER", "labels": { "goog-managed-by": "cloudfunctions" } });
    seed(world, &at("us-central1/repositories/gcf-artifacts"), functions).unwrap();
    let succeed = |line: &str| {
        sandbox.clock().advance(std::time::Duration::from_secs(5));
        let said = shell.run(line);
        assert_eq!(said.code, Some(0), "{line}\n{}{}", said.stderr, said.stdout);
        said
    };
    succeed("discover --into found.yaml");
    assert_snapshot!(std::fs::read_to_string(folder.path().join("found.yaml")).unwrap());
    succeed("adopt --all --auto-approve");
    let plan = succeed("plan --detailed-exitcode");
    assert!(plan.is_nothing_to_do(), "{}", plan.stdout);
}
