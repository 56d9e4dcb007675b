//! The sandbox is asked whether it does what its document says.

use super::Terminal;
use std::fs;

#[test]
fn a_behaviour_is_played_and_later_compared_with_what_was_recorded() {
    let mut terminal = Terminal::new();
    let only = "conformance --only bucket-taken,object-range";
    let said = terminal.runs(&format!("{only} --record then.jsonl"));
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    assert!(said.stdout.contains("same  bucket-taken"), "{}", said.stdout);
    assert!(said.stdout.contains("docs/sandbox.md:"), "{}", said.stdout);
    assert!(said.stdout.contains("2 of 2 behaviours are as docs/sandbox.md says"));
    let said = terminal.runs(&format!("{only} --replay then.jsonl"));
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    assert!(said.stdout.ends_with("All answers are as they were recorded.\n"), "{}", said.stdout);
    terminal.edits("then.jsonl", "\"STANDARD\"", "\"WARM\"");
    let said = terminal.runs(&format!("{only} --replay then.jsonl"));
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains(r#".storageClass was "WARM", now "STANDARD""#), "{}", said.stdout);
}

#[test]
fn what_cannot_be_played_is_told_before_anything_is_made() {
    let terminal = Terminal::new();
    for (line, told) in [
        ("--only bucket-colour", "hint: there are bucket-names, bucket-taken"),
        ("--target live", "hint: give one that holds nothing else: --project P"),
        ("--target moon", "error: `moon` is no target"),
        ("--clean leap-", "`leap-` is not the prefix of a run"),
        ("--max-cost much", "expected an amount in US dollars, such as 5USD"),
    ] {
        let said = terminal.shell.run(&format!("conformance {line}"));
        assert_eq!(said.code, Some(1), "{line}");
        assert!(said.stderr.contains(told), "{line}: {}", said.stderr);
    }
}

#[test]
fn what_taking_away_would_not_leave_enough_for_is_not_played() {
    let terminal = Terminal::new();
    let said = terminal.shell.run("conformance --only bucket-list --max-calls 12");
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains("open  bucket-list"), "{}", said.stdout);
    let last = said.stdout.lines().last().unwrap();
    assert!(last.contains("says, 1 not played to the end"), "{last}");
}

#[test]
fn nobody_at_the_other_end_is_told_as_that() {
    let terminal = Terminal::new();
    let said = terminal.shell.run("conformance --target http://127.0.0.1:1");
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.starts_with("error: the scenarios could not be played"), "{}", said.stderr);
    assert!(said.stderr.contains("--clean leap-conformance-"), "{}", said.stderr);
}

#[test]
fn calls_are_written_down_when_the_environment_says_so() {
    let terminal = Terminal::new();
    let folder = terminal.path("calls");
    let terminal = terminal.with("LEAP_INFRA_RECORD", folder.to_str().unwrap());
    terminal.shell.succeed("conformance --only object-resource");
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let create = &lines[0];
    assert_eq!(create["path"], "/google.storage.v2.Storage/CreateBucket");
    assert_eq!((&create["grpc"], &create["status"]), (&"OK".into(), &200.into()));
    assert!(create["request"]["base64"].as_str().unwrap().len() > 20);
    let upload = lines.iter().find(|line| line["path"].as_str().unwrap().starts_with("/upload"));
    assert!(upload.unwrap()["request"]["text"].is_null(), "the bytes of objects are left out");
    assert!(upload.unwrap()["answer"]["text"].as_str().unwrap().contains("storage#object"));
}
