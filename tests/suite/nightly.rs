//! What runs at night: notices, by two at once; and whether the token is one that may.

use super::project::folder::Folder;
use super::shell::{Said, Shell};
use leap_infra::sandbox::{self, Fault};
use serde_json::Value;

/// A course that ends soon, whose people are told by an issue.
fn course() -> Folder {
    Folder::empty()
        .file(
            "stack.yaml",
            "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1 }
people: { ada: { name: Ada L., github: { login: ada } } }
access:
  organization: demo-org
  notices: { to: issue, repository: access }
  categories:
    course:
      team: course
      members: { exact: people/course.yaml }
      repositories: { notebooks: read }
",
        )
        .file("environments/prod.yaml", "environment: prod\n")
        .file("people/course.yaml", "members: [{ person: ada, until: 2026-12-15 }]\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_tell_everybody_once() {
    let folder = course();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let shell = Shell::new(folder.path()).towards(&sandbox);
    // Without a lease both would see that nobody was told yet, and then tell.
    let slow = r#"[{ "on": { "method": "GET */issues" }, "then": { "delay": { "ms": 700 } } }]"#;
    sandbox.set_faults(Fault::list(slow).unwrap());
    let line = "access notices --as-of 2026-12-01";
    let runs = [shell.start(line), shell.start(line)];
    let said = runs.map(|run| Said::of(&run.wait_with_output().unwrap()));
    assert_eq!(said.clone().map(|said| said.code), [Some(0), Some(0)], "{said:?}");
    let told = |said: &&Said| said.stdout.contains("demo-org/access/issues/1");
    assert_eq!(said.iter().filter(told).count(), 1, "{said:?}");
    let quiet = |said: &&Said| said.stdout == "Nobody is to be told anything.\n";
    assert_eq!(said.iter().filter(quiet).count(), 1, "{said:?}");
}

#[test]
fn notices_need_a_right_of_their_own() {
    let folder = course();
    let said = Shell::new(folder.path()).succeed("doctor --github --json").stdout;
    let told: Value = serde_json::from_str(&said).unwrap();
    let mut needs = told["github"].as_array().unwrap().iter();
    let write = needs.find(|it| it["permission"] == "issues" && it["level"] == "write").unwrap();
    assert_eq!(write["for"][0], "access notices");
}
