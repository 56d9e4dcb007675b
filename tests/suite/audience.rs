//! Whom a change concerns: a plan says how many people have what it changes.

use super::hubs::{HUB, site};
use super::project::folder::Folder;
use super::shell::{Shell, copy, edit};
use serde_json::{Value, json};

const ACCESS: &str = "access:
  organization: lab-org
  categories:
    all: { team: all, members: unmanaged, hubs: { main: { login: true, profiles: [cpu] } } }
    course:
      team: course
      members: { exact: people/course.yaml }
      hubs: { main: { login: true, profiles: [cpu, large] } }
      repositories: { notebooks: read }
";

/// A hub with a profile for everybody and one for forty-one people, on the sandbox.
fn lab() -> (Folder, Shell) {
    let hub = format!("{HUB}      large: {{ on: small, sizes: [16 GB] }}\n");
    let people = (1..=41).map(|number| format!("  - login: student-{number}\n"));
    let folder = site(&hub)
        .file("access.yaml", ACCESS)
        .file("people/course.yaml", format!("members:\n{}", people.collect::<String>()));
    let shell = Shell::new(folder.path()).with("HUB_LOGIN", "word").with("COLUMNS", "110");
    (folder, shell)
}

fn people(plan: &str) -> &str {
    plan.split("People:\n").nth(1).unwrap_or_default()
}

#[test]
fn a_change_of_a_profile_says_how_many_people_it_affects() {
    let (folder, shell) = lab();
    shell.succeed("apply --auto-approve");
    let (hubs, access) = (folder.path().join("hubs.yaml"), folder.path().join("access.yaml"));
    edit(&hubs, "sizes: [16 GB]", "sizes: [8 GB]");
    let told = "hubs/main/profiles/large (prod): its change affects 41 people";
    let plan = shell.succeed("plan").stdout;
    assert_eq!(people(&plan), format!("  {told}\n"));
    let markdown = shell.succeed("plan --format markdown").stdout;
    assert!(markdown.contains(&format!("- {told}\n")), "{markdown}");
    let plan: Value = serde_json::from_str(&shell.succeed("plan --json").stdout).unwrap();
    let expected =
        json!([{ "environment": "prod", "what": "hubs/main/profiles/large", "people": 41 }]);
    assert_eq!(plan["affected"], expected);

    edit(&hubs, "sizes: [4 GB, 8 GB]", "sizes: [4 GB]");
    edit(&hubs, "client_secret: login", "client_secret: login, refresh: 2 hours");
    edit(&access, "notebooks: read", "notebooks: write");
    let plan = shell.succeed("plan").stdout;
    assert_eq!(
        people(&plan),
        "  hubs/main (prod): its change affects 41 people, and whoever is in lab-org:all
  hubs/main/profiles/cpu (prod): its change affects 41 people, and whoever is in lab-org:all
  hubs/main/profiles/large (prod): its change affects 41 people
  repositories/lab-org/notebooks (prod): its change affects 41 people\n"
    );
}

#[test]
fn a_change_that_concerns_nobody_says_nothing_of_people() {
    let (folder, shell) = lab();
    shell.succeed("apply --auto-approve");
    edit(&folder.path().join("disks.yaml"), "size: 100 GB", "size: 200 GB");
    assert_eq!(people(&shell.succeed("plan").stdout), "");
}

#[test]
fn a_preview_shows_what_somebody_gains_and_loses_by_a_change() {
    let (folder, shell) = lab();
    let before = tempfile::tempdir().unwrap();
    copy(folder.path(), before.path());
    let (hubs, access) = (folder.path().join("hubs.yaml"), folder.path().join("access.yaml"));
    let line = format!(
        "access preview student-7 --as-of 2026-12-01 --against {}",
        before.path().display()
    );
    let told = |line: &str| shell.succeed(line).stdout;
    assert!(told(&line).contains("0 gained, 0 lost, 0 for other reasons"), "{}", told(&line));

    edit(&hubs, "sizes: [4 GB, 8 GB]", "sizes: [4 GB, 16 GB]");
    edit(&access, "notebooks: read", "notebooks: write");
    edit(&access, "team: course", "until: 2026-12-31\n      team: course");
    insta::assert_snapshot!(told(&line), @"");
    let changes: Value = serde_json::from_str(&told(&format!("{line} --json"))).unwrap();
    let of = |change: &str| {
        let all = changes["changes"].as_array().unwrap().iter();
        let all = all.filter(|it| it["change"] == change);
        all.map(|it| format!("{} {}", it["has"]["what"], it["has"]["level"])).collect::<Vec<_>>()
    };
    assert!(of("gained").contains(&"\"repositories/lab-org/notebooks\" \"write\"".to_owned()));
    assert!(of("lost").contains(&"\"repositories/lab-org/notebooks\" \"read\"".to_owned()));
}
