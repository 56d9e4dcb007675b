//! Categories of people: what they become, and the mistakes that are found before anybody is let
//! in, or turned away.

use super::folder::Folder;
use insta::assert_snapshot;
use leap_infra::model::Stack;
use leap_infra::project::format::day;

/// A stack with a hub, and people.
fn stack(accounts: &str) -> Folder {
    Folder::stack()
        .file(
            "buckets.yaml",
            "buckets: { data: {}, scratch: { grants: { write: ['identity:hub'] } } }\n",
        )
        .file(
            "identities.yaml",
            "identities: { hub: { in: [staging, prod] }, lab: { in: [staging, prod] } }\n",
        )
        .file(
            "hubs.yaml",
            format!(
                "hubs:
  main:
    domain: hub.example.org
    profiles: {{ cpu: {{ choices: [small, large] }}, gpu: {{ choices: [t4, a100] }} }}{accounts}
  open: {{ in: [prod], domain: open.example.org, identity: {{ per: hub, account: hub }} }}
"
            ),
        )
        .file(
            "people.yaml",
            "people:
  ada: { name: Ada, github: { login: ada, id: 1 } }
  grace: { name: Grace, github: { login: grace } }
  nobody: { name: Nobody }
",
        )
}

fn with(access: &str) -> Folder {
    let accounts = match access.contains("\n    research:") {
        true => "\n    identity: { per: category, accounts: { research: lab } }",
        false => "",
    };
    stack(accounts).file("access.yaml", format!("access:\n  organization: demo-org\n{access}"))
}

fn told(stack: &Stack) -> String {
    let mut told = String::new();
    for resource in stack.resources().values().filter(|it| it.id.kind.starts_with("github-")) {
        told += &format!("{} {}\n    {}\n", resource.source, resource.id, resource.spec);
        resource.needs.iter().for_each(|need| told += &format!("    needs {need}\n"));
    }
    told
}

const RESEARCH: &str = "  owners: [grace]
  categories:
    all: { team: all, members: unmanaged, children: included, hubs: { main: { login: true } } }
    research:
      description: Those who do research
      team: { name: Our Research, parent: all, notifications: disabled }
      members: { exact: people/research.yaml }
      maintainers: [grace]
      repositories: { infrastructure: write }
      hubs: { main: { login: true, profiles: [cpu], choices: { gpu: [t4] } } }
      buckets: { data: write }
    guests: { team: 'other-org:guests', members: unmanaged, hubs: { open: { login: true } } }
";

const MEMBERS: &str = "members:
  - person: ada
    since: 2026-01-01
    until: 2026-10-31
  - login: alan
    id: 7
    role: maintainer
  - { login: kurt, since: 2027-01-01 }
";

#[test]
fn a_category_becomes_a_team_with_whoever_is_in_it_on_the_day() {
    let folder = with(RESEARCH).file("people/research.yaml", MEMBERS);
    let on = |text: &str| folder.project().on(day(text).unwrap()).expand().unwrap();
    assert_snapshot!(told(&on("2026-10-31")));
    let people = |stack: &Stack| {
        let ids = stack.resources().keys().filter(|id| id.kind == "github-team-member");
        ids.map(|id| id.name.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(people(&on("2025-12-31")), ["alan", "grace"]);
    assert_eq!(people(&on("2026-10-31")), ["ada", "alan", "grace"]);
    assert_eq!(people(&on("2026-11-01")), ["alan", "grace"]);
    assert_eq!(people(&on("2027-01-01")), ["alan", "grace", "kurt"]);
}

#[test]
fn a_right_on_a_bucket_becomes_a_grant_to_the_account_of_the_category() {
    let folder = with(RESEARCH).file("people/research.yaml", MEMBERS);
    let stack = folder.project().expand().unwrap();
    let grants = |name: &str| {
        let id = format!("prod:gcs-bucket-access/{name}").parse().unwrap();
        stack.resources()[&id].spec["grants"].to_string()
    };
    let account = "serviceAccount:demo-lab@demo-project.iam.gserviceaccount.com";
    let expected = format!(r#"[{{"member":"{account}","role":"roles/storage.objectUser"}}]"#);
    assert_eq!(grants("demo-data"), expected);
    assert!(!grants("demo-scratch").contains("lab"));
}

#[test]
fn what_is_named_is_there() {
    let folder = with(
        "  owners: [adah, nobody]
  categories:
    research:
      team: research
      members: { exact: people/research.yaml }
      maintainers: [alan]
      requires: reserch
      hubs:
        man: { login: true }
        main: { profiles: [cpus], choices: { gpu: [t4, h100], tpu: [v5] } }
      buckets: { dta: read }
    reader: { team: reader, members: { at-least: people/none.yaml } }
    root: { team: root, members: { at-least: members.yaml } }
",
    )
    .file("people/research.yaml", "members: [{ person: aad }, { login: ada, person: ada }, {}]\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn what_is_said_can_be_so() {
    let folder = with(
        "  categories:
    one: { team: one, members: unmanaged, requires: two }
    two: { team: two, members: unmanaged, requires: three }
    three: { team: three, members: unmanaged, requires: one }
    One: { team: ONE, members: unmanaged }
    four: { team: { name: Four, parent: 'other:five' }, members: unmanaged }
    five: { team: { name: Five, privacy: secret }, members: unmanaged }
    six: { team: { name: Six, parent: five }, members: unmanaged }
    seven: { team: 'other:seven', members: { at-least: people/m.yaml } }
    eight: { team: eight, members: unmanaged, maintainers: [ada] }
    nine: { team: nine, members: unmanaged, hubs: { main: { profiles: [cpu] } } }
    ten: { team: ten, members: unmanaged, requires: eight, hubs: { main: { login: true, profiles: [cpu], choices: { cpu: [small] } } } }
    eleven: { team: eleven, members: unmanaged, requires: nine, hubs: { main: { profiles: [gpu] } } }
    twelve: { team: Twelve, members: unmanaged, hubs: { open: { login: true } }, buckets: { data: read } }
",
    )
    .file(
        "people/m.yaml",
        "members:
  - { person: ada, id: 2, since: 2026-02-01, until: 2026-01-31 }
  - { login: left, since: 2026-02-01, until: 2026-01-31, decided: 2026-01-20 }
",
    );
    assert_snapshot!(folder.problems());
    let slug = with("  categories: { a: { team: The Team, members: everybody } }\n").problems();
    assert_snapshot!(slug);
}

#[test]
fn one_category_cannot_have_a_bucket_where_everybody_acts_as_one() {
    let folder = with(
        "  categories:
    guests: { team: guests, members: unmanaged, hubs: { open: { login: true } }, buckets: { data: read } }
",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn what_a_person_should_look_at_does_not_stand_in_the_way() {
    let folder = with(
        "  categories:
    over: { team: ended, members: unmanaged, until: 2026-06-30, hubs: { main: { login: true } } }
",
    );
    assert!(folder.warnings().contains("nothing to start"));
    let project = folder.project().on(day("2026-07-01").unwrap());
    let told: Vec<String> = project.warnings().iter().map(|it| it.message.clone()).collect();
    assert_snapshot!(told.join("\n"), @r"
    `over` lets in to `main` and gives nothing to start there
    `over` ended on 2026-06-30, so nobody is in it any more
    ");
}

#[test]
fn files_of_members_are_kept_with_a_declaration_and_tell_whether_it_changed() {
    let folder = with(RESEARCH).file("people/research.yaml", MEMBERS);
    let (project, files) = (folder.project(), folder.project().files());
    assert_eq!(files["stack/people/research.yaml"], MEMBERS);
    let folder = folder.file("people/research.yaml", "members: []\n");
    assert_ne!(folder.project().digest(), project.digest());
}

#[test]
fn notices_go_where_somebody_can_read_them() {
    let problems = |notices: &str| with(&format!("  notices: {notices}\n")).problems();
    let nowhere = problems("{ to: issue }");
    assert!(nowhere.contains("in which repository issues are opened"), "{nowhere}");
    let both = problems("{ repository: access }");
    assert!(both.contains("nothing for a repository"), "{both}");
}

#[test]
fn who_is_in_a_team_goes_through_the_gates_with_the_rest_of_the_declaration() {
    let with = |members: &str| {
        Folder::stack()
            .file(
                "access.yaml",
                "access:
  organization: demo-org
  categories: { research: { team: research, members: { exact: people/research.yaml } } }
",
            )
            .file("people/research.yaml", members)
            .project()
            .base_digests()
    };
    let (ada, both) =
        ("members: [{ login: ada }]\n", "members: [{ login: ada }, { login: grace }]\n");
    assert_eq!(with(ada), with("# The same.\nmembers: [{ login: ada }]\n"));
    assert_ne!(with(ada)["prod"], with(both)["prod"]);
}
