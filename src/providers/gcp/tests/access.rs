//! Stories of the access on one bucket.

use super::*;
use crate::kind::Kind as _;
use crate::providers::gcp::gcs_bucket_access::{BucketAccess, Condition, Grant, Spec};
use crate::sandbox::Action;
use google_cloud_iam_v1::model::{Binding, GetPolicyOptions, Policy};

const NAME: &str = "leap-data";
const VIEWER: &str = "roles/storage.objectViewer";
const LABEL: &str = "leap-infra-access";

fn grant(who: &str) -> Grant {
    Grant::new(VIEWER, format!("user:{who}@leap.example.org"))
}

fn grants(who: &[&str]) -> Spec {
    Spec::new(who.iter().map(|who| grant(who)))
}

/// A bench with one bucket of ours.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    let spec = BucketSpec { uniform_access: true, ..BucketSpec::new("US") };
    bench.bucket(NAME, &spec).await;
    bench.sandbox.clear_calls();
    bench
}

async fn policy(bench: &Bench) -> Policy {
    let resource = format!("projects/_/buckets/{NAME}");
    let options = GetPolicyOptions::new().set_requested_policy_version(3);
    let request = bench.somebody().get_iam_policy().set_resource(resource).set_options(options);
    request.send().await.unwrap()
}

/// Somebody grants something by hand.
async fn by_hand(bench: &Bench, grant: &Grant) {
    let mut policy = policy(bench).await;
    let binding = Binding::new().set_role(&grant.role).set_members([&grant.member]);
    policy.bindings.push(binding);
    let resource = format!("projects/_/buckets/{NAME}");
    let request = bench.somebody().set_iam_policy().set_resource(resource);
    request.set_policy(policy.set_version(3)).send().await.unwrap();
}

async fn members(bench: &Bench) -> Vec<String> {
    let bindings = policy(bench).await.bindings.into_iter().filter(|it| it.role == VIEWER);
    let mut members: Vec<String> = bindings.flat_map(|binding| binding.members).collect();
    members.sort_by_key(|it| it.replace("user:", ""));
    members
        .iter()
        .map(|it| it.trim_start_matches("user:").replace("@leap.example.org", ""))
        .collect()
}

async fn label(bench: &Bench) -> Option<String> {
    bench.live(NAME).await.labels.get(LABEL).cloned()
}

async fn see(bench: &Bench, spec: &Spec, claims: &Spec) -> Observation {
    let stack = [wanted(ACCESS, NAME, spec)];
    bench.look(ACCESS, &stack, &[(NAME, BucketAccess::claims(claims))]).await.unwrap()
}

#[tokio::test]
async fn the_bucket_is_labelled_before_its_first_grant_and_the_digest_comes_last() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    assert_eq!(bench.changes(), ["UpdateBucket", "SetIamPolicy", "UpdateBucket"]);
    assert!(label(&bench).await.unwrap().starts_with("1-"));
    let again = see(&bench, &grants(&["ada"]), &Spec::default()).await;
    assert_eq!(spec::<Spec>(&again.found[0]), grants(&["ada"]));
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_made_good_by_the_next_try() {
    let bench = bench().await;
    bench.fault("SetIamPolicy", Action::CutAfter);
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap_err();
    assert_eq!(label(&bench).await.as_deref(), Some("unfinished"));
    bench.changes();
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    assert_eq!(bench.changes(), ["UpdateBucket"], "the grant is there, only the label is not");
}

#[tokio::test]
async fn an_update_that_was_interrupted_says_so_until_it_is_done() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    let both = grants(&["ada", "ben"]);
    let seen = see(&bench, &both, &Spec::default()).await;
    bench.fault("SetIamPolicy", Action::CutAfter);
    bench.update(ACCESS, &seen.found[0], &both).await.unwrap_err();
    let seen = see(&bench, &both, &Spec::default()).await;
    let Owner::Ours(mark) = &seen.found[0].owner else { panic!("not ours") };
    assert_eq!(mark.spec, SpecMark::Unfinished);
    bench.changes();
    bench.update(ACCESS, &seen.found[0], &both).await.unwrap();
    assert_eq!(bench.changes(), ["UpdateBucket"]);
}

#[tokio::test]
async fn what_others_granted_is_kept_and_reported() {
    let bench = bench().await;
    by_hand(&bench, &grant("eve")).await;
    by_hand(&bench, &Grant::new(VIEWER, "allUsers")).await;
    bench.create(ACCESS, NAME, &grants(&["ada", "ben"])).await.unwrap();
    let seen = see(&bench, &grants(&["ada", "ben"]), &Spec::default()).await;
    let unknown: Vec<_> = seen.unknown.iter().map(|it| (it.what.as_str(), it.public)).collect();
    let eve = "user:eve@leap.example.org has roles/storage.objectViewer";
    let public = "allUsers has roles/storage.objectViewer";
    assert_eq!(unknown, [(public, true), (eve, false)]);

    bench.update(ACCESS, &seen.found[0], &grants(&["ada"])).await.unwrap();
    assert_eq!(members(&bench).await, ["ada", "allUsers", "eve"]);
}

#[tokio::test]
async fn conditions_are_kept_and_granted() {
    let bench = bench().await;
    let condition = Condition {
        title: "until May".to_owned(),
        expression: "request.time < timestamp('2027-05-01T00:00:00Z')".to_owned(),
        description: String::new(),
    };
    let course = Spec::new([Grant { condition: Some(condition), ..grant("student") }]);
    bench.create(ACCESS, NAME, &course).await.unwrap();
    let both = Spec::new([course.grants.clone(), grants(&["ada"]).grants].concat());
    let seen = see(&bench, &both, &Spec::default()).await;
    assert_eq!(spec::<Spec>(&seen.found[0]), course);
    bench.update(ACCESS, &seen.found[0], &both).await.unwrap();
    let seen = see(&bench, &both, &Spec::default()).await;
    assert_eq!(spec::<Spec>(&seen.found[0]), both);
}

#[tokio::test]
async fn a_removed_grant_is_seen_by_its_claim_and_without_it_is_kept_and_reported() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada", "ben"])).await.unwrap();
    let (less, all) = (grants(&["ada"]), grants(&["ada", "ben"]));
    let claimed = see(&bench, &less, &all).await;
    assert_eq!(spec::<Spec>(&claimed.found[0]), all);
    let forgotten = see(&bench, &less, &Spec::default()).await;
    assert_eq!(spec::<Spec>(&forgotten.found[0]), less);
    assert_eq!(forgotten.unknown.len(), 1);
}

#[tokio::test]
async fn removing_the_last_grant_is_seen_and_ends_with_nothing_to_do() {
    let bench = bench().await;
    let ada = grants(&["ada"]);
    bench.create(ACCESS, NAME, &ada).await.unwrap();
    let claims = [(NAME, BucketAccess::claims(&ada))];
    let seen = bench.look(ACCESS, &[], &claims).await.unwrap();
    bench.delete(ACCESS, &seen.found[0]).await.unwrap();
    assert_eq!(members(&bench).await, <[&str; 0]>::default());
    assert_eq!(label(&bench).await, None);
    assert!(bench.look(ACCESS, &[], &claims).await.unwrap().found.is_empty());
}

#[tokio::test]
async fn a_label_without_grants_is_cleared_up() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    let seen = see(&bench, &grants(&["ada"]), &Spec::default()).await;
    bench.update(ACCESS, &seen.found[0], &Spec::default()).await.unwrap();
    bench.changes();
    let leftover = bench.observe(ACCESS, &[]).await;
    bench.delete(ACCESS, &leftover.found[0]).await.unwrap();
    assert_eq!(bench.changes(), ["UpdateBucket"]);
    assert!(bench.observe(ACCESS, &[]).await.found.is_empty());
}

#[tokio::test]
async fn when_the_ledger_is_lost_grants_are_reported_and_the_label_makes_us_look_again() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    let seen = bench.observe(ACCESS, &[]).await;
    assert!(seen.found.is_empty());
    assert_eq!(seen.unknown.len(), 1);
}

#[tokio::test]
async fn somebody_who_is_faster_keeps_what_they_granted() {
    let bench = bench().await;
    bench.fault("SetIamPolicy", Action::Delay { ms: 300 });
    let after = grants(&["ada"]);
    let ours = bench.create(ACCESS, NAME, &after);
    let theirs = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        by_hand(&bench, &grant("eve")).await;
    };
    let (ours, ()) = tokio::join!(ours, theirs);
    ours.unwrap();
    assert_eq!(members(&bench).await, ["ada", "eve"]);
    let sets = bench.changes().into_iter().filter(|method| method == "SetIamPolicy");
    assert_eq!(sets.count(), 3, "ours, theirs, and ours again");
}

#[tokio::test]
async fn an_update_is_refused_when_what_it_relied_on_was_taken_away() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    let seen = see(&bench, &grants(&["ada", "ben"]), &Spec::default()).await;
    let mut emptied = policy(&bench).await;
    emptied.bindings.retain(|binding| binding.role != VIEWER);
    let request = bench.somebody().set_iam_policy();
    let request = request.set_resource(format!("projects/_/buckets/{NAME}"));
    request.set_policy(emptied).send().await.unwrap();
    let error = bench.update(ACCESS, &seen.found[0], &grants(&["ada", "ben"])).await.unwrap_err();
    let told = "the access on bucket leap-data changed after it was planned on: \
        roles/storage.objectViewer was granted to user:ada@leap.example.org and is now not granted";
    assert_eq!(error.to_string(), told);
    assert_eq!(members(&bench).await, <[&str; 0]>::default());
}

#[tokio::test]
async fn a_policy_that_the_cloud_refuses_is_not_tried_again() {
    let bench = Bench::new().await;
    let public_access_prevention =
        crate::providers::gcp::gcs_bucket::PublicAccessPrevention::Enforced;
    let closed =
        BucketSpec { uniform_access: true, public_access_prevention, ..BucketSpec::new("US") };
    bench.bucket(NAME, &closed).await;
    let public = Spec::new([Grant::new(VIEWER, "allUsers")]);
    let error = bench.create(ACCESS, NAME, &public).await.unwrap_err();
    assert!(matches!(error, ProviderError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn a_bucket_that_is_not_ours_is_never_touched() {
    let bench = Bench::new().await;
    bench.seed(NAME, BTreeMap::new(), false);
    let ada = grants(&["ada"]);
    let seen = see(&bench, &ada, &ada).await;
    assert_eq!((&seen.found[0].owner, &seen.found[0].spec), (&Owner::Foreign, &json(&grants(&[]))));
    bench.sandbox.clear_calls();
    let error = bench.create(ACCESS, NAME, &ada).await.unwrap_err();
    assert!(matches!(error, ProviderError::Taken { .. }), "{error}");
    assert_eq!(bench.changes(), <[&str; 0]>::default());
}

#[tokio::test]
async fn access_on_a_bucket_that_is_gone_is_gone() {
    let bench = bench().await;
    bench.create(ACCESS, NAME, &grants(&["ada"])).await.unwrap();
    let seen = see(&bench, &grants(&["ada"]), &Spec::default()).await;
    let bucket = bench.observe(BUCKET, &[]).await;
    bench.delete(BUCKET, &bucket.found[0]).await.unwrap();
    assert_eq!(bench.delete(ACCESS, &seen.found[0]).await.unwrap().version, None);
    assert!(see(&bench, &grants(&["ada"]), &Spec::default()).await.found.is_empty());
}
