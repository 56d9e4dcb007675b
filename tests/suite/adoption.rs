//! The way in and the way out, in the engine: what is marked, what is let be, what is questioned.

use super::bench::{Bench, access, bucket, bucket_with, stack};
use super::desk::Desk;
use insta::assert_snapshot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::*;
use leap_infra::plan::{Action, Allowances, Plan, Refused, Request, plan};
use leap_infra::providers::gcp::gcs_bucket::Spec;
use leap_infra::providers::registry;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

const READERS: (&str, &str) = ("roles/storage.objectViewer", "group:readers@leap.example.org");
const WRITERS: (&str, &str) = ("roles/storage.admin", "group:writers@leap.example.org");

fn with(manage: Manage, resource: Resource) -> Resource {
    Resource { manage, ..resource }
}

/// A bucket and two grants on it that nobody's mark is on.
async fn unmarked() -> Bench {
    let bench = Bench::new().await;
    let all = || [bucket("home-data"), access("home-data", &[READERS, WRITERS])];
    bench.apply(&stack(all())).await;
    let observed = all().map(|one| with(Manage::Observe, one));
    bench.mark(&stack(observed), Marks::Disown, &["*"]).await;
    bench
}

fn labels(bench: &Bench, bucket: &str) -> Vec<String> {
    let labels = bench.world()[&format!("gcs/bucket/{bucket}")]["bucket"]["labels"].clone();
    labels.as_object().map(|labels| labels.keys().cloned().collect()).unwrap_or_default()
}

fn actions(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?} {}", step.action, step.id.local())).collect()
}

#[tokio::test]
async fn adopting_changes_marks_only_and_what_differs_is_pending_afterwards() {
    let bench = unmarked().await;
    let policy = bench.world()["gcs/policy/home-data"].clone();
    let wanted = || {
        let data = bucket_with("home-data", |spec| spec.delete_after_days = Some(7));
        stack([data, access("home-data", &[READERS])])
    };
    assert_eq!(bench.plan(&wanted()).await.refusals[0].why, Refused::Foreign);
    let plan = bench.mark(&wanted(), Marks::Adopt, &[]).await;
    assert_eq!(actions(&plan), ["Adopt gcs-bucket/home-data", "Adopt gcs-bucket-access/home-data"]);
    assert_eq!(plan.steps[0].changes[0].path, "delete_after_days");
    assert_eq!(bench.world()["gcs/policy/home-data"], policy);
    assert_eq!(labels(&bench, "home-data").len(), 5);
    let later = bench.plan(&wanted()).await;
    assert_eq!(actions(&later), ["Update gcs-bucket/home-data"]);
    assert_eq!(later.steps[0].origin, leap_infra::plan::Origin::Pending);
    // The grant that was not declared stays its maker's.
    assert_eq!(later.unknown.len(), 1);
    // The one that was adopted is ours: it goes when it is no longer declared.
    let without = stack([bucket("home-data"), access("home-data", &[WRITERS])]);
    bench.apply(&without).await;
    let policy = bench.world()["gcs/policy/home-data"].to_string();
    assert!(policy.contains("writers@") && !policy.contains("readers@"), "{policy}");
}

#[tokio::test]
async fn an_adoption_is_shown_in_a_pull_request_with_what_comes_later() {
    let bench = unmarked().await;
    let data = bucket_with("home-data", |spec| spec.versioning = true);
    let plan = bench.marks(&stack([data]), Marks::Adopt, &[]).await;
    assert_snapshot!(leap_infra::cli::view::markdown::text(&plan));
}

#[tokio::test]
async fn naming_the_access_takes_in_the_bucket_that_it_is_on() {
    let bench = unmarked().await;
    let wanted = stack([bucket("home-data"), access("home-data", &[READERS])]);
    let plan = bench.marks(&wanted, Marks::Adopt, &["gcs-bucket-access/home-data"]).await;
    assert_eq!(actions(&plan), ["Adopt gcs-bucket/home-data", "Adopt gcs-bucket-access/home-data"]);
}

#[tokio::test]
async fn what_moved_since_it_was_planned_on_is_not_adopted() {
    let bench = unmarked().await;
    let wanted = stack([bucket("home-data")]);
    let plan = bench.marks(&wanted, Marks::Adopt, &[]).await;
    // A colleague takes it in, changes it and hands it back.
    let changed = || bucket_with("home-data", |spec| spec.versioning = true);
    bench.mark(&stack([changed()]), Marks::Adopt, &[]).await;
    bench.apply(&stack([changed()])).await;
    let observed = stack([with(Manage::Observe, changed())]);
    bench.mark(&observed, Marks::Disown, &["*"]).await;
    let report = bench.apply_plan(&wanted, &plan).await.unwrap();
    let (_, error) = report.failed().next().unwrap();
    assert!(error.to_string().contains("versioning was false and is now true"), "{error}");
    assert!(labels(&bench, "home-data").is_empty());
}

#[tokio::test]
async fn what_belongs_to_another_stack_is_refused() {
    let bench = unmarked().await;
    let plan = bench.marks(&stack([bucket("home-data")]), Marks::Adopt, &[]).await;
    let other =
        |resources: Vec<Resource>| Stack::new("elsewhere", vec!["prod".into()], resources).unwrap();
    bench.mark(&other(vec![bucket("home-data")]), Marks::Adopt, &[]).await;
    // Planned before, applied after: refused as taken. Planned after: refused while planning.
    let report = bench.apply_plan(&stack([bucket("home-data")]), &plan).await.unwrap();
    let (_, error) = report.failed().next().unwrap();
    assert!(error.to_string().contains("belongs to stack elsewhere"), "{error}");
    let why = Refused::OtherStack("elsewhere".into());
    for plan in [
        bench.marks(&stack([bucket("home-data")]), Marks::Adopt, &[]).await,
        bench.plan(&stack([bucket("home-data")])).await,
    ] {
        assert_eq!(plan.refusals[0].why, why);
    }
}

#[tokio::test]
async fn what_is_observed_only_is_never_touched_and_its_differences_are_listed() {
    let bench = unmarked().await;
    let before = bench.world();
    let changed = bucket_with("home-data", |spec| spec.versioning = true);
    let all = [changed, bucket("home-more"), access("home-data", &[READERS])];
    let observed = stack(all.map(|one| with(Manage::Observe, one)));
    let plan = bench.apply(&observed).await;
    assert!(plan.is_empty());
    let listed: Vec<String> =
        plan.ignored.iter().map(|one| format!("{} {}", one.id.name, one.field)).collect();
    assert_eq!(listed, ["home-data versioning", "home-more existence"]);
    let adoption = bench.marks(&observed, Marks::Adopt, &["gcs-bucket/home-data"]).await;
    assert_eq!(adoption.refusals[0].why, Refused::ObservedOnly);
    assert!(bench.marks(&observed, Marks::Adopt, &[]).await.is_empty());
    assert_eq!(bench.world(), before);
}

#[tokio::test]
async fn what_is_marked_only_is_adopted_and_never_made_or_changed() {
    let bench = unmarked().await;
    let changed = bucket_with("home-data", |spec| spec.versioning = true);
    let marked = stack([changed, bucket("home-more")].map(|one| with(Manage::Mark, one)));
    assert_eq!(bench.plan(&marked).await.refusals[0].why, Refused::Foreign);
    bench.mark(&marked, Marks::Adopt, &[]).await;
    let plan = bench.apply(&marked).await;
    assert!(plan.is_empty());
    assert_eq!(plan.ignored.len(), 2);
    assert!(plan.ignored.iter().any(|one| one.field == "versioning"), "it is as it was");
    // Neither does `destroy` take it away.
    assert!(bench.plan(&marked.without(&["prod".into()])).await.is_empty());
}

#[tokio::test]
async fn what_is_handed_back_stays_and_is_nobodys() {
    let bench = Bench::new().await;
    let all = || [bucket("home-data"), access("home-data", &[READERS])];
    bench.apply(&stack(all())).await;
    let refused = bench.marks(&stack(all()), Marks::Disown, &["gcs-bucket/home-data"]).await;
    assert!(refused.refusals.iter().all(|one| one.why == Refused::StillDeclared));
    let observed = || stack(all().map(|one| with(Manage::Observe, one)));
    let plan = bench.mark(&observed(), Marks::Disown, &["gcs-bucket/home-data"]).await;
    assert_eq!(
        actions(&plan),
        ["Disown gcs-bucket-access/home-data", "Disown gcs-bucket/home-data"]
    );
    assert!(labels(&bench, "home-data").is_empty());
    assert!(bench.world()["gcs/policy/home-data"].to_string().contains("readers@"));
    assert!(bench.memory(&observed()).await.claims.is_empty());
    // Its lines are deleted: nothing is planned.
    assert!(bench.plan(&stack([])).await.is_empty());
}

#[tokio::test]
async fn strangers_are_seen_without_another_call() {
    let bench = unmarked().await;
    let wanted = stack([bucket("home-more")]);
    bench.sandbox.clear_calls();
    bench.plan(&wanted).await;
    let calls = bench.sandbox.calls();
    let gets = calls.iter().filter(|call| call.method.ends_with("GetIamPolicy"));
    assert_eq!(gets.count(), 0);
    assert!(calls.iter().all(|call| !format!("{call:?}").contains("home-data")), "{calls:?}");
}

#[test]
fn a_plan_shows_what_is_observed_only_beside_what_is_left_to_others() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "boards": 2 })).manage = Manage::Observe;
    desk.wants("prod:shelf/b", json!({})).manage = Manage::Mark;
    desk.has_foreign("prod:shelf/a", json!({ "boards": 3 }));
    assert_snapshot!(desk.text());
}

/// A pure plan of one bucket where others are.
fn planned(
    new: (&str, &Spec),
    ours: Option<(&str, &Spec)>,
    strange: Option<(&str, &Spec)>,
) -> Plan {
    let found = |(name, spec): (&str, &Spec), owner: Owner| Found {
        name: name.to_owned(),
        place: Place::project(super::bench::PROJECT),
        owner,
        spec: json!(spec),
        version: Version("1".into()),
        status: Status::Ready,
        holds: None,
    };
    let mark = |name: &str, spec: &Spec| {
        let id = ResourceId::new("prod", "gcs-bucket", name);
        let digest = registry().digest("gcs-bucket", &json!(spec));
        Owner::Ours(Mark::new("home", &id, SpecMark::Applied(digest)))
    };
    let ours = ours.map(|(name, spec)| found((name, spec), mark(name, spec)));
    let observation = Observation {
        found: ours.into_iter().collect(),
        strangers: strange.map(|one| found(one, Owner::Foreign)).into_iter().collect(),
        ..Observation::default()
    };
    let world = World { kinds: [("gcs-bucket".to_owned(), observation)].into() };
    let wanted = super::bench::resource("prod", "gcs-bucket", new.0, json!(new.1));
    let naming = Naming { start: "home-".into(), end: String::new() };
    let stack = stack([wanted]).naming_by([("prod".to_owned(), naming)].into());
    let request = Request {
        stack: &stack,
        world: &world,
        environments: stack.environments(),
        claims: &BTreeMap::new(),
        rules: &registry(),
        allowances: &Allowances::default(),
    };
    plan(&request).unwrap()
}

fn old(days: u32) -> Spec {
    Spec { delete_after_days: Some(days), ..Spec::new("US") }
}

#[test]
fn a_removal_and_a_similar_creation_are_questioned() {
    let plan = planned(("home-tmp", &old(7)), Some(("home-scratch", &old(7))), None);
    assert_snapshot!(super::desk::text(&plan));
    let named_alike = planned(("home-scratch-2", &old(7)), Some(("home-scratch", &old(9))), None);
    assert!(matches!(named_alike.refusals[0].why, Refused::Renamed { .. }));
}

#[test]
fn a_second_one_beside_the_one_that_runs_is_refused() {
    let plan = planned(("home-scratch", &old(7)), None, Some(("scratch-prod", &old(9))));
    assert_snapshot!(super::desk::text(&plan));
    let other = planned(("home-scratch", &old(7)), None, Some(("scratch-logs", &old(7))));
    assert!(other.refusals.is_empty());
}

proptest! {
    #[test]
    fn what_differs_in_name_and_settings_is_never_questioned(
        (one, other) in ("[a-m]{3,9}(-[a-m]{3,9})?", "[n-z]{3,9}(-[n-z]{3,9})?"),
        (days, others) in (1..50_u32, 50..99_u32),
    ) {
        let (one, other) = (format!("home-{one}"), format!("home-{other}"));
        let (days, others) = (old(days), old(others));
        for (ours, strange) in [(Some((&*other, &others)), None), (None, Some((&*other, &others)))] {
            let plan = planned((&one, &days), ours, strange);
            prop_assert!(plan.refusals.is_empty(), "{:?}", plan.refusals);
            let made = |step: &leap_infra::plan::Step| step.action == Action::Create;
            prop_assert!(plan.steps.iter().any(made));
        }
    }
}
