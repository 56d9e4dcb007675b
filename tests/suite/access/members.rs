//! Who is declared to be in a team, and what a plan makes of it.

use super::Desk;
use crate::suite::shell::edit;
use serde_json::{Value, json};
use std::fs;

#[test]
fn who_is_declared_joins_and_leaves_by_date() {
    let desk = Desk::new();
    let members = |text: &str| fs::write(desk.path("people/research.yaml"), text).unwrap();
    members("members: [{ login: alan }, { login: emmy }, { login: kurt, since: 2999-01-01 }]\n");
    let said = desk.shell.succeed("apply --auto-approve");
    assert!(said.stdout.contains("  research: 3 join\n"), "{}", said.stdout);
    assert!(desk.shell.succeed("plan").is_nothing_to_do());

    members("members: [{ login: alan, until: 2020-01-31 }, { login: new }, { login: emmy }]\n");
    edit(&desk.path("stack.yaml"), "Those who do research", "Researchers");
    let said = desk.shell.succeed("plan");
    let people = said.stdout.split("People:\n").nth(1).unwrap();
    assert_eq!(people, "  research: 1 joins, 1 leaves (expired 2020-01-31)\n");
    let leaves = "- research: 1 joins, 1 leaves (expired 2020-01-31)\n";
    let markdown = desk.shell.succeed("plan --format markdown --out plan.json").stdout;
    assert!(markdown.contains(leaves), "{markdown}");
    let plan: Value = serde_json::from_str(&desk.shell.succeed("plan --json").stdout).unwrap();
    assert_eq!(plan["people"][0]["leave"], json!({ "alan": "2020-01-31" }), "{plan}");
    let shown = desk.shell.succeed("show plan.json").stdout;
    assert!(shown.contains("People:\n  research: 1 joins, 1 leaves"), "{shown}");
    let said = desk.shell.succeed("apply --only-due --auto-approve");
    assert!(said.stdout.contains("0 to add, 0 to change, 1 to destroy"), "{}", said.stdout);
    let rest = desk.shell.succeed("plan").stdout;
    assert!(rest.contains("1 to add, 1 to change, 0 to destroy"), "{rest}");
}

#[test]
fn who_is_renewed_is_left_as_they_are() {
    let desk = Desk::new();
    let members = |text: &str| fs::write(desk.path("people/research.yaml"), text).unwrap();
    members("members: [{ login: alan, until: 2999-06-30 }]\n");
    desk.shell.succeed("apply --auto-approve");
    members("members: [{ login: alan, until: 2999-12-31, note: renewed }]\n");
    assert!(desk.shell.succeed("plan").is_nothing_to_do());
}

#[test]
fn a_mistake_that_would_remove_forty_people_is_refused_with_their_names() {
    let desk = Desk::new();
    let members = |count: usize| {
        let people = (0..count).map(|number| format!("  - login: student-{number:02}\n"));
        let text = format!("members:\n{}", people.collect::<String>());
        fs::write(desk.path("people/research.yaml"), text).unwrap();
    };
    members(50);
    desk.shell.succeed("apply --auto-approve");
    members(10);
    let said = desk.shell.run("apply --auto-approve");
    assert_eq!(said.code, Some(7), "{}", said.stdout);
    for number in 10..50 {
        let name = format!("student-{number:02}");
        assert!(said.stdout.contains(&name), "{name} is not named: {}", said.stdout);
    }
    assert!(said.stdout.contains("--max-removals"), "{}", said.stdout);
    members(50);
    assert!(desk.shell.succeed("plan").is_nothing_to_do(), "nobody was removed");
}

#[test]
fn who_is_in_a_team_already_is_written_into_a_file() {
    let desk = Desk::new();
    fs::write(desk.path("people/x.yaml"), "members: [{ person: ada }, { login: emmy }]\n").unwrap();
    desk.shell.succeed("apply --auto-approve");
    let said = desk.shell.succeed("access import project-x --into people/now.yaml");
    assert!(said.stdout.contains("`members: { at-least: people/now.yaml }`"), "{}", said.stdout);
    let text = fs::read_to_string(desk.path("people/now.yaml")).unwrap();
    let people: Vec<&str> = text.lines().filter(|line| line.starts_with("  - ")).collect();
    let invited = "   # invited, and has not accepted yet";
    let expected = [format!("  - person: ada{invited}"), format!("  - login: \"emmy\"{invited}")];
    assert_eq!(people, expected, "{text}");
    edit(&desk.path("stack.yaml"), "exact: people/x.yaml", "exact: people/now.yaml");
    assert!(desk.shell.succeed("plan").is_nothing_to_do());
    let again = desk.shell.run("access import project-x --into people/now.yaml");
    assert_eq!(again.code, Some(1), "a file that is there is not overwritten");
}
