use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::paginator::ItemPaginator;
use google_cloud_storage::model::bucket::Lifecycle;
use google_cloud_storage::model::bucket::iam_config::UniformBucketLevelAccess;
use google_cloud_storage::model::bucket::lifecycle::Rule;
use google_cloud_storage::model::bucket::{IamConfig, RetentionPolicy, Versioning};
use google_cloud_wkt::FieldMask;

use super::*;
use crate::sandbox::gcs::{SeedBucket, seed_bucket};

fn mask(path: &str) -> FieldMask {
    FieldMask::default().set_paths([path])
}

fn named(name: &str) -> Bucket {
    Bucket::new().set_name(path(name))
}

async fn listed(bench: &Bench, size: i32) -> Vec<String> {
    let mut pages =
        bench.control.list_buckets().set_parent("projects/leap").set_page_size(size).by_item();
    let mut names = Vec::new();
    while let Some(bucket) = pages.next().await {
        names.push(bucket.unwrap().bucket_id);
    }
    names
}

#[tokio::test]
async fn a_new_bucket_comes_with_the_defaults() {
    let bench = Bench::new().await;
    let asked = Bucket::new().set_location("us-central1").set_labels([("a", "b")]);
    bench.create("scratch", asked).await.unwrap();
    let bucket = bench.get("scratch").await.unwrap();
    assert_eq!(bucket.name, "projects/_/buckets/scratch");
    let number = bucket.project.strip_prefix("projects/").unwrap();
    assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{number} is no number");
    let listed = bench.control.list_buckets().set_parent(&bucket.project).send().await.unwrap();
    assert_eq!(listed.buckets.len(), 1, "a project is known by its number as well");
    assert_eq!((&*bucket.location, &*bucket.location_type), ("US-CENTRAL1", "region"));
    assert_eq!((bucket.metageneration, &*bucket.etag), (1, "CAE="));
    assert_eq!(bucket.storage_class, "STANDARD");
    assert_eq!(bucket.labels["a"], "b");
    assert_eq!(bucket.iam_config.unwrap().public_access_prevention, "inherited");
    let week = bucket.soft_delete_policy.unwrap().retention_duration.unwrap();
    assert_eq!(week.seconds(), 604_800);
    assert!(bucket.create_time.unwrap().seconds() >= START as i64);
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let (code, message) = refusal(bench.create("scratch", Bucket::new()).await);
    assert_eq!(code, Code::AlreadyExists);
    assert!(message.ends_with("you already own it."), "{message}");
}

#[tokio::test]
async fn names_are_taken_by_others_too() {
    let bench = Bench::new().await;
    for (name, foreign_account) in [("theirs", false), ("secret", true)] {
        let (name, project) = (name.to_owned(), "other".to_owned());
        let seed = SeedBucket { name, project, foreign_account, ..SeedBucket::default() };
        seed_bucket(bench.sandbox.world(), seed).unwrap();
    }
    for name in ["theirs", "secret"] {
        let (code, message) = refusal(bench.create(name, Bucket::new()).await);
        assert_eq!(code, Code::AlreadyExists);
        assert!(message.starts_with("The requested bucket name is not available."), "{message}");
    }
    bench.create("ours", Bucket::new()).await.unwrap();
    let project = async |name| bench.get(name).await.unwrap().project;
    assert_ne!(project("theirs").await, project("ours").await);
    assert_eq!(refusal(bench.get("secret").await).0, Code::PermissionDenied);
    assert_eq!(listed(&bench, 10).await, ["ours"]);
}

#[tokio::test]
async fn what_google_refuses_is_refused_in_its_words() {
    let bench = Bench::new().await;
    let cases = [
        ("Scratch", Bucket::new(), "Invalid bucket name: 'Scratch'"),
        ("b-1", Bucket::new().set_labels([("Team", "x")]), "Invalid label key: 'Team'"),
        (
            "b-2",
            Bucket::new().set_location("mars1"),
            "The specified location constraint is not valid.",
        ),
        ("b-3", Bucket::new().set_storage_class("WARM"), "Invalid storage class: 'WARM'"),
        (
            "b-4",
            Bucket::new().set_lifecycle(Lifecycle::new().set_rule([Rule::new()])),
            "A lifecycle rule must have at least one condition.",
        ),
    ];
    for (name, bucket, message) in cases {
        let expected = (Code::InvalidArgument, message.to_owned());
        assert_eq!(refusal(bench.create(name, bucket).await), expected);
    }
    let missing = refusal(bench.get("nowhere").await);
    assert_eq!(missing, (Code::NotFound, "The specified bucket does not exist.".to_owned()));
}

#[tokio::test]
async fn a_list_comes_in_pages_and_in_order() {
    let bench = Bench::new().await;
    for name in ["b-3", "b-1", "b-5", "b-2", "b-4"] {
        bench.create(name, Bucket::new()).await.unwrap();
    }
    bench.sandbox.clear_calls();
    assert_eq!(listed(&bench, 2).await, ["b-1", "b-2", "b-3", "b-4", "b-5"]);
    assert_eq!(bench.methods(), ["ListBuckets"; 3]);
    let page =
        bench.control.list_buckets().set_parent("projects/leap").set_prefix("b-4").send().await;
    assert_eq!(page.unwrap().buckets.len(), 1);
}

#[tokio::test]
async fn a_new_bucket_is_missing_from_lists_for_a_while() {
    let clock = Clock::virtual_at(START);
    let options = Options { clock: clock.clone(), ..Options::default() };
    let bench = Bench::at(start(options).await.unwrap()).await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    assert!(bench.get("scratch").await.is_ok());
    assert!(listed(&bench, 10).await.is_empty());
    clock.advance(Duration::from_secs(2));
    assert_eq!(listed(&bench, 10).await, ["scratch"]);
}

#[tokio::test]
async fn an_update_changes_what_its_mask_names() {
    let bench = Bench::new().await;
    let labels = [("a", "1"), ("b", "2")];
    bench.create("scratch", Bucket::new().set_labels(labels)).await.unwrap();
    let patch = named("scratch").set_labels([("a", "9")]).set_storage_class("NEARLINE");
    let request = bench.control.update_bucket().set_bucket(patch);
    let updated = request.set_update_mask(mask("labels.a")).send().await.unwrap();
    assert_eq!((&*updated.labels["a"], &*updated.labels["b"]), ("9", "2"));
    assert_eq!((&*updated.storage_class, updated.metageneration), ("STANDARD", 2));

    let patch = named("scratch").set_versioning(Versioning::new().set_enabled(true));
    let request = bench.control.update_bucket().set_bucket(patch);
    let updated = request.set_update_mask(mask("*")).send().await.unwrap();
    assert!(updated.versioning.unwrap().enabled);
    assert!(updated.labels.is_empty());

    let request = bench.control.update_bucket().set_bucket(named("scratch"));
    let refused = refusal(request.set_update_mask(mask("location")).send().await);
    assert_eq!(refused.1, "Invalid field mask path: 'location'");
}

#[tokio::test]
async fn an_update_on_an_old_version_is_refused() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let update = |version: i64| {
        bench
            .control
            .update_bucket()
            .set_bucket(named("scratch").set_storage_class("NEARLINE"))
            .set_update_mask(mask("storage_class"))
            .set_if_metageneration_match(version)
            .send()
    };
    assert_eq!(refusal(update(7).await).0, Code::FailedPrecondition);
    assert_eq!(bench.get("scratch").await.unwrap().storage_class, "STANDARD");
    assert_eq!(update(1).await.unwrap().metageneration, 2);
    let patch = named("scratch").set_storage_class("COLDLINE").set_etag("CAE=");
    let stale =
        bench.control.update_bucket().set_bucket(patch).set_update_mask(mask("storage_class"));
    assert_eq!(refusal(stale.send().await).0, Code::FailedPrecondition, "the etag is the old one");
}

#[tokio::test]
async fn a_reader_is_told_that_it_has_the_version_already() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let read = bench.control.get_bucket().set_name(path("scratch"));
    let read = read.set_if_metageneration_not_match(1).send().await;
    assert_eq!(refusal(read).0, Code::Aborted);
}

#[tokio::test]
async fn uniform_access_is_for_good_after_ninety_days() {
    let bench = Bench::new().await;
    let uniform = |enabled| {
        let uniform = UniformBucketLevelAccess::new().set_enabled(enabled);
        IamConfig::new().set_uniform_bucket_level_access(uniform)
    };
    let update = |enabled| {
        let patch = named("scratch").set_iam_config(uniform(enabled));
        let mask = mask("iam_config.uniform_bucket_level_access.enabled");
        bench.control.update_bucket().set_bucket(patch).set_update_mask(mask).send()
    };
    bench.create("scratch", Bucket::new().set_iam_config(uniform(true))).await.unwrap();
    update(false).await.unwrap();
    update(true).await.unwrap();
    bench.sandbox.clock().advance(Duration::from_hours(90 * 24));
    assert_eq!(refusal(update(false).await).0, Code::FailedPrecondition);
}

#[tokio::test]
async fn a_locked_retention_only_grows() {
    let bench = Bench::new().await;
    let retention = |days: i64| {
        let duration = google_cloud_wkt::Duration::clamp(days * 86_400, 0);
        RetentionPolicy::new().set_retention_duration(duration)
    };
    bench.create("records", Bucket::new().set_retention_policy(retention(7))).await.unwrap();
    let lock = bench.control.lock_bucket_retention_policy().set_bucket(path("records"));
    let locked = lock.set_if_metageneration_match(1).send().await.unwrap();
    assert!(locked.retention_policy.unwrap().is_locked);
    let update = |days| {
        let patch = named("records").set_retention_policy(retention(days));
        bench.control.update_bucket().set_bucket(patch).set_update_mask(mask("retention_policy"))
    };
    assert_eq!(refusal(update(6).send().await).0, Code::PermissionDenied);
    assert!(update(8).send().await.unwrap().retention_policy.unwrap().is_locked);
}

#[tokio::test]
async fn a_bucket_goes_away_only_when_empty_and_unchanged() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    bench.storage.write_object(path("scratch"), "a", "x").send_buffered().await.unwrap();
    let delete = || bench.control.delete_bucket().set_name(path("scratch"));
    let (code, message) = refusal(delete().send().await);
    assert_eq!(code, Code::FailedPrecondition);
    assert_eq!(message, "The bucket you tried to delete is not empty.");
    let object = bench.control.delete_object().set_bucket(path("scratch")).set_object("a");
    object.send().await.unwrap();
    let stale = delete().set_if_metageneration_match(9).send().await;
    assert_eq!(refusal(stale).0, Code::FailedPrecondition);
    delete().set_if_metageneration_match(1).send().await.unwrap();
    assert_eq!(refusal(bench.get("scratch").await).0, Code::NotFound);
}

#[tokio::test]
async fn what_is_not_there_is_unimplemented() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let moved = bench.control.move_object().set_bucket(path("scratch"));
    let moved = moved.set_source_object("a").set_destination_object("b").send().await;
    assert_eq!(refusal(moved).0, Code::Unimplemented);
}

#[tokio::test]
async fn lists_of_access_control_are_not_pretended() {
    let bench = Bench::new().await;
    let request = bench.control.create_bucket().set_parent("projects/_").set_bucket_id("scratch");
    let bucket = Bucket::new().set_project("projects/leap");
    let request = request.set_bucket(bucket).set_predefined_acl("publicRead");
    assert_eq!(refusal(request.send().await).0, Code::Unimplemented);
}
