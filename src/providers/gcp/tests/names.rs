//! Stories of records and uptime checks, a step at a time.

use super::*;
use crate::providers::gcp::{dns_record, uptime_check};
use crate::sandbox::Action;
use crate::sandbox::dns::{put_record, put_zone};

const RECORD: &str = "dns-record";
const CHECK: &str = "uptime-check";
const HUB: &str = "hubs/hub.example.org/A";
const NAME: (&str, &str) = ("hub.example.org.", "A");

fn to(data: &[&str]) -> dns_record::Spec {
    let data = data.iter().map(|&one| one.to_owned()).collect();
    dns_record::Spec { data, address: String::new(), ttl: 300 }
}

fn checked(path: &str) -> uptime_check::Spec {
    let spec = uptime_check::Spec::new("hub.example.org", 300, 10);
    uptime_check::Spec { path: path.to_owned(), ..spec }
}

async fn with_zone() -> Bench {
    let bench = Bench::new().await;
    put_zone(bench.sandbox.world(), PROJECT, "hubs", "example.org.").unwrap();
    bench
}

fn update(before: &dns_record::Spec, after: &dns_record::Spec) -> Change<Value> {
    Change::Update { before: json(before), after: json(after), version: version(0) }
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_finds_its_own_work() {
    let bench = with_zone().await;
    let cut = |method: &str| {
        let on = Match { method: Some(method.to_owned()), ..Match::default() };
        bench.sandbox.set_faults(vec![Fault { on, then: Action::CutAfter }]);
    };
    cut("POST *changes");
    bench.create(RECORD, HUB, &to(&["192.0.2.1"])).await.unwrap_err();
    bench.sandbox.set_faults(Vec::new());
    let again = bench.create(RECORD, HUB, &to(&["192.0.2.1"])).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already there"));
    let other = bench.create(RECORD, HUB, &to(&["192.0.2.9"])).await;
    assert!(matches!(other, Err(ProviderError::Stale { .. })), "{other:?}");
    assert_eq!(bench.changes().len(), 1);
    cut("POST *uptimeCheckConfigs");
    bench.create(CHECK, "hub", &checked("/")).await.unwrap_err();
    bench.sandbox.set_faults(Vec::new());
    let again = bench.create(CHECK, "hub", &checked("/")).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already there"));
    assert_eq!(bench.observe(CHECK, &[]).await.found.len(), 1);
}

#[tokio::test]
async fn a_record_that_others_changed_is_neither_overwritten_nor_deleted() {
    let bench = with_zone().await;
    let (planned, wanted) = (to(&["192.0.2.1"]), to(&["192.0.2.2"]));
    bench.create(RECORD, HUB, &planned).await.unwrap();
    put_record(bench.sandbox.world(), PROJECT, "hubs", NAME, &["203.0.113.9"]).unwrap();
    bench.changes();
    let stale = bench.apply(RECORD, HUB, update(&planned, &wanted)).await.unwrap_err();
    assert_eq!(
        stale.to_string(),
        "dns-record/hubs/hub.example.org/A changed after it was planned on: data was \
         [\"192.0.2.1\"] and is now [\"203.0.113.9\"]"
    );
    let delete = Change::Delete { before: json(&planned), version: version(0) };
    let stale = bench.apply(RECORD, HUB, delete).await;
    assert!(matches!(stale, Err(ProviderError::Stale { .. })), "{stale:?}");
    assert!(bench.changes().is_empty());
}

#[tokio::test]
async fn a_record_that_is_not_ours_is_taken() {
    let bench = with_zone().await;
    put_record(bench.sandbox.world(), PROJECT, "hubs", NAME, &["203.0.113.9"]).unwrap();
    let taken = bench.create(RECORD, HUB, &to(&["192.0.2.1"])).await;
    assert!(matches!(taken, Err(ProviderError::Taken { .. })), "{taken:?}");
    let delete = Change::Delete { before: json(&to(&["203.0.113.9"])), version: version(0) };
    let taken = bench.apply(RECORD, HUB, delete).await;
    assert!(matches!(taken, Err(ProviderError::Taken { .. })), "{taken:?}");
    // An alias of somebody else stands in the way for good.
    let alias = ("lab.example.org.", "CNAME");
    put_record(bench.sandbox.world(), PROJECT, "hubs", alias, &["other.org."]).unwrap();
    let beside = bench.create(RECORD, "hubs/lab.example.org/A", &to(&["192.0.2.1"])).await;
    assert!(matches!(beside, Err(ProviderError::Refused { .. })), "{beside:?}");
}

#[tokio::test]
async fn a_check_is_found_by_its_mark_and_changed_only_where_it_differs() {
    let bench = Bench::new().await;
    bench.create(CHECK, "hub", &checked("/")).await.unwrap();
    let seen = bench.observe(CHECK, &[wanted(CHECK, "hub", &checked("/"))]).await;
    assert!(is_ours(&seen.found[0]));
    assert_eq!(spec::<uptime_check::Spec>(&seen.found[0]), checked("/"));
    bench.update(CHECK, &seen.found[0], &checked("/health")).await.unwrap();
    let stale = bench.delete(CHECK, &seen.found[0]).await;
    assert!(matches!(stale, Err(ProviderError::Stale { .. })), "{stale:?}");
    let seen = bench.observe(CHECK, &[]).await;
    bench.delete(CHECK, &seen.found[0]).await.unwrap();
    let gone = bench.delete(CHECK, &seen.found[0]).await.unwrap();
    assert_eq!(gone.remark.as_deref(), Some("was already gone"));
}
