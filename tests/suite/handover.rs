//! The real program brings a running platform in, and hands it back.

use super::home::Home;
use super::shell::{TOP, copy};
use insta::assert_snapshot;
use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
use serde_json::Value;
use std::path::Path;

/// A stack that declares nothing yet, and a project in which two buckets have been for years.
async fn desk() -> Home {
    let stack = "stack: lab\nprefix: lab\ncloud: { project: lab-project, region: us-central1 }\n";
    let desk = Home::of(&[("stack.yaml", stack)]).await;
    copy(&Path::new(TOP).join("examples/environments"), &desk.path("environments"));
    for (name, team) in [("lab-scratch", "ocean"), ("old_archive", "ice")] {
        let seed = SeedBucket {
            name: name.into(),
            project: "lab-project".into(),
            labels: [("team".to_owned(), team.to_owned())].into(),
            uniform_access: true,
            ..SeedBucket::default()
        };
        seed_bucket(desk.sandbox.world(), seed).unwrap();
    }
    desk
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_platform_is_discovered_adopted_and_then_nothing_is_left_to_do() {
    let desk = desk().await;
    desk.says("discover --into buckets.yaml", 0);
    let written = desk.read("buckets.yaml");
    assert_snapshot!(written);
    assert_eq!(desk.run("discover --into buckets.yaml").code, Some(0), "nothing is undeclared");
    desk.says("validate", 0);
    assert_eq!(desk.run("plan").code, Some(7));
    let asked = desk.run("adopt --all --input=false");
    assert_snapshot!(format!("{}{}", asked.stdout, asked.stderr));
    desk.says("adopt --all --out adopt.json", 0);
    let saved = desk.read("adopt.json");
    let saved: Value = serde_json::from_str(&saved).unwrap();
    assert_eq!(saved["resource_changes"][0]["change"]["actions"], serde_json::json!(["adopt"]));
    desk.says("apply adopt.json", 0);
    assert!(desk.says("plan --detailed-exitcode", 0).is_nothing_to_do());
    assert!(desk.says("history", 0).stdout.contains("2 adopted"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_are_told_of_an_adoption() {
    let desk = desk().await;
    desk.write("buckets.yaml", "buckets:\n  scratch: { uniform_access: true, versioning: true }\n");
    let refused = desk.run("plan");
    assert!(refused.stdout.contains("to take it in: leap-infra adopt prod:gcs-bucket/lab-scratch"));
    let said = desk.says("adopt prod:gcs-bucket/lab-scratch --json --auto-approve", 0);
    let lines = said.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    let planned = lines.iter().find(|line| line["type"] == "planned_change").unwrap();
    assert_eq!(planned["change"]["action"], "adopt");
    let done = lines.iter().rfind(|line| line["type"] == "change_summary").unwrap();
    assert_eq!(done["changes"]["adopt"], 1);
    assert_eq!(desk.run("plan --detailed-exitcode").code, Some(7), "it cannot move to us-central1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_handed_back_stays_and_its_lines_are_named() {
    let desk = desk().await;
    let declared = "buckets:\n  results:\n    versioning: true\n    labels:\n      team: ocean\n";
    desk.write("buckets.yaml", declared);
    desk.says("apply --auto-approve", 0);
    let refused = desk.run("disown prod:gcs-bucket/lab-results --auto-approve");
    assert_eq!(refused.code, Some(7));
    assert!(refused.stdout.contains("write `manage: observe` there first"), "{}", refused.stdout);
    desk.write("buckets.yaml", &declared.replace("versioning", "manage: observe\n    versioning"));
    let said = desk.says("disown prod:gcs-bucket/lab-results --auto-approve", 0);
    assert!(
        said.stdout.contains("Now delete from the declaration: buckets.yaml:2-6 (`results`)"),
        "{}",
        said.stdout
    );
    desk.write("buckets.yaml", "buckets: {}\n");
    assert!(desk.says("plan --detailed-exitcode", 0).is_nothing_to_do());
    assert!(desk.sandbox.snapshot().unwrap().outcome().contains_key("gcs/bucket/lab-results"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_section_that_is_in_another_file_is_not_written_beside_it() {
    let desk = desk().await;
    desk.write("buckets.yaml", "buckets: {}\n");
    let said = desk.run("discover --into found.yaml");
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("`buckets` is in buckets.yaml:1"), "{}", said.stderr);
    assert!(desk.says("discover", 0).stdout.contains("manage: mark"));
}
