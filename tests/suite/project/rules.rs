//! What the clouds do not allow is found before any call.

use super::folder::Folder;
use insta::assert_snapshot;

#[test]
fn names_are_checked_with_prefix_and_suffix_on() {
    let long = "a".repeat(55);
    let folder = Folder::stack().file(
        "buckets.yaml",
        format!("buckets:\n  {long}: {{}}\n  goods: {{ name: google-data, in: [prod] }}\n  address: {{ name: 192.168.5.4, in: [prod] }}\n  caps: {{ name: Demo, in: [prod] }}\n"),
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn two_things_cannot_have_one_name() {
    let folder = Folder::stack().file(
        "buckets.yaml",
        "buckets:\n  fixed: { name: demo-fixed }\n  one: { in: [prod], name: demo-same }\n  two: { in: [staging], name: demo-same }\n  ledger: { in: [prod], name: demo-leap-infra }\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    let folder = Folder::buckets(
        "buckets:
  open: { public: read, public_access_prevention: enforced }
  site: { website: { index: index.html }, requester_pays: true }
  soft: { soft_delete_days: 3 }
  pair: { location: [us-east1, europe-west1] }
  class:
    grants:
      reader: [group:a@demo.example.org]
      read:
        - allUsers
        - { member: 'group:b@demo.example.org', when: { title: t, expression: 'true' } }
    labels: { leap-infra-stack: x, Team: y }
",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn what_is_only_doubtful_is_a_warning() {
    let folder = Folder::buckets(
        "buckets:
  kept: { retention: 30 days, versioning: true }
  dotted: { name: data.demo.example.org }
  unused: { in: [] }
  twice: { grants: { read: ['user:a@demo.example.org', 'user:a@demo.example.org'] } }
  old: { lifecycle: [{ delete: { newer_versions: 3 } }] }
",
    );
    assert_snapshot!(folder.warnings());
}

#[test]
fn an_environment_that_does_not_exist_is_refused() {
    let folder = Folder::stack().file("buckets.yaml", "buckets:\n  data: { in: [stagin] }\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn nothing_waits_for_a_later_environment() {
    let folder = Folder::stack().file(
        "buckets.yaml",
        "buckets:\n  data: { logs_to: bucket:logs }\n  logs: { in: [prod] }\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn environments_that_follow_each_other_in_a_circle_are_refused() {
    let folder = Folder::stack().file(
        "environments/staging.yaml",
        "environment: staging\nsuffix: -staging\nfollows: prod\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn an_environment_of_all_stacks_says_nothing_of_one() {
    let folder = Folder::empty()
        .file("stacks/demo/stack.yaml", super::folder::STACK)
        .file("environments/prod.yaml", "environment: prod\nover: { buckets: {} }\n");
    let shown = std::path::Path::new("stacks/demo");
    let problems = leap_infra::project::load(&folder.path().join(shown), shown).unwrap_err();
    use leap_infra::cli::view::problems::{Colour, text};
    assert_snapshot!(text(&problems.list, &problems.sources, Colour::Off));
}

#[test]
fn what_is_left_to_others_is_named_and_has_a_reason() {
    let folder = Folder::stack().file(
        "ignore.yaml",
        "ignore:
  - { resource: gcs-bucket/demo, field: labels.*, reason: billing }
  - { resource: 'prod:', field: labels.*, reason: billing }
  - { resource: gcs-bucket, field: '*', reason: billing }
  - { resource: gcs-bucket, field: labels.*, reason: ' ' }
  - { resource: gcs-bucket, field: labels.* }
",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn a_renamed_key_keeps_the_name_that_was_made_of_the_old_one() {
    let folder = Folder::stack()
        .file("buckets.yaml", "buckets:\n  tmp: { previously: scratch }\n")
        .file("environments/staging.yaml", "environment: staging\nsuffix: -staging\n")
        .file("stack.yaml", super::folder::STACK);
    let stack = folder.project().expand().unwrap();
    let names: Vec<&str> = stack.resources().keys().map(|id| id.name.as_str()).collect();
    assert_eq!(names, ["demo-scratch", "demo-scratch-staging"]);
}

#[test]
fn what_was_not_renamed_has_no_earlier_key() {
    let both = Folder::buckets(
        "buckets:\n  tmp: { previously: scratch }\n  scratch: {}\n  other: { previously: older, name: demo-x }\n",
    );
    assert_snapshot!(both.problems());
}
