//! Plans that are saved now and applied later, and what others changed meanwhile: the real
//! program, against a sandbox in this process.

use super::home::Home;
use google_cloud_auth::credentials::anonymous;
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket;
use google_cloud_wkt::FieldMask;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

const STACK: &str = "\
stack: home
prefix: home
cloud: { project: home-project, region: us-central1 }
buckets:
  data: { delete_after_days: 30 }
  logs: { delete_after_days: 7 }
  site: { grants: { read: ['group:readers@home.example.org'] } }
";

const FILES: &[(&str, &str)] = &[("stack.yaml", STACK)];

impl Home {
    /// Somebody at the console gives a bucket another label.
    async fn label_by_hand(&self, name: &str, value: &str) {
        let nobody = anonymous::Builder::new().build();
        let control = StorageControl::builder().with_endpoint(self.sandbox.url());
        let control = control.with_credentials(nobody).build().await.unwrap();
        let path = format!("projects/_/buckets/{name}");
        let seen = control.get_bucket().set_name(&path).send().await.unwrap();
        let mut labels = seen.labels;
        labels.insert("team".into(), value.into());
        let bucket = Bucket::new().set_name(&path).set_labels(labels);
        let mask = FieldMask::default().set_paths(["labels"]);
        let request = control.update_bucket().set_bucket(bucket).set_update_mask(mask);
        request.set_if_metageneration_match(seen.metageneration).send().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saved_plan_is_shown_as_it_was_and_applied_without_a_question() {
    let home = Home::of(FILES).await;
    let planned = home.says("plan --out plan.json", 0);
    let mode = home.path("plan.json").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others may read it");
    let shown = home.says("show plan.json", 0);
    assert_eq!(shown.stdout, planned.stdout);

    let applied = home.says("apply plan.json", 0);
    assert!(applied.stdout.contains("Apply complete: 4 added"), "{}", applied.stdout);
    assert!(home.says("plan", 0).is_nothing_to_do());
    // As after an apply that was killed at its very end.
    home.says("apply plan.json", 0);
    assert!(home.says("plan", 0).is_nothing_to_do());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_of_another_declaration_or_of_long_ago_is_stale() {
    let home = Home::of(FILES).await;
    home.says("plan --out old.json --expires-in 0", 0);
    home.says("plan --out plan.json", 0);
    let expired = home.says("apply old.json", 8);
    assert!(expired.stderr.contains("this plan has expired"), "{}", expired.stderr);
    home.declare("delete_after_days: 30", "delete_after_days: 60");
    let other = home.says("apply plan.json", 8);
    let said = "error: the declaration has changed since this plan was made";
    assert!(other.stderr.contains(said), "{}", other.stderr);
    assert!(other.stderr.contains("hint: plan again"), "{}", other.stderr);
    assert!(home.sandbox.snapshot().unwrap().outcome().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moved_since_the_plan_is_named_and_nothing_is_applied() {
    let home = Home::applied(FILES).await;
    home.declare("delete_after_days: 30", "delete_after_days: 60");
    home.declare("delete_after_days: 7", "delete_after_days: 14");
    home.says("plan --out plan.json", 0);
    home.label_by_hand("home-data", "ocean").await;
    let before = home.sandbox.snapshot().unwrap().outcome();
    assert_snapshot!(home.says("apply plan.json", 8).stderr, @r#"
    error: 1 object changed since this plan was made, so nothing was changed
      because prod:gcs-bucket/home-data changed after it was planned on: labels.team was none and is now "ocean"
    hint: plan again, or say --continue-on-stale to apply what does not depend on these
    "#);
    assert_eq!(home.sandbox.snapshot().unwrap().outcome(), before);

    let said = home.says("apply plan.json --continue-on-stale", 8);
    assert!(said.stdout.contains("1 changed"), "{}", said.stdout);
    assert_snapshot!(home.says("plan", 0).stdout, @r#"
    home (prod) on the sandbox

    prod: 1 change
      ~ gcs-bucket/home-data   drift and pending                                            stack.yaml:5
          delete_after_days  30 -> 60
          labels.team        "ocean" -> none
          (14 unchanged)

    Plan: 0 to add, 1 to change, 0 to destroy. 1 drifted. 3 unchanged.
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_plan_is_refused_with_the_reason() {
    let home = Home::of(FILES).await;
    home.says("plan --out plan.json", 0);
    let plan = std::fs::read_to_string(home.path("plan.json")).unwrap();
    let mut told = String::new();
    for text in [
        "stack: home",
        "{}",
        "[1, 2]",
        &plan.replacen("\"1.0\"", "\"2.3\"", 1),
        &plan.replacen("\"actions\"", "\"action\"", 1),
        &plan.replacen("\"location\": \"US-CENTRAL1\"", "\"location\": 3", 1),
        &plan.replacen("\"waits_for\": []", "\"waits_for\": [3]", 1),
    ] {
        std::fs::write(home.path("other.json"), text).unwrap();
        told += &home.says("apply other.json", 1).stderr;
    }
    assert_snapshot!(told, @r#"
    error: other.json is not a saved plan
      because it is not JSON
      because expected value at line 1 column 1
    hint: `leap-infra plan --out FILE` saves one
    error: other.json is not a saved plan
      because it is JSON, but not a plan that leap-infra saved
    hint: `leap-infra plan --out FILE` saves one
    error: other.json is not a saved plan
      because it is JSON, but not a plan that leap-infra saved
    hint: `leap-infra plan --out FILE` saves one
    error: other.json is not a saved plan
      because its format is 2.3, and this release reads 1.0
    hint: `leap-infra plan --out FILE` saves one
    error: other.json is not a saved plan
      because the plan in it is damaged
      because missing field `actions`
    hint: `leap-infra plan --out FILE` saves one
    error: the saved plan cannot be used
      because prod:gcs-bucket/home-data is not of a kind that this release knows, or its settings are not of that kind
    error: other.json is not a saved plan
      because the plan in it is damaged: the step on prod:gcs-bucket/home-data waits for one that comes later
    hint: `leap-infra plan --out FILE` saves one
    "#);
    let missing = home.says("show nothing.json", 1);
    assert!(missing.stderr.contains("nor is there a file"), "{}", missing.stderr);
    let folder = home.says("apply plan.json -e prod", 1);
    assert!(folder.stderr.contains("a saved plan is applied as it is"), "{}", folder.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_is_told_from_what_is_pending() {
    let home = Home::applied(FILES).await;
    home.says("drift", 0);
    home.label_by_hand("home-data", "ocean").await;
    home.declare("delete_after_days: 7", "delete_after_days: 14");
    assert_snapshot!(home.says("drift", 3).stdout, @r#"
    home (prod) on the sandbox

    prod:
      ~ gcs-bucket/home-data   drift (declared -> live)                                     stack.yaml:5
          labels.team  none -> "ocean"

    Drift: 1 drifted. 1 pending. 2 unchanged.
    "#);
    let json: Value = serde_json::from_str(&home.says("drift --json", 3).stdout).unwrap();
    assert_eq!(json["drifted"][0]["id"], "prod:gcs-bucket/home-data");
    assert_eq!(json["drifted"][0]["origin"], "drift");
    assert_eq!(json["pending"], json!(["prod:gcs-bucket/home-logs"]));
    let plan: Value = serde_json::from_str(&home.says("plan --json", 0).stdout).unwrap();
    let origins = plan["resource_changes"].as_array().unwrap().iter();
    let origins: Vec<_> = origins.map(|change| change["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["drift", "pending"]);

    home.says("apply --auto-approve", 0);
    home.says("drift", 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_manage_is_let_be_and_listed() {
    let home = Home::applied(FILES).await;
    let ignore = "ignore:\n  - { resource: gcs-bucket, field: labels.*, reason: set by billing }\n";
    home.declare("buckets:\n", &format!("{ignore}buckets:\n"));
    home.label_by_hand("home-data", "ocean").await;
    home.declare("delete_after_days: 30", "delete_after_days: 60");
    home.says("drift", 0);
    assert_snapshot!(home.says("plan", 0).stdout, @r#"
    home (prod) on the sandbox

    prod: 1 change
      ~ gcs-bucket/home-data   pending                                                      stack.yaml:7
          delete_after_days  30 -> 60
          (15 unchanged)

    left to others, as declared under `ignore`:
        prod:gcs-bucket/home-data
          labels.team is "ocean", declared none: set by billing

    Plan: 0 to add, 1 to change, 0 to destroy. 3 unchanged.
    "#);
    home.says("apply --auto-approve", 0);
    assert!(home.says("plan", 0).is_nothing_to_do());
    let world = json!(home.sandbox.snapshot().unwrap().outcome());
    assert!(world.to_string().contains("ocean"), "the label was taken away");

    // What they do next is no drift either, whatever else is pending.
    home.label_by_hand("home-data", "land").await;
    home.declare("delete_after_days: 60", "delete_after_days: 90");
    home.says("drift", 0);
}
