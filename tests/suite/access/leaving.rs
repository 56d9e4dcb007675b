//! Somebody leaves: by a command, and told beforehand.

use super::{Desk, RESEARCH, X};
use crate::suite::shell::{Shell, edit};
use leap_infra::sandbox;
use serde_json::{Value, json};
use std::fs;

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

#[tokio::test(flavor = "multi_thread")]
async fn of_two_runs_at_once_one_tells_and_the_other_finds_that_it_was_told() {
    let mut desk = Desk::new();
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    desk.shell = Shell::new(desk.path("")).towards(&sandbox);
    let to = "access:\n  notices: { to: issue, repository: access }\n";
    edit(&desk.path("stack.yaml"), "access:\n", to);
    let run = || desk.shell.succeed("access notices --as-of 2026-12-01").stdout;
    let mut said: Vec<String> = std::thread::scope(|scope| {
        let both = [scope.spawn(run), scope.spawn(run)];
        both.map(|one| one.join().unwrap()).into()
    });
    said.sort();
    assert!(said[0].ends_with("https://github.com/demo-org/access/issues/1\n"), "{said:?}");
    assert_eq!(said[1], "Nobody is to be told anything.\n");
}
