//! Stories of looking.

use super::*;
use crate::providers::gcp::permissions::READ_METHODS;
use crate::sandbox::Action;

#[tokio::test]
async fn what_is_ours_is_found_whether_it_is_wanted_or_not_and_what_is_foreign_only_by_name() {
    let bench = Bench::new().await;
    let plain = BucketSpec::new("US");
    bench.bucket("leap-orphan", &plain).await;
    bench.seed("foreign", BTreeMap::new(), false);
    bench.seed("other", BTreeMap::new(), false);
    let resource = wanted(BUCKET, "foreign", &plain);
    let found = bench.observe(BUCKET, &[resource]).await.found;
    let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), is_ours(it))).collect();
    assert_eq!(found, [("foreign", false), ("leap-orphan", true)]);
}

#[tokio::test]
async fn a_copy_of_the_mark_on_another_bucket_is_not_ours() {
    let bench = Bench::new().await;
    let mark = Mark::new(STACK, &ResourceId::new(ENV, BUCKET, "leap-data"), SpecMark::Unfinished);
    bench.seed("leap-data-copy", mark.labels(), false);
    assert!(bench.observe(BUCKET, &[]).await.found.is_empty());
}

#[tokio::test]
async fn a_bucket_that_the_list_does_not_show_yet_is_looked_up_by_name() {
    let list_lag = Duration::from_secs(3600);
    let bench = Bench::with(Behaviour { list_lag, ..Behaviour::instant() }).await;
    let found = bench.bucket("leap-scratch", &BucketSpec::new("US")).await;
    assert!(is_ours(&found));
}

#[tokio::test]
async fn a_name_held_by_somebody_who_lets_us_see_nothing_is_taken() {
    let bench = Bench::new().await;
    bench.seed("hidden", BTreeMap::new(), true);
    let resource = wanted(BUCKET, "hidden", &BucketSpec::new("US"));
    let observation = bench.observe(BUCKET, &[resource]).await;
    assert!(observation.found.is_empty());
    assert_eq!(observation.taken[0].name, "hidden");
}

#[tokio::test]
async fn not_being_allowed_to_list_is_not_the_same_as_nothing_there() {
    let bench = Bench::new().await;
    for code in [403, 404] {
        let message = "no".to_owned();
        bench.fault("ListBuckets", Action::Status { code, message, retry_after_seconds: None });
        let error = bench.look(BUCKET, &[], &[]).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unreadable { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_bucket_is_looked_into_only_when_it_may_have_to_go() {
    let bench = Bench::new().await;
    let (us, eu) = (BucketSpec::new("US"), BucketSpec::new("EU"));
    bench.bucket("leap-kept", &us).await;
    bench.bucket("leap-moved", &us).await;
    bench.sandbox.clear_calls();
    let stack = [wanted(BUCKET, "leap-kept", &us), wanted(BUCKET, "leap-moved", &eu)];
    bench.observe(BUCKET, &stack).await;
    let looked = bench.sandbox.calls().into_iter().filter(|it| it.method.ends_with("ListObjects"));
    assert_eq!(looked.count(), 1);
}

#[tokio::test]
async fn two_kinds_share_one_list_and_every_call_is_on_the_published_list() {
    let bench = Bench::new().await;
    bench.bucket("leap-orphan", &BucketSpec::new("US")).await;
    bench.seed("foreign", BTreeMap::new(), false);
    let access = crate::providers::gcp::gcs_bucket_access::Spec::default();
    let resource = wanted(ACCESS, "leap-orphan", &access);
    bench.sandbox.clear_calls();

    let observers = observers(&bench.connections());
    let whole = Stack::new(STACK, vec![], []).unwrap();
    let scope = Scope {
        whole: &whole,
        stack: STACK,
        places: [Place::project(PROJECT)].into(),
        wanted: [("leap-orphan", &resource)].into(),
        leaving: BTreeMap::new(),
        claims: BTreeMap::new(),
        claimants: BTreeMap::new(),
        depth: Depth::Listed,
    };
    let nothing = Scope { wanted: BTreeMap::new(), ..scope.clone() };
    observers.observe(BUCKET, &nothing).await.unwrap();
    observers.observe(ACCESS, &scope).await.unwrap();

    let calls = bench.sandbox.calls();
    let lists = calls.iter().filter(|call| call.method.ends_with("ListBuckets"));
    assert_eq!(lists.count(), 1);
    for call in calls {
        assert!(!call.mutating);
        assert!(READ_METHODS.iter().any(|it| it.method == call.method), "{}", call.method);
    }
}
