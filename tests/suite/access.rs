//! Questions about who may do what, as people ask them; and somebody who leaves.

use super::shell::{Said, Shell, edit};
use leap_infra::sandbox::{self, github};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const STACK: &str = "
stack: demo
institution: Demo University
prefix: demo
contact: help@demo.example.org
cloud: { project: demo-project, region: us-central1 }
buckets:
  data: { grants: { write: ['identity:hub', 'group:curators@demo.example.org'] } }
  open: { public: read }
identities: { hub: { in: [prod] } }
hubs:
  main:
    domain: hub.demo.example.org
    identity: { per: hub, account: hub }
    profiles: { cpu: { choices: [small, large] }, gpu: { choices: [t4, a100] } }
people:
  ada: { name: Ada L., institution: Demo University, github: { login: ada } }
  grace: { name: Grace H., github: { login: grace } }
access:
  organization: demo-org
  categories:
    visitors:
      description: Anybody who asks
      team: visitors
      members: unmanaged
      hubs: { main: { login: true, choices: { cpu: [small] } } }
    research:
      description: Those who do research
      team: { name: Research }
      members: { exact: people/research.yaml }
      maintainers: [grace]
      home_quota: 100 GB
      hubs: { main: { login: true, profiles: [cpu] } }
    project-x:
      team: { name: Project X, parent: research }
      members: { exact: people/x.yaml }
      requires: research
      hubs: { main: { choices: { gpu: [t4] } } }
      folders: [{ path: ~/x, stored_as: _x, mode: read-write }]
";

const RESEARCH: &str = "# Renewed every six months.
members:
  - person: ada       # since the beginning
    since: 2026-01-01
    until: 2026-12-15
    note: thesis
  - login: alan       # a guest
    until: 2026-10-31
  - { login: kurt, since: 2027-02-01 }
";

const X: &str = "members:
  - person: ada
  - login: emmy
";

/// A stack of one's own with one environment, and a terminal beside it.
struct Desk {
    folder: TempDir,
    shell: Shell,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shell = Shell::new(folder.path().join("stack")).with("COLUMNS", "110");
        let desk = Self { folder, shell };
        fs::create_dir_all(desk.path("people")).unwrap();
        fs::create_dir_all(desk.path("environments")).unwrap();
        fs::write(desk.path("environments/prod.yaml"), "environment: prod\n").unwrap();
        fs::write(desk.path("stack.yaml"), STACK).unwrap();
        fs::write(desk.path("people/research.yaml"), RESEARCH).unwrap();
        fs::write(desk.path("people/x.yaml"), X).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("stack").join(name)
    }

    /// What is said on the first of December.
    fn asks(&self, line: &str) -> Said {
        self.shell.succeed(&format!("{line} --as-of 2026-12-01"))
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.asks(&format!("{line} --json")).stdout).unwrap()
    }

    fn told(&self, lines: &[&str]) -> String {
        let told =
            lines.iter().map(|line| format!("$ leap-infra {line}\n{}\n", self.asks(line).stdout));
        told.collect()
    }
}

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
fn who_leaves_is_ended_in_every_file_and_the_rest_stays_as_it_was() {
    let desk = Desk::new();
    let said = desk.asks("access offboard Ada");
    insta::assert_snapshot!(said.stdout, @r"
    people/research.yaml:3: Ada's last day is 2026-11-30
    people/x.yaml:2: Ada's last day is 2026-11-30

    The next apply takes away 2 memberships:
      - prod:github-team-member/demo-org/project-x/ada
      - prod:github-team-member/demo-org/research/ada

    What is in no file of members is left to you, if Ada has it: visitors.
    ");
    let research = fs::read_to_string(desk.path("people/research.yaml")).unwrap();
    let expected = RESEARCH.replace(
        "  - person: ada       # since the beginning
    since: 2026-01-01
    until: 2026-12-15
",
        "  - person: ada       # since the beginning
    decided: 2026-12-01
    since: 2026-01-01
    until: 2026-11-30
",
    );
    assert_eq!(research, expected);
    let x = fs::read_to_string(desk.path("people/x.yaml")).unwrap();
    let ended = "  - person: ada\n    until: 2026-11-30\n    decided: 2026-12-01\n";
    assert_eq!(x, X.replace("  - person: ada\n", ended));
    let again = desk.asks("access offboard ada").stdout;
    assert!(again.contains("nothing was changed"), "{again}");
}

#[test]
fn who_was_still_to_come_does_not_come() {
    let desk = Desk::new();
    let said = desk.json("access offboard kurt");
    assert_eq!(said["next_apply_removes"], json!([]));
    let research = fs::read_to_string(desk.path("people/research.yaml")).unwrap();
    let ended = "{ login: kurt, until: 2026-11-30, decided: 2026-12-01, since: 2027-02-01 }";
    assert!(research.contains(ended), "{research}");
    let listed = desk.shell.succeed("access list --as-of 2027-03-01 --json").stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let kurt = listed["people"].as_array().unwrap().iter().find(|one| one["login"] == "kurt");
    assert_eq!(kurt.unwrap()["stands"], "ended");
}

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

#[test]
fn who_leaves_soon_is_told_twice_and_not_every_night() {
    let desk = Desk::new();
    let on = |day: &str| desk.shell.succeed(&format!("access notices --as-of {day}")).stdout;
    assert_eq!(on("2026-11-01"), "Nobody is to be told anything.\n");
    let listed = desk.shell.succeed("access notices --as-of 2026-11-15 --list").stdout;
    assert_eq!(listed, "Access of @ada ends on 2026-12-15 (research): to be told\n");
    assert!(on("2026-11-15").ends_with("notices/ada-2026-12-15-30.md\n"));
    assert_eq!(on("2026-11-16"), "Nobody is to be told anything.\n");
    assert!(on("2026-12-10").ends_with("notices/ada-2026-12-15-7.md\n"));
    assert_eq!(on("2026-12-15"), "Nobody is to be told anything.\n");
    insta::assert_snapshot!(fs::read_to_string(desk.path("notices/ada-2026-12-15-30.md")).unwrap(), @"
    Subject: Access of @ada ends on 2026-12-15

    Hello Ada L. (@ada),

    your access to what Demo University provides ends in 30 days: the last day is 2026-12-15. This concerns:

    - research: Those who do research

    If you still need it, write to help@demo.example.org before that day. If not, copy what you want to keep; you need do nothing else.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_soon_is_told_once_by_an_issue() {
    let mut desk = Desk::new();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    desk.shell = Shell::new(desk.path("")).towards(&sandbox);
    let to = "access:\n  notices: { to: issue, repository: access }\n";
    edit(&desk.path("stack.yaml"), "access:\n", to);
    let notices = || desk.shell.run("access notices --as-of 2026-12-01");
    let forbidden =
        r#"[{ "on": { "method": "POST */issues" }, "then": { "status": { "code": 403 } } }]"#;
    sandbox.set_faults(sandbox::Fault::list(forbidden).unwrap());
    assert_eq!(notices().code, Some(5));
    sandbox.set_faults(Vec::new());
    let said = notices().stdout;
    assert!(said.ends_with("https://github.com/demo-org/access/issues/1\n"), "{said}");
    assert_eq!(notices().stdout, "Nobody is to be told anything.\n");
    let hidden =
        r#"[{ "on": { "method": "GET */issues" }, "then": { "status": { "code": 404 } } }]"#;
    sandbox.set_faults(sandbox::Fault::list(hidden).unwrap());
    let said = notices();
    assert_eq!(said.code, Some(5), "what cannot be read was not told: {}", said.stderr);
}

/// Five people of `research` are declared: ada and user-42 are there, alan is invited, emmy has
/// declined, and kurt's time is over.
async fn looked_at(desk: &mut Desk) -> sandbox::Sandbox {
    let members = "members:
  - person: ada
  - { login: alan }
  - { login: user-42, id: 42 }
  - { login: emmy, note: visits }
  - { login: kurt, until: 2020-01-31 }
";
    fs::write(desk.path("people/research.yaml"), members).unwrap();
    fs::write(desk.path("people/x.yaml"), "members: [{ person: ada }, { login: emmy }]\n").unwrap();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let shell = Shell::new(desk.path("")).with("COLUMNS", "110").towards(&sandbox);
    desk.shell = shell;
    desk.shell.succeed("apply --auto-approve");
    let world = sandbox.world();
    github::accept(world, "demo-org", "ada").unwrap();
    github::accept(world, "demo-org", "grace").unwrap();
    github::accept(world, "demo-org", "user-42").unwrap();
    github::decline(world, "demo-org", "emmy").unwrap();
    for login in ["kurt", "mallory"] {
        github::seed_member(world, "demo-org", "research", login, "member").unwrap();
    }
    sandbox
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_held_against_github_and_what_differs_is_marked() {
    let mut desk = Desk::new();
    let _sandbox = looked_at(&mut desk).await;
    // What GitHub says is held against the day on which it is asked.
    let told = |line: &str| {
        let said = desk.shell.succeed(line).stdout;
        let day = said.find(" on 20").map_or("no day", |at| &said[at + 4..at + 14]);
        format!("$ {line}\n{}\n", said.replace(day, "TODAY"))
    };
    insta::assert_snapshot!(
        told("access list --category research --look")
            + &told("access who-can hubs/main --look --format csv")
            + &told("access who-can hubs/main/profiles/gpu/t4 --look")
            + &told("access why emmy hubs/main --look")
            + &told("access why mallory hubs/main --look")
            + &told("access preview mallory --look")
            + &told("access why-403 alan main --look")
            + &told("access why-403 emmy main --look")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_cannot_be_seen_is_no_empty_team() {
    let mut desk = Desk::new();
    let sandbox = looked_at(&mut desk).await;
    for (code, method) in [(403, "*/teams"), (404, "*/teams"), (403, "*/graphql")] {
        let rule = json!([{ "on": { "method": method }, "then": { "status": { "code": code } } }]);
        sandbox.set_faults(sandbox::Fault::list(&rule.to_string()).unwrap());
        let said = desk.shell.run("access list --look");
        assert_eq!(said.code, Some(5), "{code} {method}: {}", said.stderr);
        assert!(said.stderr.contains("so there is no answer"), "{}", said.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_login_and_a_team_with_another_name_are_recognized() {
    let mut desk = Desk::new();
    let sandbox = looked_at(&mut desk).await;
    github::rename_user(sandbox.world(), "user-42", "turing").unwrap();
    github::rename_team(sandbox.world(), "demo-org", "research", "Researchers").unwrap();
    let why = desk.shell.succeed("access why turing hubs/main --look --json").stdout;
    let why: Value = serde_json::from_str(&why).unwrap();
    assert_eq!(why["verdict"], "yes", "{why}");
    assert_eq!(why["reasons"][0]["on_github"], "there", "{why}");
    assert_eq!(why["looked_at"], "sandbox");
}
