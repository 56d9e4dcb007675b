//! What people get wrong, and what is missing on their machine.

use super::Terminal;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::TcpListener;

const BUCKETS: &str = "stacks/leap/buckets.yaml";

#[test]
fn all_mistakes_are_told_at_once_for_people_and_for_programs() {
    let mut terminal = Terminal::new();
    terminal.edits(BUCKETS, "delete_after_days: 7", "delete_after_day: 7");
    terminal.edits(BUCKETS, "- group:bucket-writers@", "- bucket-writers@");
    terminal.edits(BUCKETS, "logs_to: usage-logs", "logs_to: usage-log");
    assert_eq!(terminal.runs("validate").code, Some(4));
    assert_eq!(terminal.shell.run("apply --auto-approve").code, Some(4));
    let said = terminal.shell.run("validate --json");
    assert_eq!((said.code, &*said.stderr), (Some(4), ""));
    let problems: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_snapshot!(format!("{}{problems:#}", terminal.transcript));
}

#[test]
fn a_misspelt_environment_finds_the_one_that_was_meant() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.runs("plan -e stagign").code, Some(1));
    assert_snapshot!(terminal.transcript, @"
    $ leap-infra plan -e stagign
    stderr: error: there is no environment `stagign`: there are shared, staging, prod
    stderr: hint: did you mean `staging`?
    [ends with 1]
    ");
}

#[test]
fn without_somebody_to_ask_nothing_is_changed() {
    let mut terminal = Terminal::new();
    let said = terminal.runs("apply -e shared");
    assert_eq!(said.code, Some(1));
    assert_eq!(terminal.runs("sandbox show").stdout, "");
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_folder_without_a_stack_is_told_from_one_with_mistakes() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.runs("plan environments").code, Some(4));
    std::fs::remove_dir_all(terminal.path("stacks")).unwrap();
    assert_eq!(terminal.runs("plan").code, Some(4));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_command_that_does_not_exist_finds_the_one_that_was_meant() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.runs("aply").code, Some(1));
    assert_eq!(terminal.runs("plan --enviroment prod").code, Some(1));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn without_credentials_the_live_clouds_are_not_even_tried() {
    let metadata = TcpListener::bind("127.0.0.1:0").unwrap();
    metadata.set_nonblocking(true).unwrap();
    let address = metadata.local_addr().unwrap().to_string();
    let mut terminal = Terminal::new().with("GCE_METADATA_HOST", &address);
    assert_eq!(terminal.runs("plan --live").code, Some(5));
    assert_eq!(terminal.runs("apply --live --auto-approve").code, Some(5));
    assert_eq!(metadata.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_snapshot!(terminal.transcript);
}

#[test]
fn the_doctor_says_which_credentials_there_are_and_never_what_they_are() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.runs("doctor").code, Some(5));
    let home = terminal.path("home");
    let gcloud = home.join(".config/gcloud");
    std::fs::create_dir_all(&gcloud).unwrap();
    terminal = terminal.with("HOME", &home.to_string_lossy());
    std::fs::write(gcloud.join("credentials.db"), "").unwrap();
    assert_eq!(terminal.runs("doctor").code, Some(0));

    let login = json!({
        "type": "authorized_user", "account": "ada@leap.example.org", "client_id": "1",
        "client_secret": "hush-1", "refresh_token": "hush-2",
    });
    let file = gcloud.join("application_default_credentials.json");
    std::fs::write(file, login.to_string()).unwrap();
    assert_eq!(terminal.runs("doctor").code, Some(0));

    let key = json!({ "type": "service_account", "private_key": "hush-3" });
    std::fs::write(terminal.path("key.json"), key.to_string()).unwrap();
    let key = terminal.path("key.json");
    terminal = terminal.with("GOOGLE_APPLICATION_CREDENTIALS", &key.to_string_lossy());
    assert_eq!(terminal.runs("doctor").code, Some(5));
    assert_eq!(terminal.runs("doctor --json").code, Some(5));
    assert_eq!(terminal.runs("plan --live").code, Some(5));
    assert!(!terminal.transcript.contains("hush"));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn the_doctor_prints_the_rights_that_are_needed() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.runs("doctor --permissions plan").code, Some(0));
    assert_eq!(terminal.runs("doctor --permissions apply").code, Some(0));
    assert_snapshot!(terminal.transcript);
}
