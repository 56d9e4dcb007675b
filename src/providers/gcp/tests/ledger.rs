//! Stories of the ledger's bucket.

use super::*;
use crate::ledger::{Condition, Store as _, Written};
use crate::providers::gcp::permissions::READ_METHODS;
use crate::providers::gcp::{LedgerBucket, LedgerStore};

const LEDGER: &str = "leap-infra-ledger-leap";

fn ledger(bench: &Bench) -> LedgerStore {
    let bucket = LedgerBucket {
        name: LEDGER.to_owned(),
        stack: STACK.to_owned(),
        project: PROJECT.to_owned(),
        location: "US".to_owned(),
    };
    LedgerStore::new(&bench.connection, bucket)
}

fn generation(written: Written) -> i64 {
    match written {
        Written::Done { generation, .. } => generation,
        Written::Conflict => panic!("a conflict"),
    }
}

#[tokio::test]
async fn a_ledger_is_made_once_and_is_no_bucket_of_the_declaration() {
    let bench = Bench::new().await;
    let ledger = ledger(&bench);
    assert_eq!(ledger.read("prod/lease").await.unwrap(), None, "not even a bucket");
    assert!(ledger.list("prod/").await.unwrap().is_empty());
    ledger.ensure().await.unwrap();
    ledger.ensure().await.unwrap();
    assert_eq!(bench.changes(), ["CreateBucket"]);
    assert!(bench.observe(BUCKET, &[]).await.found.is_empty());
}

#[tokio::test]
async fn somebody_elses_bucket_is_not_taken_for_the_ledger() {
    let bench = Bench::new().await;
    bench.seed(LEDGER, BTreeMap::new(), false);
    let error = ledger(&bench).ensure().await.unwrap_err();
    assert!(matches!(error, ProviderError::Taken { .. }), "{error}");
    assert!(matches!(ledger(&bench).remove().await, Err(ProviderError::Taken { .. })));
}

#[tokio::test]
async fn a_write_counts_only_on_what_was_read() {
    let bench = Bench::new().await;
    let ledger = ledger(&bench);
    ledger.ensure().await.unwrap();
    let write = |text: &'static str, condition| {
        ledger.write("prod/lease", text.as_bytes().to_vec(), condition)
    };
    let first = generation(write("one", Condition::Absent).await.unwrap());
    assert_eq!(write("two", Condition::Absent).await.unwrap(), Written::Conflict);
    let second = generation(write("two", Condition::Generation(first)).await.unwrap());
    assert_eq!(write("three", Condition::Generation(first)).await.unwrap(), Written::Conflict);

    let object = ledger.read("prod/lease").await.unwrap().unwrap();
    assert_eq!((object.bytes.as_slice(), object.generation), (b"two".as_slice(), second));
    assert!(object.updated.unix_timestamp() >= 1_900_000_000, "by the server's clock");

    ledger.delete("prod/lease", first).await.unwrap();
    assert!(ledger.read("prod/lease").await.unwrap().is_some(), "of another generation");
    ledger.delete("prod/lease", second).await.unwrap();
    assert_eq!(ledger.read("prod/lease").await.unwrap(), None);
}

#[tokio::test]
async fn reading_the_ledger_only_calls_what_planning_may() {
    let bench = Bench::new().await;
    let ledger = ledger(&bench);
    ledger.ensure().await.unwrap();
    ledger.write("prod/lease", b"{}".to_vec(), Condition::Always).await.unwrap();
    bench.sandbox.clear_calls();
    ledger.read("prod/lease").await.unwrap();
    ledger.list("").await.unwrap();
    for call in bench.sandbox.calls() {
        assert!(READ_METHODS.iter().any(|it| it.method == call.method), "{}", call.method);
    }
}

#[tokio::test]
async fn what_is_below_a_prefix_is_listed_and_goes_with_the_ledger() {
    let bench = Bench::new().await;
    let ledger = ledger(&bench);
    ledger.ensure().await.unwrap();
    for path in ["prod/history/2", "prod/history/1", "staging/lease"] {
        ledger.write(path, b"{}".to_vec(), Condition::Always).await.unwrap();
    }
    assert_eq!(ledger.list("prod/").await.unwrap(), ["prod/history/1", "prod/history/2"]);
    ledger.remove().await.unwrap();
    assert!(ledger.list("").await.unwrap().is_empty());
    ledger.remove().await.unwrap();
}
