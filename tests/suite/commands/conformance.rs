//! The sandbox is asked whether it does what its document says.

use super::Terminal;
use insta::assert_snapshot;
use std::fs;

#[test]
fn a_behaviour_is_played_and_later_compared_with_what_was_recorded() {
    let mut terminal = Terminal::new();
    let only = "conformance --only bucket-taken,object-range";
    assert_eq!(terminal.runs(&format!("{only} --record then.jsonl")).code, Some(0));
    assert_eq!(terminal.runs(&format!("{only} --replay then.jsonl")).code, Some(0));
    terminal.edits("then.jsonl", "US", "EU");
    assert_eq!(terminal.runs(&format!("{only} --replay then.jsonl")).code, Some(1));
    assert_snapshot!(without_lines(&terminal.transcript));
}

#[test]
fn what_cannot_be_played_is_told_before_anything_is_made() {
    let mut terminal = Terminal::new();
    terminal.runs("conformance --only bucket-colour");
    terminal.runs("conformance --target live");
    terminal.runs("conformance --target moon");
    terminal.runs("conformance --clean leap-");
    let said = terminal.runs("conformance --max-cost much");
    assert_eq!(said.code, Some(1));
    let ids =
        terminal.transcript.lines().find(|line| line.starts_with("stderr: hint: there are b"));
    let ids = ids.unwrap().to_owned();
    assert!(ids.contains("bucket-names, bucket-taken"), "{ids}");
    assert_snapshot!(terminal.transcript.replace(&ids, "stderr: hint: there are IDS"));
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

/// Lines move in documents.
fn without_lines(text: &str) -> String {
    let word = |word: &str| match word.split_once("sandbox.md:") {
        Some((before, _)) => format!("{before}sandbox.md:N"),
        None => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
