//! What people do every day.

use super::Terminal;
use insta::assert_snapshot;
use leap_infra::project::{Schema, schema};
use serde_json::Value;

const APPLY: &str = "apply stacks/leap --auto-approve --parallelism 1";

#[test]
fn a_newcomer_applies_the_leap_stack_and_then_nothing_is_left_to_do() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.runs(APPLY).code, Some(0));
    assert_eq!(terminal.runs(APPLY).code, Some(0));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_line_that_changes_is_all_that_is_planned() {
    let mut terminal = Terminal::new();
    terminal.shell.succeed(APPLY);
    terminal.edits("stacks/leap/buckets.yaml", "delete_after_days: 7", "delete_after_days: 14");
    assert_eq!(terminal.runs("plan stacks/leap").code, Some(0));
    assert_eq!(terminal.runs("plan stacks/leap -e prod --detailed-exitcode").code, Some(2));
    assert_eq!(terminal.runs(APPLY).code, Some(0));
    assert_eq!(terminal.runs("plan stacks/leap --detailed-exitcode").code, Some(0));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_plan_is_shown_in_a_line_each_in_full_or_in_words() {
    let mut terminal = Terminal::new();
    terminal.shell.succeed(APPLY);
    terminal.edits("stacks/leap/buckets.yaml", "delete_after_days: 7", "delete_after_days: 14");
    for how in ["--concise", "--full", "--words"] {
        terminal.runs(&format!("plan stacks/leap -e prod {how}"));
    }
    assert_eq!(terminal.runs("plan stacks/leap --concise --full").code, Some(1));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn what_was_made_can_be_taken_away_with_everything_that_remembers_it() {
    let mut terminal = Terminal::new();
    terminal.shell.succeed(APPLY);
    assert_eq!(terminal.runs("sandbox show stacks/leap").code, Some(0));
    let destroy = "destroy stacks/leap --auto-approve --parallelism 1 --with-ledger";
    // The cluster, the registry, the disk of the homes and the teams say no, until the words are said.
    let words = terminal.runs(destroy).words().join(" ");
    assert_eq!(terminal.runs(&format!("{destroy} {words}")).code, Some(0));
    terminal.runs("sandbox show stacks/leap");
    assert_snapshot!(terminal.transcript);
}

#[test]
fn one_environment_alone_can_be_destroyed() {
    let mut terminal = Terminal::new();
    terminal.shell.succeed(APPLY);
    terminal.runs("destroy stacks/leap -e staging --auto-approve --parallelism 1");
    let plan = terminal.runs("plan stacks/leap -e shared -e prod");
    assert!(plan.is_nothing_to_do());
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_sandbox_can_be_emptied() {
    let mut terminal = Terminal::new();
    terminal.shell.succeed(APPLY);
    terminal.runs("sandbox reset stacks/leap");
    assert_eq!(terminal.runs("sandbox show stacks/leap").stdout, "");
    let plan = terminal.shell.succeed("plan stacks/leap");
    assert!(plan.stdout.contains("Plan: 113 to add, 0 to change, 0 to destroy."));
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_value_is_explained_and_a_resource_is_shown() {
    let mut terminal = Terminal::new();
    terminal.runs("explain buckets.scratch.delete_after_days stacks/leap -e staging");
    terminal.runs("explain buckets.scratch.delete_after_day stacks/leap");
    terminal.runs("show prod:gcs-bucket/leap-scratch stacks/leap");
    terminal.shell.succeed(APPLY);
    terminal.edits("stacks/leap/buckets.yaml", "delete_after_days: 7", "delete_after_days: 14");
    terminal.runs("show prod:gcs-bucket/leap-scratch stacks/leap");
    terminal.runs("show prod:gcs-bucket/leap-nothing stacks/leap");
    assert_snapshot!(terminal.transcript);
}

#[test]
fn a_stack_is_found_from_where_one_stands() {
    let mut terminal = Terminal::new();
    terminal.runs("validate");
    assert_snapshot!(terminal.transcript, @"
    $ leap-infra validate
    leap is valid: 118 resources in shared, staging, prod.
    [ends with 0]
    ");
}

#[test]
fn the_schema_is_printed_for_editors() {
    let terminal = Terminal::new();
    for (which, expected) in [("stack", Schema::Stack), ("environment", Schema::Environment)] {
        let said = terminal.shell.succeed(&format!("schema {which}"));
        let printed: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(printed, schema(expected));
    }
}

#[test]
fn programs_get_a_plan_as_json() {
    let terminal = Terminal::new();
    let said = terminal.shell.succeed("plan stacks/leap --json");
    let plan: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(plan["resource_changes"].as_array().unwrap().len(), 113);
}
