//! What an apply tells programs, line by line.

use super::shell::{Said, Shell, TOP, copy};
use insta::assert_snapshot;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

fn example(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for below in [name, "environments"] {
        copy(&Path::new(TOP).join("examples").join(below), &folder.path().join(below));
    }
    folder
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines without what differs from run to run.
fn steady(text: &str) -> String {
    let mut lines = lines(text);
    for line in &mut lines {
        let object = line.as_object_mut().unwrap();
        assert!(object.remove("@timestamp").unwrap().as_str().unwrap().ends_with('Z'));
        assert_eq!(object.remove("@module").unwrap(), "leap-infra");
        let hook = object.get_mut("hook").and_then(Value::as_object_mut);
        if hook.is_some_and(|hook| hook.remove("elapsed_seconds").is_some()) {
            let message = object["@message"].as_str().unwrap();
            object["@message"] = message.split(" after ").next().unwrap().into();
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn types(said: &Said) -> Vec<String> {
    lines(&said.stdout).iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_apply_tells_programs_what_it_plans_and_does() {
    let folder = example("first-bucket");
    let shell = Shell::new(folder.path().join("first-bucket"));
    let said = shell.succeed("apply --auto-approve --json");
    assert_snapshot!(steady(&said.stdout), @r#"
    {"@level":"info","@message":"leap-infra 0.1.0","leap_infra":"0.1.0","type":"version","ui":"1.0"}
    {"@level":"info","@message":"prod:gcs-bucket/first-scratch: plan to create","change":{"action":"create","reason":"missing","resource":{"addr":"prod:gcs-bucket/first-scratch","module":"prod","resource":"gcs-bucket/first-scratch","resource_key":null,"resource_name":"first-scratch","resource_type":"gcs-bucket"}},"type":"planned_change"}
    {"@level":"info","@message":"Plan: 1 to add, 0 to change, 0 to destroy.","changes":{"add":1,"change":0,"drifted":0,"operation":"plan","refused":0,"remove":0},"type":"change_summary"}
    {"@level":"info","@message":"prod:gcs-bucket/first-scratch: creating...","hook":{"action":"create","resource":{"addr":"prod:gcs-bucket/first-scratch","module":"prod","resource":"gcs-bucket/first-scratch","resource_key":null,"resource_name":"first-scratch","resource_type":"gcs-bucket"}},"type":"apply_start"}
    {"@level":"info","@message":"prod:gcs-bucket/first-scratch: created","hook":{"action":"create","id_key":"name","id_value":"first-scratch","remark":null,"resource":{"addr":"prod:gcs-bucket/first-scratch","module":"prod","resource":"gcs-bucket/first-scratch","resource_key":null,"resource_name":"first-scratch","resource_type":"gcs-bucket"}},"type":"apply_complete"}
    {"@level":"info","@message":"apply complete: 1 added, 0 changed, 0 destroyed, 0 failed, 0 skipped","changes":{"add":1,"change":0,"failed":0,"operation":"apply","remove":0,"skipped":0},"interrupted":false,"lease_lost":false,"ledger_error":null,"type":"change_summary"}
    "#);
}

#[test]
fn events_go_into_a_file_beside_the_text() {
    let folder = example("first-bucket");
    let shell = Shell::new(folder.path().join("first-bucket"));
    let said = shell.succeed("apply --auto-approve --json-into ../events.jsonl");
    assert!(said.stdout.contains("Apply complete: 1 added"), "{}", said.stdout);
    let file = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let types: Vec<Value> = lines(&file).into_iter().map(|line| line["type"].clone()).collect();
    assert_eq!(types.first().unwrap(), "version");
    assert_eq!(types.last().unwrap(), "change_summary");
}

#[test]
fn what_a_guard_refuses_is_told_with_the_words_to_go_on() {
    let folder = example("orphan");
    let shell = Shell::new(folder.path().join("orphan"));
    shell.succeed("apply --auto-approve before");
    let state = folder.path().join("orphan/before/.leap-infra");
    copy(&state, &folder.path().join("orphan/.leap-infra"));
    let said = shell.run("apply --auto-approve --json --max-removals 0");
    assert_eq!(said.code, Some(7), "{said:?}");
    let all = lines(&said.stdout);
    let refused = all.iter().find(|line| line["type"] == "guard_refused").unwrap();
    assert_eq!(refused["words"], "--max-removals 1");
    let last = all.last().unwrap();
    assert_eq!((&last["type"], &last["exit_code"]), (&"diagnostic".into(), &7.into()));
    shell.succeed("apply --auto-approve --max-removals 1");
}

#[test]
fn a_wrong_declaration_and_a_failed_step_are_diagnostics_and_errors() {
    let folder = example("first-bucket");
    let stack = folder.path().join("first-bucket");
    let shell = Shell::new(&stack);
    let faults = folder.path().join("faults.json");
    let fault = r#"[{ "on": { "method": "CreateBucket", "nth": 2 }, "then": { "status": { "code": 400 } } }]"#;
    std::fs::write(&faults, fault).unwrap();
    let doomed = Shell::new(&stack).with("LEAP_INFRA_SANDBOX_FAULTS", faults.to_string_lossy());
    let said = doomed.run("apply --auto-approve --json");
    assert_eq!(said.code, Some(6), "{said:?}");
    assert!(types(&said).contains(&"apply_errored".to_owned()), "{}", said.stdout);

    let yaml = std::fs::read_to_string(stack.join("stack.yaml")).unwrap();
    std::fs::write(stack.join("stack.yaml"), yaml + "\nbukets: {}\n").unwrap();
    let said = shell.run("apply --auto-approve --json");
    assert_eq!((said.code, types(&said)), (Some(4), vec!["version".into(), "diagnostic".into()]));
}
