//! Marks put on what runs already, and taken off again.

use super::*;
use crate::providers::gcp::gcs_bucket_access::{Grant, Spec as AccessSpec};
use crate::sandbox::Action;

const NAME: &str = "leap-old";

fn adopt(seen: &Found) -> Change<Value> {
    Change::Adopt { spec: seen.spec.clone(), version: seen.version.clone() }
}

fn disown(seen: &Found) -> Change<Value> {
    Change::Disown { spec: seen.spec.clone(), version: seen.version.clone() }
}

/// A bucket that somebody made, with a label, as it is seen.
async fn theirs(bench: &Bench) -> Found {
    bench.seed(NAME, [("team".to_owned(), "ocean".to_owned())].into(), false);
    let mut seen = bench.observe(BUCKET, &[]).await;
    seen.strangers.remove(0)
}

#[tokio::test]
async fn adopting_a_bucket_writes_its_labels_and_nothing_else() {
    let bench = Bench::new().await;
    let seen = theirs(&bench).await;
    let before = bench.live(NAME).await;
    bench.apply(BUCKET, NAME, adopt(&seen)).await.unwrap();
    assert_eq!(bench.changes(), ["UpdateBucket"]);
    let after = bench.live(NAME).await;
    assert_eq!((after.labels.len(), after.labels["team"].as_str()), (5, "ocean"));
    let same = |bucket: Bucket| {
        bucket
            .set_labels([("", ""); 0])
            .set_metageneration(0)
            .set_etag("")
            .set_or_clear_update_time(None::<google_cloud_wkt::Timestamp>)
    };
    assert_eq!(same(after), same(before));
    let again = bench.apply(BUCKET, NAME, adopt(&seen)).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already so"));
}

#[tokio::test]
async fn a_lost_answer_to_an_adoption_is_made_good_by_the_next_try() {
    let bench = Bench::new().await;
    let seen = theirs(&bench).await;
    bench.fault("UpdateBucket", Action::CutAfter);
    assert!(bench.apply(BUCKET, NAME, adopt(&seen)).await.unwrap_err().is_transient());
    bench.apply(BUCKET, NAME, adopt(&seen)).await.unwrap();
    bench.fault("UpdateBucket", Action::CutAfter);
    assert!(bench.apply(BUCKET, NAME, disown(&seen)).await.unwrap_err().is_transient());
    let again = bench.apply(BUCKET, NAME, disown(&seen)).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already handed back"));
    let labels = bench.live(NAME).await.labels;
    assert_eq!(labels.keys().collect::<Vec<_>>(), ["team"]);
}

#[tokio::test]
async fn what_another_stack_owns_is_neither_a_stranger_nor_adopted() {
    let bench = Bench::new().await;
    let seen = theirs(&bench).await;
    let id = ResourceId::new(ENV, BUCKET, "leap-other");
    bench.seed("leap-other", Mark::new("elsewhere", &id, SpecMark::Unfinished).labels(), false);
    assert_eq!(bench.observe(BUCKET, &[]).await.strangers.len(), 1);
    let refused = bench.apply(BUCKET, "leap-other", adopt(&seen)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Taken { .. }), "{refused}");
    let refused = bench.apply(BUCKET, "leap-other", disown(&seen)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Taken { .. }), "{refused}");
}

#[tokio::test]
async fn grants_that_went_meanwhile_are_not_adopted() {
    let bench = Bench::new().await;
    let seen = theirs(&bench).await;
    bench.apply(BUCKET, NAME, adopt(&seen)).await.unwrap();
    let grants = AccessSpec::new([Grant::new("roles/storage.admin", "user:a@leap.example.org")]);
    let change = Change::Adopt { spec: json(&grants), version: version(1) };
    let refused = bench.apply(ACCESS, NAME, change).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Stale { .. }), "{refused}");
    assert!(!bench.live(NAME).await.labels.contains_key("leap-infra-access"));
}
