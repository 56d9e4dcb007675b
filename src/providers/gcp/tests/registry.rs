//! Stories of one registry of images.

use super::*;
use crate::kind::Kind as _;
use crate::providers::gcp::artifact_registry::{ArtifactRegistry, Cleanup, Spec};
use crate::sandbox::Action;
use crate::sandbox::artifactregistry::{change, push, seed, trouble};
use serde_json::json;

const KIND: &str = ArtifactRegistry::NAME;
const NAME: &str = "leap-images";

fn path() -> String {
    format!("projects/{PROJECT}/locations/us-central1/repositories/{NAME}")
}

fn full() -> Spec {
    let cleanup = Cleanup {
        keep: Some(10),
        delete_untagged_after_days: Some(30),
        dry_run: true,
        ..Cleanup::default()
    };
    Spec {
        description: "Images of the hub".into(),
        immutable_tags: true,
        cleanup,
        labels: [("team".to_owned(), "hub".to_owned())].into(),
        protect: true,
        ..Spec::new("us-central1")
    }
}

async fn observed(bench: &Bench, spec: &Spec) -> Found {
    let observation = bench.observe(KIND, &[wanted(KIND, NAME, spec)]).await;
    observation.found.into_iter().find(|found| found.name == NAME).unwrap()
}

/// A registry of ours, and how it is observed.
async fn made(bench: &Bench, spec: &Spec) -> Found {
    bench.create(KIND, NAME, spec).await.unwrap();
    observed(bench, spec).await
}

/// How it lies in the cloud.
async fn live(bench: &Bench) -> Value {
    let registry = bench.connection.registries.get_repository().set_name(path());
    json(&registry.send().await.unwrap())
}

#[tokio::test]
async fn what_was_made_is_found_as_it_was_wanted_with_its_mark_from_the_first_call() {
    let python = Spec { format: "PYTHON".into(), ..Spec::new("us-central1") };
    for spec in [Spec::new("us-central1"), python, full()] {
        let bench = Bench::new().await;
        let found = made(&bench, &spec).await;
        assert!(is_ours(&found));
        assert_eq!(super::spec::<Spec>(&found), spec);
        assert_eq!(found.place.location.as_deref(), Some("us-central1"));
        assert_eq!(bench.changes(), ["repositories"], "one call");
    }
}

#[tokio::test]
async fn an_operation_is_waited_for_and_its_failure_is_that_of_the_step() {
    let behaviour = Behaviour { operation_time: Duration::from_millis(20), ..Behaviour::instant() };
    let options = Options { behaviour, ..Options::default() };
    let sandbox = sandbox::start(options).await.unwrap();
    let endpoint = Endpoint::Sandbox { url: sandbox.url() };
    let retry = Retry { attempts: 1, ..Retry::default() };
    let connection = Connection::open(&endpoint, retry).await.unwrap();
    let bench = Bench { sandbox, connection };
    trouble(bench.sandbox.world(), &path(), Some((3, "no such key"))).unwrap();
    let refused = bench.create(KIND, NAME, &full()).await.unwrap_err();
    assert!(matches!(&refused, ProviderError::Refused { why, .. } if why == "no such key"));
    trouble(bench.sandbox.world(), &path(), None).unwrap();
    let found = made(&bench, &full()).await;
    bench.delete(KIND, &found).await.unwrap();
    assert!(bench.observe(KIND, &[]).await.found.is_empty());
}

#[tokio::test]
async fn a_change_is_one_call_that_names_only_what_changes_and_keeps_what_others_wrote() {
    let bench = Bench::new().await;
    let found = made(&bench, &full()).await;
    let mut policies = live(&bench).await["cleanupPolicies"].clone();
    let condition = json!({ "tagPrefixes": ["release"] });
    policies["theirs"] = json!({ "id": "theirs", "action": "KEEP", "condition": condition });
    let fields = json!({ "cleanupPolicies": policies, "kmsKeyName": "theirs" });
    change(bench.sandbox.world(), &path(), &fields).unwrap();
    let mut after = full();
    after.cleanup = Cleanup { delete_after_days: Some(90), ..Cleanup::default() };
    after.description.clear();
    bench.changes();
    bench.update(KIND, &found, &after).await.unwrap();
    assert_eq!(bench.changes().len(), 1);
    assert_eq!(super::spec::<Spec>(&observed(&bench, &after).await), after);
    let now = live(&bench).await;
    let names: Vec<&String> = now["cleanupPolicies"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["delete-any", "theirs"]);
    assert_eq!(now["kmsKeyName"], "theirs");
}

#[tokio::test]
async fn a_policy_that_cannot_be_said_is_reported_with_the_registry_that_it_is_in() {
    let bench = Bench::new().await;
    made(&bench, &Spec::new("us-central1")).await;
    let condition = json!({ "tagPrefixes": ["release"] });
    let policies =
        json!({ "theirs": { "id": "theirs", "action": "KEEP", "condition": condition } });
    change(bench.sandbox.world(), &path(), &json!({ "cleanupPolicies": policies })).unwrap();
    let seen = bench.observe(KIND, &[wanted(KIND, NAME, &Spec::new("us-central1"))]).await;
    assert_eq!(seen.unknown[0].what, "a cleanup policy that cannot be declared: theirs");
    assert_eq!((seen.unknown[0].name.as_str(), seen.unknown[0].env.as_str()), (NAME, ENV));
}

#[tokio::test]
async fn a_registry_that_somebody_changed_since_the_plan_is_refused() {
    let bench = Bench::new().await;
    let found = made(&bench, &Spec::new("us-central1")).await;
    change(bench.sandbox.world(), &path(), &json!({ "description": "theirs" })).unwrap();
    let refused = bench.update(KIND, &found, &full()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Stale { .. }), "{refused}");
    let refused = bench.delete(KIND, &found).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Stale { .. }), "{refused}");
}

#[tokio::test]
async fn a_registry_that_holds_images_says_so_and_is_not_deleted() {
    let bench = Bench::new().await;
    let found = made(&bench, &full()).await;
    assert_eq!(found.holds, None, "it stays, so nobody looks into it");
    push(bench.sandbox.world(), &path(), "hub", 2_147_483_648).unwrap();
    let seen = bench.observe(KIND, &[]).await;
    assert_eq!(seen.found[0].holds.as_deref(), Some("holds 1 package (hub), 2.0 GB"));
    // Pushed after the plan was made.
    let refused = bench.delete(KIND, &found).await.unwrap_err();
    assert!(matches!(&refused, ProviderError::Refused { why, .. } if why.contains("(hub)")));
    assert_eq!(live(&bench).await["name"], path());
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_finds_its_own_work() {
    let bench = Bench::new().await;
    bench.fault("POST */repositories", Action::CutAfter);
    let lost = bench.create(KIND, NAME, &full()).await.unwrap_err();
    assert!(lost.is_transient(), "{lost}");
    let applied = bench.create(KIND, NAME, &full()).await.unwrap();
    assert_eq!(applied.remark.as_deref(), Some("was already there"));
}

#[tokio::test]
async fn a_name_that_another_holds_is_refused() {
    let bench = Bench::new().await;
    let theirs = json!({ "format": "DOCKER", "mode": "STANDARD_REPOSITORY" });
    seed(bench.sandbox.world(), &path(), theirs).unwrap();
    assert!(!is_ours(&observed(&bench, &Spec::new("us-central1")).await));
    let refused = bench.create(KIND, NAME, &full()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Taken { .. }), "{refused}");
}

#[tokio::test]
async fn one_of_the_same_name_in_another_place_is_another_one() {
    let bench = Bench::new().await;
    let there = path().replace("us-central1", "us-east1");
    seed(bench.sandbox.world(), &there, json!({ "format": "DOCKER" })).unwrap();
    let spec = Spec::new("us-central1");
    let seen = bench.observe(KIND, &[wanted(KIND, NAME, &spec)]).await;
    assert!(seen.found.is_empty());
    assert_eq!(seen.strangers.len(), 1);
    assert!(is_ours(&made(&bench, &spec).await));
}

#[tokio::test]
async fn marking_and_handing_back_change_labels_and_nothing_else() {
    let bench = Bench::new().await;
    let theirs = json!({
        "format": "DOCKER", "mode": "STANDARD_REPOSITORY", "description": "theirs",
        "labels": { "team": "hub" },
    });
    seed(bench.sandbox.world(), &path(), theirs).unwrap();
    let before = live(&bench).await;
    let stranger = observed(&bench, &Spec::new("us-central1")).await;
    let (spec, version) = (stranger.spec.clone(), stranger.version.clone());
    bench.apply(KIND, NAME, Change::Adopt { spec, version }).await.unwrap();
    let ours = observed(&bench, &Spec::new("us-central1")).await;
    assert!(is_ours(&ours));
    let (spec, version) = (ours.spec.clone(), ours.version.clone());
    bench.apply(KIND, NAME, Change::Disown { spec, version }).await.unwrap();
    let without_time = |mut live: Value| {
        live.as_object_mut().unwrap().remove("updateTime");
        live
    };
    assert_eq!(without_time(live(&bench).await), without_time(before));
}

#[tokio::test]
async fn what_we_may_not_list_is_not_absent() {
    let bench = Bench::new().await;
    let code = Action::Status { code: 403, message: String::new(), retry_after_seconds: None };
    bench.fault("GET */repositories", code);
    let wanted = [wanted(KIND, NAME, &Spec::new("us-central1"))];
    let error = bench.look(KIND, &wanted, &[]).await.unwrap_err();
    assert!(error.is_permission(), "{error}");
}
