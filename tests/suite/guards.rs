//! Holds, gates, overrides and rollback as people meet them: the real program, against a sandbox
//! with a clock that the test moves.

use super::home::Home;
use super::shell::edit;
use google_cloud_auth::credentials::anonymous;
use google_cloud_storage::client::StorageControl;
use serde_json::Value;
use std::path::Path;

const STACK: &str = "\
stack: home
prefix: home
cloud: { project: home-project, region: us-central1 }
buckets:
  data: { delete_after_days: 30 }
  logs: { delete_after_days: 7 }
";

const PROD: &str = "\
environment: prod
follows: staging
gates:
  - { promoted_from: staging, healthy_for: 1 day }
  - { approval: required }
";

/// A stack with staging and production.
const FILES: &[(&str, &str)] = &[
    ("stack.yaml", STACK),
    ("environments/staging.yaml", "environment: staging\nsuffix: -staging\n"),
    ("environments/prod.yaml", PROD),
];

impl Home {
    fn history(&self) -> Vec<Value> {
        let said: Value = serde_json::from_str(&self.says("history --json", 0).stdout).unwrap();
        said["entries"].as_array().unwrap().clone()
    }

    /// The applies of an environment, newest first.
    fn applies(&self, env: &str) -> Vec<String> {
        let entries = self.history().into_iter().filter(|entry| entry["environment"] == env);
        let id = |entry: Value| entry["holder"]["apply"].as_str().unwrap().to_owned();
        entries.filter(|entry| entry["hold"].is_null()).map(id).collect()
    }

    fn days(&self, bucket: &str) -> Value {
        let shown = self.says(&format!("show {bucket} --json"), 0).stdout;
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown["live"]["delete_after_days"].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_is_refused_with_who_and_why_and_the_words_to_end_it() {
    let home = Home::applied(FILES).await;
    let reason = "--until 3_days --reason the_workshop_is_on";
    let held = home.says(&format!("hold prod:bucket:data {reason}"), 0);
    assert!(held.stdout.contains("prod: prod:bucket:data is held by ada on"), "{}", held.stdout);
    home.declare("delete_after_days: 30", "delete_after_days: 60");
    let plan = home.says("plan -e prod", 7).stdout;
    assert!(plan.contains("! gcs-bucket/home-data   refused"), "{plan}");
    assert!(plan.contains("the workshop is on"), "{plan}");
    let words = "leap-infra hold 'prod:bucket:data' -e prod --release";
    assert!(plan.contains(words), "{plan}");
    home.says("apply -e prod --auto-approve", 7);
    assert_eq!(home.days("prod:gcs-bucket/home-data"), 30);
    let list = home.says("hold --list", 0).stdout;
    assert!(list.contains("prod: prod:bucket:data") && list.contains(words), "{list}");

    // What is not held goes on, and so does what leaves it out.
    home.says("apply -e staging --auto-approve", 0);
    home.says("plan -e prod --exclude bucket:data", 0);
    home.says("hold prod:bucket:data -e prod --release", 0);
    home.says("apply -e prod --auto-approve", 0);
    assert_eq!(home.days("prod:gcs-bucket/home-data"), 60);
    let history = home.says("history", 0).stdout;
    assert!(history.contains("asked to leave prod:bucket:data alone until"), "{history}");
    assert!(history.contains("reason: the workshop is on"), "{history}");
    assert!(history.contains("ended the hold on prod:bucket:data"), "{history}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_stays_although_nothing_declares_it_any_more() {
    let home = Home::applied(FILES).await;
    home.says("hold bucket:logs -e prod --until 2099-12-31 --reason audit", 0);
    home.declare("  logs: { delete_after_days: 7 }\n", "");
    let plan = home.says("plan -e prod", 7).stdout;
    assert!(plan.contains("! gcs-bucket/home-logs   refused"), "{plan}");
    assert!(plan.contains("0 to destroy"), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_made_after_a_plan_was_saved_is_obeyed_by_its_apply() {
    let home = Home::applied(FILES).await;
    home.declare("delete_after_days: 30", "delete_after_days: 60");
    home.says("plan -e prod --out plan.json", 0);
    home.says("hold gcs-bucket/home-* -e prod --until 1_hour --reason wait", 0);
    let said = home.says("apply plan.json", 7);
    assert!(said.stdout.contains("is held by ada"), "{}", said.stdout);
    assert_eq!(home.days("prod:gcs-bucket/home-data"), 30);
    home.says("hold gcs-bucket/home-* -e prod --release", 0);
    home.says("apply plan.json", 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_says_what_it_did_not_understand() {
    let home = Home::applied(FILES).await;
    let said = |line: &str| home.says(line, 1).stderr;
    assert!(
        said("hold bucket:dat --until 1_day --reason r").contains("did you mean `bucket:data`")
    );
    assert!(said("hold bucket:data --until soon --reason r").contains("`3 days`"));
    assert!(said("hold bucket:data --until 2020-01-01 --reason r").contains("is over"));
    assert!(said("hold bucket:data --release").contains("there is no hold on"));
    assert!(said("hold bucket:data --until 1_day").contains("--reason"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_overridden_is_in_the_history_of_its_environment_with_the_reason() {
    let home = Home::of(FILES).await;
    home.declare("logs: {", "logs: { protect: true,");
    home.says("apply --auto-approve", 0);
    home.declare("  logs: { protect: true, delete_after_days: 7 }\n", "");
    let prod = "--dangerous-delete prod:gcs-bucket/home-logs";
    let both = format!("{prod} --dangerous-delete staging:gcs-bucket/home-logs-staging");
    let apply = format!("apply --auto-approve {both} --max-removals 3 --reason moved_elsewhere");
    home.says(&format!("{apply} --json-into events.jsonl"), 0);
    let history = home.history();
    let last = history.iter().find(|entry| entry["environment"] == "prod").unwrap();
    let words: Vec<&str> =
        last["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(words, [prod, "--max-removals 3"]);
    assert_eq!(last["reason"], "moved elsewhere");
    let events = std::fs::read_to_string(home.path("events.jsonl")).unwrap();
    assert_eq!(events.matches("\"type\":\"guard_overridden\"").count(), 3, "{events}");
    let told = home.says("history -e prod", 0).stdout;
    assert!(told.contains(&format!("overrode: {prod}")), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_gates_bind_production_waits_for_staging_and_for_a_person() {
    let home = Home::of(FILES).await;
    let prod = "apply -e prod --auto-approve --enforce-gates";
    let closed = home.says(prod, 7).stderr;
    assert!(closed.contains("error: the gates of prod are closed, so nothing was changed"));
    assert!(closed.contains("nothing was applied to staging yet"), "{closed}");
    assert!(closed.contains("nobody has approved it"), "{closed}");
    home.says("apply -e staging --auto-approve --enforce-gates", 0);
    home.later(3600);
    let approved = format!("{prod} --approve-gate prod --reason reviewed");
    let closed = home.says(&approved, 7).stderr;
    assert!(closed.contains("1 day more to go") || closed.contains("23 hours more"), "{closed}");
    home.later(24 * 3600);
    let closed = home.says(prod, 7).stderr;
    assert!(!closed.contains("because prod: promoted from"), "{closed}");
    assert!(closed.contains("--approve-gate prod --reason"), "{closed}");
    let nameless = home.says(&format!("{prod} --approve-gate prod"), 7).stderr;
    assert!(nameless.contains("needs a reason"), "{nameless}");
    home.says(&approved, 0);
    let history = home.says("history -e prod", 0).stdout;
    assert!(history.contains("overrode: --approve-gate prod"), "{history}");
    assert!(history.contains("reason: reviewed"), "{history}");

    // Another declaration has to go the same way, also where it changes nothing in staging.
    home.declare("  logs:", "  more: { in: [prod] }\n  logs:");
    let closed = home.says(&approved, 7).stderr;
    assert!(closed.contains("is another declaration"), "{closed}");
    home.says("apply -e staging --auto-approve", 0);
    home.later(25 * 3600);
    home.says(&approved, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_glass_can_be_broken_and_the_history_tells_of_it() {
    let home = Home::of(FILES).await;
    let broken = "apply -e prod --auto-approve --enforce-gates --skip-gates";
    assert!(home.says(broken, 7).stderr.contains("`--skip-gates` needs a reason"));
    home.says(&format!("{broken} --reason the_hub_is_down"), 0);
    let history = home.says("history -e prod", 0).stdout;
    assert!(history.contains("overrode: --skip-gates"), "{history}");
    assert!(history.contains("reason: the hub is down"), "{history}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_goes_back_to_what_was_declared_before() {
    let home = Home::applied(FILES).await;
    home.declare("delete_after_days: 30", "delete_after_days: 60");
    home.declare("  logs: { delete_after_days: 7 }\n", "  more: {}\n");
    home.says("apply --auto-approve", 0);
    let first = home.applies("prod")[1].clone();
    let files = std::fs::read_to_string(home.path("stack.yaml")).unwrap();

    let back = home.says("rollback -e prod --auto-approve", 0);
    assert!(back.stdout.contains("- gcs-bucket/home-more"), "{}", back.stdout);
    let gone = "prod:gcs-bucket/home-logs was deleted since and is made again";
    assert!(back.stdout.contains(gone), "{}", back.stdout);
    assert!(back.stdout.contains("Rollback complete: 1 added, 1 changed, 1 destroyed"));
    assert_eq!(home.days("prod:gcs-bucket/home-data"), 30);
    assert_eq!(home.days("staging:gcs-bucket/home-data-staging"), 60);
    assert_eq!(std::fs::read_to_string(home.path("stack.yaml")).unwrap(), files);
    let history = home.says("history -e prod", 0).stdout;
    assert!(history.contains(&format!(" to {first}: done")), "{history}");

    // The files are ahead, which plan says; an apply brings their declaration back.
    let plan = home.says("plan -e prod", 0);
    assert!(plan.stderr.contains("prod was rolled back to the apply"), "{}", plan.stderr);
    assert!(plan.stderr.contains("the files here are ahead of it"), "{}", plan.stderr);
    home.says("apply -e prod --auto-approve", 0);
    assert!(!home.says("plan -e prod", 0).stderr.contains("rolled back"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_refuses_what_cannot_go_back_and_says_so() {
    let home = Home::applied(FILES).await;
    home.declare("data: { ", "data: { location: us-east1, ");
    home.says("apply -e prod --auto-approve --dangerous-replace prod:gcs-bucket/home-data", 0);
    let back = home.says("rollback -e prod --auto-approve", 7).stdout;
    let why = "prod:gcs-bucket/home-data goes back only if it is deleted and made again";
    assert!(back.contains("What cannot go back:") && back.contains(why), "{back}");
    let words = "--dangerous-replace prod:gcs-bucket/home-data";
    let back = home.says(&format!("rollback -e prod --auto-approve {words}"), 0).stdout;
    assert!(back.contains("what is in it now is lost"), "{back}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_names_what_it_cannot_find() {
    let home = Home::applied(FILES).await;
    let said = |line: &str| home.says(line, 1).stderr;
    assert!(said("rollback").contains("one environment goes back at a time"));
    assert!(said("rollback -e prod").contains("no other declaration was applied completely"));
    assert!(said("rollback -e prod --to 7").contains("its history has no apply 7"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_environment_of_all_stacks_goes_back_as_well() {
    let home = Home::of(FILES).await;
    let stack = home.path("stacks/home");
    std::fs::create_dir_all(&stack).unwrap();
    std::fs::rename(home.path("stack.yaml"), stack.join("stack.yaml")).unwrap();
    let days = |path: &Path| edit(path, "delete_after_days: 30", "delete_after_days: 60");
    home.says("apply stacks/home --auto-approve", 0);
    days(&stack.join("stack.yaml"));
    home.says("apply stacks/home --auto-approve", 0);
    home.says("rollback stacks/home -e prod --auto-approve", 0);
    assert_eq!(home.days("prod:gcs-bucket/home-data stacks/home"), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_is_told_from_what_was_never_made() {
    let home = Home::applied(FILES).await;
    home.says("drift", 0);
    home.declare("  logs:", "  more: {}\n  logs:");
    let drift = home.says("drift -e prod", 0).stdout;
    assert!(drift.contains("1 not made yet"), "{drift}");
    let nobody = anonymous::Builder::new().build();
    let control = StorageControl::builder().with_endpoint(home.sandbox.url());
    let control = control.with_credentials(nobody).build().await.unwrap();
    let bucket = "projects/_/buckets/home-data";
    control.delete_bucket().set_name(bucket).send().await.unwrap();
    let drift = home.says("drift -e prod", 3).stdout;
    assert!(drift.contains("- gcs-bucket/home-data   gone: others removed it"), "{drift}");
    assert!(drift.contains("1 gone. 1 not made yet"), "{drift}");
    home.says("drift -e prod --target bucket:logs", 0);
}
