//! What a plan says, and in which order: stories with a made-up kind and no cloud at all.

use super::desk::Desk;
use insta::assert_snapshot;
use leap_infra::model::{Status, UnknownOwner};
use leap_infra::plan::Refused;
use serde_json::json;

#[test]
fn something_declared_that_is_not_there_is_made() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "boards": 3, "colours": ["red", "blue"] }));
    assert_snapshot!(desk.text(), @r#"
    prod: 1 change
      + shelf/a                                                         stack.yaml:1
          boards   3
          colours
            + "red"
            + "blue"
          wall     "north"

    Plan: 1 to add, 0 to change, 0 to destroy.
    "#);
}

#[test]
fn what_is_as_declared_is_only_counted() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "boards": 3 }));
    desk.has("prod:shelf/a", json!({ "boards": 3 }));
    assert_snapshot!(desk.text(), @"Plan: 0 to add, 0 to change, 0 to destroy. 1 unchanged.");
}

#[test]
fn pending_and_drift_are_told_apart() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/pending", json!({ "boards": 3 }));
    desk.has("prod:shelf/pending", json!({ "boards": 2 }));
    desk.wants("prod:shelf/drifted", json!({ "boards": 3, "colours": ["red"] }));
    desk.has_drifted(
        "prod:shelf/drifted",
        json!({ "boards": 3, "colours": ["red"] }),
        json!({ "boards": 3, "colours": ["red", "green"] }),
    );
    desk.wants("prod:shelf/both", json!({ "boards": 3 }));
    desk.has_drifted("prod:shelf/both", json!({ "boards": 1 }), json!({ "boards": 2 }));
    assert_snapshot!(desk.text(), @r#"
    prod: 3 changes
      ~ shelf/both   drift and pending                                  stack.yaml:3
          boards  2 -> 3
          (4 unchanged)
      ~ shelf/drifted   drift: changed since the last apply             stack.yaml:2
          colours
            - "green"
          (4 unchanged)
      ~ shelf/pending   pending                                         stack.yaml:1
          boards  2 -> 3
          (4 unchanged)

    Plan: 0 to add, 3 to change, 0 to destroy. 2 drifted.
    "#);
}

#[test]
fn what_nobody_declares_any_more_is_deleted_if_it_is_ours() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/old", json!({}));
    desk.has_foreign("prod:shelf/theirs", json!({}));
    assert_snapshot!(desk.text(), @"
    prod: 1 change
      - shelf/old   no longer declared

    Plan: 0 to add, 0 to change, 1 to destroy.
    ");
}

#[test]
fn a_name_that_something_foreign_has_is_refused() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    desk.has_foreign("prod:shelf/a", json!({}));
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/a   refused                                               stack.yaml:1
          exists and does not carry the mark of this stack: take it in, declare
          another name, or remove it yourself
          to take it in: leap-infra adopt prod:shelf/a

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused.
    ");
}

#[test]
fn removing_something_protected_needs_the_words() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/old", json!({ "protect": true }));
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/old   refused
          would be deleted, but is protected (declared `protect: true`)
          to go on all the same: --dangerous-delete prod:shelf/old

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused.
    ");

    desk.allowances.delete.insert("prod:shelf/old".parse().unwrap());
    assert_eq!(desk.order(), ["Delete shelf/old"]);
}

#[test]
fn what_is_declared_keeps_what_it_needs() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/a", json!({}));
    desk.has("prod:book/b", json!({ "shelf": "a" }));
    desk.wants("prod:book/b", json!({ "shelf": "a" }));
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/a   refused
          would be deleted, but prod:book/b is declared and needs it: take it out
          there too, or declare this again

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused. 1 unchanged.
    ");
    // On another shelf it may go.
    let mut desk = Desk::new();
    desk.has("prod:shelf/a", json!({}));
    desk.has("prod:book/b", json!({ "shelf": "a" }));
    desk.wants("prod:shelf/c", json!({}));
    desk.wants("prod:book/b", json!({ "shelf": "c" }));
    assert_eq!(desk.order(), ["Create shelf/c", "Update book/b", "Delete shelf/a"]);
}

#[test]
fn removing_something_that_holds_data_is_refused_whatever_is_said() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/old", json!({})).holds = Some("it holds objects".into());
    desk.allowances.delete.insert("prod:shelf/old".parse().unwrap());
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/old   refused
          would be deleted, but it holds objects; move or remove them yourself, then
          run again

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused.
    ");
}

#[test]
fn what_holds_data_is_not_made_again_whatever_is_said() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "wall": "south" }));
    desk.has("prod:shelf/a", json!({ "wall": "north" })).holds = Some("holds objects".into());
    desk.allowances.replace.insert("prod:shelf/a".parse().unwrap());
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/a   refused                                               stack.yaml:1
          would be deleted and made again (a shelf cannot change its wall), but
          holds objects; move or remove them yourself, then run again

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused.
    ");
}

#[test]
fn a_replacement_needs_the_words_and_names_what_is_at_stake() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "wall": "south" }));
    desk.has("prod:shelf/a", json!({ "wall": "north" }));
    desk.wants("prod:book/b", json!({ "shelf": "a" }));
    desk.has("prod:book/b", json!({ "shelf": "a" }));
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/a   refused                                               stack.yaml:1
          would be deleted and made again (a shelf cannot change its wall);
          prod:book/b needs it
          to go on all the same: --dangerous-replace prod:shelf/a

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused. 1 unchanged.
    ");

    desk.allowances.replace.insert("prod:shelf/a".parse().unwrap());
    assert_snapshot!(desk.text(), @r#"
    prod: 2 changes
    -/+ shelf/a                                                         stack.yaml:1
          made anew: a shelf cannot change its wall
          wall  "north" -> "south"
    -/+ book/b                                                          stack.yaml:2
          made anew: goes with shelf/a
          shelf  "a"

    Plan: 2 to add, 0 to change, 1 to destroy.
    "#);
    assert_eq!(desk.order(), ["Delete shelf/a", "Create shelf/a", "Create book/b"]);
}

#[test]
fn a_change_that_cannot_be_made_is_refused_with_its_reason() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "boards": 1 }));
    desk.has("prod:shelf/a", json!({ "boards": 2 }));
    let refusals = desk.plan().unwrap().refusals;
    assert_eq!(refusals[0].why, Refused::Impossible("a shelf cannot lose boards".into()));
}

#[test]
fn what_is_made_waits_for_what_it_needs_and_what_is_deleted_for_whatever_needed_it() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "hangs_on": "z" }));
    desk.wants("staging:shelf/z", json!({}));
    desk.has("prod:shelf/k", json!({ "hangs_on": "b" }));
    desk.has("staging:shelf/b", json!({}));
    assert_eq!(
        desk.order(),
        ["Create shelf/z", "Create shelf/a", "Delete shelf/k", "Delete shelf/b"]
    );
}

#[test]
fn something_is_let_go_before_it_is_deleted() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    desk.has("prod:shelf/a", json!({ "hangs_on": "b" }));
    desk.has("prod:shelf/b", json!({}));
    assert_eq!(desk.order(), ["Update shelf/a", "Delete shelf/b"]);
}

#[test]
fn a_circle_of_needs_is_named() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "hangs_on": "b" }));
    desk.wants("prod:shelf/b", json!({ "hangs_on": "c" }));
    desk.wants("prod:shelf/c", json!({ "hangs_on": "a" }));
    desk.wants("prod:shelf/d", json!({ "hangs_on": "a" }));
    assert_snapshot!(desk.plan().unwrap_err(), @"these need each other in a circle: prod:shelf/a -> prod:shelf/b -> prod:shelf/c -> prod:shelf/a");
}

#[test]
fn one_environment_alone_is_blocked_by_what_another_lacks() {
    let mut desk = Desk::new();
    desk.wants("staging:shelf/z", json!({}));
    desk.wants("prod:shelf/a", json!({ "hangs_on": "z" }));
    desk.selected = vec!["prod".into()];
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/a   refused                                               stack.yaml:2
          needs staging:shelf/z, which is not there: apply staging first

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused.
    ");

    desk.has("staging:shelf/z", json!({}));
    assert_eq!(desk.order(), ["Create shelf/a"]);
}

#[test]
fn the_mark_of_another_environment_is_respected() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    desk.has("staging:shelf/a", json!({}));
    assert_snapshot!(desk.text(), @"
    prod: 0 changes, 1 refused
      ! shelf/a   refused                                               stack.yaml:1
          belongs to the environment staging of this stack: declare it there, or
          destroy it there first

    Plan: 0 to add, 0 to change, 0 to destroy. 1 refused.
    ");
}

#[test]
fn an_operation_that_runs_is_waited_for() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    desk.has("prod:shelf/a", json!({})).status =
        Status::InProgress { operation: "operation-7".into() };
    assert_snapshot!(desk.text(), @"
    prod: 1 change
      ~ shelf/a   in progress                                           stack.yaml:1
          waits for operation-7

    Plan: 0 to add, 1 to change, 0 to destroy.
    ");
}

#[test]
fn what_nobody_can_account_for_is_reported_public_things_first() {
    let mut desk = Desk::new();
    let unknown = |what: &str, public| UnknownOwner {
        name: "a".into(),
        env: "prod".into(),
        what: what.into(),
        public,
    };
    desk.world.kinds.entry("shelf".into()).or_default().unknown =
        vec![unknown("reader to user:a@b", false), unknown("reader to allUsers", true)];
    assert_snapshot!(desk.text(), @"
    prod: 0 changes
      ? a   unknown owner, kept
          reader to allUsers
          PUBLIC: this gives something to anyone on the internet
      ? a   unknown owner, kept
          reader to user:a@b

    Plan: 0 to add, 0 to change, 0 to destroy. 2 of unknown owner.
    ");
}

#[test]
fn what_was_deleted_and_is_wanted_again_is_brought_back() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/north", json!({ "wall": "north" }));
    let until = "2026-10-01T00:00:00Z".to_owned();
    desk.has("prod:shelf/north", json!({ "wall": "north" })).status = Status::Deleted { until };
    desk.has("prod:shelf/south", json!({ "wall": "south" })).status =
        Status::Deleted { until: String::new() };
    assert_snapshot!(desk.text());
}
