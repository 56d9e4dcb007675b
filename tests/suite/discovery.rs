//! Everything that runs is declared, of whichever kind it is: what `discover` writes is taken in,
//! and then nothing is left to do.

use super::bench::{Bench, PROJECT, stack};
use super::budget::{ACCOUNT, budget, channel};
use super::compute::address;
use super::shell::{TOP, copy};
use insta::assert_snapshot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::Stack;
use leap_infra::plan::Action;
use leap_infra::project::{self, Project};
use leap_infra::sandbox::compute::seed;
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// LEAP's stack as files, about the project that the bench looks at.
fn leap() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(TOP).join("stacks/leap"), folder.path());
    copy(&Path::new(TOP).join("environments"), &folder.path().join("environments"));
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            std::fs::write(file.path(), text.replace("leap-pangeo", PROJECT)).unwrap();
        }
    }
    folder
}

fn load(folder: &TempDir) -> Project {
    project::load(folder.path(), folder.path()).unwrap_or_else(|problems| {
        let told: Vec<String> = problems.list.iter().map(|one| format!("{one:?}")).collect();
        panic!("{}", told.join("\n"))
    })
}

/// A stack that declares nothing yet.
fn fresh() -> TempDir {
    let folder = leap();
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() && file.file_name() != "stack.yaml" {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_leap_is_discovered_adopted_and_then_nothing_is_left_to_do() {
    let bench = Bench::new().await;
    let declared = load(&leap());
    let environments: Vec<String> =
        declared.environments().iter().map(|one| one.name.clone()).collect();
    bench.apply(&declared.expand().unwrap()).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let nothing = Stack::new("leap", environments.clone(), []).unwrap();
    bench.mark(&nothing, Marks::Disown, &["*"]).await;
    let folder = fresh();
    let found = load(&folder).discover(&bench.everything().await, &environments);
    let text = found.text.unwrap();
    assert_snapshot!(text);
    std::fs::write(folder.path().join("found.yaml"), &text).unwrap();
    let stack = load(&folder).expand().unwrap();
    // Nothing but marks.
    let adoption = bench.marks(&stack, Marks::Adopt, &[]).await;
    assert!(adoption.refusals.is_empty(), "{:#?}", adoption.refusals);
    assert!(adoption.steps.iter().all(|step| step.action == Action::Adopt));
    bench.mark(&stack, Marks::Adopt, &[]).await;
    let plan = bench.plan(&stack).await;
    assert!(plan.is_empty(), "{:#?}\n{:#?}", plan.refusals, plan.steps);
}

/// A stack about the project that the bench looks at, which declares nothing but who pays.
fn paying() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let cloud = format!("cloud: {{ project: {PROJECT}, region: us-central1 }}");
    let text = format!("stack: home\nprefix: home\n{cloud}\nbilling: {{ account: {ACCOUNT} }}\n");
    std::fs::write(folder.path().join("stack.yaml"), text).unwrap();
    folder
}

/// What `discover` writes into a stack, and that nothing is left to do once that was taken in.
async fn taken_in(bench: &Bench, folder: &TempDir) -> String {
    bench.sandbox.clock().advance(Duration::from_secs(5));
    bench.mark(&stack([]), Marks::Disown, &["*"]).await;
    let found = load(folder).discover(&bench.everything().await, &["prod".to_owned()]);
    let text = found.text.unwrap();
    std::fs::write(folder.path().join("found.yaml"), &text).unwrap();
    let found = load(folder).expand().unwrap();
    bench.mark(&found, Marks::Adopt, &[]).await;
    let plan = bench.plan(&found).await;
    assert!(plan.is_empty(), "{plan:#?}\n{text}");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_is_discovered_with_those_who_hear_of_it() {
    let bench = Bench::new().await;
    let mail = "money@leap.example.org";
    let things = [channel(mail, "Money"), budget("home-budget", "7000 USD", &[mail])];
    bench.apply(&stack(things)).await;
    assert_snapshot!(taken_in(&bench, &paying()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_things_of_one_name_in_one_environment_one_is_declared() {
    let bench = Bench::new().await;
    bench.apply(&stack([address("hub", "us-central1", None)])).await;
    let other = format!("projects/{PROJECT}/global/addresses/hub");
    let fields = json!({ "addressType": "EXTERNAL", "networkTier": "PREMIUM" });
    seed(bench.sandbox.world(), &other, fields).unwrap();
    assert_snapshot!(taken_in(&bench, &paying()).await);
}
