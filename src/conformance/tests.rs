//! The suite itself: that it holds the sandbox to its document, sees what differs, and leaves
//! nothing behind.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::sandbox::{self, Clock, Fault, Sandbox};

const RUN: &str = "leap-conformance-1";

async fn sandbox() -> Sandbox {
    let options = sandbox::Options {
        clock: Clock::virtual_at(1_780_000_000),
        behaviour: sandbox::Behaviour::instant(),
        ..sandbox::Options::default()
    };
    sandbox::start(options).await.unwrap()
}

async fn wire(sandbox: &Sandbox) -> Wire {
    Wire::open(&Target::Server { url: sandbox.url() }, "leap").await.unwrap()
}

fn spending(dollars: f64) -> Arc<Mutex<Spending>> {
    let limits = Limits { dollars, calls: 10_000, time: Duration::from_secs(3_600) };
    Arc::new(Mutex::new(Spending::new(limits)))
}

async fn play(sandbox: &Sandbox, prefix: &str, only: &[&str]) -> Report {
    let only: Vec<String> = only.iter().map(ToString::to_string).collect();
    run(&wire(sandbox).await, prefix, &only, &spending(5.0)).await.unwrap()
}

/// What is left in the sandbox.
fn things(sandbox: &Sandbox) -> usize {
    sandbox.snapshot().unwrap().outcome().len()
}

#[tokio::test]
async fn the_sandbox_does_what_its_document_says_and_nothing_is_left_of_it() {
    let sandbox = sandbox().await;
    let report = play(&sandbox, RUN, &[]).await;
    for outcome in &report.outcomes {
        let wrong: Vec<_> = outcome.checks.iter().filter(|check| !check.holds()).collect();
        assert!(outcome.holds(), "{}: {wrong:?} {:?}", outcome.behaviour.id, outcome.stopped);
        assert_ne!(outcome.behaviour.line, 0, "{} is not in the document", outcome.behaviour.id);
    }
    assert_eq!(report.outcomes.len(), ids().len());
    assert!(things(&sandbox) > 30);
    clean(&wire(&sandbox).await, RUN).await.unwrap();
    assert_eq!(things(&sandbox), 0);
}

#[tokio::test]
async fn only_what_a_run_made_is_taken_away() {
    let sandbox = sandbox().await;
    play(&sandbox, RUN, &["bucket-taken"]).await;
    play(&sandbox, "leap-conformance-2", &["bucket-not-empty"]).await;
    let gone = clean(&wire(&sandbox).await, "leap-conformance-2").await.unwrap();
    assert_eq!(gone, ["leap-conformance-2-bucket-not-empty"]);
    assert_eq!(things(&sandbox), 1);
    let refused = clean(&wire(&sandbox).await, "leap-").await.unwrap_err();
    assert!(matches!(refused, ConformanceError::Prefix(_)));
}

#[tokio::test]
async fn a_run_stops_while_it_can_still_pay_for_the_tear_down() {
    let sandbox = sandbox().await;
    // A bucket keeps nine calls of class A for its end: enough for one, not for three.
    let spending = spending(0.001_5);
    let only = ["bucket-list".to_owned()];
    let report = run(&wire(&sandbox).await, RUN, &only, &spending).await.unwrap();
    let outcome = &report.outcomes[0];
    assert!(outcome.stopped.as_ref().unwrap().starts_with("not enough money"), "{outcome:?}");
    assert!(!outcome.holds());
    assert_eq!(things(&sandbox), 1);
    clean(&wire(&sandbox).await, RUN).await.unwrap();
    assert_eq!(things(&sandbox), 0);
}

#[tokio::test]
async fn a_cloud_that_behaves_otherwise_is_seen() {
    let sandbox = sandbox().await;
    let faults = r#"[{ "on": { "method": "CreateBucket", "nth": 2 }, "then": { "status": { "code": 403 } } }]"#;
    sandbox.set_faults(serde_json::from_str::<Vec<Fault>>(faults).unwrap());
    let report = play(&sandbox, RUN, &["bucket-taken"]).await;
    let check = report.outcomes[0].checks.last().unwrap();
    assert_eq!((&*check.expected, &*check.seen), ("ALREADY_EXISTS", "PERMISSION_DENIED"));
}

#[tokio::test]
async fn a_recorded_run_is_the_same_under_other_names_and_at_another_time() {
    let (one, other) = (sandbox().await, sandbox().await);
    let then = play(&one, RUN, &[]).await.transcript;
    other.clock().advance(Duration::from_secs(86_400));
    let mut now = play(&other, "leap-conformance-9f", &[]).await.transcript;
    let lines = |found: &[String]| found.join("\n");
    assert_eq!(lines(&differences(&then, &now)), "");

    let changed = now.iter_mut().find(|exchange| exchange.call.starts_with("GetBucket")).unwrap();
    changed.answer["storageClass"] = "WARM".into();
    let found = differences(&then, &now);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with(r#".storageClass was "STANDARD", now "WARM""#), "{found:?}");
}

#[test]
fn every_scenario_has_its_line_and_every_line_somebody_who_checks_it() {
    let lines = behaviours();
    let tests = test_names();
    for id in ids() {
        assert_eq!(lines.iter().filter(|line| line.id == id).count(), 1, "one line for {id}");
    }
    for line in lines {
        let (place, id) = (line.place(), &line.id);
        let checked = match id.strip_prefix("test `") {
            Some(name) => tests.contains(&name.to_owned()),
            None => ids().contains(&id.as_str()) || id == "contracts",
        };
        let untestable = line.source.contains("*untestable*");
        assert!(
            checked || untestable,
            "{place}: no scenario or test `{id}` checks this line; write the id of a scenario, \
             test `its_name`, or *untestable* with the reason in its source"
        );
    }
}

/// The names of all tests of the sandbox, and of those who talk to it.
fn test_names() -> Vec<String> {
    fn read(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, names);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                let functions = text.lines().filter_map(|line| line.trim().split("fn ").nth(1));
                names.extend(functions.filter_map(|rest| Some(rest.split('(').next()?.to_owned())));
            }
        }
    }
    let mut names = Vec::new();
    for folder in ["src/sandbox", "src/providers", "tests/suite"] {
        read(std::path::Path::new(folder), &mut names);
    }
    names
}
