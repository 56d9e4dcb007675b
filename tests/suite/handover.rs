//! The real program brings a running platform in, and hands it back.

use super::shell::{Said, Shell, TOP, copy};
use insta::assert_snapshot;
use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
use leap_infra::sandbox::{self, Clock, Sandbox};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A stack that declares nothing yet, and a project in which two buckets have been for years.
struct Desk {
    folder: TempDir,
    sandbox: Sandbox,
    shell: Shell,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&Path::new(TOP).join("examples/environments"), &folder.path().join("environments"));
        let options =
            sandbox::Options { clock: Clock::virtual_at(1_790_000_000), ..Default::default() };
        let sandbox = sandbox::start(options).await.unwrap();
        for (name, team) in [("lab-scratch", "ocean"), ("old_archive", "ice")] {
            let seed = SeedBucket {
                name: name.into(),
                project: "lab-project".into(),
                labels: [("team".to_owned(), team.to_owned())].into(),
                uniform_access: true,
                ..SeedBucket::default()
            };
            seed_bucket(sandbox.world(), seed).unwrap();
        }
        let shell = Shell::new(folder.path()).towards(&sandbox);
        let desk = Self { folder, sandbox, shell };
        let stack =
            "stack: lab\nprefix: lab\ncloud: { project: lab-project, region: us-central1 }\n";
        desk.write("stack.yaml", stack);
        desk
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.path().join(file), text).unwrap();
    }

    fn run(&self, line: &str) -> Said {
        self.sandbox.clock().advance(Duration::from_secs(5));
        self.shell.run(line)
    }

    fn succeed(&self, line: &str) -> Said {
        let said = self.run(line);
        assert_eq!(said.code, Some(0), "{line}\n{}{}", said.stderr, said.stdout);
        said
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_platform_is_discovered_adopted_and_then_nothing_is_left_to_do() {
    let desk = Desk::new().await;
    desk.succeed("discover --into buckets.yaml");
    let written = std::fs::read_to_string(desk.folder.path().join("buckets.yaml")).unwrap();
    assert_snapshot!(written);
    assert_eq!(desk.run("discover --into buckets.yaml").code, Some(0), "nothing is undeclared");
    desk.succeed("validate");
    assert_eq!(desk.run("plan").code, Some(7));
    let asked = desk.run("adopt --all --input=false");
    assert_snapshot!(format!("{}{}", asked.stdout, asked.stderr));
    desk.succeed("adopt --all --out adopt.json");
    let saved = std::fs::read_to_string(desk.folder.path().join("adopt.json")).unwrap();
    let saved: Value = serde_json::from_str(&saved).unwrap();
    assert_eq!(saved["resource_changes"][0]["change"]["actions"], serde_json::json!(["adopt"]));
    desk.succeed("apply adopt.json");
    assert!(desk.succeed("plan --detailed-exitcode").is_nothing_to_do());
    assert!(desk.succeed("history").stdout.contains("2 adopted"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_are_told_of_an_adoption() {
    let desk = Desk::new().await;
    desk.write("buckets.yaml", "buckets:\n  scratch: { uniform_access: true, versioning: true }\n");
    let refused = desk.run("plan");
    assert!(refused.stdout.contains("to take it in: leap-infra adopt prod:gcs-bucket/lab-scratch"));
    let said = desk.succeed("adopt prod:gcs-bucket/lab-scratch --json --auto-approve");
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
    let desk = Desk::new().await;
    let declared = "buckets:\n  results:\n    versioning: true\n    labels:\n      team: ocean\n";
    desk.write("buckets.yaml", declared);
    desk.succeed("apply --auto-approve");
    let refused = desk.run("disown prod:gcs-bucket/lab-results --auto-approve");
    assert_eq!(refused.code, Some(7));
    assert!(refused.stdout.contains("write `manage: observe` there first"), "{}", refused.stdout);
    desk.write("buckets.yaml", &declared.replace("versioning", "manage: observe\n    versioning"));
    let said = desk.succeed("disown prod:gcs-bucket/lab-results --auto-approve");
    assert!(
        said.stdout.contains("Now delete from the declaration: buckets.yaml:2-6 (`results`)"),
        "{}",
        said.stdout
    );
    desk.write("buckets.yaml", "buckets: {}\n");
    assert!(desk.succeed("plan --detailed-exitcode").is_nothing_to_do());
    assert!(desk.sandbox.snapshot().unwrap().outcome().contains_key("gcs/bucket/lab-results"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_section_that_is_in_another_file_is_not_written_beside_it() {
    let desk = Desk::new().await;
    desk.write("buckets.yaml", "buckets: {}\n");
    let said = desk.run("discover --into found.yaml");
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("`buckets` is in buckets.yaml:1"), "{}", said.stderr);
    assert!(desk.succeed("discover").stdout.contains("manage: mark"));
}
