//! Questions about who may do what, answered from the declaration alone.

use super::Desk;
use crate::suite::shell::edit;
use serde_json::Value;
use std::fs;

#[test]
fn who_can_names_everybody_and_says_what_it_cannot_know() {
    insta::assert_snapshot!(Desk::new().told(&[
        "access who-can hubs/main",
        "access who-can hubs/main/profiles/gpu/t4",
        "access who-can buckets/data --write",
        "access who-can buckets/open",
        "access who-can hubs/main/profiles/gpu/a100",
        "access who-can hubs/main --format csv",
        "access who-can hubs/main --format markdown",
    ]));
}

#[test]
fn why_says_which_lines_let_somebody_in_or_keep_them_out() {
    insta::assert_snapshot!(Desk::new().told(&[
        "access why ada hubs/main",
        "access why alan hubs/main",
        "access why kurt hubs/main",
        "access why emmy hubs/main/profiles/gpu/t4",
        "access why grace folders/~/x",
        "access why nobody buckets/data",
    ]));
}

#[test]
fn a_list_says_who_leaves_soon() {
    insta::assert_snapshot!(Desk::new().told(&[
        "access list",
        "access list --category research --expiring 30d",
        "access list --category visitors",
        "access list --category research --format csv",
    ]));
}

#[test]
fn a_preview_shows_all_that_somebody_has_on_a_day() {
    let desk = Desk::new();
    insta::assert_snapshot!(desk.told(&["access preview ada", "access preview stranger"]));
    let later = desk.shell.succeed("access preview ada --as-of 2026-12-16 --json");
    let later: Value = serde_json::from_str(&later.stdout).unwrap();
    let sure = later["has"].as_array().unwrap().iter().filter(|has| has["verdict"] == "yes");
    assert_eq!(sure.count(), 0, "she was there until the day before: {later}");
}

#[test]
fn a_403_is_told_as_what_was_found_what_may_be_and_what_is_ruled_out() {
    insta::assert_snapshot!(Desk::new().told(&[
        "access why-403 alan main",
        "access why-403 ada main",
        "access why-403 emmy hubs/main",
    ]));
    let desk = Desk::new();
    edit(&desk.path("stack.yaml"), "      requires: research\n", "");
    edit(&desk.path("stack.yaml"), "      hubs: { main: { choices: { gpu: [t4] } } }\n", "");
    let causes = desk.json("access why-403 emmy main");
    let found = &causes["causes"][0];
    assert_eq!(found["found"], "yes", "{causes}");
    assert!(found["what"].as_str().unwrap().contains("below demo-org:research"), "{causes}");
}

#[test]
fn what_there_is_not_is_told_with_what_was_meant() {
    let desk = Desk::new();
    let said = desk.shell.run("access who-can buckets/dat");
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("did you mean `buckets/data`?"), "{}", said.stderr);
    let said = desk.shell.run("access why ada main");
    assert!(said.stderr.contains("did you mean `hubs/main`?"), "{}", said.stderr);
    let said = desk.shell.run("access list --category reserch");
    assert!(said.stderr.contains("did you mean `research`?"), "{}", said.stderr);
}

#[test]
fn the_page_is_markdown_or_html_that_stands_by_itself() {
    let desk = Desk::new();
    insta::assert_snapshot!(desk.told(&["access page"]));
    let html = desk.asks("access page --html").stdout;
    assert!(html.contains("<td>hubs/main/profiles/gpu/t4</td>"), "{html}");
    assert!(!html.contains("<script") && !html.contains("src="), "{html}");
}

#[test]
fn people_in_a_team_below_count_where_that_is_said() {
    let desk = Desk::new();
    let emmy = |line: &str| desk.json(line)["verdict"].clone();
    let line = "access why emmy hubs/main";
    edit(&desk.path("stack.yaml"), "      requires: research\n", "");
    edit(&desk.path("stack.yaml"), "      hubs: { main: { choices: { gpu: [t4] } } }\n", "");
    edit(
        &desk.path("stack.yaml"),
        "members: unmanaged\n",
        "members: { exact: people/none.yaml }\n",
    );
    fs::write(desk.path("people/none.yaml"), "members: []\n").unwrap();
    assert_eq!(emmy(line), "no");
    let included = "      description: Those who do research\n      children: included\n";
    edit(&desk.path("stack.yaml"), "      description: Those who do research\n", included);
    assert_eq!(emmy(line), "yes");
}
