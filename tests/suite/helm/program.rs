//! What the program `helm` is told, and what is made of what it says: told with a script in its place,
//! which writes down what it was called with.

use super::super::shell::TOP;
use leap_infra::cli::helm::Helm;
use leap_infra::kind::ProviderError;
use leap_infra::model::secret;
use leap_infra::providers::helm::helm_release::Chart;
use leap_infra::providers::helm::{Access, Call, Program};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A folder with a `helm` in it that is of this version, fetches charts that hold these words, and
/// otherwise says what it was told, or fails with these words.
fn helm(version: &str, archive: &str, fails: &str) -> (TempDir, Helm) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("helm");
    // A program that was just written may still be open elsewhere, and cannot be run then.
    symlink(Path::new(TOP).join("tests/fixtures/helm.sh"), &path).unwrap();
    for (name, text) in [("version", version), ("archive", archive), ("fails", fails)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let helm = Helm::at(folder.path(), &path);
    (folder, helm)
}

fn chart(digest: Option<&str>) -> Chart {
    Chart {
        name: "x".to_owned(),
        version: "1.0.0".to_owned(),
        repository: Some("https://charts.example.org".to_owned()),
        digest: digest.map(str::to_owned),
        ..Chart::default()
    }
}

fn upgrade(chart: Chart) -> Call {
    let words = ["upgrade", "--install", "--values", "-", "hub"];
    Call {
        what: "upgrading release lab/hubs/hub".to_owned(),
        access: Access::Direct {
            server: "https://10.0.0.1".to_owned(),
            authority: None,
            token: Some(Arc::new(secret::Value::new(b"canary".to_vec()))),
        },
        arguments: words.map(str::to_owned).to_vec(),
        chart: Some(chart),
        input: Some(r#"{"hub":{}}"#.to_owned()),
        newer: vec!["--force-conflicts".to_owned()],
        patience: Duration::from_secs(20),
    }
}

fn refused(error: &ProviderError) -> String {
    assert!(matches!(error, ProviderError::Refused { .. }), "{error:?}");
    error.to_string()
}

/// The SHA-256 of `abc`.
const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[tokio::test]
async fn values_come_through_standard_input_and_the_token_lies_in_a_file_of_ours_alone() {
    let (_folder, helm) = helm("v3.16.2", "abc", "");
    let said = helm.run(&upgrade(chart(Some(ABC)))).await.unwrap();
    assert!(said.starts_with("upgrade --install --values - hub /"), "{said}");
    assert!(said.contains(r#"values {"hub":{}}"#) && said.contains("mode 600"), "{said}");
    assert!(said.contains("canary") && said.contains("https://10.0.0.1"), "{said}");
    assert!(said.ends_with("driver none\n") && !said.contains("--force-conflicts"), "{said}");
}

#[tokio::test]
async fn only_a_helm_that_knows_a_flag_is_told_it() {
    let (_folder, helm) = helm("v4.0.1", "abc", "");
    let said = helm.run(&upgrade(chart(Some(ABC)))).await.unwrap();
    assert!(said.contains("hub --force-conflicts /"), "{said}");
}

#[tokio::test]
async fn a_chart_that_somebody_changed_behind_its_version_is_refused() {
    let (_folder, helm) = helm("v3.16.2", "another", "");
    let error = helm.run(&upgrade(chart(Some(ABC)))).await.unwrap_err();
    let why = refused(&error);
    assert!(why.starts_with("chart x 1.0.0 was refused: its digest is sha256:"), "{why}");
    assert!(why.contains(ABC) && why.contains("leap-infra lock"), "{why}");
}

#[tokio::test]
async fn a_helm_that_is_not_there_or_too_old_is_told_before_anything_is_done() {
    let (folder, old) = helm("v3.9.4", "abc", "");
    let why = refused(&old.run(&upgrade(chart(None))).await.unwrap_err());
    assert!(why.contains("it is version 3.9, and at least 3.14 is needed"), "{why}");
    let none = Helm::at(folder.path(), Path::new("/nowhere/helm"));
    let why = refused(&none.version().await.unwrap_err());
    assert!(why.contains("/nowhere/helm") && why.contains("https://helm.sh"), "{why}");
}

#[tokio::test]
async fn what_helm_says_when_it_fails_tells_whether_trying_again_may_help() {
    let (_folder, busy) =
        helm("v3.16.2", "abc", "Kubernetes cluster unreachable: connection refused");
    let error = busy.run(&upgrade(chart(None))).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    let (_folder, denied) = helm("v3.16.2", "abc", "secrets is forbidden: User x cannot list");
    let error = denied.run(&upgrade(chart(None))).await.unwrap_err();
    assert!(error.is_permission(), "{error:?}");
    let (_folder, wrong) = helm("v3.16.2", "abc", "UPGRADE FAILED: execution error");
    let why = refused(&wrong.run(&upgrade(chart(None))).await.unwrap_err());
    assert_eq!(why, "upgrading release lab/hubs/hub was refused: UPGRADE FAILED: execution error");
}
