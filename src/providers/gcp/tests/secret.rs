//! Stories of one secret, who may read it, and its values.

use super::*;
use crate::kind::Kind as _;
use crate::model::secret::{Imprint, Value as SecretValue};
use crate::providers::gcp::secret::{Rotation, Secret, Spec};
use crate::providers::gcp::secret_access::{ACCESSOR, SecretAccess, Spec as AccessSpec};
use crate::providers::gcp::{SecretVersions, VersionState};
use crate::sandbox::Action;
use google_cloud_iam_v1::model::{Binding, Policy};
use google_cloud_secretmanager_v1::model::{
    Replication, Secret as Live, SecretPayload, replication,
};

const NAME: &str = "leap-hub-oauth";
const CANARY: &str = "canary-5c1e";

fn path() -> String {
    format!("projects/{PROJECT}/secrets/{NAME}")
}

async fn live(bench: &Bench) -> Live {
    bench.connection.secrets.get_secret().set_name(path()).send().await.unwrap()
}

/// A secret of ours, and how it is observed.
async fn made(bench: &Bench, spec: &Spec) -> Found {
    bench.create(Secret::NAME, NAME, spec).await.unwrap();
    observed(bench, spec).await
}

async fn observed(bench: &Bench, spec: &Spec) -> Found {
    let observation = bench.observe(Secret::NAME, &[wanted(Secret::NAME, NAME, spec)]).await;
    observation.found.into_iter().find(|found| found.name == NAME).unwrap()
}

fn full() -> Spec {
    let rotation = Rotation {
        period_seconds: 90 * 86_400,
        first: "2031-01-01T00:00:00Z".into(),
        topics: vec![format!("projects/{PROJECT}/topics/rotate")],
    };
    Spec {
        locations: vec!["us-central1".into(), "us-east1".into()],
        labels: [("team".to_owned(), "hub".to_owned())].into(),
        expires: Some("2035-01-01T00:00:00Z".into()),
        rotation: Some(rotation),
    }
}

#[tokio::test]
async fn what_was_made_is_found_as_it_was_wanted_with_its_mark_from_the_first_call() {
    for spec in [Spec::default(), full()] {
        let bench = Bench::new().await;
        let found = made(&bench, &spec).await;
        assert!(is_ours(&found));
        assert_eq!(super::spec::<Spec>(&found), spec);
        assert_eq!(bench.changes(), ["secrets"], "one call");
    }
}

#[tokio::test]
async fn a_change_names_only_what_changes_and_keeps_what_others_wrote() {
    let bench = Bench::new().await;
    let found = made(&bench, &full()).await;
    let theirs = live(&bench).await.set_annotations([("theirs", "kept")]);
    let mask = google_cloud_wkt::FieldMask::default().set_paths(["annotations"]);
    let request = bench.connection.secrets.update_secret().set_secret(theirs.set_etag(""));
    request.set_update_mask(mask).send().await.unwrap();
    // Without the annotation the first reminder is still the next one, so nothing has changed.
    let after = Spec { expires: None, labels: Default::default(), ..full() };
    bench.update(Secret::NAME, &found, &after).await.unwrap();
    assert_eq!(super::spec::<Spec>(&observed(&bench, &after).await), after);
    assert_eq!(live(&bench).await.annotations["theirs"], "kept");
}

#[tokio::test]
async fn a_secret_that_somebody_changed_since_the_plan_is_refused() {
    let bench = Bench::new().await;
    let found = made(&bench, &Spec::default()).await;
    let theirs = Spec { expires: Some("2033-01-01T00:00:00Z".into()), ..Spec::default() };
    bench.update(Secret::NAME, &found, &theirs).await.unwrap();
    let refused = bench.update(Secret::NAME, &found, &full()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Stale { .. }), "{refused}");
    let refused = bench.delete(Secret::NAME, &found).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Stale { .. }), "{refused}");
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_finds_its_own_work() {
    let bench = Bench::new().await;
    bench.fault("*secrets", Action::CutAfter);
    let lost = bench.create(Secret::NAME, NAME, &full()).await.unwrap_err();
    assert!(lost.is_transient(), "{lost}");
    let applied = bench.create(Secret::NAME, NAME, &full()).await.unwrap();
    assert_eq!(applied.remark.as_deref(), Some("was already there"));
}

#[tokio::test]
async fn a_name_that_another_holds_is_refused() {
    let bench = Bench::new().await;
    let automatic = Replication::new().set_automatic(replication::Automatic::new());
    let request = bench.connection.secrets.create_secret().set_secret_id(NAME);
    let request = request.set_parent(format!("projects/{PROJECT}"));
    request.set_secret(Live::new().set_replication(automatic)).send().await.unwrap();
    let found = observed(&bench, &Spec::default()).await;
    assert!(!is_ours(&found));
    let refused = bench.create(Secret::NAME, NAME, &Spec::default()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Taken { .. }), "{refused}");
}

#[tokio::test]
async fn what_we_may_not_list_is_not_absent() {
    let bench = Bench::new().await;
    let code = Action::Status { code: 403, message: String::new(), retry_after_seconds: None };
    bench.fault("*secrets", code);
    let wanted = [wanted(Secret::NAME, NAME, &Spec::default())];
    let error = bench.look(Secret::NAME, &wanted, &[]).await.unwrap_err();
    assert!(error.is_permission(), "{error}");
}

#[tokio::test]
async fn readers_of_others_stay_and_ours_go_with_their_line() {
    let bench = Bench::new().await;
    made(&bench, &Spec::default()).await;
    let theirs = Binding::new().set_role(ACCESSOR).set_members(["user:theirs@leap.example.org"]);
    let request = bench.connection.secrets.set_iam_policy().set_resource(path());
    request.set_policy(Policy::new().set_bindings([theirs])).send().await.unwrap();
    let readers = |names: &[&str]| AccessSpec {
        accessors: names.iter().map(|name| format!("user:{name}@leap.example.org")).collect(),
    };
    let (before, after) = (readers(&["ada", "ben"]), readers(&["ben"]));
    bench.create(SecretAccess::NAME, NAME, &before).await.unwrap();
    let claims = before.accessors.clone();
    let wanted = [wanted(SecretAccess::NAME, NAME, &after)];
    let seen = bench.look(SecretAccess::NAME, &wanted, &[(NAME, claims)]).await.unwrap();
    assert_eq!(super::spec::<AccessSpec>(&seen.found[0]), before);
    assert!(seen.unknown[0].what.contains("theirs@"), "{seen:?}");
    bench.update(SecretAccess::NAME, &seen.found[0], &after).await.unwrap();
    let versions = SecretVersions::new(&bench.connection);
    let now = versions.readers(PROJECT, NAME).await.unwrap();
    assert_eq!(now, ["user:theirs@leap.example.org", "user:ben@leap.example.org"]);
    let seen = bench.observe(SecretAccess::NAME, &wanted).await;
    bench.delete(SecretAccess::NAME, &seen.found[0]).await.unwrap();
    assert_eq!(versions.readers(PROJECT, NAME).await.unwrap(), ["user:theirs@leap.example.org"]);
    assert!(!live(&bench).await.labels.contains_key("leap-infra-access"));
}

#[tokio::test]
async fn a_value_comes_back_with_the_number_of_its_version() {
    let bench = Bench::new().await;
    made(&bench, &Spec::default()).await;
    let versions = SecretVersions::new(&bench.connection);
    let value = SecretValue::new(CANARY.into());
    assert_eq!(versions.add(PROJECT, NAME, &value).await.unwrap(), 1);
    assert_eq!(versions.add(PROJECT, NAME, &value).await.unwrap(), 2);
    let resolved = versions.access(PROJECT, NAME).await.unwrap();
    assert_eq!(resolved.value.expose(), CANARY.as_bytes());
    let Imprint::Google { version: 2, .. } = resolved.imprint else { panic!("{resolved:?}") };
    assert_eq!(versions.newest(PROJECT, NAME).await.unwrap(), 2);
    let all = versions.list(PROJECT, NAME).await.unwrap();
    versions.disable(PROJECT, NAME, &all[0]).await.unwrap();
    let error = versions.access(PROJECT, NAME).await.unwrap_err();
    assert!(error.to_string().contains("is in DISABLED state"), "{error}");
    let all = versions.list(PROJECT, NAME).await.unwrap();
    let states: Vec<_> = all.iter().map(|version| (version.number, version.state)).collect();
    assert_eq!(states, [(2, VersionState::Disabled), (1, VersionState::Enabled)]);
}

#[tokio::test]
async fn a_server_that_repeats_the_value_in_its_refusal_is_not_quoted() {
    let bench = Bench::new().await;
    made(&bench, &Spec::default()).await;
    let versions = SecretVersions::new(&bench.connection);
    for message in [CANARY.to_owned(), data_encoding::BASE64.encode(CANARY.as_bytes())] {
        let message = format!("you may not add {message} here");
        bench
            .fault("*addVersion", Action::Status { code: 403, message, retry_after_seconds: None });
        let value = SecretValue::new(CANARY.into());
        let error = versions.add(PROJECT, NAME, &value).await.unwrap_err();
        assert!(error.to_string().contains("not shown"), "{error}");
    }
}

#[tokio::test]
async fn a_value_that_was_damaged_on_its_way_is_refused_by_the_server() {
    let bench = Bench::new().await;
    made(&bench, &Spec::default()).await;
    let payload = SecretPayload::new().set_data(CANARY).set_data_crc32c(7);
    let request = bench.connection.secrets.add_secret_version().set_parent(path());
    let error = request.set_payload(payload).send().await.unwrap_err();
    assert!(error.status().unwrap().message.contains("checksum"), "{error:?}");
}

#[tokio::test]
async fn values_lie_sealed_in_the_sandbox_and_planning_never_reads_them() {
    let bench = Bench::new().await;
    let spec = Spec::default();
    made(&bench, &spec).await;
    let value = SecretValue::new(CANARY.into());
    SecretVersions::new(&bench.connection).add(PROJECT, NAME, &value).await.unwrap();
    let snapshot = bench.sandbox.snapshot().unwrap();
    for (key, entry) in snapshot.entries() {
        let entry = entry.to_string();
        assert_eq!(value.unless_in(&entry), entry, "{key}");
    }
    bench.sandbox.clear_calls();
    for kind in [Secret::NAME, SecretAccess::NAME] {
        bench.look(kind, &[], &[]).await.unwrap();
    }
    let calls = bench.sandbox.calls();
    assert!(!calls.is_empty() && calls.iter().all(|call| !call.mutating));
    assert!(calls.iter().all(|call| !call.method.contains(":access")), "{calls:?}");
}
