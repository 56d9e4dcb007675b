//! Stories of one bucket.

use super::*;
use crate::sandbox::Action;
use google_cloud_wkt::FieldMask;

fn days(days: u32) -> BucketSpec {
    BucketSpec { delete_after_days: Some(days), uniform_access: true, ..BucketSpec::new("US") }
}

/// Somebody changes fields of a bucket behind our back.
async fn meddle(bench: &Bench, bucket: Bucket, path: &str) {
    let request = bench.somebody().update_bucket().set_bucket(bucket);
    request.set_update_mask(FieldMask::default().set_paths([path])).send().await.unwrap();
}

async fn put_object(bench: &Bench, bucket: &str) {
    let storage = &bench.connection.storage;
    let bucket = format!("projects/_/buckets/{bucket}");
    storage.write_object(bucket, "data", "precious").send_unbuffered().await.unwrap();
}

#[tokio::test]
async fn the_mark_is_set_in_the_create_call() {
    let bench = Bench::new().await;
    bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap();
    assert_eq!(bench.changes(), ["CreateBucket"]);
    let labels = bench.live("leap-scratch").await.labels;
    assert_eq!(labels["leap-infra-id"], "gcs-bucket_leap-scratch");
    assert!(labels["leap-infra-spec"].starts_with("1-"));
}

#[tokio::test]
async fn creating_what_is_there_already_changes_nothing() {
    let bench = Bench::new().await;
    bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap();
    bench.sandbox.clear_calls();
    let again = bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap();
    assert_eq!(again.version, Some(version(1)));
    assert_eq!(again.remark.as_deref(), Some("was already there"));
    assert_eq!(bench.changes(), ["CreateBucket"]);
}

#[tokio::test]
async fn a_lost_answer_to_a_create_is_made_good_by_the_next_try() {
    let bench = Bench::new().await;
    bench.fault("CreateBucket", Action::CutAfter);
    let lost = bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap_err();
    assert!(lost.is_transient(), "{lost}");
    bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap();
}

#[tokio::test]
async fn what_another_run_made_since_the_plan_is_not_overwritten_by_a_create() {
    let bench = Bench::new().await;
    bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap();
    let error = bench.create(BUCKET, "leap-scratch", &days(30)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "bucket leap-scratch changed after it was planned on: it was not there and is now made \
         with other settings, by another run"
    );
    let found = bench.observe(BUCKET, &[]).await.found;
    assert_eq!(spec::<BucketSpec>(&found[0]), days(7));
}

#[tokio::test]
async fn a_name_that_somebody_holds_is_taken_whether_we_may_see_it_or_not() {
    let bench = Bench::new().await;
    bench.seed("visible", BTreeMap::new(), false);
    bench.seed("hidden", BTreeMap::new(), true);
    for name in ["visible", "hidden"] {
        let error = bench.create(BUCKET, name, &days(7)).await.unwrap_err();
        assert!(matches!(error, ProviderError::Taken { .. }), "{error}");
    }
    assert!(bench.live("visible").await.labels.is_empty());
}

#[tokio::test]
async fn another_environments_bucket_is_taken() {
    let bench = Bench::new().await;
    let staging = ResourceId::new("staging", BUCKET, "leap-scratch");
    let mark = Mark::new(STACK, &staging, SpecMark::Unfinished);
    bench.seed("leap-scratch", mark.labels(), false);
    let error = bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap_err();
    let why = "the name leap-scratch is taken: it belongs to environment staging of this stack";
    assert_eq!(error.to_string(), why);
}

#[tokio::test]
async fn an_update_names_only_what_changes() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    let bucket = bench.live("leap-scratch").await;
    meddle(&bench, bucket.set_default_event_based_hold(true), "default_event_based_hold").await;
    bench.update(BUCKET, &seen, &BucketSpec { versioning: true, ..days(7) }).await.unwrap();
    let live = bench.live("leap-scratch").await;
    assert!(live.default_event_based_hold, "what no spec can say stays");
    assert!(live.versioning.unwrap().enabled);
    assert!(live.lifecycle.is_some());
}

#[tokio::test]
async fn an_update_of_an_old_version_with_the_same_content_goes_on() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    let bucket = bench.live("leap-scratch").await;
    let mut labels = bucket.labels.clone();
    labels.insert("leap-infra-access".to_owned(), "unfinished".to_owned());
    meddle(&bench, bucket.set_labels(labels), "labels").await;
    let applied = bench.update(BUCKET, &seen, &days(30)).await.unwrap();
    assert_eq!(applied.version, Some(version(3)));
    let labels = bench.live("leap-scratch").await.labels;
    assert_eq!(labels["leap-infra-access"], "unfinished", "the label of another kind stays");
}

#[tokio::test]
async fn an_update_of_what_somebody_changed_is_refused_and_overwrites_nothing() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    let bucket = bench.live("leap-scratch").await;
    let versioning = google_cloud_storage::model::bucket::Versioning::new().set_enabled(true);
    meddle(&bench, bucket.set_versioning(versioning), "versioning").await;
    bench.sandbox.clear_calls();
    let error = bench.update(BUCKET, &seen, &days(30)).await.unwrap_err();
    let told = "bucket leap-scratch changed after it was planned on: \
        versioning was false and is now true";
    assert_eq!(error.to_string(), told);
    assert_eq!(bench.changes(), <[&str; 0]>::default());
}

#[tokio::test]
async fn somebody_who_is_faster_than_an_update_is_not_overwritten() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    bench.fault("UpdateBucket", Action::Delay { ms: 300 });
    let after = days(30);
    let ours = bench.update(BUCKET, &seen, &after);
    let theirs = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let bucket = bench.live("leap-scratch").await.set_storage_class("NEARLINE");
        meddle(&bench, bucket, "storage_class").await;
    };
    let (ours, ()) = tokio::join!(ours, theirs);
    assert!(
        matches!(ours.unwrap_err(), ProviderError::Stale { field, .. } if field == "storage_class")
    );
}

#[tokio::test]
async fn a_lost_answer_to_an_update_is_made_good_by_the_next_try() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    bench.fault("UpdateBucket", Action::CutAfter);
    assert!(bench.update(BUCKET, &seen, &days(30)).await.unwrap_err().is_transient());
    let applied = bench.update(BUCKET, &seen, &days(30)).await.unwrap();
    assert_eq!(applied.remark.as_deref(), Some("was already so"));
}

#[tokio::test]
async fn a_rule_that_cannot_be_declared_is_reported_and_survives_an_update() {
    use google_cloud_storage::model::bucket::lifecycle::Rule;
    use google_cloud_storage::model::bucket::lifecycle::rule::{Action, Condition};
    let bench = Bench::new().await;
    bench.bucket("leap-scratch", &days(7)).await;
    let bucket = bench.live("leap-scratch").await;
    let odd = Rule::new()
        .set_action(Action::new().set_type("Delete"))
        .set_condition(Condition::new().set_days_since_custom_time(9));
    let mut lifecycle = bucket.lifecycle.clone().unwrap();
    lifecycle.rule.push(odd.clone());
    meddle(&bench, bucket.set_lifecycle(lifecycle), "lifecycle").await;

    let observation = bench.observe(BUCKET, &[]).await;
    assert!(observation.unknown[0].what.contains("daysSinceCustomTime"), "{observation:?}");
    bench.update(BUCKET, &observation.found[0], &days(30)).await.unwrap();
    assert!(bench.live("leap-scratch").await.lifecycle.unwrap().rule.contains(&odd));
}

#[tokio::test]
async fn a_bucket_that_holds_objects_is_not_deleted() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    put_object(&bench, "leap-scratch").await;
    let error = bench.delete(BUCKET, &seen).await.unwrap_err();
    assert!(matches!(&error, ProviderError::Refused { .. }), "{error}");
    assert!(bench.observe(BUCKET, &[]).await.found[0].holds.is_some());
}

#[tokio::test]
async fn deleting_what_is_gone_is_done() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    bench.fault("DeleteBucket", Action::CutAfter);
    assert!(bench.delete(BUCKET, &seen).await.unwrap_err().is_transient());
    let applied = bench.delete(BUCKET, &seen).await.unwrap();
    assert_eq!(applied.remark.as_deref(), Some("was already gone"));
}

#[tokio::test]
async fn a_bucket_that_lost_its_mark_is_neither_changed_nor_deleted() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    let bucket = bench.live("leap-scratch").await.set_labels::<_, String, String>([]);
    meddle(&bench, bucket, "labels").await;
    bench.sandbox.clear_calls();
    for outcome in [bench.update(BUCKET, &seen, &days(30)).await, bench.delete(BUCKET, &seen).await]
    {
        let error = outcome.unwrap_err();
        assert!(matches!(error, ProviderError::Taken { .. }), "{error}");
    }
    assert_eq!(bench.changes(), <[&str; 0]>::default());
}

#[tokio::test]
async fn a_bucket_that_loses_its_mark_while_it_is_being_deleted_stays() {
    let bench = Bench::new().await;
    let seen = bench.bucket("leap-scratch", &days(7)).await;
    bench.fault("DeleteBucket", Action::Delay { ms: 300 });
    let ours = bench.delete(BUCKET, &seen);
    let theirs = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let bucket = bench.live("leap-scratch").await.set_labels::<_, String, String>([]);
        meddle(&bench, bucket, "labels").await;
    };
    let (ours, ()) = tokio::join!(ours, theirs);
    assert!(matches!(ours.unwrap_err(), ProviderError::Taken { .. }));
    bench.live("leap-scratch").await;
}

#[tokio::test]
async fn what_the_cloud_says_when_it_is_busy_can_be_tried_again() {
    let bench = Bench::new().await;
    let busy = Action::Status { code: 503, message: String::new(), retry_after_seconds: Some(2) };
    bench.fault("CreateBucket", busy);
    let error = bench.create(BUCKET, "leap-scratch", &days(7)).await.unwrap_err();
    let ProviderError::Transient { retry_after, .. } = error else { panic!("{error}") };
    assert_eq!(retry_after, Some(Duration::from_secs(2)));
}
