//! What is written to somebody whom a hub turned away.

use super::Desk;
use super::live::looked_at;
use crate::suite::shell::edit;
use leap_infra::sandbox::github;
use serde_json::Value;
use std::fs;

/// Two people below `research` who are not in it, and nobody else's members left open.
fn desk() -> Desk {
    let desk = Desk::new();
    let stack = desk.path("stack.yaml");
    edit(&stack, "      requires: research\n", "");
    edit(&stack, "      hubs: { main: { choices: { gpu: [t4] } } }\n", "");
    edit(&stack, "members: unmanaged\n", "members: { exact: people/none.yaml }\n");
    fs::write(desk.path("people/none.yaml"), "members: []\n").unwrap();
    desk
}

fn message(line: &str, said: &Value) -> String {
    let message = &said["message"];
    let paragraphs = message["paragraphs"].as_array().unwrap().iter();
    let text: Vec<&str> = paragraphs.map(|it| it.as_str().unwrap()).collect();
    let (about, subject) = (&message["about"], message["subject"].as_str().unwrap());
    format!("$ {line}\n[{about}]\nSubject: {subject}\n\n{}\n\n", text.join("\n\n"))
}

#[test]
fn each_cause_has_a_message_of_its_own() {
    let desk = desk();
    let told = |line: &str| message(line, &desk.json(line));
    let lines = [
        "access why-403 mallory main",
        "access why-403 alan main",
        "access why-403 kurt main",
        "access why-403 emmy main",
        "access why-403 ada main",
        "access why-403 ada main --cause no-profile",
        "access why-403 ada main --cause application-not-approved",
        "access why-403 ada main --cause earlier-login",
        "access why-403 ada main --cause other-account",
        "access why-403 ada main --cause invitation-failed",
    ];
    insta::assert_snapshot!(lines.map(told).concat());
}

#[test]
fn a_message_is_printed_for_a_terminal_and_for_a_post() {
    let desk = desk();
    insta::assert_snapshot!(
        desk.told(&[
            "access why-403 mallory main",
            "access why-403 mallory main --format markdown",
        ])
    );
    let said = desk.shell.run("access why-403 ada main --cause bad-luck");
    assert!(said.stderr.contains("expected one of wrong-team, "), "{}", said.stderr);
}

/// Somebody each: invited, who declined, whose invitation expired, and whom nobody invited.
#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_an_invitation_decides_what_is_written() {
    let mut desk = Desk::new();
    let sandbox = looked_at(&mut desk).await;
    let told = |line: &str| {
        let said = desk.shell.succeed(&format!("{line} --look --json"));
        message(line, &serde_json::from_str(&said.stdout).unwrap())
    };
    let pending = told("access why-403 alan main");
    let declined = told("access why-403 emmy main");
    github::expire(sandbox.world(), "demo-org", "alan").unwrap();
    let expired = told("access why-403 alan main");
    edit(&desk.path("people/research.yaml"), "login: emmy", "login: noether");
    let nobody = told("access why-403 noether main");
    insta::assert_snapshot!([pending, declined, expired, nobody].concat());
    let plan = desk.shell.succeed("plan").stdout;
    assert!(plan.contains("invited again: the last invitation was not accepted in time"), "{plan}");
    assert!(plan.contains("they declined the invitation on "), "{plan}");
}
