//! Identities: what they become, and the mistakes that are found before any call.

use super::folder::Folder;
use insta::assert_snapshot;
use leap_infra::model::Stack;

fn told(stack: &Stack) -> String {
    let mut told = String::new();
    for resource in stack.resources().values() {
        told += &format!("{}\n    {}\n", resource.id, resource.spec);
        resource.needs.iter().for_each(|need| told += &format!("    needs {need}\n"));
    }
    told
}

#[test]
fn an_identity_becomes_account_access_roles_and_the_way_in() {
    let folder = Folder::stack()
        .file("cloud.yaml", "services: [container.googleapis.com]\n")
        .file(
            "identities.yaml",
            "identities:
  hub:
    in: [staging, prod]
    kubernetes: ['${env}/user-sa']
    requester_pays: true
  deployer:
    in: [staging]
    description: Deploys
    github: [{ repository: demo/infra, branch: main }, { repository: demo/site, environment: live }]
    roles:
      - roles/container.admin
      - { role: roles/storage.admin, when: { title: ours, expression: 'resource.name.startsWith(\"x\")' } }
    used_by: ['identity:hub', 'group:operators@demo.example.org']
",
        )
        .file(
            "environments/staging.yaml",
            "environment: staging\nsuffix: -staging\nover: { cloud: { project_number: 42 } }\n",
        )
        .file("buckets.yaml", "buckets: { data: { grants: { read: ['identity:hub'] } } }\n");
    assert_snapshot!(told(&folder.project().expand().unwrap()));
}

#[test]
fn what_cannot_be_is_said_with_what_was_meant() {
    let folder = Folder::stack()
        .file(
            "identities.yaml",
            "identities:
  robot: { roles: [monitoring.viewer], in: [stagin] }
  a-robot-with-a-very-long-name-indeed: {}
  twice: { name: demo-same, in: [staging, prod] }
  deployer:
    github:
      - { repository: 'https://github.com/demo/infra', branch: main }
      - { repository: demo/infra }
    used_by: ['identity:hub']
  hubs: { kubernetes: [user-sa], in: [prod] }
  empty: { roles: [{ role: roles/viewer, when: { title: '', expression: ' ' } }] }
services: [container]
",
        )
        .file("buckets.yaml", "buckets: { data: { grants: { read: ['identity:hub'] } } }\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn names_and_references_are_checked_when_all_else_is_well() {
    let folder = Folder::stack()
        .file(
            "identities.yaml",
            "identities:
  a-robot-with-a-very-long-name-indeed: {}
  twice: { name: demo-same, in: [staging, prod] }
  robot: { name: demo-same }
  deployer: { github: [{ repository: demo/infra }], used_by: ['identity:robt'] }
",
        )
        .file("buckets.yaml", "buckets: { data: { grants: { read: ['identity:robots'] } } }\n");
    assert_snapshot!(folder.problems());
}

fn people(count: usize) -> String {
    (0..count).map(|at| format!("      - user:person-{at}@demo.example.org\n")).collect()
}

#[test]
fn a_policy_that_would_hold_more_members_than_google_lets_in_is_refused_before_any_call() {
    let secret = "secrets:\n  token:\n   make:\n    in: [prod]\n    readers:\n";
    let folder = Folder::stack()
        .file(
            "buckets.yaml",
            format!("buckets:\n  data:\n    grants:\n     read:\n{}", people(1_501)),
        )
        .file("secrets.yaml", format!("{secret}{}", people(1_501)))
        .file(
            "identities.yaml",
            format!("identities:\n  hub:\n    in: [prod]\n    used_by:\n{}", people(1_501)),
        );
    assert_snapshot!(folder.problems());
}

#[test]
fn all_environments_share_the_policy_of_their_project() {
    let robots = |count: usize| -> String {
        let roles = "[roles/logging.logWriter, roles/monitoring.viewer]";
        (0..count)
            .map(|at| format!("  robot-{at}: {{ in: [staging, prod], roles: {roles} }}\n"))
            .collect()
    };
    let of = |count| Folder::stack().file("robots.yaml", format!("identities:\n{}", robots(count)));
    assert_eq!(of(375).project().environments().len(), 2);
    assert_snapshot!(of(376).problems());
}
