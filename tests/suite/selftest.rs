//! A person tests their own stack: kills, and bad luck.

use super::shell::{Shell, edit, leap};
use serde_json::Value;

fn json(said: &str) -> Value {
    serde_json::from_str(said).unwrap()
}

#[test]
fn a_stack_is_killed_at_calls_spread_evenly_and_recovers() {
    let folder = leap();
    let shell = Shell::new(folder.path());
    let said = shell.succeed("selftest crash stacks/leap --max 9");
    assert!(said.stdout.contains("crash points ("), "{}", said.stdout);
    assert!(said.stdout.contains("of them tried as was asked"), "{}", said.stdout);
    assert!(!folder.path().join("stacks/leap/.leap-infra").exists(), "a sandbox was left");

    let said = shell.succeed("selftest crash stacks/leap --call 5 --json");
    let report = json(&said.stdout);
    assert_eq!(report["tried"], 3);
    assert_eq!(report["recovered"], 3);
    assert_eq!(report["failed"], serde_json::json!([]));
}

#[test]
fn a_stack_is_applied_among_faults_and_ends_well() {
    let folder = leap();
    let shell = Shell::new(folder.path());
    let said = shell.succeed("selftest faults stacks/leap --seed 3 --runs 3 --json");
    let report = json(&said.stdout);
    assert_eq!((&report["tried"], &report["seed"]), (&Value::from(3), &Value::from(3)));
    let well = report["complete"].as_u64().unwrap() + report["repaired"].as_u64().unwrap();
    assert_eq!(well, 3, "{report}");
    let text = shell.succeed("selftest faults stacks/leap --seed 3 --runs 1").stdout;
    assert!(text.starts_with("1 run from seed 3, 5 % of"), "{text}");
}

#[test]
fn a_time_limit_is_kept_and_said() {
    let folder = leap();
    let shell = Shell::new(folder.path());
    let said = shell.succeed("selftest crash stacks/leap --time-limit 0");
    assert!(said.stdout.contains("0 of them tried before the time ran out"), "{}", said.stdout);
}

#[test]
fn a_stack_with_mistakes_is_not_tested() {
    let folder = leap();
    edit(&folder.path().join("stacks/leap/buckets.yaml"), "buckets:", "bukkits:");
    let said = Shell::new(folder.path()).run("selftest crash stacks/leap");
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("bukkits"), "{}", said.stderr);
}
