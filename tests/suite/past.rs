//! What an earlier release wrote is read by every later one: marks, leases, records, holds,
//! histories, declarations. (Plans are in `stale.rs`.) The files in `tests/fixtures` are as that
//! release wrote them, and never change; what a release adds gets a file of its own.

use super::bench::{Bench, PROJECT, bucket, stack};
use insta::assert_debug_snapshot;
use leap_infra::ledger::{Condition, Outcome, Records, Store as _};
use leap_infra::model::{Mark, Owner, Rules as _, SpecMark};
use leap_infra::providers::{self, gcp};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One object that the first release made, with its labels and what was live.
#[derive(Deserialize)]
struct Marked {
    kind: String,
    name: String,
    labels: BTreeMap<String, String>,
    spec: Value,
}

#[test]
fn the_marks_of_the_first_release_say_whose_things_are_and_that_nothing_has_drifted() {
    let text = include_str!("../fixtures/marks/v1.json");
    let all: Vec<Marked> = serde_json::from_str(text).unwrap();
    let registry = providers::registry();
    for Marked { kind, name, labels, spec } in all {
        // Access stands beside the mark of what it is on.
        let (of, beside) = match kind.strip_suffix("-access") {
            Some(of) => (of, Some("leap-infra-access")),
            None => (&*kind, None),
        };
        let label = |key: &str| labels.get(key).map(String::as_str);
        let Owner::Ours(mark) = Mark::owner("home", of, &name, label) else {
            panic!("{kind}/{name} is not ours any more");
        };
        assert_eq!(mark.env, "prod");
        let applied = beside.map_or(mark.spec, |key| SpecMark::from_label(label(key)));
        let spec = registry.complete(&kind, &spec).expect("what was written down is a spec still");
        let now = registry.digest(&kind, &spec);
        assert_eq!(applied, SpecMark::Applied(now), "{kind}/{name} would be said to have drifted");
    }
}

/// The ledger's objects, by their paths.
fn objects() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../fixtures/ledger/v1.json")).unwrap()
}

/// A platform whose ledger the first release wrote, an apply in the middle of its work included.
async fn heir() -> Bench {
    let bench = Bench::new().await;
    let connection = bench.connection().await;
    bench.ledger(&connection, &stack([])).ensure().await.unwrap();
    let store = gcp::LedgerStore::new(
        &connection,
        gcp::LedgerBucket {
            name: "home-leap-infra".into(),
            stack: "home".into(),
            project: PROJECT.into(),
            location: "US-CENTRAL1".into(),
        },
    );
    for (path, content) in objects() {
        let bytes = content.to_string().into_bytes();
        store.write(&path, bytes, Condition::Always).await.unwrap();
    }
    bench
}

#[tokio::test]
async fn the_ledger_of_the_first_release_is_remembered_whole() {
    let bench = heir().await;
    let memory = bench.memory(&stack([])).await;
    assert_debug_snapshot!((&memory.footprint, &memory.claims, &memory.rolled_back));
    assert_eq!(memory.leases["prod"].holder.user, "ada");
    let ledger = bench.ledger(&bench.connection().await, &stack([]));
    let records: Records = serde_json::from_value(objects()["prod/records.json"].clone()).unwrap();
    assert_eq!(records.had.unwrap().len(), 8);
    assert!(records.newer.is_empty(), "a word of the first release has become a stranger");
    assert_debug_snapshot!(ledger.holds("prod").await.unwrap());
}

#[tokio::test]
async fn the_history_of_the_first_release_is_told_and_can_be_gone_back_to() {
    let bench = heir().await;
    let ledger = bench.ledger(&bench.connection().await, &stack([]));
    let history = ledger.history(&["prod".to_owned()]).await.unwrap();
    assert_eq!(history.unreadable, Vec::<String>::new());
    let told: Vec<Outcome> = history.entries.iter().map(|(_, entry)| entry.outcome).collect();
    for outcome in [
        Outcome::Done,
        Outcome::Partly,
        Outcome::Died,
        Outcome::Unlocked,
        Outcome::Held,
        Outcome::Released,
    ] {
        assert!(told.contains(&outcome), "{outcome:?}");
    }
    let kept: Vec<&String> =
        history.entries.iter().filter_map(|(_, entry)| entry.kept.as_ref()).collect();
    assert!(kept.len() > 3);
    for digest in kept {
        let kept = ledger.kept(digest).await.unwrap().unwrap();
        assert!(kept.files["stack/stack.yaml"].contains("stack: home"));
    }
}

#[tokio::test]
async fn a_lease_of_the_first_release_is_respected_and_taken_over_when_it_has_ended() {
    let bench = heir().await;
    let wanted = stack([bucket("home-fresh")]);
    let plan = bench.plan(&wanted).await;
    let refused = bench.apply_plan(&wanted, &plan).await.unwrap_err();
    let who = "prod is being changed by ada on desk (process 30829, apply)";
    assert!(refused.to_string().starts_with(who), "{refused}");
    bench.sandbox.clock().advance(std::time::Duration::from_secs(61));
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    assert!(report.is_complete(), "{report:?}");
}
