//! Answers that are held against GitHub as it is.

use super::Desk;
use crate::suite::bench::grant_by_hand;
use crate::suite::shell::{Shell, edit};
use leap_infra::sandbox::{self, github};
use serde_json::{Value, json};
use std::fs;

/// Five people of `research` are declared: ada and user-42 are there, alan is invited, emmy has
/// declined, and kurt's time is over.
pub async fn looked_at(desk: &mut Desk) -> sandbox::Sandbox {
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
    let listed: Value =
        serde_json::from_str(&desk.shell.succeed("access list --json").stdout).unwrap();
    let today = listed["as_of"].as_str().unwrap();
    let told = |line: &str| {
        let said = desk.shell.succeed(line).stdout.replace(today, "YYYY-MM-DD");
        format!("$ {line}\n{said}\n")
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

#[tokio::test(flavor = "multi_thread")]
async fn rights_in_a_bucket_are_held_against_its_policy() {
    let mut desk = Desk::new();
    let sandbox = looked_at(&mut desk).await;
    let eve = ("roles/storage.objectViewer", "user:eve@example.org");
    grant_by_hand(&sandbox, "demo-data", eve).await;
    edit(&desk.path("stack.yaml"), "'group:curators@demo.example.org'", "'group:new@example.org'");
    let otherwise = |line: &str| {
        let said = desk.shell.succeed(&format!("{line} --look --json")).stdout;
        let said: Value = serde_json::from_str(&said).unwrap();
        let all = said["otherwise"].as_array().unwrap().clone();
        let word = |one: &Value| {
            format!("{} {}", one["how"].as_str().unwrap(), one["says"].as_str().unwrap())
        };
        all.iter().map(word).collect::<Vec<String>>()
    };
    let told = [
        "not_yet group:new@example.org is to have roles/storage.objectUser, and does not",
        "still group:curators@demo.example.org still has roles/storage.objectUser, which is no \
         longer declared",
        "by_hand user:eve@example.org has roles/storage.objectViewer, added by hand",
    ];
    assert_eq!(otherwise("access who-can buckets/data"), told);
    assert_eq!(otherwise("access why ada buckets/data"), told);
    assert_eq!(otherwise("access preview ada"), told);
    assert!(otherwise("access why ada hubs/main").is_empty(), "it is not deployed from here");
    let text = desk.shell.succeed("access who-can buckets/data --look").stdout;
    assert!(text.contains("Otherwise than declared: buckets/data in prod: group:new"), "{text}");
    let rule =
        json!([{ "on": { "method": "*GetIamPolicy" }, "then": { "status": { "code": 403 } } }]);
    sandbox.set_faults(sandbox::Fault::list(&rule.to_string()).unwrap());
    let text = desk.shell.succeed("access who-can buckets/data --look").stdout;
    assert!(text.contains("How buckets and hubs are in the clouds cannot be told"), "{text}");
}
